// SPDX-License-Identifier: GPL-2.0
/* What a page costs by what is done for it: metrics that mean the same on any kernel and driver. */
#include <stdio.h>
#include <string.h>

#include "judge/calltree.h"
#include "judge/derive.h"

/* Each driver's, of which a record has one's; a list ends with NULL. */
static const char *const maps[] = { "iommu_dma_map_page", NULL };
static const char *const unmaps[] = { "iommu_dma_unmap_page", NULL };
static const char *const flushes[] = {
	"intel_iommu_tlb_sync", "amd_iommu_iotlb_sync", "arm_smmu_iotlb_sync",
	"viommu_iotlb_sync", NULL
};
static const char *const submits[] = {
	"qi_submit_sync", "iommu_completion_wait", "arm_smmu_cmdq_issue_cmdlist",
	"viommu_sync_req", NULL
};

static const struct record_function *find(const struct record *r, const char *const *names)
{
	const struct record_function *f = NULL;

	for (; !f && *names; names++)
		f = calltree_traced(r, *names);
	return f;
}

static void derive_ns(const struct record *r, double pages, const char *name,
		      const char *const *functions, struct metrics *m)
{
	struct metric *to = derive_add(m, r, "", name);
	const struct record_function *f = find(r, functions);

	if (!f)
		derive_absent(to, METRIC_MISSING, "%s is not traced", functions[0]);
	else if (!f->count)
		derive_absent(to, METRIC_TOO_FEW, "%.60s: never called in the window", f->name);
	else
		derive_ratio(to, f->total_ns, pages, "no payload in the window");
}

void derive_paths(const struct record *r, double pages, struct metrics *m)
{
	const struct record_function *submit = find(r, submits);
	struct metric *to;

	derive_ns(r, pages, "map_ns_per_page", maps, m);
	derive_ns(r, pages, "unmap_ns_per_page", unmaps, m);
	derive_ns(r, pages, "flush_ns_per_page", flushes, m);
	derive_ns(r, pages, "submit_ns_per_page", submits, m);
	to = derive_add(m, r, "", "flushes_per_page");
	if (submit)
		derive_ratio(to, submit->count, pages, "no payload in the window");
	else
		derive_absent(to, METRIC_MISSING, "%s is not traced", submits[0]);
}

void metrics_traced(const struct record *r, char *text, size_t size)
{
	const struct record_function *f;
	size_t len = 0;

	text[0] = '\0';
	for (f = r->functions; f < r->functions + r->nr_functions && len < size; f++)
		if (!f->absent && strncmp(f->name, RECORD_HOST, strlen(RECORD_HOST)))
			len += snprintf(text + len, size - len, "%s%s", len ? " " : "", f->name);
}
