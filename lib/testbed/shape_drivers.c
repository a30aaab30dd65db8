// SPDX-License-Identifier: GPL-2.0
/*
 * Machines of one level whose IOMMU is not VT-d's, for the bare scenarios on the counted clock. But
 * for the IOMMU they are what shape.c makes: one NIC that is translated, and a peer's that is not.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "testbed/shape_parts.h"

#define Q35 "-machine q35,kernel-irqchip=split -cpu max -m 512M "
#define Q35_NIC "-device pcie-root-port,id=rp1,chassis=1,addr=2.0 " SHAPE_NIC \
	",bus=rp1,romfile= " SHAPE_PEER
/*
 * Without firmware: Linux takes the SMMU from the device tree. The NIC is on the root bus, where
 * the peer's is too, which bypasses the SMMU.
 */
#define VIRT(iommu) "-machine virt,gic-version=3" iommu " " SHAPE_ARM64_CPU " -m 512M "
#define VIRT_NIC SHAPE_NIC ",addr=2,romfile= " SHAPE_PEER ",addr=3"

static const struct machine {
	enum driver driver;
	enum kit kit;
	const char *on, *off;	/* the machine with its IOMMU, and where it is to be off */
	const char *nics;
	const char *console;
	const char *switch_off;	/* of the kernel, where the IOMMU is there all the same */
	const char *always;	/* for the kernel */
	const char *arguments;	/* of the agent, where the IOMMU is on */
	bool unsaved;		/* QEMU cannot save such an IOMMU */
} machines[] = {
	/* dma-remap: unless it is asked for, QEMU tells a guest of interrupts alone */
	{ DRIVER_AMD, KIT_SUBJECT, Q35 "-device amd-iommu,dma-remap=on,intremap=on ",
	  Q35 "-device amd-iommu,dma-remap=on,intremap=on ", Q35_NIC, "ttyS0", "amd_iommu=off", "",
	  "", true },
	/* a kernel that finds one and has no driver for it waits for that with all other devices */
	{ DRIVER_VIRTIO, KIT_SUBJECT, Q35 "-device virtio-iommu-pci,addr=3.0 ", Q35, Q35_NIC,
	  "ttyS0", "", "", "load=virtio_iommu ", false },
	/* built in, the NIC's driver takes its parameter from here; see boot.c */
	{ DRIVER_SMMUV3, KIT_ARM64, VIRT(",iommu=smmuv3"), VIRT(""), VIRT_NIC, "ttyAMA0", "",
	  "e1000e.IntMode=1", "", false },
};

static const struct machine *find(enum driver driver)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (machines[i].driver == driver)
			return &machines[i];
	return NULL;
}

static const char *mode_cmdline(const struct machine *m, enum host_mode mode)
{
	switch (mode) {
	case HOST_STRICT: return "iommu.strict=1";
	case HOST_LAZY: return "iommu.strict=0";
	case HOST_PASSTHROUGH: return "iommu.passthrough=1";
	default: return m->switch_off;
	}
}

static int check(const struct scenario *s, const struct shape_wish *wish, struct err *e)
{
	const char *name = driver_name(wish->driver);

	if (s->guest != GUEST_BARE || s->host == HOST_NONE)
		return err_set(e, ENOTSUP, "%s: guests and their hosts are measured with VT-d's "
			       "IOMMU; with --iommu %s there are the scenarios *-bare-*", s->name,
			       name);
	if (wish->real_clock)
		return err_set(e, ENOTSUP, "%s: --iommu %s is measured on the counted clock alone",
			       s->name, name);
	if (wish->driver == DRIVER_SMMUV3 && !wish->has_arm64)
		return err_set(e, ENOTSUP, "%s: --iommu smmuv3 needs the machine of arm64: "
			       "./run_tests.sh --build-host-kernel, then make arm64", s->name);
	return 0;
}

int shape_of_driver(const struct scenario *s, const struct shape_wish *wish, struct shape *out,
		    struct err *e)
{
	const struct machine *m = find(wish->driver);
	bool off = s->host == HOST_OFF;
	char options[256];
	int ret = check(s, wish, e);

	if (ret)
		return ret;
	out->kit = m->kit;
	out->driver = m->driver;
	out->counted = true;
	out->unsaved = m->unsaved;
	out->vcpus = out->nics = 1;
	snprintf(out->machine, sizeof(out->machine), SHAPE_COUNTED " -smp 1 ", wish->seed);
	shape_add(out, "%s%s", off ? m->off : m->on, m->nics);
	snprintf(options, sizeof(options), "console=%s " BOOT_CMDLINE " %s%s%s", m->console,
		 mode_cmdline(m, s->host), m->always[0] ? " " : "", m->always);
	return shape_finish(s, wish, options, off ? "" : m->arguments, out, e);
}
