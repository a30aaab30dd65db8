/* SPDX-License-Identifier: GPL-2.0 */
/* Between the files of the comparison: which runs there are, what their metrics say. */
#ifndef JUDGE_COMPARE_PARTS_H
#define JUDGE_COMPARE_PARTS_H

#include "judge/compare.h"

/*
 * The scenarios that both sides have, with their runs, into @c, and those that only one has. The
 * runs of a scenario belong together, or -EINVAL; -ENOENT; -ENOMEM.
 */
int compare_group(const struct compare_input sides[SIDES], struct comparison *c, struct err *e);

/* Leave out the runs of @s that are invalid or repeated. -ENOMEM. */
int compare_sift(struct compare_scenario *s);

/* The metrics of @s and the decisions on them. -ENOMEM. */
int compare_metrics(struct compare_scenario *s);

/*
 * Over two levels, which function of which level makes a page dearer in test, in words; "" where
 * none does, and for one level.
 */
void compare_attribute(const struct compare_scenario *s, char *text, size_t size);

/* p and q of all diagnostics of @c, and whether they can tell anything. -ENOMEM. */
int compare_diagnose(struct comparison *c);

#endif
