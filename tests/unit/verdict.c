// SPDX-License-Identifier: GPL-2.0
#include <math.h>

#include "kselftest_harness.h"
#include "judge/gates.h"
#include "judge/verdict.h"
#include "sample.h"

FIXTURE(verdict)
{
	struct record *r;
	struct baseline *b;
	struct judgement *j;
};

FIXTURE_SETUP(verdict)
{
	const struct record *same[GATE_RUNS];
	struct err e;

	self->r = sample_load(SAMPLE);
	self->j = NULL;
	for (int i = 0; i < GATE_RUNS; i++)
		same[i] = self->r;
	ASSERT_EQ(baseline_accept(same, GATE_RUNS, "2026-01-02", "a test", &self->b, &e), 0);
}

FIXTURE_TEARDOWN(verdict)
{
	record_free(self->r);
	baseline_free(self->b);
	free(self->j);
}

static const struct metric_verdict *of(const struct judgement *j, const char *name)
{
	for (size_t i = 0; i < j->n; i++)
		if (!strcmp(j->list[i].name, name))
			return &j->list[i];
	return NULL;
}

#define JUDGE_AGAIN() \
	do { \
		free(self->j); \
		self->j = judge(self->r, self->b, "there is none"); \
		ASSERT_NE(self->j, NULL); \
	} while (0)

#define RUNS(r) ((const struct record *const *)&(r))

static struct baseline_metric *stored(struct baseline *b, const char *name)
{
	return (struct baseline_metric *)baseline_find(b, name);
}

TEST_F(verdict, the_same_is_ok)
{
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_OK) {
		TH_LOG("%s", self->j->reason);
	}
	EXPECT_STREQ(self->j->reason, "");
	EXPECT_STREQ(self->j->note, "");
	EXPECT_EQ(judgement_worst(self->j), NULL);
	for (size_t i = 0; i < self->j->n; i++)
		EXPECT_EQ(self->j->list[i].change, 0);
}

/* A path 0.59 % longer passes, one 0.61 % longer does not, one 0.61 % shorter is better. */
TEST_F(verdict, path_tolerance)
{
	struct baseline_metric *m = stored(self->b, "iommu_map.mean_ns");
	double value = m->value;

	m->value = value / 1.0059;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_OK);
	ASSERT_NE(judgement_worst(self->j), NULL);
	EXPECT_STREQ(judgement_worst(self->j)->name, "iommu_map.mean_ns");
	m->value = value / 1.0061;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_REGRESSED);
	EXPECT_EQ(of(self->j, "iommu_map.mean_ns")->verdict, VERDICT_REGRESSED);
	EXPECT_EQ(of(self->j, "__iommu_unmap.mean_ns")->verdict, VERDICT_OK);
	m->value = value * 1.0062;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_IMPROVED);
	EXPECT_EQ(judgement_worst(self->j), NULL);
}

/* A regression outweighs an improvement. */
TEST_F(verdict, mixed)
{
	stored(self->b, "iommu_map.mean_ns")->value *= 2;
	stored(self->b, "__iommu_unmap.mean_ns")->value /= 2;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_REGRESSED);
	EXPECT_EQ(of(self->j, "iommu_map.mean_ns")->verdict, VERDICT_IMPROVED);
}

/* 0 calls a page may become 0.002, not more; 0.75 may change by 1 %. */
TEST_F(verdict, count_floor)
{
	struct baseline_metric *m = stored(self->b, "iommu_map.count_per_page");

	m->value = 0.75 / 1.0099;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_OK);
	m->value = 0.75 / 1.0101;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_REGRESSED);
	/* a baseline of a tiny count, as of a lazy flush */
	m->value = 0.7485;
	m->tolerance = 0.0001;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_OK);
	m->value = 0.7475;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_REGRESSED);
	/* "maps nothing" is a test */
	m->value = 0;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_REGRESSED);
}

/* Where more is better, less is the regression. */
TEST_F(verdict, better_is_higher)
{
	struct baseline_metric *m = stored(self->b, "throughput_gbps");

	m->gate = true;
	m->tolerance = 0.1;
	m->value *= 1.2;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_REGRESSED);
	m->value /= 1.2 * 1.2;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_IMPROVED);
}

TEST_F(verdict, ungated_never_fail)
{
	struct baseline_metric *m = stored(self->b, "iommu_map.p99_ns");

	m->value /= 3;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_OK);
	EXPECT_FALSE(of(self->j, "iommu_map.p99_ns")->gate);
	EXPECT_GT(of(self->j, "iommu_map.p99_ns")->change, 0);
}

/* An impossible record is neither better nor worse. */
TEST_F(verdict, invalid)
{
	stored(self->b, "iommu_map.mean_ns")->value /= 2;
	self->r->payload_bytes++;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_INVALID);
	EXPECT_EQ(strncmp(self->j->reason, "payload: ", 9), 0) {
		TH_LOG("%s", self->j->reason);
	}
	for (size_t i = 0; i < self->j->n; i++)
		EXPECT_FALSE(self->j->list[i].gate);
}

/* What gates and was not measured is neither good nor bad, and no pass. */
TEST_F(verdict, gate_not_measured)
{
	struct record_function *f = sample_function(self->r, "iommu_map");

	sample_untrace(self->r, "iommu_map", "iommu_dma_map_page", f->total_ns - f->self_ns);
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_INVALID);
	EXPECT_EQ(of(self->j, "iommu_map.mean_ns")->verdict, VERDICT_INVALID);
	EXPECT_NE(strstr(self->j->reason, "a probe can't be attached"), NULL) {
		TH_LOG("%s", self->j->reason);
	}
	/* nor one that the record does not even name */
	free(f->name);
	f->name = strdup("other");
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_INVALID);
	ASSERT_NE(of(self->j, "iommu_map.mean_ns"), NULL);
	EXPECT_EQ(of(self->j, "iommu_map.mean_ns")->metric, NULL);
}

/* No call, no mean: the count says what there is to say. */
TEST_F(verdict, never_called)
{
	struct baseline_metric *m = stored(self->b, "cache_tag_flush_range_np.count_per_page");

	/* as if it had been called before, and its mean gated */
	m->value = 0.75;
	snprintf(stored(self->b, "iommu_flush_write_buffer.count_per_page")->name, 80,
		 "cache_tag_flush_range_np.mean_ns");
	stored(self->b, "cache_tag_flush_range_np.mean_ns")->gate = true;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_IMPROVED);
	EXPECT_EQ(of(self->j, "cache_tag_flush_range_np.mean_ns")->verdict, VERDICT_INCONCLUSIVE);
}

TEST_F(verdict, no_baseline)
{
	baseline_free(self->b);
	self->b = NULL;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_NO_BASELINE);
	EXPECT_STREQ(self->j->reason, "there is none");
}

TEST_F(verdict, another_environment)
{
	stored(self->b, "iommu_map.mean_ns")->value /= 2;
	self->r->env.qemu[0] = '9';
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_NO_BASELINE);
	EXPECT_STREQ(self->j->reason, "QEMU differs: here 91.1.3, in the baseline 11.1.3");
}

TEST_F(verdict, another_kernel)
{
	self->r->env.kernel[0] = '7';
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_OK);
	EXPECT_EQ(strncmp(self->j->note, "kernel 7.12.95", 14), 0);
	EXPECT_NE(strstr(self->j->note, "the baseline's is 6.12.95"), NULL);
}

TEST_F(verdict, gates_nothing)
{
	for (size_t i = 0; i < self->b->n; i++)
		self->b->list[i].gate = false;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_INCONCLUSIVE);
	EXPECT_STREQ(self->j->reason, "its baseline gates no metric");
}

/* One regressed run asks for another, which may or may not bear it out. */
TEST_F(verdict, a_regression_must_show_again)
{
	struct record *again = sample_load(SAMPLE);
	const struct record *both[] = { self->r, again };

	sample_lengthen(self->r, "iommu_map", "iommu_dma_map_page", 0.05);
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_REGRESSED);
	EXPECT_EQ(judgement_wants(self->j), 2);
	free(self->j);
	self->j = judge_runs(both, 2, self->b, "there is none");
	EXPECT_EQ(self->j->verdict, VERDICT_INCONCLUSIVE);
	EXPECT_STREQ(of(self->j, "iommu_map.mean_ns")->reason,
		     "beyond its tolerance in some of 2 runs only");
	EXPECT_EQ(judgement_wants(self->j), 2);
	sample_lengthen(again, "iommu_map", "iommu_dma_map_page", 0.03);
	free(self->j);
	self->j = judge_runs(both, 2, self->b, "there is none");
	EXPECT_EQ(self->j->verdict, VERDICT_REGRESSED);
	EXPECT_EQ(judgement_wants(self->j), 2);
	EXPECT_LT(fabs(of(self->j, "iommu_map.mean_ns")->change /
		       of(self->j, "iommu_map.mean_ns")->baseline->value - 0.04), 0.001);
	record_free(again);
}

/* An invalid run among others is not hidden by them. */
TEST_F(verdict, one_invalid_run)
{
	struct record *bad = sample_load(SAMPLE);
	const struct record *both[] = { self->r, bad };

	bad->payload_bytes++;
	self->j = judge_runs(both, 2, self->b, "there is none");
	EXPECT_EQ(self->j->verdict, VERDICT_INVALID);
	EXPECT_EQ(self->j->record, bad);
	EXPECT_EQ(judgement_wants(self->j), 2);
	record_free(bad);
}

/* On the real clock an interval takes 5, 7, 10 runs; a regression stands with 10. */
TEST(looks_on_the_real_clock)
{
	static const struct {
		enum verdict verdict;
		size_t runs, wants;
	} known[] = {
		{ VERDICT_INCONCLUSIVE, 1, 5 }, { VERDICT_INCONCLUSIVE, 5, 7 },
		{ VERDICT_INCONCLUSIVE, 7, 10 }, { VERDICT_INCONCLUSIVE, 10, 10 },
		{ VERDICT_REGRESSED, 5, 10 }, { VERDICT_REGRESSED, 7, 10 },
		{ VERDICT_REGRESSED, 10, 10 }, { VERDICT_OK, 5, 5 }, { VERDICT_NO_BASELINE, 1, 1 },
		{ VERDICT_IMPROVED, 5, 5 }, { VERDICT_INVALID, 1, 1 },
	};
	struct judgement *j = calloc(1, sizeof(*j));
	struct record *r = sample_load(SAMPLE_REAL);

	j->record = r;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		j->verdict = known[i].verdict;
		j->runs = known[i].runs;
		EXPECT_EQ(judgement_wants(j), known[i].wants);
	}
	record_free(r);
	free(j);
}

TEST_F(verdict, what_is_judged_together)
{
	struct record *other = sample_load(SAMPLE);

	EXPECT_TRUE(judge_together(self->r, other));
	other->env.kernel[0] = '7';
	EXPECT_FALSE(judge_together(self->r, other));
	other->env.kernel[0] = self->r->env.kernel[0];
	other->env.vcpus = 3;
	EXPECT_FALSE(judge_together(self->r, other));
	record_free(other);
}

TEST(exit_codes)
{
	static const struct {
		enum verdict a, b;
		int code;
	} known[] = {
		{ VERDICT_OK, VERDICT_OK, 0 },
		{ VERDICT_OK, VERDICT_IMPROVED, 0 },
		{ VERDICT_OK, VERDICT_NO_BASELINE, 0 },
		{ VERDICT_NO_BASELINE, VERDICT_NO_BASELINE, 4 },
		{ VERDICT_OK, VERDICT_INVALID, 3 },
		{ VERDICT_NO_BASELINE, VERDICT_INVALID, 3 },
		{ VERDICT_REGRESSED, VERDICT_OK, 1 },
		{ VERDICT_INVALID, VERDICT_REGRESSED, 1 },
	};
	struct judgement *list[2] = { calloc(1, sizeof(*list[0])), calloc(1, sizeof(*list[0])) };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		list[0]->verdict = known[i].a;
		list[1]->verdict = known[i].b;
		EXPECT_EQ(judgements_exit_code(list, 2), known[i].code);
	}
	free(list[0]);
	free(list[1]);
}

/* From files: none there, one there, one that is broken. */
TEST_F(verdict, stored)
{
	char folder[64], *path;
	struct baseline *b;
	struct err e;

	sample_make_folder(folder);
	ASSERT_EQ(judge_stored(RUNS(self->r), 1, folder, NULL, &b, &self->j, &e), 0);
	EXPECT_EQ(b, NULL);
	EXPECT_EQ(self->j->verdict, VERDICT_NO_BASELINE);
	EXPECT_NE(strstr(self->j->reason, "/strict-bare-4flows.json does not exist"), NULL);
	free(self->j);
	path = baseline_path(folder, self->r);
	ASSERT_EQ(baseline_save(self->b, path, &e), 0);
	ASSERT_EQ(judge_stored(RUNS(self->r), 1, folder, NULL, &b, &self->j, &e), 0);
	EXPECT_EQ(self->j->verdict, VERDICT_OK);
	baseline_free(b);
	free(self->j);
	ASSERT_EQ(truncate(path, 700), 0);
	EXPECT_EQ(judge_stored(RUNS(self->r), 1, folder, NULL, &b, &self->j, &e), -EINVAL);
	EXPECT_NE(strstr(e.text, "cut short"), NULL);
	/* a file that was asked for by name must be there */
	EXPECT_EQ(judge_stored(RUNS(self->r), 1, folder, "/nonexistent/b.json", &b, &self->j, &e), -ENOENT);
	EXPECT_EQ(self->j, NULL);
	free(path);
	sample_remove_folder(folder);
}

TEST_HARNESS_MAIN
