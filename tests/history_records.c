// SPDX-License-Identifier: GPL-2.0
/*
 * Records as many years of measuring would leave them, for the tests of the verb history: made of a
 * measured one, valid, and a little different from each other.
 *
 * usage: history_records DIR RECORDS SERIES
 *
 * Writes DIR/SERIES/NUMBER.json. Each file is an hour younger than the one before; its kernel is
 * one of ten. In all series iommu_map takes 3 % longer from the middle on.
 */
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "unit/sample.h"

#define TEMPLATE	"measured/strict-bare-4flows"
#define FIRST		1767225600	/* 2026-01-01 */
#define STEP		0.032

enum { KERNELS = 10, HOUR = 3600 };

static double noise(double most)
{
	return most * rand() / RAND_MAX;
}

static void set(char **to, char *text)
{
	free(*to);
	*to = text;
}

static char *format(const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	va_end(ap);
	return text;
}

/* Payload and what is counted of it differ from run to run, and so do lengths of paths. */
static void vary(struct record *r, size_t nth, size_t all, size_t series)
{
	uint64_t more = rand() % 30000;

	r->payload_bytes += more;
	r->flows[0].window_bytes += more;
	sample_lengthen(r, "iommu_map", "iommu_dma_map_page",
			noise(0.002) + (nth >= all / 2 ? STEP : 0));
	set(&r->env.tracer, format("%016zx", series + 1));
	set(&r->env.kernel, format("6.12.%zu+deb13-amd64 #1 SMP PREEMPT_DYNAMIC Debian",
				   100 + nth * KERNELS / all));
	set(&r->env.cmdline, format("%s run=%zu", r->env.cmdline, nth));
}

static void write_file(const char *path, const struct record *r, time_t at)
{
	const struct timeval times[2] = { { .tv_sec = at }, { .tv_sec = at } };
	char *text = record_print(r);
	FILE *out = fopen(path, "w");

	if (!text || !out || fputs(text, out) == EOF || fclose(out) || utimes(path, times)) {
		perror(path);
		exit(2);
	}
	free(text);
}

int main(int argc, char **argv)
{
	size_t all = argc > 2 ? atoi(argv[2]) : 0, series = argc > 3 ? atoi(argv[3]) : 0, i;
	char *text = sample_text(TEMPLATE), *path;
	struct record *r;
	struct err e;

	if (!all || !series) {
		fputs("usage: history_records DIR RECORDS SERIES\n", stderr);
		return 2;
	}
	for (i = 0; i < series; i++) {
		path = format("%s/%03zu", argv[1], i);
		if (file_make_folders(path, &e)) {
			fprintf(stderr, "%s\n", e.text);
			return 2;
		}
		free(path);
	}
	for (i = 0; i < all; i++) {
		if (record_parse(text, strlen(text), TEMPLATE, &r, &e)) {
			fprintf(stderr, "%s\n", e.text);
			return 2;
		}
		path = format("%s/%03zu/%06zu.json", argv[1], i % series, i);
		vary(r, i, all, i % series);
		write_file(path, r, FIRST + (time_t)i * HOUR);
		record_free(r);
		free(path);
	}
	free(text);
	return 0;
}
