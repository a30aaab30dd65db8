// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "judge/counters.h"

enum { TERMS_MAX = 8 };

/* A metric is the sum of @plus less @minus; or it cannot be had, because of @why. */
static const struct definition {
	const char *source, *metric;
	const char *plus[TERMS_MAX];
	const char *minus;
	const char *why;
} definitions[] = {
	/* A model in software: each request looks up once, and a miss is filled or faults. */
	{ "qemu-vtd", "iotlb_first_lookup", { "iotlb_hit", "iotlb_update", "fault" }, NULL, NULL },
	{ "qemu-vtd", "iotlb_lookup", { "iotlb_hit", "iotlb_update", "fault" }, NULL, NULL },
	{ "qemu-vtd", "iotlb_miss", { "iotlb_update", "fault" }, NULL, NULL },
	{ "qemu-vtd", "iotlb_inv", { "inv_iotlb_global", "inv_iotlb_domain", "inv_iotlb_page",
	  "inv_piotlb_all", "inv_piotlb_page" }, NULL, NULL },
	{ "qemu-vtd", "iommu_mem_access", { NULL }, NULL,
	  "QEMU's trace does not show the reads of page walks" },
	{ "qemu-vtd", "pwt_occupancy", { NULL }, NULL, "QEMU's trace does not show page walks" },

	{ "qemu-amd", "iotlb_first_lookup", { "iotlb_hit", "iotlb_update", "fault" }, NULL, NULL },
	{ "qemu-amd", "iotlb_lookup", { "iotlb_hit", "iotlb_update", "fault" }, NULL, NULL },
	{ "qemu-amd", "iotlb_miss", { "iotlb_update", "fault" }, NULL, NULL },
	{ "qemu-amd", "iotlb_inv", { "inv_iotlb_global", "inv_iotlb_page" }, NULL, NULL },
	{ "qemu-amd", "iommu_mem_access", { NULL }, NULL,
	  "QEMU's trace does not show the reads of page walks" },
	{ "qemu-amd", "pwt_occupancy", { NULL }, NULL, "QEMU's trace does not show page walks" },

	/* A request to unmap is what invalidates. */
	{ "qemu-virtio", "iotlb_first_lookup", { "translate" }, NULL, NULL },
	{ "qemu-virtio", "iotlb_lookup", { "translate" }, NULL, NULL },
	{ "qemu-virtio", "iotlb_miss", { NULL }, NULL,
	  "QEMU's virtio-iommu has no IOTLB: it looks each access up in the mappings" },
	{ "qemu-virtio", "iotlb_inv", { "unmap" }, NULL, NULL },
	{ "qemu-virtio", "iommu_mem_access", { NULL }, NULL, "a virtio-iommu has no page tables" },
	{ "qemu-virtio", "pwt_occupancy", { NULL }, NULL, "a virtio-iommu has no page tables" },

	{ "iio-icx", "iotlb_first_lookup", { "iommu0.first_lookups" }, NULL, NULL },
	{ "iio-icx", "iotlb_lookup", { "iommu0.all_lookups" }, NULL, NULL },
	{ "iio-icx", "iotlb_miss", { "iommu0.misses" }, NULL, NULL },
	{ "iio-icx", "iotlb_inv", { "iommu3.num_inval_gbl", "iommu3.num_inval_domain",
	  "iommu3.num_inval_page" }, NULL, NULL },
	{ "iio-icx", "iommu_mem_access", { "iommu1.num_mem_accesses" }, NULL, NULL },
	{ "iio-icx", "pwt_occupancy", { "pwt_occupancy" }, NULL, NULL },

	{ "iio-spr", "iotlb_first_lookup", { "iommu0.first_lookups" }, NULL, NULL },
	{ "iio-spr", "iotlb_lookup", { NULL }, NULL,
	  "IIO of Sapphire and Emerald Rapids counts first lookups only" },
	{ "iio-spr", "iotlb_miss", { "iommu0.misses" }, NULL, NULL },
	{ "iio-spr", "iotlb_inv", { NULL }, NULL,
	  "IIO of Sapphire and Emerald Rapids counts no invalidations" },
	{ "iio-spr", "iommu_mem_access", { "iommu1.num_mem_accesses" }, NULL, NULL },
	{ "iio-spr", "pwt_occupancy", { "pwt_occupancy" }, NULL, NULL },

	{ "iio-gnr", "iotlb_first_lookup", { "iommu0.first_lookups" }, NULL, NULL },
	{ "iio-gnr", "iotlb_lookup", { "iommu0.all_lookups" }, NULL, NULL },
	{ "iio-gnr", "iotlb_miss", { "iommu0.misses" }, NULL, NULL },
	{ "iio-gnr", "iotlb_inv", { "iommu3.num_inval_iotlb" }, NULL, NULL },
	{ "iio-gnr", "iommu_mem_access", { "iommu1.num_mem_accesses" }, NULL, NULL },
	{ "iio-gnr", "pwt_occupancy", { "pwt_occupancy" }, NULL, NULL },

	{ "dmar", "iotlb_first_lookup", { NULL }, NULL,
	  "a VT-d unit does not tell a request's first lookup from its others" },
	{ "dmar", "iotlb_lookup", { "iotlb_lookup" }, NULL, NULL },
	{ "dmar", "iotlb_miss", { "iotlb_lookup" }, "iotlb_hit", NULL },
	{ "dmar", "iotlb_inv", { NULL }, NULL, "a VT-d unit has no event for invalidations" },
	{ "dmar", "iommu_mem_access", { "iommu_mrds" }, NULL, NULL },
	{ "dmar", "pwt_occupancy", { "pw_occupancy" }, NULL, NULL },

	{ "amd_iommu", "iotlb_first_lookup", { "mem_trans_total" }, NULL, NULL },
	{ "amd_iommu", "iotlb_lookup", { "mem_iommu_tlb_pte_hit", "mem_iommu_tlb_pte_mis" }, NULL,
	  NULL },
	{ "amd_iommu", "iotlb_miss", { "mem_iommu_tlb_pte_mis" }, NULL, NULL },
	{ "amd_iommu", "iotlb_inv", { "tlb_inv" }, NULL, NULL },
	{ "amd_iommu", "iommu_mem_access", { "page_tbl_read_tot" }, NULL, NULL },
	{ "amd_iommu", "pwt_occupancy", { NULL }, NULL,
	  "an AMD IOMMU has no event for walks under way" },

	{ "smmuv3_pmcg", "iotlb_first_lookup", { "transaction" }, NULL, NULL },
	{ "smmuv3_pmcg", "iotlb_lookup", { NULL }, NULL,
	  "an SMMUv3 counts transactions, not their lookups" },
	{ "smmuv3_pmcg", "iotlb_miss", { "tlb_miss" }, NULL, NULL },
	{ "smmuv3_pmcg", "iotlb_inv", { NULL }, NULL, "an SMMUv3 has no event for invalidations" },
	{ "smmuv3_pmcg", "iommu_mem_access", { "trans_table_walk_access" }, NULL, NULL },
	{ "smmuv3_pmcg", "pwt_occupancy", { NULL }, NULL,
	  "an SMMUv3 has no event for walks under way" },

	{ "dmar_perf_latency", "iotlb_inv", { NULL }, NULL, "dmar_perf_latency counts submissions, "
	  "each of which may hold many invalidations" },
	{ "tracepoint", "iotlb_inv", { NULL }, NULL,
	  "qi_submit counts the descriptors of all kinds together" },
};

const char *const counters_metrics[] = {
	"iotlb_first_lookup", "iotlb_lookup", "iotlb_miss", "iotlb_inv", "iommu_mem_access",
	"pwt_occupancy", NULL
};

/* IIO before VT-d's own: the reference study's numbers are IIO's. */
const char *const counters_sources[] = {
	"qemu-vtd", "qemu-amd", "qemu-virtio", "iio-icx", "iio-spr", "iio-gnr", "dmar", "amd_iommu",
	"smmuv3_pmcg", "dmar_perf_latency", "tracepoint", NULL
};

static const struct definition *find(const char *metric, const char *source)
{
	size_t i;

	for (i = 0; i < sizeof(definitions) / sizeof(definitions[0]); i++)
		if (!strcmp(definitions[i].metric, metric) &&
		    !strcmp(definitions[i].source, source))
			return &definitions[i];
	return NULL;
}

bool counters_define(const char *metric, const char *source, char *text, size_t size)
{
	const struct definition *d = find(metric, source);
	size_t i, n = 0;

	if (!d || d->why) {
		snprintf(text, size, "%s", d ? d->why : "it counts calls in the kernel, not what the "
			 "IOMMU does");
		return false;
	}
	for (i = 0; i < TERMS_MAX && d->plus[i]; i++)
		n += snprintf(n < size ? text + n : NULL, n < size ? size - n : 0, "%s%s",
			      i ? " + " : "", d->plus[i]);
	if (d->minus)
		snprintf(n < size ? text + n : NULL, n < size ? size - n : 0, " - %s", d->minus);
	return true;
}

/* Which IOMMU a source is of: one record has counters of one. */
static const char *machine_of(const char *source)
{
	static const struct { const char *source, *machine; } machines[] = {
		{ "qemu-vtd", "QEMU" }, { "qemu-amd", "QEMU's AMD" },
		{ "qemu-virtio", "QEMU's virtio" }, { "iio-icx", "Intel" },
		{ "iio-spr", "Intel" }, { "iio-gnr", "Intel" }, { "dmar", "Intel" },
		{ "amd_iommu", "AMD" },
		{ "smmuv3_pmcg", "Arm" },
	};
	size_t i;

	for (i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (!strcmp(machines[i].source, source))
			return machines[i].machine;
	return NULL;	/* the kernel's own, on any of them */
}

/* Do two sources in @r contradict each other? IIO is of one generation. */
static bool two_machines(const struct record *r, char *why, size_t size)
{
	const char *first = NULL, *iio = NULL, *source;
	size_t i;

	for (i = 0; i < r->nr_counters; i++) {
		source = r->counters[i].source;
		if (!machine_of(source))
			continue;
		if (!first)
			first = source;
		if (!iio && !strncmp(source, "iio-", 4))
			iio = source;
		if (strcmp(machine_of(source), machine_of(first)) ||
		    (!strncmp(source, "iio-", 4) && strcmp(source, iio))) {
			snprintf(why, size, "the record has counters of %s and of %s, which no one "
				 "machine has", strcmp(source, first) ? first : iio, source);
			return true;
		}
	}
	return false;
}

static bool same_device(const struct record_counter *a, const struct record_counter *b)
{
	return !strcmp(a->source, b->source) &&
	       (a->device && b->device ? !strcmp(a->device, b->device) : a->device == b->device);
}

/* Add @sign times the counter @event on the device of @of. False: it was not counted. */
static bool add_term(const struct record *r, const struct record_counter *of, const char *event,
		     int sign, double *value, char *why, size_t size)
{
	const struct record_counter *c = NULL;
	size_t i;

	for (i = 0; i < r->nr_counters; i++)
		if (same_device(&r->counters[i], of) && !strcmp(r->counters[i].event, event))
			c = &r->counters[i];
	if (c && !c->absent && c->whole_window) {
		*value += sign * (double)c->value;
		return true;
	}
	snprintf(why, size, "%s %s%s%s: %s", of->source, of->device ? of->device : "",
		 of->device ? " " : "", event, !c ? "it is not in the record" :
		 c->absent ? c->absent : "it did not count for the whole window");
	return false;
}

/* @d of all devices of its source. False: some of it was not counted. */
static bool evaluate(const struct record *r, const struct definition *d, double *value,
		     char *why, size_t size)
{
	const struct record_counter *of;
	size_t i, k;

	*value = 0;
	for (i = 0; i < r->nr_counters; i++) {
		of = &r->counters[i];
		if (strcmp(of->source, d->source))
			continue;
		for (k = 0; k < i && !same_device(&r->counters[k], of); k++)
			;
		if (k < i)
			continue;	/* this device is in the sum already */
		for (k = 0; k < TERMS_MAX && d->plus[k]; k++)
			if (!add_term(r, of, d->plus[k], 1, value, why, size))
				return false;
		if (d->minus && !add_term(r, of, d->minus, -1, value, why, size))
			return false;
	}
	if (*value >= 0)
		return true;
	snprintf(why, size, "%s counted more %s than %s", d->source, d->minus, d->plus[0]);
	return false;
}

static bool has_source(const struct record *r, const char *source)
{
	size_t i;

	for (i = 0; i < r->nr_counters; i++)
		if (!strcmp(r->counters[i].source, source))
			return true;
	return false;
}

/* Why @r has no counters at all: its own words. */
static void say_none(const struct record *r, char *why, size_t size)
{
	size_t i;

	snprintf(why, size, "no counter of the record gives it");
	for (i = 0; i < r->nr_absent; i++)
		if (!strcmp(r->absent[i].field, "counters"))
			snprintf(why, size, "%s", r->absent[i].reason);
}

bool counters_metric(const struct record *r, const char *metric, double *value, char *why,
		     size_t size)
{
	const char *const *source;
	char reason[512];
	bool said = false;

	if (two_machines(r, why, size))
		return false;
	for (source = counters_sources; *source; source++) {
		const struct definition *d = find(metric, *source);

		if (!d || !has_source(r, *source))
			continue;
		if (d->why)
			snprintf(reason, sizeof(reason), "%s", d->why);
		else if (evaluate(r, d, value, reason, sizeof(reason)))
			return true;
		if (!said)
			snprintf(why, size, "%s", reason);
		said = true;
	}
	if (!said)
		say_none(r, why, size);
	return false;
}
