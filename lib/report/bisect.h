/* SPDX-License-Identifier: GPL-2.0 */
/* What a bisection came to, for people. */
#ifndef REPORT_BISECT_H
#define REPORT_BISECT_H

#include <stdio.h>

#include "judge/bisect.h"

struct bisect_statement {
	const char *scenario, *metric, *unit, *clock;
	struct threshold threshold;
	const struct candidate *list;	/* in their order, from the good end to the bad one */
	size_t n;
	const struct candidate *last, *first;	/* the last good one and the first bad one */
	const struct candidate *untold;	/* those between them, of which nothing could be told */
	size_t nr_untold;
	const char *state;	/* the folder of the records */
};

/* "939.8 ns, good", or why it cannot be told; of @unit. */
void report_candidate(FILE *out, const struct candidate *c, const char *unit);

/* Is it the first bad one beyond doubt? */
bool report_bisect_found(const struct bisect_statement *s);

/* The first bad one, the evidence, and a picture of all that were measured. */
void report_bisect(FILE *out, const struct bisect_statement *s);

#endif
