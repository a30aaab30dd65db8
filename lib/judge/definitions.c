// SPDX-License-Identifier: GPL-2.0
/* What each metric is. */
#include <stdio.h>
#include <string.h>

#include "judge/metrics.h"

/* What a metric is, whatever its value. A @name that begins with a dot is one of a function. */
static const struct definition {
	const char *name;
	const char *unit;
	enum metric_class class;
	enum metric_better better;
} definitions[] = {
	{ "throughput_gbps", "Gbit/s", CLASS_RATE, BETTER_HIGHER },
	{ "plain_throughput_gbps", "Gbit/s", CLASS_RATE, BETTER_HIGHER },
	{ "probe_cost", "%", CLASS_RATE, BETTER_LOWER },
	{ "cpu_util", "%", CLASS_RATE, BETTER_LOWER },
	{ "cpu_user", "%", CLASS_RATE, BETTER_LOWER },
	{ "cpu_system", "%", CLASS_RATE, BETTER_LOWER },
	{ "cpu_irq", "%", CLASS_RATE, BETTER_LOWER },
	{ "cpu_softirq", "%", CLASS_RATE, BETTER_LOWER },
	{ "cpu_steal", "%", CLASS_RATE, BETTER_LOWER },
	{ "retransmit_rate", "%", CLASS_RATE, BETTER_LOWER },
	{ "acks_per_page", "/page", CLASS_COUNT, BETTER_LOWER },
	{ "flushes_per_unmap", "/unmap", CLASS_COUNT, BETTER_LOWER },
	{ "flushes_per_page", "/page", CLASS_COUNT, BETTER_LOWER },
	{ "map_ns_per_page", "ns/page", CLASS_TIME, BETTER_LOWER },
	{ "unmap_ns_per_page", "ns/page", CLASS_TIME, BETTER_LOWER },
	{ "flush_ns_per_page", "ns/page", CLASS_TIME, BETTER_LOWER },
	{ "submit_ns_per_page", "ns/page", CLASS_TIME, BETTER_LOWER },
	{ "nic_drop_rate", "%", CLASS_RATE, BETTER_LOWER },
	{ "iotlb_first_lookup", "/page", CLASS_COUNT, BETTER_LOWER },
	{ "iotlb_lookup", "/page", CLASS_COUNT, BETTER_LOWER },
	{ "iotlb_miss", "/page", CLASS_COUNT, BETTER_LOWER },
	{ "iotlb_inv", "/page", CLASS_COUNT, BETTER_LOWER },
	{ "iommu_mem_access", "/page", CLASS_COUNT, BETTER_LOWER },
	{ "pwt_occupancy", "walk cycles/s", CLASS_RATE, BETTER_LOWER },
	{ "pwt_occupancy_per_page", "walk cycles/page", CLASS_RATE, BETTER_LOWER },
	{ "host_exits_per_page", "/page", CLASS_COUNT, BETTER_LOWER },
	{ "host_ioctls_per_page", "/page", CLASS_COUNT, BETTER_LOWER },
	{ "host_busy", "%", CLASS_RATE, BETTER_LOWER },
	{ ".count_per_page", "/page", CLASS_COUNT, BETTER_LOWER },
	{ ".mean_ns", "ns", CLASS_TIME, BETTER_LOWER },
	{ ".stddev_ns", "ns", CLASS_TIME, BETTER_LOWER },
	{ ".p50_ns", "ns", CLASS_TIME, BETTER_LOWER },
	{ ".p99_ns", "ns", CLASS_TIME, BETTER_LOWER },
	{ ".p999_ns", "ns", CLASS_TIME, BETTER_LOWER },
	{ ".self_ns_per_page", "ns/page", CLASS_TIME, BETTER_LOWER },
};

/* cpu3_util is defined as cpu_util is. */
static bool is_of_one_cpu(const char *name)
{
	int cpu, end = 0;

	return sscanf(name, "cpu%d_util%n", &cpu, &end) == 1 && end && !name[end];
}

const char *metric_class_name(enum metric_class class)
{
	static const char *const names[] = {
		[CLASS_COUNT] = "count", [CLASS_PATH] = "path",
		[CLASS_TIME] = "time", [CLASS_RATE] = "rate",
	};

	return names[class];
}

bool metric_define(const char *name, const char *clock, struct metric *out)
{
	const char *dot = strrchr(name, '.');	/* the last: kernel symbols may have dots */
	const char *defined;
	size_t i;

	if (dot == name || strlen(name) >= sizeof(out->name))
		return false;
	defined = is_of_one_cpu(name) ? "cpu_util" : dot ? dot : name;
	for (i = 0; i < sizeof(definitions) / sizeof(definitions[0]); i++) {
		if (strcmp(definitions[i].name, defined))
			continue;
		*out = (struct metric){
			.unit = definitions[i].unit,
			.class = definitions[i].class,
			.better = definitions[i].better,
		};
		if (out->class == CLASS_TIME && !strcmp(clock, "counted"))
			out->class = CLASS_PATH;
		snprintf(out->name, sizeof(out->name), "%s", name);
		return true;
	}
	return false;
}

const struct metric *metrics_find(const struct metrics *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (!strcmp(m->list[i].name, name))
			return &m->list[i];
	return NULL;
}
