/* SPDX-License-Identifier: GPL-2.0 */
/* Between the files of this room: SQLite, and its errors as ours. */
#ifndef HISTORY_DB_H
#define HISTORY_DB_H

#include <sqlite3.h>

#include "history/store.h"

struct history {
	sqlite3 *db;
	char *path;
};

/* Say in @e what SQLite just complained of, and how to mend it; a negative errno. */
int history_failed(const struct history *h, struct err *e);

/* Run @sql, which returns no rows. */
int history_run(struct history *h, const char *sql, struct err *e);

/* The caller finalizes *@out, which is NULL on error. */
int history_prepare(struct history *h, const char *sql, sqlite3_stmt **out, struct err *e);

/* Step to the next row: 1, 0 at the end, or a negative errno. */
int history_step(struct history *h, sqlite3_stmt *statement, struct err *e);

/* A column of text, from malloc; NULL: it is NULL, or there is no memory. */
char *history_text(sqlite3_stmt *statement, int column);

#endif
