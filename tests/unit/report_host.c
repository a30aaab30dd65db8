// SPDX-License-Identifier: GPL-2.0
/* What the reports show of two levels: who did what for a page. */
#include <jansson.h>
#include <math.h>

#include "kselftest_harness.h"
#include "markup.h"
#include "report/attribution_parts.h"
#include "report/attribution_picture.h"
#include "report/compare.h"
#include "report/compare_words.h"
#include "report/json.h"
#include "report/table.h"
#include "sides.h"

FIXTURE(output)
{
	struct record *r;
	struct judgement *j;
	struct sides s;
	char *text;
	size_t len;
	FILE *out;
};

FIXTURE_SETUP(output)
{
	self->r = sample_load(SAMPLE_TWO);
	self->out = open_memstream(&self->text, &self->len);
}

FIXTURE_TEARDOWN(output)
{
	record_free(self->r);
	free(self->j);
	sides_free(&self->s);
	fclose(self->out);
	free(self->text);
}

#define JUDGE() \
	do { \
		free(self->j); \
		self->j = judge(self->r, NULL, "there is none"); \
		ASSERT_NE(self->j, NULL); \
	} while (0)

/* The text from here on; what was printed is forgotten. */
#define AGAIN() \
	do { \
		fclose(self->out); \
		free(self->text); \
		self->out = open_memstream(&self->text, &self->len); \
	} while (0)

/* Is there a line that begins with @first, then @second, and has @third in it? */
static bool has_line(const char *text, const char *first, const char *second, const char *third)
{
	char word[2][80], line[400];

	for (; *text; text += strcspn(text, "\n"), text += !!*text) {
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(text, "\n"), text);
		if (sscanf(line, "%79s %79s", word[0], word[1]) == 2 && !strcmp(word[0], first) &&
		    !strcmp(word[1], second) && strstr(line, third))
			return true;
	}
	return false;
}

/* What each kernel did, and the share of its side. */
TEST_F(output, table)
{
	JUDGE();
	ASSERT_EQ(report_table(self->out, self->j, "r.json"), 0);
	fflush(self->out);
	EXPECT_TRUE(has_line(self->text, "guest", "qi_submit_sync", "91.6%"));
	EXPECT_TRUE(has_line(self->text, "relay", "svm_handle_exit", "41.368"));
	EXPECT_TRUE(has_line(self->text, "relay", "kvm_arch_vcpu_ioctl_run", "counted only"));
	EXPECT_TRUE(has_line(self->text, "host", "qi_submit_sync", "3.5137"));
	EXPECT_TRUE(has_line(self->text, "host", "all", "49921"));
	EXPECT_NE(strstr(self->text, "the sides do not add up"), NULL);
	EXPECT_TRUE(has_line(self->text, "host", "6.12.118+deb13-amd64", "1 CPU"));
}

TEST_F(output, table_of_what_is_absent)
{
	for (size_t i = 0; i < self->r->nr_functions; i++)
		if (attribution_side_of(self->r->functions[i].name) == ATTRIBUTION_HOST)
			self->r->functions[i].absent = strdup("its kernel has no BTF");
	JUDGE();
	ASSERT_EQ(report_attribution(self->out, self->j), 0);
	fflush(self->out);
	EXPECT_TRUE(has_line(self->text, "host", "all", " - "));
	EXPECT_TRUE(has_line(self->text, "host", "all", "its kernel has no BTF"));
	EXPECT_FALSE(has_line(self->text, "host", "qi_submit_sync", ""));
}

TEST_F(output, nothing_of_one_level)
{
	record_free(self->r);
	self->r = sample_load(SAMPLE);
	JUDGE();
	ASSERT_EQ(report_attribution(self->out, self->j), 0);
	EXPECT_EQ(attribution_picture(self->out, self->r), -EINVAL);
	fflush(self->out);
	EXPECT_STREQ(self->text, "");
	report_json(self->out, &self->j, (const char *const[]) { "r.json" }, 1);
	fflush(self->out);
	EXPECT_EQ(strstr(self->text, "attribution"), NULL);
}

TEST_F(output, json)
{
	const char *name = "r.json";
	json_t *root, *side, *f;

	JUDGE();
	report_json(self->out, &self->j, &name, 1);
	fflush(self->out);
	root = json_loads(self->text, JSON_REJECT_DUPLICATES, NULL);
	ASSERT_NE(root, NULL);
	side = json_object_get(json_array_get(json_object_get(root, "judgements"), 0),
			       "attribution");
	ASSERT_EQ(json_object_size(side), 3);
	f = json_object_get(json_object_get(json_object_get(side, "relay"), "functions"),
			    "kvm_arch_vcpu_ioctl_run");
	EXPECT_GT(json_real_value(json_object_get(f, "calls_per_page")), 13.7);
	EXPECT_EQ(json_object_get(f, "self_ns_per_page"), NULL);
	side = json_object_get(side, "host");
	EXPECT_LT(fabs(json_real_value(json_object_get(side, "self_ns_per_page")) - 49921), 1);
	EXPECT_NE(json_object_get(json_object_get(side, "functions"), "__iommu_map"), NULL);
	json_decref(root);
	/* a side that was not measured has a reason in place of a number */
	self->r->has_host = false;
	self->r->nr_functions = 12;
	record_set_absent(self->r, "host", "its agent hung");
	JUDGE();
	AGAIN();
	report_json(self->out, &self->j, &name, 1);
	fflush(self->out);
	EXPECT_NE(strstr(self->text, "\"host\": {\"functions\": {}, \"absent\": \"its agent hung\"}"),
		  NULL);
}

TEST_F(output, picture)
{
	const char *fault;

	ASSERT_EQ(attribution_picture(self->out, self->r), 0);
	fflush(self->out);
	fault = markup_fault(self->text);
	EXPECT_EQ(fault, NULL) {
		TH_LOG("%s", fault);
	}
	EXPECT_EQ(strncmp(self->text, "<svg xmlns=", 11), 0);
	EXPECT_NE(strstr(self->text, "strict-shadow-4flows: what a page costs"), NULL);
	EXPECT_NE(strstr(self->text, "prefers-color-scheme:dark"), NULL);
	EXPECT_NE(strstr(self->text, ">vfio_dma_do_map<"), NULL);
	EXPECT_NE(strstr(self->text, ">the others<"), NULL);
	EXPECT_EQ(strstr(self->text, "host:"), NULL);
	EXPECT_EQ(strstr(self->text, "url("), NULL);
}

/* The ninth and later join the eighth; what is only counted stays by itself; sides stay apart. */
TEST(parts)
{
	struct attribution_parts p;
	struct attribution_part part = { .name = "f", .values = { 1, NAN }, .calls = { 1, 2 } };

	attribution_parts_begin(&p);
	for (size_t i = 0; i < STACK_PARTS; i++)
		attribution_parts_add(&p, &part);
	EXPECT_STREQ(p.list[STACK_PARTS - 1].name, "f");
	attribution_parts_add(&p, &part);
	part.values[1] = 5;
	attribution_parts_add(&p, &part);
	part.values[0] = part.values[1] = NAN;
	attribution_parts_add(&p, &part);
	part.side = 1;
	part.values[0] = 7;
	attribution_parts_add(&p, &part);
	ASSERT_EQ(p.n, STACK_PARTS + 2);
	EXPECT_STREQ(p.list[STACK_PARTS - 1].name, "the others");
	EXPECT_EQ(p.list[STACK_PARTS - 1].values[0], 3);
	EXPECT_EQ(p.list[STACK_PARTS - 1].values[1], 5);
	EXPECT_TRUE(isnan(p.list[STACK_PARTS - 1].calls[1]));
	EXPECT_STREQ(p.list[STACK_PARTS].name, "f");
	EXPECT_EQ(p.list[STACK_PARTS + 1].values[0], 7);
}

TEST(words)
{
	static const struct { const char *from, *to; } known[] = {
		{ "host:__iommu_map.mean_ns", "the host's __iommu_map.mean_ns" },
		{ "__iommu_map.mean_ns", "__iommu_map.mean_ns" }, { "", "" },
		{ "a, host:b.mean_ns, host:c", "a, the host's b.mean_ns, the host's c" },
		{ "ghost:b", "ghost:b" }, { "host_busy", "host_busy" }, { "host:", "the host's " },
	};
	char text[64], small[6];

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		word_levels(text, sizeof(text), known[i].from);
		EXPECT_STREQ(text, known[i].to);
	}
	word_levels(small, sizeof(small), "host:b");
	EXPECT_STREQ(small, "the h");
	word_levels(small, sizeof(small), "abcdefgh");
	EXPECT_STREQ(small, "abcde");
}

/* The host maps ten times as often in the runs under test: it is the host that is named. */
TEST_F(output, comparison)
{
	static int (*const reports[])(FILE *, const struct comparison *) = {
		report_compare_table, report_compare_plain, report_compare_html,
	};
	const char *fault;
	struct record *r;

	for (int i = 0; i < 3; i++) {
		sides_add(&self->s, SIDE_BASE, SAMPLE_TWO, 0);
		r = sides_add(&self->s, SIDE_TEST, SAMPLE_TWO, 0);
		sample_lengthen(r, "host:__iommu_map", "host:iommu_map", 5);
		sample_lengthen(r, "host:vfio_dma_do_map", "host:vfio_iommu_type1_ioctl", 1);
	}
	ASSERT_EQ(sides_compare(&self->s), 0) {
		TH_LOG("%s", self->s.e.text);
	}
	for (size_t i = 0; i < 3; i++) {
		AGAIN();
		ASSERT_EQ(reports[i](self->out, self->s.c), 0);
		fflush(self->out);
		EXPECT_NE(strstr(self->text, i == 2 ? "the host&#39;s __iommu_map" :
						      "the host's __iommu_map"), NULL) {
			TH_LOG("%s", self->text);
		}
		EXPECT_EQ(strstr(self->text, "host:"), NULL);
	}
	EXPECT_NE(strstr(self->text, "attributed to the host, as the host&#39;s vfio_dma_do_map"),
		  NULL);
	fault = markup_fault(self->text);
	EXPECT_EQ(fault, NULL) {
		TH_LOG("%s", fault);
	}
	EXPECT_NE(strstr(self->text, "What a page costs guest, relay and host"), NULL);
	EXPECT_EQ(strstr(self->text, "What a page costs, in ns"), NULL);
}

/* Another kernel of the host alone is said; two on one side are refused. */
TEST_F(output, hosts_kernels)
{
	sides_add(&self->s, SIDE_BASE, SAMPLE_TWO, 0);
	sides_add(&self->s, SIDE_TEST, SAMPLE_TWO, 0)->host.kernel[0] = '7';
	ASSERT_EQ(sides_compare(&self->s), 0);
	EXPECT_NE(strstr(self->s.c->list[0].note, "the host's kernel is 6.12.118"), NULL);
	EXPECT_NE(strstr(self->s.c->list[0].note, "7.12.118"), NULL);
	sides_add(&self->s, SIDE_TEST, SAMPLE_TWO, 0);
	EXPECT_EQ(sides_compare(&self->s), -EINVAL);
	EXPECT_NE(strstr(self->s.e.text, "the host's kernel differs"), NULL);
}

TEST_HARNESS_MAIN
