// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>

#include "kselftest_harness.h"
#include "judge/merge.h"
#include "sample.h"
#include "sides.h"
#include "stats/rank.h"

FIXTURE(compare)
{
	struct sides s;
};

FIXTURE_SETUP(compare)
{
}

FIXTURE_TEARDOWN(compare)
{
	sides_free(&self->s);
}

#define SCENARIO	(&self->s.c->list[0])
#define METRIC(name)	compare_find(SCENARIO, name)

TEST_F(compare, the_same_is_ok)
{
	for (int i = 0; i < 3; i++) {
		sides_add(&self->s, SIDE_BASE, SAMPLE, 0);
		sides_add(&self->s, SIDE_TEST, SAMPLE, 0);
	}
	ASSERT_EQ(sides_compare(&self->s), 0);
	ASSERT_EQ(self->s.c->n, 1);
	EXPECT_EQ(self->s.c->verdict, VERDICT_OK) {
		TH_LOG("%s; %s", SCENARIO->reason, SCENARIO->note);
	}
	EXPECT_EQ(comparison_exit_code(self->s.c), 0);
	EXPECT_STREQ(SCENARIO->reason, "");
	EXPECT_STREQ(SCENARIO->note, "");
	EXPECT_EQ(compare_worst(SCENARIO), NULL);
	EXPECT_EQ(SCENARIO->used[SIDE_BASE], 3);
	/* nothing differs between any two runs, so there is nothing to test */
	EXPECT_EQ(self->s.c->diagnostics, 0);
	EXPECT_EQ(METRIC("iommu_map.mean_ns")->n[SIDE_TEST], 3);
	EXPECT_TRUE(isnan(METRIC("iommu_map.mean_ns")->p));
	EXPECT_EQ(self->s.c->only[SIDE_BASE], NULL);
}

TEST_F(compare, longer_and_shorter)
{
	const struct compare_metric *m;

	for (int i = 0; i < 3; i++) {
		sides_add(&self->s, SIDE_BASE, SAMPLE, 0.0001 * i);
		sides_set(&sides_add(&self->s, SIDE_TEST, SAMPLE, 0.02 + 0.0001 * i)->env.kernel,
			  "another");
	}
	ASSERT_EQ(sides_compare(&self->s), 0);
	EXPECT_EQ(self->s.c->verdict, VERDICT_REGRESSED);
	EXPECT_EQ(comparison_exit_code(self->s.c), 1);
	EXPECT_NE(strstr(SCENARIO->reason, "iommu_map.mean_ns"), NULL);
	EXPECT_EQ(strstr(SCENARIO->reason, "count_per_page"), NULL);
	m = METRIC("iommu_map.mean_ns");
	EXPECT_TRUE(m->gate);
	EXPECT_EQ(m->verdict, VERDICT_REGRESSED);
	EXPECT_LT(fabs(decision_share(&m->decision, m->decision.change) - 0.02), 1e-3);
	ASSERT_NE(compare_worst(SCENARIO), NULL);
	EXPECT_STREQ(compare_worst(SCENARIO)->metric.name, "iommu_map.mean_ns");
	EXPECT_EQ(METRIC("qi_submit_sync.mean_ns")->verdict, VERDICT_OK);
	/* the other way round */
	for (int i = 0; i < 3; i++) {
		struct record *r = self->s.records[SIDE_BASE][i];

		self->s.records[SIDE_BASE][i] = self->s.records[SIDE_TEST][i];
		self->s.records[SIDE_TEST][i] = r;
	}
	ASSERT_EQ(sides_compare(&self->s), 0);
	EXPECT_EQ(self->s.c->verdict, VERDICT_IMPROVED);
	EXPECT_EQ(comparison_exit_code(self->s.c), 0);
	EXPECT_EQ(compare_worst(SCENARIO), NULL);
}

/* One that is impossible is left out; a side that has no other says nothing. */
TEST_F(compare, invalid)
{
	for (int i = 0; i < 2; i++) {
		sides_add(&self->s, SIDE_BASE, SAMPLE, 0);
		sides_add(&self->s, SIDE_TEST, SAMPLE, 0);
	}
	sample_function(self->s.records[SIDE_TEST][0], "iommu_map")->missed = 1000;
	ASSERT_EQ(sides_compare(&self->s), 0);
	EXPECT_EQ(self->s.c->verdict, VERDICT_OK);
	EXPECT_EQ(SCENARIO->used[SIDE_TEST], 1);
	EXPECT_EQ(SCENARIO->runs[SIDE_TEST][0].use, RUN_INVALID);
	EXPECT_NE(strstr(SCENARIO->runs[SIDE_TEST][0].why, "lost: iommu_map"), NULL);
	EXPECT_EQ(compare_example(SCENARIO, SIDE_TEST), self->s.records[SIDE_TEST][1]);
	sample_function(self->s.records[SIDE_TEST][1], "iommu_map")->missed = 1000;
	ASSERT_EQ(sides_compare(&self->s), 0);
	EXPECT_EQ(self->s.c->verdict, VERDICT_INVALID);
	EXPECT_EQ(comparison_exit_code(self->s.c), 3);
	EXPECT_NE(strstr(SCENARIO->reason, "no valid run of test (t0: lost"), NULL);
	EXPECT_EQ(SCENARIO->nr_metrics, 0);
}

/* Twice the same file, or restores of one snapshot, are one run. */
TEST_F(compare, repeated)
{
	for (int i = 0; i < 4; i++)
		sides_add(&self->s, SIDE_BASE, SAMPLE, 0);
	sides_add(&self->s, SIDE_TEST, SAMPLE, 0);
	for (int i = 1; i < 3; i++) {
		self->s.records[SIDE_BASE][i]->open_ns = self->s.records[SIDE_BASE][0]->open_ns;
		self->s.records[SIDE_BASE][i]->close_ns = self->s.records[SIDE_BASE][0]->close_ns;
	}
	ASSERT_EQ(sides_compare(&self->s), 0);
	EXPECT_EQ(SCENARIO->used[SIDE_BASE], 2);
	EXPECT_EQ(SCENARIO->runs[SIDE_BASE][0].use, RUN_USED);
	EXPECT_EQ(SCENARIO->runs[SIDE_BASE][1].use, RUN_REPEATED);
	EXPECT_EQ(SCENARIO->runs[SIDE_BASE][2].use, RUN_REPEATED);
	EXPECT_EQ(SCENARIO->runs[SIDE_BASE][3].use, RUN_USED);
	EXPECT_NE(strstr(SCENARIO->note, "2 of 4 base runs repeat another"), NULL);
	EXPECT_EQ(METRIC("iommu_map.mean_ns")->n[SIDE_BASE], 2);
	/* the same on both sides is an honest answer, and no repetition */
	EXPECT_EQ(self->s.c->verdict, VERDICT_OK);
}

/* Whatever the numbers depend on beside the kernel must be the same, everywhere. */
TEST_F(compare, must_not_be_compared)
{
	struct record *r;

	sides_add(&self->s, SIDE_BASE, SAMPLE, 0);
	sides_add(&self->s, SIDE_TEST, SAMPLE, 0);
	r = sides_add(&self->s, SIDE_TEST, SAMPLE, 0);
	sides_set(&r->env.tracer, "another");
	EXPECT_EQ(sides_compare(&self->s), -EINVAL);
	EXPECT_STREQ(self->s.e.text, "t1 cannot be compared: tracer differs: here another, in b0 "
		     "0f1e2d3c4b5a6978");
	sides_set(&r->env.tracer, "0f1e2d3c4b5a6978");
	sides_set(&r->env.clock, "real");
	EXPECT_EQ(sides_compare(&self->s), -EINVAL);
	EXPECT_NE(strstr(self->s.e.text, "clock differs: here real, in b0 counted"), NULL);
	sides_set(&r->env.clock, "counted");
	r->traffic.mtu = 9000;
	EXPECT_EQ(sides_compare(&self->s), -EINVAL);
	EXPECT_NE(strstr(self->s.e.text, "mtu differs"), NULL);
	r->traffic.mtu = self->s.records[SIDE_BASE][0]->traffic.mtu;
	/* a third kernel: t0 and t1 are no runs of one thing */
	sides_set(&r->env.kernel, "a third");
	EXPECT_EQ(sides_compare(&self->s), -EINVAL);
	EXPECT_NE(strstr(self->s.e.text, "t1 does not belong on the side test: kernel differs"),
		  NULL);
	sides_set(&self->s.records[SIDE_TEST][0]->env.kernel, "a third");
	EXPECT_EQ(sides_compare(&self->s), 0);
}

TEST_F(compare, scenarios)
{
	sides_name(sides_add(&self->s, SIDE_BASE, SAMPLE, 0), "lazy-bare-4flows");
	sides_name(sides_add(&self->s, SIDE_TEST, SAMPLE, 0), "strict-bare-16flows");
	EXPECT_EQ(sides_compare(&self->s), -ENOENT);
	EXPECT_STREQ(self->s.e.text, "nothing to compare: no scenario is on both sides; base has "
		     "lazy-bare-4flows, test has strict-bare-16flows");
	sides_add(&self->s, SIDE_BASE, SAMPLE, 0);
	sides_name(sides_add(&self->s, SIDE_BASE, SAMPLE, 0), "none-nested-4flows");
	sides_name(sides_add(&self->s, SIDE_BASE, SAMPLE, 0), "strict-bare-16flows");
	sides_name(sides_add(&self->s, SIDE_BASE, SAMPLE, 0), "lazy-bare-1flows");
	sides_add(&self->s, SIDE_TEST, SAMPLE, 0);
	sides_name(sides_add(&self->s, SIDE_TEST, SAMPLE, 0), "none-nested-4flows");
	ASSERT_EQ(sides_compare(&self->s), 0);
	ASSERT_EQ(self->s.c->n, 3);
	/* by mode, then by flows as numbers */
	EXPECT_STREQ(self->s.c->list[0].scenario.name, "strict-bare-4flows");
	EXPECT_STREQ(self->s.c->list[1].scenario.name, "strict-bare-16flows");
	EXPECT_STREQ(self->s.c->list[2].scenario.name, "none-nested-4flows");
	EXPECT_STREQ(self->s.c->only[SIDE_BASE], "lazy-bare-4flows, lazy-bare-1flows");
	EXPECT_EQ(self->s.c->only[SIDE_TEST], NULL);
	/* a record whose mode is not that of its name is invalid, and its scenario with it */
	EXPECT_EQ(self->s.c->verdict, VERDICT_INVALID);
}

/* A function that only one kernel has is told, and gates nothing. */
TEST_F(compare, function_of_one_side)
{
	struct record *r;

	sides_add(&self->s, SIDE_BASE, SAMPLE, 0);
	sides_add(&self->s, SIDE_BASE, SAMPLE, 0);
	for (int i = 0; i < 2; i++) {
		r = sides_add(&self->s, SIDE_TEST, SAMPLE, 0);
		sample_untrace(r, "qi_submit_sync", "qi_batch_flush_descs", 0);
	}
	ASSERT_EQ(sides_compare(&self->s), 0);
	EXPECT_NE(strstr(SCENARIO->note, "test has no qi_submit_sync (a probe can't be attached)"),
		  NULL) {
		TH_LOG("%s", SCENARIO->note);
	}
	EXPECT_NE(strstr(SCENARIO->note, "other functions were traced on each side"), NULL);
	EXPECT_FALSE(METRIC("qi_submit_sync.mean_ns")->gate);
	EXPECT_EQ(METRIC("qi_submit_sync.mean_ns")->n[SIDE_TEST], 0);
	EXPECT_NE(METRIC("qi_submit_sync.mean_ns")->absent[SIDE_TEST][0], '\0');
	EXPECT_EQ(SCENARIO->verdict, VERDICT_OK);
}

/* Times on the real clock take an interval, and an interval takes five runs a side. */
TEST_F(compare, too_few_for_an_interval)
{
	for (int i = 0; i < 4; i++) {
		sides_add(&self->s, SIDE_BASE, SAMPLE_REAL, 0.001 * i);
		sides_add(&self->s, SIDE_TEST, SAMPLE_REAL, 0.3 + 0.001 * i);
	}
	ASSERT_EQ(sides_compare(&self->s), 0);
	EXPECT_EQ(METRIC("iommu_map.mean_ns")->verdict, VERDICT_INCONCLUSIVE);
	EXPECT_EQ(self->s.c->verdict, VERDICT_INCONCLUSIVE);
	EXPECT_EQ(comparison_exit_code(self->s.c), 0);
	sides_add(&self->s, SIDE_BASE, SAMPLE_REAL, 0.004);
	sides_add(&self->s, SIDE_TEST, SAMPLE_REAL, 0.304);
	ASSERT_EQ(sides_compare(&self->s), 0);
	EXPECT_EQ(METRIC("iommu_map.mean_ns")->verdict, VERDICT_REGRESSED);
	EXPECT_GT(METRIC("iommu_map.mean_ns")->decision.level, 0.98);
	EXPECT_EQ(self->s.c->verdict, VERDICT_REGRESSED);
}

/* What spreads by more than it may ever be allowed is told and not held. */
TEST_F(compare, noisy)
{
	for (int i = 0; i < 3; i++) {
		sides_add(&self->s, SIDE_BASE, SAMPLE, 0.1 * i);
		sides_add(&self->s, SIDE_TEST, SAMPLE, 0.1 * i);
	}
	ASSERT_EQ(sides_compare(&self->s), 0);
	EXPECT_FALSE(METRIC("iommu_map.mean_ns")->gate);
	EXPECT_TRUE(METRIC("iommu_map.mean_ns")->noisy);
	EXPECT_NE(strstr(SCENARIO->note, "not held, as its runs spread too much: "
			 "iommu_dma_map_page.mean_ns, iommu_map.mean_ns"), NULL) {
		TH_LOG("%s", SCENARIO->note);
	}
	EXPECT_EQ(SCENARIO->verdict, VERDICT_OK);
}

/* One boot of each side may differ by chance by more than it seems. */
TEST_F(compare, single_boot)
{
	sides_add(&self->s, SIDE_BASE, SAMPLE, 0);
	sides_add(&self->s, SIDE_TEST, SAMPLE, 0);
	ASSERT_EQ(sides_compare(&self->s), 0);
	EXPECT_NE(strstr(SCENARIO->note, "--runs 5 --fresh"), NULL);
	sides_set(&self->s.records[SIDE_TEST][0]->reproduce,
	    "iommu-perf run strict-bare-4flows --inject iommu_map:25");
	ASSERT_EQ(sides_compare(&self->s), 0);
	EXPECT_NE(strstr(SCENARIO->note, "test was made with --inject iommu_map:25"),
		  NULL);
}

/* So many tests at once take some runs before the first can be significant. */
TEST_F(compare, diagnostics)
{
	size_t tested = 0;

	for (int i = 0; i < 3; i++) {
		sides_add(&self->s, SIDE_BASE, SAMPLE, 0.0001 * i);
		sides_add(&self->s, SIDE_TEST, SAMPLE, 0.02 + 0.0001 * i);
	}
	ASSERT_EQ(sides_compare(&self->s), 0);
	ASSERT_GT(self->s.c->diagnostics, 1);
	EXPECT_LT(fabs(self->s.c->least_p - 0.1), 1e-9);
	EXPECT_EQ(self->s.c->significant, 0);
	EXPECT_FALSE(compare_could_tell(self->s.c));
	EXPECT_LE(stats_least_p(self->s.c->runs_needed, self->s.c->runs_needed),
		  COMPARE_Q / self->s.c->diagnostics);
	EXPECT_GT(stats_least_p(self->s.c->runs_needed - 1, self->s.c->runs_needed - 1),
		  COMPARE_Q / self->s.c->diagnostics);
	for (size_t i = 0; i < SCENARIO->nr_metrics; i++) {
		const struct compare_metric *m = &SCENARIO->list[i];

		tested += !isnan(m->p);
		EXPECT_FALSE(m->gate && !isnan(m->p));
		EXPECT_EQ(isnan(m->p), isnan(m->q));
	}
	EXPECT_EQ(tested, self->s.c->diagnostics);
	for (int i = 3; i < 8; i++) {
		sides_add(&self->s, SIDE_BASE, SAMPLE, 0.0001 * i);
		sides_add(&self->s, SIDE_TEST, SAMPLE, 0.02 + 0.0001 * i);
	}
	ASSERT_EQ(sides_compare(&self->s), 0);
	EXPECT_TRUE(compare_could_tell(self->s.c));
	EXPECT_GT(self->s.c->significant, 0);
	EXPECT_LT(METRIC("iommu_map.self_ns_per_page")->q, 0.001);
	EXPECT_LE(METRIC("iommu_map.self_ns_per_page")->p, METRIC("iommu_map.self_ns_per_page")->q);
}

TEST(histograms_merge)
{
	struct merged *a = calloc(1, sizeof(*a)), *b = calloc(1, sizeof(*b));
	struct record *r = sample_load(SAMPLE);
	struct record_function *f = sample_function(r, "iommu_map");
	uint32_t first, last;

	EXPECT_TRUE(isnan(merged_percentile(a, 500)));
	EXPECT_FALSE(merged_range(a, b, &first, &last));
	merged_add(a, r, "no_such_function");
	merged_add(a, r, "iommu_unmap");	/* absent */
	merged_add(a, r, "cache_tag_flush_range_np");	/* never called */
	EXPECT_EQ(a->calls, 0);
	merged_add(a, r, "iommu_map");
	merged_add(a, r, "iommu_map");
	EXPECT_EQ(a->calls, 2 * f->count);
	EXPECT_EQ(a->min_ns, f->min_ns);
	EXPECT_EQ(a->max_ns, f->max_ns);
	ASSERT_TRUE(merged_range(a, b, &first, &last));
	EXPECT_EQ(first, f->buckets[0].index);
	EXPECT_EQ(last, f->buckets[f->nr_buckets - 1].index);
	ASSERT_TRUE(merged_range(b, a, &first, &last));
	EXPECT_EQ(first, f->buckets[0].index);
	EXPECT_GE(merged_percentile(a, 500), f->min_ns);
	EXPECT_LE(merged_percentile(a, 1000), f->max_ns);
	EXPECT_GT(merged_edge(LOGLIN_SLOTS), merged_edge(LOGLIN_SLOTS - 1));
	record_free(r);
	free(a);
	free(b);
}

TEST_HARNESS_MAIN
