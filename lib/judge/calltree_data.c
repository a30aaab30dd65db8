// SPDX-License-Identifier: GPL-2.0
/*
 * The rules. Sources: drivers/iommu/{iommu,dma-iommu}.c, intel/{iommu,cache,dmar}.c,
 * amd/iommu.c, arm/arm-smmu-v3/arm-smmu-v3.c and virtio-iommu.c of Linux 6.1 to 7.x; of hosts also
 * drivers/vfio/vfio_iommu_type1.c and drivers/iommu/iommufd.
 */
#include "judge/calltree.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define ANY		{ NULL, 0, 0, WHEN_ALWAYS, false }
#define STRICT		{ NULL, 0, 0, WHEN_STRICT, false }
/* VT-d before, at and since its cache tags, which came with 6.10, and their batches, with 6.12 */
#define VTD		{ "intel-iommu", 0, 0, WHEN_ALWAYS, false }
#define VTD_STRICT	{ "intel-iommu", 0, 0, WHEN_STRICT, false }
#define VTD_PSI		{ "intel-iommu", 0, KERNEL(6, 10), WHEN_ALWAYS, false }
#define VTD_PSI_STRICT	{ "intel-iommu", 0, KERNEL(6, 10), WHEN_STRICT, false }
#define VTD_TAGS	{ "intel-iommu", KERNEL(6, 10), 0, WHEN_ALWAYS, false }
#define VTD_TAGS_STRICT	{ "intel-iommu", KERNEL(6, 10), 0, WHEN_STRICT, false }
#define VTD_BATCH	{ "intel-iommu", KERNEL(6, 12), 0, WHEN_ALWAYS, false }
#define VTD_BATCH_STRICT { "intel-iommu", KERNEL(6, 12), 0, WHEN_STRICT, false }
/* its map_pages() and unmap_pages() gave way to generic_pt in 6.19 */
#define AMD		{ "amd-iommu", 0, 0, WHEN_ALWAYS, false }
#define AMD_STRICT	{ "amd-iommu", 0, 0, WHEN_STRICT, false }
#define SMMU		{ "arm-smmu-v3", 0, 0, WHEN_ALWAYS, false }
#define SMMU_STRICT	{ "arm-smmu-v3", 0, 0, WHEN_STRICT, false }
#define VIRTIO		{ "virtio-iommu", 0, 0, WHEN_ALWAYS, false }
#define VIRTIO_STRICT	{ "virtio-iommu", 0, 0, WHEN_STRICT, false }
/*
 * A host maps for its guest past the DMA API, unmaps a range by several calls and flushes once, and
 * its policy has no part in it. Whose calls the guest's own CPUs are in when the window opens may
 * last for all of it, so nothing is said of kvm_arch_vcpu_ioctl_run().
 */
#define HOST		{ NULL, 0, 0, WHEN_ALWAYS, true }
#define HOST_VTD	{ "intel-iommu", 0, 0, WHEN_ALWAYS, true }
#define HOST_TAGS	{ "intel-iommu", KERNEL(6, 10), 0, WHEN_ALWAYS, true }
#define HOST_TAGS_UNNESTED { "intel-iommu", KERNEL(6, 10), 0, WHEN_UNNESTED, true }
#define HOST_BATCH	{ "intel-iommu", KERNEL(6, 12), 0, WHEN_ALWAYS, true }

/*
 * AMD's flushes are a command and a wait for it. SMMUv3's are in the list that issues them, with
 * the wait behind. virtio-iommu asks the hypervisor, and waits for the answer, for each map as
 * well.
 */
const struct calltree_flush calltree_flush[] = {
	{ "intel-iommu", { "qi_submit_sync" } },
	{ "amd-iommu", { "amd_iommu_domain_flush_pages" } },
	{ "arm-smmu-v3", { "arm_smmu_cmdq_issue_cmdlist" } },
	{ "virtio-iommu", { "viommu_iotlb_sync", "viommu_iotlb_sync_map",
			    "viommu_flush_iotlb_all" } },
};
const size_t calltree_nr_flush = COUNT(calltree_flush);

/* The pages of a NIC take these ways. Lists of pages (iommu_map_sg) would not. */
const struct calltree_group calltree_groups[] = {
	{ ANY, { "iommu_map", "iommu_dma_map_page", "__iommu_map" } },
	{ ANY, { "__iommu_unmap", "iommu_dma_unmap_page" } },
	{ VTD, { "iommu_map", "intel_iommu_iotlb_sync_map" } },
	{ VTD_STRICT, { "__iommu_unmap", "intel_iommu_tlb_sync" } },
	{ VTD_TAGS_STRICT, { "__iommu_unmap", "cache_tag_flush_range" } },
	{ AMD, { "iommu_map", "amd_iommu_map_pages", "amd_iommu_iotlb_sync_map" } },
	{ AMD, { "__iommu_unmap", "amd_iommu_unmap_pages" } },
	{ AMD_STRICT, { "__iommu_unmap", "amd_iommu_iotlb_sync" } },
	{ SMMU, { "iommu_map", "arm_smmu_map_pages" } },
	{ SMMU, { "__iommu_unmap", "arm_smmu_unmap_pages" } },
	{ SMMU_STRICT, { "__iommu_unmap", "arm_smmu_iotlb_sync",
			 "arm_smmu_tlb_inv_range_domain" } },
	{ VIRTIO, { "iommu_map", "viommu_map_pages", "viommu_iotlb_sync_map" } },
	{ VIRTIO, { "__iommu_unmap", "viommu_unmap_pages" } },
	{ VIRTIO_STRICT, { "__iommu_unmap", "viommu_iotlb_sync" } },
	{ HOST, { "host:iommu_map", "host:__iommu_map" } },
	{ HOST_VTD, { "host:iommu_map", "host:intel_iommu_iotlb_sync_map" } },
	{ HOST_TAGS_UNNESTED, { "host:intel_iommu_tlb_sync", "host:cache_tag_flush_range" } },
};
const size_t calltree_nr_groups = COUNT(calltree_groups);

const struct calltree_nesting calltree_nestings[] = {
	{ ANY, "iommu_map", { "iommu_dma_map_page" } },
	{ ANY, "__iommu_map", { "iommu_map" } },
	{ ANY, "__iommu_unmap", { "iommu_dma_unmap_page" } },
	{ VTD, "intel_iommu_iotlb_sync_map", { "iommu_map" } },
	{ VTD_STRICT, "intel_iommu_tlb_sync", { "iommu_dma_unmap_page" } },
	/* which is iommu_flush_iotlb_psi() there */
	{ VTD_PSI_STRICT, "cache_tag_flush_range", { "intel_iommu_tlb_sync",
						     "intel_iommu_iotlb_sync_map" } },
	{ VTD_PSI, "iommu_flush_write_buffer", { "intel_iommu_iotlb_sync_map" } },
	{ VTD_PSI_STRICT, "qi_submit_sync", { "cache_tag_flush_range" } },
	{ VTD_TAGS, "cache_tag_flush_range_np", { "intel_iommu_iotlb_sync_map" } },
	{ VTD_TAGS, "iommu_flush_write_buffer", { "cache_tag_flush_range_np" } },
	{ VTD_TAGS_STRICT, "cache_tag_flush_range", { "intel_iommu_tlb_sync" } },
	/* Lazily flushed domains come here from cache_tag_flush_all() too, which is not traced. */
	{ VTD_BATCH_STRICT, "qi_batch_flush_descs", { "cache_tag_flush_range",
						      "cache_tag_flush_range_np" } },
	{ VTD_BATCH, "qi_submit_sync", { "qi_batch_flush_descs" } },
	{ AMD, "amd_iommu_map_pages", { "__iommu_map" } },
	{ AMD, "amd_iommu_iotlb_sync_map", { "iommu_map" } },
	{ AMD, "amd_iommu_unmap_pages", { "__iommu_unmap" } },
	{ AMD_STRICT, "amd_iommu_iotlb_sync", { "iommu_dma_unmap_page" } },
	/* Mapping flushes, too, where what is not mapped is cached. */
	{ AMD_STRICT, "amd_iommu_domain_flush_pages", { "amd_iommu_iotlb_sync",
							"amd_iommu_iotlb_sync_map" } },
	{ SMMU, "arm_smmu_map_pages", { "__iommu_map" } },
	{ SMMU, "arm_smmu_unmap_pages", { "__iommu_unmap" } },
	{ SMMU_STRICT, "arm_smmu_iotlb_sync", { "iommu_dma_unmap_page" } },
	{ SMMU_STRICT, "arm_smmu_tlb_inv_range_domain", { "arm_smmu_iotlb_sync" } },
	{ SMMU_STRICT, "arm_smmu_cmdq_issue_cmdlist", { "arm_smmu_tlb_inv_range_domain" } },
	{ VIRTIO, "viommu_map_pages", { "__iommu_map" } },
	{ VIRTIO, "viommu_iotlb_sync_map", { "iommu_map" } },
	{ VIRTIO, "viommu_unmap_pages", { "__iommu_unmap" } },
	{ VIRTIO_STRICT, "viommu_iotlb_sync", { "iommu_dma_unmap_page" } },
	{ HOST, "host:__iommu_map", { "host:iommu_map" } },
	{ HOST, "host:__iommu_unmap", { "host:iommu_unmap", "host:iommu_unmap_fast" } },
	{ HOST_VTD, "host:intel_iommu_iotlb_sync_map", { "host:iommu_map" } },
	{ HOST_TAGS, "host:cache_tag_flush_range_np", { "host:intel_iommu_iotlb_sync_map" } },
	{ HOST_TAGS_UNNESTED, "host:cache_tag_flush_range", { "host:intel_iommu_tlb_sync" } },
	{ HOST_BATCH, "host:qi_submit_sync", { "host:qi_batch_flush_descs" } },
	{ HOST, "host:vfio_dma_do_map", { "host:vfio_iommu_type1_ioctl" } },
	{ HOST, "host:vfio_dma_do_unmap", { "host:vfio_iommu_type1_ioctl" } },
	{ HOST, "host:iommufd_hwpt_invalidate", { "host:iommufd_fops_ioctl" } },
	{ HOST, "host:arm_vsmmu_cache_invalidate", { "host:iommufd_hwpt_invalidate" } },
};
const size_t calltree_nr_nestings = COUNT(calltree_nestings);

const struct calltree_bound calltree_bounds[] = {
	/* A batch is also "flushed" when it is empty, and then nothing is submitted. */
	{ VTD_BATCH, AT_MOST, "qi_submit_sync", "qi_batch_flush_descs" },
	/* Mapping flushes only for a caching IOMMU or one with a write buffer: all or nothing. */
	{ VTD_TAGS, NONE_OR_ALL, "cache_tag_flush_range_np", "intel_iommu_iotlb_sync_map" },
	{ AMD, AT_MOST, "amd_iommu_iotlb_sync", "__iommu_unmap" },
	{ AMD, AT_MOST, "amd_iommu_domain_flush_pages", "__iommu_queue_command_sync" },
	{ AMD_STRICT, AT_MOST, "amd_iommu_iotlb_sync", "amd_iommu_domain_flush_pages" },
	{ SMMU, AT_MOST, "arm_smmu_iotlb_sync", "__iommu_unmap" },
	{ SMMU_STRICT, AT_MOST, "arm_smmu_tlb_inv_range_domain", "arm_smmu_cmdq_issue_cmdlist" },
	{ VIRTIO, AT_MOST, "viommu_iotlb_sync", "__iommu_unmap" },
	{ HOST, AT_MOST, "host:iommu_unmap", "host:__iommu_unmap" },
	{ HOST, AT_MOST, "host:iommu_unmap_fast", "host:__iommu_unmap" },
	{ HOST_VTD, AT_MOST, "host:intel_iommu_tlb_sync", "host:__iommu_unmap" },
	{ HOST_BATCH, AT_MOST, "host:qi_submit_sync", "host:qi_batch_flush_descs" },
	{ HOST_TAGS, NONE_OR_ALL, "host:cache_tag_flush_range_np",
	  "host:intel_iommu_iotlb_sync_map" },
	{ HOST, AT_MOST, "host:vfio_dma_do_map", "host:vfio_iommu_type1_ioctl" },
	{ HOST, AT_MOST, "host:vfio_dma_do_unmap", "host:vfio_iommu_type1_ioctl" },
	{ HOST, AT_MOST, "host:iommufd_hwpt_invalidate", "host:iommufd_fops_ioctl" },
	{ HOST, AT_MOST, "host:arm_vsmmu_cache_invalidate", "host:iommufd_hwpt_invalidate" },
};
const size_t calltree_nr_bounds = COUNT(calltree_bounds);
