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

/* Requests that the queue of QEMU's virtio-iommu holds. */
enum { VIRTIO_QUEUE = 256 };

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

/* What QEMU's IOMMU of the record does by which events: NULL behind the last of each. */
static const struct model {
	const char *iommu;	/* as record_environment.iommu, or vtd */
	const char *source;
	const char *waits[2];	/* what a driver puts behind its commands, and waits for */
	const char *iotlb[6];	/* invalidations of the IOTLB, */
	const char *others[5];	/* and others */
	const char *found[2];	/* misses that were filled */
	const char *contexts[3];
	const char *lookups[3];	/* translations that there were */
} models[] = {
	{ "vtd", "qemu-vtd", { "inv_wait" },
	  { "inv_iotlb_global", "inv_iotlb_domain", "inv_iotlb_page", "inv_piotlb_all",
	    "inv_piotlb_page" },
	  { "inv_cc", "inv_pasid_cache", "inv_iec", "inv_dev_iotlb" }, { "iotlb_update" },
	  { "cc_hit", "cc_update" }, { "iotlb_hit", "iotlb_update" } },
	{ "amd", "qemu-amd", { "inv_wait" }, { "inv_iotlb_global", "inv_iotlb_page" },
	  { "inv_devtab", "inv_iec", "inv_dev_iotlb" }, { "iotlb_update" }, { NULL },
	  { "iotlb_hit", "iotlb_update" } },
	{ "virtio", "qemu-virtio", { NULL }, { NULL }, { NULL }, { NULL }, { NULL },
	  { "translate" } },
};

/* NULL: QEMU tells nothing of it. That of a host is VT-d's, or none. */
static const struct model *model_of(const struct record *r, bool host)
{
	const char *name = r->env.iommu && !host ? r->env.iommu : "vtd";
	size_t i;

	for (i = 0; i < sizeof(models) / sizeof(models[0]); i++)
		if (!strcmp(models[i].iommu, name))
			return &models[i];
	return NULL;
}

/*
 * The sum of QEMU's events in @names, which ends with NULL; false: there is none, or one of them
 * was not counted.
 */
static bool qemu_events(const struct record *r, bool host, const char *const *names, double *sum)
{
	const struct model *model = model_of(r, host);
	const struct record_counter *c;

	*sum = 0;
	if (!model || !*names)
		return false;
	for (; *names; names++) {
		c = counter_of(r, host, model->source, *names);
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
		      (strncmp(record_own_name(c->source), "qemu-", strlen("qemu-")) ||
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

/*
 * What the emulator saw for each call of a function: for one of qi_submit_sync() a wait descriptor,
 * for one that queues a command of AMD's that command, for one that asks a virtio-iommu its
 * request. A lazy unmap's waits in the queue until something flushes.
 */
static const struct sighting {
	const char *iommu, *function;
	const char *events[8];
	const char *what;
	int queued;		/* how many may be seen later than they were asked for, unless strict */
} sightings[] = {
	{ "vtd", "qi_submit_sync", { "inv_wait" }, "wait descriptors", 0 },
	{ "amd", "__iommu_queue_command_sync", { "inv_wait", "inv_iotlb_global", "inv_iotlb_page",
	  "inv_devtab", "inv_iec", "inv_dev_iotlb" }, "commands", 0 },
	{ "virtio", "viommu_map_pages", { "map" }, "requests to map", 0 },
	{ "virtio", "viommu_unmap_pages", { "unmap" }, "requests to unmap", VIRTIO_QUEUE },
};

static void check_sighting(const struct record *r, const struct sighting *s, bool host,
			   struct validity *v)
{
	const struct model *model = model_of(r, host);
	char name[64];
	const struct record_function *f;
	struct level level;
	double seen, may, lost;

	snprintf(name, sizeof(name), "%s%s", host ? RECORD_HOST : "", s->function);
	f = calltree_traced(r, name);
	if (!f || !model || strcmp(model->iommu, s->iommu) ||
	    !qemu_events(r, host, s->events, &seen))
		return;
	level = level_of(r, name);
	lost = function_lost(f) + f->backward;
	may = check_slack(&level, fmax(f->count, seen), 0);
	if (!r->mode.domain_type || strcmp(r->mode.domain_type, "DMA"))
		may += s->queued;
	/* What counts for the host is switched from outside of it, while the flows go on. */
	if (host)
		may += seen * on_outside(r, counter_of(r, host, model->source, s->events[0]));
	check_add(v, CHECK_SOURCES,
		  pass_if(seen >= f->count - may && seen <= f->count + lost + may), "",
		  "%llu calls of %s, %.0f %s (may differ by %.0f)", (ull)f->count, name, seen,
		  s->what, floor(may));
}

static void check_sources(const struct record *r, bool host, struct validity *v)
{
	size_t i;

	for (i = 0; i < sizeof(sightings) / sizeof(sightings[0]); i++)
		check_sighting(r, &sightings[i], host, v);
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
	const struct model *model = model_of(r, host);
	const struct record_function *unmap = calltree_traced(r, "__iommu_unmap");
	bool strict = r->mode.domain_type && !strcmp(r->mode.domain_type, "DMA");
	double seen, flushes, rest, may, least;

	if (!model || !qemu_events(r, host, model->waits, &seen) ||
	    !qemu_events(r, host, model->iotlb, &flushes) ||
	    !qemu_events(r, host, model->others, &rest))
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
	const struct model *model = model_of(r, host);
	const struct record_function *map = host ? NULL : calltree_traced(r, "iommu_map");
	double hits, faults, updates, contexts, may, held = check_held(r);
	char looks[64] = "";
	bool walked = true, used;

	if (!model || !qemu_events(r, host, hit, &hits) || !qemu_events(r, host, fault, &faults) ||
	    !qemu_events(r, host, model->found, &updates))
		return;
	if (model->contexts[0]) {
		if (!qemu_events(r, host, model->contexts, &contexts))
			return;
		may = check_slack(&level, fmax(contexts, updates), 0);
		walked = (contexts >= updates - may && contexts <= updates + faults + may) ||
			 (contexts >= updates + hits - may &&
			  contexts <= updates + hits + faults + may);
		snprintf(looks, sizeof(looks), ", %.0f looks for a context", contexts);
	}
	may = check_slack(&level, updates, 0);
	used = !map || !held || updates + faults >= map->count - held - may;
	check_add(v, CHECK_WALKS, pass_if(walked && used), "",
		  "%.0f misses%s; %llu mappings, of which rings hold %.0f", updates + faults,
		  looks, map ? (ull)map->count : 0, held);
}

/* What a host assigns it translates. */
static void check_lookups(const struct record *r, bool host, struct validity *v)
{
	const struct model *model = model_of(r, host);
	const char *type = host ? "DMA" : r->mode.domain_type;
	double seen;

	if (!type || strncmp(type, "DMA", 3) || !model ||
	    !qemu_events(r, host, model->lookups, &seen))
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
	const struct model *model = model_of(r, false);
	size_t i;

	if (strcmp(r->env.testbed, "emulated") || strcmp(r->env.clock, "counted"))
		return;
	/* Of an SMMUv3 it tells nothing. */
	if (!model)
		return;
	if (r->has_host && r->host.iommu_driver && strcmp(r->host.iommu_driver, "intel-iommu"))
		return;
	for (i = 0; i < r->nr_counters; i++)
		if (!r->counters[i].absent &&
		    !strcmp(record_own_name(r->counters[i].source), model->source))
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
