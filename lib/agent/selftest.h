/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tracer put to the proof in the running kernel: threads call traced functions that sleep and
 * yield, nested, while they are moved between CPUs and preempted on purpose. As the number of calls
 * and the shortest possible duration are known, every lost or mispaired sample shows.
 */
#ifndef AGENT_SELFTEST_H
#define AGENT_SELFTEST_H

#include <stdbool.h>
#include <stdio.h>

#include "util/err.h"

/*
 * Run it, for some seconds, and write the result to @out as one line of JSON:
 *
 *	{"selftest":"tracer","vcpus":4,"window_ns":...,"moves":...,"preemptions":...,"functions":
 *	 [{"name":"do_nanosleep","calls":...,"count":...,"missed":...,"orphaned":...,
 *	   "unmatched":...,"overflowed":...,"backward":...,"min_ns":...,"max_ns":...,"wrong":[]}],
 *	 "ok":true}
 *
 * where calls is what was called and wrong says what does not hold: every call is counted or lost,
 * none is shorter than its sleep or longer than the window, self times fit their callees' times.
 * *@ok is whether all holds. Needs root. No other probes may be open.
 */
int selftest_tracer(FILE *out, bool *ok, struct err *e);

#endif
