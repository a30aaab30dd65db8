/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's log. */
#ifndef AGENT_KMSG_H
#define AGENT_KMSG_H

#include "record/record.h"

/* A reader of what the kernel logs from now on. A file descriptor, or a negative errno. */
int kmsg_open(void);

/*
 * Take all that was logged since: lines of level warning or worse go to @r's warnings. 0, or a
 * negative errno; -EPIPE where the log overran the reader.
 */
int kmsg_collect(int fd, struct record *r);

#endif
