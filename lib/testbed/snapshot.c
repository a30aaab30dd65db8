// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent/command.h"
#include "agent/report.h"
#include "testbed/snapshot.h"

enum {
	KEPT_PER_SHAPE = 2,	/* older ones are of former kernels and builds */
	POLL_NS = 20 * 1000 * 1000,
};

/* FNV-1a, 64 bits: names need no cryptography. */
static uint64_t hash_bytes(uint64_t h, const void *data, size_t len)
{
	const unsigned char *p = data;

	while (len--)
		h = (h ^ *p++) * 0x100000001b3ull;
	return h;
}

static int hash_file(uint64_t *h, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map;

	if (fd < 0 || fstat(fd, &st)) {
		if (fd >= 0)
			close(fd);
		return err_set(e, errno, "%s: %s; ./run_tests.sh prepares it", path,
			       strerror(errno));
	}
	map = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return err_set(e, errno, "%s: %s", path, strerror(errno));
	*h = hash_bytes(*h, map, st.st_size);
	munmap(map, st.st_size);
	return 0;
}

static int snapshot_path(const char *dir, const struct vm_files *files,
			 const struct shape *shape, char path[SNAPSHOT_PATH_MAX], struct err *e)
{
	uint64_t h = 0xcbf29ce484222325ull;
	int ret;

	h = hash_bytes(h, shape->machine, strlen(shape->machine) + 1);
	h = hash_bytes(h, shape->cmdline, strlen(shape->cmdline) + 1);
	ret = hash_file(&h, files->qemu, e);
	if (!ret)
		ret = hash_file(&h, files->kernel, e);
	if (!ret)
		ret = hash_file(&h, files->initramfs, e);
	if (ret)
		return ret;
	if (snprintf(path, SNAPSHOT_PATH_MAX, "%s/%s-%016" PRIx64 ".snap", dir, shape->name, h) >=
	    SNAPSHOT_PATH_MAX)
		return err_set(e, ENAMETOOLONG, "the path of the cache is too long: %s", dir);
	return 0;
}

static int wait_saved(struct vm *vm, struct err *e)
{
	struct timespec wait = { .tv_nsec = POLL_NS };

	for (;;) {
		const char *status, *desc;
		json_t *answer;
		int ret = vm_execute(vm, "query-migrate", NULL, &answer, e);
		bool completed, failed;

		if (ret)
			return ret;
		status = json_string_value(json_object_get(answer, "status"));
		desc = json_string_value(json_object_get(answer, "error-desc"));
		completed = status && !strcmp(status, "completed");
		failed = status && !strcmp(status, "failed");
		if (failed)
			ret = err_set(e, EIO, "QEMU cannot save the machine: %s",
				      desc ? desc : "no reason given");
		json_decref(answer);
		if (completed || ret)
			return ret;
		nanosleep(&wait, NULL);
	}
}

/* Boot a machine and save its state, armed, to the file open as @fd. */
static int boot_and_save(const struct vm_files *files, const struct shape *shape, int fd,
			 int timeout_s, struct err *e)
{
	const char command[COMMAND_SIZE] = COMMAND_WAIT;
	struct vm_task task = { .command = command, .timeout_s = timeout_s };
	char uri[64];
	struct vm vm;
	int ret = vm_start(&vm, files, shape, &task, e);

	if (ret)
		return ret;
	snprintf(uri, sizeof(uri), "file:/proc/self/fd/%d", fd);
	ret = vm_skipped(&vm, vm_wait_console(&vm, "iommu-perf: armed", e), e);
	if (!ret)
		ret = vm_execute(&vm, "stop", NULL, NULL, e);
	if (!ret)
		ret = vm_execute(&vm, "migrate", json_pack("{s:s}", "uri", uri), NULL, e);
	if (!ret)
		ret = wait_saved(&vm, e);
	vm_end(&vm);
	return ret;
}

/* The state goes to a file without a name, which gets its name when it is complete. */
static int create(const char *dir, const struct vm_files *files, const struct shape *shape,
		  int timeout_s, const char *path, struct err *e)
{
	/* inherited by QEMU, so without O_CLOEXEC */
	int fd = open(dir, O_TMPFILE | O_RDWR, 0644);
	char link[64];
	int ret;

	if (fd < 0)
		return err_set(e, EIO, "%s: no file without a name can be made there: %s; set "
			       "IOMMU_PERF_CACHE to a folder of another file system", dir,
			       strerror(errno));
	ret = boot_and_save(files, shape, fd, timeout_s, e);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (!ret && linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW))
		ret = err_set(e, errno, "%s: %s", path, strerror(errno));
	close(fd);
	return ret;
}

struct aged {
	char path[SNAPSHOT_PATH_MAX];
	struct timespec used;
};

static int newest_first(const void *a, const void *b)
{
	const struct aged *x = a, *y = b;

	if (x->used.tv_sec != y->used.tv_sec)
		return x->used.tv_sec < y->used.tv_sec ? 1 : -1;
	return (x->used.tv_nsec < y->used.tv_nsec) - (x->used.tv_nsec > y->used.tv_nsec);
}

/* Is @file a snapshot of the shape @name? "<name>-<16 hex digits>.snap" */
static bool is_of_shape(const char *file, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(file, name, n) && file[n] == '-' &&
	       strlen(file + n + 1) == 16 + strlen(".snap") && !strcmp(file + n + 17, ".snap");
}

/* Keep the snapshots of @shape that were used last. */
static void drop_old(const char *dir, const struct shape *shape)
{
	static struct aged found[64];
	size_t nr = 0;
	struct dirent *d;
	DIR *open_dir = opendir(dir);

	while (open_dir && nr < 64 && (d = readdir(open_dir))) {
		struct stat st;

		if (!is_of_shape(d->d_name, shape->name))
			continue;
		snprintf(found[nr].path, sizeof(found[nr].path), "%s/%s", dir, d->d_name);
		if (!stat(found[nr].path, &st))
			found[nr++].used = st.st_mtim;
	}
	if (open_dir)
		closedir(open_dir);
	qsort(found, nr, sizeof(found[0]), newest_first);
	for (size_t i = KEPT_PER_SHAPE; i < nr; i++)
		unlink(found[i].path);
}

static int lock_shape(const char *dir, const struct shape *shape, struct err *e)
{
	char path[SNAPSHOT_PATH_MAX];
	int fd;

	if (mkdir(dir, 0755) && errno != EEXIST)
		return err_set(e, errno, "%s: %s", dir, strerror(errno));
	snprintf(path, sizeof(path), "%s/%s.lock", dir, shape->name);
	fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0644);
	if (fd < 0 || flock(fd, LOCK_EX)) {
		if (fd >= 0)
			close(fd);
		return err_set(e, errno, "%s: %s", path, strerror(errno));
	}
	return fd;
}

int snapshot_ensure(const char *dir, const struct vm_files *files, const struct shape *shape,
		    int timeout_s, char path[SNAPSHOT_PATH_MAX], struct err *e)
{
	int lock, ret = snapshot_path(dir, files, shape, path, e);

	if (ret)
		return ret;
	lock = lock_shape(dir, shape, e);
	if (lock < 0)
		return lock;
	if (access(path, R_OK))
		ret = create(dir, files, shape, timeout_s, path, e);
	if (!ret) {
		utimensat(AT_FDCWD, path, NULL, 0);
		drop_old(dir, shape);
	}
	close(lock);
	return ret;
}

static int wait_loaded(struct vm *vm, struct err *e)
{
	struct timespec wait = { .tv_nsec = POLL_NS };

	for (;;) {
		const char *status;
		json_t *answer;
		bool loading;
		int ret = vm_execute(vm, "query-status", NULL, &answer, e);

		if (ret)
			return ret;
		status = json_string_value(json_object_get(answer, "status"));
		loading = status && !strcmp(status, "inmigrate");
		json_decref(answer);
		if (!loading)
			return 0;
		nanosleep(&wait, NULL);
	}
}

int snapshot_resume(struct vm *vm, const char *path, struct err *e)
{
	json_t *uri = json_sprintf("file:%s", path);
	int ret;

	/* no announcement packets: they would reach the subject at a moment of the host's choice */
	ret = vm_execute(vm, "migrate-set-parameters", json_pack("{s:i}", "announce-rounds", 0),
			 NULL, e);
	if (!ret)
		ret = vm_execute(vm, "migrate-incoming", json_pack("{s:O}", "uri", uri), NULL, e);
	json_decref(uri);
	if (!ret)
		ret = wait_loaded(vm, e);
	return ret ? ret : vm_execute(vm, "cont", NULL, NULL, e);
}
