/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Probes: the tracer (bpf/tracer.bpf.c) as the agent sees it. Times calls of kernel functions.
 *
 *	probes_open()	loads and attaches; the tracer is off: a traced call costs little more
 *			than the trampoline
 *	probes_arm()	calls are followed, nothing is counted yet. Let calls in flight end before
 *			the next step: some milliseconds of ordinary work
 *	probes_on()	the window opens, for all functions at once
 *	probes_drain()	the window closes; calls that began in it may still end and count. Let them
 *	probes_off()	nothing counts any more
 *	probes_read()	what was counted
 *
 * and again from probes_arm() or to probes_close(). One instance at a time; not thread safe.
 */
#ifndef AGENT_PROBES_H
#define AGENT_PROBES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/record.h"
#include "util/err.h"

enum { PROBES_MAX = 16 };	/* functions traced at a time */

struct probes;

/*
 * Load and attach probes for the @n functions named in @functions, at most PROBES_MAX. A name may
 * be a list of alternatives, "new_name|old_name": the first one that the kernel has is traced (but one
 * after a "!", as in "name|!other", is taken even where the others are there, too), and
 * the function is reported under the first name of the list.
 *
 * A function that cannot be traced is no error: probes_read() reports it absent, with the reason.
 * What fails is reported in @e: -EPERM, -ENOENT (a kernel without BTF), -E2BIG (too many
 * functions), -ENOMEM, or what libbpf gives. *@out is the caller's, to probes_close().
 */
int probes_open(const char *const *functions, size_t n, struct probes **out, struct err *e);
void probes_close(struct probes *p);

/* Forget what was counted before, and follow calls from now on. Negative errno as libbpf gives it. */
int probes_arm(struct probes *p, struct err *e);

/*
 * Open the window. *@open_ns, CLOCK_MONOTONIC, was read just before: no counted call began earlier.
 */
int probes_on(struct probes *p, uint64_t *open_ns, struct err *e);

/*
 * Close the window. *@close_ns, CLOCK_MONOTONIC, is read just after: no counted call began later.
 */
int probes_drain(struct probes *p, uint64_t *close_ns, struct err *e);

/* After probes_drain(): are there calls that count and have not ended? */
bool probes_in_flight(const struct probes *p);

/*
 * Stop counting, and wait until no probe that saw the tracer on still runs (some milliseconds).
 * Calls of the window that have not ended by now become orphaned.
 */
void probes_off(struct probes *p);

/*
 * What was counted, in the order of probes_open()'s @functions, after probes_off(). @f has room for
 * @n functions, as many as were given to probes_open(). Strings and arrays in @f are from malloc
 * and become the caller's; on error @f is empty.
 *
 * Every call that began in the window is in exactly one of count, missed, orphaned, overflowed and
 * backward (a call whose exit too was kept from its probe is in missed alone). unmatched stands
 * beside them: the exits of missed calls, and of calls that began before probes_arm().
 */
int probes_read(struct probes *p, struct record_function *f, size_t n, struct err *e);

/*
 * Slow @function, a name given to probes_open(), down: @n instructions (at most PROBES_INJECT_MAX)
 * in each call, inside the time that is measured, as exactly as bpf/slow.h says; 0 ends it. For
 * proofs that a regression is caught. -ENOENT: not among the functions, or absent.
 */
enum { PROBES_INJECT_MAX = 10000000 };
int probes_inject(struct probes *p, const char *function, uint32_t n, struct err *e);

/*
 * How many calls of @function, a name given to probes_open(), were counted by now. For looks while
 * the tracer is on: on several CPUs the latest may be missing. -ENOENT: not traced.
 */
int probes_calls(struct probes *p, const char *function, uint64_t *calls, struct err *e);

/*
 * Identity of the probe programs, hex: a hash of their instructions. Whatever changes what a probe
 * costs changes it; which functions are traced, and the kernel, do not. NULL: nothing is traced.
 */
const char *probes_identity(const struct probes *p);

/* How probes are attached, for the record. */
#define PROBES_ATTACH "fentry"

#endif
