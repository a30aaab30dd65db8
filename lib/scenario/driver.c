// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "scenario/driver.h"

const char *driver_name(enum driver driver)
{
	static const char *const names[NR_DRIVERS] = {
		[DRIVER_VTD] = "vtd", [DRIVER_AMD] = "amd", [DRIVER_VIRTIO] = "virtio",
		[DRIVER_SMMUV3] = "smmuv3",
	};

	return names[driver];
}

int driver_parse(const char *name, enum driver *out, struct err *e)
{
	for (int i = 0; i < NR_DRIVERS; i++) {
		if (!strcmp(name, driver_name(i))) {
			*out = i;
			return 0;
		}
	}
	return err_set(e, EINVAL, "IOMMU \"%.40s\": it is vtd, amd, virtio or smmuv3", name);
}
