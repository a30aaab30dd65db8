// SPDX-License-Identifier: GPL-2.0
#include <math.h>

#include "kselftest_harness.h"
#include "import/import.h"
#include "import/value.h"
#include "sample.h"

struct got {
	struct record **list;
	size_t n;
	int ret;
	struct err e;
};

static struct got import(const char *text)
{
	struct got g = {};

	g.ret = import_records(text, strlen(text), "in.txt", &g.list, &g.n, &g.e);
	if (g.ret)
		g.n = 0;
	return g;
}

static void drop(struct got *g)
{
	for (size_t i = 0; i < g->n; i++)
		record_free(g->list[i]);
	if (!g->ret)
		free(g->list);
}

static char *data(const char *name)
{
	char file[128], *path, *text;
	struct err e = { "no such path" };
	size_t len;

	snprintf(file, sizeof(file), "tests/data/import/%s", name);
	path = places_source(file);
	if (!path || file_read(path, &text, &len, &e)) {
		fprintf(stderr, "%s: %s\n", file, e.text);
		abort();
	}
	free(path);
	return text;
}

static double reported(const struct record *r, const char *metric)
{
	for (size_t i = 0; i < r->nr_reported; i++)
		if (!strcmp(r->reported[i].metric, metric))
			return r->reported[i].value;
	return NAN;
}

static const char *reason(const struct record *r, const char *field)
{
	for (size_t i = 0; i < r->nr_absent; i++)
		if (!strcmp(r->absent[i].field, field))
			return r->absent[i].reason;
	return "";
}

/* Is every record one that can be written and read again? */
static bool all_whole(const struct got *g)
{
	struct record *again;
	struct err e;
	char *text;
	int ret = 0;

	for (size_t i = 0; i < g->n && !ret; i++) {
		text = record_print(g->list[i]);
		ret = record_parse(text, strlen(text), "again", &again, &e);
		if (ret)
			fprintf(stderr, "%s\n", e.text);
		else
			record_free(again);
		free(text);
	}
	return !ret;
}

FIXTURE(import)
{
	char *text;
};

FIXTURE_SETUP(import)
{
	self->text = data("two.txt");
}

FIXTURE_TEARDOWN(import)
{
	free(self->text);
}

TEST_F(import, what_goes_where)
{
	struct got g = import(self->text);
	const struct record *r;

	ASSERT_EQ(g.ret, 0) TH_LOG("%s", g.e.text);
	ASSERT_EQ(g.n, 2);
	EXPECT_TRUE(all_whole(&g));
	r = g.list[0];
	EXPECT_STREQ(r->scenario.name, "strict-nested-2flows");
	EXPECT_STREQ(r->env.testbed, "imported");
	EXPECT_STREQ(r->env.clock, "real");
	EXPECT_STREQ(r->env.kernel, "6.9.1-test");
	EXPECT_EQ(r->env.vcpus, 2);
	EXPECT_EQ(r->traffic.ring_rx, 256);
	EXPECT_EQ(r->traffic.ring_tx, 0);
	EXPECT_EQ(r->traffic.receive_buffer, 4000000);
	EXPECT_EQ(r->traffic.send_buffer, 2000000);
	EXPECT_EQ(strncmp(r->report, "2024-03-05-10-20-30-6.9.1-test-flow02", 37), 0);
	EXPECT_STREQ(r->reproduce, "iommu-perf import in.txt");
	EXPECT_EQ(r->nr_reported, 10);
	EXPECT_EQ(reported(r, "throughput_gbps"), 61.5);
	EXPECT_EQ(reported(r, "cpu_util"), 88.25);
	EXPECT_EQ(reported(r, "retransmit_rate"), 3.5e-06);
	EXPECT_EQ(reported(r, "acks_per_page"), 0.0125);
	EXPECT_EQ(reported(r, "iotlb_miss"), 1.25);
	EXPECT_EQ(reported(r, "iotlb_first_lookup"), 9.5);
	EXPECT_EQ(reported(r, "iotlb_lookup"), 17.75);
	EXPECT_EQ(reported(r, "iotlb_inv"), 0.0625);
	EXPECT_EQ(reported(r, "iommu_mem_access"), 2.125);
	EXPECT_EQ(reported(r, "pwt_occupancy"), 250000000.5);
	ASSERT_EQ(r->nr_functions, 4);
	EXPECT_STREQ(r->functions[2].name, "__iommu_unmap");
	EXPECT_EQ(r->functions[2].count, 299990);
	EXPECT_EQ(r->functions[2].total_ns, 269991000);
	EXPECT_EQ(r->functions[2].reported.mean_ns, 900);
	EXPECT_EQ(r->functions[2].reported.variance_us2, -0.4);
	EXPECT_EQ(r->functions[2].reported.count_per_page, 0.008);
	EXPECT_FALSE(r->functions[2].timed);
	EXPECT_EQ(r->functions[1].count, 0);
	EXPECT_EQ(r->functions[1].absent, NULL);
	EXPECT_TRUE(isnan(r->functions[1].reported.mean_ns));
	EXPECT_STREQ(reason(r, "window"), "the report gives no window");
	drop(&g);
}

TEST_F(import, what_a_section_lacks_is_absent)
{
	struct got g = import(self->text);
	const struct record *r;

	ASSERT_EQ(g.n, 2);
	r = g.list[1];
	EXPECT_STREQ(r->scenario.name, "lazy-shadow-1flows");
	EXPECT_EQ(r->nr_functions, 0);
	EXPECT_STREQ(reason(r, "functions"), "the report lists none");
	EXPECT_TRUE(isnan(reported(r, "cpu_util")));
	EXPECT_STREQ(reason(r, "reported.cpu_util"), "the report prints no number for it");
	EXPECT_STREQ(reason(r, "reported.iotlb_inv"), "the report has no such line");
	EXPECT_EQ(reported(r, "jitter_index"), 4.5);
	drop(&g);
}

/* A machine without a guest, rows by core, two runs, a table of counts, a histogram, a spread. */
TEST(other_tables)
{
	char *text = data("bare.txt");
	struct got g = import(text);
	const struct record *r;

	ASSERT_EQ(g.ret, 0) TH_LOG("%s", g.e.text);
	ASSERT_EQ(g.n, 2);
	EXPECT_TRUE(all_whole(&g));
	r = g.list[0];
	EXPECT_STREQ(r->scenario.name, "strict-bare-4flows");
	EXPECT_NE(strstr(r->report, "_4cores-RUN-0"), NULL);
	ASSERT_EQ(r->nr_functions, 2);
	EXPECT_EQ(r->functions[0].count, 150);
	EXPECT_EQ(r->functions[0].total_ns, 850000);
	EXPECT_TRUE(isnan(r->functions[0].reported.mean_ns));
	EXPECT_EQ(reported(r, "iotlb_miss"), 1.5);
	EXPECT_EQ(reported(r, "l1"), 0.25);
	EXPECT_EQ(reported(r, "throughput_gbps"), 95.5);
	EXPECT_EQ(reported(r, "throughput_gbps_stddev"), 0.5);
	r = g.list[1];
	EXPECT_NE(strstr(r->report, "_4cores-RUN-1"), NULL);
	ASSERT_EQ(r->nr_functions, 2);
	EXPECT_EQ(r->functions[0].count, 160);
	EXPECT_NE(r->functions[1].absent, NULL);
	EXPECT_EQ(reported(r, "count_recycled.count"), 12345);
	drop(&g);
	free(text);
}

#define ROW	"0           iommu_map    -1  300000         1500000000  5000.00         12.5  " \
		"      0.008000"
#define HEADER	"             function  core   count  total_duration_ns  mean_ns  variance_us" \
		"  count_per_page"
#define HEADING	"Guest: nested, Host: IOMMU strict, 2 flows, 2 cores"

/* The same numbers in another layout give the same first record. */
TEST_F(import, layouts)
{
	static const struct { const char *from, *to; } changes[] = {
		{ ROW, "0\tiommu_map\t-1\t300000\t1500000000\t5000.00\t12.5\t0.008000" },
		{ ROW, "\n" ROW "\n\n" },
		{ ROW, "0 iommu_map -1 3.000000e+05 1.500000e+09 5.0e+03 1.250000e+01 8.0e-03" },
		{ ROW, "0 iommu_map -1 300000.0 1500000000.0 5000.00 12.5 0.008" },
		{ ROW, "iommu_map -1 300000 1500000000 5000 12.5 0.008" },
		{ HEADER, "function type count total_duration_ns mean_ns variance_us "
		  "count_per_page" },
		{ HEADER, "\tFunction\tcore\tcount\ttotal_duration_ns\tmean_ns\tvariance_us\t"
		  "count_per_page" },
		{ "Throughput: 61.5", "  throughput :\t61.5 Gbps" },
		{ "Throughput: 61.5", "- **Throughput**: 61.5" },
		{ "CPU Util: 88.25", "CPU Util: 88.25%" },
		{ "Per page stats:\n", "" },
		{ "Per page stats:", "Note: these are per page" },
		{ "```\n2024", "2024" },
		{ HEADING, "## " HEADING "\n\nA word on it.\n" },
		{ HEADING, "Host: strict, Guest: nested (strict), Flows: 2, Cores: 2" },
		{ HEADING, "" },
		{ HEADING, "3. Guest: nested (x off), Host: IOMMU on strict; 2 flows on 2 cores" },
		{ HEADING, "Guest: nested, Host: IOMMU strict" },
		{ HEADING "\n```\n2024", HEADING "\n```\n\n\nxxx: prose\n2024" },
		{ "\n------- 2024-03-05-10-20-30-6.9.1-test-flow02-host-strict-guest-on-nested"
		  "-ringbuf-256_sokcetbuf2_2cores Run Metrics -------\n", "\n" },
		{ "```\n\nSome prose", "[4 rows x 7 columns]\n```\n\nSome prose" },
		{ "```\n\nSome prose", "\nThe end of it.\n```\n\nSome prose" },
	};
	char *text, *crlf, *want, *have;
	struct got g = import(self->text);

	want = record_print(g.list[0]);
	drop(&g);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		text = sample_replace(self->text, changes[i].from, changes[i].to);
		g = import(text);
		ASSERT_EQ(g.ret, 0) TH_LOG("change %zu: %s", i, g.e.text);
		have = record_print(g.list[0]);
		EXPECT_STREQ(have, want) TH_LOG("change %zu", i);
		free(have);
		drop(&g);
		free(text);
	}
	crlf = calloc(2, strlen(self->text) + 4);
	strcpy(crlf, "\xef\xbb\xbf");
	for (size_t i = 0, n = 3; self->text[i]; i++) {
		if (self->text[i] == '\n')
			crlf[n++] = '\r';
		crlf[n++] = self->text[i];
	}
	g = import(crlf);
	ASSERT_EQ(g.ret, 0) TH_LOG("%s", g.e.text);
	have = record_print(g.list[0]);
	EXPECT_STREQ(have, want);
	free(have);
	drop(&g);
	free(crlf);
	free(want);
}

/* One line each: FILE:LINE, and what is wrong. */
TEST_F(import, refusals)
{
	static const struct { const char *from, *to, *says; } changes[] = {
		{ ROW, "0 iommu_map -1 abc 1500000000 5000 12.5 0.008",
		  "in.txt:19: count of iommu_map: 'abc' is not a number" },
		{ ROW, "0 iommu_map -1 -300000 1500000000 5000 12.5 0.008", "in.txt:19: count" },
		{ ROW, "0 iommu_map -1 300000.5 1500000000 5000 12.5 0.008", "must be a whole" },
		{ ROW, "0 iommu_map -1 0x10 1500000000 5000 12.5 0.008", "'0x10' is not" },
		{ ROW, "0 iommu_map -1 300,000 1500000000 5000 12.5 0.008", "'300,000' is not" },
		{ ROW, "0 iommu_map -1 300000 1e30 5000 12.5 0.008", "too great" },
		{ ROW, "0 iommu_map -1 300000 -15 5000 12.5 0.008", "total_duration_ns of" },
		{ ROW, "0 iommu_map -1 300000 1500000000 5000x 12.5 0.008", "mean_ns of" },
		{ ROW, "0 iommu_map -1 300000 1500000000 -5000 12.5 0.008", "not be negative" },
		{ ROW, "0 iommu_map -1 300000 1500000000 5000 12.5.1 0.008", "variance_us of" },
		{ ROW, "0 iommu_map -1 300000 1500000000 5000 12.5",
		  "in.txt:19: the row has 6 of" },
		{ ROW, "0 iommu_map", "the row has 1 of the table's 7" },
		{ ROW, "iommu_map -1 300000", "the row has 3 of the table's 7" },
		{ ROW, ROW " 5", "9 fields" },
		{ ROW, ROW "\n" ROW, "in.txt:20: iommu_map stands in line 19 too" },
		{ ROW, "0 iommu-map! -1 300000 1500000000 5000 12.5 0.008", "is not the name of" },
		{ ROW, "0 iommu_map x 300000 1500000000 5000 12.5 0.008",
		  "core of iommu_map: 'x'" },
		{ ROW, "is glued", "in.txt:19: the row has 2" },
		{ HEADER "\n", "", "in.txt:18: a row without the header" },
		{ "  count ", "  total_ns ", "two columns for 'total_duration_ns'" },
		{ "  count ", "  calls ", "no column 'count'" },
		{ "Throughput: 61.5", "Throughput: fast", "in.txt:6: throughput: 'fast' is not" },
		{ "Throughput: 61.5", "Throughput:", "'' is not a number" },
		{ "Throughput: 61.5", "Throughput: 61500 Mbps", "another unit" },
		{ "CPU Util: 88.25", "CPU Util: 88.25\nCPU Util: 88", "stands in line 7 too" },
		{ HEADING, "Guest: nested, Host: IOMMU strict, 4 flows, 2 cores",
		  "in.txt:2: the heading says 4 flows, the run's name 2" },
		{ HEADING, "Guest: shadow, Host: IOMMU strict, 2 flows, 2 cores",
		  "the heading says guest shadow, the run's name nested" },
		{ HEADING, "Guest: nested, Host: IOMMU lazy, 2 flows, 2 cores", "says host lazy" },
		{ HEADING, "Guest: nested, Host: IOMMU strict, 2 flows, 4 cores", "4 cores" },
		{ HEADING, "Guest: nestled, Host: IOMMU strict, 2 flows, 2 cores",
		  "guest mode ' nestled' is not known" },
		{ HEADING, "Guest: bare, Host: off, 8 flows\n\n" HEADING, "in.txt:2: no numbers" },
		{ "Guest: nested", "Throughput: 5\nGuest: nested",
		  "in.txt:2: numbers that belong" },
	};
	char *text;
	struct got g;

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		text = sample_replace(self->text, changes[i].from, changes[i].to);
		g = import(text);
		EXPECT_EQ(g.ret, -EINVAL) TH_LOG("change %zu", i);
		EXPECT_NE(g.ret ? strstr(g.e.text, changes[i].says) : NULL, NULL)
			TH_LOG("change %zu says: %s", i, g.e.text);
		EXPECT_EQ(strncmp(g.e.text, "in.txt:", 7), 0);
		EXPECT_EQ(strchr(g.e.text, '\n'), NULL);
		drop(&g);
		free(text);
	}
}

TEST(no_section)
{
	static const struct { const char *text, *says; } bad[] = {
		{ "", "in.txt:1: no section" },
		{ "prose\nmore: of it\n", "in.txt:1: no section" },
		{ "6.1-flow04-host-strict-guest-off-x\n", "in.txt:1: the section that begins" },
		{ "------- a Run Metrics -------\nThroughput: 1\n", "says how many cores" },
		{ "Host: strict, 3 flows, 3 cores, bare metal\nThroughput: 1\n",
		  "'3flows' must be" },
		{ "Host: strict, 4 flows, 4 cores\nThroughput: 1\n", "says the guest's" },
		{ "Guest: nested, 4 flows, 4 cores\nThroughput: 1\n", "says the host's" },
		{ "Guest: nested, Host: strict, 4 cores\nThroughput: 1\n", "how many flows" },
		{ "Guest: nested, Host: off, 4 flows, 4 cores\nThroughput: 1\n", "IOMMU is off" },
		{ "------- a Run Metrics stddev -------\nThroughput: 1\n", "the spread of a run" },
	};
	struct got g;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		g = import(bad[i].text);
		EXPECT_EQ(g.ret, -EINVAL) TH_LOG("text %zu", i);
		EXPECT_NE(g.ret ? strstr(g.e.text, bad[i].says) : NULL, NULL)
			TH_LOG("text %zu says: %s", i, g.e.text);
		drop(&g);
	}
	g.ret = import_records("a\0b", 3, "in.txt", &g.list, &g.n, &g.e);
	EXPECT_EQ(g.ret, -EINVAL);
	EXPECT_NE(strstr(g.e.text, "NUL"), NULL);
}

TEST(scenarios)
{
	static const struct { const char *title, *scenario; } cases[] = {
		{ "Guest: off, Host: IOMMU strict, 4 flows, 4 cores", "strict-passthrough-4flows" },
		{ "Guest: bare, Host: IOMMU off, 4 flows, 4 cores", "off-bare-4flows" },
		{ "Virtualization: off, Host: lazy, 4 flows, 4 cores", "lazy-bare-4flows" },
		{ "Host: passthrough, bare metal, 16 flows, 16 cores", "passthrough-bare-16flows" },
		{ "Guest: nested lazy, Host: lazy (on), 8 flows, 4 cores",
		  "lazy-nestedlazy-8flows" },
		{ "Guest: nested, Host: none, 20 flows, 20 cores, tx", "none-nested-20flows-tx" },
		{ "------- 6.1-flow04-host-lazy-guest-off-ringbuf-8_4cores Run Metrics -------",
		  "lazy-passthrough-4flows" },
		{ "------- 6.1-flow04-host-strict-guest-on-off-x_4cores Run Metrics -------",
		  "strict-passthrough-4flows" },
		{ "------- 6.1-flow01-host-strict-guest-lazy-nested-x_1cores Run Metrics -------",
		  "strict-nestedlazy-1flows" },
		{ "------- 6.1-flow01-iommu-off-x_1cores Run Metrics -------", "off-bare-1flows" },
	};
	char text[512];
	struct got g;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), "%s\nThroughput: 1\n", cases[i].title);
		g = import(text);
		ASSERT_EQ(g.ret, 0) TH_LOG("%s", g.e.text);
		EXPECT_STREQ(g.list[0]->scenario.name, cases[i].scenario);
		EXPECT_TRUE(all_whole(&g));
		drop(&g);
	}
}

TEST(numbers)
{
	uint64_t n;
	double d;
	bool has;

	EXPECT_EQ(value_whole("9223372036854775807", &has, &n), 0);
	EXPECT_EQ(n, INT64_MAX);
	EXPECT_EQ(value_whole("9223372036854775808", &has, &n), -ERANGE);
	EXPECT_EQ(value_whole("91520789867869", &has, &n), 0);
	EXPECT_EQ(n, 91520789867869);
	EXPECT_EQ(value_whole("1e18", &has, &n), 0);
	EXPECT_EQ(n, 1000000000000000000);
	EXPECT_EQ(value_whole("1.5", &has, &n), -EDOM);
	EXPECT_EQ(value_whole("nan", &has, &n), 0);
	EXPECT_FALSE(has);
	EXPECT_EQ(value_real("1e999", &d), -ERANGE);
	EXPECT_EQ(value_real("-inf", &d), 0);
	EXPECT_TRUE(isnan(d));
	EXPECT_EQ(value_real("1e", &d), -EINVAL);
	EXPECT_EQ(value_real(".", &d), -EINVAL);
	EXPECT_EQ(value_real("+.5e-1", &d), 0);
	EXPECT_EQ(d, 0.05);
}

TEST_HARNESS_MAIN
