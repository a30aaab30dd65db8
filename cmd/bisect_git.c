// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bisect_git.h"
#include "util/command.h"

void git_forget_environment(void)
{
	static const char *const names[] = {
		"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_NAMESPACE",
		"GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_PREFIX",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unsetenv(names[i]);
}

int git(const char *tree, char **out, struct err *e, const char *const *args)
{
	const char **argv;
	size_t n = 0;
	int code;

	while (args[n])
		n++;
	argv = calloc(n + 6, sizeof(*argv));
	if (!argv)
		return err_set(e, ENOMEM, "out of memory");
	argv[0] = "git";
	argv[1] = "-C";
	argv[2] = tree;
	argv[3] = "-c";
	argv[4] = "core.hooksPath=/dev/null";	/* its owner's are for the owner's work */
	memcpy(argv + 5, args, n * sizeof(*argv));
	code = command_run(argv, out, e);
	free(argv);
	return code;
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

int git_is_there(const char *tree, struct err *e)
{
	char *folder;
	int code = GIT(tree, &folder, e, "rev-parse", "--git-dir");

	if (code < 0)
		return code;
	free(folder);
	return code ? err_set(e, EINVAL, "%s is no git repository", tree) : 0;
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
