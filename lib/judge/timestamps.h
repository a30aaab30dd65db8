/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Were timestamps lost? A tracer that takes a call's length as ktime minus the time stored at its
 * entry gives the machine's uptime where that was lost and 0 stands there. N such calls add
 * N x uptime to the function's total.
 *
 * The total alone fits many N. The printed variance tells them apart: the study's tracer adds the
 * squares of whole microseconds in 64 bits, so variance x count gives that sum modulo 2^64, and
 * N x uptime^2 must be the sum but for what the sound calls add. Those add as much time as their
 * callees' rows allow, which leaves a small part of 2^64 for each N.
 */
#ifndef JUDGE_TIMESTAMPS_H
#define JUDGE_TIMESTAMPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/record.h"

/*
 * The most fits by chance that are expected among the Ns tried until one fits: beyond it nothing is
 * said. So at most this share of records that are impossible for another reason is explained.
 */
#define TIMESTAMPS_CHANCE 0.05

struct lost_timestamps {
	size_t function;	/* index into the record's */
	uint64_t n;		/* calls whose timestamp was lost */
	double uptime_s;	/* of the machine, at those calls, mean */
	double rest_mean_ns;	/* mean of all calls without them */
	double chance;		/* fits by chance expected up to this one, all rows together */
};

/*
 * Explain those of the functions of @r whose total @suspect says to be impossible. @window_ns is
 * how long they were counted. Into @out, which has room for r->nr_functions; returns how many it
 * holds: 0 where nothing is proven. All of one record share the uptime to within the window.
 */
size_t timestamps_explain(const struct record *r, double window_ns, const bool *suspect,
			  struct lost_timestamps *out);

#endif
