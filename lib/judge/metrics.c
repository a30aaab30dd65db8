// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "judge/derive.h"

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
	{ "nic_drop_rate", "%", CLASS_RATE, BETTER_LOWER },
	{ "iotlb_first_lookup", "/page", CLASS_COUNT, BETTER_LOWER },
	{ "iotlb_lookup", "/page", CLASS_COUNT, BETTER_LOWER },
	{ "iotlb_miss", "/page", CLASS_COUNT, BETTER_LOWER },
	{ "iotlb_inv", "/page", CLASS_COUNT, BETTER_LOWER },
	{ "iommu_mem_access", "/page", CLASS_COUNT, BETTER_LOWER },
	{ "pwt_occupancy", "walk cycles/s", CLASS_RATE, BETTER_LOWER },
	{ "pwt_occupancy_per_page", "walk cycles/page", CLASS_RATE, BETTER_LOWER },
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

struct metric *derive_add(struct metrics *m, const struct record *r, const char *function,
			  const char *suffix)
{
	struct metric *to = &m->list[m->n];
	char name[128];

	snprintf(name, sizeof(name), "%s%s", function, suffix);
	if (m->n == METRICS_MAX || metrics_find(m, name) || !metric_define(name, r->env.clock, to))
		return NULL;
	m->n++;
	return to;
}

void derive_absent(struct metric *to, enum metric_state state, const char *fmt, ...)
{
	va_list ap;

	if (!to)
		return;
	to->state = state;
	va_start(ap, fmt);
	vsnprintf(to->absent, sizeof(to->absent), fmt, ap);
	va_end(ap);
}

void derive_ratio(struct metric *to, double above, double below, const char *why)
{
	if (below > 0 && to)
		to->value = above / below;
	else
		derive_absent(to, METRIC_MISSING, "%s", why);
}

const char *derive_reason(const struct record *r, const char *field)
{
	size_t i;

	for (i = 0; i < r->nr_absent; i++)
		if (!strcmp(r->absent[i].field, field))
			return r->absent[i].reason;
	return "not measured";
}

void metrics_derive(const struct record *r, struct metrics *m)
{
	double pages = (double)r->payload_bytes / METRICS_PAGE;
	size_t i;

	m->n = 0;
	if (r->report)
		derive_reported(r, m);
	else
		derive_window(r, pages, m);
	for (i = 0; i < r->nr_functions; i++)
		derive_function(r, &r->functions[i], pages, m);
	for (i = 0; i < m->n; i++)
		if (m->list[i].state == METRIC_PRESENT && !isfinite(m->list[i].value))
			derive_absent(&m->list[i], METRIC_MISSING, "too great for a number");
}

const struct metric *metrics_find(const struct metrics *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (!strcmp(m->list[i].name, name))
			return &m->list[i];
	return NULL;
}
