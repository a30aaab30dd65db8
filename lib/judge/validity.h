/* SPDX-License-Identifier: GPL-2.0 */
/* Validity: is a record physically possible and complete? A pure function of it. */
#ifndef JUDGE_VALIDITY_H
#define JUDGE_VALIDITY_H

#include <stdbool.h>
#include <stddef.h>

#include "judge/metrics.h"
#include "record/record.h"

enum check_id {
	CHECK_WINDOW,
	CHECK_MODE,
	CHECK_FLOWS,
	CHECK_BYTES,
	CHECK_PAYLOAD,
	CHECK_LOG,
	CHECK_CPU,
	CHECK_SEGMENTS,
	CHECK_ARRIVED,
	CHECK_MAPPED,
	CHECK_BALANCE,
	CHECK_COUNTERS,
	CHECK_SOURCES,
	CHECK_QUEUE,
	CHECK_LOOKUPS,
	CHECK_WALKS,
	CHECK_FAULTS,
	CHECK_PLAIN,
	CHECK_REPORT,
	CHECK_RANGE,
	CHECK_CLOCK,
	CHECK_LOST,
	CHECK_HISTOGRAM,
	CHECK_ORDER,
	CHECK_SPREAD,
	CHECK_TOTAL,
	CHECK_SELF,
	CHECK_FITS,
	CHECK_TOGETHER,
	CHECK_NESTING,
	CHECK_SIBLINGS,
	CHECK_WINDOWS,
	CHECKS
};

enum check_outcome { CHECK_PASS, CHECK_FAIL, CHECK_NOT_APPLICABLE };

struct check_result {
	enum check_id id;
	enum check_outcome outcome;
	char subject[64];	/* the function or metric it is about; "" : the whole record */
	char detail[320];	/* with the numbers */
};

enum {
	/* Record-wide checks give one result, the others one a function or a rule of calltree.h */
	VALIDITY_MAX = 20 + RECORD_CPUS_MAX + RECORD_COUNTERS_MAX + RECORD_REPORTED_MAX +
		       10 * RECORD_FUNCTIONS_MAX + 64,
};

struct validity {
	struct check_result list[VALIDITY_MAX];
	size_t n;
	size_t failed;
};

/* "lost", and what holds where it passes: "at most 0.1 % of samples were lost, ...". */
const char *check_name(enum check_id id);
const char *check_meaning(enum check_id id);

/* Apply every check to @r; each gives at least one result. */
void validity_check(const struct record *r, struct validity *v);

/*
 * May the rows of @r that are sound be used although others are not? What we measured ourselves can
 * be measured again, and what broke one row may have touched the others; an imported report cannot,
 * and each of its rows is judged by itself, unless the record as a whole is impossible.
 */
bool validity_by_row(const struct record *r, const struct validity *v);

/*
 * Take from @m what a failed check forbids to use: the metrics become METRIC_IMPOSSIBLE. A row of
 * impossible times keeps its count, one counted over another window keeps its times.
 */
void validity_condemn(const struct validity *v, struct metrics *m);

/* The first result that failed, or NULL. */
const struct check_result *validity_first_failure(const struct validity *v);

/* The outcome of one check over all its results, and the result that shows it best. */
const struct check_result *validity_of(const struct validity *v, enum check_id id);

#endif
