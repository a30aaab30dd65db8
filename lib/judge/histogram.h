/* SPDX-License-Identifier: GPL-2.0 */
/* What the log-linear histogram of one function says. Buckets: bpf/loglin.h. */
#ifndef JUDGE_HISTOGRAM_H
#define JUDGE_HISTOGRAM_H

#include <stdint.h>

#include "record/record.h"

/* Calls in the buckets of @f. */
uint64_t histogram_count(const struct record_function *f);

/* Standard deviation in ns of the buckets' middles around @mean; 0 for an empty histogram. */
double histogram_stddev(const struct record_function *f, double mean);

/*
 * The duration in ns that @permille / 1000 of the calls do not exceed: the value at rank
 * ceil(permille / 1000 * calls), its bucket's calls thought evenly spread from its lowest value to
 * its highest, kept within the exact minimum and maximum. 0 for an empty histogram.
 */
double histogram_percentile(const struct record_function *f, unsigned int permille);

#endif
