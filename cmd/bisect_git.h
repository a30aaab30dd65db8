/* SPDX-License-Identifier: GPL-2.0 */
/* What bisection needs of git. */
#ifndef CMD_BISECT_GIT_H
#define CMD_BISECT_GIT_H

#include <stdbool.h>

#include "util/err.h"

/* A git that started this, as git bisect run does, may have said which repository it is in. */
void git_forget_environment(void);

/*
 * Run git in the folder @tree with @args, which NULL ends. Its stdout in *@out, from malloc, without
 * the last newline; with @out NULL that goes to stderr. Its exit code, or a negative errno with @e.
 */
int git(const char *tree, char **out, struct err *e, const char *const *args);
#define GIT(tree, out, e, ...) git(tree, out, e, (const char *const[]) { __VA_ARGS__, NULL })

/* The same, and it must succeed: -EINVAL with @e where it does not. */
int git_must(const char *tree, char **out, struct err *e, const char *const *args);
#define GIT_MUST(tree, out, e, ...) \
	git_must(tree, out, e, (const char *const[]) { __VA_ARGS__, NULL })

/* Is @tree a git repository, or in one? */
int git_is_there(const char *tree, struct err *e);

/* The short name of the commit @rev, from malloc. */
int git_commit(const char *tree, const char *rev, char **out, struct err *e);

/* Are there changes that are in no commit? */
int git_is_dirty(const char *tree, bool *out, struct err *e);

#endif
