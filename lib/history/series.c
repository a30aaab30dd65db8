// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "history/series.h"
#include "stats/describe.h"
#include "stats/divisive.h"

/* The fewest that can show SERIES_ALPHA: p = 1/1000 where none has as great a statistic. */
enum { PERMUTATIONS = 999, SEED = 1 };

double series_allowed(const struct series_rule *rule, double before)
{
	return fmax(rule->tolerance * fabs(before), rule->floor);
}

/*
 * Could any change count? Medians lie between the least and the greatest element. Most series end
 * here, without the work of permutations.
 */
static bool may_change(const double *x, size_t n, const struct series_rule *rule)
{
	double least = x[0], greatest = x[0], nearest = fabs(x[0]);
	size_t i;

	for (i = 1; i < n; i++) {
		least = fmin(least, x[i]);
		greatest = fmax(greatest, x[i]);
		nearest = fmin(nearest, fabs(x[i]));
	}
	return greatest - least > series_allowed(rule, nearest);
}

/* Sort the elements of a segment, and take their median. */
static void describe(struct series_segment *to, double *elements)
{
	stats_sort(elements + to->first, to->n);
	to->median = stats_median(elements + to->first, to->n);
}

/* Join the segment @i to the one before it. */
static void join(struct series *s, size_t i, double *elements)
{
	s->list[i - 1].n += s->list[i].n;
	describe(&s->list[i - 1], elements);
	s->n--;
	memmove(&s->list[i], &s->list[i + 1], (s->n - i) * sizeof(*s->list));
}

/* The segment that begins with the smallest change, in units of what may change; 0: none. */
static size_t smallest(const struct series *s, const struct series_rule *rule, double *change)
{
	double share;
	size_t i, at = 0;

	*change = INFINITY;
	for (i = 1; i < s->n; i++) {
		share = fabs(s->list[i].median - s->list[i - 1].median);
		if (share)
			share /= series_allowed(rule, s->list[i - 1].median);
		if (share < *change) {
			*change = share;
			at = i;
		}
	}
	return at;
}

/*
 * Undo changes that are too small to count, the smallest first, as each moves its neighbours. The
 * elements are then sorted, segment by segment.
 */
static void join_small(struct series *s, const struct series_rule *rule, double *elements)
{
	double change;
	size_t i, at;

	for (i = 0; i < s->n; i++)
		describe(&s->list[i], elements);
	while ((at = smallest(s, rule, &change)) && change <= 1)
		join(s, at, elements);
}

/* The spread of each segment, and that of all about their own centres. Uses up @sorted. */
static void measure_spread(struct series *s, double *sorted, size_t n)
{
	struct series_segment *to;
	size_t i;

	for (to = s->list; to < s->list + s->n; to++) {
		to->mad = stats_mad(sorted + to->first, to->n);
		for (i = to->first; i < to->first + to->n; i++)
			sorted[i] = fabs(sorted[i] - to->median);
	}
	stats_sort(sorted, n);
	s->spread = stats_median(sorted, n);
}

/* One segment more than there are changes. */
static int cut(const double *x, size_t n, struct series *s)
{
	static const struct divisive_options options = {
		.alpha = SERIES_ALPHA, .permutations = PERMUTATIONS, .least = SERIES_SEGMENT,
		.seed = SEED,
	};
	size_t room = n / SERIES_SEGMENT, i;
	struct change_point *changes = calloc(room, sizeof(*changes));
	long found = changes ? stats_divisive(x, n, &options, changes, room) : -ENOMEM;

	for (i = 0; found > 0 && i < (size_t)found; i++) {
		s->list[i].n = changes[i].at - s->list[i].first;
		s->list[i + 1].first = changes[i].at;
		s->list[i + 1].n = n - changes[i].at;
		s->list[i + 1].p = changes[i].p;
	}
	free(changes);
	if (found < 0)
		return found;
	s->n = found + 1;
	return 0;
}

int series_split(const double *x, size_t n, const struct series_rule *rule, struct series *out)
{
	struct series_segment *list = calloc(n / SERIES_SEGMENT + 1, sizeof(*list));
	double *elements = malloc((n + 1) * sizeof(*elements));
	int ret = list && elements ? 0 : -ENOMEM;

	*out = (struct series){ .list = list, .n = n > 0 };
	if (!ret && n) {
		list[0] = (struct series_segment){ .n = n, .p = 1 };
		if (n >= SERIES_RECORDS && may_change(x, n, rule))
			ret = cut(x, n, out);
		if (!ret) {
			memcpy(elements, x, n * sizeof(*x));
			join_small(out, rule, elements);
			measure_spread(out, elements, n);
		}
	}
	free(elements);
	if (ret) {
		free(list);
		*out = (struct series){};
	}
	return ret;
}
