// SPDX-License-Identifier: GPL-2.0
/* What is read from a history. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "history/db.h"

/* A list that rows are read into, each by read(), which returns 0 or -ENOMEM. */
struct list {
	char *at;
	size_t n, size;
	int (*read)(sqlite3_stmt *statement, void *to);
};

static void *append(struct list *list)
{
	char *grown;

	/* It has room up to the next power of two. */
	if (!(list->n & (list->n - 1))) {
		grown = reallocarray(list->at, list->n ? 2 * list->n : 1, list->size);
		if (!grown)
			return NULL;
		list->at = grown;
	}
	return memset(list->at + list->n++ * list->size, 0, list->size);
}

/* Read all rows, and finalize the statement. The list is the caller's, also where this fails. */
static int read_rows(struct history *h, sqlite3_stmt *statement, struct list *list, struct err *e)
{
	void *to;
	int ret;

	while ((ret = history_step(h, statement, e)) > 0) {
		to = append(list);
		if (!to || list->read(statement, to)) {
			ret = err_set(e, ENOMEM, "out of memory");
			break;
		}
	}
	sqlite3_finalize(statement);
	return ret;
}

static int read_series(sqlite3_stmt *statement, void *at)
{
	struct history_series *to = at;

	to->id = sqlite3_column_int64(statement, 0);
	to->key = history_text(statement, 1);
	to->scenario = history_text(statement, 2);
	to->testbed = history_text(statement, 3);
	to->clock = history_text(statement, 4);
	to->records = sqlite3_column_int64(statement, 5);
	to->invalid = sqlite3_column_int64(statement, 6);
	to->first = sqlite3_column_int64(statement, 7);
	to->last = sqlite3_column_int64(statement, 8);
	return to->key && to->scenario && to->testbed && to->clock ? 0 : -ENOMEM;
}

int history_list_series(struct history *h, const char *scenario, struct history_series **out,
			size_t *n, struct err *e)
{
	static const char sql[] =
		"SELECT s.id, s.key, s.scenario, s.testbed, s.clock, sum(r.invalid IS NULL),"
		"	sum(r.invalid IS NOT NULL), min(r.at), max(r.at)"
		" FROM series s JOIN record r ON r.series = s.id"
		" WHERE ?1 IS NULL OR s.scenario = ?1"
		" GROUP BY s.id ORDER BY max(r.at) DESC, s.id DESC";
	struct list list = { .size = sizeof(**out), .read = read_series };
	sqlite3_stmt *statement;
	int ret = history_prepare(h, sql, &statement, e);

	if (ret)
		return ret;
	sqlite3_bind_text(statement, 1, scenario, -1, SQLITE_STATIC);
	ret = read_rows(h, statement, &list, e);
	*out = (struct history_series *)list.at;
	*n = list.n;
	if (ret)
		history_free_series(*out, *n);
	return ret;
}

void history_free_series(struct history_series *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		free(list[i].key);
		free(list[i].scenario);
		free(list[i].testbed);
		free(list[i].clock);
	}
	free(list);
}

static int read_summary(sqlite3_stmt *statement, void *at)
{
	struct history_summary *to = at;

	to->scenario = history_text(statement, 0);
	to->testbed = history_text(statement, 1);
	to->series = sqlite3_column_int64(statement, 2);
	to->records = sqlite3_column_int64(statement, 3);
	to->invalid = sqlite3_column_int64(statement, 4);
	to->first = sqlite3_column_int64(statement, 5);
	to->last = sqlite3_column_int64(statement, 6);
	to->kernels = sqlite3_column_int64(statement, 7);
	to->kernel = history_text(statement, 8);
	return to->scenario && to->testbed ? 0 : -ENOMEM;
}

int history_summarise(struct history *h, const char *scenario, long long since,
		      struct history_summary **out, size_t *n, struct err *e)
{
	static const char sql[] =
		"SELECT s.scenario, s.testbed, count(DISTINCT s.id), sum(r.invalid IS NULL),"
		"	sum(r.invalid IS NOT NULL), min(r.at), max(r.at), count(DISTINCT r.kernel),"
		"	(SELECT k.name FROM series t JOIN record l ON l.series = t.id"
		"		JOIN kernel k ON k.id = l.kernel"
		"		WHERE t.scenario = s.scenario AND t.testbed = s.testbed"
		"		ORDER BY l.at DESC, l.id DESC LIMIT 1)"
		" FROM series s JOIN record r ON r.series = s.id"
		" WHERE (?1 IS NULL OR s.scenario = ?1) AND r.at >= ?2"
		" GROUP BY s.scenario, s.testbed ORDER BY s.scenario, s.testbed";
	struct list list = { .size = sizeof(**out), .read = read_summary };
	sqlite3_stmt *statement;
	int ret = history_prepare(h, sql, &statement, e);

	if (ret)
		return ret;
	sqlite3_bind_text(statement, 1, scenario, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, since);
	ret = read_rows(h, statement, &list, e);
	*out = (struct history_summary *)list.at;
	*n = list.n;
	if (ret)
		history_free_summaries(*out, *n);
	return ret;
}

void history_free_summaries(struct history_summary *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		free(list[i].scenario);
		free(list[i].testbed);
		free(list[i].kernel);
	}
	free(list);
}

static int read_name(sqlite3_stmt *statement, void *to)
{
	*(char **)to = history_text(statement, 0);
	return *(char **)to ? 0 : -ENOMEM;
}

int history_gated(struct history *h, const struct history_series *s, char ***out, size_t *n,
		  struct err *e)
{
	struct list list = { .size = sizeof(**out), .read = read_name };
	sqlite3_stmt *statement;
	int ret = history_prepare(h, "SELECT m.name FROM gate g JOIN metric m ON m.id = g.metric "
				  "WHERE g.series = ? ORDER BY m.name", &statement, e);

	if (ret)
		return ret;
	sqlite3_bind_int64(statement, 1, s->id);
	ret = read_rows(h, statement, &list, e);
	*out = (char **)list.at;
	*n = list.n;
	if (ret)
		history_free_names(*out, *n);
	return ret;
}

void history_free_names(char **names, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

/* Which of the @nr lists a metric belongs to, by its id in the database. */
struct choice {
	size_t *lists;	/* 1 + which; 0: none */
	size_t n;
};

static int choose(struct history *h, const char *const *metrics, size_t nr, struct choice *to,
		  struct err *e)
{
	sqlite3_stmt *statement;
	size_t i;
	int ret = history_prepare(h, "SELECT id, name, max(id) OVER () FROM metric", &statement, e);

	while (!ret && (ret = history_step(h, statement, e)) > 0) {
		if (!to->lists) {
			to->n = sqlite3_column_int64(statement, 2) + 1;
			to->lists = calloc(to->n, sizeof(*to->lists));
		}
		ret = to->lists ? 0 : err_set(e, ENOMEM, "out of memory");
		for (i = 0; !ret && i < nr; i++)
			if (!strcmp(metrics[i], (const char *)sqlite3_column_text(statement, 1)))
				to->lists[sqlite3_column_int64(statement, 0)] = i + 1;
	}
	sqlite3_finalize(statement);
	return ret;
}

/* The rows of a series, each to the list that is chosen for its metric. */
static int read_points(struct history *h, sqlite3_stmt *statement, const struct choice *choice,
		       struct list *lists, struct err *e)
{
	struct history_point *to;
	size_t metric;
	int ret;

	while ((ret = history_step(h, statement, e)) > 0) {
		metric = sqlite3_column_int64(statement, 0);
		if (metric >= choice->n || !choice->lists[metric])
			continue;
		to = append(&lists[choice->lists[metric] - 1]);
		if (!to)
			return err_set(e, ENOMEM, "out of memory");
		to->value = sqlite3_column_double(statement, 1);
		to->record = sqlite3_column_int64(statement, 2);
		to->at = sqlite3_column_int64(statement, 3);
	}
	return ret;
}

int history_points(struct history *h, const struct history_series *s, const char *const *metrics,
		   size_t nr, struct history_points *out, struct err *e)
{
	static const char sql[] =
		"SELECT v.metric, v.value, r.id, r.at FROM record r"
		" CROSS JOIN value v ON v.series = r.series AND v.record = r.id"
		" WHERE r.series = ? ORDER BY r.at, r.id";
	struct list *lists = calloc(nr + 1, sizeof(*lists));
	struct choice choice = {};
	sqlite3_stmt *statement = NULL;
	int ret = lists ? choose(h, metrics, nr, &choice, e) :
			  err_set(e, ENOMEM, "out of memory");
	size_t i;

	if (!ret)
		ret = history_prepare(h, sql, &statement, e);
	for (i = 0; lists && i < nr; i++)
		lists[i].size = sizeof(struct history_point);
	if (!ret) {
		sqlite3_bind_int64(statement, 1, s->id);
		ret = read_points(h, statement, &choice, lists, e);
	}
	sqlite3_finalize(statement);
	for (i = 0; lists && i < nr; i++)
		out[i] = (struct history_points){ (struct history_point *)lists[i].at, lists[i].n };
	if (ret && lists)
		history_free_points(out, nr);
	free(lists);
	free(choice.lists);
	return ret;
}

void history_free_points(struct history_points *points, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		free(points[i].list);
		points[i] = (struct history_points){};
	}
}

int history_find_record(struct history *h, long long id, struct history_record *out,
			struct err *e)
{
	sqlite3_stmt *statement;
	int ret = history_prepare(h, "SELECT r.at, r.path, k.name FROM record r LEFT JOIN kernel k "
				  "ON k.id = r.kernel WHERE r.id = ?", &statement, e);

	if (ret)
		return ret;
	*out = (struct history_record){};
	sqlite3_bind_int64(statement, 1, id);
	ret = history_step(h, statement, e);
	if (ret > 0) {
		out->at = sqlite3_column_int64(statement, 0);
		out->path = history_text(statement, 1);
		out->kernel = history_text(statement, 2);
		ret = out->path ? 0 : err_set(e, ENOMEM, "out of memory");
	} else if (!ret) {
		ret = err_set(e, EIO, "%s is damaged: it lacks record %lld; move it away and add "
			      "the records again", h->path, id);
	}
	sqlite3_finalize(statement);
	return ret;
}

void history_free_record(struct history_record *r)
{
	free(r->path);
	free(r->kernel);
	*r = (struct history_record){};
}
