// SPDX-License-Identifier: GPL-2.0
/* The checks of each function, and of functions against each other. */
#include "validity.h"

TEST_F(validity, clock)
{
	sample_function(self->r, "__iommu_unmap")->backward = 1;
	EXPECT_EQ(failing(self->r), only(CHECK_CLOCK));
}

TEST_F(validity, one_cpu_loses_nothing)
{
	struct record_function *f = sample_function(self->r, "qi_submit_sync");
	uint64_t *kinds[] = { &f->missed, &f->orphaned, &f->unmatched, &f->overflowed };

	for (size_t i = 0; i < 4; i++) {
		*kinds[i] = 1;
		EXPECT_EQ(failing(self->r), only(CHECK_LOST));
		*kinds[i] = 0;
	}
	EXPECT_EQ(failing(self->r), 0);
	sample_function(self->r, "cache_tag_flush_range_np")->missed = 1;
	EXPECT_EQ(failing(self->r), only(CHECK_LOST));
}

/* One whose kernel is preempted in the midst of a probe may, as several CPUs do. */
TEST_F(validity, one_cpu_of_a_preemptible_kernel)
{
	free(self->r->env.kernel);
	self->r->env.kernel = strdup("7.3.4 #1 SMP PREEMPT Sun Nov 15 22:30:52 UTC 2026");
	self->r->functions[0].missed = self->r->functions[0].count / 1000;
	EXPECT_EQ(failing(self->r) & only(CHECK_LOST), 0);
	self->r->functions[0].missed++;
	EXPECT_EQ(failing(self->r) & only(CHECK_LOST), only(CHECK_LOST));
	free(self->r->env.kernel);
	self->r->env.kernel = strdup("6.12.118+deb13-amd64 #1 SMP PREEMPT_DYNAMIC Debian");
	self->r->functions[0].missed = 1;
	EXPECT_EQ(failing(self->r) & only(CHECK_LOST), only(CHECK_LOST));
}

/* 20480 calls may lose 20. */
TEST_F(validity, several_cpus_lose_a_thousandth)
{
	struct record_function *f = sample_function(self->real, "qi_submit_sync");

	f->missed = 5;
	f->orphaned = 5;
	f->unmatched = 5;
	f->overflowed = 5;
	EXPECT_EQ(failing(self->real), 0);
	f->overflowed = 6;
	EXPECT_EQ(failing(self->real), only(CHECK_LOST));
}

TEST_F(validity, histogram)
{
	struct record_function *f = sample_function(self->r, "iommu_map");

	f->buckets[1].count--;
	EXPECT_EQ(failing(self->r), only(CHECK_HISTOGRAM));
	f->buckets[1].count++;
	EXPECT_EQ(failing(self->r), 0);
	f->min_ns -= 100;
	EXPECT_EQ(failing(self->r), only(CHECK_HISTOGRAM));
	f->min_ns += 100;
	f->max_ns += 100;
	EXPECT_EQ(failing(self->r), only(CHECK_HISTOGRAM));
}

TEST_F(validity, order)
{
	struct record_function *f = sample_function(self->r, "qi_submit_sync"), *top;
	uint64_t total = f->total_ns;

	f->self_ns = f->total_ns + 1;
	EXPECT_EQ(failing_apart(self->r), only(CHECK_ORDER));
	f->total_ns = f->self_ns = f->count * f->min_ns - 1;
	EXPECT_EQ(failing_apart(self->r), only(CHECK_ORDER));
	f->total_ns = f->self_ns = total;
	EXPECT_EQ(failing_apart(self->r), 0);
	/* the mean above the longest call */
	top = sample_function(self->r, "iommu_dma_map_page");
	top->total_ns = top->count * top->max_ns + 1;
	EXPECT_EQ(failing_apart(self->r), only(CHECK_ORDER));
	top->total_ns--;
	EXPECT_EQ(failing_apart(self->r), 0);
	/* a call longer than the window */
	set_max(top, self->r->close_ns - self->r->open_ns + 1);
	EXPECT_EQ(failing_apart(self->r), only(CHECK_ORDER));
	set_max(top, self->r->close_ns - self->r->open_ns);
	EXPECT_EQ(failing_apart(self->r), 0);
	/* time without a call */
	sample_function(self->r, "iommu_flush_write_buffer")->self_ns = 1;
	EXPECT_EQ(failing_apart(self->r), only(CHECK_ORDER));
}

TEST_F(validity, fits)
{
	struct record_function *f = sample_function(self->r, "iommu_dma_map_page");
	uint64_t window = self->r->close_ns - self->r->open_ns;

	set_max(f, 200000);
	/* it fits, but unmapping has no time left */
	f->total_ns = window;
	EXPECT_EQ(failing_apart(self->r), only(CHECK_TOGETHER));
	f->total_ns = window - sample_function(self->r, "iommu_dma_unmap_page")->total_ns;
	EXPECT_EQ(failing_apart(self->r), 0);
	f->total_ns = window + 1;
	EXPECT_EQ(failing_apart(self->r), only(CHECK_FITS));
	/* four CPUs have four windows */
	f = sample_function(self->real, "iommu_dma_map_page");
	set_max(f, 300000);
	f->total_ns = 4 * window;
	EXPECT_EQ(failing_apart(self->real), only(CHECK_TOGETHER));
	f->total_ns++;
	EXPECT_EQ(failing_apart(self->real), only(CHECK_FITS));
}

/* Two calls go to a bucket that is longer by more than the others' widths can hide. */
TEST_F(validity, total)
{
	struct record_function *f = sample_function(self->real, "__iommu_map");
	struct record_bucket *last = &f->buckets[f->nr_buckets - 1];
	double least = 0, most = 0;

	for (size_t i = 0; i < f->nr_buckets; i++) {
		least += (double)f->buckets[i].count * loglin_low(f->buckets[i].index);
		most += (double)f->buckets[i].count * loglin_high(f->buckets[i].index);
	}
	f->total_ns = f->self_ns = least;
	EXPECT_EQ((failing(self->real) & ~only(CHECK_SELF)), 0);
	f->total_ns = f->self_ns = least - 1;
	EXPECT_EQ((failing(self->real) & ~only(CHECK_SELF)), only(CHECK_TOTAL));
	f->total_ns = f->self_ns = most;
	EXPECT_EQ((failing(self->real) & ~only(CHECK_SELF)), 0);
	f->total_ns = f->self_ns = most + 1;
	EXPECT_EQ((failing(self->real) & ~only(CHECK_SELF)), only(CHECK_TOTAL));
	/* the last bucket has no end */
	f->buckets[0].count += last->count - 1;
	*last = (struct record_bucket){ LOGLIN_SLOTS - 1, 1 };
	f->max_ns = 1ull << 40;
	f->total_ns = f->self_ns = least + f->max_ns;
	EXPECT_EQ(failing(self->real) & only(CHECK_TOTAL), 0);
	f->max_ns = 1ull << 39;
	EXPECT_EQ(failing(self->real) & only(CHECK_TOTAL), only(CHECK_TOTAL));
}

/* On one counted CPU not a nanosecond may be missing. */
TEST_F(validity, self)
{
	static const char *const callers[] = {
		"iommu_dma_map_page", "iommu_map", "iommu_dma_unmap_page", "intel_iommu_tlb_sync",
		"cache_tag_flush_range", "qi_batch_flush_descs",
	};
	struct record_function *f;

	for (size_t i = 0; i < sizeof(callers) / sizeof(callers[0]); i++) {
		f = sample_function(self->r, callers[i]);
		f->self_ns++;
		EXPECT_EQ(failing(self->r), only(CHECK_SELF)) {
			TH_LOG("%s", callers[i]);
		}
		f->self_ns -= 2;
		EXPECT_EQ(failing(self->r), only(CHECK_SELF)) {
			TH_LOG("%s", callers[i]);
		}
		f->self_ns++;
	}
	/* what calls nothing has no other time than its own */
	f = sample_function(self->r, "qi_submit_sync");
	f->self_ns--;
	EXPECT_EQ(failing(self->r), only(CHECK_SELF));
	f->self_ns++;
	EXPECT_EQ(failing(self->r), 0);
	/* where a function was not traced, what it calls is called by its caller */
	sample_function(self->r, "cache_tag_flush_range")->absent = strdup("not traced");
	f = sample_function(self->r, "intel_iommu_tlb_sync");
	f->self_ns = f->total_ns - sample_function(self->r, "qi_batch_flush_descs")->total_ns;
	EXPECT_EQ(failing(self->r), 0);
	f->self_ns--;
	EXPECT_EQ(failing(self->r), only(CHECK_SELF));
}

/* Several CPUs: 0.1 % of 20480 calls, one a CPU, and those lost, of a callee's longest each. */
TEST_F(validity, self_on_several_cpus)
{
	struct record_function *f = sample_function(self->real, "qi_batch_flush_descs");
	struct record_function *callee = sample_function(self->real, "qi_submit_sync");
	uint64_t may = 27.48 * callee->max_ns;

	f->self_ns = f->total_ns - callee->total_ns + may;
	EXPECT_EQ(failing(self->real), 0);
	f->self_ns++;
	EXPECT_EQ(failing(self->real), only(CHECK_SELF));
	/* an interrupt's calls may have been in it */
	f->self_ns = 0;
	EXPECT_EQ(failing(self->real), 0);
}

TEST_F(validity, nesting)
{
	static const struct {
		const char *callee, *caller;
	} pairs[] = {
		{ "iommu_map", "iommu_dma_map_page" },
		{ "__iommu_map", "iommu_map" },
		{ "intel_iommu_iotlb_sync_map", "iommu_map" },
		{ "__iommu_unmap", "iommu_dma_unmap_page" },
		{ "intel_iommu_tlb_sync", "iommu_dma_unmap_page" },
		{ "cache_tag_flush_range", "intel_iommu_tlb_sync" },
		{ "qi_batch_flush_descs", "cache_tag_flush_range" },
		{ "qi_submit_sync", "qi_batch_flush_descs" },
	};
	struct record_function *f;
	struct record *r;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		r = sample_load(SAMPLE);
		f = sample_function(r, pairs[i].callee);
		/* shorter than its own callees it must not become: only its own rule is broken */
		f->total_ns = sample_function(r, pairs[i].caller)->total_ns;
		set_max(f, 20000);
		EXPECT_EQ(failing_apart(r), 0) {
			TH_LOG("%s as long as %s", pairs[i].callee, pairs[i].caller);
		}
		f->total_ns++;
		EXPECT_EQ(failing_apart(r), only(CHECK_NESTING)) {
			TH_LOG("%s longer than %s", pairs[i].callee, pairs[i].caller);
		}
		record_free(r);
	}
}

/* What a caller lost, or began before the window, may be missing from its time. */
TEST_F(validity, nesting_on_several_cpus)
{
	struct record_function *f = sample_function(self->real, "__iommu_map");
	struct record_function *caller = sample_function(self->real, "iommu_map");

	set_max(f, 20000);
	f->total_ns = caller->total_ns + 4 * f->max_ns;
	EXPECT_EQ(failing_apart(self->real), 0);
	f->total_ns++;
	EXPECT_EQ(failing_apart(self->real), only(CHECK_NESTING));
	caller->missed = 1;
	EXPECT_EQ(failing_apart(self->real), 0);
}

TEST_F(validity, siblings_on_one_cpu)
{
	static const char *const names[] = {
		"iommu_dma_map_page", "__iommu_map", "intel_iommu_iotlb_sync_map",
		"iommu_dma_unmap_page", "intel_iommu_tlb_sync", "cache_tag_flush_range",
		/* submitted more often than its batches were flushed */
		"qi_submit_sync",
	};
	struct record_function *f;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		f = sample_function(self->r, names[i]);
		add_calls(f, 1);
		sample_set_event(self->r, "inv_wait",
				 sample_function(self->r, "qi_submit_sync")->count);
		sample_set_event(self->r, "inv_iotlb_page", 12289);
		EXPECT_EQ(failing_apart(self->r), only(CHECK_SIBLINGS)) {
			TH_LOG("%s", names[i]);
		}
		add_calls(f, -1);
	}
	/* fewer submissions than flushed batches are right: a batch may be empty */
	add_calls(sample_function(self->r, "qi_submit_sync"), -100);
	sample_set_event(self->r, "inv_wait", 12188);
	EXPECT_EQ(failing_apart(self->r), 0);
}

/* What is submitted without a batch: as many as QEMU counted, and not one more. */
TEST_F(validity, single_submissions)
{
	struct record_function *f = sample_function(self->r, "qi_submit_sync");

	add_calls(f, 6);
	sample_set_event(self->r, "inv_wait", f->count);
	sample_set_event(self->r, "inv_iec", 6);
	EXPECT_EQ(failing_apart(self->r), 0);
	sample_set_event(self->r, "inv_iec", 5);
	sample_set_event(self->r, "inv_iotlb_page", 12289);
	EXPECT_EQ(failing_apart(self->r), only(CHECK_SIBLINGS));
	sample_set_event(self->r, "inv_cc", 1);
	EXPECT_EQ(failing_apart(self->r), 0);
}

/* On the real clock QEMU counts nothing, but we know what we added. */
TEST_F(validity, added_submissions)
{
	struct record_counter *c = record_add_counter(self->real, "injected", NULL, "flushes");
	struct record_function *f = sample_function(self->real, "qi_submit_sync");

	ASSERT_NE(c, NULL);
	c->unit = strdup("events");
	c->whole_window = true;
	for (size_t i = 0; i + 1 < self->real->nr_counters; i++)
		if (!self->real->counters[i].absent)
			self->real->counters[i].absent = strdup("not counted");
	c->value = f->count / 20;	/* many more than may be lost */
	add_calls(f, c->value);
	f->total_ns += c->value * f->min_ns * 2;
	EXPECT_EQ(failing_apart(self->real), 0);
	c->value = 0;
	EXPECT_EQ(failing_apart(self->real), only(CHECK_SIBLINGS));
}

/* Mapping flushes for each map or for none. */
TEST_F(validity, flush_on_map)
{
	struct record_function *np = sample_function(self->r, "cache_tag_flush_range_np");
	struct record_function *sync = sample_function(self->r, "intel_iommu_iotlb_sync_map");

	np->buckets = realloc(np->buckets, sizeof(*np->buckets));
	np->buckets[0] = (struct record_bucket){ 10, sync->count };
	np->nr_buckets = 1;
	np->count = sync->count;
	np->total_ns = np->self_ns = 10 * sync->count;
	np->min_ns = np->max_ns = 10;
	EXPECT_EQ(failing_apart(self->r), 0);
	add_calls(np, -1);
	np->total_ns -= 10;
	np->self_ns -= 10;
	EXPECT_EQ(failing_apart(self->r), only(CHECK_SIBLINGS));
}

/* Lazily, unmapping does not flush each time: only the count of a strict one must agree. */
TEST_F(validity, lazy_flushes_apart)
{
	struct record_function *f = sample_function(self->r, "intel_iommu_tlb_sync");
	struct err e;

	add_calls(f, -12000);
	f->total_ns = f->count * f->min_ns;
	f->self_ns = 0;
	EXPECT_EQ(failing_apart(self->r), only(CHECK_SIBLINGS) | only(CHECK_NESTING));
	ASSERT_EQ(scenario_parse("lazy-bare-4flows", &self->r->scenario, &e), 0);
	set_type(self->r, "DMA-FQ");
	EXPECT_EQ(failing_apart(self->r), 0);
}

/* 20480 calls on four CPUs may differ by 20 (0.1 %), 4 under way, and by what was lost. */
TEST_F(validity, siblings_on_several_cpus)
{
	struct record_function *f = sample_function(self->real, "__iommu_unmap");

	add_calls(f, 24);
	EXPECT_EQ(failing(self->real), 0);
	add_calls(f, 1);
	EXPECT_EQ(failing(self->real), only(CHECK_SIBLINGS));
	sample_function(self->real, "iommu_dma_unmap_page")->missed = 1;
	sample_function(self->real, "intel_iommu_tlb_sync")->missed = 1;
	sample_function(self->real, "cache_tag_flush_range")->missed = 1;
	EXPECT_EQ(failing(self->real), 0);
}

/* Before 6.10 iommu_flush_iotlb_psi() has the name of what does the same since, and is called alike. */
TEST_F(validity, flushes_without_cache_tags)
{
	struct record_function *flush = sample_function(self->r, "cache_tag_flush_range");
	struct record_function *submit = sample_function(self->r, "qi_submit_sync");
	uint64_t total = flush->total_ns;

	free(self->r->env.kernel);
	self->r->env.kernel = strdup("6.1.0-56-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2");
	EXPECT_EQ(failing_apart(self->r), 0);
	flush->total_ns = submit->total_ns - 1;
	EXPECT_NE(failing_apart(self->r) & only(CHECK_NESTING), 0);
	flush->total_ns = total;
	/* How often a mapping flushes is not known there: only where there are cache tags. */
	add_calls(flush, -1000);
	EXPECT_EQ(failing_apart(self->r) & only(CHECK_SIBLINGS), 0);
}

/* Functions that a kernel lacks are compared with nothing. */
TEST_F(validity, absent_functions)
{
	static struct validity v;

	for (size_t i = 0; i < self->r->nr_functions; i++)
		if (!self->r->functions[i].absent)
			self->r->functions[i].absent = strdup("this kernel has no such function");
	EXPECT_EQ(failing(self->r), 0);
	validity_check(self->r, &v);
	EXPECT_EQ(validity_of(&v, CHECK_SIBLINGS)->outcome, CHECK_NOT_APPLICABLE);
	EXPECT_EQ(validity_of(&v, CHECK_LOST)->outcome, CHECK_NOT_APPLICABLE);
}

TEST_HARNESS_MAIN
