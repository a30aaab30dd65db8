// SPDX-License-Identifier: GPL-2.0
/*
 * The rules. Sources: drivers/iommu/{iommu,dma-iommu}.c, intel/{iommu,cache,dmar}.c,
 * amd/iommu.c, arm/arm-smmu-v3/arm-smmu-v3.c and virtio-iommu.c of Linux 6.1 to 7.x.
 */
#include "judge/calltree.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define ANY		{ NULL, 0, 0, WHEN_ALWAYS }
#define STRICT		{ NULL, 0, 0, WHEN_STRICT }
/* VT-d before, at and since its cache tags, which came with 6.10, and their batches, with 6.12 */
#define VTD		{ "intel-iommu", 0, 0, WHEN_ALWAYS }
#define VTD_STRICT	{ "intel-iommu", 0, 0, WHEN_STRICT }
#define VTD_PSI		{ "intel-iommu", 0, KERNEL(6, 10), WHEN_ALWAYS }
#define VTD_PSI_STRICT	{ "intel-iommu", 0, KERNEL(6, 10), WHEN_STRICT }
#define VTD_TAGS	{ "intel-iommu", KERNEL(6, 10), 0, WHEN_ALWAYS }
#define VTD_TAGS_STRICT	{ "intel-iommu", KERNEL(6, 10), 0, WHEN_STRICT }
#define VTD_BATCH	{ "intel-iommu", KERNEL(6, 12), 0, WHEN_ALWAYS }
#define VTD_BATCH_STRICT { "intel-iommu", KERNEL(6, 12), 0, WHEN_STRICT }
#define AMD_STRICT	{ "amd-iommu", 0, 0, WHEN_STRICT }
#define SMMU		{ "arm-smmu-v3", 0, 0, WHEN_ALWAYS }
#define SMMU_STRICT	{ "arm-smmu-v3", 0, 0, WHEN_STRICT }
#define VIRTIO		{ "virtio-iommu", 0, 0, WHEN_ALWAYS }
#define VIRTIO_STRICT	{ "virtio-iommu", 0, 0, WHEN_STRICT }

/* The pages of a NIC take these ways. Lists of pages (iommu_map_sg) would not. */
const struct calltree_group calltree_groups[] = {
	{ ANY, { "iommu_map", "iommu_dma_map_page", "__iommu_map" } },
	{ ANY, { "__iommu_unmap", "iommu_dma_unmap_page" } },
	{ VTD, { "iommu_map", "intel_iommu_iotlb_sync_map" } },
	{ VTD_STRICT, { "__iommu_unmap", "intel_iommu_tlb_sync" } },
	{ VTD_TAGS_STRICT, { "__iommu_unmap", "cache_tag_flush_range" } },
	{ AMD_STRICT, { "__iommu_unmap", "amd_iommu_iotlb_sync" } },
	{ SMMU_STRICT, { "__iommu_unmap", "arm_smmu_iotlb_sync" } },
	{ VIRTIO_STRICT, { "__iommu_unmap", "viommu_iotlb_sync" } },
};
const size_t calltree_nr_groups = COUNT(calltree_groups);

const struct calltree_nesting calltree_nestings[] = {
	{ ANY, "iommu_map", { "iommu_dma_map_page" } },
	{ ANY, "__iommu_map", { "iommu_map" } },
	{ ANY, "__iommu_unmap", { "iommu_dma_unmap_page" } },
	{ VTD, "intel_iommu_iotlb_sync_map", { "iommu_map" } },
	{ VTD_STRICT, "intel_iommu_tlb_sync", { "iommu_dma_unmap_page" } },
	{ VTD_PSI_STRICT, "iommu_flush_iotlb_psi", { "intel_iommu_tlb_sync",
						     "intel_iommu_iotlb_sync_map" } },
	{ VTD_TAGS, "cache_tag_flush_range_np", { "intel_iommu_iotlb_sync_map" } },
	{ VTD_TAGS, "iommu_flush_write_buffer", { "cache_tag_flush_range_np" } },
	{ VTD_TAGS_STRICT, "cache_tag_flush_range", { "intel_iommu_tlb_sync" } },
	/* Lazily flushed domains come here from cache_tag_flush_all() too, which is not traced. */
	{ VTD_BATCH_STRICT, "qi_batch_flush_descs", { "cache_tag_flush_range",
						      "cache_tag_flush_range_np" } },
	{ VTD_BATCH, "qi_submit_sync", { "qi_batch_flush_descs" } },
	{ AMD_STRICT, "amd_iommu_iotlb_sync", { "iommu_dma_unmap_page" } },
	{ AMD_STRICT, "amd_iommu_domain_flush_pages", { "amd_iommu_iotlb_sync" } },
	{ SMMU_STRICT, "arm_smmu_iotlb_sync", { "iommu_dma_unmap_page" } },
	{ SMMU_STRICT, "arm_smmu_tlb_inv_range_domain", { "arm_smmu_iotlb_sync" } },
	{ VIRTIO_STRICT, "viommu_iotlb_sync", { "iommu_dma_unmap_page" } },
};
const size_t calltree_nr_nestings = COUNT(calltree_nestings);

const struct calltree_bound calltree_bounds[] = {
	/* A batch is also "flushed" when it is empty, and then nothing is submitted. */
	{ VTD_BATCH, AT_MOST, "qi_submit_sync", "qi_batch_flush_descs" },
	/* Mapping flushes only for a caching IOMMU or one with a write buffer: all or nothing. */
	{ VTD_TAGS, NONE_OR_ALL, "cache_tag_flush_range_np", "intel_iommu_iotlb_sync_map" },
	{ SMMU, AT_MOST, "arm_smmu_iotlb_sync", "__iommu_unmap" },
	{ VIRTIO, AT_MOST, "viommu_iotlb_sync", "__iommu_unmap" },
};
const size_t calltree_nr_bounds = COUNT(calltree_bounds);
