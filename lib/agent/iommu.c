// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "agent/iommu.h"

/* How each driver names its units: "dmar0", "ivhd0", "smmu3.0x0000000009050000", "virtio1". */
static const struct { const char *prefix, *driver; } units[] = {
	{ "dmar", IOMMU_INTEL },
	{ "ivhd", IOMMU_AMD },
	{ "smmu3.", IOMMU_SMMU },
	{ "virtio", IOMMU_VIRTIO },
};

enum { UNITS = sizeof(units) / sizeof(units[0]) };

const char *iommu_driver(const char *root)
{
	size_t best = UNITS;
	struct dirent *d;
	char path[300];
	DIR *dir;

	snprintf(path, sizeof(path), "%s/sys/class/iommu", root);
	dir = opendir(path);
	while (dir && (d = readdir(dir)))
		for (size_t i = 0; i < best; i++)
			if (!strncmp(d->d_name, units[i].prefix, strlen(units[i].prefix)))
				best = i;
	if (dir)
		closedir(dir);
	return best < UNITS ? units[best].driver : NULL;
}
