// SPDX-License-Identifier: GPL-2.0
/* The file of a history: whose it is, of which version, and how it becomes the one we know. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history/db.h"
#include "util/file.h"

enum {
	APPLICATION_ID = 0x494f5048,	/* "IOPH" */
	BUSY_MS = 60000,		/* another program adds many records */
};

/*
 * What brings a history from version N, its user_version, to N + 1. To change the tables, add one
 * here; never change one that was released.
 *
 * value holds nearly all: 80 rows a record, of some 20 bytes. Its key keeps a series together, and
 * in it the records, so that a new record's rows share one page and a series is read in one go.
 * With the metric before the record, each metric of a new record would touch a page of its own: one
 * metric is then read ten times as fast, and a hundred records take ten times as long to be added.
 */
static const char *const migrations[] = {
	"CREATE TABLE series (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,"
	"	scenario TEXT NOT NULL, testbed TEXT NOT NULL, clock TEXT NOT NULL);"
	"CREATE TABLE kernel (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
	"CREATE TABLE metric (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
	"CREATE TABLE record (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE,"
	"	series INTEGER NOT NULL REFERENCES series, at INTEGER NOT NULL,"
	"	kernel INTEGER REFERENCES kernel, path TEXT NOT NULL, invalid TEXT);"
	"CREATE INDEX record_series ON record (series, at);"
	"CREATE TABLE value (series INTEGER NOT NULL, record INTEGER NOT NULL,"
	"	metric INTEGER NOT NULL REFERENCES metric, value REAL NOT NULL,"
	"	PRIMARY KEY (series, record, metric)) WITHOUT ROWID;"
	"CREATE TABLE gate (series INTEGER NOT NULL, metric INTEGER NOT NULL,"
	"	PRIMARY KEY (series, metric)) WITHOUT ROWID;",
};

enum { VERSION = sizeof(migrations) / sizeof(migrations[0]) };

int history_failed(const struct history *h, struct err *e)
{
	const char *said = sqlite3_errmsg(h->db);

	switch (sqlite3_errcode(h->db) & 0xff) {
	case SQLITE_NOTADB:
		return err_set(e, EINVAL, "%s is no database of SQLite: name another file with "
			       "--db", h->path);
	case SQLITE_CORRUPT:
		return err_set(e, EIO, "%s is damaged (%s): put a copy back, or move it away and "
			       "add the records again", h->path, said);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, EBUSY, "%s is in use by another program for longer than %d s: "
			       "try again when it has ended", h->path, BUSY_MS / 1000);
	case SQLITE_FULL:
		return err_set(e, ENOSPC, "cannot write %s: %s; it is as it was: make room, and "
			       "try again", h->path, said);
	case SQLITE_NOMEM:
		return err_set(e, ENOMEM, "out of memory");
	}
	return err_set(e, EIO, "cannot use %s: %s", h->path, said);
}

int history_run(struct history *h, const char *sql, struct err *e)
{
	return sqlite3_exec(h->db, sql, NULL, NULL, NULL) ? history_failed(h, e) : 0;
}

int history_prepare(struct history *h, const char *sql, sqlite3_stmt **out, struct err *e)
{
	return sqlite3_prepare_v2(h->db, sql, -1, out, NULL) ? history_failed(h, e) : 0;
}

int history_step(struct history *h, sqlite3_stmt *statement, struct err *e)
{
	switch (sqlite3_step(statement)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	}
	return history_failed(h, e);
}

char *history_text(sqlite3_stmt *statement, int column)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);

	return text ? strdup(text) : NULL;
}

static int read_number(struct history *h, const char *sql, long long *out, struct err *e)
{
	sqlite3_stmt *statement;
	int ret = history_prepare(h, sql, &statement, e);

	if (!ret)
		ret = history_step(h, statement, e);
	if (ret > 0)
		*out = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return ret < 0 ? ret : 0;
}

/*
 * The version of a history, 0 of an empty file. -EINVAL: it is newer, or no history. Others may be
 * making it: the caller has begun a transaction.
 */
static int read_version(struct history *h, long long *version, struct err *e)
{
	long long application = 0, tables = 0;
	int ret;

	*version = 0;
	ret = read_number(h, "PRAGMA user_version", version, e);
	if (!ret)
		ret = read_number(h, "PRAGMA application_id", &application, e);
	if (!ret)
		ret = read_number(h, "SELECT count(*) FROM sqlite_schema", &tables, e);
	if (ret || (!application && !tables && !*version))
		return ret;
	if (application != APPLICATION_ID || *version < 1)
		return err_set(e, EINVAL, "%s is another program's database: name another file "
			       "with --db", h->path);
	if (*version > VERSION)
		return err_set(e, EINVAL, "%s is of version %lld, and this iommu-perf knows up to "
			       "%d: use a newer one", h->path, *version, VERSION);
	return 0;
}

static int look_at_version(struct history *h, long long *version, struct err *e)
{
	int ret = history_run(h, "BEGIN", e);

	if (!ret)
		ret = read_version(h, version, e);
	return ret ? ret : history_run(h, "COMMIT", e);
}

/* Each step is complete or was never begun; another program may be doing the same. */
static int migrate(struct history *h, struct err *e)
{
	char sql[100];
	long long version;
	int ret;

	do {
		ret = history_run(h, "BEGIN IMMEDIATE", e);
		if (!ret)
			ret = read_version(h, &version, e);
		if (ret || version == VERSION)
			break;
		snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %lld;"
			 "COMMIT", APPLICATION_ID, version + 1);
		ret = history_run(h, migrations[version], e);
		if (!ret)
			ret = history_run(h, sql, e);
	} while (!ret);
	return ret ? ret : history_run(h, "COMMIT", e);
}

/* SQLite takes names that begin with a colon, or that are empty, for no file at all. */
static int set_path(struct history *h, const char *path, struct err *e)
{
	struct stat st;

	if (!*path)
		return err_set(e, EINVAL, "the name of the history's file is empty");
	if (asprintf(&h->path, "%s%s", *path == ':' ? "./" : "", path) < 0) {
		h->path = NULL;
		return err_set(e, ENOMEM, "out of memory");
	}
	if (stat(path, &st))
		return errno == ENOENT ? -ENOENT : err_set(e, errno, "cannot open %s: %s", path,
							   strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, EINVAL, "%s is no file: name one with --db", path);
	return 0;
}

static int open_file(struct history *h, int flags, struct err *e)
{
	if (sqlite3_open_v2(h->path, &h->db, SQLITE_OPEN_READWRITE | flags, NULL))
		return h->db ? history_failed(h, e) : err_set(e, ENOMEM, "out of memory");
	sqlite3_busy_timeout(h->db, BUSY_MS);
	return 0;
}

static int make_folder(const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash && slash > path ? strndup(path, slash - path) : strdup(".");
	int ret = folder ? file_make_folders(folder, e) : err_set(e, ENOMEM, "out of memory");

	free(folder);
	return ret;
}

static int no_history(const struct history *h, struct err *e)
{
	return err_set(e, ENOENT, "there is no history in %s yet: 'iommu-perf history add "
		       "RECORD...' begins one", h->path);
}

static int open_to_read(struct history *h, const char *path, struct err *e)
{
	long long version;
	int ret = set_path(h, path, e);

	if (ret == -ENOENT)
		return no_history(h, e);
	if (!ret)
		ret = open_file(h, 0, e);
	if (!ret)
		ret = look_at_version(h, &version, e);
	if (!ret && !version)
		return no_history(h, e);
	if (!ret && version < VERSION)
		ret = migrate(h, e);
	/* All that follows sees one moment. */
	return ret ? ret : history_run(h, "BEGIN", e);
}

/* The mode is changed before anything is in the file, and stays. */
static int open_to_add(struct history *h, const char *path, struct err *e)
{
	long long version;
	int ret = set_path(h, path, e);

	if (ret == -ENOENT)
		ret = make_folder(h->path, e);
	if (!ret)
		ret = open_file(h, SQLITE_OPEN_CREATE, e);
	if (!ret)
		ret = look_at_version(h, &version, e);
	if (!ret && !version)
		ret = history_run(h, "PRAGMA journal_mode = WAL", e);
	return ret ? ret : migrate(h, e);
}

static int open_history(int (*open)(struct history *, const char *, struct err *), const char *path,
			struct history **out, struct err *e)
{
	struct history *h = calloc(1, sizeof(*h));
	int ret = h ? open(h, path, e) : err_set(e, ENOMEM, "out of memory");

	if (ret)
		history_close(h);
	else
		*out = h;
	return ret;
}

int history_open_to_read(const char *path, struct history **out, struct err *e)
{
	return open_history(open_to_read, path, out, e);
}

int history_open_to_add(const char *path, struct history **out, struct err *e)
{
	return open_history(open_to_add, path, out, e);
}

void history_close(struct history *h)
{
	if (!h)
		return;
	sqlite3_close(h->db);
	free(h->path);
	free(h);
}
