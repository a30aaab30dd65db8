// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "stats/adjust.h"

struct place {
	double p;
	size_t i;
};

static int by_p(const void *a, const void *b)
{
	double x = ((const struct place *)a)->p, y = ((const struct place *)b)->p;

	return (x > y) - (x < y);
}

int stats_benjamini_hochberg(const double *p, double *q, size_t n)
{
	struct place *order;
	double least = 1;
	size_t i;

	if (!n)
		return 0;
	order = calloc(n, sizeof(*order));
	if (!order)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		order[i] = (struct place){ p[i], i };
	qsort(order, n, sizeof(*order), by_p);
	for (i = n; i-- > 0;) {
		least = fmin(least, order[i].p * n / (i + 1));
		q[order[i].i] = least;
	}
	free(order);
	return 0;
}
