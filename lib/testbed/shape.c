// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "testbed/shape_parts.h"

/* The kernel's and the emulator's half of one protection mode. */
struct mode {
	enum host_mode host;
	enum guest_mode guest;
	const char *iommu;	/* options of QEMU's intel-iommu */
	const char *cmdline;
};

/* What the emulator plays for a guest that may own the first stage of translation. */
static const char nested[] = ",scalable-mode=on,fsts=on";

static const struct mode modes[] = {
	{ HOST_STRICT, GUEST_BARE, "", "intel_iommu=on iommu.strict=1" },
	{ HOST_LAZY, GUEST_BARE, "", "intel_iommu=on iommu.strict=0" },
	{ HOST_PASSTHROUGH, GUEST_BARE, "", "intel_iommu=on iommu=pt" },
	{ HOST_OFF, GUEST_BARE, "", "intel_iommu=off" },
	{ HOST_NONE, GUEST_PASSTHROUGH, nested, "intel_iommu=on,sm_on iommu=pt" },
	{ HOST_NONE, GUEST_SHADOW, ",caching-mode=on", "intel_iommu=on iommu.strict=1" },
	{ HOST_NONE, GUEST_NESTED, nested, "intel_iommu=on,sm_on iommu.strict=1" },
	{ HOST_NONE, GUEST_NESTEDLAZY, nested, "intel_iommu=on,sm_on iommu.strict=0" },
};

static const struct mode *find_mode(const struct scenario *s)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (modes[i].host == s->host && modes[i].guest == s->guest)
			return &modes[i];
	return NULL;
}

/* The real clock: one host thread for each vCPU. */
static void clock_options(const struct shape_wish *wish, char *text, size_t size)
{
	if (wish->real_clock)
		snprintf(text, size, "-accel tcg,thread=multi");
	else
		snprintf(text, size, SHAPE_COUNTED, wish->seed);
}

/*
 * The subject's NICs have a root port, and so an IOMMU group, of their own. The peer's NIC bypasses
 * the IOMMU: every map and unmap that is seen belongs to the subject's NICs.
 */
#define MACHINE "-machine q35,kernel-irqchip=split -cpu max -m 512M " \
	"-device intel-iommu,intremap=on%s " \
	"-device pcie-root-port,id=rp1,chassis=1,addr=2.0 "

void shape_add(struct shape *s, const char *fmt, ...)
{
	size_t n = strlen(s->machine);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->machine + n, sizeof(s->machine) - n, fmt, ap);
	va_end(ap);
}

/*
 * On one CPU one NIC. On several one each, as a NIC with a queue for each CPU would be: e1000e has
 * one queue, and QEMU has none whose driver takes more than 8. A bridge to conventional PCI makes
 * them one IOMMU group, and so one domain; behind it no NIC works in scalable mode, where a guest
 * that may own the first stage has one.
 */
static void add_nics(struct shape *s, const struct mode *mode, bool real_clock)
{
	bool many = real_clock && mode->iommu != nested;
	const char *bus = many ? "pb" : "rp1";

	s->nics = many ? s->vcpus : 1;
	if (many)
		shape_add(s, "-device pcie-pci-bridge,id=pb,bus=rp1 ");
	shape_add(s, SHAPE_NIC ",bus=%s%s,romfile= ", bus, many ? ",addr=1" : "");
	for (int i = 1; i < s->nics; i++)
		shape_add(s, "-netdev hubport,id=n%d,hubid=0 -device e1000e,netdev=n%d,mac="
			  NET_SUBJECT_MACS ",bus=%s,addr=%x,romfile= ", i, i, NET_NIC_MAC + i, bus,
			  i + 1);
	shape_add(s, SHAPE_PEER);
}

/*
 * What the agent gives to a module (agent/boot.c says why): one value a NIC. A host of a guest gets
 * none, whose NIC is the guest's; arm64's kernel has a built-in driver always, and its own line.
 */
static void nic_parameters(const struct shape_wish *wish, const struct shape *s, char *text,
			   size_t size)
{
	size_t n;

	text[0] = '\0';
	if (!wish->nic_built_in || s->kit != KIT_SUBJECT)
		return;
	n = snprintf(text, size, " e1000e.IntMode=1");
	for (int i = 1; i < s->nics && n + 2 < size; i++)
		n += snprintf(text + n, size - n, ",1");
}

int shape_finish(const struct scenario *s, const struct shape_wish *wish, const char *options,
		 const char *arguments, struct shape *out, struct err *e)
{
	bool all = !strcmp(wish->probes, "all");
	bool vtd = wish->driver == DRIVER_VTD;
	char nic[64];
	int n;

	snprintf(out->name, sizeof(out->name), "%s%s%s-%s-%s-%d%s",
		 vtd ? "" : driver_name(wish->driver), vtd ? "" : "-", host_mode_name(s->host),
		 guest_mode_name(s->guest), out->counted ? "counted" : "real", out->vcpus,
		 all ? "" : "-probes");
	if (strlen(out->machine) == sizeof(out->machine) - 1)
		return err_set(e, E2BIG, "%s: the machine's options are too long", s->name);
	nic_parameters(wish, out, nic, sizeof(nic));
	n = snprintf(out->cmdline, sizeof(out->cmdline), "%s%s -- %sprobes=%s", options, nic,
		     arguments, wish->probes);
	if (n >= (int)sizeof(out->cmdline))
		return err_set(e, E2BIG, "%s: the list of probes is too long", s->name);
	return 0;
}

static int one_level(const struct scenario *s, const struct shape_wish *wish, struct shape *out,
		     struct err *e)
{
	const struct mode *mode = find_mode(s);
	char clock[128], options[256];

	out->kit = KIT_SUBJECT;
	out->counted = !wish->real_clock;
	out->property = mode->iommu == nested ? "fsts" : NULL;
	out->vcpus = wish->real_clock ? s->flows : 1;
	clock_options(wish, clock, sizeof(clock));
	snprintf(out->machine, sizeof(out->machine), "%s -smp %d " MACHINE, clock, out->vcpus,
		 mode->iommu);
	add_nics(out, mode, wish->real_clock);
	snprintf(options, sizeof(options), "console=ttyS0 " BOOT_CMDLINE " %s", mode->cmdline);
	return shape_finish(s, wish, options, "", out, e);
}

int shape_of(const struct scenario *s, const struct shape_wish *wish, struct shape *out,
	     struct err *e)
{
	int ret;

	memset(out, 0, sizeof(*out));
	if (wish->driver != DRIVER_VTD)
		ret = shape_of_driver(s, wish, out, e);
	else if (scenario_two_levels(s))
		ret = shape_two_levels(s, wish, out, e);
	else
		ret = one_level(s, wish, out, e);
	if (!ret && wish->own_kernel && (out->kit == KIT_ARM64 || out->kit == KIT_HOST_ARM64))
		ret = err_set(e, ENOTSUP, "%s: its machine is arm64, whose kernel is the one that "
			      "./run_tests.sh --build-host-kernel built; --kernel is for x86", s->name);
	return ret;
}
