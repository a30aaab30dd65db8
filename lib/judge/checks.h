/* SPDX-License-Identifier: GPL-2.0 */
/* Between validity.c and the files that hold the checks. */
#ifndef JUDGE_CHECKS_H
#define JUDGE_CHECKS_H

#include "judge/level.h"
#include "judge/validity.h"

/* Add one result to @v. @subject may be "". */
__attribute__((format(printf, 5, 6)))
void check_add(struct validity *v, enum check_id id, enum check_outcome outcome,
	       const char *subject, const char *fmt, ...);

void check_record(const struct record *r, struct validity *v);
void check_host(const struct record *r, struct validity *v);
void check_traffic(const struct record *r, struct validity *v);
void check_counters(const struct record *r, struct validity *v);
void check_reported(const struct record *r, struct validity *v);
void check_functions(const struct record *r, struct validity *v);
void check_time(const struct record *r, struct validity *v);
void check_calltree(const struct record *r, struct validity *v);

static inline enum check_outcome pass_if(bool ok)
{
	return ok ? CHECK_PASS : CHECK_FAIL;
}

/*
 * By how many calls two counts of the same thing on @level may differ: not at all on one CPU that
 * opens its own window. Else by 0.1 %, by what was lost, and by those that may have been under way.
 */
double check_slack(const struct level *level, double count, double lost);

/*
 * Calls of @callee, at most, by other callers than the rules name. qi_submit_sync() is also called,
 * once each, to invalidate the IOMMU's caches of contexts, PASIDs and interrupts: as many as QEMU
 * counted; where it did not, those we added.
 */
double check_called_aside(const struct record *r, const struct record_function *callee);

/*
 * Does the clock count instructions, and all of them the subject's? Over two levels it goes on while
 * the host does other work, so that a guest misses ticks, and is interrupted anywhere.
 */
bool check_is_counted(const struct record *r);

/* How many mappings the rings of the subject's NICs can hold. */
double check_held(const struct record *r);

/* Samples of @f that are known to be lost. */
unsigned long long function_lost(const struct record_function *f);

#endif
