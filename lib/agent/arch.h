/* SPDX-License-Identifier: GPL-2.0 */
/* What differs from architecture to architecture. */
#ifndef AGENT_ARCH_H
#define AGENT_ARCH_H

/*
 * ARCH_LOADER, ARCH_LIBRARIES: the places, in a root folder, where programs look for theirs.
 * ARCH_REPORT: the serial port of the report, QEMU's second.
 * ARCH_QEMU: the emulator of the same architecture.
 * ARCH_IOMMU: the driver whose functions are named where no IOMMU is at work.
 */
#if defined(__x86_64__)
#define ARCH_LOADER "/lib64/ld-linux-x86-64.so.2"
#define ARCH_LIBRARIES "/usr/lib/x86_64-linux-gnu"
#define ARCH_REPORT "/dev/ttyS1"
#define ARCH_QEMU "qemu-system-x86_64"
#define ARCH_IOMMU "intel-iommu"
#elif defined(__aarch64__)
#define ARCH_LOADER "/lib/ld-linux-aarch64.so.1"
#define ARCH_LIBRARIES "/usr/lib/aarch64-linux-gnu"
#define ARCH_REPORT "/dev/ttyAMA1"
#define ARCH_QEMU "qemu-system-aarch64"
#define ARCH_IOMMU "arm-smmu-v3"
#else
#error "the agent is for x86-64 and arm64"
#endif

#endif
