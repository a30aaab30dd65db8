// SPDX-License-Identifier: GPL-2.0
#include <jansson.h>

#include "kselftest_harness.h"
#include "markup.h"
#include "report/compare.h"
#include "report/compare_words.h"
#include "sides.h"

FIXTURE(report)
{
	struct sides s;
	char *text;
	size_t len;
};

FIXTURE_SETUP(report)
{
}

FIXTURE_TEARDOWN(report)
{
	sides_free(&self->s);
	free(self->text);
}

/* Three runs a side, those under test 2 % longer. */
static void fill(struct sides *s, const char *sample, int runs)
{
	for (int i = 0; i < runs; i++) {
		sides_add(s, SIDE_BASE, sample, 0.0001 * i);
		sides_set(&sides_add(s, SIDE_TEST, sample, 0.02 + 0.0001 * i)->env.kernel,
			  "6.13.0-rc4 & <another>");
	}
}

#define PRINT(report) \
	do { \
		FILE *out; \
		free(self->text); \
		out = open_memstream(&self->text, &self->len); \
		ASSERT_EQ((report)(out, self->s.c), 0); \
		fclose(out); \
	} while (0)

static size_t widest(const char *text)
{
	size_t most = 0, len;

	for (; *text; text += len + !!text[len]) {
		len = strcspn(text, "\n");
		most = len > most ? len : most;
	}
	return most;
}

TEST_F(report, table)
{
	fill(&self->s, SAMPLE, 3);
	ASSERT_EQ(sides_compare(&self->s), 0);
	PRINT(report_compare_table);
	EXPECT_NE(strstr(self->text, "strict-bare-4flows: regressed: "), NULL);
	EXPECT_NE(strstr(self->text, "6.13.0-rc4 & <another>, 3 runs"), NULL);
	EXPECT_NE(strstr(self->text, " 0.6% regressed"), NULL);
	EXPECT_NE(strstr(self->text, "\nVerdict: regressed\n"), NULL);
	EXPECT_NE(strstr(self->text, "nothing can be told"), NULL);
	EXPECT_EQ(strstr(self->text, "INTERVAL"), NULL);
}

TEST_F(report, table_of_intervals)
{
	fill(&self->s, SAMPLE_REAL, 5);
	ASSERT_EQ(sides_compare(&self->s), 0);
	PRINT(report_compare_table);
	EXPECT_NE(strstr(self->text, "INTERVAL"), NULL);
	EXPECT_NE(strstr(self->text, " .. +"), NULL);
}

/* The longest names, another's text, and all else that could be wide. */
TEST_F(report, plain)
{
	static const char letters[] = "a_function_whose_name_goes_on_and_on_so_that_its_metrics_do_too";
	struct record *r;

	fill(&self->s, SAMPLE_REAL, 5);
	for (size_t side = 0; side < SIDES; side++) {
		for (int i = 0; i < 5; i++) {
			r = self->s.records[side][i];
			sides_set(&sample_function(r, "iommu_unmap")->name, letters);
			if (side)
				sides_set(&r->env.kernel, "6.13.0 #1 \xc3\xa4\033[1m with a name that "
					  "is long and has no end for many words and more of them");
		}
	}
	sample_function(self->s.records[SIDE_TEST][0], "iommu_map")->missed = 100000;
	self->s.names[SIDE_TEST][0] = "/a/folder/with/a/name/that/is/longer/than/any/line/of/the/"
		"report/may/be/so/that/it/must/be/cut/somewhere.json";
	ASSERT_EQ(sides_compare(&self->s), 0);
	PRINT(report_compare_plain);
	EXPECT_LE(widest(self->text), COMPARE_PLAIN_WIDTH) {
		TH_LOG("%s", self->text);
	}
	for (const char *c = self->text; *c; c++)
		EXPECT_TRUE(*c == '\n' || (*c >= 0x20 && *c < 0x7f));
	EXPECT_EQ(strstr(self->text, " \n"), NULL);
	EXPECT_NE(strstr(self->text, "left out: /a/folder"), NULL);
	EXPECT_NE(strstr(self->text, "  mean_ns "), NULL);
}

TEST_F(report, plain_marks)
{
	fill(&self->s, SAMPLE, 3);
	ASSERT_EQ(sides_compare(&self->s), 0);
	PRINT(report_compare_plain);
	EXPECT_NE(strstr(self->text, " !!\n"), NULL);
	EXPECT_NE(strstr(self->text, " ok\n"), NULL);
	EXPECT_NE(strstr(self->text, "0 on both sides"), NULL);
	EXPECT_LE(widest(self->text), COMPARE_PLAIN_WIDTH);
}

TEST_F(report, json)
{
	json_t *root, *scenario, *m;

	fill(&self->s, SAMPLE, 3);
	sides_name(sides_add(&self->s, SIDE_BASE, SAMPLE, 0), "lazy-bare-4flows");
	ASSERT_EQ(sides_compare(&self->s), 0);
	PRINT(report_compare_json);
	root = json_loads(self->text, JSON_REJECT_DUPLICATES, NULL);
	ASSERT_NE(root, NULL);
	EXPECT_STREQ(json_string_value(json_object_get(root, "verdict")), "regressed");
	EXPECT_STREQ(json_string_value(json_object_get(root, "only_base")), "lazy-bare-4flows");
	scenario = json_array_get(json_object_get(root, "comparison"), 0);
	m = json_object_get(json_object_get(scenario, "metrics"), "iommu_map.mean_ns");
	EXPECT_STREQ(json_string_value(json_object_get(m, "verdict")), "regressed");
	EXPECT_EQ(json_array_size(json_object_get(m, "base")), 3);
	EXPECT_GT(json_real_value(json_object_get(m, "share")), 0.019);
	EXPECT_EQ(json_object_get(m, "level"), NULL);
	m = json_object_get(json_object_get(scenario, "metrics"), "iommu_unmap.mean_ns");
	EXPECT_STREQ(json_string_value(json_object_get(m, "base_absent")),
		     "the DMA API never calls it");
	json_decref(root);
}

/* Well-formed, of one piece, and what came from a record is text in it. */
static void check_page(struct __test_metadata *_metadata, const char *page)
{
	const char *fault = markup_fault(page);

	EXPECT_EQ(fault, NULL) {
		TH_LOG("%s", fault);
	}
	EXPECT_EQ(strncmp(page, "<!doctype html>", 15), 0);
	EXPECT_EQ(strstr(page, "<another>"), NULL);
	EXPECT_EQ(strstr(page, "<script"), NULL);
	EXPECT_EQ(strstr(page, "http:"), NULL);
	EXPECT_EQ(strstr(page, "https:"), NULL);
	EXPECT_EQ(strstr(page, "url("), NULL);
	EXPECT_EQ(strstr(page, "src="), NULL);
}

TEST_F(report, html)
{
	fill(&self->s, SAMPLE, 3);
	for (size_t side = 0; side < SIDES; side++)
		sides_name(sides_add(&self->s, side, SAMPLE, 0), "strict-bare-16flows");
	ASSERT_EQ(sides_compare(&self->s), 0);
	PRINT(report_compare_html);
	check_page(_metadata, self->text);
	EXPECT_NE(strstr(self->text, "6.13.0-rc4 &amp; &lt;another&gt;"), NULL);
	EXPECT_NE(strstr(self->text, "How long a call takes"), NULL);
	EXPECT_NE(strstr(self->text, "What a page costs"), NULL);
}

/* Several numbers of flows, times with intervals, and reports, whose rows have no histograms. */
TEST_F(report, html_of_reports)
{
	for (size_t side = 0; side < SIDES; side++) {
		sides_add(&self->s, side, REFERENCE(8), 0);
		sides_add(&self->s, side, REFERENCE(16), 0);
		sides_add(&self->s, side, REFERENCE(20), 0);
	}
	ASSERT_EQ(sides_compare(&self->s), 0);
	EXPECT_EQ(self->s.c->n, 3);
	PRINT(report_compare_html);
	check_page(_metadata, self->text);
	EXPECT_NE(strstr(self->text, "strict-nested by the number of flows"), NULL);
	PRINT(report_compare_table);
	PRINT(report_compare_plain);
	EXPECT_LE(widest(self->text), COMPARE_PLAIN_WIDTH);
}

/* Nothing valid on one side: every report still is one. */
TEST_F(report, invalid)
{
	json_t *root;

	fill(&self->s, SAMPLE, 1);
	sample_function(self->s.records[SIDE_TEST][0], "iommu_map")->missed = 100000;
	ASSERT_EQ(sides_compare(&self->s), 0);
	PRINT(report_compare_html);
	check_page(_metadata, self->text);
	PRINT(report_compare_plain);
	EXPECT_NE(strstr(self->text, "strict-bare-4flows: invalid: no valid run of test"), NULL);
	EXPECT_LE(widest(self->text), COMPARE_PLAIN_WIDTH);
	PRINT(report_compare_table);
	EXPECT_NE(strstr(self->text, "left out t0: lost: iommu_map"), NULL);
	PRINT(report_compare_json);
	root = json_loads(self->text, JSON_REJECT_DUPLICATES, NULL);
	EXPECT_NE(root, NULL);
	json_decref(root);
}

TEST(numbers)
{
	static const struct { double value; const char *text; } known[] = {
		{ 0, "0" }, { 3549.29, "3549.29" }, { 1021830.4, "1021830" }, { 2.5e9, "2500000000" },
		{ 1e15, "1e+15" }, { 0.0000123456789, "1.23457e-05" },
	};
	char text[WORD_MAX];

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		word_number(text, known[i].value);
		EXPECT_STREQ(text, known[i].text);
	}
}

TEST_HARNESS_MAIN
