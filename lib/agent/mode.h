/* SPDX-License-Identifier: GPL-2.0 */
/* The environment and the mode in force, read back from the running kernel. */
#ifndef AGENT_MODE_H
#define AGENT_MODE_H

#include <stdbool.h>

#include "agent/net.h"
#include "record/record.h"

/* The running kernel and its IOMMU, into @r's environment and mode. */
int mode_read_kernel(struct record *r, struct err *e);

/* Fill @r's mode and the subject's part of its environment. */
int mode_read_back(const struct net *net, struct record *r, struct err *e);

/*
 * The three facts of VT-d's capability registers that tell the guest modes apart; bit numbers
 * from the VT-d specification 5.0, 11.4.2 (CAP.CM) and 11.4.3 (ECAP.SMTS, ECAP.FSTS).
 */
void mode_decode_vtd(uint64_t cap, uint64_t ecap, struct record_mode *mode);

/* Does AMD's capability register, as hex, say that what is not mapped is cached (NpCache)? */
bool mode_is_caching_amd(const char *cap);

/*
 * A kernel flushes at each unmap of an AMD IOMMU that caches what is not mapped, as an emulated one
 * says, whatever it was asked for. 0: the mode read back in @r is not that. -ENOTSUP with @e, where
 * lazy flushing was asked for: such a machine has none.
 */
int mode_check_lazy(const struct record *r, struct err *e);

/*
 * 0: a guest of this machine may own the first stage of its translation. -ENOTSUP with @e, which says
 * what is missing in the kernel or the IOMMU.
 */
int mode_check_nesting(struct err *e);

#endif
