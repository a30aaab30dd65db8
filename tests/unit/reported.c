// SPDX-License-Identifier: GPL-2.0
/* The checks of imported reports: each fails for the row it should, and for no other. */
#include <math.h>

#include "kselftest_harness.h"
#include "judge/validity.h"
#include "judge/windows.h"
#include "sample.h"

/* "CHECK:FUNCTION " of each result that failed, in order. */
static const char *failures(const struct record *r)
{
	static struct validity v;
	static char text[4096];
	size_t len = 0;

	text[0] = '\0';
	validity_check(r, &v);
	for (size_t i = 0; i < v.n && len < sizeof(text); i++)
		if (v.list[i].outcome == CHECK_FAIL)
			len += snprintf(text + len, sizeof(text) - len, "%s:%s ",
					check_name(v.list[i].id), v.list[i].subject);
	return text;
}

FIXTURE(reported)
{
	struct record *r;
};

FIXTURE_SETUP(reported)
{
	self->r = sample_load(REFERENCE(8));
	for (size_t i = 0; i < self->r->nr_functions; i++)
		self->r->functions[i].reported.variance_us2 = i;
}

FIXTURE_TEARDOWN(reported)
{
	record_free(self->r);
}

/* Give @f @count calls of the same mean, and all that follows from them. */
static void set_count(struct record_function *f, uint64_t count)
{
	double share = (double)count / f->count;

	f->total_ns *= share;
	f->count = count;
	f->reported.mean_ns = (double)f->total_ns / count;
	f->reported.count_per_page *= share;
}

static void set_total(struct record_function *f, uint64_t total_ns)
{
	f->total_ns = total_ns;
	f->reported.mean_ns = (double)total_ns / f->count;
}

TEST(sixty_rows_of_the_reference)
{
	static const struct { const char *record, *failures; } expected[] = {
		{ REFERENCE(1), "spread:iommu_map spread:__iommu_map "
		  "spread:intel_iommu_iotlb_sync_map spread:cache_tag_flush_range_np "
		  "spread:iommu_flush_write_buffer spread:__iommu_unmap " },
		{ REFERENCE(2), "spread:__iommu_map spread:iommu_flush_write_buffer "
		  "spread:__iommu_unmap fits:intel_iommu_tlb_sync fits:cache_tag_flush_range " },
		{ REFERENCE(4), "windows:iommu_map fits:iommu_map spread:__iommu_map "
		  "windows:__iommu_map windows:intel_iommu_iotlb_sync_map "
		  "windows:cache_tag_flush_range_np windows:iommu_flush_write_buffer "
		  "spread:__iommu_unmap fits:intel_iommu_tlb_sync fits:cache_tag_flush_range " },
		{ REFERENCE(8), "spread:__iommu_map spread:iommu_flush_write_buffer "
		  "spread:__iommu_unmap " },
		{ REFERENCE(16), "spread:__iommu_map spread:__iommu_unmap " },
		{ REFERENCE(20), "windows:iommu_map spread:__iommu_map windows:__iommu_map "
		  "windows:intel_iommu_iotlb_sync_map windows:cache_tag_flush_range_np "
		  "windows:iommu_flush_write_buffer spread:__iommu_unmap windows:__iommu_unmap "
		  "windows:intel_iommu_tlb_sync windows:cache_tag_flush_range "
		  "windows:qi_submit_sync " },
	};
	struct record *r;

	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		r = sample_load(expected[i].record);
		EXPECT_EQ(r->nr_functions, 10);
		EXPECT_STREQ(failures(r), expected[i].failures);
		record_free(r);
	}
}

/* The window follows from counts per page; the longer ones from counts alone. */
TEST(windows_of_twenty_flows)
{
	struct record *r = sample_load(REFERENCE(20));
	struct windows w;

	windows_estimate(r, &w);
	EXPECT_LT(fabs(w.nominal_ns / 1e9 - 20), 0.001);
	/* 508784 maps where 338803 / 2 were due */
	EXPECT_LT(fabs(w.function[0].factor - 508784 * 2.0 / 338803), 1e-9);
	EXPECT_EQ(w.function[9].factor, 1);
	record_free(r);
}

TEST_F(reported, a_shorter_window)
{
	/* attached last, so all others were counted for longer; but they agree, so it lost calls */
	set_count(sample_function(self->r, "qi_batch_flush_descs"), 2 * 1500000);
	EXPECT_STREQ(failures(self->r), "siblings:qi_batch_flush_descs ");
}

TEST_F(reported, lost_calls)
{
	set_count(sample_function(self->r, "__iommu_unmap"), 1400000);
	EXPECT_STREQ(failures(self->r), "siblings:__iommu_unmap ");
}

TEST_F(reported, one_call_instead_of_two)
{
	/* a kernel that does not flush an empty batch calls it once a page */
	set_count(sample_function(self->r, "qi_batch_flush_descs"), 1588000);
	sample_function(self->r, "qi_submit_sync")->total_ns /= 2;
	sample_function(self->r, "qi_submit_sync")->reported.mean_ns /= 2;
	EXPECT_STREQ(failures(self->r), "");
}

/* Other rows than the queue's, attached in the order of the rows, for ever less long. */
TEST_F(reported, stalls_before_the_last_probes)
{
	for (size_t i = 0; i + 1 < self->r->nr_functions; i++)
		set_count(&self->r->functions[i], 1588000 * (i < 8 ? 1.68 : 1.6));
	set_count(sample_function(self->r, "qi_batch_flush_descs"), 2 * 1588000);
	EXPECT_EQ(strstr(failures(self->r), "siblings"), NULL);
	EXPECT_EQ(strstr(failures(self->r), "windows:qi_batch_flush_descs"), NULL);
	EXPECT_NE(strstr(failures(self->r), "windows:qi_submit_sync"), NULL);
}

/* Pages that are mapped more often than unmapped are no longer window. */
TEST_F(reported, more_maps)
{
	for (size_t i = 0; i < 5; i++)
		set_count(&self->r->functions[i], 1588000 * 1.3);
	EXPECT_STREQ(failures(self->r), "");
	set_count(&self->r->functions[0], 1588000 * 1.4);
	EXPECT_NE(strstr(failures(self->r), "windows:iommu_map"), NULL);
}

/* The total fits in 20 s of 8 CPUs, but a call of 120 s does not. */
TEST_F(reported, a_call_longer_than_the_window)
{
	struct record_function *f = sample_function(self->r, "iommu_flush_write_buffer");
	double mean_us;

	set_total(f, f->total_ns + 120000000000);
	mean_us = f->total_ns / 1e3 / f->count;
	f->reported.variance_us2 = 120e6 * 120e6 / f->count - mean_us * mean_us;
	EXPECT_STREQ(failures(self->r), "fits:iommu_flush_write_buffer ");
}

/* Unmapping calls it once a page: twice as many calls are no second call. */
TEST_F(reported, two_calls_instead_of_one)
{
	struct record_function *f = sample_function(self->r, "__iommu_unmap");

	set_count(f, 2 * f->count);
	EXPECT_NE(strstr(failures(self->r), "windows:"), NULL) {
		TH_LOG("%s", failures(self->r));
	}
}

TEST_F(reported, total)
{
	struct record_function *f = sample_function(self->r, "iommu_map");

	/* 20 s of 8 CPUs, of which unmapping took 50 */
	set_total(f, 109000000000);
	EXPECT_STREQ(failures(self->r), "");
	set_total(f, 111000000000);
	EXPECT_STREQ(failures(self->r), "together: ");
	set_total(f, 161000000000);
	EXPECT_STREQ(failures(self->r), "fits:iommu_map ");
}

TEST_F(reported, nesting)
{
	/* its caller, intel_iommu_tlb_sync, has 48.66 s */
	set_total(sample_function(self->r, "cache_tag_flush_range"), 49500000000);
	EXPECT_STREQ(failures(self->r), "");
	set_total(sample_function(self->r, "cache_tag_flush_range"), 49700000000);
	EXPECT_STREQ(failures(self->r), "nesting:cache_tag_flush_range ");
}

/* A caller that was under way when its probe came is not counted, what it called then is. */
TEST_F(reported, few_calls)
{
	for (size_t i = 0; i < self->r->nr_functions; i++)
		set_count(&self->r->functions[i], 8);
	set_count(sample_function(self->r, "cache_tag_flush_range"), 9);
	EXPECT_EQ(strstr(failures(self->r), "nesting"), NULL);
}

TEST_F(reported, arithmetic)
{
	struct record_function *f = sample_function(self->r, "qi_submit_sync");

	f->reported.mean_ns *= 1.001;
	EXPECT_STREQ(failures(self->r), "report:qi_submit_sync ");
	f->reported.mean_ns /= 1.001;
	f->reported.count_per_page *= 1.01;
	EXPECT_STREQ(failures(self->r), "report:qi_submit_sync ");
	/* what a report does not say cannot be wrong */
	f->reported.count_per_page = f->reported.mean_ns = NAN;
	EXPECT_STREQ(failures(self->r), "");
}

TEST_F(reported, variance)
{
	struct record_function *f = sample_function(self->r, "qi_submit_sync");

	f->reported.variance_us2 = -0.01;
	EXPECT_STREQ(failures(self->r), "spread:qi_submit_sync ");
	f->reported.variance_us2 = NAN;
	EXPECT_STREQ(failures(self->r), "");
}

static void set_metric(struct record *r, const char *metric, double value)
{
	for (size_t i = 0; i < r->nr_reported; i++)
		if (!strcmp(r->reported[i].metric, metric))
			r->reported[i].value = value;
}

TEST_F(reported, range)
{
	set_metric(self->r, "cpu_util", 100.1);
	EXPECT_STREQ(failures(self->r), "range:cpu_util ");
	set_metric(self->r, "cpu_util", 100);
	set_metric(self->r, "iotlb_inv", -0.1);
	EXPECT_STREQ(failures(self->r), "range:iotlb_inv ");
	set_metric(self->r, "iotlb_inv", 0.1);
	set_metric(self->r, "iotlb_miss", 18.1);
	EXPECT_STREQ(failures(self->r), "range:iotlb_miss ");
}

/* Without counts per page no window is known, and nothing is said of it. */
TEST_F(reported, no_window)
{
	for (size_t i = 0; i < self->r->nr_functions; i++)
		self->r->functions[i].reported.count_per_page = NAN;
	set_total(sample_function(self->r, "iommu_map"), 161000000000);
	EXPECT_STREQ(failures(self->r), "");
}

/* A failed check takes from a row what it makes unusable, and leaves the rest. */
TEST(condemned)
{
	static const struct { const char *metric; enum metric_state state; } expected[] = {
		{ "throughput_gbps", METRIC_PRESENT },
		{ "iommu_map.count_per_page", METRIC_IMPOSSIBLE },
		{ "iommu_map.mean_ns", METRIC_IMPOSSIBLE },
		{ "__iommu_map.count_per_page", METRIC_IMPOSSIBLE },
		{ "__iommu_map.mean_ns", METRIC_PRESENT },
		{ "__iommu_map.stddev_ns", METRIC_IMPOSSIBLE },
		{ "intel_iommu_tlb_sync.count_per_page", METRIC_PRESENT },
		{ "intel_iommu_tlb_sync.mean_ns", METRIC_IMPOSSIBLE },
		{ "qi_submit_sync.stddev_ns", METRIC_PRESENT },
		{ "qi_submit_sync.p50_ns", METRIC_MISSING },
	};
	struct record *r = sample_load(REFERENCE(4));
	static struct metrics m;
	static struct validity v;
	const struct metric *found;

	metrics_derive(r, &m);
	validity_check(r, &v);
	EXPECT_TRUE(validity_by_row(r, &v));
	validity_condemn(&v, &m);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		found = metrics_find(&m, expected[i].metric);
		ASSERT_NE(found, NULL) {
			TH_LOG("%s", expected[i].metric);
		}
		EXPECT_EQ(found->state, expected[i].state) {
			TH_LOG("%s", expected[i].metric);
		}
	}
	record_free(r);
}

TEST_HARNESS_MAIN
