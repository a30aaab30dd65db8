// SPDX-License-Identifier: GPL-2.0
#include <math.h>

#include "judge/histogram.h"
#include "loglin.h"

uint64_t histogram_count(const struct record_function *f)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < f->nr_buckets; i++)
		sum += f->buckets[i].count;
	return sum;
}

double histogram_stddev(const struct record_function *f, double mean)
{
	double sum = 0, middle;
	uint64_t n = histogram_count(f);
	size_t i;

	if (!n)
		return 0;
	for (i = 0; i < f->nr_buckets; i++) {
		middle = ((double)loglin_low(f->buckets[i].index) +
			  (double)loglin_high(f->buckets[i].index)) / 2;
		sum += f->buckets[i].count * (middle - mean) * (middle - mean);
	}
	return sqrt(sum / n);
}

double histogram_percentile(const struct record_function *f, unsigned int permille)
{
	uint64_t n = histogram_count(f), before = 0, rank;
	const struct record_bucket *b;
	double low, value;
	size_t i;

	if (!n)
		return 0;
	/* ceil(permille n / 1000) in integers, without overflow for any count */
	rank = n / 1000 * permille + (n % 1000 * permille + 999) / 1000;
	if (!rank)
		rank = 1;
	for (i = 0; before + f->buckets[i].count < rank; i++)
		before += f->buckets[i].count;
	b = &f->buckets[i];
	low = loglin_low(b->index);
	value = low;
	if (b->count > 1)
		value += (loglin_high(b->index) - low) * (rank - before - 1) / (b->count - 1);
	return fmin(fmax(value, f->min_ns), f->max_ns);
}
