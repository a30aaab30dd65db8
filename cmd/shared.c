// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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
	to->n = n;
	to->list = calloc(n, sizeof(to->list[0]));
	to->baselines = calloc(n, sizeof(to->baselines[0]));
	return to->list && to->baselines ? 0 : err_set(e, ENOMEM, "out of memory");
}

int cmd_judge_records(struct record *const *records, size_t n, const char *file,
		      struct cmd_judged *out, struct err *e)
{
	char *dir = places_baselines();
	int ret = allocate(out, n, e);
	size_t i;

	if (!dir)
		ret = err_set(e, ENOMEM, "out of memory");
	for (i = 0; !ret && i < n; i++)
		ret = judge_stored(records[i], dir, file, &out->baselines[i], &out->list[i], e);
	if (ret)
		cmd_free_judged(out);
	free(dir);
	return ret;
}

int cmd_check_records(struct record *const *records, size_t n, struct cmd_judged *out,
		      struct err *e)
{
	int ret = allocate(out, n, e);
	size_t i;

	for (i = 0; !ret && i < n; i++) {
		out->list[i] = judge(records[i], NULL, "not asked for");
		if (!out->list[i])
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
		if (judged->list)
			free(judged->list[i]);
		if (judged->baselines)
			baseline_free(judged->baselines[i]);
	}
	free(judged->list);
	free(judged->baselines);
}
