/* SPDX-License-Identifier: GPL-2.0 */
/* Two levels, in the host: runs the guest, has the peer's side, and puts both sides' parts together. */
#ifndef AGENT_HOST_H
#define AGENT_HOST_H

#include "agent/agent.h"
#include "agent/vfio.h"

/*
 * Assign the NIC, make ready and start a guest of @mode. @probe_set names functions of both sides,
 * as functions_select() takes them; those of the host have RECORD_HOST before their names.
 */
int host_prepare(struct agent *a, enum guest_mode mode, const char *probe_set,
		 struct vfio_device *nic, struct err *e);

/* Measure a->command in both at once: the guest's record, with the host's part. */
int host_measure(struct agent *a, const struct vfio_device *nic, struct record **out,
		 struct err *e);

#endif
