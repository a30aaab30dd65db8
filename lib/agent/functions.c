// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "agent/functions.h"
#include "agent/probes.h"

/*
 * The ten functions of the reference tables, then the DMA API's entry points; each under the name
 * that Linux 6.12 gives it, with the names of later kernels behind.
 */
static const char *const all[] = {
	"iommu_map",
	"__iommu_map|iommu_map_nosync",
	"intel_iommu_iotlb_sync_map",
	"cache_tag_flush_range_np",
	"iommu_flush_write_buffer",
	"__iommu_unmap",
	"intel_iommu_tlb_sync",
	"cache_tag_flush_range",
	"qi_submit_sync",
	"qi_batch_flush_descs",
	"iommu_dma_map_page|iommu_dma_map_phys",
	"iommu_dma_unmap_page|iommu_dma_unmap_phys",
};

enum { ALL = sizeof(all) / sizeof(all[0]) };

_Static_assert((int)ALL <= (int)PROBES_MAX, "more functions than probes");

/* Is the @len bytes at @name one of the '|'-separated @alternatives? */
static bool is_alternative(const char *alternatives, const char *name, size_t len)
{
	for (const char *a = alternatives; a; a = strchr(a, '|')) {
		a += *a == '|';
		if (strcspn(a, "|") == len && !memcmp(a, name, len))
			return true;
	}
	return false;
}

/* The entry of all[] that has this name, or the name itself; from malloc. */
static char *expand(const char *name, size_t len)
{
	for (size_t i = 0; i < ALL; i++)
		if (is_alternative(all[i], name, len))
			return strdup(all[i]);
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

int functions_select(const char *set, char ***out, size_t *n, struct err *e)
{
	char **list = calloc(PROBES_MAX, sizeof(*list));
	int err = 0;

	*n = 0;
	if (!list)
		return err_set(e, ENOMEM, "out of memory");
	if (!strcmp(set, "all")) {
		for (size_t i = 0; i < ALL && !err; i++)
			err = add(list, n, set, all[i], strlen(all[i]), e);
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

void functions_free(char **list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	free(list);
}
