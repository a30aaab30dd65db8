// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "agent/drive.h"
#include "agent/guest.h"
#include "util/clock.h"

enum {
	CONTROL_BYTES = 4096,	/* more than iperf3's control connection carries at the start */
	LOOK_MS = 4,		/* between two looks at the flows */
	LATER_MS = 40,		/* the longest time between two */
	LOOKS_BETWEEN_ALIVE = 64,
	WATCH_LIMIT_S = 60,
	/* two levels, on the one CPU that the guest has, too */
	GUEST_LIMIT_S = 200,
	GUEST_LOOK_MS = 40,	/* of one that asks its host for each page */
	GUEST_CLOSE_MS = 500,	/* its CPU is busy with a batch of packets for that long, */
	GUEST_CLOSE_PART = 5,	/* or less: no more than that part of a flow passes in it */
};

struct drive {
	const struct command *c;
	struct window *w;
	bool slow;		/* the guest asks its host for each page */
	bool held[FLOWS_MAX];
};

/* A look: 0 when what is waited for is there; else how many ms later to look again, or -errno. */
typedef int look_fn(struct drive *d, const struct socket_flows *f, struct err *e);

static uint64_t arrived(const struct drive *d, const struct socket_flows *f, int i)
{
	return edge_arrived(d->w->net, f, i, d->c->scenario.tx);
}

static int limit_s(const struct drive *d)
{
	return d->w->with->guest ? GUEST_LIMIT_S : WATCH_LIMIT_S;
}

/* It takes too long: say so, and which flow is behind. */
static int late(const struct drive *d, const struct socket_flows *f, const char *what,
		struct err *e)
{
	int last = 0;

	for (int i = 1; i < d->w->flows->n; i++)
		if (arrived(d, f, i) < arrived(d, f, last))
			last = i;
	return err_set(e, ETIMEDOUT, "agent: %s takes longer than %d s; of flow %d %llu bytes "
		       "arrived", what, limit_s(d), last,
		       (unsigned long long)arrived(d, f, last));
}

/* Look at the flows until @look says 0. Dead flows, and ones that get nowhere, are errors. */
static int watch(struct drive *d, look_fn *look, const char *what, struct err *e)
{
	const struct instruments *with = d->w->with;
	uint64_t limit = now_ns() + limit_s(d) * 1000000000ull;
	struct socket_flows f;
	int ret, ms;

	for (unsigned int i = 1; ; i++) {
		ret = sockets_read(with->sockets, FLOWS_BASE_PORT, d->w->flows->n, &f, e);
		if (!ret)
			ret = injector_look(with->injector, e);
		ms = ret ? ret : look(d, &f, e);
		if (ms <= 0)
			return ms;
		if (i % LOOKS_BETWEEN_ALIVE == 0)
			ret = flows_alive(d->w->flows, e);
		if (!ret && now_ns() > limit)
			ret = late(d, &f, what, e);
		if (ret)
			return ret;
		clock_sleep_ms(d->slow && ms < GUEST_LOOK_MS ? GUEST_LOOK_MS : ms);
	}
}

/* The sender of flow @i may be a process of the guest. */
static int hold(struct drive *d, int i, struct err *e)
{
	struct guest *guest = d->w->with->guest;

	if (guest && d->c->scenario.tx)
		return guest_hold(guest, i, e);
	flows_hold(d->w->flows, i);
	return 0;
}

static int release(struct drive *d, struct err *e)
{
	struct guest *guest = d->w->with->guest;

	if (guest && d->c->scenario.tx)
		return guest_release(guest, e);
	flows_release(d->w->flows);
	return 0;
}

/*
 * Hold each flow when it has warmed up; done when all are held. Without that the first of many
 * flows would be at its end before the last has begun.
 */
static int all_held(struct drive *d, const struct socket_flows *f, struct err *e)
{
	int held = 0, ret;

	for (int i = 0; i < d->w->flows->n; i++) {
		if (!d->held[i] && arrived(d, f, i) > d->c->warmup_bytes) {
			ret = hold(d, i, e);
			if (ret)
				return ret;
			d->held[i] = true;
		}
		held += d->held[i];
	}
	return held == d->w->flows->n ? 0 : LOOK_MS;
}

static int all_flow(struct drive *d, const struct socket_flows *f, struct err *e)
{
	(void)e;
	for (int i = 0; i < d->w->flows->n; i++)
		if (arrived(d, f, i) <= CONTROL_BYTES)
			return LOOK_MS;
	return 0;
}

/*
 * Done when the first flow nears its end. A look costs the subject as much as a hundred packets,
 * so there are few: half of the time that the fastest flow so far still needs may pass unseen.
 */
static int first_nears_its_end(struct drive *d, const struct socket_flows *f, struct err *e)
{
	uint64_t elapsed_ms = (now_ns() - d->w->open_ns) / 1000000, soonest_ms = LATER_MS;
	uint64_t end = d->c->flow_bytes - d->c->tail_bytes, there, gained, left_ms, late;

	(void)e;
	for (int i = 0; i < d->w->flows->n; i++) {
		there = arrived(d, f, i);
		gained = there - arrived(d, &d->w->open.flows, i);
		/* what arrives until a guest has closed its window */
		late = d->slow && elapsed_ms ? gained * GUEST_CLOSE_MS / elapsed_ms : 0;
		if (late > end / GUEST_CLOSE_PART)
			late = end / GUEST_CLOSE_PART;
		if (there + late >= end)
			return 0;
		if (!gained)
			continue;
		left_ms = (end - there) * elapsed_ms / gained;
		if (left_ms < soonest_ms)
			soonest_ms = left_ms;
	}
	return soonest_ms / 2 > LOOK_MS ? soonest_ms / 2 : LOOK_MS;
}

/* On the counted clock the window opens while all flows are held, and so do calls end by then. */
static int open_held(struct drive *d, struct err *e)
{
	int ret = watch(d, all_held, "the flows' warm-up", e);

	if (!ret)
		ret = window_prepare(d->w, e);
	if (!ret)
		ret = window_arm(d->w, e);
	if (!ret)
		ret = window_open(d->w, e);
	return ret ? ret : release(d, e);
}

/* Several CPUs may be in calls that wait for each other: they have all of the warm-up to end. */
static int open_flowing(struct drive *d, struct err *e)
{
	int ret = watch(d, all_flow, "the flows' start", e);

	if (!ret)
		ret = window_arm(d->w, e);
	if (ret)
		return ret;
	clock_sleep_ms(d->c->warmup_ms);
	ret = window_prepare(d->w, e);
	return ret ? ret : window_open(d->w, e);
}

/* Wait for the window's @ms, and let the injector do its work. */
static int wait_for(struct drive *d, int ms, struct err *e)
{
	uint64_t until = d->w->open_ns + ms * 1000000ull;
	int ret = 0;

	if (!d->w->with->injector)
		clock_sleep_ms(ms);
	while (!ret && d->w->with->injector && now_ns() < until) {
		clock_sleep_ms(LOOK_MS);
		ret = injector_look(d->w->with->injector, e);
	}
	return ret;
}

static int wait_to_close(struct drive *d, struct err *e)
{
	int ret;

	if (d->w->real_clock)
		return wait_for(d, d->c->window_ms, e);
	ret = watch(d, first_nears_its_end, "the window", e);
	return ret ? ret : injector_look(d->w->with->injector, e);
}

int drive_window(const struct command *c, const struct net *net, const struct flows *flows,
		 const struct instruments *with, struct record *r, struct err *e)
{
	static struct window w;
	struct drive d = { .c = c, .w = &w, .slow = command_asks_host(&c->scenario) };
	int ret;

	window_init(&w, net, flows, with, c->real_clock);
	ret = c->real_clock ? open_flowing(&d, e) : open_held(&d, e);
	if (!ret)
		ret = wait_to_close(&d, e);
	if (!ret)
		ret = window_close(&w, e);
	if (!ret)
		ret = window_settle(&w, e);
	if (!ret)
		ret = window_fill(&w, r, e);
	window_end(&w);
	return ret;
}
