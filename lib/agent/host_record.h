/* SPDX-License-Identifier: GPL-2.0 */
/* Two levels: one record of what the guest and the host measured over the same window. */
#ifndef AGENT_HOST_RECORD_H
#define AGENT_HOST_RECORD_H

#include "agent/vfio.h"
#include "record/record.h"

/* The QEMU that runs the guest: its version, and its options that shape it. */
struct guest_qemu {
	const char *version, *machine;
};

/*
 * Add to @r, the guest's, what @host measured: its functions, counters and warnings under names with
 * RECORD_HOST, the peer's side of the network, and itself. What is moved is no longer in @host.
 */
int host_record_add(struct record *r, struct record *host, const struct vfio_device *nic,
		    const struct guest_qemu *qemu, struct err *e);

#endif
