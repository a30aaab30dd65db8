// SPDX-License-Identifier: GPL-2.0
#include <jansson.h>

#include "kselftest_harness.h"
#include "judge/gates.h"
#include "report/baseline_table.h"
#include "report/json.h"
#include "report/table.h"
#include "report/tap.h"
#include "sample.h"

/* Checks that a measured record has something for: all but those of reports. */
enum { APPLICABLE = CHECKS - 4 };

FIXTURE(output)
{
	struct record *r;
	struct baseline *b;
	struct judgement *j;
	struct tap_points points;
	char *text;
	size_t len;
	FILE *out;
};

FIXTURE_SETUP(output)
{
	const struct record *same[GATE_RUNS];
	struct err e;

	self->r = sample_load(SAMPLE);
	for (int i = 0; i < GATE_RUNS; i++)
		same[i] = self->r;
	ASSERT_EQ(baseline_accept(same, GATE_RUNS, "2026-01-02", "a test", &self->b, &e), 0);
	self->out = open_memstream(&self->text, &self->len);
}

FIXTURE_TEARDOWN(output)
{
	record_free(self->r);
	baseline_free(self->b);
	free(self->j);
	tap_free(&self->points);
	fclose(self->out);
	free(self->text);
}

#define JUDGE(baseline) \
	do { \
		free(self->j); \
		tap_free(&self->points); \
		self->j = judge(self->r, (baseline), "there is none"); \
		ASSERT_NE(self->j, NULL); \
		ASSERT_EQ(tap_make(self->j, &self->points), 0); \
	} while (0)

static size_t count(const struct tap_points *p, enum tap_outcome outcome)
{
	size_t i, n = 0;

	for (i = 0; i < p->n; i++)
		n += p->list[i].outcome == outcome;
	return n;
}

/* The point that begins with @start, or NULL. */
static const struct tap_point *find(const struct tap_points *p, const char *start)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (!strncmp(p->list[i].text, start, strlen(start)))
			return &p->list[i];
	return NULL;
}

/* Its text, "" where there is none. */
static const char *text_of(const struct tap_points *p, const char *start)
{
	const struct tap_point *point = find(p, start);

	return point ? point->text : "";
}

static double set(struct baseline *b, const char *name, double value)
{
	struct baseline_metric *m = (struct baseline_metric *)baseline_find(b, name);
	double before = m->value;

	m->value = value;
	return before;
}

TEST_F(output, tap_of_a_good_record)
{
	const struct tap_point *point;

	set(self->b, "iommu_map.mean_ns", 3610);
	JUDGE(self->b);
	/* the checks; of 8 gated functions the counts, and the means of the 7 that were called */
	EXPECT_EQ(self->points.n, APPLICABLE + 21);
	EXPECT_EQ(count(&self->points, TAP_OK), self->points.n);
	point = find(&self->points, "iommu_map.mean_ns ");
	ASSERT_NE(point, NULL);
	EXPECT_STREQ(point->text,
		     "iommu_map.mean_ns 3612.95 ns, baseline 3610, +0.08 %, tolerance 0.6 %, resolves 0 %");
	point = find(&self->points, "cache_tag_flush_range_np.count_per_page ");
	ASSERT_NE(point, NULL);
	EXPECT_STREQ(point->text, "cache_tag_flush_range_np.count_per_page 0 /page, baseline 0, "
				  "+0, tolerance 0.002, resolves 0");
	point = find(&self->points, "valid: lost: ");
	ASSERT_NE(point, NULL);
	EXPECT_STREQ(point->text, "valid: lost: at most 0.1 % of samples were lost, and none on "
				  "one CPU: all 12");
}

TEST_F(output, tap_of_a_regression)
{
	const struct tap_point *point;

	set(self->b, "qi_submit_sync.mean_ns", 875);
	set(self->b, "iommu_map.count_per_page", 0.8);
	JUDGE(self->b);
	EXPECT_EQ(count(&self->points, TAP_NOT_OK), 1);
	point = find(&self->points, "qi_submit_sync.mean_ns ");
	ASSERT_NE(point, NULL);
	EXPECT_EQ(point->outcome, TAP_NOT_OK);
	EXPECT_STREQ(point->text, "qi_submit_sync.mean_ns 919.172 ns, baseline 875, +5.05 %, "
				  "tolerance 0.6 %, resolves 0 %: regressed");
	point = find(&self->points, "iommu_map.count_per_page ");
	ASSERT_NE(point, NULL);
	EXPECT_EQ(point->outcome, TAP_OK);
	EXPECT_NE(strstr(point->text, "-6.25 %, tolerance 1 %, resolves 0 %: improved, accept"), NULL);
}

TEST_F(output, tap_of_an_invalid_record)
{
	sample_function(self->r, "qi_submit_sync")->missed = 1;
	JUDGE(self->b);
	EXPECT_EQ(self->points.n, APPLICABLE);
	EXPECT_EQ(count(&self->points, TAP_NOT_OK), 1);
	ASSERT_NE(find(&self->points, "valid: lost: "), NULL);
	EXPECT_EQ(find(&self->points, "valid: lost: ")->outcome, TAP_NOT_OK);
	EXPECT_NE(strstr(text_of(&self->points, "valid: lost: "), "qi_submit_sync: 1 of 12288"),
		  NULL);
}

TEST_F(output, tap_without_a_baseline)
{
	JUDGE(NULL);
	EXPECT_EQ(self->points.n, APPLICABLE + 1);
	EXPECT_EQ(count(&self->points, TAP_SKIP), 1);
	EXPECT_NE(find(&self->points, "metrics: no baseline: there is none"), NULL);
}

/* A kernel message that is quoted must not look like a result. */
TEST_F(output, tap_lines_are_harmless)
{
	char text[] = "a # SKIP b\nnot ok 1 [FAIL] TODO\t# not ok";

	tap_clean(text);
	EXPECT_STREQ(text, "a   SkIP b n0t ok 1 [FaIL] ToDO   n0t ok");
	self->r->warnings[0] = strdup("BUG # not ok 1\nFAIL: this");
	self->r->nr_warnings = 1;
	JUDGE(self->b);
	for (size_t i = 0; i < self->points.n; i++) {
		EXPECT_EQ(strpbrk(self->points.list[i].text, "#\n"), NULL);
		EXPECT_EQ(strstr(self->points.list[i].text, "FAIL"), NULL);
		EXPECT_EQ(strstr(self->points.list[i].text, "not ok"), NULL);
	}
	EXPECT_NE(strstr(text_of(&self->points, "valid: log: "), "BUG"), NULL);
}

#define HAS(what) \
	EXPECT_NE(strstr(self->text, what), NULL) { \
		TH_LOG("%s", self->text); \
	}

TEST_F(output, table)
{
	set(self->b, "qi_submit_sync.mean_ns", 875);
	self->r->env.kernel[0] = '7';
	JUDGE(self->b);
	ASSERT_EQ(report_table(self->out, self->j, "dir/r.json"), 0);
	fflush(self->out);
	HAS("strict-bare-4flows: regressed: qi_submit_sync.mean_ns\n");
	HAS("dir/r.json");
	HAS("note     kernel 7.12.95");
	HAS(" 919.172 ns ");
	HAS(" 875 +5.05 %        -      0 %     0.6 % regressed\n");
	HAS("the DMA API never calls it");
}

TEST_F(output, table_of_an_invalid_record)
{
	self->r->payload_bytes++;
	JUDGE(self->b);
	ASSERT_EQ(report_table(self->out, self->j, "r.json"), 0);
	fflush(self->out);
	HAS("strict-bare-4flows: invalid: payload: payload 67108865 bytes, the flows' sum ");
	HAS("  invalid  payload: ");
	EXPECT_EQ(strstr(self->text, "regressed"), NULL);
}

TEST_F(output, summary)
{
	struct judgement *list[2];

	JUDGE(NULL);
	list[0] = self->j;
	self->j = NULL;
	set(self->b, "qi_submit_sync.mean_ns", 875);
	JUDGE(self->b);
	list[1] = self->j;
	ASSERT_EQ(report_summary(self->out, list, 2), 0);
	fflush(self->out);
	HAS("no baseline");
	HAS("there is none");
	HAS("qi_submit_sync.mean_ns +5.05 %");
	HAS("2 scenarios: 1 regressed 1 no baseline\n");
	free(list[0]);
}

TEST_F(output, checks)
{
	self->r->payload_bytes++;
	JUDGE(NULL);
	ASSERT_EQ(report_checks(self->out, self->j, "r.json"), 0);
	fflush(self->out);
	HAS("strict-bare-4flows: invalid");
	HAS("payload   fail   payload 67108865 bytes");
}

/* The same as JSON, and JSON it is. */
TEST_F(output, json)
{
	const char *names[] = { "r \"1\".json" };
	json_t *root, *judged;
	json_error_t error;

	set(self->b, "qi_submit_sync.mean_ns", 875);
	JUDGE(self->b);
	report_json(self->out, &self->j, names, 1);
	fflush(self->out);
	root = json_loads(self->text, JSON_REJECT_DUPLICATES, &error);
	ASSERT_NE(root, NULL) {
		TH_LOG("line %d: %s", error.line, error.text);
	}
	judged = json_array_get(json_object_get(root, "judgements"), 0);
	EXPECT_STREQ(json_string_value(json_object_get(judged, "record")), names[0]);
	EXPECT_STREQ(json_string_value(json_object_get(judged, "verdict")), "regressed");
	judged = json_object_get(json_object_get(judged, "metrics"), "qi_submit_sync.mean_ns");
	EXPECT_STREQ(json_string_value(json_object_get(judged, "verdict")), "regressed");
	EXPECT_EQ(json_number_value(json_object_get(judged, "baseline")), 875);
	json_decref(root);
	rewind(self->out);
	report_checks_json(self->out, &self->j, names, 1);
	fputc('\0', self->out);
	fflush(self->out);
	root = json_loads(self->text, JSON_REJECT_DUPLICATES, &error);
	ASSERT_NE(root, NULL) {
		TH_LOG("line %d: %s", error.line, error.text);
	}
	judged = json_array_get(json_object_get(root, "checks"), 0);
	EXPECT_TRUE(json_is_true(json_object_get(judged, "valid")));
	EXPECT_EQ(json_array_size(json_object_get(judged, "results")), self->j->validity.n);
	json_decref(root);
}

TEST_F(output, baselines)
{
	struct baseline *now;
	struct err e;

	ASSERT_EQ(report_baseline(self->out, self->b, "dir/b.json"), 0);
	fflush(self->out);
	HAS("accepted 2026-01-02, 3 runs: a test");
	HAS("iommu_map.count_per_page");
	sample_lengthen(self->r, "iommu_map", "iommu_dma_map_page", 0.02);
	ASSERT_EQ(baseline_accept((const struct record *const *)&self->r, 1, "", "", &now, &e), 0);
	rewind(self->out);
	ASSERT_EQ(report_baseline_diff(self->out, self->b, now), 0);
	fputc('\0', self->out);
	fflush(self->out);
	HAS("iommu_map.mean_ns");
	HAS("+2.00 %");
	EXPECT_EQ(strstr(self->text, "qi_submit_sync"), NULL);
	rewind(self->out);
	ASSERT_EQ(report_baseline_diff(self->out, now, now), 0);
	fputc('\0', self->out);
	fflush(self->out);
	HAS("no difference");
	baseline_free(now);
}

TEST_HARNESS_MAIN
