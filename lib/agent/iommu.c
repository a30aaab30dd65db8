// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/iommu.h"
#include "agent/procfs.h"

/*
 * How each driver names its units: "dmar0", "ivhd0", "smmu3.0x0000000009050000". Virtio's has the name
 * of its place, such as "0000:00:01.0", and is known by the driver of its device.
 */
static const struct { const char *prefix, *device_driver, *driver; } units[] = {
	{ "dmar", NULL, IOMMU_INTEL },
	{ "ivhd", NULL, IOMMU_AMD },
	{ "smmu3.", NULL, IOMMU_SMMU },
	{ "", "virtio_iommu", IOMMU_VIRTIO },
};

enum { UNITS = sizeof(units) / sizeof(units[0]) };

static bool device_has_driver(const char *dir, const char *unit, const char *driver)
{
	char path[600], bound[64];

	snprintf(path, sizeof(path), "%s/%s/device/driver", dir, unit);
	return !procfs_link(path, bound, sizeof(bound)) && !strcmp(bound, driver);
}

static bool is_unit(size_t i, const char *dir, const char *name)
{
	return !strncmp(name, units[i].prefix, strlen(units[i].prefix)) &&
	       (!units[i].device_driver || device_has_driver(dir, name, units[i].device_driver));
}

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
			if (is_unit(i, path, d->d_name))
				best = i;
	if (dir)
		closedir(dir);
	return best < UNITS ? units[best].driver : NULL;
}
