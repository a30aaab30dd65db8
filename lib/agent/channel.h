/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the agents of two levels say to each other: frames as report.h has them, over the guest's
 * second serial port. The host's agent asks, the guest's answers each request with one frame.
 */
#ifndef AGENT_CHANNEL_H
#define AGENT_CHANNEL_H

#include <stddef.h>

#include "agent/report.h"

struct channel {
	int fd;
	char *buf;		/* what was read and not yet taken */
	size_t len, size;
};

void channel_init(struct channel *c, int fd);
void channel_end(struct channel *c);

/*
 * Read what is there to be read, at least one byte: 1 when a frame is complete. Its kind is then in
 * @kind, its body, from malloc, in *@body. 0: not yet. -EPIPE: the other end is gone.
 */
int channel_read(struct channel *c, char kind[REPORT_KIND_MAX], char **body, struct err *e);

/* The same of what was read before: a read may give more than one frame. */
int channel_take(struct channel *c, char kind[REPORT_KIND_MAX], char **body, struct err *e);

/* channel_take(), and channel_read() until a frame is there. */
int channel_receive(struct channel *c, char kind[REPORT_KIND_MAX], char **body, struct err *e);

#endif
