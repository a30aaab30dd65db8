/* SPDX-License-Identifier: GPL-2.0 */
/* The counters of QEMU's IOMMU as counters of a record, of the source that trace_source() names. */
#ifndef TESTBED_COUNTERS_H
#define TESTBED_COUNTERS_H

#include "record/record.h"
#include "testbed/trace.h"

/*
 * Add what @t counted in @r's window, also what never happened: each event one counter. @qemu is
 * the version of the QEMU that traced; what that one does not trace is absent. -ENOMEM.
 */
int counters_add(struct record *r, const struct trace *t, const char *qemu, struct err *e);

#endif
