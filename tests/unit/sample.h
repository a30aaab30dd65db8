/* SPDX-License-Identifier: GPL-2.0 */
/* What the unit tests of everything right of the record share: recorded inputs to work on. */
#ifndef UNIT_SAMPLE_H
#define UNIT_SAMPLE_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loglin.h"
#include "record/record.h"
#include "util/file.h"
#include "util/places.h"

#define SAMPLE		"strict-bare-4flows"		/* counted clock, one CPU */
#define SAMPLE_REAL	"strict-bare-4flows-real"	/* real clock, four CPUs */
#define SAMPLE_TWO	"strict-shadow-4flows"		/* two levels, one CPU each; made up */

#define REFERENCE(flows) "reference/strict-nested-" #flows "flows"	/* imported, from a report */

/* The path of tests/data/NAME.json; from malloc. */
static inline char *sample_path(const char *name)
{
	char file[128];

	snprintf(file, sizeof(file), "tests/data/%s.json", name);
	return places_source(file);
}

/* A recorded record, to be freed. A test without its data cannot go on. */
static inline struct record *sample_load(const char *name)
{
	char *path = sample_path(name);
	struct record *r = NULL;
	struct err e = { "no such path" };

	if (!path || record_load(path, &r, &e)) {
		fprintf(stderr, "%s: %s\n", name, e.text);
		abort();
	}
	free(path);
	return r;
}

static inline char *sample_text(const char *name)
{
	char *path = sample_path(name), *text = NULL;
	struct err e = { "no such path" };
	size_t len;

	if (!path || file_read(path, &text, &len, &e)) {
		fprintf(stderr, "%s: %s\n", name, e.text);
		abort();
	}
	free(path);
	return text;
}

/* Let QEMU have counted @value of @event. */
static inline void sample_set_event(struct record *r, const char *event, uint64_t value)
{
	size_t i;

	for (i = 0; i < r->nr_counters; i++) {
		if (strcmp(r->counters[i].event, event))
			continue;
		r->counters[i].value = value;
		return;
	}
	abort();
}

/* The function @name of @r, which must be there. */
static inline struct record_function *sample_function(struct record *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->nr_functions; i++)
		if (!strcmp(r->functions[i].name, name))
			return &r->functions[i];
	fprintf(stderr, "the sample has no function %s\n", name);
	abort();
}

/* Leave @name untraced: its time is its caller's own, but for that of its callees @of. */
static inline void sample_untrace(struct record *r, const char *name, const char *caller,
				  uint64_t of)
{
	struct record_function *f = sample_function(r, name), *by = sample_function(r, caller);

	by->self_ns += f->total_ns - of;
	f->absent = strdup("a probe can't be attached");
}

/* @name and its caller take @share longer, in their histograms too. */
static inline void sample_lengthen(struct record *r, const char *name, const char *caller,
				   double share)
{
	struct record_function *rows[] = { sample_function(r, name), sample_function(r, caller) };
	uint64_t more = share * rows[0]->total_ns;
	double most;

	rows[0]->self_ns += more;
	for (size_t i = 0; i < 2; i++) {
		rows[i]->total_ns += more;
		do {
			most = 0;
			for (size_t k = 0; k < rows[i]->nr_buckets; k++)
				most += (double)rows[i]->buckets[k].count *
					loglin_high(rows[i]->buckets[k].index);
			for (size_t k = 0; most < rows[i]->total_ns && k < rows[i]->nr_buckets; k++)
				rows[i]->buckets[k].index++;
		} while (most < rows[i]->total_ns);
		rows[i]->min_ns = loglin_low(rows[i]->buckets[0].index);
		rows[i]->max_ns = loglin_high(rows[i]->buckets[rows[i]->nr_buckets - 1].index);
	}
}

/* @text with the first @from replaced by @to; from malloc. @from must be there. */
static inline char *sample_replace(const char *text, const char *from, const char *to)
{
	char *copy = strdup(text), *at = strstr(copy, from), *out;

	if (!at) {
		fprintf(stderr, "the sample has no '%s'\n", from);
		abort();
	}
	*at = '\0';
	if (asprintf(&out, "%s%s%s", copy, to, at + strlen(from)) < 0)
		abort();
	free(copy);
	return out;
}

static inline int sample_remove_one(const char *path, const struct stat *st, int type,
				    struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* A folder of the test's own in @path, and its end. */
static inline void sample_make_folder(char path[64])
{
	strcpy(path, "/tmp/iommu-perf-unit-XXXXXX");
	if (!mkdtemp(path))
		abort();
}

static inline void sample_remove_folder(const char *path)
{
	nftw(path, sample_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
