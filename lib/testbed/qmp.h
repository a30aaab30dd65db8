/* SPDX-License-Identifier: GPL-2.0 */
/* A client of the QEMU Machine Protocol over a connected socket. */
#ifndef TESTBED_QMP_H
#define TESTBED_QMP_H

#include <jansson.h>

#include "util/err.h"

enum { QEMU_VERSION_MAX = 96 };

struct qmp {
	int fd;
	char *buf;	/* what was received and not yet used */
	size_t len;
	char version[QEMU_VERSION_MAX];	/* of QEMU, from its greeting */
};

/* Speak over @fd, which stays the caller's: read the greeting, negotiate. */
int qmp_open(struct qmp *q, int fd, int timeout_ms, struct err *e);
void qmp_close(struct qmp *q);

/*
 * Execute @command with @arguments (a reference that is taken; may be NULL) and wait for its
 * answer: a new reference in *@out unless @out is NULL. -EIO with @e where QEMU refuses it,
 * -ETIMEDOUT where it does not answer, -EPIPE where it is gone.
 */
int qmp_execute(struct qmp *q, const char *command, json_t *arguments, int timeout_ms,
		json_t **out, struct err *e);

#endif
