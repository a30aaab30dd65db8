// SPDX-License-Identifier: GPL-2.0
/* The checks of the host under a subject that is its guest. */
#include <math.h>
#include <string.h>

#include "judge/checks.h"
#include "judge/derive.h"

/*
 * Both agents are told of the window's ends one after the other, and each has its own clock. On the
 * real clock a busy machine may keep the emulator standing between the two, while nothing flows.
 */
#define WINDOW_SHARE	0.02
#define WINDOW_NS	5e6
#define WINDOW_REAL_NS	100e6

static void check_window(const struct record *r, struct validity *v)
{
	double guests = level_of(r, "").window_ns, hosts = r->host.window_ns;
	bool counted = !strcmp(r->env.clock, "counted");
	double may = fmax(WINDOW_SHARE * guests, counted ? WINDOW_NS : WINDOW_REAL_NS);

	check_add(v, CHECK_WINDOW, pass_if(fabs(guests - hosts) <= may), "",
		  "%.3f ms by the guest's clock, %.3f ms by the host's (may differ by %.3f ms)",
		  guests / 1e6, hosts / 1e6, may / 1e6);
}

/* The host's policy does not reach the NIC that it assigns, but the scenario asks for it. */
static void check_policy(const struct record *r, struct validity *v)
{
	const char *want = r->scenario.host == HOST_STRICT ? "DMA" : "DMA-FQ";
	const char *type = r->host.domain_type ? r->host.domain_type : "none";

	check_add(v, CHECK_MODE, pass_if(!strcmp(type, want)), "",
		  "the host's domain type %.40s, asked for %s", type, want);
}

/*
 * See check_record.c on ticks, which are eight states', and on the tenth that a virtual CPU may
 * catch up. A host that did nothing has run no guest.
 */
#define TICK_NS		10e6
#define CATCHING_UP	0.1

static void check_busy(const struct record *r, struct validity *v)
{
	bool counted = !strcmp(r->env.clock, "counted");
	double span = r->host.span_ns, busy = r->host.busy_ns;
	double most = r->host.vcpus * (span * (counted ? 1 : 1 + CATCHING_UP) + 8 * TICK_NS);

	if (!r->host.span_ns)
		return;
	check_add(v, CHECK_CPU, pass_if(busy > 0 && busy <= most), "",
		  "the host: %.1f ms busy in %.1f ms x %d CPUs, at most %.1f ms", busy / 1e6,
		  span / 1e6, r->host.vcpus, most / 1e6);
}

void check_host(const struct record *r, struct validity *v)
{
	if (!scenario_two_levels(&r->scenario) || r->report)
		return;
	if (!r->has_host) {
		check_add(v, CHECK_MODE, CHECK_FAIL, "", "nothing of the host was read: %.200s",
			  derive_reason(r, "host"));
		return;
	}
	check_window(r, v);
	check_policy(r, v);
	check_busy(r, v);
}
