// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/host_record.h"

static char *move(char **from)
{
	char *text = *from;

	*from = NULL;
	return text;
}

/* Put RECORD_HOST before *@text. */
static int prefix(char **text)
{
	char *longer;

	if (asprintf(&longer, RECORD_HOST "%s", *text) < 0)
		return -ENOMEM;
	free(*text);
	*text = longer;
	return 0;
}

static int add_functions(struct record *r, struct record *host)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < host->nr_functions; i++) {
		if (r->nr_functions == RECORD_FUNCTIONS_MAX)
			return -ENOSPC;
		r->functions[r->nr_functions] = host->functions[i];
		memset(&host->functions[i], 0, sizeof(host->functions[i]));
		ret = prefix(&r->functions[r->nr_functions++].name);
	}
	return ret;
}

static int add_counters(struct record *r, const struct record *host)
{
	for (size_t i = 0; i < host->nr_counters; i++) {
		const struct record_counter *from = &host->counters[i];
		struct record_counter *to;
		char source[64];

		snprintf(source, sizeof(source), RECORD_HOST "%s", from->source);
		to = record_add_counter(r, source, from->device, from->event);
		if (!to)
			return -ENOMEM;
		to->value = from->value;
		to->unit = from->unit ? strdup(from->unit) : NULL;
		to->absent = from->absent ? strdup(from->absent) : NULL;
		to->whole_window = from->whole_window;
		to->enabled_ns = from->enabled_ns;
		to->running_ns = from->running_ns;
	}
	return 0;
}

static int add_warnings(struct record *r, struct record *host)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < host->nr_warnings; i++) {
		if (r->nr_warnings == RECORD_WARNINGS_MAX)
			return 0;	/* the record is condemned by the first of them */
		r->warnings[r->nr_warnings] = move(&host->warnings[i]);
		ret = prefix(&r->warnings[r->nr_warnings++]);
	}
	return ret;
}

/* The receiver's bytes, and the sender's with its retransmissions, are of the side that has them. */
static void add_flow(struct record_flow *f, const struct record_flow *host, bool tx)
{
	f->seconds = host->seconds;
	if (tx) {
		f->window_bytes = host->window_bytes;
		f->received_bytes = host->received_bytes;
	} else {
		f->sent_bytes = host->sent_bytes;
		f->retransmits = host->retransmits;
	}
}

static void add_peer(struct record *r, const struct record *host)
{
	r->tcp_peer = host->tcp_peer;
	r->nic_peer = host->nic_peer;
	r->payload_bytes = 0;
	for (size_t i = 0; i < r->nr_flows; i++) {
		add_flow(&r->flows[i], &host->flows[i], r->scenario.tx);
		r->payload_bytes += r->flows[i].window_bytes;
	}
}

/* Why the host's own facts are not there, under the names that they have in one record. */
static int add_absent(struct record *r, const struct record *host)
{
	static const struct { const char *from, *to; } names[] = {
		{ "environment.build_id", "host.build_id" },
		{ "environment.iommu_driver", "host.iommu_driver" },
		{ "cpu", "host.busy_ns" }, { "cpu", "host.span_ns" },
	};
	int ret = 0;

	for (size_t i = 0; i < host->nr_absent; i++)
		for (size_t k = 0; !ret && k < sizeof(names) / sizeof(names[0]); k++)
			if (!strcmp(host->absent[i].field, names[k].from))
				ret = record_set_absent(r, names[k].to, host->absent[i].reason);
	return ret;
}

static void fill_host(struct record_host *to, struct record *host, const struct vfio_device *nic,
		      const struct guest_qemu *qemu)
{
	*to = (struct record_host) {
		.kernel = move(&host->env.kernel),
		.build_id = move(&host->env.build_id),
		.cmdline = move(&host->env.cmdline),
		.vcpus = host->env.vcpus,
		.iommu_driver = move(&host->env.iommu_driver),
		.domain_type = strdup(nic->domain_type),
		.qemu = strdup(qemu->version),
		.machine = strdup(qemu->machine),
		.window_ns = host->close_ns - host->open_ns,
		.busy_ns = host->has_cpu ? record_busy_ns(host) : 0,
		.span_ns = host->has_cpu ? host->cpu_span_ns : 0,
	};
}

int host_record_add(struct record *r, struct record *host, const struct vfio_device *nic,
		    const struct guest_qemu *qemu, struct err *e)
{
	int ret;

	fill_host(&r->host, host, nic, qemu);
	r->has_host = true;
	r->env.iperf3 = move(&host->env.iperf3);
	add_peer(r, host);
	ret = add_functions(r, host);
	if (!ret)
		ret = add_counters(r, host);
	if (!ret)
		ret = add_warnings(r, host);
	if (!ret)
		ret = add_absent(r, host);
	return ret ? err_set(e, -ret, "agent: put both records together: %s", strerror(-ret)) : 0;
}
