/* SPDX-License-Identifier: GPL-2.0 */
/* Which driver drives the machine's IOMMU. */
#ifndef AGENT_IOMMU_H
#define AGENT_IOMMU_H

#define IOMMU_INTEL "intel-iommu"
#define IOMMU_AMD "amd-iommu"
#define IOMMU_SMMU "arm-smmu-v3"
#define IOMMU_VIRTIO "virtio-iommu"

/*
 * One of these names, by what the drivers register in @root/sys/class/iommu ("" for the machine
 * itself). NULL: no IOMMU is at work there, or none that is known.
 */
const char *iommu_driver(const char *root);

#endif
