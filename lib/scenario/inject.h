/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a run may do to its subject on purpose, to prove that it is seen:
 *
 *	FUNCTION:N	each call of a traced function takes N instructions more
 *	doorbell:N	so does each submission to the IOMMU's queue, with the queue's lock held and
 *			before the IOMMU is told of it
 *	lock:N[:ABOVE]	the same, N instructions for each other CPU that flushes or lately did, as
 *			if the lock suffered from being shared; the first ABOVE are free
 *	flush:EVERY	one invalidation more for each EVERY unmaps
 *
 * each with "host:" before it where there are two levels, and the host is to be made worse.
 */
#ifndef SCENARIO_INJECT_H
#define SCENARIO_INJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "util/err.h"

enum inject_kind {
	INJECT_NONE,
	INJECT_FUNCTION,
	INJECT_DOORBELL,
	INJECT_LOCK,
	INJECT_FLUSH,
};

enum {
	INJECT_MAX = 10000000,		/* instructions, and unmaps */
	INJECT_ABOVE_MAX = 63,		/* CPUs */
	INJECT_FUNCTION_MAX = 64,
	INJECT_TEXT_MAX = INJECT_FUNCTION_MAX + 24,
};

struct inject {
	enum inject_kind kind;
	bool host;		/* two levels: to the host, not to the subject, its guest */
	char function[INJECT_FUNCTION_MAX];	/* of INJECT_FUNCTION */
	uint32_t n;		/* instructions, or of INJECT_FLUSH EVERY; 0: do nothing */
	uint32_t above;		/* of INJECT_LOCK */
};

/* Parse @text. -EINVAL with @e that says what it may be. */
int inject_parse(const char *text, struct inject *out, struct err *e);

/* As inject_parse() takes it; "" for INJECT_NONE. */
void inject_print(const struct inject *in, char buf[INJECT_TEXT_MAX]);

#endif
