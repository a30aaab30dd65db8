// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "judge/derive.h"

struct metric *derive_add(struct metrics *m, const struct record *r, const char *function,
			  const char *suffix)
{
	struct metric *to = &m->list[m->n];
	char name[128];

	snprintf(name, sizeof(name), "%s%s", function, suffix);
	if (m->n == METRICS_MAX || metrics_find(m, name) || !metric_define(name, r->env.clock, to))
		return NULL;
	m->n++;
	return to;
}

void derive_absent(struct metric *to, enum metric_state state, const char *fmt, ...)
{
	va_list ap;

	if (!to)
		return;
	to->state = state;
	va_start(ap, fmt);
	vsnprintf(to->absent, sizeof(to->absent), fmt, ap);
	va_end(ap);
}

void derive_ratio(struct metric *to, double above, double below, const char *why)
{
	if (below > 0 && to)
		to->value = above / below;
	else
		derive_absent(to, METRIC_MISSING, "%s", why);
}

const char *derive_reason(const struct record *r, const char *field)
{
	size_t i;

	for (i = 0; i < r->nr_absent; i++)
		if (!strcmp(r->absent[i].field, field))
			return r->absent[i].reason;
	return "not measured";
}
