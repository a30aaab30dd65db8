// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bisect_git.h"
#include "bisect_kernel.h"
#include "testbed/subject.h"
#include "util/command.h"
#include "util/file.h"
#include "util/places.h"

/* Of build_kernel.sh: the source does not build, or not to a kernel that can be a subject. */
enum { CODE_SOURCE = 1, CODE_UNFIT = 5 };

static char *below(const char *folder, const char *name)
{
	char *path;

	return folder && asprintf(&path, "%s/%s", folder, name) >= 0 ? path : NULL;
}

/* The folder of the state: of a git tree one that git knows the place of. */
static int place_state(const struct bisect_arguments *a, char **out, struct err *e)
{
	int ret;

	if (!a->state) {
		ret = GIT_MUST(a->tree, out, e, "rev-parse", "--path-format=absolute",
			       "--git-common-dir");
		if (!ret) {
			char *common = *out;

			*out = below(common, "iommu-perf-bisect");
			free(common);
		}
		return ret;
	}
	ret = file_make_folders(a->state, e);
	*out = ret ? NULL : realpath(a->state, NULL);
	return ret;
}

int bisect_place(struct bisect_arguments *a, struct bisect_folders *out, struct err *e)
{
	int ret = place_state(a, &out->state, e);

	if (ret)
		return ret;
	out->build = a->build ? strdup(a->build) : below(out->state, "build");
	out->source = below(out->build, "source");
	out->objects = below(out->build, "objects");
	a->b.state = out->state;
	if (!out->source || !out->objects)
		return err_set(e, ENOMEM, "out of memory");
	if (strpbrk(out->build, " \t:"))
		return err_set(e, EINVAL, "'%s': a kernel cannot be built in a folder whose name has a "
			       "blank or a colon: name another with --build", out->build);
	return 0;
}

void bisect_folders_free(struct bisect_folders *f)
{
	free(f->state);
	free(f->build);
	free(f->source);
	free(f->objects);
}

int bisect_build(const char *source, const char *objects, struct settings *s, struct err *e)
{
	char *script = places_source("lib/testbed/build_kernel.sh"), *said;
	const char *argv[] = { script, source, objects, NULL };
	int code;

	if (!script)
		return err_set(e, ENOENT, "this program has no source tree, whose "
			       "lib/testbed/build_kernel.sh builds kernels");
	setenv("BUILD_DIES", "stdout", 1);
	code = command_run(argv, &said, e);
	unsetenv("BUILD_DIES");
	free(script);
	if (code < 0)
		return code;
	if (code)
		code = err_set(e, code == CODE_SOURCE || code == CODE_UNFIT ? ENOTSUP : EIO, "%.*s",
			       (int)strcspn(said, "\n"), *said ? said : "it cannot be built");
	free(said);
	return code ? code : subject_use(s, objects, e);
}
