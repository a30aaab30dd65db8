// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "util/places.h"

int cmd_error(const char *fmt, ...)
{
	va_list ap;

	fputs("iommu-perf: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

int cmd_load_records(char **names, size_t n, struct record ***out, struct err *e)
{
	struct record **records = calloc(n, sizeof(*records));
	int ret = records ? 0 : err_set(e, ENOMEM, "out of memory");
	size_t i;

	for (i = 0; !ret && i < n; i++)
		ret = record_load(names[i], &records[i], e);
	if (ret)
		cmd_free_records(records, n);
	else
		*out = records;
	return ret;
}

void cmd_free_records(struct record **records, size_t n)
{
	size_t i;

	for (i = 0; records && i < n; i++)
		record_free(records[i]);
	free(records);
}

static int allocate(struct cmd_judged *to, size_t n, struct err *e)
{
	to->n = 0;
	to->list = calloc(n, sizeof(to->list[0]));
	to->baselines = calloc(n, sizeof(to->baselines[0]));
	to->names = calloc(n, sizeof(to->names[0]));
	return to->list && to->baselines && to->names ? 0 : err_set(e, ENOMEM, "out of memory");
}

/* The records that are not yet @taken and belong with @first, which is taken too. Their number. */
static size_t take_together(struct record *const *records, size_t n, size_t first, bool *taken,
			    const struct record **group)
{
	size_t i, k = 0;

	for (i = first; i < n; i++) {
		if (taken[i] || (i > first && !judge_together(records[first], records[i])))
			continue;
		taken[i] = true;
		group[k++] = records[i];
	}
	return k;
}

char *cmd_name_records(const char *first, size_t n)
{
	char *name;

	if (n == 1)
		return strdup(first);
	return asprintf(&name, "%s and %zu more", first, n - 1) < 0 ? NULL : name;
}

int cmd_judge_records(struct record *const *records, char *const *names, size_t n,
		      const char *file, struct cmd_judged *out, struct err *e)
{
	char *dir = places_baselines();
	const struct record **group = calloc(n, sizeof(*group));
	bool *taken = calloc(n, sizeof(*taken));
	int ret = allocate(out, n, e);
	size_t i, runs;

	if (!dir || !group || !taken)
		ret = err_set(e, ENOMEM, "out of memory");
	for (i = 0; !ret && i < n; i++) {
		if (taken[i])
			continue;
		runs = take_together(records, n, i, taken, group);
		ret = judge_stored(group, runs, dir, file, &out->baselines[out->n],
				   &out->list[out->n], e);
		out->names[out->n++] = cmd_name_records(names[i], runs);
		if (!ret && !out->names[out->n - 1])
			ret = err_set(e, ENOMEM, "out of memory");
	}
	if (ret)
		cmd_free_judged(out);
	free(dir);
	free(group);
	free(taken);
	return ret;
}

int cmd_check_records(struct record *const *records, char *const *names, size_t n,
		      struct cmd_judged *out, struct err *e)
{
	int ret = allocate(out, n, e);
	size_t i;

	for (i = 0; !ret && i < n; i++) {
		out->list[i] = judge(records[i], NULL, "not asked for");
		out->names[i] = strdup(names[i]);
		out->n++;
		if (!out->list[i] || !out->names[i])
			ret = err_set(e, ENOMEM, "out of memory");
	}
	if (ret)
		cmd_free_judged(out);
	return ret;
}

void cmd_free_judged(struct cmd_judged *judged)
{
	size_t i;

	for (i = 0; i < judged->n; i++) {
		free(judged->list[i]);
		free(judged->names[i]);
		baseline_free(judged->baselines[i]);
	}
	free(judged->list);
	free(judged->names);
	free(judged->baselines);
}
