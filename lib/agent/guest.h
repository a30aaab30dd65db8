/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two levels: the guest as the host's agent sees it. The guest's agent takes the steps that it is
 * asked to take (serve.c).
 */
#ifndef AGENT_GUEST_H
#define AGENT_GUEST_H

#include "agent/command.h"
#include "record/record.h"

struct guest;

/*
 * Start a guest of @mode with the device at the PCI address @nic, probes @probes, and wait until its
 * agent is prepared. -ENOTSUP with @e where the machine cannot have such a guest.
 */
int guest_start(enum guest_mode mode, const char *nic, const char *probes, struct guest **out,
		struct err *e);

/* The options of QEMU that shape it; valid as long as @g. */
const char *guest_machine(const struct guest *g);

/* Make ready for @c, and read the mode back. */
int guest_command(struct guest *g, const struct command *c, struct err *e);

/* Stop the sender of flow @i, and let all senders go on. */
int guest_hold(struct guest *g, int i, struct err *e);
int guest_release(struct guest *g, struct err *e);

/* Take a step of the window: "arm", "open" or "close". */
int guest_step(struct guest *g, const char *step, struct err *e);

/* What it measured, as record_parse_subject() gives it. */
int guest_record(struct guest *g, struct record **out, struct err *e);

#endif
