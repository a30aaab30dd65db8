/* SPDX-License-Identifier: GPL-2.0 */
/* Two levels: the virtual machine that the host runs. */
#ifndef AGENT_GUEST_VM_H
#define AGENT_GUEST_VM_H

#include <sys/types.h>

#include "scenario/scenario.h"
#include "util/err.h"

struct guest_vm {
	pid_t pid;
	int channel;		/* its second serial port */
	int console;		/* its first, and what QEMU prints */
	char machine[512];	/* QEMU's options that shape it */
	char said[256];		/* of the console, a line that is not whole yet */
	size_t nr_said;
};

/*
 * Start a guest of @mode that is assigned the PCI device @nic, whose agent is told to probe @probes.
 * -ENOTSUP with @e, which names what is missing, where this machine cannot have one.
 */
int guest_vm_start(struct guest_vm *vm, enum guest_mode mode, const char *nic, const char *probes,
		   struct err *e);

/* Repeat on the own console what the guest's says, each line behind GUEST_VM_SAYS. */
#define GUEST_VM_SAYS "guest| "
void guest_vm_relay(struct guest_vm *vm);

#endif
