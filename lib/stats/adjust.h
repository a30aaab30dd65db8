/* SPDX-License-Identifier: GPL-2.0 */
/* Many tests at once. */
#ifndef STATS_ADJUST_H
#define STATS_ADJUST_H

#include <stddef.h>

/*
 * Benjamini and Hochberg 1995: q[i] = min over p[j] >= p[i] of p[j] n / rank(j), at most 1. Calling
 * all with q <= a significant makes at most the share a of these wrong. 0 or -ENOMEM; q may be p.
 */
int stats_benjamini_hochberg(const double *p, double *q, size_t n);

#endif
