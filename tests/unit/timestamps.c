// SPDX-License-Identifier: GPL-2.0
#include <math.h>

#include "kselftest_harness.h"
#include "judge/timestamps.h"
#include "judge/windows.h"
#include "sample.h"

enum { TRIES = 1000, PERCENT = TRIES / 100 };

/* What explains the functions of @r that do not fit in its windows. */
static size_t explain(const struct record *r, struct lost_timestamps *out)
{
	bool suspect[RECORD_FUNCTIONS_MAX];
	struct windows w;

	windows_estimate(r, &w);
	for (size_t i = 0; i < r->nr_functions; i++)
		suspect[i] = r->functions[i].total_ns >
			     w.nominal_ns * w.function[i].factor * r->env.vcpus;
	return timestamps_explain(r, w.nominal_ns, suspect, out);
}

TEST(two_flows)
{
	struct record *r = sample_load(REFERENCE(2));
	struct lost_timestamps out[RECORD_FUNCTIONS_MAX];

	ASSERT_EQ(explain(r, out), 2);
	EXPECT_STREQ(r->functions[out[0].function].name, "intel_iommu_tlb_sync");
	EXPECT_STREQ(r->functions[out[1].function].name, "cache_tag_flush_range");
	for (size_t i = 0; i < 2; i++) {
		EXPECT_EQ(out[i].n, 17);
		EXPECT_LT(fabs(out[i].uptime_s - 5383.1), 0.1);
	}
	EXPECT_LT(fabs(out[0].rest_mean_ns - 13300), 100);
	EXPECT_LT(out[0].chance, TIMESTAMPS_CHANCE);
	record_free(r);
}

TEST(four_flows)
{
	static const uint64_t n[] = { 1, 64, 60 };
	static const char *const names[] = {
		"iommu_map", "intel_iommu_tlb_sync", "cache_tag_flush_range",
	};
	struct record *r = sample_load(REFERENCE(4));
	struct lost_timestamps out[RECORD_FUNCTIONS_MAX];

	ASSERT_EQ(explain(r, out), 3);
	for (size_t i = 0; i < 3; i++) {
		EXPECT_STREQ(r->functions[out[i].function].name, names[i]);
		EXPECT_EQ(out[i].n, n[i]);
		EXPECT_LT(fabs(out[i].uptime_s - 5585), 1);
	}
	EXPECT_LT(fabs(out[0].rest_mean_ns - 13700), 100);
	EXPECT_LT(out[0].chance, 1e-4);
	record_free(r);
}

/* Nothing is suspect, the report gives no variance, or it gives one that fits no total. */
TEST(nothing_is_proven)
{
	struct lost_timestamps out[RECORD_FUNCTIONS_MAX];
	struct record *r = sample_load(REFERENCE(8));

	EXPECT_EQ(explain(r, out), 0);
	record_free(r);
	r = sample_load(REFERENCE(4));
	for (size_t i = 0; i < r->nr_functions; i++)
		r->functions[i].reported.variance_us2 = NAN;
	EXPECT_EQ(explain(r, out), 0);
	record_free(r);
	r = sample_load(REFERENCE(4));
	for (size_t i = 0; i < r->nr_functions; i++)
		r->functions[i].reported.variance_us2 = 100;
	EXPECT_EQ(explain(r, out), 0);
	record_free(r);
}

/* A row that is broken in another way does not hide what happened to one of the others. */
TEST(one_of_several)
{
	struct record *r = sample_load(REFERENCE(4));
	struct record_function *f = sample_function(r, "cache_tag_flush_range");
	struct lost_timestamps out[RECORD_FUNCTIONS_MAX];

	f->reported.variance_us2 *= 0.5;
	sample_function(r, "intel_iommu_tlb_sync")->reported.variance_us2 *= 1.5;
	ASSERT_EQ(explain(r, out), 1);
	EXPECT_STREQ(r->functions[out[0].function].name, "iommu_map");
	EXPECT_EQ(out[0].n, 1);
	record_free(r);
}

/* Uniform in 0 .. 1; the same numbers in each run of the test. */
static double uniform(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (*state >> 11) * 0x1p-53;
}

/* Seconds from 400, more than the eight CPUs of a window have, to 4,000,000, or 46 days. */
static double impossible_s(uint64_t *state)
{
	return 400 * pow(10, 4 * uniform(state));
}

/* How many of TRIES records are explained whose @rows have totals, and variances, by chance. */
static int count_explained(const char *const *rows, size_t n, bool random_variance)
{
	struct lost_timestamps out[RECORD_FUNCTIONS_MAX];
	struct record *r = sample_load(REFERENCE(8));
	uint64_t state = 20251001;
	struct record_function *f;
	int explained = 0;
	double mean_us;

	for (int i = 0; i < TRIES; i++) {
		for (size_t j = 0; j < n; j++) {
			f = sample_function(r, rows[j]);
			f->total_ns = 1e9 * impossible_s(&state);
			mean_us = f->total_ns / 1e3 / f->count;
			f->reported.mean_ns = 1e3 * mean_us;
			f->reported.variance_us2 = 500;
			if (random_variance)
				f->reported.variance_us2 = uniform(&state) * 0x1p64 / f->count -
							   mean_us * mean_us;
		}
		explained += explain(r, out) > 0;
	}
	record_free(r);
	return explained;
}

/* Totals that are impossible for another reason are not explained, but by the stated chance. */
TEST(chance)
{
	static const char *const rows[] = { "intel_iommu_tlb_sync", "cache_tag_flush_range" };
	static const char *const map[] = { "iommu_map" };
	int explained;

	for (int random_variance = 0; random_variance < 2; random_variance++) {
		explained = count_explained(map, 1, random_variance);
		ksft_print_msg("map, variance %d: %d of %d\n", random_variance, explained, TRIES);
		EXPECT_LE(explained, TIMESTAMPS_CHANCE * TRIES);
		explained = count_explained(rows, 1, random_variance);
		ksft_print_msg("flush, variance %d: %d of %d\n", random_variance, explained, TRIES);
		EXPECT_LE(explained, TIMESTAMPS_CHANCE * TRIES);
		explained = count_explained(rows, 2, random_variance);
		ksft_print_msg("both, variance %d: %d of %d\n", random_variance, explained, TRIES);
		EXPECT_LE(explained, TIMESTAMPS_CHANCE * TRIES);
	}
}

/* Lose @n timestamps of @f at an uptime of about @uptime_s, as the study's tracer would. */
static void lose(struct record_function *f, int n, double uptime_s, uint64_t *state)
{
	double mean = f->total_ns / 1e3 / f->count, us;
	uint64_t sum_sq = f->count * (f->reported.variance_us2 + mean * mean);
	char printed[32];

	for (int i = 0; i < n; i++) {
		us = floor(1e6 * (uptime_s + 20 * uniform(state)));
		f->total_ns += 1e3 * us;
		sum_sq += (uint64_t)us * (uint64_t)us;
	}
	mean = f->total_ns / 1e3 / f->count;
	f->reported.mean_ns = 1e3 * mean;
	snprintf(printed, sizeof(printed), "%.6e", (double)sum_sq / f->count - mean * mean);
	f->reported.variance_us2 = strtod(printed, NULL);
}

/* Most records in which two rows lost timestamps are explained, and hardly one in a wrong way. */
TEST(power)
{
	struct lost_timestamps out[RECORD_FUNCTIONS_MAX];
	int explained = 0, right = 0, n, m;
	uint64_t state = 20251001;
	struct record *r;
	double uptime;
	size_t got;

	for (int i = 0; i < TRIES; i++) {
		r = sample_load(REFERENCE(1));
		n = 1 + 40 * uniform(&state);
		m = 1 + 40 * uniform(&state);
		uptime = 300 * pow(10, 2 * uniform(&state));
		lose(sample_function(r, "intel_iommu_tlb_sync"), n, uptime, &state);
		lose(sample_function(r, "iommu_map"), m, uptime, &state);
		got = explain(r, out);
		explained += got > 0;
		right += got == 2 && out[0].n == (uint64_t)m && out[1].n == (uint64_t)n;
		record_free(r);
	}
	ksft_print_msg("%d of %d explained, %d rightly\n", explained, TRIES, right);
	EXPECT_GE(right, 80 * PERCENT);
	EXPECT_LE(explained - right, TIMESTAMPS_CHANCE * TRIES);
}

/* A function that calls none of the others: what its calls may take is thought short. */
TEST(a_leaf)
{
	struct record *r = sample_load(REFERENCE(8));
	struct record_function *f = sample_function(r, "iommu_flush_write_buffer");
	struct lost_timestamps out[RECORD_FUNCTIONS_MAX];
	double sum_sq = 6 * 931e6 * 931e6, mean_us;

	f->total_ns += 6 * 931000000000;
	mean_us = (double)f->total_ns / 1e3 / f->count;
	f->reported.variance_us2 = sum_sq / f->count - mean_us * mean_us;
	ASSERT_EQ(explain(r, out), 1);
	EXPECT_EQ(out[0].n, 6);
	EXPECT_LT(fabs(out[0].uptime_s - 931), 0.1);
	record_free(r);
}

TEST_HARNESS_MAIN
