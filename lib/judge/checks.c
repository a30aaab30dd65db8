// SPDX-License-Identifier: GPL-2.0
/* What the checks share. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "judge/checks.h"

enum { FRAGMENTS = 4 };	/* mappings that one descriptor may hold */

void check_add(struct validity *v, enum check_id id, enum check_outcome outcome,
	       const char *subject, const char *fmt, ...)
{
	struct check_result *to = &v->list[v->n];
	va_list ap;

	v->failed += outcome == CHECK_FAIL;
	/* Each check keeps room to say at least that it does not apply. */
	if (v->n >= VALIDITY_MAX - (outcome == CHECK_NOT_APPLICABLE ? 0 : CHECKS))
		return;
	v->n++;
	to->id = id;
	to->outcome = outcome;
	snprintf(to->subject, sizeof(to->subject), "%s", subject);
	va_start(ap, fmt);
	vsnprintf(to->detail, sizeof(to->detail), fmt, ap);
	va_end(ap);
}

unsigned long long function_lost(const struct record_function *f)
{
	return (unsigned long long)f->missed + f->orphaned + f->unmatched + f->overflowed;
}

double check_slack(const struct level *level, double count, double lost)
{
	return level->under_way ? 0.001 * count + lost + level->under_way : 0;
}

bool check_is_counted(const struct record *r)
{
	return !strcmp(r->env.clock, "counted") && !scenario_two_levels(&r->scenario);
}

/* The emulated testbed's subject may have several, all alike: its machine's options tell. */
static int nics(const struct record *r)
{
	const char *device = "-device e1000e,", *at = r->env.machine;
	int n = 0;

	while (at && (at = strstr(at, device))) {
		at += strlen(device);
		n++;
	}
	return n ? n : 1;
}

double check_held(const struct record *r)
{
	return FRAGMENTS * ((double)r->traffic.ring_rx + r->traffic.ring_tx) * nics(r);
}
