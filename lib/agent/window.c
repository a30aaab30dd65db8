// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "agent/kmsg.h"
#include "agent/procfs.h"
#include "agent/sockets.h"
#include "agent/window.h"

enum {
	LOOK_MS = 1,		/* between two looks at the flows */
	LOOKS_BETWEEN_ALIVE = 64,
	WATCH_LIMIT_S = 60,
	SETTLE_MS = 5,		/* longer than any call under way takes to end */
};

/* Everything that is read at one end of the window. */
struct edge {
	struct record_cpu cpus[RECORD_CPUS_MAX];
	int nr_cpus;
	struct record_tcp tcp_subject, tcp_peer;
	struct socket_flow received[FLOWS_MAX], sent[FLOWS_MAX];
};

struct measurement {
	const struct command *c;
	const struct net *net;
	const struct flows *flows;
	struct edge open, close;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void sleep_ms(int ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

static const struct net_side *receiver(const struct measurement *m)
{
	return m->c->scenario.tx ? &m->net->peer : &m->net->subject;
}

static const struct net_side *sender(const struct measurement *m)
{
	return m->c->scenario.tx ? &m->net->subject : &m->net->peer;
}

static int read_tcp(const struct net_side *side, struct record_tcp *tcp, struct err *e)
{
	char text[8192];
	int n = procfs_read_fd(side->snmp, text, sizeof(text));

	if (n < 0 || procfs_parse_snmp(text, tcp))
		return err_set(e, EIO, "agent: /proc/net/snmp cannot be read");
	return 0;
}

static int read_system(const struct measurement *m, struct edge *edge, struct err *e)
{
	static char text[256 * 1024];
	uint64_t tick_ns = 1000000000ull / sysconf(_SC_CLK_TCK);
	int fd = open("/proc/stat", O_RDONLY | O_CLOEXEC);
	int n, ret;

	if (fd < 0)
		return err_set(e, errno, "agent: /proc/stat: %s", strerror(errno));
	n = procfs_read_fd(fd, text, sizeof(text));
	close(fd);
	edge->nr_cpus = n < 0 ? n : procfs_parse_stat(text, tick_ns, edge->cpus, RECORD_CPUS_MAX);
	if (edge->nr_cpus < 0)
		return err_set(e, EIO, "agent: /proc/stat cannot be read");
	ret = read_tcp(&m->net->subject, &edge->tcp_subject, e);
	return ret ? ret : read_tcp(&m->net->peer, &edge->tcp_peer, e);
}

static int read_flows(const struct measurement *m, struct edge *edge, struct err *e)
{
	int ret = sockets_flows(receiver(m), FLOWS_BASE_PORT, m->flows->n, edge->received, e);

	return ret ? ret : sockets_flows(sender(m), FLOWS_BASE_PORT, m->flows->n, edge->sent, e);
}

/*
 * Look at the receivers' data connections @f until @done says so; @known: they have been found
 * and are only refreshed. Dead flows and a subject that gets nowhere are errors.
 */
static int watch(const struct measurement *m, bool known, struct socket_flow f[FLOWS_MAX],
		 bool (*done)(const struct measurement *m, const struct socket_flow *f),
		 const char *what, struct err *e)
{
	uint64_t limit = now_ns() + WATCH_LIMIT_S * 1000000000ull;
	int n = m->flows->n, ret;

	for (unsigned int i = 1; ; i++) {
		ret = known ? sockets_refresh(receiver(m), FLOWS_BASE_PORT, n, f, e) :
			      sockets_flows(receiver(m), FLOWS_BASE_PORT, n, f, e);
		if (!ret && done(m, f))
			return 0;
		if (!ret && i % LOOKS_BETWEEN_ALIVE == 0)
			ret = flows_alive(m->flows, e);
		if (!ret && now_ns() > limit)
			ret = err_set(e, ETIMEDOUT, "agent: %s takes longer than %d s", what,
				      WATCH_LIMIT_S);
		if (ret)
			return ret;
		sleep_ms(LOOK_MS);
	}
}

static bool all_warm(const struct measurement *m, const struct socket_flow *f)
{
	for (int i = 0; i < m->flows->n; i++)
		if (!f[i].found || f[i].received <= m->c->warmup_bytes)
			return false;
	return true;
}

static bool first_nears_its_end(const struct measurement *m, const struct socket_flow *f)
{
	for (int i = 0; i < m->flows->n; i++)
		if (f[i].received + m->c->tail_bytes >= m->c->flow_bytes)
			return true;
	return false;
}

static int wait_to_open(const struct measurement *m, struct err *e)
{
	struct socket_flow f[FLOWS_MAX];
	int ret = watch(m, false, f, all_warm, "the flows' warm-up", e);

	if (!ret && m->c->real_clock)
		sleep_ms(m->c->warmup_ms);
	return ret;
}

static int wait_to_close(const struct measurement *m, struct err *e)
{
	struct socket_flow f[FLOWS_MAX];

	if (m->c->real_clock) {
		sleep_ms(m->c->window_ms);
		return 0;
	}
	memcpy(f, m->open.received, sizeof(f));
	return watch(m, true, f, first_nears_its_end, "the window", e);
}

static void fill_flow(const struct measurement *m, int i, uint64_t warm_ns, uint64_t end_ns,
		      struct record *r)
{
	struct record_flow *f = &r->flows[i];

	f->port = FLOWS_BASE_PORT + i;
	f->asked_bytes = m->flows->asked_bytes;
	f->window_bytes = m->close.received[i].received - m->open.received[i].received;
	f->retransmits = m->close.sent[i].retransmits - m->open.sent[i].retransmits;
	f->first_ns = warm_ns;
	f->last_ns = end_ns;
	r->payload_bytes += f->window_bytes;
}

/* A flow whose sockets are not the same at both ends did not run for the whole window. */
static int check_flow(const struct measurement *m, int i, struct err *e)
{
	const struct socket_flow *a = &m->open.received[i], *b = &m->close.received[i];
	const struct socket_flow *c = &m->open.sent[i], *d = &m->close.sent[i];

	if (!a->found || !b->found || !c->found || !d->found ||
	    memcmp(&a->id, &b->id, sizeof(a->id)) || memcmp(&c->id, &d->id, sizeof(c->id)))
		return err_set(e, ESTALE, "agent: flow %d did not run for the whole window: its "
			       "connection was not there at both ends of it", i);
	return 0;
}

static struct record_tcp tcp_difference(const struct record_tcp *a, const struct record_tcp *b)
{
	return (struct record_tcp) {
		.in_segs = b->in_segs - a->in_segs,
		.out_segs = b->out_segs - a->out_segs,
		.retrans_segs = b->retrans_segs - a->retrans_segs,
	};
}

static void fill_system(const struct measurement *m, struct record *r)
{
	r->cpu_tick_ns = 1000000000ull / sysconf(_SC_CLK_TCK);
	r->has_cpu = m->open.nr_cpus == m->close.nr_cpus;
	if (!r->has_cpu)
		record_set_absent(r, "cpu", "CPUs came or went inside the window");
	r->nr_cpus = r->has_cpu ? m->open.nr_cpus : 0;
	for (size_t i = 0; i < r->nr_cpus; i++) {
		const uint64_t *a = &m->open.cpus[i].user_ns, *b = &m->close.cpus[i].user_ns;

		r->cpus[i].cpu = m->open.cpus[i].cpu;
		for (uint64_t *v = &r->cpus[i].user_ns; v <= &r->cpus[i].steal_ns; v++)
			*v = *b++ - *a++;
	}
	r->has_tcp = true;
	r->tcp_subject = tcp_difference(&m->open.tcp_subject, &m->close.tcp_subject);
	r->tcp_peer = tcp_difference(&m->open.tcp_peer, &m->close.tcp_peer);
}

/*
 * The bytes are read next to the switch of the probes, as every count is divided by them; the
 * slower reads lie outside, in mirrored order.
 */
static int open_window(struct measurement *m, struct probes *probes, struct record *r,
		       struct err *e)
{
	int ret = 0;

	if (probes) {
		ret = probes_arm(probes, e);
		sleep_ms(SETTLE_MS);
	}
	if (!ret)
		ret = read_system(m, &m->open, e);
	if (!ret)
		ret = read_flows(m, &m->open, e);
	if (!ret && probes)
		return probes_on(probes, &r->open_ns, e);
	r->open_ns = now_ns();
	return ret;
}

static int close_window(struct measurement *m, struct probes *probes, struct record *r,
			struct err *e)
{
	int ret = 0;

	if (probes)
		ret = probes_drain(probes, &r->close_ns, e);
	else
		r->close_ns = now_ns();
	if (!ret)
		ret = read_flows(m, &m->close, e);
	if (!ret)
		ret = read_system(m, &m->close, e);
	if (probes) {
		sleep_ms(SETTLE_MS);
		probes_off(probes);
	}
	return ret;
}

int window_measure(const struct command *c, const struct net *net, const struct flows *flows,
		   struct probes *probes, struct record *r, struct err *e)
{
	static struct measurement m;
	uint64_t warm_ns = 0, end_ns;
	int kmsg = -1, ret;

	m = (struct measurement) { .c = c, .net = net, .flows = flows };
	ret = wait_to_open(&m, e);
	if (ret)
		return ret;
	warm_ns = now_ns();
	kmsg = kmsg_open();
	ret = open_window(&m, probes, r, e);
	if (!ret)
		ret = wait_to_close(&m, e);
	if (!ret)
		ret = close_window(&m, probes, r, e);
	end_ns = now_ns();
	for (int i = 0; !ret && i < flows->n; i++)
		ret = check_flow(&m, i, e);
	if (ret)
		goto out;
	r->nr_flows = flows->n;
	for (int i = 0; i < flows->n; i++)
		fill_flow(&m, i, warm_ns, end_ns, r);
	fill_system(&m, r);
	ret = kmsg < 0 ? kmsg : kmsg_collect(kmsg, r);
	if (ret)
		ret = err_set(e, -ret, "agent: the kernel's log: %s", strerror(-ret));
out:
	if (kmsg >= 0)
		close(kmsg);
	return ret;
}
