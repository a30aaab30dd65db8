/* SPDX-License-Identifier: GPL-2.0 */
/* What the unit tests of everything right of the record share: recorded inputs to work on. */
#ifndef UNIT_SAMPLE_H
#define UNIT_SAMPLE_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record/record.h"
#include "util/file.h"
#include "util/places.h"

#define SAMPLE		"strict-bare-4flows"		/* counted clock, one CPU */
#define SAMPLE_REAL	"strict-bare-4flows-real"	/* real clock, four CPUs */

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
