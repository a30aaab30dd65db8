// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "agent/guest.h"
#include "agent/kmsg.h"
#include "agent/mark.h"
#include "agent/window.h"
#include "util/clock.h"

enum {
	SETTLE_MS = 5,		/* longer than any call under way takes to end on one CPU */
	SETTLE_LIMIT_MS = 3000,	/* on several, that may wait for each other */
};

void window_init(struct window *w, const struct net *net, const struct flows *flows,
		 const struct instruments *with, bool real_clock)
{
	memset(w, 0, sizeof(*w));
	w->net = net;
	w->flows = flows;
	w->with = with;
	w->real_clock = real_clock;
	w->kmsg = -EBADF;
}

int window_prepare(struct window *w, struct err *e)
{
	w->warm_ns = now_ns();
	w->kmsg = kmsg_open();
	return w->with->marks ? mark_prepare(e) : 0;
}

static int read_flows(struct window *w, struct edge *edge, struct err *e)
{
	return sockets_read(w->with->sockets, FLOWS_BASE_PORT, w->flows->n, &edge->flows, e);
}

int window_arm(struct window *w, struct err *e)
{
	struct probes *probes = w->with->probes;
	int ret = w->with->guest ? guest_step(w->with->guest, "arm", e) : 0;

	injector_start(w->with->injector);
	if (!ret && probes)
		ret = probes_arm(probes, e);
	if (!ret && probes && !w->real_clock)
		clock_sleep_ms(SETTLE_MS);
	return ret;
}

/*
 * The bytes are read next to the switch of the probes, as every count is divided by them; the
 * slower reads lie outside, in mirrored order. The marks stand some instructions inside the
 * switch, so that the tracer and the emulator count the same calls.
 */
int window_open(struct window *w, struct err *e)
{
	struct probes *probes = w->with->probes;
	int ret = edge_read_system(w->net, &w->open, e);

	if (!ret && w->with->guest)
		ret = guest_step(w->with->guest, "open", e);
	counters_on(w->with->counters);
	if (!ret)
		ret = read_flows(w, &w->open, e);
	if (!ret && probes)
		ret = probes_on(probes, &w->open_ns, e);
	else
		w->open_ns = now_ns();
	if (w->with->marks)
		mark(MARK_OPEN);
	injector_begin(w->with->injector);
	return ret;
}

/*
 * The guest closes first, and its answer wakes this program before the guest goes on: this program
 * has precedence on the CPU that the guest runs on.
 */
int window_close(struct window *w, struct err *e)
{
	struct probes *probes = w->with->probes;
	int ret = w->with->guest ? guest_step(w->with->guest, "close", e) : 0;

	injector_end(w->with->injector);
	if (w->with->marks)
		mark(MARK_CLOSE);
	if (!ret && probes)
		ret = probes_drain(probes, &w->close_ns, e);
	else
		w->close_ns = now_ns();
	return ret;
}

/* Let the calls end that count. */
static void let_calls_end(const struct window *w)
{
	int ms = 0;

	do {
		clock_sleep_ms(SETTLE_MS);
		ms += SETTLE_MS;
	} while (w->real_clock && ms < SETTLE_LIMIT_MS && probes_in_flight(w->with->probes));
}

int window_settle(struct window *w, struct err *e)
{
	int ret = read_flows(w, &w->close, e);

	counters_off(w->with->counters);
	if (!ret)
		ret = edge_read_system(w->net, &w->close, e);
	if (w->with->probes) {
		let_calls_end(w);
		probes_off(w->with->probes);
	}
	w->end_ns = now_ns();
	return ret;
}

int window_fill(struct window *w, struct record *r, struct err *e)
{
	int ret = edge_check_flows(w->net, w->flows, &w->open, &w->close, e);

	if (ret)
		return ret;
	r->open_ns = w->open_ns;
	r->close_ns = w->close_ns;
	edge_fill(w->net, w->flows, &w->open, &w->close, w->warm_ns, w->end_ns, r);
	ret = w->kmsg < 0 ? w->kmsg : kmsg_collect(w->kmsg, r);
	return ret ? err_set(e, -ret, "agent: the kernel's log: %s", strerror(-ret)) : 0;
}

void window_end(struct window *w)
{
	if (w->kmsg >= 0)
		close(w->kmsg);
	w->kmsg = -EBADF;
}
