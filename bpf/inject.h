/* SPDX-License-Identifier: GPL-2.0 */
/* What user space tells the injector (inject.bpf.c), and what that counts. */
#ifndef BPF_INJECT_H
#define BPF_INJECT_H

#include <linux/types.h>

enum {
	INJECT_UNITS = 64,	/* IOMMUs told apart */
	INJECT_CPUS = 64,	/* CPUs told apart */
	INJECT_PAIRS = 4,	/* flush functions that are watched */
	/* How long a CPU that flushed is still one of those that share the lock: this or the double. */
	INJECT_LATELY_NS = 100000000,
	/* What a submission takes more for the injector's being there, on the counted clock. */
	INJECT_FIXED = 157,
};

struct injected {
	/* instructions: for each submission, and for each other CPU that flushes beyond @above */
	__u32 n, n_sharer, above;
	/* submissions, and the other CPUs then beyond @above, all together */
	__u64 submissions, sharers;
	/* CPUs, a bit each: in a flush; that began one since @since_ns; and in the time before that */
	__u64 inside, lately, before;
	__u64 since_ns;
	__u32 head[INJECT_UNITS];	/* by IOMMU: where its last submission began, and 1 */
};

#endif
