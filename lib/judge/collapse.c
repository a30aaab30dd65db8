// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/collapse.h"

#define OWN ".self_ns_per_page"

/* The medians of @function@suffix on both sides. False: a side lacks it. */
static bool medians(const struct compare_scenario *s, const char *function, const char *suffix,
		    double *base, double *test)
{
	const struct compare_metric *m;
	char name[128];

	snprintf(name, sizeof(name), "%s%s", function, suffix);
	m = compare_find(s, name);
	if (!m || !m->n[SIDE_BASE] || !m->n[SIDE_TEST])
		return false;
	*base = m->decision.base;
	*test = m->decision.test;
	return true;
}

/* The function whose own time is in @m, into @name. False: @m is another metric. */
static bool function_of(const struct compare_metric *m, char name[80])
{
	size_t len = strlen(m->metric.name), end = strlen(OWN);

	if (len <= end || strcmp(m->metric.name + len - end, OWN))
		return false;
	snprintf(name, 80, "%.*s", (int)(len - end), m->metric.name);
	return true;
}

/* Which function's own time grew most, and by what share of all that grew. */
static bool find_function(const struct compare_scenario *s, struct collapse *x)
{
	double base, test, most = 0, added = 0;
	char name[80];
	size_t i;

	for (i = 0; i < s->nr_metrics; i++) {
		if (!function_of(&s->list[i], name) || !medians(s, name, OWN, &base, &test) ||
		    test <= base)
			continue;
		added += test - base;
		if (test - base <= most)
			continue;
		most = test - base;
		memcpy(x->function, name, sizeof(name));
	}
	x->of_added = added > 0 ? most / added : 0;
	return most > 0;
}

/* A call's own share: own time a page / (calls a page x mean). */
static void find_shares(const struct compare_scenario *s, struct collapse *x)
{
	double own[2], count[2], mean[2];

	x->own_base = x->own_test = x->times = NAN;
	if (!medians(s, x->function, OWN, &own[0], &own[1]) ||
	    !medians(s, x->function, ".count_per_page", &count[0], &count[1]) ||
	    !medians(s, x->function, ".mean_ns", &mean[0], &mean[1]))
		return;
	x->times = mean[1] / mean[0];
	x->own_base = own[0] / (count[0] * mean[0]);
	x->own_test = own[1] / (count[1] * mean[1]);
}

static bool same_mode(const struct scenario *a, const struct scenario *b)
{
	return a->host == b->host && a->guest == b->guest && a->tx == b->tx;
}

/* The collapse of one mode's @n scenarios, which ascend by flows. False: there is none. */
static bool find_in_mode(const struct compare_scenario *list, size_t n, struct collapse *x)
{
	size_t first = n;

	while (first && list[first - 1].verdict == VERDICT_REGRESSED)
		first--;
	if (!first || first == n)
		return false;
	*x = (struct collapse) {
		.most = &list[n - 1], .from = list[first].scenario.flows,
		.sound = list[first - 1].scenario.flows,
	};
	if (!find_function(x->most, x))
		return false;
	find_shares(x->most, x);
	return true;
}

size_t collapse_find(const struct comparison *c, struct collapse out[COLLAPSES_MAX])
{
	size_t i, end, n = 0;

	for (i = 0; i < c->n && n < COLLAPSES_MAX; i = end) {
		for (end = i + 1; end < c->n && same_mode(&c->list[i].scenario,
							  &c->list[end].scenario); end++)
			;
		n += find_in_mode(&c->list[i], end - i, &out[n]);
	}
	return n;
}

void collapse_say(const struct collapse *x, char text[COLLAPSE_TEXT_MAX])
{
	const char *mode = x->most->scenario.name;
	const char *end = strrchr(mode, '-');

	if (x->most->scenario.tx)	/* ...-20flows-tx */
		end = memrchr(mode, '-', end - mode);
	snprintf(text, COLLAPSE_TEXT_MAX, "%.*s%s collapses from %d flows on, %d and fewer are sound: %s takes "
		 "%.1f times as long with %d, %.0f %% of a call in itself and not in what it calls "
		 "(before: %.0f %%), which is %.0f %% of all the time added to a page",
		 (int)(end - mode), mode, x->most->scenario.tx ? " sending" : "", x->from, x->sound,
		 x->function, x->times, x->most->scenario.flows, 100 * x->own_test,
		 100 * x->own_base, 100 * x->of_added);
}

size_t collapse_say_all(const struct comparison *c, char text[COLLAPSES_MAX][COLLAPSE_TEXT_MAX])
{
	struct collapse found[COLLAPSES_MAX];
	size_t i, n = collapse_find(c, found);

	for (i = 0; i < n; i++)
		collapse_say(&found[i], text[i]);
	return n;
}
