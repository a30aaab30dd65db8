// SPDX-License-Identifier: GPL-2.0
/* Each check must fail on a record that is broken for it, and no other check on that record. */
#include "kselftest_harness.h"
#include "judge/validity.h"
#include "loglin.h"
#include "sample.h"

/* Bits of the checks that fail on @r. */
static unsigned long long failing(const struct record *r)
{
	static struct validity v;
	unsigned long long bits = 0;

	validity_check(r, &v);
	for (size_t i = 0; i < v.n; i++)
		if (v.list[i].outcome == CHECK_FAIL)
			bits |= 1ull << v.list[i].id;
	return bits;
}

static unsigned long long only(enum check_id id)
{
	return 1ull << id;
}

/*
 * The same without the two that tie the time of every call to its histogram and its caller, for
 * tests that change a row's time or calls alone.
 */
static unsigned long long failing_apart(const struct record *r)
{
	return failing(r) & ~(only(CHECK_TOTAL) | only(CHECK_SELF));
}

static void free_functions(struct record *r)
{
	for (size_t i = 0; i < r->nr_functions; i++) {
		free(r->functions[i].name);
		free(r->functions[i].absent);
		free(r->functions[i].buckets);
	}
	r->nr_functions = 0;
}

static void set_type(struct record *r, const char *type)
{
	free(r->mode.domain_type);
	r->mode.domain_type = type ? strdup(type) : NULL;
}

/* Make the longest call of @f last @ns, in its histogram too. */
static void set_max(struct record_function *f, uint64_t ns)
{
	f->max_ns = ns;
	f->buckets[f->nr_buckets - 1].index = loglin_index(ns);
}

/* Add @n calls to @f without any time, in its longest bucket. */
static void add_calls(struct record_function *f, int64_t n)
{
	f->count += n;
	f->buckets[f->nr_buckets - 1].count += n;
}

FIXTURE(validity)
{
	struct record *r, *real;
	struct record *report;		/* imported, and with all its variances possible */
};

FIXTURE_SETUP(validity)
{
	self->r = sample_load(SAMPLE);
	self->real = sample_load(SAMPLE_REAL);
	self->report = sample_load(REFERENCE(8));
	for (size_t i = 0; i < self->report->nr_functions; i++)
		self->report->functions[i].reported.variance_us2 = i;
}

FIXTURE_TEARDOWN(validity)
{
	record_free(self->r);
	record_free(self->real);
	record_free(self->report);
}

TEST_F(validity, good_records)
{
	static struct validity v, of_report;
	const struct check_result *shown;

	EXPECT_EQ(failing(self->r), 0);
	EXPECT_EQ(failing(self->real), 0);
	EXPECT_EQ(failing(self->report), 0);
	/* every check applied to a good record: none was left out unseen */
	validity_check(self->report, &of_report);
	validity_check(self->r, &v);
	EXPECT_EQ(v.failed, 0);
	for (enum check_id id = 0; id < CHECKS; id++) {
		shown = validity_of(&v, id);
		ASSERT_NE(shown, NULL);
		if (shown->outcome == CHECK_NOT_APPLICABLE)
			shown = validity_of(&of_report, id);
		EXPECT_EQ(shown->outcome, CHECK_PASS) {
			TH_LOG("%s: %s", check_name(id), shown->detail);
		}
		EXPECT_NE(shown->detail[0], '\0');
		EXPECT_NE(check_meaning(id)[0], '\0');
	}
}

TEST_F(validity, window)
{
	/* without functions and CPU time, which would not fit either */
	free_functions(self->r);
	self->r->has_cpu = false;
	EXPECT_EQ(failing(self->r), 0);
	self->r->close_ns = self->r->open_ns;
	EXPECT_EQ(failing(self->r), only(CHECK_WINDOW));
	self->r->close_ns = self->r->open_ns - 5;
	EXPECT_EQ(failing(self->r), only(CHECK_WINDOW));
}

TEST_F(validity, mode_of_every_scenario)
{
	enum { CACHING = 1, SCALABLE = 2, FIRST = 4, UNREAD = 8 };
	static const struct {
		const char *scenario, *type;
		int bits;
		bool good;
	} modes[] = {
		{ "strict-bare-4flows", "DMA", 0, true },
		{ "strict-bare-4flows", "DMA", UNREAD, true },
		{ "strict-bare-4flows", "DMA-FQ", 0, false },
		{ "strict-bare-4flows", "identity", 0, false },
		{ "strict-bare-4flows", NULL, 0, false },
		{ "lazy-bare-4flows", "DMA-FQ", 0, true },
		{ "lazy-bare-4flows", "DMA", 0, false },
		{ "passthrough-bare-4flows", "identity", 0, true },
		{ "passthrough-bare-4flows", "DMA", 0, false },
		{ "off-bare-4flows", NULL, UNREAD, true },
		{ "off-bare-4flows", "DMA", 0, false },
		{ "none-passthrough-4flows", "identity", 0, true },
		{ "none-passthrough-4flows", "DMA", 0, false },
		{ "none-shadow-4flows", "DMA", CACHING, true },
		{ "none-shadow-4flows", "DMA", 0, false },
		{ "none-shadow-4flows", "DMA-FQ", CACHING, false },
		{ "none-shadow-4flows", "DMA", CACHING | UNREAD, false },
		{ "none-nested-4flows", "DMA", SCALABLE | FIRST, true },
		{ "none-nested-4flows", "DMA", SCALABLE, false },
		{ "none-nested-4flows", "DMA", FIRST, false },
		{ "none-nested-4flows", "DMA", SCALABLE | FIRST | CACHING, false },
		{ "none-nested-4flows", "DMA-FQ", SCALABLE | FIRST, false },
		{ "none-nestedlazy-4flows", "DMA-FQ", SCALABLE | FIRST, true },
		{ "none-nestedlazy-4flows", "DMA", SCALABLE | FIRST, false },
		/* the format does not hold the host's mode yet, so nothing proves it */
		{ "strict-nested-4flows", "DMA", SCALABLE | FIRST, false },
	};
	struct record *r = self->r;
	struct err e;

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		ASSERT_EQ(scenario_parse(modes[i].scenario, &r->scenario, &e), 0);
		set_type(r, modes[i].type);
		r->mode.has_capabilities = !(modes[i].bits & UNREAD);
		r->mode.caching_mode = modes[i].bits & CACHING;
		r->mode.scalable_mode = modes[i].bits & SCALABLE;
		r->mode.first_stage = modes[i].bits & FIRST;
		EXPECT_EQ(failing(r), modes[i].good ? 0 : only(CHECK_MODE)) {
			TH_LOG("%s %s %d", modes[i].scenario, modes[i].type, modes[i].bits);
		}
	}
}

TEST_F(validity, flows)
{
	struct record *r = self->r;

	r->flows[2].first_ns = r->open_ns + 1;
	EXPECT_EQ(failing(r), only(CHECK_FLOWS));
	r->flows[2].first_ns = r->open_ns;
	EXPECT_EQ(failing(r), 0);
	r->flows[3].last_ns = r->close_ns - 1;
	EXPECT_EQ(failing(r), only(CHECK_FLOWS));
	r->flows[3].last_ns = r->close_ns;
	EXPECT_EQ(failing(r), 0);
	r->flows[3].seconds = 0.98 * 1.3;
	EXPECT_EQ(failing(r), 0);
	r->flows[3].seconds = 0.979 * 1.3;
	EXPECT_EQ(failing(r), only(CHECK_FLOWS));
	r->flows[3].seconds = 1.3;
	r->payload_bytes -= r->flows[3].window_bytes;
	r->flows[3].window_bytes = 0;
	EXPECT_EQ(failing(r), only(CHECK_FLOWS));
	r->nr_flows = 3;
	EXPECT_EQ(failing(r), only(CHECK_FLOWS));
}

TEST_F(validity, bytes)
{
	struct record_flow *f = &self->r->flows[1];
	struct record *r = self->r;

	f->sent_bytes--;
	EXPECT_EQ(failing(r), only(CHECK_BYTES));
	f->sent_bytes++;
	f->received_bytes--;
	EXPECT_EQ(failing(r), only(CHECK_BYTES));
	f->received_bytes++;
	f->asked_bytes++;	/* short */
	EXPECT_EQ(failing(r), only(CHECK_BYTES));
	/* a timed transfer ends with bytes under way, but not with any number of them */
	f->asked_bytes = 0;
	EXPECT_EQ(failing(r), 0);
	f->received_bytes -= 1 << 20;
	EXPECT_EQ(failing(r), 0);
	f->sent_bytes += 17 << 20;
	EXPECT_EQ(failing(r), only(CHECK_BYTES));
	f->received_bytes = f->sent_bytes + 128 * 1024;
	EXPECT_EQ(failing(r), 0);
	f->received_bytes++;
	EXPECT_EQ(failing(r), only(CHECK_BYTES));
	/* nor can more arrive in the window than in all */
	f->sent_bytes = f->received_bytes = f->window_bytes - 1;
	EXPECT_EQ(failing(r), only(CHECK_BYTES));
}

TEST_F(validity, payload)
{
	self->r->payload_bytes++;
	EXPECT_EQ(failing(self->r), only(CHECK_PAYLOAD));
}

TEST_F(validity, log)
{
	self->r->warnings[0] = strdup("WARNING: CPU: 0 PID: 1 at drivers/iommu/iova.c:7");
	self->r->nr_warnings = 1;
	EXPECT_EQ(failing(self->r), only(CHECK_LOG));
}

/* Eight ticks of 4 ms may be lost to rounding, in a window of 1300 ms. */
TEST_F(validity, cpu_time_is_the_windows)
{
	uint64_t *idle = &self->r->cpus[0].idle_ns;

	*idle += 32000000;
	EXPECT_EQ(failing(self->r), 0);
	*idle += 1;
	EXPECT_EQ(failing(self->r), only(CHECK_CPU));
	*idle -= 64000001;
	EXPECT_EQ(failing(self->r), 0);
	*idle -= 1;
	EXPECT_EQ(failing(self->r), only(CHECK_CPU));
	/* on a real clock it may be less, not more */
	self->real->cpus[2].idle_ns = 0;
	EXPECT_EQ(failing(self->real), 0);
	self->real->cpus[3].idle_ns += 160000000;	/* of 130 and 32 ms */
	EXPECT_EQ(failing(self->real), 0);
	self->real->cpus[3].idle_ns += 4000000;
	EXPECT_EQ(failing(self->real), only(CHECK_CPU));
	self->real->has_cpu = false;
	EXPECT_EQ(failing(self->real), 0);
}

/* What takes long to read is read of a little more than the window. */
TEST_F(validity, cpu_time_between_its_readings)
{
	uint64_t window = self->r->close_ns - self->r->open_ns;

	self->r->cpus[0].idle_ns += 100000000;
	EXPECT_EQ(failing(self->r), only(CHECK_CPU));
	self->r->cpu_span_ns = window + 68000000;
	EXPECT_EQ(failing(self->r), 0);
	self->r->cpu_span_ns--;
	EXPECT_EQ(failing(self->r), only(CHECK_CPU));
	self->r->cpus[0].idle_ns -= 100000000;
	self->r->cpu_span_ns = window - 1;
	EXPECT_EQ(failing(self->r), only(CHECK_CPU));
}

TEST_F(validity, cpus_of_the_machine)
{
	struct record *r = self->real;

	r->cpus[2].cpu = 1;
	EXPECT_EQ(failing(r), only(CHECK_CPU));
	r->cpus[2].cpu = 4;
	EXPECT_EQ(failing(r), only(CHECK_CPU));
	r->cpus[2].cpu = 2;
	r->nr_cpus = 3;
	EXPECT_EQ(failing(r), only(CHECK_CPU));
	r->nr_cpus = 4;
	EXPECT_EQ(failing(r), 0);
	r->cpu_tick_ns = 7000000;
	EXPECT_EQ(failing(r), only(CHECK_CPU));
	r->cpu_tick_ns = 0;
	EXPECT_EQ(failing(r), only(CHECK_CPU));
}

TEST_F(validity, segments)
{
	/* 64 MiB in segments of 1460 bytes, of which four buffers of 2 MiB were sent before */
	self->r->tcp_peer.out_segs = (67108864 - 4 * 2097152) / 1460 + 1;
	self->r->tcp_subject.in_segs = 0;
	EXPECT_EQ(failing(self->r), 0);
	self->r->tcp_peer.out_segs--;
	EXPECT_EQ(failing(self->r), only(CHECK_SEGMENTS));
	self->r->has_tcp = false;
	EXPECT_EQ(failing(self->r), 0);
}

/* Four buffers of 2 MiB hold 5745 segments of 1460 bytes, and a part of one. */
TEST_F(validity, arrived)
{
	struct record_tcp *subject = &self->r->tcp_subject, *peer = &self->r->tcp_peer;

	subject->in_segs = peer->out_segs + 5746;
	EXPECT_EQ(failing(self->r), 0);
	subject->in_segs++;
	EXPECT_EQ(failing(self->r), only(CHECK_ARRIVED));
	subject->in_segs = 1;
	peer->in_segs = subject->out_segs + 5746;
	EXPECT_EQ(failing(self->r), 0);
	peer->in_segs++;
	EXPECT_EQ(failing(self->r), only(CHECK_ARRIVED));
	peer->in_segs = 1;
	peer->retrans_segs = peer->out_segs;
	EXPECT_EQ(failing(self->r), 0);
	peer->retrans_segs++;
	EXPECT_EQ(failing(self->r), only(CHECK_ARRIVED));
	peer->retrans_segs = 0;
	subject->retrans_segs = subject->out_segs + 1;
	EXPECT_EQ(failing(self->r), only(CHECK_ARRIVED));
	/* in a namespace of a machine that does other things too */
	free(self->r->env.testbed);
	self->r->env.testbed = strdup("local");
	EXPECT_EQ(failing(self->r), 0);
}

TEST_F(validity, balance)
{
	static const char *const names[] = {
		"iommu_map", "iommu_dma_map_page", "__iommu_map", "intel_iommu_iotlb_sync_map",
	};

	self->r->traffic.ring_rx = 1;
	self->r->traffic.ring_tx = 2;
	for (size_t i = 0; i < 4; i++)
		add_calls(sample_function(self->r, names[i]), 12);
	EXPECT_EQ(failing_apart(self->r), 0);
	for (size_t i = 0; i < 4; i++)
		add_calls(sample_function(self->r, names[i]), 1);
	EXPECT_EQ(failing_apart(self->r), only(CHECK_BALANCE));
}

TEST_F(validity, counters)
{
	self->r->counters[3].whole_window = false;
	EXPECT_EQ(failing(self->r), only(CHECK_COUNTERS));
	self->r->counters[3].whole_window = true;
	self->r->counters[3].running_ns = 0.96 * self->r->counters[3].enabled_ns;
	EXPECT_EQ(failing(self->r), 0);
	self->r->counters[3].running_ns = 0.94 * self->r->counters[3].enabled_ns;
	EXPECT_EQ(failing(self->r), only(CHECK_COUNTERS));
	self->r->counters[3].running_ns = self->r->counters[3].enabled_ns + 1;
	EXPECT_EQ(failing(self->r), only(CHECK_COUNTERS));
	/* 2 % of the window of 1300 ms; a source need not say for how long it was on */
	self->r->counters[3].enabled_ns = self->r->counters[3].running_ns = 1326000000;
	EXPECT_EQ(failing(self->r), 0);
	self->r->counters[3].enabled_ns = self->r->counters[3].running_ns = 1326000001;
	EXPECT_EQ(failing(self->r), only(CHECK_COUNTERS));
	self->r->counters[3].enabled_ns = self->r->counters[3].running_ns = 1273999999;
	EXPECT_EQ(failing(self->r), only(CHECK_COUNTERS));
	self->r->counters[3].enabled_ns = self->r->counters[3].running_ns = 0;
	EXPECT_EQ(failing(self->r), 0);
	/* the emulated IOMMU's counters can always be had, a real one's cannot */
	for (size_t i = 0; i < self->r->nr_counters; i++) {
		free(self->r->counters[i].absent);
		self->r->counters[i].absent = strdup("not read");
	}
	EXPECT_EQ(failing(self->r), only(CHECK_COUNTERS));
	strcpy(self->r->env.testbed, "local");
	EXPECT_EQ(failing(self->r), 0);
}

TEST_F(validity, sources)
{
	struct record_function *f = sample_function(self->real, "qi_submit_sync");

	sample_set_event(self->r, "inv_iotlb_page", 20600);
	sample_set_event(self->real, "inv_iotlb_page", 20600);
	sample_set_event(self->r, "inv_wait", 12287);
	EXPECT_EQ(failing(self->r), only(CHECK_SOURCES));
	sample_set_event(self->r, "inv_wait", 12289);
	EXPECT_EQ(failing(self->r), only(CHECK_SOURCES));
	/* several CPUs: 0.1 %, one call a CPU, and what the probes are known to have lost */
	sample_set_event(self->real, "inv_wait", f->count - 20 - 4);
	EXPECT_EQ(failing(self->real), 0);
	sample_set_event(self->real, "inv_wait", f->count - 20 - 5);
	EXPECT_EQ(failing(self->real), only(CHECK_SOURCES));
	sample_set_event(self->real, "inv_wait", f->count + f->missed + 20 + 4);
	EXPECT_EQ(failing(self->real), 0);
	sample_set_event(self->real, "inv_wait", f->count + f->missed + 20 + 6);
	EXPECT_EQ(failing(self->real), only(CHECK_SOURCES));
}

TEST_F(validity, tracepoints)
{
	struct record_counter *c = record_add_counter(self->r, "tracepoint", NULL, "iommu:map");

	ASSERT_NE(c, NULL);
	c->unit = strdup("events");
	c->whole_window = true;
	c->enabled_ns = c->running_ns = 2 * (self->r->close_ns - self->r->open_ns);
	c->value = 12288 + 12 + 1;
	EXPECT_EQ(failing(self->r), 0);
	c->value = 12288 + 12 + 2;
	EXPECT_EQ(failing(self->r), only(CHECK_SOURCES));
}

/* On a real clock the flows also map while the tracepoints are on outside of the window. */
TEST_F(validity, tracepoints_on_real_clock)
{
	struct record_counter *c = record_add_counter(self->real, "tracepoint", NULL, "iommu:map");
	uint64_t count, window = self->real->close_ns - self->real->open_ns;

	ASSERT_NE(c, NULL);
	count = sample_function(self->real, "iommu_map")->count;
	c->unit = strdup("events");
	c->whole_window = true;
	c->enabled_ns = c->running_ns = window;
	c->value = count + count / 100;
	EXPECT_EQ(failing(self->real), only(CHECK_SOURCES));
	c->enabled_ns = c->running_ns = window + window / 100;
	EXPECT_EQ(failing(self->real), 0);
	c->value = count + count / 50;
	EXPECT_EQ(failing(self->real), only(CHECK_SOURCES));
}

/* 12288 submissions for as many unmaps */
TEST_F(validity, queue)
{
	struct err e;

	sample_set_event(self->r, "inv_iotlb_page", 12287);
	EXPECT_EQ(failing(self->r), only(CHECK_QUEUE));
	/* what flushes something else does not flush what was unmapped */
	sample_set_event(self->r, "inv_dev_iotlb", 1);
	EXPECT_EQ(failing(self->r), only(CHECK_QUEUE));
	sample_set_event(self->r, "inv_iotlb_page", 16 * 12288 - 1);
	EXPECT_EQ(failing(self->r), 0);
	sample_set_event(self->r, "inv_iotlb_page", 16 * 12288);
	EXPECT_EQ(failing(self->r), only(CHECK_QUEUE));
	/* lazily, few flushes do for many unmaps, but none does without an invalidation */
	ASSERT_EQ(scenario_parse("lazy-bare-4flows", &self->r->scenario, &e), 0);
	set_type(self->r, "DMA-FQ");
	sample_set_event(self->r, "inv_iotlb_page", 12287);
	EXPECT_EQ(failing(self->r), 0);
	sample_set_event(self->r, "inv_iotlb_page", 12286);
	EXPECT_EQ(failing(self->r), only(CHECK_QUEUE));
}

/* 12290 misses; 12288 mappings, of which two rings of 256 descriptors hold 2048 */
TEST_F(validity, walks)
{
	sample_set_event(self->r, "cc_hit", 12289);
	EXPECT_EQ(failing(self->r), only(CHECK_WALKS));
	sample_set_event(self->r, "cc_update", 1);
	EXPECT_EQ(failing(self->r), 0);
	sample_set_event(self->r, "cc_hit", 12290);
	EXPECT_EQ(failing(self->r), only(CHECK_WALKS));
	/* a QEMU that looks at the context first */
	sample_set_event(self->r, "iotlb_hit", 20000);
	sample_set_event(self->r, "cc_hit", 20000 + 12290 - 1);
	EXPECT_EQ(failing(self->r), 0);
	sample_set_event(self->r, "cc_update", 0);
	EXPECT_EQ(failing(self->r), only(CHECK_WALKS));
	sample_set_event(self->r, "cc_hit", 12288 - 2048);
	sample_set_event(self->r, "iotlb_update", 12288 - 2048);
	EXPECT_EQ(failing(self->r), 0);
	sample_set_event(self->r, "cc_hit", 12288 - 2048 - 1);
	sample_set_event(self->r, "iotlb_update", 12288 - 2048 - 1);
	EXPECT_EQ(failing(self->r), only(CHECK_WALKS));
}

TEST_F(validity, lookups)
{
	sample_set_event(self->r, "iotlb_hit", 16384 - 12290);
	EXPECT_EQ(failing(self->r), 0);
	sample_set_event(self->r, "iotlb_hit", 16384 - 12290 - 1);
	EXPECT_EQ(failing(self->r), only(CHECK_LOOKUPS));
}

TEST_F(validity, faults)
{
	sample_set_event(self->r, "fault", 1);
	EXPECT_EQ(failing(self->r), only(CHECK_FAULTS));
}

TEST_F(validity, plain)
{
	self->r->plain.window_ns = 1.09 * (self->r->close_ns - self->r->open_ns);
	EXPECT_EQ(failing(self->r), 0);
	self->r->plain.window_ns = 1.11 * (self->r->close_ns - self->r->open_ns);
	EXPECT_EQ(failing(self->r), only(CHECK_PLAIN));
	self->r->plain.window_ns = 0;
	EXPECT_EQ(failing(self->r), only(CHECK_PLAIN));
	/* one CPU is busy for as long as there is time, and eight ticks of 4 ms */
	self->r->plain.window_ns = 1000000000;
	self->r->plain.busy_ns = 1032000000;
	EXPECT_EQ(failing(self->r), 0);
	self->r->plain.busy_ns++;
	EXPECT_EQ(failing(self->r), only(CHECK_PLAIN));
}

/* Data moved, and nothing was mapped: the probes and the flows had different windows. */
TEST_F(validity, mapped)
{
	struct err e;

	for (size_t i = 0; i < self->r->nr_functions; i++) {
		free(self->r->functions[i].buckets);
		self->r->functions[i] = (struct record_function){
			.name = self->r->functions[i].name,
			.absent = self->r->functions[i].absent,
		};
	}
	sample_set_event(self->r, "inv_wait", 0);
	sample_set_event(self->r, "inv_iotlb_page", 0);
	EXPECT_EQ(failing(self->r), only(CHECK_MAPPED));
	ASSERT_EQ(scenario_parse("passthrough-bare-4flows", &self->r->scenario, &e), 0);
	set_type(self->r, "identity");
	EXPECT_EQ(failing(self->r), 0);
	ASSERT_EQ(scenario_parse("lazy-bare-4flows", &self->r->scenario, &e), 0);
	set_type(self->r, "DMA-FQ");
	EXPECT_EQ(failing(self->r), only(CHECK_MAPPED));
}

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
