/* SPDX-License-Identifier: GPL-2.0 */
/* The changes of stored metrics, with the records that they began with. */
#ifndef HISTORY_CHANGES_H
#define HISTORY_CHANGES_H

#include <stdbool.h>
#include <stddef.h>

#include "history/series.h"
#include "history/store.h"
#include "judge/metrics.h"

/* A segment of a metric, and the records at its ends. */
struct history_segment {
	struct series_segment part;
	struct history_record first, last;
	double change;		/* of the median, from the segment before; 0 of the first */
	bool worse;
};

struct history_metric {
	struct metric define;	/* its name, unit, class and direction */
	struct series_rule rule;
	double *values;		/* by time */
	size_t n;
	struct history_segment *segments;
	size_t nr_segments;	/* one more than there are changes; 0 where there are no values */
	double spread;		/* struct series */
};

/* A series, and what became of its metrics. */
struct history_study {
	struct history_series *series;	/* the caller's */
	struct history_metric *metrics;
	size_t n;
};

/*
 * Look for changes in the metrics of the series @s that are @named; where @nr_named is 0, in those
 * that gate. A metric that no record has is left out. The caller frees *@out.
 */
int history_study(struct history *h, struct history_series *s, const char *const *named,
		  size_t nr_named, struct history_study *out, struct err *e);
void history_free_study(struct history_study *study);

/* One of the changes of some studies, the caller's: that which begins @segment of @metric. */
struct history_change {
	const struct history_series *series;
	const struct history_metric *metric;
	const struct history_segment *segment;	/* segment[-1] is what was before */
};

/* Those from @since on, the newest first. The caller frees *@out. 0 or -ENOMEM. */
int history_changes(const struct history_study *studies, size_t n, long long since,
		    struct history_change **out, size_t *nr);

/* The change of a segment as a share of the median before it; NAN where that is 0. */
double history_share(const struct history_segment *segment);

#endif
