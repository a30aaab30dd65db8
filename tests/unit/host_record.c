// SPDX-License-Identifier: GPL-2.0
/* One record of two: what the host measured joins what its guest did. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"

#include "agent/host_record.h"

static const struct vfio_device nic = { "0000:01:00.0", "DMA-FQ" };
static const struct guest_qemu qemu = { "11.1.3", "-accel kvm" };

FIXTURE(joined)
{
	struct record *r, *host;
	struct err e;
};

static void add_function(struct record *r, const char *name, uint64_t count)
{
	r->functions[r->nr_functions++] = (struct record_function) {
		.name = strdup(name), .count = count, .timed = true,
	};
}

FIXTURE_SETUP(joined)
{
	self->r = record_new();
	self->host = record_new();
	ASSERT_TRUE(self->r && self->host);
	self->e.text[0] = '\0';
	self->r->nr_flows = self->host->nr_flows = 2;
	for (int i = 0; i < 2; i++) {
		self->r->flows[i] = (struct record_flow) {
			.port = 5201 + i, .window_bytes = 1000, .sent_bytes = 7,
			.received_bytes = 1100, .retransmits = 1,
		};
		self->host->flows[i] = (struct record_flow) {
			.port = 5201 + i, .window_bytes = 990, .sent_bytes = 1200,
			.received_bytes = 8, .retransmits = 5, .seconds = 2.5,
		};
	}
	self->r->payload_bytes = 2000;
	self->r->open_ns = 5;
	self->host->open_ns = 1000;
	self->host->close_ns = 4000;
	self->host->env.kernel = strdup("7.1 #1");
	self->host->env.cmdline = strdup("iommu.strict=1");
	self->host->env.iommu_driver = strdup("intel-iommu");
	self->host->env.iperf3 = strdup("iperf 3.18");
	self->host->env.vcpus = 1;
	self->host->has_cpu = true;
	self->host->cpu_span_ns = 4000;
	self->host->nr_cpus = 1;
	self->host->cpus[0] = (struct record_cpu) {
		.user_ns = 1, .nice_ns = 2, .system_ns = 4, .idle_ns = 100, .iowait_ns = 200,
		.irq_ns = 8, .softirq_ns = 16, .steal_ns = 32,
	};
	self->host->tcp_peer.out_segs = 77;
	self->r->tcp_subject.in_segs = 76;
	self->host->nic_peer.tx_dropped = 3;
	add_function(self->r, "__iommu_map", 10);
	add_function(self->host, "__iommu_map", 20);
	add_function(self->host, "vfio_iommu_type1_ioctl", 30);
}

FIXTURE_TEARDOWN(joined)
{
	record_free(self->r);
	record_free(self->host);
}

static int join(FIXTURE_DATA(joined) *self)
{
	return host_record_add(self->r, self->host, &nic, &qemu, &self->e);
}

TEST_F(joined, host)
{
	const struct record_host *h = &self->r->host;

	ASSERT_EQ(join(self), 0);
	EXPECT_TRUE(self->r->has_host);
	EXPECT_STREQ(h->kernel, "7.1 #1");
	EXPECT_STREQ(h->cmdline, "iommu.strict=1");
	EXPECT_STREQ(h->iommu_driver, "intel-iommu");
	EXPECT_STREQ(h->domain_type, "DMA-FQ");
	EXPECT_STREQ(h->qemu, "11.1.3");
	EXPECT_STREQ(h->machine, "-accel kvm");
	EXPECT_EQ(h->vcpus, 1);
	EXPECT_EQ(h->window_ns, 3000);
	EXPECT_EQ(h->busy_ns, 1 + 2 + 4 + 8 + 16 + 32);
	EXPECT_EQ(h->build_id, NULL);
	EXPECT_STREQ(self->r->env.iperf3, "iperf 3.18");
	/* the guest's window stays the record's */
	EXPECT_EQ(self->r->open_ns, 5);
}

/* What the host could not read is absent with its reason, and no 0. */
TEST_F(joined, what_the_host_lacks)
{
	self->host->has_cpu = false;
	ASSERT_EQ(record_set_absent(self->host, "cpu", "time went backward"), 0);
	ASSERT_EQ(record_set_absent(self->host, "environment.build_id", "no build id"), 0);
	ASSERT_EQ(record_set_absent(self->host, "mode.capabilities", "not the guest's"), 0);
	ASSERT_EQ(join(self), 0);
	EXPECT_EQ(self->r->host.busy_ns, 0);
	ASSERT_EQ(self->r->nr_absent, 3);
	EXPECT_STREQ(self->r->absent[0].field, "host.busy_ns");
	EXPECT_STREQ(self->r->absent[0].reason, "time went backward");
	EXPECT_STREQ(self->r->absent[1].field, "host.span_ns");
	EXPECT_STREQ(self->r->absent[2].field, "host.build_id");
}

TEST_F(joined, functions_of_one_name)
{
	ASSERT_EQ(join(self), 0);
	ASSERT_EQ(self->r->nr_functions, 3);
	EXPECT_STREQ(self->r->functions[0].name, "__iommu_map");
	EXPECT_EQ(self->r->functions[0].count, 10);
	EXPECT_STREQ(self->r->functions[1].name, "host:__iommu_map");
	EXPECT_EQ(self->r->functions[1].count, 20);
	EXPECT_STREQ(self->r->functions[2].name, "host:vfio_iommu_type1_ioctl");
	EXPECT_EQ(self->r->functions[2].count, 30);
}

TEST_F(joined, too_many_functions)
{
	while (self->r->nr_functions < RECORD_FUNCTIONS_MAX - 1)
		add_function(self->r, "f", 1);
	EXPECT_EQ(join(self), -ENOSPC);
	EXPECT_NE(self->e.text[0], '\0');
	EXPECT_EQ(self->r->nr_functions, RECORD_FUNCTIONS_MAX);
}

TEST_F(joined, counters)
{
	struct record_counter *c = record_add_counter(self->host, "dmar", "dmar0", "iotlb_lookup");

	*c = (struct record_counter) { .source = c->source, .device = c->device, .event = c->event,
				       .value = 9, .unit = strdup("events"), .whole_window = true,
				       .enabled_ns = 4, .running_ns = 3 };
	c = record_add_counter(self->host, "injected", NULL, "flushes");
	c->absent = strdup("not asked for");
	ASSERT_EQ(join(self), 0);
	ASSERT_EQ(self->r->nr_counters, 2);
	c = &self->r->counters[0];
	EXPECT_STREQ(c->source, "host:dmar");
	EXPECT_STREQ(c->device, "dmar0");
	EXPECT_STREQ(c->event, "iotlb_lookup");
	EXPECT_STREQ(c->unit, "events");
	EXPECT_EQ(c->value, 9);
	EXPECT_TRUE(c->whole_window);
	EXPECT_EQ(c->enabled_ns, 4);
	EXPECT_EQ(c->running_ns, 3);
	EXPECT_STREQ(self->r->counters[1].source, "host:injected");
	EXPECT_EQ(self->r->counters[1].device, NULL);
	EXPECT_STREQ(self->r->counters[1].absent, "not asked for");
}

TEST_F(joined, warnings)
{
	self->r->warnings[self->r->nr_warnings++] = strdup("guest's");
	self->host->warnings[self->host->nr_warnings++] = strdup("BUG");
	ASSERT_EQ(join(self), 0);
	ASSERT_EQ(self->r->nr_warnings, 2);
	EXPECT_STREQ(self->r->warnings[0], "guest's");
	EXPECT_STREQ(self->r->warnings[1], "host:BUG");
}

/* More than there is room for: the record is condemned by the first of them. */
TEST_F(joined, many_warnings)
{
	for (int i = 0; i < RECORD_WARNINGS_MAX; i++) {
		self->r->warnings[self->r->nr_warnings++] = strdup("guest's");
		self->host->warnings[self->host->nr_warnings++] = strdup("host's");
	}
	self->r->nr_warnings--;
	free(self->r->warnings[self->r->nr_warnings]);
	ASSERT_EQ(join(self), 0);
	ASSERT_EQ(self->r->nr_warnings, RECORD_WARNINGS_MAX);
	EXPECT_STREQ(self->r->warnings[RECORD_WARNINGS_MAX - 1], "host:host's");
}

/* The guest receives: it knows what arrived, its host what was sent. */
TEST_F(joined, receiving)
{
	ASSERT_EQ(join(self), 0);
	for (int i = 0; i < 2; i++) {
		const struct record_flow *f = &self->r->flows[i];

		EXPECT_EQ(f->window_bytes, 1000);
		EXPECT_EQ(f->received_bytes, 1100);
		EXPECT_EQ(f->sent_bytes, 1200);
		EXPECT_EQ(f->retransmits, 5);
		EXPECT_EQ(f->seconds, 2.5);
	}
	EXPECT_EQ(self->r->payload_bytes, 2000);
	EXPECT_EQ(self->r->tcp_subject.in_segs, 76);
	EXPECT_EQ(self->r->tcp_peer.out_segs, 77);
	EXPECT_EQ(self->r->nic_peer.tx_dropped, 3);
}

/* The guest sends: the other way round, and the payload is what arrived at the host. */
TEST_F(joined, sending)
{
	self->r->scenario.tx = true;
	ASSERT_EQ(join(self), 0);
	for (int i = 0; i < 2; i++) {
		const struct record_flow *f = &self->r->flows[i];

		EXPECT_EQ(f->window_bytes, 990);
		EXPECT_EQ(f->received_bytes, 8);
		EXPECT_EQ(f->sent_bytes, 7);
		EXPECT_EQ(f->retransmits, 1);
	}
	EXPECT_EQ(self->r->payload_bytes, 1980);
}

/* What was moved is nobody's twice: both are freed in the teardown, under valgrind too. */
TEST_F(joined, nothing_is_shared)
{
	ASSERT_EQ(join(self), 0);
	EXPECT_EQ(self->host->env.kernel, NULL);
	EXPECT_EQ(self->host->functions[0].name, NULL);
	record_free(self->host);
	self->host = record_new();
	EXPECT_STREQ(self->r->host.kernel, "7.1 #1");
	EXPECT_STREQ(self->r->functions[1].name, "host:__iommu_map");
}

TEST_HARNESS_MAIN
