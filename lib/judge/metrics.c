// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "judge/histogram.h"
#include "judge/metrics.h"

/* What a metric is, whatever its value. A @name that begins with a dot is one of a function. */
static const struct definition {
	const char *name;
	const char *unit;
	enum metric_class class;
	enum metric_better better;
} definitions[] = {
	{ "throughput_gbps", "Gbit/s", CLASS_RATE, BETTER_HIGHER },
	{ "cpu_util", "%", CLASS_RATE, BETTER_LOWER },
	{ "retransmit_rate", "%", CLASS_RATE, BETTER_LOWER },
	{ "acks_per_page", "/page", CLASS_COUNT, BETTER_LOWER },
	{ ".count_per_page", "/page", CLASS_COUNT, BETTER_LOWER },
	{ ".mean_ns", "ns", CLASS_TIME, BETTER_LOWER },
	{ ".stddev_ns", "ns", CLASS_TIME, BETTER_LOWER },
	{ ".p50_ns", "ns", CLASS_TIME, BETTER_LOWER },
	{ ".p99_ns", "ns", CLASS_TIME, BETTER_LOWER },
	{ ".p999_ns", "ns", CLASS_TIME, BETTER_LOWER },
	{ ".self_ns_per_page", "ns/page", CLASS_TIME, BETTER_LOWER },
};

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
	size_t i;

	if (dot == name || strlen(name) >= sizeof(out->name))
		return false;
	for (i = 0; i < sizeof(definitions) / sizeof(definitions[0]); i++) {
		if (strcmp(definitions[i].name, dot ? dot : name))
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

/* Add @function@suffix (@function may be "") to @m, present with value 0. */
static struct metric *add(struct metrics *m, const struct record *r, const char *function,
			  const char *suffix)
{
	struct metric *to = &m->list[m->n];
	char name[128];

	snprintf(name, sizeof(name), "%s%s", function, suffix);
	if (m->n == METRICS_MAX || !metric_define(name, r->env.clock, to))
		return NULL;
	m->n++;
	return to;
}

__attribute__((format(printf, 3, 4)))
static void set_absent(struct metric *to, enum metric_state state, const char *fmt, ...)
{
	va_list ap;

	if (!to)
		return;
	to->state = state;
	va_start(ap, fmt);
	vsnprintf(to->absent, sizeof(to->absent), fmt, ap);
	va_end(ap);
}

/* Set @to to @above / @below; without a @below it is absent, because of @why. */
static void set_ratio(struct metric *to, double above, double below, const char *why)
{
	if (below > 0 && to)
		to->value = above / below;
	else
		set_absent(to, METRIC_MISSING, "%s", why);
}

static const char *reason_for(const struct record *r, const char *field)
{
	size_t i;

	for (i = 0; i < r->nr_absent; i++)
		if (!strcmp(r->absent[i].field, field))
			return r->absent[i].reason;
	return "not measured";
}

static double busy_share(const struct record_cpu *c)
{
	double idle = (double)c->idle_ns + c->iowait_ns;
	double busy = (double)c->user_ns + c->nice_ns + c->system_ns + c->irq_ns + c->softirq_ns +
		      c->steal_ns;

	return idle + busy > 0 ? busy / (idle + busy) : -1;
}

static void derive_cpu(const struct record *r, struct metric *to)
{
	double share, sum = 0;
	int counted = 0;
	size_t i;

	if (!r->has_cpu) {
		set_absent(to, METRIC_MISSING, "%s", reason_for(r, "cpu"));
		return;
	}
	for (i = 0; i < r->nr_cpus; i++) {
		if (r->cpus[i].cpu >= r->env.vcpus)
			continue;
		share = busy_share(&r->cpus[i]);
		if (share < 0) {
			set_absent(to, METRIC_MISSING, "CPU %d counted no tick in the window",
				   r->cpus[i].cpu);
			return;
		}
		sum += share;
		counted++;
	}
	if (counted == r->env.vcpus)
		to->value = 100 * sum / counted;
	else
		set_absent(to, METRIC_MISSING, "%d of %d CPUs were measured", counted,
			   r->env.vcpus);
}

static void derive_whole(const struct record *r, double pages, struct metrics *m)
{
	const struct record_tcp *sender = r->scenario.tx ? &r->tcp_subject : &r->tcp_peer;
	double window_ns = r->close_ns > r->open_ns ? r->close_ns - r->open_ns : 0;
	struct metric *retransmits, *acks;

	set_ratio(add(m, r, "", "throughput_gbps"), 8.0 * r->payload_bytes, window_ns,
		  "the window has no length");
	derive_cpu(r, add(m, r, "", "cpu_util"));
	retransmits = add(m, r, "", "retransmit_rate");
	acks = add(m, r, "", "acks_per_page");
	if (!r->has_tcp) {
		set_absent(retransmits, METRIC_MISSING, "%s", reason_for(r, "tcp"));
		set_absent(acks, METRIC_MISSING, "%s", reason_for(r, "tcp"));
		return;
	}
	set_ratio(retransmits, 100.0 * sender->retrans_segs, sender->out_segs,
		  "the sender sent no segment");
	set_ratio(acks, sender->in_segs, pages, "no payload in the window");
}

/* The metrics that take calls to derive, from mean_ns on. */
static void derive_latency(const struct record *r, const struct record_function *f,
			   struct metrics *m)
{
	static const char *const suffixes[] = {
		".mean_ns", ".stddev_ns", ".p50_ns", ".p99_ns", ".p999_ns",
	};
	double values[5] = { 0 };
	struct metric *to;
	size_t i;

	if (f->count) {
		values[0] = (double)f->total_ns / f->count;
		values[1] = histogram_stddev(f, values[0]);
		values[2] = histogram_percentile(f, 500);
		values[3] = histogram_percentile(f, 990);
		values[4] = histogram_percentile(f, 999);
	}
	for (i = 0; i < 5; i++) {
		to = add(m, r, f->name, suffixes[i]);
		if (!to)
			continue;
		to->calls = f->count;
		to->value = values[i];
		if (!f->count)
			set_absent(to, METRIC_TOO_FEW, "never called in the window");
		else if (i && !f->nr_buckets)
			set_absent(to, METRIC_MISSING, "its histogram is empty");
		else if (i == 4 && f->count < METRICS_P999_CALLS)
			set_absent(to, METRIC_TOO_FEW, "%llu calls, it takes %d",
				   (unsigned long long)f->count, METRICS_P999_CALLS);
	}
}

static void derive_function(const struct record *r, const struct record_function *f,
			    double pages, struct metrics *m)
{
	size_t first = m->n, i;
	struct metric *to;

	to = add(m, r, f->name, ".count_per_page");
	set_ratio(to, f->count, pages, "no payload in the window");
	if (to)
		to->calls = f->count;
	derive_latency(r, f, m);
	to = add(m, r, f->name, ".self_ns_per_page");
	set_ratio(to, f->self_ns, pages, "no payload in the window");
	if (to)
		to->calls = f->count;
	for (i = first; f->absent && i < m->n; i++)
		set_absent(&m->list[i], METRIC_MISSING, "%s", f->absent);
}

void metrics_derive(const struct record *r, struct metrics *m)
{
	double pages = (double)r->payload_bytes / METRICS_PAGE;
	size_t i;

	m->n = 0;
	derive_whole(r, pages, m);
	for (i = 0; i < r->nr_functions; i++)
		derive_function(r, &r->functions[i], pages, m);
}

const struct metric *metrics_find(const struct metrics *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (!strcmp(m->list[i].name, name))
			return &m->list[i];
	return NULL;
}
