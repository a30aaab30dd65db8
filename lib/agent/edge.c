// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "agent/edge.h"
#include "agent/link.h"
#include "agent/procfs.h"
#include "util/clock.h"

static int read_tcp(const struct net_side *side, struct record_tcp *tcp, struct err *e)
{
	char text[8192];
	int n = procfs_read_fd(side->snmp, text, sizeof(text));

	if (n < 0 || procfs_parse_snmp(text, tcp))
		return err_set(e, EIO, "agent: /proc/net/snmp cannot be read");
	return 0;
}

static void add_counts(struct record_nic *to, const struct record_nic *n)
{
	to->rx_dropped += n->rx_dropped;
	to->rx_missed += n->rx_missed;
	to->rx_errors += n->rx_errors;
	to->tx_dropped += n->tx_dropped;
	to->tx_errors += n->tx_errors;
}

/* Of all of @side's NICs together. */
static int read_nics(const struct net_side *side, struct record_nic *counts, struct err *e)
{
	struct link link;
	int ret;

	memset(counts, 0, sizeof(*counts));
	for (int i = 0; i < side->nr_nics; i++) {
		ret = link_read(side->route, side->nics[i].index, &link);
		if (ret)
			return err_set(e, -ret, "agent: netlink: counters of %s: %s",
				       side->nics[i].name, strerror(-ret));
		add_counts(counts, &link.counts);
	}
	return 0;
}

static int read_side(const struct net_side *side, struct record_tcp *tcp, struct record_nic *nics,
		     struct err *e)
{
	int ret;

	if (!side->nr_nics)
		return 0;
	ret = read_tcp(side, tcp, e);
	return ret ? ret : read_nics(side, nics, e);
}

int edge_read_system(const struct net *net, struct edge *edge, struct err *e)
{
	static char text[256 * 1024];
	uint64_t tick_ns = 1000000000ull / sysconf(_SC_CLK_TCK);
	int fd = open("/proc/stat", O_RDONLY | O_CLOEXEC);
	int n, ret;

	if (fd < 0)
		return err_set(e, errno, "agent: /proc/stat: %s", strerror(errno));
	n = procfs_read_fd(fd, text, sizeof(text));
	edge->cpus_ns = now_ns();
	close(fd);
	edge->nr_cpus = n < 0 ? n : procfs_parse_stat(text, tick_ns, edge->cpus, RECORD_CPUS_MAX);
	if (edge->nr_cpus < 0)
		return err_set(e, EIO, "agent: /proc/stat cannot be read");
	ret = read_side(&net->subject, &edge->tcp_subject, &edge->nic_subject, e);
	return ret ? ret : read_side(&net->peer, &edge->tcp_peer, &edge->nic_peer, e);
}

/* The end of flow @i that the servers hold, on the subject's side, or the clients, on the peer's. */
static const struct socket_end *end_of(const struct socket_flows *f, int i, bool server)
{
	return server ? &f->server[i] : &f->client[i];
}

static bool has(const struct net *net, bool server)
{
	return server ? net->subject.nr_nics : net->peer.nr_nics;
}

uint64_t edge_arrived(const struct net *net, const struct socket_flows *f, int i, bool tx)
{
	bool receiver = !tx;	/* is it a server? */

	return has(net, receiver) ? end_of(f, i, receiver)->received :
				    end_of(f, i, !receiver)->acked;
}

/* A flow whose sockets are not the same at both ends did not run for the whole window. */
static bool stayed(const struct net *net, const struct socket_flows *open,
		   const struct socket_flows *close, int i)
{
	for (int server = 0; server < 2; server++) {
		const struct socket_end *a = end_of(open, i, server), *b = end_of(close, i, server);

		if (has(net, server) && (!a->found || !b->found || a->socket != b->socket))
			return false;
	}
	return true;
}

int edge_check_flows(const struct net *net, const struct flows *flows, const struct edge *open,
		     const struct edge *close, struct err *e)
{
	for (int i = 0; i < flows->n; i++)
		if (!stayed(net, &open->flows, &close->flows, i))
			return err_set(e, ESTALE, "agent: flow %d did not run for the whole "
				       "window: its connection was not there at both ends of it", i);
	return 0;
}

static void fill_flow(const struct net *net, const struct flows *flows, const struct edge *open,
		      const struct edge *close, int i, struct record *r)
{
	const struct socket_end *from = end_of(&open->flows, i, flows->tx);
	const struct socket_end *to = end_of(&close->flows, i, flows->tx);
	struct record_flow *f = &r->flows[i];

	f->port = FLOWS_BASE_PORT + i;
	f->asked_bytes = flows->asked_bytes;
	f->window_bytes = edge_arrived(net, &close->flows, i, flows->tx) -
			  edge_arrived(net, &open->flows, i, flows->tx);
	f->retransmits = to->retransmits - from->retransmits;
	f->sent_bytes = to->acked;
	f->received_bytes = end_of(&close->flows, i, !flows->tx)->received;
	r->payload_bytes += f->window_bytes;
}

static struct record_tcp tcp_difference(const struct record_tcp *a, const struct record_tcp *b)
{
	return (struct record_tcp) {
		.in_segs = b->in_segs - a->in_segs,
		.out_segs = b->out_segs - a->out_segs,
		.retrans_segs = b->retrans_segs - a->retrans_segs,
	};
}

static struct record_nic nic_difference(const struct record_nic *a, const struct record_nic *b)
{
	return (struct record_nic) {
		.rx_dropped = b->rx_dropped - a->rx_dropped,
		.rx_missed = b->rx_missed - a->rx_missed,
		.rx_errors = b->rx_errors - a->rx_errors,
		.tx_dropped = b->tx_dropped - a->tx_dropped,
		.tx_errors = b->tx_errors - a->tx_errors,
	};
}

static void fill_system(const struct edge *open, const struct edge *close, struct record *r)
{
	r->cpu_tick_ns = 1000000000ull / sysconf(_SC_CLK_TCK);
	r->has_cpu = open->nr_cpus == close->nr_cpus &&
		     !procfs_stat_difference(open->cpus, close->cpus, open->nr_cpus, r->cpus);
	if (!r->has_cpu)
		record_set_absent(r, "cpu", "CPUs came or went inside the window, or the kernel's "
				  "count of their time went backward");
	r->nr_cpus = r->has_cpu ? open->nr_cpus : 0;
	r->cpu_span_ns = close->cpus_ns - open->cpus_ns;
	r->has_tcp = true;
	r->tcp_subject = tcp_difference(&open->tcp_subject, &close->tcp_subject);
	r->tcp_peer = tcp_difference(&open->tcp_peer, &close->tcp_peer);
	r->has_nic = true;
	r->nic_subject = nic_difference(&open->nic_subject, &close->nic_subject);
	r->nic_peer = nic_difference(&open->nic_peer, &close->nic_peer);
}

void edge_fill(const struct net *net, const struct flows *flows, const struct edge *open,
	       const struct edge *close, uint64_t warm_ns, uint64_t end_ns, struct record *r)
{
	r->has_window = true;
	r->nr_flows = flows->n;
	for (int i = 0; i < flows->n; i++) {
		fill_flow(net, flows, open, close, i, r);
		r->flows[i].first_ns = warm_ns;
		r->flows[i].last_ns = end_ns;
	}
	fill_system(open, close, r);
}
