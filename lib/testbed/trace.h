/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts the events of QEMU's IOMMU between the two marks (agent/mark.h) in QEMU's trace.
 * Pure: it is fed the text as it comes, in pieces of any size.
 *
 * It counts every event or none: a line in the window that it does not know, a mark that is
 * missing, doubled or in the wrong order, or text that ends too early makes the whole trace wrong.
 */
#ifndef TESTBED_TRACE_H
#define TESTBED_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenario/driver.h"
#include "util/err.h"

/*
 * Which of QEMU's IOMMUs are counted, and under which source in records: "qemu-vtd". NULL: that
 * one is not. QEMU traces its SMMUv3, too, but on arm64 nothing marks the window.
 */
const char *trace_source(enum driver driver);

/* QEMU's names of the events that it must trace, from 0 on; NULL behind the last. */
const char *trace_wanted(enum driver driver, size_t i);

/*
 * What is counted. Each IOMMU has some of these; the names are VT-d's where it has one. A kind of
 * invalidation is a kind of descriptor, or command, in the queue.
 */
enum trace_event {
	TRACE_IOTLB_HIT,	/* a translation that the IOTLB had */
	TRACE_IOTLB_UPDATE,	/* one that it had not; the walk's result went into it */
	TRACE_FAULT,		/* one that there was not */
	TRACE_INV_IOTLB_GLOBAL,
	TRACE_INV_IOTLB_DOMAIN,
	TRACE_INV_IOTLB_PAGE,
	TRACE_INV_PIOTLB_ALL,	/* of all that a PASID has; first-stage translation */
	TRACE_INV_PIOTLB_PAGE,
	TRACE_INV_WAIT,		/* a wait descriptor: the driver puts one behind what it submits */
	TRACE_CC_HIT,		/* a context entry that the context cache had */
	TRACE_CC_UPDATE,	/* one that it had not */
	TRACE_INV_CC,
	TRACE_INV_PASID_CACHE,
	TRACE_INV_IEC,		/* interrupt remapping */
	TRACE_INV_DEV_IOTLB,	/* with a PASID or without */
	TRACE_INV_DEVTAB,	/* AMD's device table */
	TRACE_IOTLB_RESET,	/* AMD's model emptied its IOTLB, which was full */
	TRACE_TRANSLATE,	/* virtio: a translation was looked for in a domain's mappings */
	TRACE_MAP,		/* virtio: a request to map, */
	TRACE_UNMAP,		/* to unmap */
	TRACE_EVENTS
};

/* Is @event one of that IOMMU's? */
bool trace_counts(enum driver driver, enum trace_event event);

/* As the record has it, e.g. "iotlb_hit". */
const char *trace_event_name(enum trace_event event);

enum { TRACE_LINE_MAX = 256 };

enum trace_state { TRACE_BEFORE, TRACE_INSIDE, TRACE_AFTER, TRACE_WRONG };

struct trace {
	enum driver driver;
	enum trace_state state;
	uint64_t count[TRACE_EVENTS];
	char line[TRACE_LINE_MAX];	/* the beginning of a line whose end has not come yet */
	size_t len;		/* its bytes that came, also when more than there is room for */
	struct err wrong;	/* in TRACE_WRONG: what */
};

void trace_init(struct trace *t, enum driver driver);

/* The next @len bytes of the trace. */
void trace_feed(struct trace *t, const char *text, size_t len);

/* The trace has ended. 0: t->count is that of the whole window; -EIO: it is not, and why. */
int trace_finish(const struct trace *t, struct err *e);

#endif
