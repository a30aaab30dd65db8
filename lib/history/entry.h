/* SPDX-License-Identifier: GPL-2.0 */
/* What a history keeps of records: who they are, whether they are valid, and their metrics. */
#ifndef HISTORY_ENTRY_H
#define HISTORY_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

enum { HISTORY_HASH = 16 };

/* A text that many entries share. @id: in the database, 0 where it was not looked up. */
struct history_word {
	long long id;
	char text[];
};

struct history_value {
	struct history_word *metric;
	double value;
	bool gates;	/* by default, judge/baseline.h */
};

enum history_outcome {
	HISTORY_NEW,	/* was added */
	HISTORY_THERE,	/* was there already */
};

struct history_entry {
	char *path;			/* as given */
	uint8_t hash[HISTORY_HASH];	/* of the file's bytes */
	long long at;			/* when it was measured, seconds since 1970 */
	struct history_word *key;	/* records with the same key can be compared: a series */
	struct history_word *scenario, *testbed, *clock;
	struct history_word *kernel;	/* NULL: not known */
	char *invalid;			/* why it is in no series, or NULL; it has no values then */
	struct history_value *values;	/* of the metrics that are present */
	size_t nr_values;
	/* After history_store(): */
	enum history_outcome outcome;
	char *stored_as;		/* of one that was there, its path then */
};

enum history_words { HISTORY_METRICS, HISTORY_KERNELS, HISTORY_KEYS, HISTORY_NAMES, HISTORY_WORDS };

struct history_entries {
	struct history_entry *list;
	size_t n, room;
	void *words[HISTORY_WORDS];	/* trees of tsearch(3) */
};

/*
 * Judge the record in the @len bytes of @text, which stood in @path, and add it to @to. -EINVAL
 * with @e set where it is no record, and @to as it was; -ENOMEM.
 */
int history_entries_add(struct history_entries *to, const char *path, const char *text, size_t len,
			long long at, struct err *e);

void history_entries_free(struct history_entries *entries);

#endif
