// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "sample.h"

FIXTURE(file)
{
	char folder[64], path[96];
};

FIXTURE_SETUP(file)
{
	sample_make_folder(self->folder);
	snprintf(self->path, sizeof(self->path), "%s/f.json", self->folder);
}

FIXTURE_TEARDOWN(file)
{
	sample_remove_folder(self->folder);
}

static int entries(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *entry;
	int n = 0;

	while ((entry = readdir(d)))
		n += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
	closedir(d);
	return n;
}

static bool holds(const char *path, const char *want)
{
	struct err e;
	char *text;
	size_t len;
	bool same;

	if (file_read(path, &text, &len, &e))
		return false;
	same = len == strlen(want) && !strcmp(text, want);
	free(text);
	return same;
}

TEST_F(file, new_and_replaced)
{
	struct err e;

	ASSERT_EQ(file_write_atomic(self->path, "one", 3, &e), 0) {
		TH_LOG("%s", e.text);
	}
	EXPECT_TRUE(holds(self->path, "one"));
	ASSERT_EQ(file_write_atomic(self->path, "second", 6, &e), 0) {
		TH_LOG("%s", e.text);
	}
	EXPECT_TRUE(holds(self->path, "second"));
	EXPECT_EQ(entries(self->folder), 1);
}

TEST_F(file, long_files)
{
	size_t len = 1000003, got;
	char *text = malloc(len), *back;
	struct err e;

	memset(text, 'x', len);
	ASSERT_EQ(file_write_atomic(self->path, text, len, &e), 0);
	ASSERT_EQ(file_read(self->path, &back, &got, &e), 0);
	EXPECT_EQ(got, len);
	EXPECT_EQ(memcmp(text, back, len), 0);
	free(text);
	free(back);
}

/* A write that fails half-way leaves the old file and nothing else. */
TEST_F(file, failure_half_way)
{
	struct rlimit limit = { 4096, 4096 };
	static char text[16384];
	struct err e;

	ASSERT_EQ(file_write_atomic(self->path, "old", 3, &e), 0);
	signal(SIGXFSZ, SIG_IGN);
	ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
	EXPECT_EQ(file_write_atomic(self->path, text, sizeof(text), &e), -EFBIG);
	EXPECT_NE(strstr(e.text, self->path), NULL);
	EXPECT_TRUE(holds(self->path, "old"));
	EXPECT_EQ(entries(self->folder), 1);
}

TEST_F(file, full_disk)
{
	static char text[256 << 10];
	char path[160];
	struct err e;

	if (mount("none", self->folder, "tmpfs", 0, "size=64k"))
		SKIP(return, "a small disk takes the right to mount");
	snprintf(path, sizeof(path), "%s/f.json", self->folder);
	EXPECT_EQ(file_write_atomic(path, text, sizeof(text), &e), -ENOSPC);
	EXPECT_NE(strstr(e.text, "make room"), NULL) {
		TH_LOG("%s", e.text);
	}
	EXPECT_EQ(entries(self->folder), 0);
	umount(self->folder);
}

TEST_F(file, nowhere)
{
	struct err e;
	char *text;
	size_t len;

	EXPECT_EQ(file_write_atomic("/nonexistent/f", "x", 1, &e), -ENOENT);
	EXPECT_NE(strstr(e.text, "/nonexistent/f"), NULL);
	EXPECT_EQ(file_read("/nonexistent/f", &text, &len, &e), -ENOENT);
	EXPECT_EQ(file_read("/tmp", &text, &len, &e), -EISDIR);
}

TEST_F(file, folders)
{
	char path[160];
	struct err e;
	struct stat st;

	snprintf(path, sizeof(path), "%s/a/b/c", self->folder);
	EXPECT_EQ(file_make_folders(path, &e), 0);
	EXPECT_EQ(file_make_folders(path, &e), 0);
	EXPECT_EQ(stat(path, &st), 0);
	EXPECT_TRUE(S_ISDIR(st.st_mode));
	EXPECT_EQ(file_make_folders("/proc/nothing/here", &e), -ENOENT);
}

TEST_HARNESS_MAIN
