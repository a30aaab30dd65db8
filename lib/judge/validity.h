/* SPDX-License-Identifier: GPL-2.0 */
/* Validity: is a record physically possible and complete? A pure function of it. */
#ifndef JUDGE_VALIDITY_H
#define JUDGE_VALIDITY_H

#include <stdbool.h>
#include <stddef.h>

#include "record/record.h"

enum check_id {
	CHECK_WINDOW,
	CHECK_MODE,
	CHECK_FLOWS,
	CHECK_BYTES,
	CHECK_PAYLOAD,
	CHECK_LOG,
	CHECK_CPU,
	CHECK_MAPPED,
	CHECK_CLOCK,
	CHECK_LOST,
	CHECK_HISTOGRAM,
	CHECK_ORDER,
	CHECK_FITS,
	CHECK_NESTING,
	CHECK_SIBLINGS,
	CHECKS
};

enum check_outcome { CHECK_PASS, CHECK_FAIL, CHECK_NOT_APPLICABLE };

struct check_result {
	enum check_id id;
	enum check_outcome outcome;
	char subject[64];	/* the function it is about; "" : the whole record */
	char detail[256];	/* with the numbers */
};

enum {
	/* Record-wide checks give one result, the others one a function or a rule of calltree.h */
	VALIDITY_MAX = 7 + RECORD_CPUS_MAX + 5 * RECORD_FUNCTIONS_MAX + 64,
};

struct validity {
	struct check_result list[VALIDITY_MAX];
	size_t n;
	size_t failed;
};

/* "lost", and "no samples were lost beyond 0.1 % (...)". */
const char *check_name(enum check_id id);
const char *check_meaning(enum check_id id);

/* Apply every check to @r; each gives at least one result. */
void validity_check(const struct record *r, struct validity *v);

/* The first result that failed, or NULL. */
const struct check_result *validity_first_failure(const struct validity *v);

/* The outcome of one check over all its results, and the result that shows it best. */
const struct check_result *validity_of(const struct validity *v, enum check_id id);

#endif
