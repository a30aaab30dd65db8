// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "judge/calltree.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The pages of a NIC take these ways. Lists of pages (iommu_map_sg) would not. */
const struct calltree_group calltree_groups[] = {
	{ WHEN_ALWAYS, { "iommu_map", "iommu_dma_map_page", "__iommu_map",
			 "intel_iommu_iotlb_sync_map" } },
	{ WHEN_ALWAYS, { "__iommu_unmap", "iommu_dma_unmap_page" } },
	{ WHEN_STRICT, { "__iommu_unmap", "intel_iommu_tlb_sync", "cache_tag_flush_range" } },
};
const size_t calltree_nr_groups = COUNT(calltree_groups);

const struct calltree_nesting calltree_nestings[] = {
	{ WHEN_ALWAYS, "iommu_map", { "iommu_dma_map_page" } },
	{ WHEN_ALWAYS, "__iommu_map", { "iommu_map" } },
	{ WHEN_ALWAYS, "intel_iommu_iotlb_sync_map", { "iommu_map" } },
	{ WHEN_ALWAYS, "cache_tag_flush_range_np", { "intel_iommu_iotlb_sync_map" } },
	{ WHEN_ALWAYS, "iommu_flush_write_buffer", { "cache_tag_flush_range_np" } },
	{ WHEN_ALWAYS, "__iommu_unmap", { "iommu_dma_unmap_page" } },
	{ WHEN_STRICT, "intel_iommu_tlb_sync", { "iommu_dma_unmap_page" } },
	{ WHEN_STRICT, "cache_tag_flush_range", { "intel_iommu_tlb_sync" } },
	/* Lazily flushed domains come here from cache_tag_flush_all() too, which is not traced. */
	{ WHEN_STRICT, "qi_batch_flush_descs", { "cache_tag_flush_range",
						 "cache_tag_flush_range_np" } },
	{ WHEN_ALWAYS, "qi_submit_sync", { "qi_batch_flush_descs" } },
};
const size_t calltree_nr_nestings = COUNT(calltree_nestings);

const struct calltree_bound calltree_bounds[] = {
	/* A batch is also "flushed" when it is empty, and then nothing is submitted. */
	{ AT_MOST, "qi_submit_sync", "qi_batch_flush_descs" },
	/* Mapping flushes only for a caching IOMMU or one with a write buffer: all or nothing. */
	{ NONE_OR_ALL, "cache_tag_flush_range_np", "intel_iommu_iotlb_sync_map" },
};
const size_t calltree_nr_bounds = COUNT(calltree_bounds);

const struct record_function *calltree_traced(const struct record *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->nr_functions; i++)
		if (!strcmp(r->functions[i].name, name))
			return r->functions[i].absent ? NULL : &r->functions[i];
	return NULL;
}
