// SPDX-License-Identifier: GPL-2.0
/* Opening a device's events as one group, as far as its counters go. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/counters_impl.h"

static const char *device_of(const struct opened *o)
{
	return o->plan->device ? o->plan->device : "the kernel";
}

static void close_files(struct counters *c, struct opened *o)
{
	for (size_t i = 0; o->files && i < o->plan->cpus->n; i++)
		if (o->files[i] >= 0)
			c->perf->close(c->perf->ctx, o->files[i]);
	free(o->files);
	free(o->before);
	o->files = NULL;
	o->before = NULL;
	o->leads = false;
}

int counters_give_up(struct counters *c, struct opened *o, const char *fmt, ...)
{
	va_list ap;
	int n;

	close_files(c, o);
	if (o->plan->absent)
		return 0;
	va_start(ap, fmt);
	n = vasprintf(&o->plan->absent, fmt, ap);
	va_end(ap);
	if (n < 0)
		o->plan->absent = NULL;
	return n < 0 ? -ENOMEM : 0;
}

/* What perf_event_open's -@ret means here. */
static int give_up_opening(struct counters *c, struct opened *o, int ret)
{
	const char *device = device_of(o);
	char paranoid[4097] = "unknown";
	size_t len;

	switch (-ret) {
	case ENOMEM:
		return ret;
	case EACCES:
	case EPERM:
		if (pmu_read_text(c->root, "/proc/sys/kernel/perf_event_paranoid", paranoid, &len,
				  NULL))
			strcpy(paranoid, "unknown");
		paranoid[strcspn(paranoid, "\n")] = '\0';
		return counters_give_up(c, o, "no permission to count events of the whole machine: "
					"it takes CAP_PERFMON, or kernel.perf_event_paranoid 0 or "
					"less (it is %.20s)", paranoid);
	case EBUSY:
		return counters_give_up(c, o, "%s is in use by another program (EBUSY)", device);
	case ENOENT:
	case ENODEV:
		return counters_give_up(c, o, "the kernel has no such PMU or event any more (%s): "
					"was %s's driver unloaded?", strerror(-ret), device);
	case EOPNOTSUPP:
		return counters_give_up(c, o, "%s does not support counting this event "
					"(EOPNOTSUPP)", device);
	case EINVAL:
		return counters_give_up(c, o, "%s refuses the event (EINVAL): this hardware cannot "
					"count it", device);
	}
	return counters_give_up(c, o, "perf_event_open: %s", strerror(-ret));
}

/* Open @o on each of its CPUs, in the groups that @leader leads there; NULL: as leader. */
static int open_files(struct counters *c, struct opened *o, const struct opened *leader)
{
	const struct planned *p = o->plan;
	struct perf_event_attr attr = {
		.type = p->type,
		.size = sizeof(attr),
		.config = p->config[0],
		.config1 = p->config[1],
		.config2 = p->config[2],
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
		/* The others follow their leader. */
		.disabled = !leader,
	};
	int ret = 0;
	size_t i;

	o->files = malloc(p->cpus->n * sizeof(*o->files));
	o->before = calloc(p->cpus->n, sizeof(*o->before));
	if (!o->files || !o->before)
		ret = -ENOMEM;
	for (i = 0; o->files && i < p->cpus->n; i++) {
		o->files[i] = ret ? -1 : c->perf->open(c->perf->ctx, &attr, p->cpus->list[i],
						       leader ? leader->files[i] : -1);
		if (o->files[i] < 0 && !ret)
			ret = o->files[i];
	}
	if (ret)
		close_files(c, o);
	o->leads = !ret && !leader;
	return ret;
}

/*
 * Open entry @at beside those of its device before it, which are led by @leader (NULL: none yet).
 * EINVAL is what the kernel says both of a group that a device's counters do not hold and of an
 * event that the hardware does not have; alone, only the latter is left.
 */
static int open_event(struct counters *c, size_t at, size_t *leader, bool has_leader)
{
	struct opened *o = &c->list[at];
	int ret = open_files(c, o, has_leader ? &c->list[*leader] : NULL);

	o->leader = has_leader ? *leader : at;
	if (ret == -EINVAL && has_leader) {
		ret = open_files(c, o, NULL);
		o->leader = at;
		if (!ret)
			return counters_give_up(c, o, "%s has no counter left for it beside the "
						"events before it", device_of(o));
	}
	if (ret)
		return give_up_opening(c, o, ret);
	*leader = o->leader;
	return 0;
}

/* What the group led by @leader reads while it is idle. True: it could run when it last was on. */
static bool read_idle(struct counters *c, size_t leader, size_t to)
{
	bool ran = true;

	for (size_t i = leader; i < to; i++) {
		struct opened *o = &c->list[i];

		for (size_t k = 0; o->files && o->leader == leader && k < o->plan->cpus->n; k++) {
			struct perf_value old = o->before[k], *now = &o->before[k];

			if (!c->perf->read(c->perf->ctx, o->files[k], now) &&
			    now->enabled_ns > old.enabled_ns && now->running_ns == old.running_ns)
				ran = false;
		}
	}
	return ran;
}

static void switch_leader(struct counters *c, const struct opened *o,
			  int (*how)(void *ctx, int file))
{
	for (size_t i = 0; i < o->plan->cpus->n; i++)
		how(c->perf->ctx, o->files[i]);
}

/*
 * Switch the group of @leader on and off once. Not every driver looks, when an event is opened,
 * whether its group fits (amd_iommu does not, and VT-d's counts one too few); such a group never
 * runs. Then the last event leaves it, until the rest does.
 */
static int try_group(struct counters *c, size_t leader, size_t to)
{
	for (size_t last = to; last-- > leader; ) {
		struct opened *o = &c->list[last];
		int ret;

		if (!o->files || o->leader != leader)
			continue;
		switch_leader(c, &c->list[leader], c->perf->enable);
		switch_leader(c, &c->list[leader], c->perf->disable);
		if (read_idle(c, leader, to))
			return 0;
		if (last == leader)
			ret = counters_give_up(c, o, "%s has no free counter: other users of perf "
					       "have them", device_of(o));
		else
			ret = counters_give_up(c, o, "%s has no counter left for it beside the "
					       "events before it", device_of(o));
		if (ret)
			return ret;
	}
	return 0;
}

int counters_open_device(struct counters *c, size_t from, size_t to)
{
	const char *on_counter0 = NULL;
	bool has_leader = false;
	size_t i, leader = from;
	int ret = 0;

	for (i = from; !ret && i < to; i++) {
		struct opened *o = &c->list[i];

		if (o->plan->absent)
			continue;
		/* The first event that is opened gets counter 0. */
		if (o->plan->counter0 && has_leader) {
			ret = counters_give_up(c, o, "it counts on counter 0 of %s only, and %s "
					       "is there", device_of(o),
					       on_counter0 ? on_counter0 : "another event");
			continue;
		}
		ret = open_event(c, i, &leader, has_leader);
		if (o->files && o->plan->counter0)
			on_counter0 = o->plan->event;
		has_leader = has_leader || o->files;
	}
	for (i = from; !ret && i < to; i++)
		if (c->list[i].leads)
			ret = try_group(c, i, to);
	return ret;
}
