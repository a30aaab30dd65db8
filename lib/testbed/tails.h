/* SPDX-License-Identifier: GPL-2.0 */
/* The last that a machine said, for the one message that says what went wrong. */
#ifndef TESTBED_TAILS_H
#define TESTBED_TAILS_H

#include "util/err.h"

/*
 * Append to @e's message the last lines of @output, which is QEMU's, and of @console: those of the
 * machine, and those of its guest that the machine repeats behind GUEST_VM_SAYS. What says nothing,
 * or is NULL, is left out; what there is shares the room that is left, and ends as it ended.
 */
void tails_append(struct err *e, const char *output, const char *console);

#endif
