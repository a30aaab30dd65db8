// SPDX-License-Identifier: GPL-2.0
/* What is bisected: by whom, on which testbed, between which ends. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "testbed/probes.h"
#include "trial/bisection.h"
#include "util/file.h"
#include "util/json.h"

enum { PATH_LENGTH = 4200 };

static void choose_probes(struct bisection *b)
{
	size_t n = strcspn(b->metric, ".");

	if (record_is_hosts(b->metric) || scenario_two_levels(&b->scenario))
		b->probes = strdup("all");
	else if (b->metric[n])
		b->probes = strndup(b->metric, n);
	else if (b->settings->testbed.wish.driver == DRIVER_VTD)
		b->probes = strdup(PROBES_OF_ALL_KERNELS);
	else
		b->probes = strdup("all");
}

int bisection_init(struct bisection *b, const struct settings *settings, const char *scenario,
		   const char *metric, struct err *e)
{
	struct shape_wish wish = settings->testbed.wish;
	struct shape shape;
	struct metric m;
	int ret = scenario_parse(scenario, &b->scenario, e);

	b->settings = settings;
	b->metric = metric;
	if (ret)
		return ret;
	wish.own_kernel = true;
	ret = shape_of(&b->scenario, &wish, &shape, e);
	if (ret)
		return ret;
	if (!metric_define(metric, bisection_clock(b), &m))
		return err_set(e, EINVAL, "'%s' is no metric; 'iommu-perf judge RECORD' names them",
			       metric);
	if (record_is_hosts(metric) && !scenario_two_levels(&b->scenario))
		return err_set(e, EINVAL, "%s is of a guest's host, which %s has not", metric,
			       scenario);
	choose_probes(b);
	snprintf(b->unit, sizeof(b->unit), "%s", m.unit);
	b->gate = gate_usual(&m, bisection_clock(b), false, &b->scenario);
	return b->probes ? 0 : err_set(e, ENOMEM, "out of memory");
}

struct ends {
	char *scenario, *metric, *clock, *iommu, *good, *bad;
};

static const struct json_field ends_fields[] = {
	{ "scenario", JSON_KIND_STRING, offsetof(struct ends, scenario), false },
	{ "metric", JSON_KIND_STRING, offsetof(struct ends, metric), false },
	{ "clock", JSON_KIND_STRING, offsetof(struct ends, clock), false },
	{ "iommu", JSON_KIND_STRING, offsetof(struct ends, iommu), false },
	{ "good", JSON_KIND_STRING, offsetof(struct ends, good), false },
	{ "bad", JSON_KIND_STRING, offsetof(struct ends, bad), false },
};

static void free_ends(struct ends *ends)
{
	free(ends->scenario);
	free(ends->metric);
	free(ends->clock);
	free(ends->iommu);
	free(ends->good);
	free(ends->bad);
}

static int read_ends(const char *path, struct ends *out, struct err *e)
{
	struct json_place at = { .file = path, .e = e };
	json_t *object = NULL;
	char *text;
	size_t len;
	int ret = file_read(path, &text, &len, e);

	if (ret)
		return ret;
	ret = json_parse_object(text, len, path, &object, e);
	if (!ret)
		ret = json_read_fields(object, &at, JSON_FIELDS(ends_fields), NULL, out);
	json_decref(object);
	free(text);
	return ret;
}

static int write_ends(const char *path, const struct ends *ends, struct err *e)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int ret;

	if (!out)
		return err_set(e, ENOMEM, "out of memory");
	fputs("{\n\t", out);
	json_print_fields(out, JSON_FIELDS(ends_fields), ",\n\t", ends);
	fputs("\n}\n", out);
	ret = fclose(out) ? err_set(e, ENOMEM, "out of memory") :
			    file_write_atomic(path, text, len, e);
	free(text);
	return ret;
}

const char *bisection_clock(const struct bisection *b)
{
	return b->settings->testbed.wish.real_clock ? "real" : "counted";
}

const char *bisection_iommu(const struct bisection *b)
{
	return driver_name(b->settings->testbed.wish.driver);
}

/* Is what lies in @path the bisection that is asked for? */
static int check_ends(const struct bisection *b, const struct ends *there, const char *good,
		      const char *bad, const char *path, struct err *e)
{
	if (!strcmp(there->scenario, b->scenario.name) && !strcmp(there->metric, b->metric) &&
	    !strcmp(there->clock, bisection_clock(b)) &&
	    !strcmp(there->iommu, bisection_iommu(b)) &&
	    (!good || (!strcmp(there->good, good) && !strcmp(there->bad, bad))))
		return 0;
	return err_set(e, EINVAL, "%s is another bisection's (%s %s, %s clock, --iommu %s, %s "
		       "to %s): name another folder with --state", path, there->scenario,
		       there->metric, there->clock, there->iommu, there->good, there->bad);
}

/* One at a time may work in a folder. The lock ends with the process. */
static int lock(const char *state, struct err *e)
{
	char path[PATH_LENGTH];
	int fd;

	snprintf(path, sizeof(path), "%.3000s/lock", state);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_set(e, errno, "%s: %s", path, strerror(errno));
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return 0;
	close(fd);
	return err_set(e, EBUSY, "another bisection is at work in %s", state);
}

static void place(const struct bisection *b, char path[PATH_LENGTH])
{
	snprintf(path, PATH_LENGTH, "%.3000s/ends.json", b->state);
}

int bisection_open(struct bisection *b, const char *good, const char *bad, struct err *e)
{
	struct ends ends = { 0 };
	char path[PATH_LENGTH];
	int ret = file_make_folders(b->state, e);

	if (!ret)
		ret = lock(b->state, e);
	place(b, path);
	if (ret)
		return ret;
	if (!access(path, F_OK)) {
		ret = read_ends(path, &ends, e);
		if (!ret)
			ret = check_ends(b, &ends, good, bad, path, e);
	} else if (!good) {
		return -ENOENT;
	} else {
		ends.good = strdup(good);
		ends.bad = strdup(bad);
		ret = ends.good && ends.bad ? 0 : err_set(e, ENOMEM, "out of memory");
	}
	if (!ret) {
		b->good = ends.good;
		b->bad = ends.bad;
		ends.good = ends.bad = NULL;
	}
	free_ends(&ends);
	return ret;
}

int bisection_keep_ends(const struct bisection *b, struct err *e)
{
	struct ends ends = { (char *)b->scenario.name, (char *)b->metric, (char *)bisection_clock(b),
			     (char *)bisection_iommu(b), b->good, b->bad };
	char path[PATH_LENGTH];

	place(b, path);
	return access(path, F_OK) ? write_ends(path, &ends, e) : 0;
}

void bisection_free(struct bisection *b)
{
	free(b->good);
	free(b->bad);
	free(b->probes);
}
