// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history/kernels.h"
#include "judge/verdict.h"
#include "util/file.h"

static int no_memory(struct err *e)
{
	return err_set(e, ENOMEM, "out of memory");
}

/* The weight of what is no digit: ~ before the end, letters before all else. */
static int weight(char c)
{
	if (!c || isdigit((unsigned char)c))
		return 0;
	if (c == '~')
		return -1;
	return isalpha((unsigned char)c) ? c : c + 256;
}

int kernels_compare_versions(const char *a, const char *b)
{
	char *end_a, *end_b;
	unsigned long x, y;

	while (*a || *b) {
		while ((*a && !isdigit((unsigned char)*a)) || (*b && !isdigit((unsigned char)*b))) {
			if (weight(*a) != weight(*b))
				return weight(*a) < weight(*b) ? -1 : 1;
			a += *a != '\0';
			b += *b != '\0';
		}
		x = strtoul(a, &end_a, 10);
		y = strtoul(b, &end_b, 10);
		if (x != y)
			return x < y ? -1 : 1;
		a = end_a;
		b = end_b;
	}
	return 0;
}

bool kernels_is_version(const char *version, const char *wanted)
{
	size_t len = strlen(wanted);

	return len && !strncmp(version, wanted, len) && (!version[len] || strchr(".-", version[len]));
}

static void free_run(const struct kernels *k, struct kernel_run *run)
{
	size_t i;

	for (i = 0; run->absent && i < k->nr_metrics; i++)
		free(run->absent[i]);
	free(run->absent);
	free(run->values);
	free(run->reason);
}

void kernels_free(struct kernels *k)
{
	size_t i, s;

	for (i = 0; i < k->n; i++) {
		for (s = 0; k->list[i].runs && s < k->nr_scenarios; s++)
			free_run(k, &k->list[i].runs[s]);
		free(k->list[i].runs);
		free(k->list[i].release);
		free(k->list[i].version);
		free(k->list[i].suite);
	}
	free(k->list);
	k->list = NULL;
	k->n = 0;
}

/* "PACKAGE VERSION SUITE" of the kernel in the folder @dir/@name. -ENOENT: it is no kernel's. */
static int load_package(const char *dir, struct kernel *to, struct err *e)
{
	char version[128], suite[64], *path = NULL, *text = NULL;
	size_t len;
	int ret = -ENOMEM;

	if (asprintf(&path, "%s/%s/package", dir, to->release) >= 0)
		ret = file_read(path, &text, &len, e);
	if (ret == -ENOENT || ret == -ENOTDIR) {
		ret = -ENOENT;
		goto out;
	}
	if (!ret && sscanf(text, "%*s %127s %63s", version, suite) != 2) {
		ret = err_set(e, EINVAL, "%s: must be 'PACKAGE VERSION SUITE'", path);
	} else if (!ret) {
		to->version = strdup(version);
		to->suite = strdup(suite);
		ret = to->version && to->suite ? 0 : no_memory(e);
	}
out:
	free(path);
	free(text);
	return ret;
}

static int take_metrics(const struct kernels *k, const struct judgement *j, struct kernel_run *to)
{
	const struct metric *m;
	const char *why;
	size_t i;

	to->values = calloc(k->nr_metrics, sizeof(*to->values));
	to->absent = calloc(k->nr_metrics, sizeof(*to->absent));
	if (!to->values || !to->absent)
		return -ENOMEM;
	metrics_traced(j->record, to->traced, sizeof(to->traced));
	for (i = 0; i < k->nr_metrics; i++) {
		m = metrics_find(&j->metrics, k->metrics[i]);
		to->values[i] = m && m->state == METRIC_PRESENT ? m->value : NAN;
		why = m ? m->absent : "not traced";
		to->absent[i] = isnan(to->values[i]) ? strdup(why) : NULL;
		if (isnan(to->values[i]) && !to->absent[i])
			return -ENOMEM;
	}
	return 0;
}

static int load_record(const struct kernels *k, const char *path, struct kernel_run *to,
		       struct err *e)
{
	struct judgement *j;
	struct record *r;
	int ret = record_load(path, &r, e);

	if (ret)
		return ret;
	j = judge(r, NULL, "");
	if (!j)
		ret = -ENOMEM;
	else if (j->verdict != VERDICT_INVALID)
		ret = take_metrics(k, j, to);
	else if (asprintf(&to->reason, "invalid: %s", j->reason) < 0)
		ret = -ENOMEM;
	free(j);
	record_free(r);
	return ret ? no_memory(e) : 0;
}

static int load_reason(const char *path, struct kernel_run *to, struct err *e)
{
	size_t len;
	int ret = file_read(path, &to->reason, &len, e);

	if (ret == -ENOENT) {
		to->reason = strdup("not run yet");
		return to->reason ? 0 : no_memory(e);
	}
	if (!ret)
		to->reason[strcspn(to->reason, "\n")] = '\0';
	return ret;
}

static int load_run(const struct kernels *k, const char *dir, const struct kernel *kernel,
		    size_t scenario, struct err *e)
{
	struct kernel_run *to = &kernel->runs[scenario];
	char *record, *reason = NULL;
	int ret = -ENOMEM;

	if (asprintf(&record, "%s/%s/%s.json", dir, kernel->release, k->scenarios[scenario]) < 0)
		return no_memory(e);
	if (asprintf(&reason, "%.*s.reason", (int)strlen(record) - 5, record) < 0)
		reason = NULL;
	else
		ret = load_record(k, record, to, e);
	if (ret == -ENOENT && reason)
		ret = load_reason(reason, to, e);
	free(record);
	free(reason);
	return ret;
}

static int load_kernel(struct kernels *k, const char *dir, const char *name, struct err *e)
{
	struct kernel *grown = reallocarray(k->list, k->n + 1, sizeof(*grown)), *to;
	size_t s;
	int ret;

	if (!grown)
		return no_memory(e);
	k->list = grown;
	to = &k->list[k->n++];
	*to = (struct kernel){ .release = strdup(name),
			       .runs = calloc(k->nr_scenarios, sizeof(*to->runs)) };
	if (!to->release || !to->runs)
		return no_memory(e);
	ret = load_package(dir, to, e);
	for (s = 0; !ret && s < k->nr_scenarios; s++)
		ret = load_run(k, dir, to, s, e);
	if (ret != -ENOENT)
		return ret;
	/* A folder of something else. */
	free(to->release);
	free(to->runs);
	k->n--;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct kernel *x = a, *y = b;
	int order = kernels_compare_versions(x->version, y->version);

	return order ? order : strcmp(x->release, y->release);
}

static int check_metrics(const struct kernels *k, struct err *e)
{
	struct metric define;
	size_t i;

	for (i = 0; i < k->nr_metrics; i++)
		if (!metric_define(k->metrics[i], "counted", &define))
			return err_set(e, EINVAL, "'%s' is no metric", k->metrics[i]);
	return 0;
}

int kernels_load(const char *dir, struct kernels *to, struct err *e)
{
	struct dirent *entry;
	int ret = check_metrics(to, e);
	DIR *d;

	if (ret)
		return ret;
	d = opendir(dir);
	if (!d)
		return err_set(e, errno, "cannot open %s: %s", dir, strerror(errno));
	while (!ret && (entry = readdir(d)))
		if (entry->d_name[0] != '.')
			ret = load_kernel(to, dir, entry->d_name, e);
	closedir(d);
	if (!ret && !to->n)
		return err_set(e, ENOENT, "%s holds records of no kernel: 'iommu-perf history "
			       "kernels %s --kernels RANGE' makes them", dir, dir);
	if (!ret)
		qsort(to->list, to->n, sizeof(*to->list), compare);
	return ret;
}
