// SPDX-License-Identifier: GPL-2.0
/* sysfs' description of PMUs: its texts, and how an event's terms become numbers. */
#include <errno.h>

#include "kselftest_harness.h"

#include "agent/counters_plan.h"
#include "agent/pmu.h"
#include "agent/pmu_events.h"
#include "util/file.h"
#include "util/places.h"

static int parse_format(const char *text, struct pmu_format *f, struct err *e)
{
	return pmu_parse_format(text, strlen(text), f, e);
}

static int parse_cpus(const char *text, struct pmu_cpus *cpus, struct err *e)
{
	return pmu_parse_cpus(text, strlen(text), cpus, e);
}

/* One line that can be printed, as messages are. */
static bool is_one_line(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

TEST(format)
{
	struct pmu_format f;
	struct err e;

	ASSERT_EQ(parse_format("config:0-7\n", &f, &e), 0);
	EXPECT_EQ(f.config, 0);
	EXPECT_EQ(f.nr_ranges, 1);
	EXPECT_EQ(f.ranges[0].low, 0);
	EXPECT_EQ(f.ranges[0].high, 7);
	ASSERT_EQ(parse_format("config1:33", &f, &e), 0);
	EXPECT_EQ(f.config, 1);
	EXPECT_EQ(f.ranges[0].low, 33);
	EXPECT_EQ(f.ranges[0].high, 33);
	ASSERT_EQ(parse_format("config2:8-15,32-63\n", &f, &e), 0);
	EXPECT_EQ(f.config, 2);
	EXPECT_EQ(f.nr_ranges, 2);
	EXPECT_EQ(f.ranges[1].low, 32);
	EXPECT_EQ(f.ranges[1].high, 63);
}

TEST(format_wrong)
{
	static const char *const wrong[] = {
		"", "\n", "config", "config:", "config:\n", ":0-7", "config:7-0", "config:0-64",
		"config:0-7,", "config:0-7,3-9", "config3:0-7", "config11:0", "conf:0-7",
		"config:0-7 x", "config:-7", "config:0--7", "config:0x7", "config:00-7",
		"config:99999999999999999999", "config:0,1,2,3,4,5,6,7,8", "config:0-7\n\n",
		"config:0-\x01\xff",
	};
	struct pmu_format f;
	struct err e;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		EXPECT_EQ(parse_format(wrong[i], &f, &e), -EINVAL)
			TH_LOG("'%s' was taken", wrong[i]);
		EXPECT_TRUE(is_one_line(e.text));
	}
}

TEST(cpus)
{
	struct pmu_cpus cpus;
	struct err e;

	ASSERT_EQ(parse_cpus("0,32\n", &cpus, &e), 0);
	ASSERT_EQ(cpus.n, 2);
	EXPECT_EQ(cpus.list[0], 0);
	EXPECT_EQ(cpus.list[1], 32);
	ASSERT_EQ(parse_cpus("2-4,9", &cpus, &e), 0);
	ASSERT_EQ(cpus.n, 4);
	EXPECT_EQ(cpus.list[2], 4);
	EXPECT_EQ(cpus.list[3], 9);
}

/* "00000001" is a mask: read as a list it would be another CPU. */
TEST(cpus_wrong)
{
	static const char *const wrong[] = {
		"", "\n", ",", "0,", "0,0", "3,2", "4-2", "x", "00000001", "0-70000", "0-2000",
		"-1", "0 1", "0,32\n\n",
	};
	struct pmu_cpus cpus;
	struct err e;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		EXPECT_EQ(parse_cpus(wrong[i], &cpus, &e), -EINVAL)
			TH_LOG("'%s' was taken", wrong[i]);
		EXPECT_TRUE(is_one_line(e.text));
	}
}

TEST(type_and_scale)
{
	struct err e;
	uint32_t type;
	double scale;

	ASSERT_EQ(pmu_parse_type("4294967295\n", 11, &type, &e), 0);
	EXPECT_EQ(type, 4294967295u);
	EXPECT_EQ(pmu_parse_type("4294967296", 10, &type, &e), -EINVAL);
	EXPECT_EQ(pmu_parse_type("", 0, &type, &e), -EINVAL);
	EXPECT_EQ(pmu_parse_type("-1", 2, &type, &e), -EINVAL);
	EXPECT_EQ(pmu_parse_type("12 ", 3, &type, &e), -EINVAL);
	ASSERT_EQ(pmu_parse_scale("3.814697266e-6\n", 15, &scale, &e), 0);
	EXPECT_EQ(scale, 3.814697266e-6);
	EXPECT_EQ(pmu_parse_scale("nan", 3, &scale, &e), -EINVAL);
	EXPECT_EQ(pmu_parse_scale("1e999", 5, &scale, &e), -EINVAL);
	EXPECT_EQ(pmu_parse_scale("0", 1, &scale, &e), -EINVAL);
	EXPECT_EQ(pmu_parse_scale("1.5x", 4, &scale, &e), -EINVAL);
	EXPECT_EQ(pmu_parse_scale("", 0, &scale, &e), -EINVAL);
}

/* The texts need not end: what lies behind them is not read. */
TEST(lengths)
{
	struct pmu_format f;
	struct pmu_cpus cpus;
	struct err e;

	ASSERT_EQ(pmu_parse_format("config:0-79", 10, &f, &e), 0);
	EXPECT_EQ(f.ranges[0].high, 7);
	ASSERT_EQ(pmu_parse_cpus("17", 1, &cpus, &e), 0);
	EXPECT_EQ(cpus.list[0], 1);
}

FIXTURE(terms)
{
	struct pmu p;
	uint64_t config[PMU_CONFIGS];
	struct err e;
};

FIXTURE_SETUP(terms)
{
	static const struct { const char *name, *text; } formats[] = {
		{ "event", "config:0-7" }, { "umask", "config:8-15,32-55" }, { "inv", "config:23" },
		{ "devid", "config1:16-31" }, { "mask", "config2:0-63" },
	};

	memset(&self->p, 0, sizeof(self->p));
	strcpy(self->p.name, "box_0");
	for (size_t i = 0; i < 5; i++) {
		struct pmu_format *f = &self->p.formats[self->p.nr_formats++];

		ASSERT_EQ(parse_format(formats[i].text, f, &self->e), 0);
		strcpy(f->name, formats[i].name);
	}
}

FIXTURE_TEARDOWN(terms)
{
}

static int encode(FIXTURE_DATA(terms) *self, const char *terms)
{
	return pmu_encode(&self->p, terms, strlen(terms), self->config, &self->e);
}

TEST_F(terms, encoded)
{
	ASSERT_EQ(encode(self, "event=0x40,umask=0x20\n"), 0);
	EXPECT_EQ(self->config[0], 0x2040);
	EXPECT_EQ(self->config[1], 0);
	ASSERT_EQ(encode(self, "devid=0xabcd,event=7,inv,mask=0xffffffffffffffff"), 0);
	EXPECT_EQ(self->config[0], 0x800007);
	EXPECT_EQ(self->config[1], 0xabcd0000);
	EXPECT_EQ(self->config[2], UINT64_MAX);
	ASSERT_EQ(encode(self, "config=0x1,config2=0x2"), 0);
	EXPECT_EQ(self->config[0], 1);
	EXPECT_EQ(self->config[2], 2);
}

/* A value's low bits go to the first range, the rest to the next. */
TEST_F(terms, ranges)
{
	ASSERT_EQ(encode(self, "umask=0x70ff4"), 0);
	EXPECT_EQ(self->config[0], 0xf4ull << 8 | 0x70full << 32);
	EXPECT_EQ(encode(self, "umask=0xffffffff"), 0);
	EXPECT_EQ(encode(self, "umask=0x100000000"), -EINVAL);
}

TEST_F(terms, refused)
{
	static const struct { const char *terms, *says; } wrong[] = {
		{ "ch_mask=1", "box_0 has no term 'ch_mask'" },
		{ "event=0x100", "event=0x100 does not fit" },
		{ "inv=2", "inv=0x2 does not fit" },
		{ "event=1,event=1", "an earlier one took" },
		{ "config=1,event=1", "an earlier one took" },
		{ "", "'' is no term" },
		{ "event=", "'event=' is no term" },
		{ "event=?", "'event=?' is no term" },
		{ "event=0x", "'event=0x' is no term" },
		{ "event=-1", "'event=-1' is no term" },
		{ "event=1,", "'' is no term" },
		{ "event=1 umask=1", "are no terms" },
		{ "event=0xfffffffffffffffff", "is no term" },
		{ "a_name_that_is_longer_than_any_name_is=1", "is no term" },
		{ "config3=1", "has no term 'config3'" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		EXPECT_EQ(encode(self, wrong[i].terms), -EINVAL)
			TH_LOG("'%s' was taken", wrong[i].terms);
		EXPECT_NE(strstr(self->e.text, wrong[i].says), NULL)
			TH_LOG("'%s' says: %s", wrong[i].terms, self->e.text);
		EXPECT_TRUE(is_one_line(self->e.text));
	}
}

/* --- recorded trees */

FIXTURE(tree)
{
	char *root;
	struct pmu p;
	struct err e;
};

FIXTURE_SETUP(tree)
{
	self->root = places_source("tests/data/sysfs/icx");
	ASSERT_NE(self->root, NULL);
}

FIXTURE_TEARDOWN(tree)
{
	free(self->root);
}

TEST_F(tree, loaded)
{
	uint64_t config[PMU_CONFIGS];

	ASSERT_EQ(pmu_load(self->root, "uncore_iio_5", &self->p, &self->e), 0);
	EXPECT_EQ(self->p.type, 34);
	EXPECT_EQ(self->p.cpus.n, 2);
	EXPECT_EQ(self->p.nr_formats, 7);
	ASSERT_EQ(pmu_encode(&self->p, "event=0x83,umask=0x04,ch_mask=0xfff,fc_mask=7", 45, config,
			     &self->e), 0);
	EXPECT_EQ(config[0], 0x7fff000000483);
}

TEST_F(tree, scaled_event)
{
	struct pmu_event event;

	ASSERT_EQ(pmu_load(self->root, "uncore_iio_free_running_0", &self->p, &self->e), 0);
	ASSERT_EQ(pmu_load_event(self->root, &self->p, "bw_in_port0", &event, &self->e), 0);
	EXPECT_EQ(event.config[0], 0x20ff);
	EXPECT_STREQ(event.unit, "3.8147e-06 MiB");
	ASSERT_EQ(pmu_load_event(self->root, &self->p, "ioclk", &event, &self->e), 0);
	EXPECT_STREQ(event.unit, "");
	EXPECT_EQ(pmu_load_event(self->root, &self->p, "none", &event, &self->e), -ENOENT);
}

/* By number, and not what only begins alike. */
TEST_F(tree, found)
{
	char **names;

	ASSERT_EQ(pmu_find(self->root, "uncore_iio_", &names), 0);
	ASSERT_NE(names[0], NULL);
	ASSERT_NE(names[1], NULL);
	EXPECT_STREQ(names[0], "uncore_iio_0");
	EXPECT_STREQ(names[1], "uncore_iio_5");
	EXPECT_EQ(names[2], NULL);
	pmu_free_names(names);
	ASSERT_EQ(pmu_find("/no/such/root", "uncore_iio_", &names), 0);
	EXPECT_EQ(names[0], NULL);
	pmu_free_names(names);
}

TEST_F(tree, cpu_model)
{
	static const char other[] = "processor\t: 0\nmodel name\t: x\nvendor_id : A\nmodel : 7\n\n"
				    "cpu family : 9\n";
	struct cpu_model cpu;

	ASSERT_EQ(cpu_read_model(self->root, &cpu, &self->e), 0);
	EXPECT_STREQ(cpu.vendor, "GenuineIntel");
	EXPECT_EQ(cpu.family, 6);
	EXPECT_EQ(cpu.model, 0x6a);
	cpu_parse_model(other, sizeof(other) - 1, &cpu);
	EXPECT_STREQ(cpu.vendor, "A");
	EXPECT_EQ(cpu.model, 7);
	EXPECT_EQ(cpu.family, 0);	/* that line is of another CPU */
	cpu_parse_model("", 0, &cpu);
	EXPECT_STREQ(cpu.vendor, "");
	EXPECT_EQ(cpu_read_model("/no/such/root", &cpu, &self->e), -ENOENT);
}

/* --- malformed files, in a tree of our own */

static void put(const char *root, const char *path, const char *text)
{
	char file[256], folder[256];
	struct err e;

	snprintf(file, sizeof(file), "%s%s", root, path);
	snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(file, '/') - file), file);
	if (file_make_folders(folder, &e) || file_write_atomic(file, text, strlen(text), &e)) {
		fprintf(stderr, "%s\n", e.text);
		abort();
	}
}

FIXTURE(broken)
{
	char root[32];
	struct pmu p;
	struct err e;
};

FIXTURE_SETUP(broken)
{
	strcpy(self->root, "/tmp/pmu-test.XXXXXX");
	ASSERT_NE(mkdtemp(self->root), NULL);
	put(self->root, PMU_DEVICES "/dmar0/type", "9\n");
	put(self->root, PMU_DEVICES "/dmar0/cpumask", "0\n");
	put(self->root, PMU_DEVICES "/dmar0/format/event", "config:0-27\n");
	put(self->root, PMU_DEVICES "/dmar0/events/iotlb_hit", "event=0x1\n");
}

FIXTURE_TEARDOWN(broken)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", self->root);
	EXPECT_EQ(system(command), 0);
}

TEST_F(broken, files)
{
	static const struct { const char *file, *bad, *good, *says; } files[] = {
		{ "type", "x", "9", "dmar0/type: 'x' is no type" },
		{ "cpumask", "", "0", "dmar0/cpumask: '' is no list of CPUs" },
		{ "format/event", "config:9-1", "config:0-27",
		  "dmar0/format/event: 'config:9-1' is no format" },
	};
	char path[128];

	ASSERT_EQ(pmu_load(self->root, "dmar0", &self->p, &self->e), 0);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), PMU_DEVICES "/dmar0/%s", files[i].file);
		put(self->root, path, files[i].bad);
		EXPECT_EQ(pmu_load(self->root, "dmar0", &self->p, &self->e), -EINVAL);
		EXPECT_NE(strstr(self->e.text, files[i].says), NULL) TH_LOG("%s", self->e.text);
		EXPECT_TRUE(is_one_line(self->e.text));
		put(self->root, path, files[i].good);
	}
	ASSERT_EQ(pmu_load(self->root, "dmar0", &self->p, &self->e), 0);
}

/* The plan holds the reason for each event, and the rest of the machine is planned. */
TEST_F(broken, plan)
{
	struct plan *plan;

	put(self->root, PMU_DEVICES "/dmar0/events/iotlb_hit", "event=0x1,bogus=2\n");
	put(self->root, PMU_DEVICES "/dmar0/events/iotlb_lookup", "event=0x3\n");
	ASSERT_EQ(plan_make(self->root, false, &plan), 0);
	ASSERT_EQ(plan->n, 8);
	EXPECT_STREQ(plan->list[0].event, "iotlb_lookup");
	EXPECT_EQ(plan->list[0].absent, NULL);
	EXPECT_EQ(plan->list[0].config[0], 3);
	ASSERT_NE(plan->list[1].absent, NULL);
	EXPECT_NE(strstr(plan->list[1].absent, "dmar0 has no term 'bogus'"), NULL)
		TH_LOG("%s", plan->list[1].absent);
	EXPECT_STREQ(plan->list[2].absent, "this device has no such event");
	plan_free(plan);
	put(self->root, PMU_DEVICES "/dmar0/type", "-1");
	ASSERT_EQ(plan_make(self->root, false, &plan), 0);
	ASSERT_EQ(plan->n, 8);
	EXPECT_NE(strstr(plan->list[7].absent, "is no type of a PMU"), NULL);
	plan_free(plan);
}

TEST_HARNESS_MAIN
