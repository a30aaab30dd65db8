/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the emulated testbed finds its parts, and how it is to run: defaults, overridden by the
 * environment that run_tests.sh sets (IOMMU_PERF_CACHE, _QEMU, _KERNEL, _INITRAMFS, _CLOCK,
 * _IOMMU).
 */
#ifndef TESTBED_SETTINGS_H
#define TESTBED_SETTINGS_H

#include "testbed/emulated.h"

struct settings {
	struct emulated testbed;
	/* what testbed points to */
	char cache[1024], qemu[1100], kernel[1100], initramfs[1100], snapshots[1100];
	char host[1200];	/* initramfs of a machine that is host to a guest */
	char arm64_qemu[1100], arm64_kernel[1100], arm64_initramfs[1200], arm64_host[1200];
};

/* -EINVAL with @e where the environment says something that cannot be. */
int settings_load(struct settings *s, struct err *e);

/* Boot the kernel in the folder @dir (it holds vmlinuz) with the initramfs made for it. */
int settings_use_kernel(struct settings *s, const char *dir, struct err *e);

/* "real" or "counted". */
int settings_use_clock(struct settings *s, const char *clock, struct err *e);

/* "vtd", "amd", "virtio" or "smmuv3". */
int settings_use_iommu(struct settings *s, const char *iommu, struct err *e);

#endif
