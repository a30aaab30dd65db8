/* SPDX-License-Identifier: GPL-2.0 */
/* The agent's one message to the testbed: the record, or why there is none. */
#ifndef AGENT_REPORT_H
#define AGENT_REPORT_H

#include <stddef.h>

#include "util/err.h"

enum { REPORT_KIND_MAX = 16 };

/*
 * Send @text through @fd as one frame, "<kind> <bytes>\n<text>". The kinds are "record", "error",
 * "selftest", and "skip": the machine cannot be what the scenario needs, and the text says why.
 */
int report_send(int fd, const char *kind, const char *text, struct err *e);

/*
 * Take the frame in @text (@len bytes, NUL-terminated): its kind into @kind, its body into
 * @body, whose length is returned. -EINVAL with @e when it is cut short or no frame at all.
 */
int report_parse(const char *text, size_t len, char kind[REPORT_KIND_MAX], const char **body,
		 struct err *e);

#endif
