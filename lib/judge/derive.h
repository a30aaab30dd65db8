/* SPDX-License-Identifier: GPL-2.0 */
/* Between metrics.c and the files that derive metrics. */
#ifndef JUDGE_DERIVE_H
#define JUDGE_DERIVE_H

#include "judge/metrics.h"

/*
 * Add @function@suffix (@function may be "") to @m, present with value 0. NULL: no room, or it is
 * there, as where a record has a CPU twice.
 */
struct metric *derive_add(struct metrics *m, const struct record *r, const char *function,
			  const char *suffix);

/* @to is not present. @to may be NULL, here and below. */
__attribute__((format(printf, 3, 4)))
void derive_absent(struct metric *to, enum metric_state state, const char *fmt, ...);

/* Set @to to @above / @below; without a @below above 0 it is absent, because of @why. */
void derive_ratio(struct metric *to, double above, double below, const char *why);

/* Why @r lacks @field. */
const char *derive_reason(const struct record *r, const char *field);

/* Each takes what it needs from @r and adds its metrics to @m, in the order they are shown. */
void derive_window(const struct record *r, double pages, struct metrics *m);
void derive_paths(const struct record *r, double pages, struct metrics *m);
void derive_host(const struct record *r, double pages, struct metrics *m);
void derive_reported(const struct record *r, struct metrics *m);
void derive_function(const struct record *r, const struct record_function *f, double pages,
		     struct metrics *m);

#endif
