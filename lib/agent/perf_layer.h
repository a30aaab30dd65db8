/* SPDX-License-Identifier: GPL-2.0 */
/* perf_event_open and what is done to its files, behind pointers: tests put a stub beneath. */
#ifndef AGENT_PERF_LAYER_H
#define AGENT_PERF_LAYER_H

#include <linux/perf_event.h>
#include <stdint.h>

struct perf_value {
	uint64_t value, enabled_ns, running_ns;
};

/* @ctx is handed to each. All return a negative errno where they fail. */
struct perf_layer {
	void *ctx;
	/* Of all processes on @cpu; @group: the file of the group's leader, or -1. The new file. */
	int (*open)(void *ctx, const struct perf_event_attr *attr, int cpu, int group);
	/* Of a leader: its whole group. */
	int (*enable)(void *ctx, int file);
	int (*disable)(void *ctx, int file);
	int (*read)(void *ctx, int file, struct perf_value *out);
	void (*close)(void *ctx, int file);
};

/* The kernel's. */
extern const struct perf_layer perf_layer_kernel;

#endif
