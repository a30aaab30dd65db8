/* SPDX-License-Identifier: GPL-2.0 */
/* A PCI device given to a guest. */
#ifndef AGENT_VFIO_H
#define AGENT_VFIO_H

#include "util/err.h"

enum { VFIO_ADDRESS_MAX = 32, VFIO_TYPE_MAX = 32 };

/* A device that can be assigned. */
struct vfio_device {
	char address[VFIO_ADDRESS_MAX];		/* "0000:01:00.0" */
	char domain_type[VFIO_TYPE_MAX];	/* of its IOMMU group, before it was given away */
};

/* Take the NIC whose hardware address is @mac from its driver, and give it to vfio-pci. */
int vfio_assign_nic(const char *mac, struct vfio_device *out, struct err *e);

#endif
