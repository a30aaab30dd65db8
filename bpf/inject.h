/* SPDX-License-Identifier: GPL-2.0 */
/* What user space tells the injector (inject.bpf.c), and what that counts. */
#ifndef BPF_INJECT_H
#define BPF_INJECT_H

#include <linux/types.h>

enum {
	INJECT_UNITS = 64,	/* IOMMUs told apart */
	INJECT_CPUS = 64,	/* CPUs told apart */
	INJECT_PAIRS = 4,	/* flush functions that are watched */
	/* What a submission takes more for the injector's being there, on the counted clock. */
	INJECT_FIXED = 158,
};

struct injected {
	/* for each submission, and for each other CPU in a flush beyond @above: instructions */
	__u32 n, n_waiter, above;
	/* submissions, and the other CPUs then in a flush, those beyond @above, all together */
	__u64 submissions, waiters;
	__u64 inside;		/* CPUs in a flush, a bit each */
	__u32 head[INJECT_UNITS];	/* by IOMMU: where its last submission began, and 1 */
};

#endif
