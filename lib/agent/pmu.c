// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/pmu.h"

int pmu_read_text(const char *root, const char *path, char text[4097], size_t *len,
		  struct err *e)
{
	char full[PATH_MAX];
	FILE *in;
	int ret = 0;

	if (snprintf(full, sizeof(full), "%s%s", root, path) >= (int)sizeof(full))
		return err_set(e, ENAMETOOLONG, "%.80s...: the name is too long", full);
	in = fopen(full, "re");
	if (!in)
		return err_set(e, errno, "%s: %s", full, strerror(errno));
	*len = fread(text, 1, 4097, in);
	if (ferror(in))
		ret = err_set(e, errno ? errno : EIO, "%s: it cannot be read", full);
	else if (*len > 4096)
		ret = err_set(e, EINVAL, "%s: longer than any file of sysfs", full);
	else
		text[*len] = '\0';
	fclose(in);
	return ret;
}

/* Put the path of the file in front of what a parser said of its text. */
static int wrong_in(const char *root, const char *path, struct err *e)
{
	struct err inner = *e;

	return err_set(e, EINVAL, "%s%.200s: %.600s", root, path, inner.text);
}

static int load_format(const char *root, struct pmu *p, const char *name, struct err *e)
{
	struct pmu_format *f = &p->formats[p->nr_formats];
	char path[512], text[4097];
	size_t len;
	int ret;

	snprintf(path, sizeof(path), PMU_DEVICES "/%s/format/%s", p->name, name);
	if (p->nr_formats == PMU_FORMATS_MAX)
		return err_set(e, E2BIG, "%s%s: more than %d formats", root, path, PMU_FORMATS_MAX);
	if (strlen(name) >= sizeof(f->name))
		return err_set(e, ENAMETOOLONG, "%s%s: the name is too long", root, path);
	ret = pmu_read_text(root, path, text, &len, e);
	if (ret)
		return ret;
	if (pmu_parse_format(text, len, f, e))
		return wrong_in(root, path, e);
	strcpy(f->name, name);
	p->nr_formats++;
	return 0;
}

static int load_formats(const char *root, struct pmu *p, struct err *e)
{
	char path[PATH_MAX];
	struct dirent *entry;
	int ret = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s" PMU_DEVICES "/%s/format", root, p->name);
	dir = opendir(path);
	if (!dir)
		return err_set(e, errno, "%s: %s", path, strerror(errno));
	while (!ret && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			ret = load_format(root, p, entry->d_name, e);
	closedir(dir);
	return ret;
}

static int load_cpus(const char *root, struct pmu *p, struct err *e)
{
	char path[512], text[4097];
	size_t len;
	int ret;

	snprintf(path, sizeof(path), PMU_DEVICES "/%s/cpumask", p->name);
	ret = pmu_read_text(root, path, text, &len, e);
	if (ret == -ENOENT) {
		snprintf(path, sizeof(path), PMU_DEVICES "/%s/cpus", p->name);
		ret = pmu_read_text(root, path, text, &len, e);
	}
	if (ret)
		return ret;
	return pmu_parse_cpus(text, len, &p->cpus, e) ? wrong_in(root, path, e) : 0;
}

int pmu_load(const char *root, const char *name, struct pmu *out, struct err *e)
{
	char path[512], text[4097];
	size_t len;
	int ret;

	memset(out, 0, sizeof(*out));
	if (strlen(name) >= sizeof(out->name))
		return err_set(e, ENAMETOOLONG, "PMU %.60s...: the name is too long", name);
	strcpy(out->name, name);
	snprintf(path, sizeof(path), PMU_DEVICES "/%s/type", name);
	ret = pmu_read_text(root, path, text, &len, e);
	if (!ret && pmu_parse_type(text, len, &out->type, e))
		ret = wrong_in(root, path, e);
	if (!ret)
		ret = load_cpus(root, out, e);
	return ret ? ret : load_formats(root, out, e);
}

/* What one count of the event is, from EVENT.unit and EVENT.scale; most events have neither. */
static int load_unit(const char *root, const char *path, struct pmu_event *out, struct err *e)
{
	char file[640], text[4097];
	double scale = 1;
	size_t len;
	int ret;

	out->unit[0] = '\0';
	snprintf(file, sizeof(file), "%s.scale", path);
	ret = pmu_read_text(root, file, text, &len, e);
	if (!ret && pmu_parse_scale(text, len, &scale, e))
		return wrong_in(root, file, e);
	if (ret && ret != -ENOENT)
		return ret;
	snprintf(file, sizeof(file), "%s.unit", path);
	ret = pmu_read_text(root, file, text, &len, e);
	if (ret)
		return ret == -ENOENT ? 0 : ret;
	text[strcspn(text, "\n")] = '\0';
	if (scale == 1)
		snprintf(out->unit, sizeof(out->unit), "%.40s", text);
	else
		snprintf(out->unit, sizeof(out->unit), "%g %.24s", scale, text);
	return 0;
}

int pmu_load_event(const char *root, const struct pmu *p, const char *event,
		   struct pmu_event *out, struct err *e)
{
	char path[512], text[4097];
	size_t len;
	int ret;

	snprintf(path, sizeof(path), PMU_DEVICES "/%s/events/%s", p->name, event);
	ret = pmu_read_text(root, path, text, &len, e);
	if (ret)
		return ret;
	if (pmu_encode(p, text, len, out->config, e))
		return wrong_in(root, path, e);
	return load_unit(root, path, out, e);
}

static bool is_numbered(const char *name, const char *prefix)
{
	size_t n = strlen(prefix);

	return !strncmp(name, prefix, n) && name[n] &&
	       strspn(name + n, "0123456789abcdef") == strlen(name + n);
}

int pmu_find(const char *root, const char *prefix, char ***out)
{
	struct dirent **entries = NULL;
	char path[PATH_MAX];
	char **names;
	int i, n, found = 0;

	snprintf(path, sizeof(path), "%s" PMU_DEVICES, root);
	n = scandir(path, &entries, NULL, versionsort);
	if (n < 0)
		n = 0;
	names = calloc(n + 1, sizeof(*names));
	for (i = 0; i < n; i++) {
		if (names && is_numbered(entries[i]->d_name, prefix))
			names[found++] = strdup(entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	*out = names;
	return names ? 0 : -ENOMEM;
}

void pmu_free_names(char **names)
{
	for (size_t i = 0; names && names[i]; i++)
		free(names[i]);
	free(names);
}
