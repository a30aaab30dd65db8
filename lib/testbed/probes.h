/* SPDX-License-Identifier: GPL-2.0 */
/* Functions to trace where kernels of many versions are compared. */
#ifndef TESTBED_PROBES_H
#define TESTBED_PROBES_H

/*
 * VT-d's that all kernels since 6.1 have, under whatever name, and that the metrics of a page's path
 * need. Others come and go with the version, and what their probes cost is in their callers' time.
 */
#define PROBES_OF_ALL_KERNELS "iommu_dma_map_page,__iommu_map,iommu_dma_unmap_page,__iommu_unmap," \
	"intel_iommu_tlb_sync,qi_submit_sync"

#endif
