// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "agent/arch.h"
#include "agent/functions.h"
#include "agent/iommu.h"
#include "agent/probes.h"

/*
 * By driver: the path from the IOMMU core to the hardware, of a map and then of an unmap, and the
 * DMA API's entry points; each under the name that Linux 6.12 gives it, with the names that earlier
 * and later kernels give to what does the same. A list ends with NULL.
 *
 * Until 6.2 the DMA API maps by iommu_map_atomic(), and iommu_map() is there for others.
 */
#define CORE_MAP	"iommu_map|!iommu_map_atomic", "__iommu_map|iommu_map_nosync"
#define CORE_UNMAP	"__iommu_unmap"
#define DMA_API		"iommu_dma_map_page|iommu_dma_map_phys", \
			"iommu_dma_unmap_page|iommu_dma_unmap_phys"

/*
 * The reference tables' ten, and the two. Until 6.9 a range is flushed without cache tags, and before
 * 6.12 invalidations are submitted one by one: nothing does there what qi_batch_flush_descs() does.
 */
static const char *const intel[] = {
	CORE_MAP,
	"intel_iommu_iotlb_sync_map",
	"cache_tag_flush_range_np",
	"iommu_flush_write_buffer",
	CORE_UNMAP,
	"intel_iommu_tlb_sync",
	"cache_tag_flush_range|iommu_flush_iotlb_psi",
	"qi_submit_sync",
	"qi_batch_flush_descs",
	DMA_API,
	NULL
};

static const char *const amd[] = {
	CORE_MAP,
	"amd_iommu_map_pages",
	"amd_iommu_iotlb_sync_map",
	CORE_UNMAP,
	"amd_iommu_unmap_pages",
	"amd_iommu_iotlb_sync",
	"amd_iommu_domain_flush_pages|domain_flush_pages",
	"__iommu_queue_command_sync|iommu_queue_command_sync",
	"iommu_completion_wait",
	DMA_API,
	NULL
};

static const char *const smmu[] = {
	CORE_MAP,
	"arm_smmu_map_pages",
	CORE_UNMAP,
	"arm_smmu_unmap_pages",
	"arm_smmu_iotlb_sync",
	"arm_smmu_tlb_inv_range_domain|arm_smmu_domain_inv_range",
	"arm_smmu_cmdq_issue_cmdlist",
	DMA_API,
	NULL
};

static const char *const virtio[] = {
	CORE_MAP,
	"viommu_map_pages",
	"viommu_iotlb_sync_map",
	CORE_UNMAP,
	"viommu_unmap_pages",
	"viommu_iotlb_sync",
	"viommu_flush_iotlb_all",
	"viommu_sync_req|__viommu_sync_req",
	DMA_API,
	NULL
};

#define FITS(list)	_Static_assert(sizeof(list) / sizeof((list)[0]) <= PROBES_MAX + 1, \
				       "more functions than probes")
FITS(intel);
FITS(amd);
FITS(smmu);
FITS(virtio);

static const struct { const char *driver; const char *const *functions; } all[] = {
	{ IOMMU_INTEL, intel },
	{ IOMMU_AMD, amd },
	{ IOMMU_SMMU, smmu },
	{ IOMMU_VIRTIO, virtio },
};

enum { DRIVERS = sizeof(all) / sizeof(all[0]) };

/* Those of @driver; of the architecture's usual one, if it is NULL or has none. */
static const char *const *functions_of(const char *driver)
{
	const char *const names[] = { driver, ARCH_IOMMU };

	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
		for (size_t i = 0; i < DRIVERS; i++)
			if (names[k] && !strcmp(names[k], all[i].driver))
				return all[i].functions;
	return intel;
}

/* Is the @len bytes at @name one of the '|'-separated @alternatives? */
static bool is_alternative(const char *alternatives, const char *name, size_t len)
{
	for (const char *a = alternatives; a; a = strchr(a, '|')) {
		a += *a == '|';
		a += *a == '!';
		if (strcspn(a, "|") == len && !memcmp(a, name, len))
			return true;
	}
	return false;
}

/* The entry of any list that has this name, or the name itself; from malloc. */
static char *expand(const char *name, size_t len)
{
	for (size_t i = 0; i < DRIVERS; i++)
		for (const char *const *f = all[i].functions; *f; f++)
			if (is_alternative(*f, name, len))
				return strdup(*f);
	return strndup(name, len);
}

static int add(char **list, size_t *n, const char *set, const char *name, size_t len,
	       struct err *e)
{
	char *full;

	if (!len)
		return err_set(e, EINVAL, "probes '%s': empty name; give 'all', 'none' or names with "
			       "commas between", set);
	if (*n == PROBES_MAX)
		return err_set(e, EINVAL, "probes '%s': more than %d functions", set, PROBES_MAX);
	full = expand(name, len);
	if (!full)
		return err_set(e, ENOMEM, "out of memory");
	for (size_t i = 0; i < *n; i++) {
		if (!strcmp(list[i], full)) {
			free(full);
			return err_set(e, EINVAL, "probes '%s': %.*s is named twice", set, (int)len,
				       name);
		}
	}
	list[(*n)++] = full;
	return 0;
}

int functions_select_of(const char *driver, const char *set, char ***out, size_t *n,
			struct err *e)
{
	char **list = calloc(PROBES_MAX, sizeof(*list));
	int err = 0;

	*n = 0;
	if (!list)
		return err_set(e, ENOMEM, "out of memory");
	if (!strcmp(set, "all")) {
		for (const char *const *f = functions_of(driver); *f && !err; f++)
			err = add(list, n, set, *f, strlen(*f), e);
	} else if (strcmp(set, "none")) {
		for (const char *s = set; s && !err; s = strchr(s, ',')) {
			s += s != set;
			err = add(list, n, set, s, strcspn(s, ","), e);
		}
	}
	if (err) {
		functions_free(list, *n);
		*n = 0;
		return err;
	}
	*out = list;
	return 0;
}

int functions_select(const char *set, char ***out, size_t *n, struct err *e)
{
	return functions_select_of(iommu_driver(""), set, out, n, e);
}

void functions_free(char **list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	free(list);
}
