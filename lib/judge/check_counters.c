// SPDX-License-Identifier: GPL-2.0
/* The checks of the IOMMU's own counters, by themselves and against what the kernel did. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "judge/calltree.h"
#include "judge/checks.h"

#define RUNNING_LEAST 0.95	/* share of the window that a counter must have run */
#define ENABLED_SLACK 0.02	/* of the window, by which a counter may have been on for less */

/* Descriptors that a submission to VT-d's queue holds at most: Linux' QI_MAX_BATCHED_DESC_COUNT. */
enum { BATCH_MAX = 16 };

typedef unsigned long long ull;

static bool is_hosts(const struct record_counter *c)
{
	return record_is_hosts(c->source) || record_is_hosts(c->event);
}

/* The counter of @event by @source, of the @host or the subject; NULL: it was not counted. */
static const struct record_counter *counter_of(const struct record *r, bool host,
					       const char *source, const char *event)
{
	const struct record_counter *c;
	size_t i;

	for (i = 0; i < r->nr_counters; i++) {
		c = &r->counters[i];
		if (!c->absent && is_hosts(c) == host &&
		    !strcmp(record_own_name(c->source), source) &&
		    !strcmp(record_own_name(c->event), event))
			return c;
	}
	return NULL;
}

/* The sum of QEMU's events in @names, which ends with NULL; false: one of them was not counted. */
static bool qemu_events(const struct record *r, bool host, const char *const *names, double *sum)
{
	const struct record_counter *c;

	for (*sum = 0; *names; names++) {
		c = counter_of(r, host, "qemu-vtd", *names);
		if (!c)
			return false;
		*sum += c->value;
	}
	return true;
}

double check_called_aside(const struct record *r, const struct record_function *callee)
{
	static const char *const events[] = { "inv_cc", "inv_pasid_cache", "inv_iec" };
	bool counted = false, host = record_is_hosts(callee->name);
	const struct record_counter *c, *added = counter_of(r, host, "injected", "flushes");
	double sum = 0;
	size_t i;

	if (strcmp(record_own_name(callee->name), "qi_submit_sync"))
		return 0;
	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		c = counter_of(r, host, "qemu-vtd", events[i]);
		counted |= c != NULL;
		sum += c ? c->value : 0;
	}
	return counted || !added ? sum : added->value;
}

/* Interrupts are remapped as they were, unless we had them changed. */
static void check_injected(const struct record *r, bool host, struct validity *v)
{
	const struct record_counter *added = counter_of(r, host, "injected", "flushes");
	const struct record_counter *seen = counter_of(r, host, "qemu-vtd", "inv_iec");

	if (added && seen)
		check_add(v, CHECK_SOURCES, pass_if(seen->value >= added->value), "",
			  "%llu invalidations were added, %llu of interrupts were seen",
			  (ull)added->value, (ull)seen->value);
}

/* A counter that shared its hardware with others is an estimate, and none of its whole window. */
static void check_counter(const struct record *r, const struct record_counter *c,
			  struct validity *v)
{
	double window = level_of(r, is_hosts(c) ? RECORD_HOST : "").window_ns;
	char name[64];
	bool ran = c->running_ns <= c->enabled_ns &&
		   c->running_ns >= RUNNING_LEAST * c->enabled_ns;

	/* 0: this source does not say. Others are switched on before the window and off after it. */
	if (c->enabled_ns && window > 0)
		ran = ran && c->enabled_ns >= (1 - ENABLED_SLACK) * window &&
		      (strcmp(record_own_name(c->source), "qemu-vtd") ||
		       c->enabled_ns <= (1 + ENABLED_SLACK) * window);
	snprintf(name, sizeof(name), "%.31s/%.31s", c->device ? c->device : c->source, c->event);
	check_add(v, CHECK_COUNTERS, pass_if(c->whole_window && ran), name,
		  "%s window, on for %llu ns and ran for %llu, at least %.0f %% are needed",
		  c->whole_window ? "whole" : "part of the", (ull)c->enabled_ns,
		  (ull)c->running_ns, 100 * RUNNING_LEAST);
}

/*
 * The share of the window by which @c was on for longer. On the counted clock the flows are held
 * until the window opens, so nothing comes of it there; on a real one they go on.
 */
static double on_outside(const struct record *r, const struct record_counter *c)
{
	double window = level_of(r, is_hosts(c) ? RECORD_HOST : "").window_ns;

	if (!strcmp(r->env.clock, "counted") || !(window > 0))
		return 0;
	return fmax(0, c->enabled_ns / window - 1);
}

/* Each call of qi_submit_sync() submits one wait descriptor and waits for it. */
static void check_sources(const struct record *r, bool host, struct validity *v)
{
	static const char *const waits[] = { "inv_wait", NULL };
	const char *name = host ? RECORD_HOST "qi_submit_sync" : "qi_submit_sync";
	const struct record_function *f = calltree_traced(r, name);
	struct level level = level_of(r, name);
	double seen, may, lost;

	if (!f || !qemu_events(r, host, waits, &seen))
		return;
	lost = function_lost(f) + f->backward;
	may = check_slack(&level, fmax(f->count, seen), 0);
	/* What counts for the host is switched from outside of it, while the flows go on. */
	if (host)
		may += seen * on_outside(r, counter_of(r, host, "qemu-vtd", waits[0]));
	check_add(v, CHECK_SOURCES,
		  pass_if(seen >= f->count - may && seen <= f->count + lost + may), "",
		  "%llu calls of %s, %.0f wait descriptors (may differ by %.0f)", (ull)f->count,
		  name, seen, floor(may));
}

#define TRACEPOINT_SLACK 0.001	/* they are switched some milliseconds before and after the probes */

/* Each call of these functions passes one tracepoint. */
static void check_tracepoints(const struct record *r, struct validity *v)
{
	static const struct { const char *event, *function; } pairs[] = {
		{ "iommu:map", "iommu_map" }, { "iommu:unmap", "__iommu_unmap" },
	};
	const struct record_counter *c;
	const struct record_function *f;
	double may;
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		c = counter_of(r, false, "tracepoint", pairs[i].event);
		f = calltree_traced(r, pairs[i].function);
		if (!c || !f)
			continue;
		may = (TRACEPOINT_SLACK + on_outside(r, c)) * c->value + function_lost(f) +
		      r->env.vcpus;
		check_add(v, CHECK_SOURCES, pass_if(fabs((double)c->value - f->count) <= may), "",
			  "%llu calls of %s, %llu of the tracepoint %s (may differ by %.0f)",
			  (ull)f->count, f->name, (ull)c->value, c->event, floor(may));
	}
}

/*
 * A submission is a few descriptors and a wait behind them, so there is at least one for each wait.
 * Where unmapping flushes each time, each unmap had one for the IOTLB; a host unmaps several and
 * flushes once.
 */
static void check_queue(const struct record *r, bool host, struct validity *v)
{
	struct level level = level_of(r, host ? RECORD_HOST : "");
	static const char *const waits[] = { "inv_wait", NULL };
	static const char *const iotlb[] = { "inv_iotlb_global", "inv_iotlb_domain", "inv_iotlb_page",
					     "inv_piotlb_all", "inv_piotlb_page", NULL };
	static const char *const others[] = { "inv_cc", "inv_pasid_cache", "inv_iec", "inv_dev_iotlb",
					      NULL };
	const struct record_function *unmap = calltree_traced(r, "__iommu_unmap");
	bool strict = r->mode.domain_type && !strcmp(r->mode.domain_type, "DMA");
	double seen, flushes, rest, may, least;

	if (!qemu_events(r, host, waits, &seen) || !qemu_events(r, host, iotlb, &flushes) ||
	    !qemu_events(r, host, others, &rest))
		return;
	may = check_slack(&level, fmax(seen, flushes + rest), 0);
	least = strict && unmap && !host ? unmap->count : 0;
	check_add(v, CHECK_QUEUE,
		  pass_if(flushes + rest >= seen - may && flushes >= least - may &&
			  flushes + rest <= BATCH_MAX * (seen + may)), "",
		  "%.0f submissions of %.0f invalidations, %.0f of them of the IOTLB for %.0f unmaps",
		  seen, flushes + rest, flushes, least);
}

/*
 * What missed in the IOTLB is looked for in its context; with first-stage tables some QEMUs look at
 * the context first. A mapping is new to the IOTLB, so that using it misses once; the NIC's rings
 * hold some that are yet to be used. Of what a host maps its guest may use nothing.
 */
static void check_walks(const struct record *r, bool host, struct validity *v)
{
	struct level level = level_of(r, host ? RECORD_HOST : "");
	static const char *const hit[] = { "iotlb_hit", NULL }, *const fault[] = { "fault", NULL };
	static const char *const found[] = { "iotlb_update", NULL };
	static const char *const context[] = { "cc_hit", "cc_update", NULL };
	const struct record_function *map = host ? NULL : calltree_traced(r, "iommu_map");
	double hits, faults, updates, contexts, may, held = check_held(r);
	bool walked, used;

	if (!qemu_events(r, host, hit, &hits) || !qemu_events(r, host, fault, &faults) ||
	    !qemu_events(r, host, found, &updates) || !qemu_events(r, host, context, &contexts))
		return;
	may = check_slack(&level, fmax(contexts, updates), 0);
	walked = (contexts >= updates - may && contexts <= updates + faults + may) ||
		 (contexts >= updates + hits - may && contexts <= updates + hits + faults + may);
	used = !map || !held || updates + faults >= map->count - held - may;
	check_add(v, CHECK_WALKS, pass_if(walked && used), "",
		  "%.0f misses, %.0f looks for a context; %llu mappings, of which rings hold %.0f",
		  updates + faults, contexts, map ? (ull)map->count : 0, held);
}

/* What a host assigns it translates. */
static void check_lookups(const struct record *r, bool host, struct validity *v)
{
	static const char *const lookups[] = { "iotlb_hit", "iotlb_update", NULL };
	const char *type = host ? "DMA" : r->mode.domain_type;
	double seen;

	if (!type || strncmp(type, "DMA", 3) || !qemu_events(r, host, lookups, &seen))
		return;
	check_add(v, CHECK_LOOKUPS, pass_if(seen >= r->payload_bytes / 4096), "",
		  "%.0f lookups for %llu pages", seen, (ull)r->payload_bytes / 4096);
}

static void check_faults(const struct record *r, bool host, struct validity *v)
{
	static const char *const faults[] = { "fault", NULL };
	double seen;

	if (qemu_events(r, host, faults, &seen))
		check_add(v, CHECK_FAULTS, pass_if(!seen), "", "%.0f accesses refused", seen);
}

/*
 * On the counted clock the emulator can always count what it emulates: that it did not is a fault
 * of the measurement. On the real clock it would slow what it counts.
 */
static void check_emulators(const struct record *r, struct validity *v)
{
	size_t i;

	if (strcmp(r->env.testbed, "emulated") || strcmp(r->env.clock, "counted"))
		return;
	/* Only of VT-d it tells. */
	if (r->has_host && r->host.iommu_driver && strcmp(r->host.iommu_driver, "intel-iommu"))
		return;
	for (i = 0; i < r->nr_counters; i++)
		if (!r->counters[i].absent &&
		    !strcmp(record_own_name(r->counters[i].source), "qemu-vtd"))
			return;
	check_add(v, CHECK_COUNTERS, CHECK_FAIL, "", "none of the emulated IOMMU's was read");
}

/* What the IOMMU that the @host's kernel drives, or the subject's, says of it. */
static void check_level(const struct record *r, bool host, struct validity *v)
{
	check_sources(r, host, v);
	check_injected(r, host, v);
	if (!host)
		check_tracepoints(r, v);
	check_queue(r, host, v);
	check_walks(r, host, v);
	check_lookups(r, host, v);
	check_faults(r, host, v);
}

void check_counters(const struct record *r, struct validity *v)
{
	size_t i;

	check_emulators(r, v);
	for (i = 0; i < r->nr_counters; i++)
		if (!r->counters[i].absent)
			check_counter(r, &r->counters[i], v);
	check_level(r, false, v);
	if (r->has_host)
		check_level(r, true, v);
}
