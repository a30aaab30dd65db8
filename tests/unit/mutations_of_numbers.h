/* SPDX-License-Identifier: GPL-2.0 */
/* The numbers of a record, and the range in which each is possible. For mutations.h. */
#ifndef UNIT_MUTATIONS_OF_NUMBERS_H
#define UNIT_MUTATIONS_OF_NUMBERS_H

static inline bool mutation_is_exact(const struct record *r)
{
	return r->env.vcpus == 1 && !strcmp(r->env.clock, "counted");
}

static inline void mutation_window(struct record *r, struct mutation_fields *to)
{
	double window = r->close_ns - r->open_ns, first = 0, last = INFINITY;

	for (size_t i = 0; i < r->nr_flows; i++) {
		first = fmax(first, r->flows[i].first_ns);
		last = fmin(last, r->flows[i].last_ns);
	}
	/* counters ran for the window, to 1 % */
	mutation_add(to, MUTATION_WINDOW, "", "open_ns", &r->open_ns,
		     fmax(first, r->open_ns - 0.009 * window), r->open_ns + 0.009 * window)->blur =
		     0.0001;
	mutation_add(to, MUTATION_WINDOW, "", "close_ns", &r->close_ns,
		     r->close_ns - 0.009 * window,
		     fmin(last, r->close_ns + 0.009 * window))->blur = 0.0001;
	mutation_exact(to, MUTATION_BYTES, "", "payload_bytes", &r->payload_bytes);
}

static inline void mutation_flows(struct record *r, struct mutation_fields *to)
{
	double window = r->close_ns - r->open_ns;
	struct mutation_field *f;

	for (size_t i = 0; i < r->nr_flows; i++) {
		struct record_flow *flow = &r->flows[i];

		mutation_exact(to, MUTATION_BYTES, "flow", "window_bytes", &flow->window_bytes);
		/* iperf3 sends whole blocks of 128 KiB */
		mutation_add(to, MUTATION_BYTES, "flow", "asked_bytes", &flow->asked_bytes,
			     fmax(1, flow->sent_bytes - 131072.0), flow->sent_bytes);
		mutation_exact(to, MUTATION_BYTES, "flow", "sent_bytes", &flow->sent_bytes);
		mutation_exact(to, MUTATION_BYTES, "flow", "received_bytes",
			       &flow->received_bytes);
		mutation_add(to, MUTATION_FLOW_TIMES, "flow", "first_ns", &flow->first_ns, 0,
			     r->open_ns);
		mutation_add(to, MUTATION_FLOW_TIMES, "flow", "last_ns", &flow->last_ns,
			     r->close_ns, INFINITY);
		f = mutation_add(to, MUTATION_FLOW_TIMES, "flow", "seconds", NULL, window / 1e9,
				 INFINITY);
		f->d = &flow->seconds;
		f->blur = 0.02;
	}
}

static inline void mutation_tcp(struct record *r, struct mutation_fields *to)
{
	struct record_tcp *sender = r->scenario.tx ? &r->tcp_subject : &r->tcp_peer;
	struct record_tcp *receiver = r->scenario.tx ? &r->tcp_peer : &r->tcp_subject;
	double size = r->traffic.mtu - 40, buffers = (double)r->nr_flows * r->traffic.receive_buffer;
	double under_way = ceil(buffers / size);

	mutation_add(to, MUTATION_SEGMENTS, "sender", "out_segs", &sender->out_segs,
		     fmax(fmax(sender->retrans_segs, receiver->in_segs - under_way),
			  ceil((r->payload_bytes - buffers) / size)), INFINITY);
	mutation_add(to, MUTATION_SEGMENTS, "sender", "in_segs", &sender->in_segs, 0,
		     receiver->out_segs + under_way);
	mutation_add(to, MUTATION_SEGMENTS, "receiver", "out_segs", &receiver->out_segs,
		     fmax(receiver->retrans_segs, sender->in_segs - under_way), INFINITY);
	mutation_add(to, MUTATION_SEGMENTS, "receiver", "in_segs", &receiver->in_segs, 0,
		     sender->out_segs + under_way);
	mutation_add(to, MUTATION_SEGMENTS, "sender", "retrans_segs", &sender->retrans_segs, 0,
		     sender->out_segs);
	mutation_add(to, MUTATION_SEGMENTS, "receiver", "retrans_segs", &receiver->retrans_segs, 0,
		     receiver->out_segs);
}

/* The DMA API's own flushes may come from elsewhere where unmapping is lazy. */
static inline double mutation_lazy_time(const struct record *r)
{
	static const char *const flushes[] = {
		"qi_batch_flush_descs", "cache_tag_flush_range", "intel_iommu_tlb_sync",
	};
	const struct record_function *f;
	double sum = 0;

	for (size_t i = 0; strcmp(r->mode.domain_type, "DMA") && i < 3; i++) {
		f = calltree_traced(r, flushes[i]);
		sum += f ? f->total_ns : 0;
	}
	return sum;
}

static inline void mutation_lost(struct record *r, struct record_function *f,
				 struct mutation_fields *to)
{
	uint64_t *kinds[] = { &f->missed, &f->orphaned, &f->unmatched, &f->overflowed };
	double lost = (double)f->missed + f->orphaned + f->unmatched + f->overflowed;

	for (size_t i = 0; i < 4; i++)
		mutation_add(to, MUTATION_LOST, f->name, "lost", kinds[i], 0, r->env.vcpus == 1 ?
			     0 : f->count / 1000 - (lost - *kinds[i]));
	mutation_exact(to, MUTATION_LOST, f->name, "backward", &f->backward);
}

static inline void mutation_function(struct record *r, struct record_function *f,
				     struct mutation_fields *to)
{
	double blur = mutation_is_exact(r) ? 0 : 0.05, mean, lazy = mutation_lazy_time(r);
	const struct record_bucket *last = f->buckets + f->nr_buckets - 1;

	mutation_exact(to, MUTATION_CALLS, f->name, "count", &f->count);
	mutation_exact(to, MUTATION_TOTALS, f->name, "total_ns", &f->total_ns)->blur = blur;
	/* an interrupt's calls are charged to what it interrupts */
	mutation_add(to, MUTATION_SELF, f->name, "self_ns", &f->self_ns, blur ? 0 : f->self_ns,
		     f->self_ns)->blur = blur;
	if (lazy && strncmp(f->name, "qi_", 3))
		to->list[to->n - 1].blur = to->list[to->n - 2].blur = lazy / fmax(1, f->self_ns);
	mutation_lost(r, f, to);
	if (!f->count)
		return;
	mean = (double)f->total_ns / f->count;
	mutation_add(to, MUTATION_EXTREMES, f->name, "min_ns", &f->min_ns,
		     loglin_low(f->buckets->index), fmin(mean, loglin_high(f->buckets->index)));
	mutation_add(to, MUTATION_EXTREMES, f->name, "max_ns", &f->max_ns,
		     fmax(mean, loglin_low(last->index)), loglin_high(last->index));
	for (size_t i = 0; i < f->nr_buckets; i++)
		mutation_exact(to, MUTATION_BUCKETS, f->name, "bucket", &f->buckets[i].count);
}

static inline void mutation_cpu(struct record *r, struct mutation_fields *to)
{
	double window = r->close_ns - r->open_ns, slack = 8.0 * r->cpu_tick_ns, others;
	bool counted = !strcmp(r->env.clock, "counted");
	struct mutation_field *f;

	for (size_t i = 0; i < r->nr_cpus; i++) {
		struct record_cpu *c = &r->cpus[i];
		uint64_t *states[] = { &c->user_ns, &c->nice_ns, &c->system_ns, &c->idle_ns,
				       &c->iowait_ns, &c->irq_ns, &c->softirq_ns, &c->steal_ns };

		for (size_t k = 0; k < 8; k++) {
			others = 0;
			for (size_t j = 0; j < 8; j++)
				others += j == k ? 0 : *states[j];
			mutation_add(to, MUTATION_CPU, "cpu", "time", states[k],
				     counted ? window - slack - others : 0,
				     (counted ? 1 : 1.1) * window + slack - others)->step =
				r->cpu_tick_ns;
		}
		f = mutation_add(to, MUTATION_CPU, "cpu", "number", NULL, c->cpu, c->cpu);
		f->i = &c->cpu;
	}
	mutation_exact(to, MUTATION_CPU, "", "tick_ns", &r->cpu_tick_ns)->tick = true;
	f = mutation_add(to, MUTATION_CPU, "", "vcpus", NULL, r->env.vcpus, r->env.vcpus);
	f->i = &r->env.vcpus;
}

static inline double mutation_events(const struct record *r, const char *prefix)
{
	double sum = 0;

	for (size_t i = 0; i < r->nr_counters; i++)
		if (!strncmp(r->counters[i].event, prefix, strlen(prefix)))
			sum += r->counters[i].value;
	return sum;
}

/* How many of a kind of descriptor there may be fewer and more. */
static inline void mutation_descriptors(struct record *r, struct record_counter *c,
					struct mutation_fields *to)
{
	const struct record_function *unmap = calltree_traced(r, "__iommu_unmap");
	double waits = mutation_events(r, "inv_wait"), all = mutation_events(r, "inv_") - waits;
	double of_iotlb = mutation_events(r, "inv_iotlb") + mutation_events(r, "inv_piotlb");
	double fewer = all - waits;
	bool blurred = !mutation_is_exact(r);

	if (!strncmp(c->event, "inv_iotlb", 9) || !strncmp(c->event, "inv_piotlb", 10))
		if (unmap && !strcmp(r->mode.domain_type, "DMA"))
			fewer = fmin(fewer, of_iotlb - unmap->count);
	mutation_add(to, MUTATION_COUNTERS, "counter", c->event, &c->value, c->value - fewer,
		     c->value + 16 * waits - all)->blur = blurred ? 0.05 : 0;
}

static inline void mutation_counter(struct record *r, struct record_counter *c,
				    struct mutation_fields *to)
{
	double window = r->close_ns - r->open_ns, pages = floor(r->payload_bytes / 4096.0);

	if (!strcmp(c->event, "iotlb_hit"))
		mutation_add(to, MUTATION_COUNTERS, "counter", c->event, &c->value,
			     pages - mutation_events(r, "iotlb_update"), INFINITY);
	else if (!strcmp(c->event, "inv_wait"))
		mutation_exact(to, MUTATION_COUNTERS, "counter", c->event, &c->value)->blur =
			mutation_is_exact(r) ? 0 : 0.05;
	else if (!strncmp(c->event, "inv_", 4))
		mutation_descriptors(r, c, to);
	else
		mutation_exact(to, MUTATION_COUNTERS, "counter", c->event, &c->value)->blur =
			mutation_is_exact(r) ? 0 : 0.05;
	mutation_add(to, MUTATION_COUNTERS, c->event, "enabled_ns", &c->enabled_ns,
		     fmax(c->running_ns, 0.99 * window), 1.01 * window);
	mutation_add(to, MUTATION_COUNTERS, c->event, "running_ns", &c->running_ns,
		     0.95 * c->enabled_ns, c->enabled_ns);
}

static inline void mutation_plain(struct record *r, struct mutation_fields *to)
{
	double probed = (double)(r->close_ns - r->open_ns) / r->payload_bytes;
	struct record_plain *p = &r->plain;
	bool counted = !strcmp(r->env.clock, "counted");
	double room = p->window_ns + 8.0 * r->cpu_tick_ns;

	mutation_add(to, MUTATION_PLAIN, "plain", "window_ns", &p->window_ns,
		     counted ? fmax(1, (double)p->busy_ns / r->env.vcpus - 8.0 * r->cpu_tick_ns) :
			       1,
		     counted ? 1.1 * probed * p->payload_bytes : INFINITY);
	mutation_add(to, MUTATION_PLAIN, "plain", "payload_bytes", &p->payload_bytes,
		     counted ? p->window_ns / (1.1 * probed) : 1, INFINITY);
	mutation_add(to, MUTATION_PLAIN, "plain", "busy_ns", &p->busy_ns, 0,
		     counted ? room * r->env.vcpus : INFINITY);
}

static inline void mutation_free_numbers(struct record *r, struct mutation_fields *to)
{
	uint64_t *counts = &r->nic_subject.rx_dropped;
	struct mutation_field *f;

	for (size_t i = 0; i < sizeof(r->nic_subject) / sizeof(*counts); i++)
		mutation_add(to, MUTATION_NIC, "subject", "packets", &counts[i], 0, INFINITY);
	for (size_t i = 0; i < r->nr_flows; i++)
		mutation_add(to, MUTATION_NIC, "flow", "retransmits", &r->flows[i].retransmits, 0,
			     INFINITY);
	f = mutation_add(to, MUTATION_TRAFFIC, "traffic", "send_buffer", NULL, 1, INFINITY);
	f->i = &r->traffic.send_buffer;
	f = mutation_add(to, MUTATION_TRAFFIC, "traffic", "ring_rx", NULL, r->traffic.ring_rx,
			 INFINITY);
	f->i = &r->traffic.ring_rx;
	f->blur = 1;
}

/* What a report derives follows from what it counted, to the digits that it prints. */
static inline void mutation_report(struct record *r, struct mutation_fields *to)
{
	struct mutation_field *f;

	for (size_t i = 0; i < r->nr_functions; i++) {
		struct record_function *row = &r->functions[i];
		double *reals[] = { &row->reported.mean_ns, &row->reported.count_per_page };
		uint64_t *counts[] = { &row->count, &row->total_ns };

		for (size_t k = 0; k < 2; k++) {
			mutation_exact(to, MUTATION_REPORT_ROWS, row->name, "count or total",
				       counts[k])->blur = 0.002;
			f = mutation_add(to, MUTATION_REPORT_ROWS, row->name, "mean or count/page",
					 NULL, *reals[k], *reals[k]);
			f->d = reals[k];
			f->blur = 0.01;
		}
		f = mutation_add(to, MUTATION_REPORT_ROWS, row->name, "variance", NULL, 0,
				 INFINITY);
		f->d = &row->reported.variance_us2;
	}
	for (size_t i = 0; i < r->nr_reported; i++) {
		const char *name = r->reported[i].metric;
		bool percent = !strcmp(name, "cpu_util") || !strcmp(name, "retransmit_rate");

		if (!strncmp(name, "throughput", 10) || !strncmp(name, "iotlb_", 6))
			continue;
		f = mutation_add(to, MUTATION_REPORT_METRICS, "", name, NULL, 0,
				 percent ? 100 : INFINITY);
		f->d = &r->reported[i].value;
	}
}

/* All numbers of @r. */
static inline void mutation_collect(struct record *r, struct mutation_fields *to)
{
	to->n = 0;
	if (r->report) {
		mutation_report(r, to);
		return;
	}
	mutation_window(r, to);
	mutation_flows(r, to);
	mutation_tcp(r, to);
	for (size_t i = 0; i < r->nr_functions; i++)
		if (!r->functions[i].absent)
			mutation_function(r, &r->functions[i], to);
	mutation_cpu(r, to);
	for (size_t i = 0; i < r->nr_counters; i++)
		mutation_counter(r, &r->counters[i], to);
	mutation_plain(r, to);
	mutation_free_numbers(r, to);
}

static inline double mutation_get(const struct mutation_field *f)
{
	return f->u ? (double)*f->u : f->i ? (double)*f->i : *f->d;
}

static inline void mutation_set(const struct mutation_field *f, double value)
{
	if (f->u)
		*f->u = fmin(fmax(value, 0), 0x1p62);
	else if (f->i)
		*f->i = fmin(fmax(value, 0), 0x1p30);
	else
		*f->d = value;
}

#endif
