// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/picture.h"
#include "stats/describe.h"

static const char levels[] = "_.-=^";

enum { LEVELS = sizeof(levels) - 1 };

static char level(double value, double low, double range)
{
	int step = range > 0 ? (value - low) / range * LEVELS : 0;

	return levels[step < LEVELS ? step : LEVELS - 1];
}

int picture_draw(const double *x, size_t n, double least, const size_t *at, size_t nr,
		 char out[PICTURE_SIZE])
{
	size_t columns = n < PICTURE_COLUMNS ? n : PICTURE_COLUMNS, i, first, end;
	double medians[PICTURE_COLUMNS], low = INFINITY, high = -INFINITY;
	double *sorted = malloc((n + 1) * sizeof(*x));
	char *to = out;

	if (!sorted)
		return -ENOMEM;
	memcpy(sorted, x, n * sizeof(*x));
	for (i = 0; i < columns; i++) {
		first = i * n / columns;
		end = (i + 1) * n / columns;
		stats_sort(sorted + first, end - first);
		medians[i] = stats_median(sorted + first, end - first);
		low = fmin(low, medians[i]);
		high = fmax(high, medians[i]);
	}
	free(sorted);
	for (i = 0; i < columns; i++) {
		end = (i + 1) * n / columns;
		if (nr && *at < end)
			*to++ = '|';
		for (; nr && *at < end; nr--)
			at++;
		*to++ = level(medians[i], low, fmax(high - low, least));
	}
	*to = '\0';
	return 0;
}
