// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testbed/subject.h"
#include "util/command.h"
#include "util/places.h"

enum { CODE_UNFIT = 5 };	/* of prepare.sh: the kernel is to blame */

static bool is_prepared(const char *dir)
{
	char path[PATH_MAX + 32];
	struct stat st;

	snprintf(path, sizeof(path), "%s/vmlinuz", dir);
	if (stat(path, &st))
		return false;
	snprintf(path, sizeof(path), "%s/modules", dir);
	return !stat(path, &st) && S_ISREG(st.st_mode);
}

static int prepare(const char *what, char **dir, struct err *e)
{
	char *script = places_source("lib/testbed/prepare.sh");
	const char *argv[] = { script, "--kernel", what, NULL };
	int code, ret;

	if (!script)
		return err_set(e, ENOENT, "%s is no prepared kernel, and this program has no source "
			       "tree to prepare it with: name the folder that lib/testbed/prepare.sh "
			       "--kernel %s prints there", what, what);
	setenv("PREPARE_DIES", "stdout", 1);
	code = command_run(argv, dir, e);
	unsetenv("PREPARE_DIES");
	free(script);
	if (code <= 0)
		return code;
	ret = code == CODE_UNFIT ? ENOTSUP : EINVAL;
	if (**dir)
		ret = err_set(e, ret, "%.*s", (int)strcspn(*dir, "\n"), *dir);
	else
		ret = err_set(e, ret, "%s could not be prepared as a subject, see above", what);
	free(*dir);
	*dir = NULL;
	return ret;
}

int subject_find(const char *what, char **dir, struct err *e)
{
	struct stat st;

	*dir = NULL;
	if (strchr(what, '/') && stat(what, &st))
		return err_set(e, errno, "no kernel at %s: %s; it takes a folder, an image, a .deb "
			       "or a package's name", what, strerror(errno));
	if (!is_prepared(what))
		return prepare(what, dir, e);
	*dir = realpath(what, NULL);
	return *dir ? 0 : err_set(e, ENOMEM, "out of memory");
}

static bool is_newer(const char *path, const struct stat *than)
{
	struct stat st;

	if (stat(path, &st))
		return false;
	return st.st_mtim.tv_sec != than->st_mtim.tv_sec ?
		       st.st_mtim.tv_sec > than->st_mtim.tv_sec :
		       st.st_mtim.tv_nsec > than->st_mtim.tv_nsec;
}

/* The folder that this program was built into, which has the agent and one initramfs a kernel. */
static const char *build_folder(const char *initramfs, char *buf, size_t size)
{
	const char *slash = strrchr(initramfs, '/');

	snprintf(buf, size, "%.*s", slash ? (int)(slash - initramfs) : 1, slash ? initramfs : ".");
	return buf;
}

static bool is_current(const char *initramfs, const char *build, const char *dir)
{
	char path[PATH_MAX + 32];
	struct stat st;

	if (stat(initramfs, &st))
		return false;
	snprintf(path, sizeof(path), "%s/agent", build);
	if (is_newer(path, &st))
		return false;
	snprintf(path, sizeof(path), "%s/modules", dir);
	return !is_newer(path, &st);
}

/* make's rule knows the parts. Relative, as all its rules are: absolute names would be others. */
static int make_initramfs(const char *initramfs, const char *dir, struct err *e)
{
	char build[PATH_MAX], output[PATH_MAX + 8], kernel[PATH_MAX + 16];
	char *source = places_source(".");
	const char *argv[] = { "make", "-s", "-C", source, output, kernel, "initramfs", NULL };
	size_t n = source ? strlen(source) - 1 : 0;	/* with the slash, without the dot */
	int code;

	build_folder(initramfs, build, sizeof(build));
	if (is_current(initramfs, build, dir)) {
		free(source);
		return 0;
	}
	if (!source)
		return err_set(e, ENOENT, "%s is missing, and this program has no source tree to "
			       "make it: 'make KERNELDIR=%s initramfs' there", initramfs, dir);
	snprintf(output, sizeof(output), "OUTPUT=%s",
		 strncmp(build, source, n) ? build : build + n);
	snprintf(kernel, sizeof(kernel), "KERNELDIR=%s", dir);
	unsetenv("MAKEFLAGS");	/* of a make that may be above us */
	unsetenv("MAKELEVEL");
	code = command_run(argv, NULL, e);
	free(source);
	return code <= 0 ? code : err_set(e, EIO, "%s cannot be made, see above", initramfs);
}

int subject_use(struct settings *s, const char *what, struct err *e)
{
	const char *given = getenv("IOMMU_PERF_INITRAMFS");
	char *dir;
	int ret = subject_find(what, &dir, e);

	if (!ret)
		ret = settings_use_kernel(s, dir, e);
	if (!ret && (!given || !*given))
		ret = make_initramfs(s->initramfs, dir, e);
	free(dir);
	return ret;
}
