// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/disturb.h"
#include "util/clock.h"

enum {
	SPIN_NS = 300000,	/* how long a real-time thread keeps a CPU from the others */
	PAUSE_MS = 1,
	PRIORITY = 10,
};

struct disturb {
	disturb_targets_fn targets;
	void *arg;
	pthread_t mover, preempter;
	atomic_bool stop;
	uint64_t moves, preemptions;
};

/* By poll(), as the functions that sleep may be the ones under test. */
static void pause_between(void)
{
	poll(NULL, 0, PAUSE_MS);
}

static int random_cpu(unsigned int *dice)
{
	return rand_r(dice) % sysconf(_SC_NPROCESSORS_ONLN);
}

static void move_to(pid_t tid, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(tid, sizeof(set), &set);
}

static void *move(void *arg)
{
	pid_t tids[DISTURB_THREADS_MAX];
	struct disturb *d = arg;
	unsigned int dice = 1;

	while (!d->stop) {
		int n = d->targets(d->arg, tids);

		for (int i = 0; i < n; i++)
			move_to(tids[i], random_cpu(&dice));
		d->moves += n;
		pause_between();
	}
	return NULL;
}

static void *preempt(void *arg)
{
	const struct sched_param fifo = { .sched_priority = PRIORITY };
	struct disturb *d = arg;
	unsigned int dice = 2;
	uint64_t until;

	sched_setscheduler(0, SCHED_FIFO, &fifo);
	while (!d->stop) {
		move_to(0, random_cpu(&dice));
		for (until = now_ns() + SPIN_NS; now_ns() < until;)
			;
		d->preemptions++;
		pause_between();
	}
	return NULL;
}

int disturb_start(struct disturb **out, disturb_targets_fn targets, void *arg, struct err *e)
{
	struct disturb *d = calloc(1, sizeof(*d));
	int ret;

	if (!d)
		return err_set(e, ENOMEM, "agent: no memory");
	d->targets = targets;
	d->arg = arg;
	ret = pthread_create(&d->mover, NULL, move, d);
	if (ret) {
		free(d);
		return err_set(e, ret, "agent: no thread: %s", strerror(ret));
	}
	ret = pthread_create(&d->preempter, NULL, preempt, d);
	if (ret) {
		d->stop = true;
		pthread_join(d->mover, NULL);
		free(d);
		return err_set(e, ret, "agent: no thread: %s", strerror(ret));
	}
	*out = d;
	return 0;
}

void disturb_stop(struct disturb *d, uint64_t *moves, uint64_t *preemptions)
{
	d->stop = true;
	pthread_join(d->mover, NULL);
	pthread_join(d->preempter, NULL);
	if (moves)
		*moves = d->moves;
	if (preemptions)
		*preemptions = d->preemptions;
	free(d);
}
