/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tracer counts, shared with its user space.
 */
#ifndef BPF_TRACER_H
#define BPF_TRACER_H

#include "loglin.h"
#include "slow.h"
#include "stack.h"

enum { TRACER_HIST = 2048 };	/* LOGLIN_SLOTS, rounded up so that a mask keeps an index inside */

/*
 * One function on one CPU, times in ns. Touched by the function's exit probe alone, which the kernel
 * neither nests on a CPU nor migrates, so nothing here needs to be atomic.
 */
struct tracer_function {
	__u64 total_ns;
	__u64 self_ns;
	__u64 min_ns;
	__u64 span_ns;		/* the longest is min_ns + span_ns */
	__u64 seen;		/* min_ns is a call's, not the zero we began with */
	__u64 hist[TRACER_HIST];	/* calls by loglin_index() of their time */
};

#endif
