// SPDX-License-Identifier: GPL-2.0
/* The checks of the traffic and of the IOMMU's counters. */
#include "validity.h"

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

TEST_HARNESS_MAIN
