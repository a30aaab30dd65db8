/* SPDX-License-Identifier: GPL-2.0 */
/* Which IOMMU the emulated machine has, and so which of the kernel's drivers is measured. */
#ifndef SCENARIO_DRIVER_H
#define SCENARIO_DRIVER_H

#include "util/err.h"

enum driver { DRIVER_VTD, DRIVER_AMD, DRIVER_VIRTIO, DRIVER_SMMUV3, NR_DRIVERS };

/* "vtd", "amd", "virtio", "smmuv3": as options, records and baselines have it. */
const char *driver_name(enum driver driver);

/* -EINVAL with @e: no such driver. */
int driver_parse(const char *name, enum driver *out, struct err *e);

#endif
