// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>

#include "judge/checks.h"

static const struct {
	const char *name, *meaning;
} checks[CHECKS] = {
	[CHECK_WINDOW] = { "window", "the window closes after it opens" },
	[CHECK_MODE] = { "mode", "the mode read back is the mode the scenario asks for" },
	[CHECK_FLOWS] = { "flows", "every flow of the scenario ran for the whole window" },
	[CHECK_BYTES] = { "bytes", "what each flow sent, received and was asked for agree" },
	[CHECK_PAYLOAD] = { "payload", "the flows' bytes in the window add up to the payload" },
	[CHECK_LOG] = { "log", "the kernel logged no warning in the window" },
	[CHECK_CPU] = { "cpu", "each CPU's time adds up to the window, but for rounding" },
	[CHECK_MAPPED] = { "mapped", "where DMA is translated, data that moved was mapped" },
	[CHECK_CLOCK] = { "clock", "no call ended before it began" },
	[CHECK_LOST] = { "lost", "at most 0.1 % of samples were lost, and none on one CPU" },
	[CHECK_HISTOGRAM] = { "histogram", "the histogram holds each call, and min and max" },
	[CHECK_ORDER] = { "order", "min <= mean <= max <= window, and self <= total" },
	[CHECK_FITS] = { "fits", "a function's total time fits in the window of all CPUs" },
	[CHECK_NESTING] = { "nesting", "a function's time fits in that of its callers" },
	[CHECK_SIBLINGS] = { "siblings",
			     "functions that call each other one to one were called as often" },
};

const char *check_name(enum check_id id)
{
	return checks[id].name;
}

const char *check_meaning(enum check_id id)
{
	return checks[id].meaning;
}

void check_add(struct validity *v, enum check_id id, enum check_outcome outcome,
	       const char *subject, const char *fmt, ...)
{
	struct check_result *to = &v->list[v->n];
	va_list ap;

	v->failed += outcome == CHECK_FAIL;
	if (v->n == VALIDITY_MAX)
		return;
	v->n++;
	to->id = id;
	to->outcome = outcome;
	snprintf(to->subject, sizeof(to->subject), "%s", subject);
	va_start(ap, fmt);
	vsnprintf(to->detail, sizeof(to->detail), fmt, ap);
	va_end(ap);
}

void validity_check(const struct record *r, struct validity *v)
{
	enum check_id id;

	v->n = 0;
	v->failed = 0;
	check_record(r, v);
	check_functions(r, v);
	check_calltree(r, v);
	for (id = 0; id < CHECKS; id++)
		if (!validity_of(v, id))
			check_add(v, id, CHECK_NOT_APPLICABLE, "", "no such function was traced");
}

const struct check_result *validity_first_failure(const struct validity *v)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		if (v->list[i].outcome == CHECK_FAIL)
			return &v->list[i];
	return NULL;
}

/* A failure says more than a pass, and a pass more than "not applicable". */
const struct check_result *validity_of(const struct validity *v, enum check_id id)
{
	static const int rank[] = {
		[CHECK_FAIL] = 0, [CHECK_PASS] = 1, [CHECK_NOT_APPLICABLE] = 2
	};
	const struct check_result *best = NULL;
	size_t i;

	for (i = 0; i < v->n; i++)
		if (v->list[i].id == id &&
		    (!best || rank[v->list[i].outcome] < rank[best->outcome]))
			best = &v->list[i];
	return best;
}
