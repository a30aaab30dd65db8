/* SPDX-License-Identifier: GPL-2.0 */
/* Which events of which PMU are counted: data. Each source is one kind of IOMMU counter. */
#ifndef AGENT_PMU_EVENTS_H
#define AGENT_PMU_EVENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"

/*
 * An event, called @name in records. @terms are its code, for PMUs whose events/ does not name it;
 * NULL: the kernel names it @name in events/, and does so only where the hardware has it.
 */
struct event_definition {
	const char *name;
	const char *terms;
	const char *unit;	/* of the value */
	bool counter0;	/* counts on the device's counter 0 only, so one such event at a time */
};

/*
 * A source, called @name in records: the devices called @prefix and a number. Its events come in
 * the order of their worth, as a device may have too few counters for all.
 */
struct pmu_source {
	const char *name;
	const char *prefix;
	const struct event_definition *events;
	size_t nr_events;
	/* The CPUs that the codes hold for: models of Intel's family 6, ended by 0. NULL: all */
	const unsigned char *models;
	const char *needs;	/* what a machine without such a device lacks */
};

extern const struct pmu_source pmu_sources[];
extern const size_t pmu_nr_sources;

struct cpu_model {
	char vendor[16];	/* "GenuineIntel"; "": /proc/cpuinfo names none */
	unsigned int family, model;
};

/* From @len bytes of /proc/cpuinfo: its first CPU. A text that names no vendor gives "". */
void cpu_parse_model(const char *text, size_t len, struct cpu_model *out);

/* The same of the machine below @root. Negative errno with @e set. */
int cpu_read_model(const char *root, struct cpu_model *out, struct err *e);

/* Do the codes of @source hold for this CPU? */
bool pmu_source_knows(const struct pmu_source *source, const struct cpu_model *cpu);

#endif
