/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Marks of the window's two ends in the emulator's trace. A mark is one byte written to the
 * scratch register of the second serial port: nothing comes of it in the machine, and QEMU traces
 * it at once, between the events of before and those of after. That is x86's; elsewhere nothing is
 * marked.
 */
#ifndef AGENT_MARK_H
#define AGENT_MARK_H

#include "util/err.h"

enum {
	MARK_REGISTER = 7,		/* of a serial port: the scratch register */
	MARK_PORT = 0x2f8 + MARK_REGISTER,
};

/* Not 0xa5 and 0x5a, which the kernel writes there when it looks for ports. */
enum mark { MARK_OPEN = 0x6f, MARK_CLOSE = 0x63 };

/*
 * Get the right to the port. To be called when no process will be forked any more: children
 * inherit the right, and each switch to one that has it costs the kernel some instructions.
 */
int mark_prepare(struct err *e);

/* Some instructions, none of them the kernel's. */
void mark(enum mark m);

#endif
