/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The shape of a virtual machine: all that must stand before the subject boots. Scenarios that
 * differ only in flows and direction share a shape, and so a snapshot.
 */
#ifndef TESTBED_SHAPE_H
#define TESTBED_SHAPE_H

#include <stdbool.h>

#include "scenario/driver.h"
#include "scenario/scenario.h"

/* One level: the subject is the machine. Two: the machine is a host, with all that its guest needs. */
enum kit { KIT_SUBJECT, KIT_ARM64, KIT_HOST, KIT_HOST_ARM64, KITS };

struct shape {
	char name[64];		/* for people and for file names, e.g. "strict-bare-counted" */
	char machine[4096];	/* QEMU's options that shape the machine, blank-separated */
	char cmdline[512];	/* of the kernel */
	enum kit kit;		/* what the machine is made of */
	enum driver driver;	/* of its IOMMU */
	bool counted;		/* its clock counts instructions */
	bool unsaved;		/* a saved machine of this shape does not go on: it is booted each time */
	int vcpus, nics;
	const char *otherwise;	/* what would do, where it turns out that the machine does not */
	const char *property;	/* of QEMU's intel-iommu that older QEMUs lack; NULL: none */
};

/* What a run asks of its machine beside the scenario. */
struct shape_wish {
	bool real_clock;
	unsigned int seed;	/* counted clock: of all that the machine draws by chance */
	const char *probes;	/* probe set: "all", "none" or function names with commas */
	bool has_arm64;		/* there are the kits of arm64 */
	enum driver driver;	/* of the machine's IOMMU */
	bool own_kernel;	/* another than the default one, and so for x86 */
	bool nic_built_in;	/* the NIC's driver is no module: its parameters come at boot */
};

enum { SHAPE_SEED = 7 };	/* unless another is asked for */

/* The shape @s needs. -ENOTSUP with @e, which says why, where no emulated machine can be it. */
int shape_of(const struct scenario *s, const struct shape_wish *wish, struct shape *out,
	     struct err *e);

#endif
