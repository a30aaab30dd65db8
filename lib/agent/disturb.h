/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trouble on purpose: moves threads between CPUs at random and keeps CPUs from them by real-time
 * spins, so that whatever pairs the beginning and the end of a call is put to the proof.
 */
#ifndef AGENT_DISTURB_H
#define AGENT_DISTURB_H

#include <stdint.h>
#include <sys/types.h>

#include "util/err.h"

enum { DISTURB_THREADS_MAX = 512 };

/* Fills @tids with at most DISTURB_THREADS_MAX thread ids to move, and returns how many. */
typedef int (*disturb_targets_fn)(void *arg, pid_t tids[DISTURB_THREADS_MAX]);

struct disturb;

/* Begin; @targets is asked again and again, from a thread of its own. To disturb_stop(). */
int disturb_start(struct disturb **out, disturb_targets_fn targets, void *arg, struct err *e);

/* End, and free @d. How often it moved a thread and preempted a CPU, where asked (may be NULL). */
void disturb_stop(struct disturb *d, uint64_t *moves, uint64_t *preemptions);

#endif
