/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A history: what was kept of records, in one file of SQLite. Records that can be compared form a
 * series; a metric of a series, ordered by time, is what changes are looked for in.
 *
 * Every function that can fail returns 0 or a negative errno with @e set: -ENOENT where there is
 * no history, -EINVAL where the file is none or is of a newer program, -EBUSY, -ENOSPC, -EIO.
 */
#ifndef HISTORY_STORE_H
#define HISTORY_STORE_H

#include <stddef.h>

#include "history/entry.h"
#include "util/err.h"

struct history;

/*
 * Open the history in @path to be read: it must exist, and is seen as it is now, whatever others
 * add. Or open it to be added to: it is created where it does not exist, with its folder.
 */
int history_open_to_read(const char *path, struct history **out, struct err *e);
int history_open_to_add(const char *path, struct history **out, struct err *e);
void history_close(struct history *h);

/*
 * Store the @entries, all or none, and set their outcomes. One whose hash is there already, or
 * earlier among them, is not stored again.
 */
int history_store(struct history *h, struct history_entries *entries, struct err *e);

struct history_series {
	long long id;
	char *key;		/* JSON, judge/baseline.h */
	char *scenario, *testbed, *clock;
	size_t records;		/* that are valid */
	size_t invalid;
	long long first, last;	/* moments of the first and the last record */
};

/* The series of @scenario (NULL: all), that with the newest record first. */
int history_list_series(struct history *h, const char *scenario, struct history_series **out,
			size_t *n, struct err *e);
void history_free_series(struct history_series *list, size_t n);

/* What there is of one scenario on one testbed. */
struct history_summary {
	char *scenario, *testbed;
	size_t series, records, invalid;
	long long first, last;
	size_t kernels;
	char *kernel;		/* of the last record; NULL: not known */
};

/* By name; of records of @scenario (NULL: all) from @since on. */
int history_summarise(struct history *h, const char *scenario, long long since,
		      struct history_summary **out, size_t *n, struct err *e);
void history_free_summaries(struct history_summary *list, size_t n);

/* The names of the metrics that gate in a series, sorted; each and the list from malloc. */
int history_gated(struct history *h, const struct history_series *s, char ***out, size_t *n,
		  struct err *e);
void history_free_names(char **names, size_t n);

/* A metric of a series, by time, then by record. */
struct history_point {
	long long record, at;
	double value;
};

struct history_points {
	struct history_point *list;
	size_t n;
};

/*
 * The @metrics of a series, into @out, which has @nr elements; empty where no valid record has
 * one. They are read together in one go. The caller frees them with history_free_points().
 */
int history_points(struct history *h, const struct history_series *s, const char *const *metrics,
		   size_t nr, struct history_points *out, struct err *e);
void history_free_points(struct history_points *points, size_t nr);

struct history_record {
	long long at;
	char *path;
	char *kernel;		/* NULL: not known */
};

int history_find_record(struct history *h, long long id, struct history_record *out,
			struct err *e);
void history_free_record(struct history_record *r);

#endif
