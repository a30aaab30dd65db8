/* SPDX-License-Identifier: GPL-2.0 */
/* The worktree that a bisection checks its commits out in. */
#ifndef CMD_BISECT_WORKTREE_H
#define CMD_BISECT_WORKTREE_H

#include "util/err.h"

/*
 * Check @commit of the repository @tree out in the worktree @source, which is made where there is
 * none. The caller has a lock on it. -EINVAL with @e, and nothing touched, where what is there is not
 * a worktree that this has made.
 */
int bisect_worktree(const char *tree, const char *source, const char *commit, struct err *e);

#endif
