// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bisect_git.h"
#include "bisect_worktree.h"
#include "util/file.h"

/* A git that was killed leaves its lock; that nobody else works here is known by ours. */
static int unlock_index(const char *source, struct err *e)
{
	char *lock;
	int ret = GIT_MUST(source, &lock, e, "rev-parse", "--path-format=absolute",
			   "--git-path", "index.lock");

	if (!ret)
		unlink(lock);
	free(lock);
	return ret;
}

/* Where a worktree that a bisection made has a mark: among what git knows of it. */
static int place_mark(const char *source, char **out, struct err *e)
{
	return GIT_MUST(source, out, e, "rev-parse", "--path-format=absolute",
			"--git-path", "made-by-iommu-perf");
}

static int make_source(const char *tree, const char *source, const char *commit, struct err *e)
{
	char *mark;
	int ret = GIT_MUST(tree, NULL, e, "worktree", "add", "--quiet", "--force",
			   "--no-checkout", "--detach", source, commit);

	if (!ret)
		ret = place_mark(source, &mark, e);
	if (ret)
		return ret;
	ret = file_write_atomic(mark, "", 0, e);
	free(mark);
	return ret;
}

/*
 * Is it a worktree of this tree that a bisection made? In any other the owner may have work, which a
 * checkout would throw away; a folder without .git is part of the checkout around it.
 */
static int check_source(const char *tree, const char *source, struct err *e)
{
	char git[4200], *ours = NULL, *its = NULL, *mark = NULL;
	struct stat folder, file;
	bool good;
	int ret = 0;

	snprintf(git, sizeof(git), "%.4000s/.git", source);
	good = !lstat(source, &folder) && S_ISDIR(folder.st_mode) && !lstat(git, &file) &&
	       S_ISREG(file.st_mode);
	if (good)
		ret = GIT_MUST(tree, &ours, e, "rev-parse", "--path-format=absolute",
			       "--git-common-dir");
	if (good && !ret)
		ret = GIT_MUST(source, &its, e, "rev-parse", "--path-format=absolute",
			       "--git-common-dir");
	if (good && !ret)
		ret = place_mark(source, &mark, e);
	good = good && !ret && !strcmp(ours, its) && !access(mark, F_OK);
	free(ours);
	free(its);
	free(mark);
	return ret || good ? ret : err_set(e, EINVAL, "%s is no worktree that a bisection of %s made: "
					   "name another folder with --build", source, tree);
}

int bisect_worktree(const char *tree, const char *source, const char *commit, struct err *e)
{
	struct stat st;
	int ret;

	if (lstat(source, &st)) {
		ret = make_source(tree, source, commit, e);
	} else {
		ret = check_source(tree, source, e);
		if (!ret)
			ret = unlock_index(source, e);
	}
	return ret ? ret : GIT_MUST(source, NULL, e, "checkout", "--quiet", "--force", "--detach",
				    commit, "--");
}
