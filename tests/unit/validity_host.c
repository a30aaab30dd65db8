// SPDX-License-Identifier: GPL-2.0
/* The checks of a record over two levels: of the host, and of each side's functions by its own. */
#include <math.h>

#include "validity.h"

FIXTURE(two)
{
	struct record *r;
};

FIXTURE_SETUP(two)
{
	self->r = sample_load(SAMPLE_TWO);
}

FIXTURE_TEARDOWN(two)
{
	record_free(self->r);
}

static void set(char **field, const char *value)
{
	free(*field);
	*field = value ? strdup(value) : NULL;
}

/* What the check @id says, of @subject; "" where it says nothing. */
static const char *said(const struct record *r, enum check_id id, const char *subject)
{
	static struct validity v;

	validity_check(r, &v);
	for (size_t i = 0; i < v.n; i++)
		if (v.list[i].id == id && !strcmp(v.list[i].subject, subject) &&
		    v.list[i].outcome == CHECK_FAIL)
			return v.list[i].detail;
	return "";
}

TEST_F(two, good)
{
	static struct validity v;

	validity_check(self->r, &v);
	for (size_t i = 0; i < v.n; i++) {
		EXPECT_NE(v.list[i].outcome, CHECK_FAIL) {
			TH_LOG("%s: %s: %s", check_name(v.list[i].id), v.list[i].subject,
			       v.list[i].detail);
		}
	}
}

/* 2 % of 1861 ms; and of a short window 5 ms. */
TEST_F(two, windows_agree)
{
	struct record *r = self->r;
	uint64_t window = r->close_ns - r->open_ns;

	r->host.window_ns = window * 1.019;
	EXPECT_EQ(failing(r), 0);
	r->host.window_ns = fmax(window * 1.021, window + 101e6);
	EXPECT_EQ(failing(r) & only(CHECK_WINDOW), only(CHECK_WINDOW));
	r->host.window_ns = fmin(window * 0.979, window - 101e6);
	EXPECT_EQ(failing(r) & only(CHECK_WINDOW), only(CHECK_WINDOW));
	free_functions(r);
	r->has_cpu = false;
	r->nr_counters = 0;
	r->close_ns = r->open_ns + 20000000;
	r->host.busy_ns = 10000000;
	r->host.window_ns = 119000000;
	EXPECT_EQ(failing(r), 0);
	r->host.window_ns = 121000000;
	EXPECT_EQ(failing(r), only(CHECK_WINDOW));
	free(r->env.clock);
	r->env.clock = strdup("counted");
	r->host.window_ns = 24900000;
	EXPECT_EQ(failing(r) & only(CHECK_WINDOW), 0);
	r->host.window_ns = 25100000;
	EXPECT_EQ(failing(r) & only(CHECK_WINDOW), only(CHECK_WINDOW));
}

TEST_F(two, mode_of_every_scenario)
{
	enum { CACHING = 1, FIRST = 2, UNREAD = 4 };
	static const struct {
		const char *scenario, *hosts, *guests, *driver;
		int bits;
		bool good;
	} modes[] = {
		{ "strict-shadow-4flows", "DMA", "DMA", "intel-iommu", CACHING, true },
		{ "strict-shadow-4flows", "DMA-FQ", "DMA", "intel-iommu", CACHING, false },
		{ "strict-shadow-4flows", NULL, "DMA", "intel-iommu", CACHING, false },
		{ "strict-shadow-4flows", "DMA", "DMA-FQ", "intel-iommu", CACHING, false },
		{ "strict-shadow-4flows", "DMA", "DMA", "intel-iommu", 0, false },
		{ "strict-shadow-4flows", "DMA", "DMA", "intel-iommu", UNREAD, false },
		{ "strict-shadow-4flows", "DMA", "DMA", "virtio-iommu", UNREAD, true },
		{ "strict-shadow-4flows", "DMA", "DMA-FQ", "virtio-iommu", UNREAD, false },
		{ "strict-shadow-4flows", "DMA", "DMA", "arm-smmu-v3", UNREAD, false },
		{ "lazy-shadow-4flows", "DMA-FQ", "DMA", "intel-iommu", CACHING, true },
		{ "lazy-shadow-4flows", "DMA", "DMA", "intel-iommu", CACHING, false },
		{ "lazy-passthrough-4flows", "DMA-FQ", "identity", "intel-iommu", UNREAD, true },
		{ "lazy-passthrough-4flows", "DMA-FQ", "DMA", "intel-iommu", UNREAD, false },
		{ "strict-nested-4flows", "DMA", "DMA", "intel-iommu", FIRST, true },
		{ "strict-nested-4flows", "DMA", "DMA", "intel-iommu", FIRST | CACHING, true },
		{ "strict-nested-4flows", "DMA", "DMA", "intel-iommu", CACHING, false },
		{ "strict-nested-4flows", "DMA", "DMA-FQ", "intel-iommu", FIRST, false },
		{ "strict-nested-4flows", "DMA", "DMA", "arm-smmu-v3", UNREAD, true },
		{ "strict-nested-4flows", "DMA", "DMA", "virtio-iommu", UNREAD, false },
		{ "strict-nestedlazy-4flows", "DMA", "DMA-FQ", "arm-smmu-v3", UNREAD, true },
		{ "strict-nestedlazy-4flows", "DMA", "DMA", "arm-smmu-v3", UNREAD, false },
		{ "lazy-nestedlazy-4flows", "DMA-FQ", "DMA-FQ", "intel-iommu", FIRST, true },
	};
	struct record *r = self->r;
	struct err e;

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		ASSERT_EQ(scenario_parse(modes[i].scenario, &r->scenario, &e), 0);
		set(&r->host.domain_type, modes[i].hosts);
		set(&r->mode.domain_type, modes[i].guests);
		set(&r->env.iommu_driver, modes[i].driver);
		r->mode.has_capabilities = !(modes[i].bits & UNREAD);
		r->mode.caching_mode = modes[i].bits & CACHING;
		r->mode.scalable_mode = r->mode.first_stage = modes[i].bits & FIRST;
		EXPECT_EQ(failing(r) & only(CHECK_MODE), modes[i].good ? 0 : only(CHECK_MODE)) {
			TH_LOG("%zu: %s", i, modes[i].scenario);
		}
	}
}

/* A host of which nothing was read proves no mode, whatever the reason. */
TEST_F(two, no_host)
{
	struct record *r = sample_load(SAMPLE);
	struct err e;

	ASSERT_EQ(scenario_parse("strict-shadow-4flows", &r->scenario, &e), 0);
	r->mode.caching_mode = true;
	record_set_absent(r, "host", "its agent hung");
	EXPECT_NE(strstr(said(r, CHECK_MODE, ""), "its agent hung"), NULL);
	record_free(r);
}

TEST_F(two, hosts_busy_time)
{
	struct record *r = self->r;

	r->host.busy_ns = 1.1 * r->host.window_ns + 79000000;
	EXPECT_EQ(failing(r), 0);
	r->host.busy_ns = 1.1 * r->host.window_ns + 81000000;
	EXPECT_EQ(failing(r), only(CHECK_CPU));
	r->host.vcpus = 2;
	EXPECT_EQ(failing(r), 0);
	r->host.busy_ns = 0;
	EXPECT_EQ(failing(r), only(CHECK_CPU));
}

TEST_F(two, hosts_warning)
{
	self->r->warnings[self->r->nr_warnings++] = strdup("host:[   41.2] DMAR: fault");
	EXPECT_EQ(failing(self->r), only(CHECK_LOG));
}

/* The guest's one CPU loses no call; the host may have some under way. */
TEST_F(two, lost_calls)
{
	struct record *r = self->r;

	sample_function(r, "__iommu_unmap")->orphaned = 1;
	EXPECT_EQ(failing(r), only(CHECK_LOST));
	sample_function(r, "__iommu_unmap")->orphaned = 0;
	sample_function(r, "host:kvm_arch_vcpu_ioctl_run")->orphaned = 1;
	EXPECT_EQ(failing(r), 0);
	sample_function(r, "host:kvm_arch_vcpu_ioctl_run")->orphaned = 100;
	EXPECT_EQ(failing(r), only(CHECK_LOST));
}

/* The guest may run in one call of the host that lasts for the whole window. */
TEST_F(two, one_call_for_the_window)
{
	struct record_function *run = sample_function(self->r, "host:kvm_arch_vcpu_ioctl_run");

	run->count = run->total_ns = run->self_ns = run->min_ns = run->max_ns = 0;
	run->nr_buckets = 0;
	run->orphaned = 1;
	EXPECT_EQ(failing(self->r), 0);
	run->orphaned = 3;
	EXPECT_EQ(failing(self->r), only(CHECK_LOST));
}

/* The host's functions fit in its own window, of its own CPUs. */
TEST_F(two, hosts_time_fits)
{
	struct record_function *run = sample_function(self->r, "host:kvm_arch_vcpu_ioctl_run");
	struct record *r = self->r;

	set_max(run, 400000);
	r->host.window_ns *= 1.018;
	run->self_ns += 1.01 * (r->close_ns - r->open_ns) - run->total_ns;
	run->total_ns = 1.01 * (r->close_ns - r->open_ns);
	EXPECT_EQ(failing_apart(r), 0);
	run->self_ns += r->host.window_ns + 1 - run->total_ns;
	run->total_ns = r->host.window_ns + 1;
	EXPECT_EQ(failing_apart(r), only(CHECK_FITS));
	r->host.vcpus = 2;
	EXPECT_EQ(failing_apart(r), 0);
}

/* Each side's calls agree among themselves; the guest's say nothing of the host's. */
TEST_F(two, call_trees)
{
	static const struct { const char *name; int calls; } more[] = {
		{ "host:__iommu_map", 10 }, { "host:intel_iommu_iotlb_sync_map", 10 },
		{ "host:vfio_dma_do_map", 4000 }, { "host:vfio_dma_do_unmap", 4000 },
		{ "host:iommu_unmap_fast", 10 }, { "host:intel_iommu_tlb_sync", 10 },
		{ "host:cache_tag_flush_range_np", 10 },
	};
	struct record *r = self->r;
	struct record_function *f;

	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		f = sample_function(r, more[i].name);
		add_calls(f, more[i].calls);
		EXPECT_EQ(failing_apart(r) & only(CHECK_SIBLINGS), only(CHECK_SIBLINGS)) {
			TH_LOG("%s", more[i].name);
		}
		add_calls(f, -more[i].calls);
		add_calls(f, 1);
		EXPECT_EQ(failing_apart(r), 0) {
			TH_LOG("%s: one call may be under way", more[i].name);
		}
		add_calls(f, -1);
	}
	EXPECT_EQ(failing(r), 0);
	/* a nested guest's flushes come another way than the host's own */
	add_calls(sample_function(r, "host:cache_tag_flush_range"), 50);
	EXPECT_NE(said(r, CHECK_SIBLINGS, "host:cache_tag_flush_range")[0], '\0');
	/* the host's rules go by its own kernel and driver */
	set(&r->env.kernel, "6.6.1");
	EXPECT_NE(said(r, CHECK_SIBLINGS, "host:cache_tag_flush_range")[0], '\0');
	set(&r->host.iommu_driver, "amd-iommu");
	EXPECT_EQ(said(r, CHECK_SIBLINGS, "host:cache_tag_flush_range")[0], '\0');
	set(&r->host.iommu_driver, "intel-iommu");
	r->scenario.guest = GUEST_NESTED;
	EXPECT_EQ(said(r, CHECK_SIBLINGS, "host:cache_tag_flush_range")[0], '\0');
}

/* One vfio ioctl holds what it maps: its time is theirs and its own. */
TEST_F(two, nesting)
{
	struct record_function *map = sample_function(self->r, "host:vfio_dma_do_map");
	struct record_function *ioctl = sample_function(self->r, "host:vfio_iommu_type1_ioctl");
	uint64_t more = ioctl->total_ns - map->total_ns + 10 * map->max_ns;

	map->total_ns += more;
	map->self_ns += more;
	EXPECT_EQ(failing_apart(self->r) & only(CHECK_NESTING), only(CHECK_NESTING));
	EXPECT_NE(said(self->r, CHECK_NESTING, "host:vfio_dma_do_map")[0], '\0');
}

/* What is not its own a function of the host called in the host, not in the guest. */
TEST_F(two, self_time_is_of_one_kernel)
{
	sample_function(self->r, "host:kvm_arch_vcpu_ioctl_run")->self_ns = 0;
	EXPECT_EQ(failing(self->r), only(CHECK_SELF));
}

/* The machine's IOMMU is the host's: its counters agree with the host's flushes. */
TEST_F(two, counters_of_the_host)
{
	struct record *r = self->r;
	uint64_t flushes = sample_function(r, "host:qi_submit_sync")->count;

	sample_set_event(r, "inv_wait", 2 * flushes);
	sample_set_event(r, "inv_iotlb_page", 2 * flushes);
	EXPECT_EQ(failing(r), only(CHECK_SOURCES));
	sample_set_event(r, "inv_wait", flushes);
	sample_set_event(r, "inv_iotlb_page", flushes);
	EXPECT_EQ(failing(r), 0);
	/* on for 1 % longer, they may count 1 % more */
	sample_set_event(r, "inv_wait", 1.009 * flushes);
	sample_set_event(r, "inv_iotlb_page", 1.009 * flushes);
	EXPECT_EQ(failing(r), only(CHECK_SOURCES));
	for (size_t i = 0; i < r->nr_counters; i++)
		r->counters[i].enabled_ns = r->counters[i].running_ns = 1.01 * r->host.window_ns;
	EXPECT_EQ(failing(r), 0);
	sample_set_event(r, "inv_wait", flushes);
	sample_set_event(r, "inv_iotlb_page", flushes);
	sample_set_event(r, "fault", 1);
	EXPECT_EQ(failing(r), only(CHECK_FAULTS));
	sample_set_event(r, "fault", 0);
	r->counters[0].enabled_ns = r->counters[0].running_ns = 1;
	EXPECT_EQ(failing(r), only(CHECK_COUNTERS));
}

/* On the counted clock too a guest misses ticks while its host does other work. */
TEST_F(two, guests_ticks)
{
	struct record *r = self->r;
	struct err e;

	set(&r->env.clock, "counted");
	r->cpus[0].softirq_ns -= 500000000;
	EXPECT_EQ(failing(r), 0);
	r->has_host = false;
	ASSERT_EQ(scenario_parse("none-shadow-4flows", &r->scenario, &e), 0);
	EXPECT_EQ(failing(r) & only(CHECK_CPU), only(CHECK_CPU));
	r->has_host = true;
}

/* An SMMUv3 has no counters of QEMU's, also on the counted clock. */
TEST_F(two, counters_of_an_smmu)
{
	struct record *r = self->r;

	set(&r->env.clock, "counted");
	for (size_t i = 0; i < r->nr_counters; i++)
		set(&r->counters[i].source, "host:smmuv3_pmcg");
	EXPECT_EQ(failing(r) & only(CHECK_COUNTERS), only(CHECK_COUNTERS));
	set(&r->host.iommu_driver, "arm-smmu-v3");
	EXPECT_EQ(failing(r) & only(CHECK_COUNTERS), 0);
}

TEST_HARNESS_MAIN
