// SPDX-License-Identifier: GPL-2.0
/* The checks of a record as a whole. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "judge/checks.h"

/*
 * A timed transfer ends while data is under way: the sender's and the receiver's socket buffers
 * may hold that much more sent than received.
 */
#define IN_FLIGHT_MAX (16ULL << 20)

static void check_window(const struct record *r, struct validity *v)
{
	if (!r->has_window)
		check_add(v, CHECK_WINDOW, CHECK_NOT_APPLICABLE, "", "the record has none");
	else if (r->close_ns > r->open_ns)
		check_add(v, CHECK_WINDOW, CHECK_PASS, "", "%.3f s",
			  (r->close_ns - r->open_ns) / 1e9);
	else
		check_add(v, CHECK_WINDOW, CHECK_FAIL, "", "opens at %llu ns, closes at %llu ns",
			  (unsigned long long)r->open_ns, (unsigned long long)r->close_ns);
}

/* What a scenario asks of the running kernel. */
struct wanted_mode {
	const char *domain_type;	/* NULL: the NIC is in no IOMMU group */
	bool needs_capabilities;
	bool caching_mode;
	bool first_stage;		/* with scalable mode, which it takes */
};

/*
 * Over two levels a guest may have an IOMMU without VT-d's capabilities, whose driver says which
 * kind it is: virtio-iommu shadows, and an SMMUv3 owns the first stage.
 */
static bool driver_tells(const struct record *r)
{
	const char *want = r->scenario.guest == GUEST_SHADOW ? "virtio-iommu" : "arm-smmu-v3";

	return scenario_two_levels(&r->scenario) && r->scenario.guest != GUEST_PASSTHROUGH &&
	       r->env.iommu_driver && !strcmp(r->env.iommu_driver, want);
}

static struct wanted_mode wanted_mode(const struct scenario *s)
{
	static const char *const host_types[] = {
		[HOST_NONE] = NULL, [HOST_STRICT] = "DMA", [HOST_LAZY] = "DMA-FQ",
		[HOST_PASSTHROUGH] = "identity", [HOST_OFF] = NULL,
	};

	switch (s->guest) {
	case GUEST_PASSTHROUGH:
		return (struct wanted_mode){ .domain_type = "identity" };
	case GUEST_SHADOW:
		return (struct wanted_mode){ "DMA", true, true, false };
	case GUEST_NESTED:
		return (struct wanted_mode){ "DMA", true, false, true };
	case GUEST_NESTEDLAZY:
		return (struct wanted_mode){ "DMA-FQ", true, false, true };
	default:
		return (struct wanted_mode){ .domain_type = host_types[s->host] };
	}
}

static const char *yes_no(bool is)
{
	return is ? "yes" : "no";
}

/* A host under a nested guest may want to know of its mappings all the same. */
static bool caching_is_free(const struct record *r)
{
	return scenario_two_levels(&r->scenario) && r->scenario.guest != GUEST_SHADOW;
}

static void check_mode(const struct record *r, struct validity *v)
{
	const struct wanted_mode want = wanted_mode(&r->scenario);
	const struct record_mode *mode = &r->mode;
	const char *type = mode->domain_type ? mode->domain_type : "none";

	if (r->report)
		check_add(v, CHECK_MODE, CHECK_NOT_APPLICABLE, "",
			  "a report's label, which nobody read back");
	else if (strcmp(type, want.domain_type ? want.domain_type : "none"))
		check_add(v, CHECK_MODE, CHECK_FAIL, "", "domain type %.40s, asked for %s", type,
			  want.domain_type ? want.domain_type : "none");
	else if (driver_tells(r))
		check_add(v, CHECK_MODE, CHECK_PASS, "", "domain type %.40s of %.40s", type,
			  r->env.iommu_driver);
	else if (!want.needs_capabilities)
		check_add(v, CHECK_MODE, CHECK_PASS, "", "domain type %.40s", type);
	else if (!mode->has_capabilities)
		check_add(v, CHECK_MODE, CHECK_FAIL, "",
			  "domain type %.40s, but the IOMMU's capabilities were not read", type);
	else
		check_add(v, CHECK_MODE,
			  (mode->caching_mode == want.caching_mode || caching_is_free(r)) &&
			  mode->first_stage >= want.first_stage &&
			  mode->scalable_mode >= want.first_stage ? CHECK_PASS : CHECK_FAIL, "",
			  "domain type %.40s, caching mode %s (asked for %s), scalable mode %s, "
			  "first stage %s (%s)", type, yes_no(mode->caching_mode),
			  caching_is_free(r) ? "either" : yes_no(want.caching_mode),
			  yes_no(mode->scalable_mode),
			  yes_no(mode->first_stage), want.first_stage ? "asked for both" : "free");
}

#define SECONDS_SLACK 0.02	/* iperf3 looks at its clock when it likes */

static void check_flows(const struct record *r, struct validity *v)
{
	const struct record_flow *f;
	size_t i;

	if (!r->nr_flows && r->report) {
		check_add(v, CHECK_FLOWS, CHECK_NOT_APPLICABLE, "", "a report has no flows");
		return;
	}
	if (r->nr_flows != (size_t)r->scenario.flows) {
		check_add(v, CHECK_FLOWS, CHECK_FAIL, "", "%zu flows recorded, the scenario has %d",
			  r->nr_flows, r->scenario.flows);
		return;
	}
	for (i = 0; i < r->nr_flows; i++) {
		f = &r->flows[i];
		if (f->window_bytes && f->first_ns <= r->open_ns && f->last_ns >= r->close_ns &&
		    f->seconds * 1e9 >= (1 - SECONDS_SLACK) * ((double)r->close_ns - r->open_ns))
			continue;
		check_add(v, CHECK_FLOWS, CHECK_FAIL, "",
			  "port %d: %llu bytes in the window, data from %+.3f ms after it opened "
			  "to %+.3f ms after it closed, %.3f s in all", f->port,
			  (unsigned long long)f->window_bytes,
			  ((double)f->first_ns - r->open_ns) / 1e6,
			  ((double)f->last_ns - r->close_ns) / 1e6, f->seconds);
		return;
	}
	check_add(v, CHECK_FLOWS, CHECK_PASS, "", "%zu flows", r->nr_flows);
}

enum { IPERF_BLOCK = 128 * 1024 };

/* Over two levels flows are cut off: what was sent is received, or in one of both buffers. */
static bool cut_agrees(const struct record *r, const struct record_flow *f)
{
	return fabs((double)f->sent_bytes - f->received_bytes) <=
	       (double)r->traffic.receive_buffer + r->traffic.send_buffer;
}

static bool bytes_agree(const struct record *r, const struct record_flow *f)
{
	if (r->has_host)
		return cut_agrees(r, f);
	/* iperf3 sends whole blocks, and with -R may send one more than was asked for */
	if (f->asked_bytes)
		return f->received_bytes == f->sent_bytes && f->sent_bytes >= f->asked_bytes &&
		       f->sent_bytes - f->asked_bytes <= IPERF_BLOCK;
	/* The sender may have sent one more block than it had counted when its time was over. */
	return f->received_bytes && f->received_bytes <= f->sent_bytes + IPERF_BLOCK &&
	       f->sent_bytes <= f->received_bytes + IN_FLIGHT_MAX;
}

static void check_bytes(const struct record *r, struct validity *v)
{
	const struct record_flow *f;
	size_t i;

	for (i = 0; i < r->nr_flows; i++) {
		f = &r->flows[i];
		if (bytes_agree(r, f) && f->window_bytes <= f->sent_bytes)
			continue;
		check_add(v, CHECK_BYTES, CHECK_FAIL, "",
			  "port %d: asked %llu%s, sent %llu, received %llu, in the window %llu",
			  f->port, (unsigned long long)f->asked_bytes,
			  f->asked_bytes ? "" : " (timed)", (unsigned long long)f->sent_bytes,
			  (unsigned long long)f->received_bytes,
			  (unsigned long long)f->window_bytes);
		return;
	}
	check_add(v, CHECK_BYTES, r->nr_flows ? CHECK_PASS : CHECK_NOT_APPLICABLE, "",
		  "%zu flows", r->nr_flows);
}

static void check_payload(const struct record *r, struct validity *v)
{
	uint64_t sum = 0;
	size_t i;

	if (!r->has_window)
		return;
	for (i = 0; i < r->nr_flows; i++)
		sum += r->flows[i].window_bytes;
	check_add(v, CHECK_PAYLOAD,
		  sum == r->payload_bytes && sum ? CHECK_PASS : CHECK_FAIL, "",
		  "payload %llu bytes, the flows' sum %llu", (unsigned long long)r->payload_bytes,
		  (unsigned long long)sum);
}

static void check_log(const struct record *r, struct validity *v)
{
	if (r->report)
		check_add(v, CHECK_LOG, CHECK_NOT_APPLICABLE, "", "a report has no kernel log");
	else if (r->nr_warnings)
		check_add(v, CHECK_LOG, CHECK_FAIL, "", "%zu lines, the first: %.180s",
			  r->nr_warnings, r->warnings[0]);
	else
		check_add(v, CHECK_LOG, CHECK_PASS, "", "no line");
}

static bool are_ticks(const struct record_cpu *c, uint64_t tick)
{
	const uint64_t times[] = { c->user_ns, c->nice_ns, c->system_ns, c->idle_ns, c->iowait_ns,
				   c->irq_ns, c->softirq_ns, c->steal_ns };
	size_t i;

	for (i = 0; tick && i < sizeof(times) / sizeof(times[0]); i++)
		if (times[i] % tick)
			return false;
	return tick;
}

/*
 * The kernel counts a CPU's time in ticks and rounds each of the eight states by itself. On a real
 * clock, a virtual CPU that its host did not run misses ticks, so there it may be less; or makes up
 * for them with what other CPUs have counted by then, so it may be a tenth more.
 */
#define CATCHING_UP 0.1

static void check_cpu(const struct record *r, const struct record_cpu *c, struct validity *v)
{
	double sum = (double)c->user_ns + c->nice_ns + c->system_ns + c->idle_ns + c->iowait_ns +
		     c->irq_ns + c->softirq_ns + c->steal_ns;
	double window = (double)r->close_ns - r->open_ns, slack = 8.0 * r->cpu_tick_ns;
	double span = r->cpu_span_ns ? r->cpu_span_ns : window;
	bool counted = check_is_counted(r);
	double most = span * (counted ? 1 : 1 + CATCHING_UP) + slack;
	bool ok = sum <= most && span >= window && (sum >= span - slack || !counted);

	if (!are_ticks(c, r->cpu_tick_ns)) {
		check_add(v, CHECK_CPU, CHECK_FAIL, "", "CPU %d: its times are not of ticks of %llu ns",
			  c->cpu, (unsigned long long)r->cpu_tick_ns);
		return;
	}
	check_add(v, CHECK_CPU, ok ? CHECK_PASS : CHECK_FAIL, "",
		  "CPU %d: %.1f ms in %.1f ms, at most %.1f ms; the window has %.1f ms", c->cpu,
		  sum / 1e6, span / 1e6, most / 1e6, window / 1e6);
}

/* Each CPU once, and in an emulated machine all of them. */
static void check_cpu_numbers(const struct record *r, struct validity *v)
{
	bool emulated = !strcmp(r->env.testbed, "emulated");
	size_t i, k;

	for (i = 0; i < r->nr_cpus; i++) {
		for (k = 0; k < i && r->cpus[k].cpu != r->cpus[i].cpu; k++)
			;
		if (k == i && (!emulated || r->cpus[i].cpu < r->env.vcpus))
			continue;
		check_add(v, CHECK_CPU, CHECK_FAIL, "", "CPU %d is there %s", r->cpus[i].cpu,
			  k < i ? "twice" : "beside those of the machine");
		return;
	}
	if (emulated && r->nr_cpus != (size_t)r->env.vcpus)
		check_add(v, CHECK_CPU, CHECK_FAIL, "", "%zu CPUs, the machine has %d", r->nr_cpus,
			  r->env.vcpus);
}

static void check_cpus(const struct record *r, struct validity *v)
{
	size_t i;

	if (r->has_cpu)
		check_cpu_numbers(r, v);
	for (i = 0; r->has_cpu && i < r->nr_cpus; i++)
		check_cpu(r, &r->cpus[i], v);
}

void check_record(const struct record *r, struct validity *v)
{
	check_window(r, v);
	check_mode(r, v);
	check_flows(r, v);
	check_bytes(r, v);
	check_payload(r, v);
	check_log(r, v);
	check_cpus(r, v);
}
