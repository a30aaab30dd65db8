// SPDX-License-Identifier: GPL-2.0
/*
 * Where the codes come from:
 *  IIO: github.com/intel/perfmon, ICX, SNR, SPR, EMR, GNR, SRF, CWF: *_uncore_experimental.json;
 *	the names are Intel's without "UNC_IIO_". One bit means different things on different
 *	platforms, so there is no default: a model that is not listed is not counted.
 *  others: the kernel's drivers/iommu/intel/perfmon.c, arch/x86/events/amd/iommu.c and
 *	drivers/perf/arm_smmuv3_pmu.c, which name their events in sysfs.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/pmu_events.h"

#define EVENTS(array) (array), sizeof(array) / sizeof((array)[0])

/* Ice Lake (D, X) and Snow Ridge: any event on any of 4 counters. */
static const struct event_definition iio_icx[] = {
	{ "iommu0.misses", "event=0x40,umask=0x20", "events", false },
	{ "iommu0.first_lookups", "event=0x40,umask=0x01", "events", false },
	{ "iommu0.all_lookups", "event=0x40,umask=0x02", "events", false },
	{ "iommu1.num_mem_accesses", "event=0x41,umask=0x40", "events", false },
	{ "pwt_occupancy", "event=0x42,umask=0x00", "walk cycles", false },
	{ "iommu3.num_inval_gbl", "event=0x43,umask=0x01", "events", false },
	{ "iommu3.num_inval_domain", "event=0x43,umask=0x02", "events", false },
	{ "iommu3.num_inval_page", "event=0x43,umask=0x04", "events", false },
};

/*
 * Sapphire and Emerald Rapids. The kernel does not know that some count on counter 0 only (its
 * icx_uncore_iio_constraints, which it uses here, do not hold them), so it is kept to here.
 */
static const struct event_definition iio_spr[] = {
	{ "iommu0.misses", "event=0x40,umask=0x20", "events", true },
	{ "iommu0.first_lookups", "event=0x40,umask=0x01", "events", true },
	{ "iommu1.num_mem_accesses", "event=0x41,umask=0xc0", "events", true },
	{ "pwt_occupancy", "event=0x42,umask=0xff", "walk cycles", false },
};

/* Granite Rapids, Sierra Forest, Clearwater Forest */
static const struct event_definition iio_gnr[] = {
	{ "iommu0.misses", "event=0x40,umask=0x20", "events", false },
	{ "iommu0.first_lookups", "event=0x40,umask=0x01", "events", false },
	{ "iommu0.all_lookups", "event=0x40,umask=0x02", "events", false },
	{ "iommu1.num_mem_accesses", "event=0x41,umask=0xc0", "events", false },
	{ "iommu3.num_inval_iotlb", "event=0x43,umask=0x04", "events", false },
	{ "pwt_occupancy", "event=0x42,umask=0x00", "walk cycles", false },
};

static const struct event_definition dmar[] = {
	{ "iotlb_lookup", NULL, "events", false },
	{ "iotlb_hit", NULL, "events", false },
	{ "iommu_mrds", NULL, "events", false },
	{ "pw_occupancy", NULL, "walk cycles", false },
	{ "iommu_requests", NULL, "events", false },
	{ "ctxt_cache_lookup", NULL, "events", false },
	{ "ctxt_cache_hit", NULL, "events", false },
	{ "iommu_mem_blocked", NULL, "cycles", false },
};

static const struct event_definition amd_iommu[] = {
	{ "mem_iommu_tlb_pte_mis", NULL, "events", false },
	{ "mem_iommu_tlb_pte_hit", NULL, "events", false },
	{ "tlb_inv", NULL, "events", false },
	{ "page_tbl_read_tot", NULL, "events", false },
	{ "mem_trans_total", NULL, "events", false },
	{ "mem_dte_mis", NULL, "events", false },
	{ "cmd_processed", NULL, "events", false },
	{ "cmd_processed_inv", NULL, "events", false },
};

static const struct event_definition smmuv3[] = {
	{ "transaction", NULL, "events", false },
	{ "tlb_miss", NULL, "events", false },
	{ "trans_table_walk_access", NULL, "events", false },
	{ "config_cache_miss", NULL, "events", false },
	{ "config_struct_access", NULL, "events", false },
};

#define IIO_NEEDS "a server CPU of Intel and its kernel driver (CONFIG_PERF_EVENTS_INTEL_UNCORE, " \
	"module intel_uncore)"

const struct pmu_source pmu_sources[] = {
	{ "iio-icx", "uncore_iio_", EVENTS(iio_icx),
	  (const unsigned char[]) { 0x6a, 0x6c, 0x86, 0 }, IIO_NEEDS },
	{ "iio-spr", "uncore_iio_", EVENTS(iio_spr),
	  (const unsigned char[]) { 0x8f, 0xcf, 0 }, IIO_NEEDS },
	{ "iio-gnr", "uncore_iio_", EVENTS(iio_gnr),
	  (const unsigned char[]) { 0xad, 0xae, 0xaf, 0xdd, 0 }, IIO_NEEDS },
	{ "dmar", "dmar", EVENTS(dmar), NULL, "a VT-d unit with performance counters and "
	  "CONFIG_INTEL_IOMMU_PERF_EVENTS, of Linux 6.3 and later" },
	{ "amd_iommu", "amd_iommu_", EVENTS(amd_iommu), NULL, "an AMD IOMMU with performance "
	  "counters" },
	{ "smmuv3_pmcg", "smmuv3_pmcg_", EVENTS(smmuv3), NULL, "an SMMUv3 with performance "
	  "counters and CONFIG_ARM_SMMU_V3_PMU" },
};

const size_t pmu_nr_sources = sizeof(pmu_sources) / sizeof(pmu_sources[0]);

/* The value of the first line "@key\t: value" of @text, before its first empty line; or NULL. */
static const char *cpuinfo_value(const char *text, const char *end, const char *key, size_t *len)
{
	size_t n = strlen(key);
	const char *next, *p;

	for (; text < end && *text != '\n'; text = next) {
		next = memchr(text, '\n', end - text);
		next = next ? next + 1 : end;
		if ((size_t)(next - text) <= n || memcmp(text, key, n))
			continue;
		for (p = text + n; p < next && (*p == ' ' || *p == '\t'); p++)
			;
		if (p == next || *p++ != ':')
			continue;
		while (p < next && *p == ' ')
			p++;
		*len = next - p - (next > p && next[-1] == '\n');
		return p;
	}
	return NULL;
}

static unsigned int cpuinfo_number(const char *text, const char *end, const char *key)
{
	unsigned int value = 0;
	size_t len = 0;
	const char *p = cpuinfo_value(text, end, key, &len);

	for (; p && len && *p >= '0' && *p <= '9' && value < 100000; p++, len--)
		value = value * 10 + (*p - '0');
	return value;
}

void cpu_parse_model(const char *text, size_t len, struct cpu_model *out)
{
	const char *end = text + len, *p;
	size_t n = 0;

	memset(out, 0, sizeof(*out));
	p = cpuinfo_value(text, end, "vendor_id", &n);
	if (!p)
		return;
	snprintf(out->vendor, sizeof(out->vendor), "%.*s", (int)(n < 15 ? n : 15), p);
	out->family = cpuinfo_number(text, end, "cpu family");
	out->model = cpuinfo_number(text, end, "model");
}

int cpu_read_model(const char *root, struct cpu_model *out, struct err *e)
{
	char path[4096], text[4096];
	size_t len;
	FILE *in;

	memset(out, 0, sizeof(*out));
	snprintf(path, sizeof(path), "%s/proc/cpuinfo", root);
	in = fopen(path, "re");
	if (!in)
		return err_set(e, errno, "%s: %s", path, strerror(errno));
	/* The first CPU lies within; there may be hundreds. */
	len = fread(text, 1, sizeof(text), in);
	fclose(in);
	cpu_parse_model(text, len, out);
	return 0;
}

bool pmu_source_knows(const struct pmu_source *source, const struct cpu_model *cpu)
{
	if (!source->models)
		return true;
	if (strcmp(cpu->vendor, "GenuineIntel") || cpu->family != 6)
		return false;
	for (const unsigned char *m = source->models; *m; m++)
		if (*m == cpu->model)
			return true;
	return false;
}
