// SPDX-License-Identifier: GPL-2.0
/* The checks of a record as a whole. */
#include "validity.h"

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
		/* without a host nothing proves its mode */
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

TEST_HARNESS_MAIN
