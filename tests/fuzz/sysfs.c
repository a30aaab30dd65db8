// SPDX-License-Identifier: GPL-2.0
/* What sysfs and /proc/cpuinfo say of PMUs. */
#include <math.h>

#include "agent/pmu.h"
#include "agent/pmu_events.h"
#include "fuzz.h"

/* Formats as VT-d's PMU has them, one in pieces. */
static const struct pmu pmu = {
	.name = "dmar0",
	.formats = {
		{ "event", 0, { { 0, 27 } }, 1 },
		{ "event_group", 0, { { 28, 31 } }, 1 },
		{ "filter_domain", 1, { { 16, 31 }, { 0, 0 } }, 2 },
		{ "all", 2, { { 0, 63 } }, 1 },
	},
	.nr_formats = 4,
};

static void parse_format(const char *text, size_t len, struct err *e)
{
	struct pmu_format format;

	if (pmu_parse_format(text, len, &format, e))
		return;
	FUZZ_CHECK(format.config < PMU_CONFIGS && format.nr_ranges &&
		   format.nr_ranges <= PMU_RANGES_MAX);
	for (size_t i = 0; i < format.nr_ranges; i++)
		FUZZ_CHECK(format.ranges[i].low <= format.ranges[i].high &&
			   format.ranges[i].high < 64);
}

static void parse_cpus(const char *text, size_t len, struct err *e)
{
	struct pmu_cpus cpus;

	if (pmu_parse_cpus(text, len, &cpus, e))
		return;
	FUZZ_CHECK(cpus.n && cpus.n <= PMU_CPUS_MAX);
	for (size_t i = 1; i < cpus.n; i++)
		FUZZ_CHECK(cpus.list[i] > cpus.list[i - 1]);
}

/* The first byte says whose text it is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t config[PMU_CONFIGS];
	struct cpu_model model;
	uint32_t type;
	struct err e;
	double scale;
	char *text;

	if (!size)
		return 0;
	text = fuzz_bytes(data + 1, size - 1);
	switch (data[0]) {
	case 'f':
		parse_format(text, size - 1, &e);
		break;
	case 'c':
		parse_cpus(text, size - 1, &e);
		break;
	case 't':
		pmu_parse_type(text, size - 1, &type, &e);
		break;
	case 's':
		if (!pmu_parse_scale(text, size - 1, &scale, &e))
			FUZZ_CHECK(scale > 0 && isfinite(scale));
		break;
	case 'e':
		pmu_encode(&pmu, text, size - 1, config, &e);
		break;
	case 'm':
		cpu_parse_model(text, size - 1, &model);
		break;
	}
	free(text);
	return 0;
}
