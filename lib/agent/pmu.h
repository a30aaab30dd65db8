/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's PMUs as sysfs describes them: /sys/bus/event_source/devices/PMU with type, cpumask,
 * format/ and events/ (Documentation/ABI/testing/sysfs-bus-event_source-devices-*). All paths lie
 * below a root prefix, "" for this machine.
 */
#ifndef AGENT_PMU_H
#define AGENT_PMU_H

#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

#define PMU_DEVICES "/sys/bus/event_source/devices"

enum {
	PMU_CONFIGS = 3,	/* perf_event_attr's config, config1, config2 */
	PMU_FORMATS_MAX = 32,
	PMU_RANGES_MAX = 8,
	PMU_CPUS_MAX = 1024,
};

/* A named term: bits of one config word; a value's low bits go to the first range. */
struct pmu_format {
	char name[32];
	unsigned int config;	/* 0: config, 1: config1, 2: config2 */
	struct pmu_range {
		unsigned int low, high;	/* bits, both inclusive */
	} ranges[PMU_RANGES_MAX];
	size_t nr_ranges;
};

struct pmu_cpus {
	int list[PMU_CPUS_MAX];	/* ascending */
	size_t n;
};

struct pmu {
	char name[64];
	uint32_t type;		/* perf_event_attr.type */
	struct pmu_cpus cpus;	/* where its events are to be opened */
	struct pmu_format formats[PMU_FORMATS_MAX];
	size_t nr_formats;
};

struct pmu_event {
	uint64_t config[PMU_CONFIGS];
	char unit[48];	/* "": sysfs names none. With a scale, "6.1e-05 MiB": what one count is */
};

/*
 * The parsers of sysfs' texts: @len bytes of @text, a newline at the end allowed. 0, or -EINVAL
 * with one line in @e that quotes the text.
 *
 * Format: "config1:0-7,16-31". CPUs: a list as "0,18-19"; at least one. Scale: a number above 0.
 */
int pmu_parse_format(const char *text, size_t len, struct pmu_format *out, struct err *e);
int pmu_parse_cpus(const char *text, size_t len, struct pmu_cpus *out, struct err *e);
int pmu_parse_type(const char *text, size_t len, uint32_t *out, struct err *e);
int pmu_parse_scale(const char *text, size_t len, double *out, struct err *e);

/*
 * Set @config to what the terms "event=0x40,umask=0x20" mean to @p; "config1=5" sets a whole word,
 * a term without a value is 1. -EINVAL: @p has no such term, the value does not fit it, a term is
 * there twice, or the text is malformed.
 */
int pmu_encode(const struct pmu *p, const char *terms, size_t len, uint64_t config[PMU_CONFIGS],
	       struct err *e);

/* Read the PMU @name below @root. Negative errno with @e set. */
int pmu_load(const char *root, const char *name, struct pmu *out, struct err *e);

/* The event that sysfs itself names. -ENOENT: it does not, that is, the hardware lacks it. */
int pmu_load_event(const char *root, const struct pmu *p, const char *event,
		   struct pmu_event *out, struct err *e);

/*
 * The names of the PMUs below @root that are @prefix and a number (decimal or hexadecimal), in the
 * order of the numbers; from malloc, NULL-terminated, freed with pmu_free_names(). None: an empty
 * list. -ENOMEM.
 */
int pmu_find(const char *root, const char *prefix, char ***out);
void pmu_free_names(char **names);

/* Read @root@path, of at most 4096 bytes as all of sysfs; -errno with @e set. Ends with a NUL. */
int pmu_read_text(const char *root, const char *path, char text[4097], size_t *len,
		  struct err *e);

#endif
