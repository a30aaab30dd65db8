// SPDX-License-Identifier: GPL-2.0
/* What is written to a history. */
#include <errno.h>

#include "history/db.h"

enum statement { FIND_RECORD, ADD_RECORD, ADD_VALUE, ADD_GATE, STATEMENTS };

/* One call's work. */
struct work {
	struct history *h;
	sqlite3_stmt *statements[STATEMENTS];
	struct err *e;
};

/* The id of @word, by a query for its text. It stays 0 where there is none. */
static int find_word(struct work *w, struct history_word *word, const char *query)
{
	sqlite3_stmt *statement;
	int ret = history_prepare(w->h, query, &statement, w->e);

	if (ret)
		return ret;
	sqlite3_bind_text(statement, 1, word->text, -1, SQLITE_STATIC);
	ret = history_step(w->h, statement, w->e);
	if (ret > 0)
		word->id = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return ret < 0 ? ret : 0;
}

/* Insert a row of @texts; its id is that of @word. */
static int add_word(struct work *w, struct history_word *word, const char *insert,
		    const struct history_word *const *texts, int n)
{
	sqlite3_stmt *statement;
	int ret = history_prepare(w->h, insert, &statement, w->e), i;

	if (ret)
		return ret;
	for (i = 0; i < n; i++)
		sqlite3_bind_text(statement, i + 1, texts[i]->text, -1, SQLITE_STATIC);
	ret = history_step(w->h, statement, w->e);
	word->id = sqlite3_last_insert_rowid(w->h->db);
	sqlite3_finalize(statement);
	return ret;
}

static int look_up_metric(struct work *w, struct history_word *metric)
{
	const struct history_word *texts[] = { metric };
	int ret = metric->id ? 0 : find_word(w, metric, "SELECT id FROM metric WHERE name = ?");

	return ret || metric->id ? ret :
	       add_word(w, metric, "INSERT INTO metric (name) VALUES (?)", texts, 1);
}

static int look_up_kernel(struct work *w, struct history_word *kernel)
{
	const struct history_word *texts[] = { kernel };
	int ret = kernel->id ? 0 : find_word(w, kernel, "SELECT id FROM kernel WHERE name = ?");

	return ret || kernel->id ? ret :
	       add_word(w, kernel, "INSERT INTO kernel (name) VALUES (?)", texts, 1);
}

static int look_up_series(struct work *w, const struct history_entry *entry)
{
	const struct history_word *texts[] = {
		entry->key, entry->scenario, entry->testbed, entry->clock,
	};
	int ret = entry->key->id ? 0 :
		  find_word(w, entry->key, "SELECT id FROM series WHERE key = ?");

	return ret || entry->key->id ? ret :
	       add_word(w, entry->key, "INSERT INTO series (key, scenario, testbed, clock) "
			"VALUES (?, ?, ?, ?)", texts, 4);
}

/* Run a statement that returns no row, and make it ready for the next time. */
static int run(struct work *w, sqlite3_stmt *statement)
{
	int ret = history_step(w->h, statement, w->e);

	sqlite3_reset(statement);
	return ret;
}

/* Is the record there? Then its path is entry->stored_as. */
static int find_record(struct work *w, struct history_entry *entry)
{
	sqlite3_stmt *find = w->statements[FIND_RECORD];
	int ret;

	sqlite3_bind_blob(find, 1, entry->hash, HISTORY_HASH, SQLITE_STATIC);
	ret = history_step(w->h, find, w->e);
	if (ret > 0) {
		entry->outcome = HISTORY_THERE;
		entry->stored_as = history_text(find, 0);
		ret = entry->stored_as ? 0 : err_set(w->e, ENOMEM, "out of memory");
	}
	sqlite3_reset(find);
	return ret;
}

static int add_record(struct work *w, const struct history_entry *entry)
{
	sqlite3_stmt *add = w->statements[ADD_RECORD];

	sqlite3_clear_bindings(add);
	sqlite3_bind_blob(add, 1, entry->hash, HISTORY_HASH, SQLITE_STATIC);
	sqlite3_bind_int64(add, 2, entry->key->id);
	sqlite3_bind_int64(add, 3, entry->at);
	if (entry->kernel)
		sqlite3_bind_int64(add, 4, entry->kernel->id);
	sqlite3_bind_text(add, 5, entry->path, -1, SQLITE_STATIC);
	if (entry->invalid)
		sqlite3_bind_text(add, 6, entry->invalid, -1, SQLITE_STATIC);
	return run(w, add);
}

static int add_value(struct work *w, const struct history_entry *entry, long long record,
		     const struct history_value *v)
{
	sqlite3_stmt *add = w->statements[ADD_VALUE], *gate = w->statements[ADD_GATE];
	int ret = look_up_metric(w, v->metric);

	if (ret)
		return ret;
	sqlite3_bind_int64(add, 1, entry->key->id);
	sqlite3_bind_int64(add, 2, record);
	sqlite3_bind_int64(add, 3, v->metric->id);
	sqlite3_bind_double(add, 4, v->value);
	ret = run(w, add);
	if (ret || !v->gates)
		return ret;
	sqlite3_bind_int64(gate, 1, entry->key->id);
	sqlite3_bind_int64(gate, 2, v->metric->id);
	return run(w, gate);
}

static int store_entry(struct work *w, struct history_entry *entry)
{
	long long record;
	size_t i;
	int ret;

	entry->outcome = HISTORY_NEW;
	ret = find_record(w, entry);
	if (ret || entry->outcome == HISTORY_THERE)
		return ret;
	ret = look_up_series(w, entry);
	if (!ret && entry->kernel)
		ret = look_up_kernel(w, entry->kernel);
	if (!ret)
		ret = add_record(w, entry);
	record = sqlite3_last_insert_rowid(w->h->db);
	for (i = 0; !ret && i < entry->nr_values; i++)
		ret = add_value(w, entry, record, &entry->values[i]);
	return ret;
}

static int store_all(struct work *w, struct history_entries *entries)
{
	static const char *const sql[] = {
		[FIND_RECORD] = "SELECT path FROM record WHERE hash = ?",
		[ADD_RECORD] = "INSERT INTO record (hash, series, at, kernel, path, invalid)"
			       " VALUES (?, ?, ?, ?, ?, ?)",
		[ADD_VALUE] = "INSERT INTO value (series, record, metric, value)"
			      " VALUES (?, ?, ?, ?)",
		[ADD_GATE] = "INSERT OR IGNORE INTO gate (series, metric) VALUES (?, ?)",
	};
	size_t i;
	int ret = 0;

	for (i = 0; !ret && i < STATEMENTS; i++)
		ret = history_prepare(w->h, sql[i], &w->statements[i], w->e);
	for (i = 0; !ret && i < entries->n; i++)
		ret = store_entry(w, &entries->list[i]);
	return ret;
}

int history_store(struct history *h, struct history_entries *entries, struct err *e)
{
	struct work w = { .h = h, .e = e };
	int ret = history_run(h, "BEGIN IMMEDIATE", e);
	size_t i;

	if (!ret)
		ret = store_all(&w, entries);
	for (i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(w.statements[i]);
	if (!ret)
		ret = history_run(h, "COMMIT", e);
	if (ret)
		sqlite3_exec(h->db, "ROLLBACK", NULL, NULL, NULL);
	return ret;
}
