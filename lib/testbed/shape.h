/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The shape of a virtual machine: all that must stand before the subject boots. Scenarios that
 * differ only in flows and direction share a shape, and so a snapshot.
 */
#ifndef TESTBED_SHAPE_H
#define TESTBED_SHAPE_H

#include <stdbool.h>

#include "scenario/scenario.h"

struct shape {
	char name[64];		/* for people and for file names, e.g. "strict-bare-counted" */
	char machine[512];	/* QEMU's options that shape the machine, blank-separated */
	char cmdline[512];	/* of the kernel */
	int vcpus;
	const char *property;	/* of QEMU's intel-iommu that older QEMUs lack; NULL: none */
};

/*
 * The shape @s needs on the counted or the real clock with the probe set @probes ("all", "none",
 * or a comma-separated list of functions). -ENOTSUP with @e where no emulated one-level machine
 * can be it.
 */
int shape_of(const struct scenario *s, bool real_clock, const char *probes, struct shape *out,
	     struct err *e);

#endif
