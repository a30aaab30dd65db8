// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "agent/disturb.h"
#include "agent/probes.h"
#include "agent/selftest.h"

enum {
	SLEEPERS_PER_CPU = 2,
	YIELDERS_PER_CPU = 2,
	SLEEPS = 200,		/* by each sleeper */
	YIELDS = 10000,		/* by each yielder */
	SLEEP_NS = 1000000,
	THREADS_MAX = DISTURB_THREADS_MAX,
};

/* The caller, then its callee: called once in each call of it, and by nobody else. */
enum { SLEEP_OUTER, SLEEP_INNER, YIELD_OUTER, YIELD_INNER, FUNCTIONS };

static const char *const functions[FUNCTIONS] = {
	[SLEEP_OUTER] = "hrtimer_nanosleep",
	[SLEEP_INNER] = "do_nanosleep",
	[YIELD_OUTER] = "do_sched_yield",
	[YIELD_INNER] = "yield_task_fair",
};

struct selftest {
	int cpus, nr_threads;
	pthread_t threads[THREADS_MAX];
	_Atomic pid_t tids[THREADS_MAX];	/* 0: ended */
	pthread_barrier_t start;
	uint64_t moves, preemptions;
	uint64_t open_ns, close_ns;
};

struct thread {
	struct selftest *t;
	int nr;
	bool sleeper;
};

/* Wait without a call of the functions under test. */
static void pause_ms(int ms)
{
	poll(NULL, 0, ms);
}

static void *work(void *arg)
{
	const struct timespec nap = { .tv_nsec = SLEEP_NS };
	struct thread *thread = arg;
	struct selftest *t = thread->t;

	t->tids[thread->nr] = syscall(SYS_gettid);
	pthread_barrier_wait(&t->start);
	if (thread->sleeper) {
		for (int i = 0; i < SLEEPS; i++)
			clock_nanosleep(CLOCK_MONOTONIC, 0, &nap, NULL);
	} else {
		for (int i = 0; i < YIELDS; i++)
			sched_yield();
	}
	t->tids[thread->nr] = 0;
	free(thread);
	return NULL;
}

static int targets(void *arg, pid_t tids[DISTURB_THREADS_MAX])
{
	struct selftest *t = arg;
	int n = 0;

	for (int i = 0; i < t->nr_threads; i++) {
		tids[n] = t->tids[i];
		n += tids[n] != 0;
	}
	return n;
}

static int start_thread(struct selftest *t, bool sleeper)
{
	struct thread *thread = malloc(sizeof(*thread));
	int err;

	if (!thread)
		return -ENOMEM;
	*thread = (struct thread){ t, t->nr_threads, sleeper };
	err = pthread_create(&t->threads[t->nr_threads], NULL, work, thread);
	if (err) {
		free(thread);
		return -err;
	}
	t->nr_threads++;
	return 0;
}

/* All threads, waiting at the barrier. A failure leaves them there: the selftest ends its process. */
static int start_threads(struct selftest *t, struct err *e)
{
	int err = 0, sleepers = t->cpus * SLEEPERS_PER_CPU;
	int all = sleepers + t->cpus * YIELDERS_PER_CPU;

	if (all > THREADS_MAX)
		return err_set(e, E2BIG, "selftest: %d CPUs, at most %d are possible", t->cpus,
			       THREADS_MAX / (SLEEPERS_PER_CPU + YIELDERS_PER_CPU));
	pthread_barrier_init(&t->start, NULL, all + 1);
	for (int i = 0; i < all && !err; i++)
		err = start_thread(t, i < sleepers);
	return err ? err_set(e, -err, "selftest: no thread: %s", strerror(-err)) : 0;
}

static int run(struct selftest *t, struct probes *p, struct err *e)
{
	struct disturb *d = NULL;
	int err = start_threads(t, e) ?: disturb_start(&d, targets, t, e) ?: probes_arm(p, e);

	if (err)
		return err;
	pause_ms(10);
	err = probes_on(p, &t->open_ns, e);
	if (err)
		return err;
	pthread_barrier_wait(&t->start);
	for (int i = 0; i < t->nr_threads; i++)
		pthread_join(t->threads[i], NULL);
	err = probes_drain(p, &t->close_ns, e);
	disturb_stop(d, &t->moves, &t->preemptions);
	probes_off(p);
	return err;
}

static uint64_t lost(const struct record_function *f)
{
	return f->missed + f->orphaned + f->overflowed + f->backward;
}

static bool is_sleep(int nr)
{
	return nr == SLEEP_OUTER || nr == SLEEP_INNER;
}

static uint64_t calls_made(const struct selftest *t, int nr)
{
	return (uint64_t)t->cpus * (is_sleep(nr) ? SLEEPERS_PER_CPU * SLEEPS :
						   YIELDERS_PER_CPU * YIELDS);
}

/* Print @what, quoted, if it @does_not_hold; @first is whether it would be the first. */
static bool complain(FILE *out, bool does_not_hold, const char *what, bool first)
{
	if (does_not_hold)
		fprintf(out, "%s\"%s\"", first ? "" : ",", what);
	return first && !does_not_hold;
}

/* What does not hold for function @nr, as the elements of a JSON array. True: all holds. */
static bool check(FILE *out, const struct selftest *t, const struct record_function *f, int nr)
{
	uint64_t window = t->close_ns - t->open_ns;
	const struct record_function *callee = nr % 2 ? NULL : f + 1;
	bool good = true;

	good = complain(out, f->count + lost(f) != calls_made(t, nr), "calls unaccounted for", good);
	good = complain(out, !f->count, "nothing was counted", good);
	good = complain(out, lost(f) * 1000 > calls_made(t, nr), "more than 0.1 % lost", good);
	good = complain(out, f->backward, "a call ended before it began", good);
	good = complain(out, f->unmatched > f->missed, "exits without a reason", good);
	good = complain(out, f->max_ns > window, "a call longer than the window", good);
	good = complain(out, is_sleep(nr) && f->min_ns < SLEEP_NS, "a call shorter than its sleep",
			good);
	good = complain(out, f->self_ns > f->total_ns, "self time above total time", good);
	if (callee && !callee->absent && !lost(f) && !lost(callee))
		good = complain(out, f->self_ns != f->total_ns - callee->total_ns,
				"self time is not total time less the callee's", good);
	return good;
}

static bool print_function(FILE *out, const struct selftest *t, const struct record_function *f,
			   int nr)
{
	bool good = true;

	fprintf(out, "%s{\"name\":\"%s\"", nr ? "," : "", f->name);
	if (f->absent) {
		fprintf(out, ",\"absent\":true}");
		return true;
	}
	fprintf(out, ",\"calls\":%llu,\"count\":%llu,\"missed\":%llu,\"orphaned\":%llu,"
		"\"unmatched\":%llu,\"overflowed\":%llu,\"backward\":%llu,\"min_ns\":%llu,"
		"\"max_ns\":%llu,\"total_ns\":%llu,\"self_ns\":%llu,\"wrong\":[",
		(unsigned long long)calls_made(t, nr), (unsigned long long)f->count,
		(unsigned long long)f->missed, (unsigned long long)f->orphaned,
		(unsigned long long)f->unmatched, (unsigned long long)f->overflowed,
		(unsigned long long)f->backward, (unsigned long long)f->min_ns,
		(unsigned long long)f->max_ns, (unsigned long long)f->total_ns,
		(unsigned long long)f->self_ns);
	good = check(out, t, f, nr);
	fprintf(out, "]}");
	return good;
}

static int report(FILE *out, const struct selftest *t, struct probes *p, bool *ok, struct err *e)
{
	struct record_function f[FUNCTIONS];
	int err = probes_read(p, f, FUNCTIONS, e), traced = 0;

	if (err)
		return err;
	*ok = true;
	fprintf(out, "{\"selftest\":\"tracer\",\"vcpus\":%d,\"window_ns\":%llu,\"moves\":%llu,"
		"\"preemptions\":%llu,\"functions\":[", t->cpus,
		(unsigned long long)(t->close_ns - t->open_ns), (unsigned long long)t->moves,
		(unsigned long long)t->preemptions);
	for (int i = 0; i < FUNCTIONS; i++) {
		*ok &= print_function(out, t, &f[i], i);
		traced += !f[i].absent;
		free(f[i].name);
		free(f[i].absent);
		free(f[i].buckets);
	}
	*ok &= traced > 0;
	fprintf(out, "],\"ok\":%s}\n", *ok ? "true" : "false");
	return 0;
}

int selftest_tracer(FILE *out, bool *ok, struct err *e)
{
	struct selftest *t = calloc(1, sizeof(*t));
	struct probes *p = NULL;
	int err;

	if (!t)
		return err_set(e, ENOMEM, "out of memory");
	t->cpus = sysconf(_SC_NPROCESSORS_ONLN);
	err = probes_open(functions, FUNCTIONS, &p, e) ?: run(t, p, e) ?: report(out, t, p, ok, e);
	probes_close(p);
	if (!err)	/* else threads may still be using it */
		free(t);
	return err;
}
