/* SPDX-License-Identifier: GPL-2.0 */
/* The command line of QEMU. */
#ifndef TESTBED_QEMU_ARGS_H
#define TESTBED_QEMU_ARGS_H

#include "testbed/vm.h"

enum { QEMU_ARGS_MAX = 128 };

/* NULL behind the last; the strings are its own. */
struct qemu_args {
	char *v[QEMU_ARGS_MAX];
	int n;
};

/* File descriptors that QEMU inherits. */
struct qemu_fds {
	int console, report;	/* of its two serial ports */
	int monitor;		/* a socket */
	int command;		/* a file for its firmware configuration */
	int trace;		/* where its trace goes; -1: nothing is traced */
};

void qemu_args_build(struct qemu_args *a, const struct vm_files *files,
		     const struct shape *shape, const struct qemu_fds *fds, bool incoming);
void qemu_args_free(struct qemu_args *a);

#endif
