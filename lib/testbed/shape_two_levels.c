// SPDX-License-Identifier: GPL-2.0
/*
 * A host and its guest: the machine is the host, and its agent starts the guest (agent/guest_vm.c).
 * The subject's NIC is assigned to the guest, the peer's stays in the host.
 */
#include <stdio.h>

#include "testbed/shape_parts.h"

/* EPYC: the emulator plays AMD's virtualisation, and not Intel's. */
#define X86 "-machine q35,kernel-irqchip=split -cpu EPYC -m 1536M -device intel-iommu,intremap=on " \
	"-device pcie-root-port,id=rp1,chassis=1,addr=2.0 " SHAPE_NIC ",bus=rp1,romfile= " SHAPE_PEER

#define ARM64 "-machine virt,virtualization=on,gic-version=3,iommu=smmuv3 " \
	"-global arm-smmuv3.stage=nested " SHAPE_ARM64_CPU " -m 2G -bios QEMU_EFI.fd " SHAPE_NIC \
	",addr=2,romfile= " SHAPE_PEER ",addr=3"

static bool nests(const struct scenario *s)
{
	return s->guest == GUEST_NESTED || s->guest == GUEST_NESTEDLAZY;
}

/*
 * Under a counted clock a guest of KVM on an emulated AMD hangs: QEMU delivers an interrupt twice
 * that was injected when the instructions of its turn ran out. So that machine's clock is real.
 */
static void shape_x86(const struct scenario *s, const struct shape_wish *wish, struct shape *out)
{
	out->kit = KIT_HOST;
	if (nests(s))
		out->otherwise = "an arm64 host has both: ./run_tests.sh --build-host-kernel makes "
				 "it, once";
	snprintf(out->machine, sizeof(out->machine), "-accel tcg,thread=single " SHAPE_CHANCE
		 " -smp 1 " X86, wish->seed);
}

static void shape_arm64(const struct shape_wish *wish, struct shape *out)
{
	out->kit = KIT_HOST_ARM64;
	out->counted = true;
	/* restored, its guest gets no more interrupts; a boot of one seed is the same each time */
	out->unsaved = true;
	snprintf(out->machine, sizeof(out->machine), SHAPE_COUNTED " -smp 1 " ARM64, wish->seed);
}

int shape_two_levels(const struct scenario *s, const struct shape_wish *wish, struct shape *out,
		     struct err *e)
{
	const char *strict = s->host == HOST_STRICT ? "iommu.strict=1" : "iommu.strict=0";
	/* no released QEMU emulates VT-d's nested translation; that of SMMUv3 it does */
	bool arm64 = nests(s) && wish->has_arm64;
	const char *iommu = arm64 ? "acpi=force" : "intel_iommu=on no_timer_check";
	char options[256], arguments[64];

	out->vcpus = out->nics = 1;
	if (arm64)
		shape_arm64(wish, out);
	else
		shape_x86(s, wish, out);
	/* no_timer_check: on a busy machine the kernel would take its timer, which is late, for dead */
	snprintf(options, sizeof(options), "console=%s " BOOT_CMDLINE " %s %s",
		 arm64 ? "ttyAMA0" : "ttyS0", iommu, strict);
	snprintf(arguments, sizeof(arguments), "role=host guest=%s ", guest_mode_name(s->guest));
	return shape_finish(s, wish, options, arguments, out, e);
}
