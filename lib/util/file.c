// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file.h"

#define FILE_SIZE_MAX (64UL << 20)

int file_read(const char *path, char **text, size_t *len, struct err *e)
{
	size_t size = 0, room = 64 << 10;
	char *buf = NULL, *grown;
	ssize_t got;
	int fd, ret;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, errno, "cannot open %s: %s", path, strerror(errno));
	do {
		if (!buf || size + 1 >= room) {
			room *= 2;
			grown = room > 2 * FILE_SIZE_MAX ? NULL : realloc(buf, room);
			if (!grown) {
				ret = err_set(e, EFBIG, "%s is too big to read", path);
				goto out;
			}
			buf = grown;
		}
		got = read(fd, buf + size, room - size - 1);
		if (got < 0 && errno != EINTR) {
			ret = err_set(e, errno, "cannot read %s: %s", path, strerror(errno));
			goto out;
		}
		if (got > 0)
			size += got;
	} while (got);
	buf[size] = '\0';
	*text = buf;
	*len = size;
	buf = NULL;
	ret = 0;
out:
	free(buf);
	close(fd);
	return ret;
}

int file_write_all(int fd, const char *text, size_t len)
{
	ssize_t put;

	while (len) {
		put = write(fd, text, len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		text += put;
		len -= put;
	}
	return 0;
}

static int write_durably(int fd, const char *text, size_t len)
{
	int ret = file_write_all(fd, text, len);

	if (ret)
		return ret;
	/* Where the disk allocates late, "no space" may only come here. */
	return fsync(fd) && errno != EINVAL ? -errno : 0;
}

static int fill_and_rename(int fd, const char *text, size_t len, const char *temp,
			   const char *path)
{
	int ret = write_durably(fd, text, len);

	if (!ret && rename(temp, path))
		ret = -errno;
	if (ret)
		unlink(temp);
	return ret;
}

/* Give the nameless file @fd the name @path, replacing what had it. */
static int link_over(int fd, const char *temp, const char *path)
{
	char self[64];
	int ret = 0;

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (!linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW))
		return 0;
	if (errno != EEXIST)
		return -errno;
	if (linkat(AT_FDCWD, self, AT_FDCWD, temp, AT_SYMLINK_FOLLOW))
		return -errno;
	if (rename(temp, path)) {
		ret = -errno;
		unlink(temp);
	}
	return ret;
}

/* @folder and @temp are buffers of PATH_MAX. */
static int split(const char *path, char *folder, char *temp)
{
	const char *slash = strrchr(path, '/');
	int n = slash ? (int)(slash - path) : 0;
	int len;

	if (slash)
		len = snprintf(folder, PATH_MAX, "%.*s/", n, path);
	else
		len = snprintf(folder, PATH_MAX, "./");
	if (len >= PATH_MAX)
		return -ENAMETOOLONG;
	len = snprintf(temp, PATH_MAX, "%s.%s.%d.tmp", folder, slash ? slash + 1 : path, getpid());
	return len < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int write_atomic(const char *path, const char *text, size_t len)
{
	char folder[PATH_MAX], temp[PATH_MAX];
	int fd, ret;

	ret = split(path, folder, temp);
	if (ret)
		return ret;
	fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
	if (fd >= 0) {
		ret = write_durably(fd, text, len);
		if (!ret)
			ret = link_over(fd, temp, path);
	} else if (errno == EOPNOTSUPP || errno == EISDIR) {
		/* This file system has no nameless files. */
		fd = open(temp, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
		if (fd < 0)
			return -errno;
		ret = fill_and_rename(fd, text, len, temp, path);
	} else {
		return -errno;
	}
	close(fd);
	return ret;
}

int file_write_atomic(const char *path, const char *text, size_t len, struct err *e)
{
	int ret = write_atomic(path, text, len);

	if (ret == -ENOSPC || ret == -EDQUOT)
		err_set(e, -ret, "cannot write %s: %s; nothing was left there: make room, and try "
			"again", path, strerror(-ret));
	else if (ret)
		err_set(e, -ret, "cannot write %s: %s", path, strerror(-ret));
	return ret;
}

int file_make_folders(const char *path, struct err *e)
{
	char part[PATH_MAX];
	size_t i, len = strlen(path);

	if (len >= sizeof(part))
		return err_set(e, ENAMETOOLONG, "the name of folder %.40s... is too long", path);
	for (i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, 0755) && errno != EEXIST)
			return err_set(e, errno, "cannot create folder %s: %s", part,
				       strerror(errno));
	}
	return 0;
}
