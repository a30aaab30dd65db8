// SPDX-License-Identifier: GPL-2.0
/*
 * The injector: makes submissions to VT-d's queue slower, with its lock held. Loaded only by a run
 * that asks for it, and apart from the tracer, whose cost every baseline holds.
 *
 * qi_submit_sync() passes the tracepoint qi_submit once for each descriptor that it puts into the
 * queue, with q_lock held, and writes the queue's tail register (the doorbell) behind the last.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "burn.h"
#include "inject.h"

/* The few kernel fields that are read; CO-RE finds where they are in the running kernel. */
#define KERNEL_TYPE __attribute__((preserve_access_index))

struct q_inval {
	int free_head;
} KERNEL_TYPE;

struct intel_iommu {
	int seq_id;
	struct q_inval *qi;
} KERNEL_TYPE;

char LICENSE[] SEC("license") = "GPL";

struct injected injected;

static __always_inline __u64 this_cpu(void)
{
	return 1ull << (bpf_get_smp_processor_id() & (INJECT_CPUS - 1));
}

static __always_inline __u32 bits_of(__u64 x)
{
	x -= x >> 1 & 0x5555555555555555;
	x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
	return x * 0x0101010101010101 >> 56;
}

/*
 * The other CPUs that share the lock, those beyond @above: that are in a flush or were lately. CPUs
 * that all take it are seldom found waiting at one moment, as long as it is quickly given back.
 */
static __always_inline __u32 sharers(void)
{
	__u64 now = bpf_ktime_get_ns();
	__u32 others, above = injected.above;

	if (now - injected.since_ns > INJECT_LATELY_NS) {
		injected.since_ns = now;
		injected.before = injected.lately;
		injected.lately = injected.inside;
	}
	others = bits_of((injected.inside | injected.lately | injected.before) & ~this_cpu());
	return others > above ? others - above : 0;
}

/*
 * Of the descriptors of one submission the first alone: the queue's head moves on when all are in
 * it, and by less than once around, so that whoever finds it as the last one did belongs with that.
 * The lock keeps the CPUs apart, of one IOMMU.
 */
static __always_inline int is_first(struct intel_iommu *iommu)
{
	__u32 unit = iommu->seq_id, head = iommu->qi->free_head + 1;

	unit &= INJECT_UNITS - 1;
	if (injected.head[unit] == head)
		return 0;
	injected.head[unit] = head;
	return 1;
}

SEC("tp_btf/qi_submit")
int submit(__u64 *ctx)
{
	__u32 n = injected.n, n_sharer = injected.n_sharer, others;

	if (!is_first((struct intel_iommu *)ctx[0]))
		return 0;
	__sync_fetch_and_add(&injected.submissions, 1);
	if (n_sharer) {
		others = sharers();
		__sync_fetch_and_add(&injected.sharers, others);
		n += others * n_sharer;
	}
	if (n)
		slow_burn_many(n);
	return 0;
}

/*
 * A bit, not a count: an interrupt may skip one end of a pair, whose program the kernel does not
 * run within itself, and what is set is set anew by the next.
 */
static __always_inline int enter(void)
{
	__u64 cpu = this_cpu();

	__sync_fetch_and_or(&injected.inside, cpu);
	__sync_fetch_and_or(&injected.lately, cpu);
	return 0;
}

static __always_inline int leave(void)
{
	__sync_fetch_and_and(&injected.inside, ~this_cpu());
	return 0;
}

#define PAIR(n)							\
SEC("fentry") int enter_##n(void *ctx) { return enter(); }	\
SEC("fexit") int leave_##n(void *ctx) { return leave(); }

PAIR(0)
PAIR(1)
PAIR(2)
PAIR(3)
