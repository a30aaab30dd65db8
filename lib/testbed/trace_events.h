/* SPDX-License-Identifier: GPL-2.0 */
/* What the lines of QEMU's trace mean, by the IOMMU that it emulates. For trace.c alone. */
#ifndef TESTBED_TRACE_EVENTS_H
#define TESTBED_TRACE_EVENTS_H

#include "testbed/trace.h"

enum { TRACE_NUMBERS_MAX = 8 };

/*
 * One line of the trace: the event's name, then words and numbers. QEMU's versions differ in the
 * words; what identifies a whole line is its name and how many numbers it has.
 */
struct trace_line {
	const char *name;
	const char *type;	/* the word behind "type", or NULL */
	uint64_t numbers[TRACE_NUMBERS_MAX];
	int nr_numbers;
};

/* What @l is one of; -1: nothing that is known. */
int trace_event_of(enum driver driver, const struct trace_line *l);

#endif
