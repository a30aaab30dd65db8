/* SPDX-License-Identifier: GPL-2.0 */
/* A perf of our own making, beneath the counters. */
#ifndef UNIT_PERF_STUB_H
#define UNIT_PERF_STUB_H

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "agent/perf_layer.h"

enum { FILES_MAX = 512, NO_LIMIT = 1000 };

/* A file of the stub. What it counts in a tick is its number plus one. */
struct stub_file {
	struct perf_event_attr attr;
	int cpu, group;
	bool open, on;
	struct perf_value v;
};

/* Counters are per device and CPU, as each group is of one. */
struct stub {
	struct stub_file files[FILES_MAX];
	int n;
	int fail;		/* what opening returns, or 0 */
	uint64_t fail_config;	/* only of this event; 0: of all */
	int fail_enable;
	int capacity;		/* counters of a device */
	bool checks;		/* does opening refuse a group that has more? */
	int share;		/* % of the time that a group runs */
	unsigned int ticks;	/* between on and off */
	bool read_while_on;
};

static inline int group_size(const struct stub *s, int leader)
{
	int n = 0;

	for (int i = 0; i < s->n; i++)
		n += s->files[i].open && (i == leader || s->files[i].group == leader);
	return n;
}

static inline int stub_open(void *ctx, const struct perf_event_attr *attr, int cpu, int group)
{
	struct stub *s = ctx;

	if (s->fail && (!s->fail_config || s->fail_config == attr->config))
		return s->fail;
	if (s->checks && group >= 0 && group_size(s, group) >= s->capacity)
		return -EINVAL;
	if (s->n == FILES_MAX)
		return -EMFILE;
	s->files[s->n] = (struct stub_file) { .attr = *attr, .cpu = cpu, .group = group,
					      .open = true };
	return s->n++;
}

static inline int stub_enable(void *ctx, int file)
{
	struct stub *s = ctx;

	if (s->fail_enable)
		return s->fail_enable;
	for (int i = 0; i < s->n; i++)
		if (i == file || s->files[i].group == file)
			s->files[i].on = s->files[i].open;
	return 0;
}

static inline int stub_disable(void *ctx, int file)
{
	struct stub *s = ctx;
	bool fits = group_size(s, file) <= s->capacity;

	for (int i = 0; i < s->n; i++) {
		struct stub_file *f = &s->files[i];

		if (!f->on || (i != file && f->group != file))
			continue;
		f->on = false;
		f->v.enabled_ns += s->ticks * 1000;
		f->v.running_ns += fits ? s->ticks * 10 * s->share : 0;
		f->v.value += fits ? (i + 1) * s->ticks : 0;
	}
	return 0;
}

static inline int stub_read(void *ctx, int file, struct perf_value *out)
{
	struct stub *s = ctx;

	s->read_while_on = s->read_while_on || s->files[file].on;
	*out = s->files[file].v;
	return 0;
}

static inline void stub_close(void *ctx, int file)
{
	struct stub *s = ctx;

	if (!s->files[file].open)
		abort();
	s->files[file].open = false;
}

#endif
