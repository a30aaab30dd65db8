// SPDX-License-Identifier: GPL-2.0
/* The metrics of a whole window, measured or reported. */
#include <math.h>
#include <stdio.h>

#include "judge/calltree.h"
#include "judge/counters.h"
#include "judge/derive.h"
#include "judge/windows.h"

/* ns of one CPU by what it did */
enum cpu_part { PART_USER, PART_SYSTEM, PART_IRQ, PART_SOFTIRQ, PART_STEAL, PART_IDLE, PARTS };

static void split(const struct record_cpu *c, double parts[PARTS])
{
	parts[PART_USER] = (double)c->user_ns + c->nice_ns;
	parts[PART_SYSTEM] = c->system_ns;
	parts[PART_IRQ] = c->irq_ns;
	parts[PART_SOFTIRQ] = c->softirq_ns;
	parts[PART_STEAL] = c->steal_ns;
	parts[PART_IDLE] = (double)c->idle_ns + c->iowait_ns;
}

/* The shares of @parts in their sum. False: no tick was counted. */
static bool normalise(double parts[PARTS])
{
	double sum = 0;
	int i;

	for (i = 0; i < PARTS; i++)
		sum += parts[i];
	for (i = 0; i < PARTS; i++)
		parts[i] /= sum;
	return sum > 0;
}

/* The mean shares over the flows' CPUs into @mean; or why there is none. */
static bool average_cpus(const struct record *r, double mean[PARTS], char *why, size_t size)
{
	double parts[PARTS];
	int counted = 0, k;
	size_t i;

	for (i = 0; i < r->nr_cpus; i++) {
		if (r->cpus[i].cpu >= r->env.vcpus)
			continue;
		split(&r->cpus[i], parts);
		if (!normalise(parts)) {
			snprintf(why, size, "CPU %d counted no tick in the window",
				 r->cpus[i].cpu);
			return false;
		}
		for (k = 0; k < PARTS; k++)
			mean[k] += parts[k] / r->env.vcpus;
		counted++;
	}
	snprintf(why, size, "%d of %d CPUs were measured", counted, r->env.vcpus);
	return counted == r->env.vcpus;
}

static void derive_cpu(const struct record *r, struct metrics *m)
{
	static const struct { const char *name; enum cpu_part part; } metrics[] = {
		{ "cpu_util", PART_IDLE }, { "cpu_user", PART_USER },
		{ "cpu_system", PART_SYSTEM }, { "cpu_irq", PART_IRQ },
		{ "cpu_softirq", PART_SOFTIRQ }, { "cpu_steal", PART_STEAL },
	};
	double mean[PARTS] = { 0 };
	char why[128];
	bool known = r->has_cpu && average_cpus(r, mean, why, sizeof(why));
	struct metric *to;
	size_t i;

	for (i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++) {
		to = derive_add(m, r, "", metrics[i].name);
		if (!to)
			continue;
		if (!known)
			derive_absent(to, METRIC_MISSING, "%s",
				      r->has_cpu ? why : derive_reason(r, "cpu"));
		else
			to->value = 100 * (metrics[i].part == PART_IDLE ? 1 - mean[PART_IDLE] :
					   mean[metrics[i].part]);
	}
}

static void derive_each_cpu(const struct record *r, struct metrics *m)
{
	double parts[PARTS];
	struct metric *to;
	char name[32];
	size_t i;

	for (i = 0; r->env.vcpus > 1 && i < r->nr_cpus; i++) {
		if (r->cpus[i].cpu >= r->env.vcpus)
			continue;
		snprintf(name, sizeof(name), "cpu%d_util", r->cpus[i].cpu);
		to = derive_add(m, r, "", name);
		split(&r->cpus[i], parts);
		if (!normalise(parts))
			derive_absent(to, METRIC_MISSING, "it counted no tick in the window");
		else if (to)
			to->value = 100 * (1 - parts[PART_IDLE]);
	}
}

static void derive_tcp(const struct record *r, double pages, struct metrics *m)
{
	const struct record_tcp *sender = r->scenario.tx ? &r->tcp_subject : &r->tcp_peer;
	struct metric *retransmits = derive_add(m, r, "", "retransmit_rate");
	struct metric *acks = derive_add(m, r, "", "acks_per_page");
	struct metric *drops = derive_add(m, r, "", "nic_drop_rate");
	const struct record_nic *nic = &r->nic_subject;

	if (r->has_tcp) {
		derive_ratio(retransmits, 100.0 * sender->retrans_segs, sender->out_segs,
			     "the sender sent no segment");
		derive_ratio(acks, sender->in_segs, pages, "no payload in the window");
	} else {
		derive_absent(retransmits, METRIC_MISSING, "%s", derive_reason(r, "tcp"));
		derive_absent(acks, METRIC_MISSING, "%s", derive_reason(r, "tcp"));
	}
	if (r->has_tcp && r->has_nic)
		derive_ratio(drops, 100.0 * (nic->rx_dropped + nic->rx_missed + nic->tx_dropped),
			     (double)r->tcp_subject.in_segs + r->tcp_subject.out_segs,
			     "the subject had no segment");
	else
		derive_absent(drops, METRIC_MISSING, "%s",
			      derive_reason(r, r->has_tcp ? "nic" : "tcp"));
}

/* ns a byte with probes against without */
static void derive_plain(const struct record *r, double window_ns, struct metrics *m)
{
	struct metric *throughput = derive_add(m, r, "", "plain_throughput_gbps");
	struct metric *cost = derive_add(m, r, "", "probe_cost");
	const struct record_plain *p = &r->plain;

	if (!r->has_plain || !p->window_ns || !p->payload_bytes || !r->payload_bytes) {
		derive_absent(throughput, METRIC_MISSING, "%s", derive_reason(r, "plain"));
		derive_absent(cost, METRIC_MISSING, "%s", derive_reason(r, "plain"));
		return;
	}
	if (throughput)
		throughput->value = 8.0 * p->payload_bytes / p->window_ns;
	if (cost)
		cost->value = 100 * (window_ns / r->payload_bytes * p->payload_bytes /
				     p->window_ns - 1);
}

/* How often the hardware was waited for, for each unmap: exact where all else varies. */
static void derive_flushes(const struct record *r, struct metrics *m)
{
	struct metric *to = derive_add(m, r, "", "flushes_per_unmap");
	const struct record_function *unmap = calltree_traced(r, "__iommu_unmap");
	const char *const *name = calltree_flushes(r);
	const struct record_function *f;
	double flushes = 0;

	for (f = unmap; f && *name; name++) {
		f = calltree_traced(r, *name);
		flushes += f ? f->count : 0;
		if (!f)
			break;
	}
	if (f)
		derive_ratio(to, flushes, unmap->count, "nothing was unmapped in the window");
	else
		derive_absent(to, METRIC_MISSING, "%s is not traced",
			      unmap ? *name : "__iommu_unmap");
}

static void derive_counters(const struct record *r, double pages, double window_ns,
			    struct metrics *m)
{
	static const char *const metrics[] = {
		"iotlb_first_lookup", "iotlb_lookup", "iotlb_miss", "iotlb_inv",
		"iommu_mem_access", "pwt_occupancy_per_page", "pwt_occupancy",
	};
	struct metric *to;
	char why[160];
	double value;
	size_t i;

	for (i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++) {
		to = derive_add(m, r, "", metrics[i]);
		if (!counters_metric(r, i < 5 ? metrics[i] : "pwt_occupancy", &value, why,
				     sizeof(why)))
			derive_absent(to, METRIC_MISSING, "%s", why);
		else if (i < 6)
			derive_ratio(to, value, pages, "no payload in the window");
		else
			derive_ratio(to, value, window_ns / 1e9, "the window has no length");
	}
}

void derive_window(const struct record *r, double pages, struct metrics *m)
{
	double window_ns = r->close_ns > r->open_ns ? r->close_ns - r->open_ns : 0;

	derive_ratio(derive_add(m, r, "", "throughput_gbps"), 8.0 * r->payload_bytes, window_ns,
		     "the window has no length");
	derive_plain(r, window_ns, m);
	derive_cpu(r, m);
	derive_tcp(r, pages, m);
	derive_flushes(r, m);
	derive_paths(r, pages, m);
	derive_counters(r, pages, window_ns, m);
	derive_each_cpu(r, m);
}

/* A report gives the occupancy by the second; the pages of a second follow from its throughput. */
void derive_reported(const struct record *r, struct metrics *m)
{
	double occupancy = windows_reported(r, "pwt_occupancy");
	double gbps = windows_reported(r, "throughput_gbps");
	struct metric *to;
	size_t i;

	for (i = 0; i < r->nr_reported; i++) {
		to = derive_add(m, r, "", r->reported[i].metric);
		if (to)
			to->value = r->reported[i].value;
	}
	if (!isnan(occupancy) && !isnan(gbps))
		derive_ratio(derive_add(m, r, "", "pwt_occupancy_per_page"), occupancy,
			     gbps * 1e9 / 8 / METRICS_PAGE, "the report's throughput is 0");
}
