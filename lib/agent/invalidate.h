/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Invalidations at will: whoever sets the CPUs of an interrupt that the IOMMU remaps makes the
 * driver write its entry and invalidate the IOMMU's cache of it, by one submission to the queue
 * that the IOTLB's invalidations go through. The same CPUs will do, so that nothing changes.
 */
#ifndef AGENT_INVALIDATE_H
#define AGENT_INVALIDATE_H

#include <stddef.h>

#include "util/err.h"

struct invalidate {
	int fd;			/* the interrupt's smp_affinity */
	char cpus[512];		/* what stands there */
	size_t len;
};

/* Find an interrupt for it, below @root ("" for this machine). -ENOTSUP with @e: there is none. */
int invalidate_open(const char *root, struct invalidate *out, struct err *e);

/* One invalidation. */
int invalidate_once(const struct invalidate *i, struct err *e);

void invalidate_close(struct invalidate *i);

#endif
