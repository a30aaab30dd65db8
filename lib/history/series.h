/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The changes in a series of numbers, by time. A pure function of them: E-divisive finds what
 * chance does not explain, and of that counts what is also more than the metric may differ.
 */
#ifndef HISTORY_SERIES_H
#define HISTORY_SERIES_H

#include <stddef.h>

enum {
	/* With fewer records, chance explains any change too often. */
	SERIES_RECORDS = 12,
	/*
	 * Records in a segment. Of two, nobody can tell which is the outlier: their median is
	 * moved by one. Fewer are seldom significant anyway: of 48 records before, it takes three.
	 */
	SERIES_SEGMENT = 3,
};

#define SERIES_ALPHA 0.001

/* The magnitude a change must exceed: both, as in struct baseline_metric. */
struct series_rule {
	double tolerance;	/* share of the median before it */
	double floor;		/* absolute */
};

struct series_segment {
	size_t first, n;	/* elements of the series */
	double median;
	double mad;		/* median distance from that median */
	double p;		/* of the change that it begins with; 1 of the first segment */
};

struct series {
	struct series_segment *list;	/* from malloc; n is 0 of an empty series */
	size_t n;
	double spread;		/* median distance of all elements from their segments' medians */
};

/*
 * Part the @n finite numbers in @x into segments; fewer than SERIES_RECORDS stay one. The caller
 * frees out->list. 0 or -ENOMEM.
 */
int series_split(const double *x, size_t n, const struct series_rule *rule, struct series *out);

/* The greatest change from @before that does not count, absolute. */
double series_allowed(const struct series_rule *rule, double before);

#endif
