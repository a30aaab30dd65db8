// SPDX-License-Identifier: GPL-2.0
/* Opening, running and reading the IOMMU's counters, on recorded trees and a stub for perf. */
#include <errno.h>

#include "kselftest_harness.h"

#include "agent/counters.h"
#include "perf_stub.h"
#include "util/file.h"
#include "util/places.h"

FIXTURE(machine)
{
	struct stub s;
	struct perf_layer perf;
	struct counters *c;
	struct record *r;
	char *root;
	struct err e;
};

FIXTURE_SETUP(machine)
{
	self->perf = (struct perf_layer) { &self->s, stub_open, stub_enable, stub_disable,
					   stub_read, stub_close };
	self->s.capacity = NO_LIMIT;
	self->s.checks = true;
	self->s.share = 100;
	self->s.ticks = 7;
	self->r = record_new();
	ASSERT_NE(self->r, NULL);
}

FIXTURE_TEARDOWN(machine)
{
	counters_close(self->c);
	for (int i = 0; i < self->s.n; i++)
		EXPECT_FALSE(self->s.files[i].open);
	EXPECT_FALSE(self->s.read_while_on);
	record_free(self->r);
	free(self->root);
}

static void start_all(FIXTURE_DATA(machine) *self, const char *tree, bool slow)
{
	char path[64];

	snprintf(path, sizeof(path), "tests/data/sysfs/%s", tree);
	self->root = places_source(path);
	if (!self->root || counters_open_on(&self->perf, self->root, slow, &self->c, &self->e))
		abort();
}

static void start(FIXTURE_DATA(machine) *self, const char *tree)
{
	start_all(self, tree, false);
}

/* A window of @ticks. */
static void run(FIXTURE_DATA(machine) *self, unsigned int ticks)
{
	self->s.ticks = ticks;
	counters_on(self->c);
	counters_off(self->c);
	if (counters_fill(self->c, self->r, &self->e))
		abort();
}

static const struct record_counter *find(const struct record *r, const char *device,
					 const char *event)
{
	for (size_t i = 0; i < r->nr_counters; i++)
		if (!strcmp(r->counters[i].event, event) &&
		    (!device || !strcmp(r->counters[i].device, device)))
			return &r->counters[i];
	return NULL;
}

static const char *reason(const struct record *r, const char *field)
{
	for (size_t i = 0; i < r->nr_absent; i++)
		if (!strcmp(r->absent[i].field, field))
			return r->absent[i].reason;
	return "";
}

/* --- what is opened is what is documented */

struct expected {
	const char *device, *event;
	unsigned int type;
	uint64_t config;
	int cpus[3];	/* ended by -1 */
};

/* Is each of @n entries open, in this order, and nothing else? Each counts everything: config1 0 */
static void check_opened(struct __test_metadata *_metadata, FIXTURE_DATA(machine) *self,
			 const char *source, const struct expected *x, size_t n)
{
	int file = 0;

	run(self, 1);
	EXPECT_EQ(self->r->nr_counters, n);
	for (size_t i = 0; i < n && i < self->r->nr_counters; i++) {
		const struct record_counter *c = &self->r->counters[i];

		EXPECT_STREQ(c->source, source);
		EXPECT_STREQ(c->device, x[i].device);
		EXPECT_STREQ(c->event, x[i].event);
		EXPECT_EQ(c->absent, NULL) TH_LOG("%s: %s", c->event, c->absent);
		for (int k = 0; x[i].cpus[k] >= 0; k++, file++) {
			const struct stub_file *f = &self->s.files[file];

			ASSERT_LT(file, self->s.n);
			EXPECT_EQ(f->attr.type, x[i].type);
			EXPECT_EQ(f->attr.config, x[i].config)
				TH_LOG("%s %s", x[i].device, x[i].event);
			EXPECT_EQ(f->attr.config1, 0);
			EXPECT_EQ(f->attr.config2, 0);
			EXPECT_EQ(f->attr.sample_period, 0);
			EXPECT_EQ(f->attr.read_format, PERF_FORMAT_TOTAL_TIME_ENABLED |
						       PERF_FORMAT_TOTAL_TIME_RUNNING);
			EXPECT_EQ(f->cpu, x[i].cpus[k]);
			/* The leader waits to be switched on, the others wait for it. */
			EXPECT_TRUE(f->attr.disabled == (f->group < 0));
			if (f->group >= 0) {
				EXPECT_EQ(self->s.files[f->group].attr.type, x[i].type);
				EXPECT_EQ(self->s.files[f->group].cpu, x[i].cpus[k]);
			}
		}
	}
	EXPECT_EQ(file, self->s.n);
}

#define CHECK_OPENED(source, list) \
	check_opened(_metadata, self, source, list, sizeof(list) / sizeof((list)[0]))

#define IIO_ICX(device, type) \
	{ device, "iommu0.misses", type, 0x2040, { 0, 32, -1 } }, \
	{ device, "iommu0.first_lookups", type, 0x0140, { 0, 32, -1 } }, \
	{ device, "iommu0.all_lookups", type, 0x0240, { 0, 32, -1 } }, \
	{ device, "iommu1.num_mem_accesses", type, 0x4041, { 0, 32, -1 } }, \
	{ device, "pwt_occupancy", type, 0x0042, { 0, 32, -1 } }, \
	{ device, "iommu3.num_inval_gbl", type, 0x0143, { 0, 32, -1 } }, \
	{ device, "iommu3.num_inval_domain", type, 0x0243, { 0, 32, -1 } }, \
	{ device, "iommu3.num_inval_page", type, 0x0443, { 0, 32, -1 } }

TEST_F(machine, icx)
{
	static const struct expected list[] = {
		IIO_ICX("uncore_iio_0", 29), IIO_ICX("uncore_iio_5", 34),
	};

	start(self, "icx");
	CHECK_OPENED("iio-icx", list);
}

/* One event of counter 0 a device, and it is the first. */
TEST_F(machine, spr)
{
	static const char *const rest[] = { "iommu0.first_lookups", "iommu1.num_mem_accesses" };
	static const struct { int cpu, group; unsigned int type; uint64_t config; } files[] = {
		{ 0, -1, 52, 0x2040 }, { 32, -1, 52, 0x2040 },
		{ 0, 0, 52, 0xff42 }, { 32, 1, 52, 0xff42 },
		{ 0, -1, 63, 0x2040 }, { 32, -1, 63, 0x2040 },
		{ 0, 4, 63, 0xff42 }, { 32, 5, 63, 0xff42 },
	};

	start(self, "spr");
	run(self, 1);
	EXPECT_EQ(self->s.n, 8);
	for (int i = 0; i < 8; i++) {
		EXPECT_EQ(self->s.files[i].attr.type, files[i].type);
		EXPECT_EQ(self->s.files[i].attr.config, files[i].config);
		EXPECT_EQ(self->s.files[i].cpu, files[i].cpu);
		EXPECT_EQ(self->s.files[i].group, files[i].group);
	}
	EXPECT_EQ(self->r->nr_counters, 8);
	for (int i = 0; i < 2; i++) {
		const struct record_counter *c = find(self->r, "uncore_iio_11", rest[i]);

		ASSERT_NE(c, NULL);
		EXPECT_STREQ(c->source, "iio-spr");
		EXPECT_STREQ(c->absent, "it counts on counter 0 of uncore_iio_11 only, and "
			     "iommu0.misses is there");
	}
}

/* Where the first of counter 0 cannot be had, the next gets its place; or none, if it is taken. */
TEST_F(machine, spr_counter0)
{
	self->s.fail = -EINVAL;
	self->s.fail_config = 0x2040;
	start(self, "spr");
	run(self, 1);
	EXPECT_EQ(self->s.files[0].attr.config, 0x0140);
	EXPECT_EQ(find(self->r, NULL, "iommu0.first_lookups")->absent, NULL);
	EXPECT_NE(find(self->r, NULL, "iommu0.misses")->absent, NULL);
	EXPECT_NE(find(self->r, NULL, "iommu1.num_mem_accesses")->absent, NULL);
}

#define IIO_GNR(device, type) \
	{ device, "iommu0.misses", type, 0x2040, { 0, -1 } }, \
	{ device, "iommu0.first_lookups", type, 0x0140, { 0, -1 } }, \
	{ device, "iommu0.all_lookups", type, 0x0240, { 0, -1 } }, \
	{ device, "iommu1.num_mem_accesses", type, 0xc041, { 0, -1 } }, \
	{ device, "iommu3.num_inval_iotlb", type, 0x0443, { 0, -1 } }, \
	{ device, "pwt_occupancy", type, 0x0042, { 0, -1 } }

TEST_F(machine, gnr)
{
	static const struct expected list[] = {
		IIO_GNR("uncore_iio_1", 78), IIO_GNR("uncore_iio_10", 87),
	};

	start(self, "gnr");
	CHECK_OPENED("iio-gnr", list);
	EXPECT_NE(strstr(reason(self->r, "counters.dmar"), "CONFIG_INTEL_IOMMU_PERF_EVENTS"), NULL);
}

TEST_F(machine, amd)
{
	static const struct expected list[] = {
		{ "amd_iommu_0", "mem_iommu_tlb_pte_mis", 11, 0x07, { 0, -1 } },
		{ "amd_iommu_0", "mem_iommu_tlb_pte_hit", 11, 0x06, { 0, -1 } },
		{ "amd_iommu_0", "tlb_inv", 11, 0x13, { 0, -1 } },
		{ "amd_iommu_0", "page_tbl_read_tot", 11, 0x0c, { 0, -1 } },
		{ "amd_iommu_0", "mem_trans_total", 11, 0x05, { 0, -1 } },
		{ "amd_iommu_0", "mem_dte_mis", 11, 0x0b, { 0, -1 } },
		{ "amd_iommu_0", "cmd_processed", 11, 0x11, { 0, -1 } },
		{ "amd_iommu_0", "cmd_processed_inv", 11, 0x12, { 0, -1 } },
	};

	start(self, "amd");
	CHECK_OPENED("amd_iommu", list);
	EXPECT_NE(strstr(reason(self->r, "counters.iio"), "there is no PMU uncore_iio_*"), NULL);
}

/* The second group has no config_struct_access: the hardware lacks it, the kernel hides it. */
TEST_F(machine, smmuv3)
{
	static const struct { const char *event; uint64_t config; } list[] = {
		{ "transaction", 1 }, { "tlb_miss", 2 }, { "trans_table_walk_access", 4 },
		{ "config_cache_miss", 3 }, { "config_struct_access", 5 },
	};

	start(self, "smmuv3");
	run(self, 1);
	EXPECT_EQ(self->r->nr_counters, 10);
	ASSERT_EQ(self->s.n, 9);
	for (int i = 0; i < 9; i++) {
		EXPECT_EQ(self->s.files[i].attr.type, i < 5 ? 33 : 34);
		EXPECT_EQ(self->s.files[i].attr.config, list[i % 5].config);
		EXPECT_EQ(self->s.files[i].cpu, 7);
		EXPECT_STREQ(self->r->counters[i].event, list[i % 5].event);
		EXPECT_STREQ(self->r->counters[i].source, "smmuv3_pmcg");
	}
	EXPECT_STREQ(self->r->counters[9].device, "smmuv3_pmcg_3bffe222");
	EXPECT_STREQ(self->r->counters[9].absent, "this device has no such event");
}

TEST_F(machine, dmar)
{
	static const struct { const char *event; uint64_t config; } list[] = {
		{ "iotlb_lookup", 0x30000001 }, { "iotlb_hit", 0x30000002 },
		{ "iommu_mrds", 0x10000001 }, { "pw_occupancy", 0x00000004 },
		{ "iommu_requests", 0x00000002 }, { "ctxt_cache_lookup", 0x20000001 },
		{ "ctxt_cache_hit", 0x20000002 }, { "iommu_mem_blocked", 0x10000020 },
	};

	start(self, "dmar");
	run(self, 1);
	EXPECT_EQ(self->r->nr_counters, 16);
	ASSERT_EQ(self->s.n, 15);
	for (int i = 0; i < 15; i++) {
		EXPECT_EQ(self->s.files[i].attr.type, i < 8 ? 15 : 25);
		EXPECT_EQ(self->s.files[i].attr.config, list[i % 8].config)
			TH_LOG("%s", list[i % 8].event);
		EXPECT_EQ(self->s.files[i].attr.config1, 0);
		EXPECT_EQ(self->s.files[i].cpu, 0);
		EXPECT_STREQ(self->r->counters[i].event, list[i % 8].event);
	}
	EXPECT_STREQ(self->r->counters[15].device, "dmar10");
	EXPECT_STREQ(self->r->counters[15].absent, "this device has no such event");
}

/* --- figures */

/* The sum over the CPUs, without what was counted when the groups were tried. */
TEST_F(machine, values)
{
	const struct record_counter *c;

	start(self, "icx");
	run(self, 100);
	c = find(self->r, "uncore_iio_0", "iommu0.first_lookups");
	ASSERT_NE(c, NULL);
	EXPECT_EQ(c->value, (3 + 4) * 100);	/* the files 2 and 3 */
	EXPECT_STREQ(c->unit, "events");
	EXPECT_TRUE(c->whole_window);
	EXPECT_EQ(c->enabled_ns, 100000);
	EXPECT_EQ(c->running_ns, 100000);
	EXPECT_STREQ(find(self->r, "uncore_iio_0", "pwt_occupancy")->unit, "walk cycles");
}

TEST_F(machine, multiplexed)
{
	const struct record_counter *c;

	start(self, "icx");
	self->s.share = 40;
	run(self, 100);
	c = find(self->r, "uncore_iio_5", "iommu0.misses");
	ASSERT_NE(c, NULL);
	EXPECT_EQ(c->enabled_ns, 100000);
	EXPECT_EQ(c->running_ns, 40000);
	EXPECT_EQ(c->value, (17 + 18) * 100);	/* as read, and not 2.5 times that */
}

TEST_F(machine, never_ran)
{
	start(self, "icx");
	self->s.share = 0;
	run(self, 100);
	EXPECT_STREQ(self->r->counters[0].absent,
		     "it never ran: other users of perf have the device's counters");
}

/* Intel's drivers refuse a group that does not fit. */
TEST_F(machine, too_few_counters)
{
	self->s.capacity = 4;
	start(self, "icx");
	run(self, 1);
	EXPECT_EQ(self->r->nr_counters, 16);
	for (int i = 0; i < 8; i++) {
		const char *absent = self->r->counters[i].absent;

		EXPECT_STREQ(absent ? absent : "", i < 4 ? "" :
			     "uncore_iio_0 has no counter left for it beside the events before it");
	}
}

/* AMD's takes any group, and never runs one that does not fit. */
TEST_F(machine, too_few_counters_unchecked)
{
	self->s.capacity = 4;
	self->s.checks = false;
	start(self, "amd");
	run(self, 10);
	for (int i = 0; i < 8; i++) {
		const struct record_counter *c = &self->r->counters[i];

		EXPECT_EQ(c->value, i < 4 ? (i + 1) * 10 : 0);
		EXPECT_STREQ(c->absent ? c->absent : "", i < 4 ? "" :
			     "amd_iommu_0 has no counter left for it beside the events before it");
	}
}

TEST_F(machine, no_free_counter)
{
	self->s.capacity = 0;
	self->s.checks = false;
	start(self, "amd");
	run(self, 1);
	EXPECT_STREQ(self->r->counters[0].absent,
		     "amd_iommu_0 has no free counter: other users of perf have them");
	EXPECT_NE(self->r->counters[7].absent, NULL);
}

/* --- what cannot be */

TEST_F(machine, errors)
{
	static const struct { int error; const char *says; } errors[] = {
		{ EACCES, "CAP_PERFMON, or kernel.perf_event_paranoid 0 or less (it is 2)" },
		{ EPERM, "CAP_PERFMON, or kernel.perf_event_paranoid 0 or less (it is 2)" },
		{ EBUSY, "uncore_iio_0 is in use by another program (EBUSY)" },
		{ ENOENT, "the kernel has no such PMU or event any more" },
		{ EOPNOTSUPP, "uncore_iio_0 does not support counting this event (EOPNOTSUPP)" },
		{ EINVAL, "uncore_iio_0 refuses the event (EINVAL)" },
		{ EMFILE, "perf_event_open: Too many open files" },
	};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		self->s.fail = -errors[i].error;
		start(self, "icx");
		run(self, 1);
		EXPECT_EQ(self->r->nr_counters, 16);
		for (size_t k = 0; k < self->r->nr_counters; k++)
			EXPECT_NE(self->r->counters[k].absent, NULL);
		EXPECT_NE(strstr(self->r->counters[0].absent, errors[i].says), NULL)
			TH_LOG("%s", self->r->counters[0].absent);
		counters_close(self->c);
		record_free(self->r);
		free(self->root);
		self->root = NULL;
		self->c = NULL;
		self->r = record_new();
	}
}

/* One event that the hardware lacks does not take the others with it. */
TEST_F(machine, one_refused)
{
	self->s.fail = -EINVAL;
	self->s.fail_config = 0x0240;
	start(self, "icx");
	run(self, 1);
	for (int i = 0; i < 8; i++)
		EXPECT_EQ(self->r->counters[i].absent != NULL, i == 2);
	EXPECT_NE(strstr(self->r->counters[2].absent, "refuses the event"), NULL);
}

TEST_F(machine, not_switched_on)
{
	start(self, "icx");
	self->s.fail_enable = -ENODEV;
	run(self, 1);
	EXPECT_EQ(self->r->nr_counters, 16);
	for (int i = 0; i < 16; i++)
		EXPECT_STREQ(self->r->counters[i].absent,
			     "it cannot be switched on: No such device");
}

TEST_F(machine, no_pmu)
{
	self->root = strdup("/no/such/root");
	ASSERT_EQ(counters_open_on(&self->perf, self->root, false, &self->c, &self->e), 0);
	run(self, 1);
	EXPECT_EQ(self->s.n, 0);
	EXPECT_EQ(self->r->nr_counters, 0);
	EXPECT_STREQ(reason(self->r, "counters"), "the subject's kernel has no PMU of an IOMMU "
		     "(dmar*, uncore_iio_*, amd_iommu_*, smmuv3_pmcg_*)");
}

/* An IIO of a CPU that we do not know is not counted: its codes may mean something else. */
TEST_F(machine, unknown_cpu)
{
	static const char cpu[] = "vendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 182\n";
	char root[] = "/tmp/counters-test.XXXXXX", path[128], *icx, *sys;

	ASSERT_NE(mkdtemp(root), NULL);
	icx = places_source("tests/data/sysfs/icx/sys");
	ASSERT_NE(asprintf(&sys, "%s/sys", root), -1);
	ASSERT_EQ(symlink(icx, sys), 0);
	snprintf(path, sizeof(path), "%s/proc", root);
	ASSERT_EQ(file_make_folders(path, &self->e), 0);
	strcat(path, "/cpuinfo");
	ASSERT_EQ(file_write_atomic(path, cpu, strlen(cpu), &self->e), 0);
	ASSERT_EQ(counters_open_on(&self->perf, root, false, &self->c, &self->e), 0);
	run(self, 1);
	EXPECT_EQ(self->s.n, 0);
	EXPECT_NE(strstr(reason(self->r, "counters"), "the codes of IIO's events are not known for "
			 "GenuineIntel family 6 model 0xb6"), NULL)
		TH_LOG("%s", reason(self->r, "counters"));
	unlink(path);
	unlink(sys);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	EXPECT_EQ(rmdir(root), 0);
	free(icx);
	free(sys);
}

/* --- second sources */

/* Each on every CPU, one counter; and not without being asked for. */
TEST_F(machine, tracepoints)
{
	const struct record_counter *c;

	self->s.fail = -EACCES;
	self->s.fail_config = 0x30000001;
	start_all(self, "dmar", true);
	run(self, 10);
	c = find(self->r, NULL, "iommu:map");
	for (size_t i = 0; i < self->r->nr_counters; i++)
		if (!strcmp(self->r->counters[i].event, "iommu:unmap"))
			c = &self->r->counters[i];
	ASSERT_NE(c, NULL);
	EXPECT_STREQ(c->source, "tracepoint");
	EXPECT_EQ(c->device, NULL);
	EXPECT_EQ(c->absent, NULL);
	/* 13 files of the two units, 4 of iommu:map, then these */
	for (int i = 17; i < 21; i++) {
		EXPECT_EQ(self->s.files[i].attr.type, PERF_TYPE_TRACEPOINT);
		EXPECT_EQ(self->s.files[i].attr.config, 1420);
		EXPECT_EQ(self->s.files[i].cpu, i - 17);
	}
	EXPECT_EQ(c->value, (18 + 19 + 20 + 21) * 10);
}

TEST_HARNESS_MAIN
