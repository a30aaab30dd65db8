/* SPDX-License-Identifier: GPL-2.0 */
/* What the shapes of one level and of two share; nobody else includes it. */
#ifndef TESTBED_SHAPE_PARTS_H
#define TESTBED_SHAPE_PARTS_H

#include "agent/boot.h"
#include "agent/net.h"
#include "testbed/shape.h"

/* An idle subject's clock goes on where it is, and chance comes from a seed. */
#define SHAPE_CHANCE "-rtc base=2026-01-01,clock=vm -seed %u"

/* One instruction is 2 ns (shift=1), and an idle subject's clock jumps to its next timer. */
#define SHAPE_COUNTED "-accel tcg,thread=single -icount shift=1,sleep=off " SHAPE_CHANCE

/*
 * It has an instruction that draws random numbers, without which the kernel would wait for entropy:
 * a device for them answers at moments of the real clock. What makes it slow is switched off.
 */
#define SHAPE_ARM64_CPU "-cpu max,pauth=off,sve=off,sme=off"

/* Both NICs are on one hub. The peer's bypasses the IOMMU. */
#define SHAPE_NIC "-netdev hubport,id=h0,hubid=0 -device e1000e,netdev=h0,mac=" NET_SUBJECT_MAC
#define SHAPE_PEER "-netdev hubport,id=h1,hubid=0 -device virtio-net-pci,netdev=h1,mac=" \
	NET_PEER_MAC ",ioeventfd=off,tx=timer,romfile="

/*
 * The name and the kernel's command line, with the parameters of a built-in NIC's driver and the
 * agent's arguments behind @options. The rest of @out must be there.
 */
int shape_finish(const struct scenario *s, const struct shape_wish *wish, const char *options,
		 const char *arguments, struct shape *out, struct err *e);

/* Append to the machine's options. */
__attribute__((format(printf, 2, 3)))
void shape_add(struct shape *s, const char *fmt, ...);

/* The shape of a machine whose IOMMU is not VT-d's. */
int shape_of_driver(const struct scenario *s, const struct shape_wish *wish, struct shape *out,
		    struct err *e);

/* The shape of a host with a guest. */
int shape_two_levels(const struct scenario *s, const struct shape_wish *wish, struct shape *out,
		     struct err *e);

#endif
