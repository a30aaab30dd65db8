/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel that a function is of: the subject's or, over two levels, that of its host. */
#ifndef JUDGE_LEVEL_H
#define JUDGE_LEVEL_H

#include "record/record.h"

struct level {
	bool host;
	int vcpus;
	double window_ns;	/* by its own clock; 0: the window has no length */
	/*
	 * Calls that may be under way at an end of the window. None on one CPU that opens and closes
	 * the window itself, unless its kernel is preempted in the midst of one; the host's is opened
	 * beside its work, of which each CPU of its guest may have some asleep.
	 */
	int under_way;
};

/* The level of the function @name of @r. */
struct level level_of(const struct record *r, const char *name);

#endif
