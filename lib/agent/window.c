// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "agent/kmsg.h"
#include "agent/link.h"
#include "agent/mark.h"
#include "agent/procfs.h"
#include "agent/sockets.h"
#include "agent/window.h"
#include "util/clock.h"

enum {
	LOOK_MS = 4,		/* between two looks at the flows */
	CONTROL_BYTES = 4096,	/* more than iperf3's control connection carries at the start */
	LATER_MS = 40,		/* the longest time between two */
	LOOKS_BETWEEN_ALIVE = 64,
	WATCH_LIMIT_S = 60,
	SETTLE_MS = 5,		/* longer than any call under way takes to end on one CPU */
	SETTLE_LIMIT_MS = 3000,	/* on several, that may wait for each other */
};

/* Everything that is read at one end of the window. */
struct edge {
	struct record_cpu cpus[RECORD_CPUS_MAX];
	int nr_cpus;
	uint64_t cpus_ns;	/* when they were read */
	struct record_tcp tcp_subject, tcp_peer;
	struct record_nic nic_subject, nic_peer;
	struct socket_flows flows;
};

struct measurement {
	const struct command *c;
	const struct net *net;
	const struct flows *flows;
	const struct instruments *with;
	bool held[FLOWS_MAX];
	uint64_t opened_ns;
	struct edge open, close;
};

static void sleep_ms(int ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

/* Of flow @i, the end that receives the data, and the one that sends it. */
static const struct socket_end *receiver(const struct measurement *m,
					 const struct socket_flows *f, int i)
{
	return m->c->scenario.tx ? &f->client[i] : &f->server[i];
}

static const struct socket_end *sender(const struct measurement *m,
				       const struct socket_flows *f, int i)
{
	return m->c->scenario.tx ? &f->server[i] : &f->client[i];
}

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

static int read_system(const struct measurement *m, struct edge *edge, struct err *e)
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
	ret = read_tcp(&m->net->subject, &edge->tcp_subject, e);
	if (!ret)
		ret = read_tcp(&m->net->peer, &edge->tcp_peer, e);
	if (!ret)
		ret = read_nics(&m->net->subject, &edge->nic_subject, e);
	return ret ? ret : read_nics(&m->net->peer, &edge->nic_peer, e);
}

static int read_flows(const struct measurement *m, struct socket_flows *f, struct err *e)
{
	return sockets_read(m->with->sockets, FLOWS_BASE_PORT, m->flows->n, f, e);
}

/*
 * Look at the flows until @next says 0; until then, how many ms later to look again. Dead flows,
 * and ones that get nowhere, are errors.
 */
static int watch(struct measurement *m,
		 int (*next)(struct measurement *m, const struct socket_flows *f),
		 const char *what, struct err *e)
{
	uint64_t limit = now_ns() + WATCH_LIMIT_S * 1000000000ull;
	struct socket_flows f;
	int ret, ms = 0;

	for (unsigned int i = 1; ; i++) {
		ret = read_flows(m, &f, e);
		if (!ret)
			ret = injector_look(m->with->injector, e);
		if (!ret)
			ms = next(m, &f);
		if (!ret && !ms)
			return 0;
		if (!ret && i % LOOKS_BETWEEN_ALIVE == 0)
			ret = flows_alive(m->flows, e);
		if (!ret && now_ns() > limit)
			ret = err_set(e, ETIMEDOUT, "agent: %s takes longer than %d s", what,
				      WATCH_LIMIT_S);
		if (ret)
			return ret;
		sleep_ms(ms);
	}
}

/*
 * Hold each flow when it has warmed up; done when all are held. Without that the first of many
 * flows would be at its end before the last has begun.
 */
static int all_held(struct measurement *m, const struct socket_flows *f)
{
	int held = 0;

	for (int i = 0; i < m->flows->n; i++) {
		if (!m->held[i] && receiver(m, f, i)->received > m->c->warmup_bytes) {
			flows_hold(m->flows, i);
			m->held[i] = true;
		}
		held += m->held[i];
	}
	return held == m->flows->n ? 0 : LOOK_MS;
}

static int all_flow(struct measurement *m, const struct socket_flows *f)
{
	for (int i = 0; i < m->flows->n; i++)
		if (receiver(m, f, i)->received <= CONTROL_BYTES)
			return LOOK_MS;
	return 0;
}

/*
 * Done when the first flow nears its end. A look costs the subject as much as a hundred packets,
 * so there are few: half of the time that the fastest flow so far still needs may pass unseen.
 */
static int first_nears_its_end(struct measurement *m, const struct socket_flows *f)
{
	uint64_t elapsed_ms = (now_ns() - m->opened_ns) / 1000000, soonest_ms = LATER_MS;

	for (int i = 0; i < m->flows->n; i++) {
		uint64_t received = receiver(m, f, i)->received, left_ms;
		uint64_t gained = received - receiver(m, &m->open.flows, i)->received;

		if (received + m->c->tail_bytes >= m->c->flow_bytes)
			return 0;
		if (!gained)
			continue;
		left_ms = (m->c->flow_bytes - m->c->tail_bytes - received) * elapsed_ms / gained;
		if (left_ms < soonest_ms)
			soonest_ms = left_ms;
	}
	return soonest_ms / 2 > LOOK_MS ? soonest_ms / 2 : LOOK_MS;
}

/* Several CPUs may be in calls that wait for each other: they have all of the warm-up to end. */
static int warm_up(struct measurement *m, struct err *e)
{
	struct probes *probes = m->with->probes;
	int ret;

	if (!m->c->real_clock)
		return watch(m, all_held, "the flows' warm-up", e);
	ret = watch(m, all_flow, "the flows' start", e);
	if (!ret && probes)
		ret = probes_arm(probes, e);
	injector_start(m->with->injector);
	if (!ret)
		sleep_ms(m->c->warmup_ms);
	return ret;
}

/* Wait for the window's @ms, and let the injector do its work. */
static int wait_for(struct measurement *m, int ms, struct err *e)
{
	uint64_t until = m->opened_ns + ms * 1000000ull;
	int ret = 0;

	if (!m->with->injector)
		sleep_ms(ms);
	while (!ret && m->with->injector && now_ns() < until) {
		sleep_ms(LOOK_MS);
		ret = injector_look(m->with->injector, e);
	}
	return ret;
}

static int wait_to_close(struct measurement *m, struct err *e)
{
	int ret;

	if (m->c->real_clock)
		return wait_for(m, m->c->window_ms, e);
	ret = watch(m, first_nears_its_end, "the window", e);
	return ret ? ret : injector_look(m->with->injector, e);
}

static void fill_flow(const struct measurement *m, int i, uint64_t warm_ns, uint64_t end_ns,
		      struct record *r)
{
	struct record_flow *f = &r->flows[i];

	f->port = FLOWS_BASE_PORT + i;
	f->asked_bytes = m->flows->asked_bytes;
	f->window_bytes = receiver(m, &m->close.flows, i)->received -
			  receiver(m, &m->open.flows, i)->received;
	f->retransmits = sender(m, &m->close.flows, i)->retransmits -
			 sender(m, &m->open.flows, i)->retransmits;
	f->first_ns = warm_ns;
	f->last_ns = end_ns;
	r->payload_bytes += f->window_bytes;
}

/* A flow whose sockets are not the same at both ends did not run for the whole window. */
static int check_flow(const struct measurement *m, int i, struct err *e)
{
	const struct socket_end *open[] = { receiver(m, &m->open.flows, i),
					    sender(m, &m->open.flows, i) };
	const struct socket_end *close[] = { receiver(m, &m->close.flows, i),
					     sender(m, &m->close.flows, i) };

	for (int k = 0; k < 2; k++)
		if (!open[k]->found || !close[k]->found || open[k]->socket != close[k]->socket)
			return err_set(e, ESTALE, "agent: flow %d did not run for the whole "
				       "window: its connection was not there at both ends of it", i);
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

static void fill_system(const struct measurement *m, struct record *r)
{
	r->cpu_tick_ns = 1000000000ull / sysconf(_SC_CLK_TCK);
	r->has_cpu = m->open.nr_cpus == m->close.nr_cpus &&
		     !procfs_stat_difference(m->open.cpus, m->close.cpus, m->open.nr_cpus, r->cpus);
	if (!r->has_cpu)
		record_set_absent(r, "cpu", "CPUs came or went inside the window, or the kernel's "
				  "count of their time went backward");
	r->nr_cpus = r->has_cpu ? m->open.nr_cpus : 0;
	r->cpu_span_ns = m->close.cpus_ns - m->open.cpus_ns;
	r->has_tcp = true;
	r->tcp_subject = tcp_difference(&m->open.tcp_subject, &m->close.tcp_subject);
	r->tcp_peer = tcp_difference(&m->open.tcp_peer, &m->close.tcp_peer);
	r->has_nic = true;
	r->nic_subject = nic_difference(&m->open.nic_subject, &m->close.nic_subject);
	r->nic_peer = nic_difference(&m->open.nic_peer, &m->close.nic_peer);
}

/*
 * The bytes are read next to the switch of the probes, as every count is divided by them; the
 * slower reads lie outside, in mirrored order. The marks stand some instructions inside the
 * switch, so that the tracer and the emulator count the same calls.
 */
static int open_window(struct measurement *m, struct record *r, struct err *e)
{
	struct probes *probes = m->with->probes;
	int ret = 0;

	if (!m->c->real_clock) {
		injector_start(m->with->injector);
		if (probes) {
			ret = probes_arm(probes, e);
			sleep_ms(SETTLE_MS);
		}
	}
	if (!ret)
		ret = read_system(m, &m->open, e);
	counters_on(m->with->counters);
	if (!ret)
		ret = read_flows(m, &m->open.flows, e);
	if (!ret && probes)
		ret = probes_on(probes, &r->open_ns, e);
	else
		r->open_ns = now_ns();
	mark(MARK_OPEN);
	injector_begin(m->with->injector);
	m->opened_ns = r->open_ns;
	if (!m->c->real_clock)
		flows_release(m->flows);
	return ret;
}

/* Let the calls end that count. */
static void settle(const struct measurement *m)
{
	int ms = 0;

	do {
		sleep_ms(SETTLE_MS);
		ms += SETTLE_MS;
	} while (m->c->real_clock && ms < SETTLE_LIMIT_MS && probes_in_flight(m->with->probes));
}

static int close_window(struct measurement *m, struct record *r, struct err *e)
{
	struct probes *probes = m->with->probes;
	int ret = 0;

	injector_end(m->with->injector);
	mark(MARK_CLOSE);
	if (probes)
		ret = probes_drain(probes, &r->close_ns, e);
	else
		r->close_ns = now_ns();
	if (!ret)
		ret = read_flows(m, &m->close.flows, e);
	counters_off(m->with->counters);
	if (!ret)
		ret = read_system(m, &m->close, e);
	if (probes) {
		settle(m);
		probes_off(probes);
	}
	return ret;
}

int window_measure(const struct command *c, const struct net *net, const struct flows *flows,
		   const struct instruments *with, struct record *r, struct err *e)
{
	static struct measurement m;
	uint64_t warm_ns = 0, end_ns;
	int kmsg = -1, ret;

	m = (struct measurement) { .c = c, .net = net, .flows = flows, .with = with };
	ret = warm_up(&m, e);
	if (ret)
		return ret;
	warm_ns = now_ns();
	kmsg = kmsg_open();
	ret = mark_prepare(e);
	if (!ret)
		ret = open_window(&m, r, e);
	if (!ret)
		ret = wait_to_close(&m, e);
	if (!ret)
		ret = close_window(&m, r, e);
	end_ns = now_ns();
	for (int i = 0; !ret && i < flows->n; i++)
		ret = check_flow(&m, i, e);
	if (ret)
		goto out;
	r->has_window = true;
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
