// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/dmar_latency.h"
#include "util/file.h"

enum { COUNTS = 7 };	/* columns of the histogram; behind them come min, max and mean */

struct dmar_latency {
	char path[PATH_MAX];
	bool on;	/* switched on by us */
	struct dmar_latencies before, after;
	struct err why;	/* not empty: it does not count */
};

static int wrong_line(const char *line, struct err *e)
{
	return err_set(e, EINVAL, "dmar_perf_latency: '%.40s' is no line of it", line);
}

/* "   inv_iotlb           0           5 ...": the sum of the histogram. */
static int parse_counts(char *line, const char *device, struct dmar_latencies *out, struct err *e)
{
	char *save, *end, *word, *kind = strtok_r(line, " \t", &save);
	unsigned long long count;
	uint64_t sum = 0;
	int i;

	for (i = 0; i < COUNTS; i++) {
		word = strtok_r(NULL, " \t", &save);
		if (!word || *word < '0' || *word > '9')
			return wrong_line(kind, e);
		errno = 0;
		count = strtoull(word, &end, 10);
		if (*end || errno || __builtin_add_overflow(sum, count, &sum))
			return wrong_line(kind, e);
	}
	if (!*device || strlen(kind) >= sizeof(out->list[0].kind))
		return wrong_line(kind, e);
	if (out->n == DMAR_LATENCIES_MAX)
		return err_set(e, E2BIG, "dmar_perf_latency: more than %d lines",
			       DMAR_LATENCIES_MAX);
	strcpy(out->list[out->n].device, device);
	strcpy(out->list[out->n].kind, kind);
	out->list[out->n++].count = sum;
	return 0;
}

static int parse_line(char *line, char device[16], struct dmar_latencies *out, struct err *e)
{
	char *first = line + strspn(line, " \t");

	if (!*first || strstr(line, "<0.1us"))
		return 0;
	if (strncmp(line, "IOMMU: ", 7))
		return parse_counts(line, device, out, e);
	if (sscanf(line + 7, "%15s", device) != 1)
		return wrong_line(line, e);
	return 0;
}

int dmar_latency_parse(const char *text, size_t len, struct dmar_latencies *out, struct err *e)
{
	const char *end = text + len, *next;
	char line[512], device[16] = "";
	int ret = 0;

	out->n = 0;
	for (; !ret && text < end; text = next) {
		size_t n;

		next = memchr(text, '\n', end - text);
		next = next ? next + 1 : end;
		n = next - text - (next[-1] == '\n');
		if (n >= sizeof(line) || memchr(text, '\0', n))
			return err_set(e, EINVAL, "dmar_perf_latency: a line of %zu bytes is none "
				       "of it", n);
		memcpy(line, text, n);
		line[n] = '\0';
		ret = parse_line(line, device, out, e);
	}
	return ret;
}

static int read_now(struct dmar_latency *l, struct dmar_latencies *out)
{
	char *text;
	size_t len;
	int ret = file_read(l->path, &text, &len, &l->why);

	if (ret)
		return ret;
	ret = dmar_latency_parse(text, len, out, &l->why);
	free(text);
	return ret;
}

static int command(struct dmar_latency *l, const char *number)
{
	int fd = open(l->path, O_WRONLY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return err_set(&l->why, errno, "%s: %s", l->path, strerror(errno));
	if (write(fd, number, strlen(number)) < 0)
		ret = err_set(&l->why, errno, "%s: it refuses '%s': %s", l->path, number,
			      strerror(errno));
	close(fd);
	return ret;
}

/*
 * All kinds, and that of the IOTLB first: "0" switches off in this order and, as the kernel clears
 * all from the first that is on, it writes beyond its table where the IOTLB's is off.
 */
static void switch_on(struct dmar_latency *l)
{
	if (read_now(l, &l->before))
		return;
	if (l->before.n) {
		err_set(&l->why, EBUSY, "%s: somebody else has switched it on; write 0 to it",
			l->path);
		return;
	}
	if (command(l, "1"))
		return;
	l->on = true;
	if (command(l, "2") || command(l, "3") || read_now(l, &l->before))
		return;
	if (!l->before.n)
		err_set(&l->why, ENODEV, "%s: it cannot be switched on", l->path);
}

int dmar_latency_open(const char *root, struct dmar_latency **out)
{
	struct dmar_latency *l = calloc(1, sizeof(*l));

	*out = l;
	if (!l)
		return -ENOMEM;
	snprintf(l->path, sizeof(l->path), "%s/sys/kernel/debug/iommu/intel/dmar_perf_latency",
		 root);
	switch_on(l);
	return 0;
}

void dmar_latency_on(struct dmar_latency *l)
{
	if (!l->why.text[0])
		read_now(l, &l->before);
}

void dmar_latency_off(struct dmar_latency *l)
{
	if (l->why.text[0] || read_now(l, &l->after))
		return;
	if (l->after.n != l->before.n)
		err_set(&l->why, ESTALE, "%s: it was switched inside the window", l->path);
	for (size_t i = 0; i < l->after.n && !l->why.text[0]; i++)
		if (strcmp(l->after.list[i].device, l->before.list[i].device) ||
		    strcmp(l->after.list[i].kind, l->before.list[i].kind) ||
		    l->after.list[i].count < l->before.list[i].count)
			err_set(&l->why, ESTALE, "%s: it was switched inside the window", l->path);
}

int dmar_latency_fill(const struct dmar_latency *l, struct record *r)
{
	struct record_counter *c;

	if (l->why.text[0])
		return record_set_absent(r, "counters.dmar_perf_latency", l->why.text);
	for (size_t i = 0; i < l->after.n; i++) {
		c = record_add_counter(r, "dmar_perf_latency", l->after.list[i].device,
				       l->after.list[i].kind);
		if (!c)
			return -ENOMEM;
		c->value = l->after.list[i].count - l->before.list[i].count;
		c->unit = strdup("submissions");
		c->whole_window = true;
		if (!c->unit)
			return -ENOMEM;
	}
	return 0;
}

void dmar_latency_close(struct dmar_latency *l)
{
	if (l && l->on)
		command(l, "0");
	free(l);
}
