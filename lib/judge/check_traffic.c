// SPDX-License-Identifier: GPL-2.0
/* The checks of the traffic against what was done to map it. */
#include <math.h>
#include <string.h>

#include "judge/calltree.h"
#include "judge/checks.h"

typedef unsigned long long ull;

enum { HEADERS = 40 };	/* of IP and TCP, at least */

static bool is_translated(const struct record *r)
{
	return r->mode.domain_type && !strncmp(r->mode.domain_type, "DMA", 3);
}

/* What was received was sent, or was under way when the window opened: receivers' buffers full. */
static void check_segments(const struct record *r, struct validity *v)
{
	const struct record_tcp *sender = r->scenario.tx ? &r->tcp_subject : &r->tcp_peer;
	double most;

	if (!r->has_tcp || !r->has_window || !r->traffic.mtu || !r->traffic.receive_buffer)
		return;
	most = (double)sender->out_segs * (r->traffic.mtu - HEADERS) +
	       (double)r->nr_flows * r->traffic.receive_buffer;
	check_add(v, CHECK_SEGMENTS, pass_if(r->payload_bytes <= most), "",
		  "%llu bytes; %llu segments of MTU %d, and %zu receive buffers of %d bytes",
		  (ull)r->payload_bytes, (ull)sender->out_segs, r->traffic.mtu, r->nr_flows,
		  r->traffic.receive_buffer);
}

/*
 * Receivers count what their NIC put together as one. What was under way when the window opened
 * fits in the receivers' buffers, and has at most as many acknowledgements. Where the namespaces
 * are not the test's own, others' segments are among them.
 */
static void check_arrived(const struct record *r, struct validity *v)
{
	const struct record_tcp *s = &r->tcp_subject, *p = &r->tcp_peer;
	double more;

	if (!r->has_tcp || r->traffic.mtu <= HEADERS || !r->traffic.receive_buffer ||
	    strcmp(r->env.testbed, "emulated"))
		return;
	more = (double)r->nr_flows * r->traffic.receive_buffer / (r->traffic.mtu - HEADERS) + 1;
	check_add(v, CHECK_ARRIVED,
		  pass_if(s->in_segs <= p->out_segs + more && p->in_segs <= s->out_segs + more &&
			  s->retrans_segs <= s->out_segs && p->retrans_segs <= p->out_segs), "",
		  "subject: %llu in, %llu out, %llu again; peer: %llu in, %llu out, %llu again; "
		  "%.0f may have been under way", (ull)s->in_segs, (ull)s->out_segs,
		  (ull)s->retrans_segs, (ull)p->in_segs, (ull)p->out_segs, (ull)p->retrans_segs,
		  more);
}

/* A NIC that reuses its receive buffers still maps what it sends, if only acknowledgements. */
static void check_mapped(const struct record *r, struct validity *v)
{
	const struct record_function *map = calltree_traced(r, "iommu_map");

	if (!map || !is_translated(r))
		return;
	check_add(v, CHECK_MAPPED, pass_if(map->count || !r->payload_bytes), "",
		  "%llu bytes, %llu calls of iommu_map in a domain of type %.20s",
		  (ull)r->payload_bytes, (ull)map->count, r->mode.domain_type);
}

static void check_balance(const struct record *r, struct validity *v)
{
	const struct record_function *map = calltree_traced(r, "iommu_map");
	const struct record_function *unmap = calltree_traced(r, "__iommu_unmap");
	double held = check_held(r);

	if (!map || !unmap || !r->traffic.ring_rx || !r->traffic.ring_tx)
		return;
	check_add(v, CHECK_BALANCE,
		  pass_if(fabs((double)map->count - unmap->count) <=
			  held + function_lost(map) + function_lost(unmap)), "",
		  "%llu mapped, %llu unmapped; rings of %d and %d descriptors hold at most %.0f",
		  (ull)map->count, (ull)unmap->count, r->traffic.ring_rx, r->traffic.ring_tx,
		  held);
}

#define PLAIN_SLACK 0.1	/* which packets meet in a batch differs between two passes */

/* Instructions can only be added by probes; on a real clock neighbours may do what they like. */
static void check_plain(const struct record *r, struct validity *v)
{
	const struct record_plain *p = &r->plain;
	double plain = (double)p->window_ns / p->payload_bytes, probed, room;
	bool counted = check_is_counted(r), ok;

	if (!r->has_plain || r->close_ns <= r->open_ns)
		return;
	probed = (double)(r->close_ns - r->open_ns) / r->payload_bytes;
	ok = p->window_ns && p->payload_bytes &&
	     (!counted || plain <= probed * (1 + PLAIN_SLACK));
	/* Each CPU's times are rounded, and on a real clock read some time beside the window. */
	room = ((double)p->window_ns + 8.0 * r->cpu_tick_ns) * r->nr_cpus;
	ok = ok && (!counted || !r->has_cpu || p->busy_ns <= room);
	check_add(v, CHECK_PLAIN, pass_if(ok), "", "%.3f ns a byte without probes, %.3f with them; "
		  "%.1f ms busy", plain, probed, p->busy_ns / 1e6);
}

void check_traffic(const struct record *r, struct validity *v)
{
	check_segments(r, v);
	check_arrived(r, v);
	check_mapped(r, v);
	check_balance(r, v);
	check_plain(r, v);
}
