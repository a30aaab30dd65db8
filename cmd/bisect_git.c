// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "bisect_git.h"
#include "util/command.h"

int git(const char *tree, char **out, struct err *e, const char *const *args)
{
	const char *argv[GIT_ARGUMENTS + 4] = { "git", "-C", tree };
	int n = 3;

	while (*args && n < GIT_ARGUMENTS + 3)
		argv[n++] = *args++;
	return command_run(argv, out, e);
}

int git_must(const char *tree, char **out, struct err *e, const char *const *args)
{
	int code = git(tree, out, e, args);

	if (code > 0 && out) {
		free(*out);
		*out = NULL;
	}
	return code <= 0 ? code : err_set(e, EINVAL, "'git %s' failed in %s, see above", args[0],
					  tree);
}

int git_commit(const char *tree, const char *rev, char **out, struct err *e)
{
	char commit[300];
	int code;

	if (snprintf(commit, sizeof(commit), "%s^{commit}", rev) >= (int)sizeof(commit))
		return err_set(e, EINVAL, "%.80s... is no revision", rev);
	code = GIT(tree, out, e, "rev-parse", "--quiet", "--verify", "--short=12", commit);
	if (code <= 0)
		return code;
	free(*out);
	*out = NULL;
	return err_set(e, EINVAL, "%s has no commit %s", tree, rev);
}

int git_is_dirty(const char *tree, bool *out, struct err *e)
{
	char *text;
	int ret = GIT_MUST(tree, &text, e, "status", "--porcelain", "--untracked-files=no");

	if (ret)
		return ret;
	*out = *text;
	free(text);
	return 0;
}
