/* SPDX-License-Identifier: GPL-2.0 */
/* The normal distribution: P(Z <= z). */
#ifndef STATS_NORMAL_H
#define STATS_NORMAL_H

#include <math.h>

static inline double stats_normal(double z)
{
	return erfc(-z / M_SQRT2) / 2;
}

#endif
