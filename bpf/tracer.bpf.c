// SPDX-License-Identifier: GPL-2.0
/*
 * The tracer: times calls of up to STACK_FUNCTIONS kernel functions with fentry/fexit pairs.
 *
 * Each function has programs of its own: the kernel skips a program that is still running on the
 * same CPU, which would lose nested calls if functions shared one. User space chooses the functions
 * and loads no more programs than it needs.
 *
 * The hot path is written for few instructions: no map lookup at entry, one at exit (the kernel
 * inlines it), two helper calls each; what is rare is out of line.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "burn.h"
#include "tracer.h"

char LICENSE[] SEC("license") = "GPL";

struct tracer tracer;

/* keys of the map below, in memory: cheaper than one built on the stack */
static const __u32 keys[STACK_FUNCTIONS] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, STACK_FUNCTIONS);
	__type(key, __u32);
	__type(value, struct tracer_function);
} functions SEC(".maps");

/* Its address, loaded anew at each use: cheaper than a register that outlives a helper call. */
static __always_inline struct tracer *the_tracer(void)
{
	struct tracer *t;

	asm volatile("%0 = %1 ll" : "=r"(t) : "i"(&tracer));
	return t;
}

/*
 * ctx points into the call's own trampoline frame. Less the address of a global it is a number, that
 * the verifier lets be stored.
 */
static __always_inline __u64 call_tag(void *ctx, struct tracer *t)
{
	__u64 tag = (__u64)ctx;

	asm volatile("%0 -= %1" : "+r"(tag) : "r"(t));
	return tag;
}

static __always_inline __u64 current_key(void)
{
	return stack_key(bpf_get_current_task());
}

static __noinline __attribute__((used)) int slow_down_much(__u32 function)
{
	slow_burn_many(the_tracer()->slow_many[function & (STACK_FUNCTIONS - 1)]);
	return 0;
}

/* As slow.h says of @code. */
static __always_inline void slow_down(__u64 code, const __u32 function)
{
	asm volatile("if %0 > 3 goto 1f;"
		     "if %0 == 2 goto 5f;"
		     "if %0 == 3 goto 5f;"
		     "r1 = %1;"
		     "call slow_down_much;"
		     "goto 5f;"
		     SLOW_BURN
		     : "+r"(code) : "i"(function) : "r0", "r1", "r2", "r3", "r4", "r5");
}

static __always_inline int enter(void *ctx, const __u32 function)
{
	struct tracer *t = the_tracer();
	__u32 state = STACK_READ(t->state);
	__u64 tag = call_tag(ctx, t), key, slow;
	struct frame *f;

	if (STACK_LIKELY(state == TRACER_ON)) {
		key = current_key();
		if (STACK_LIKELY(stack_enter_quick(the_tracer(), key, tag, function, &f)))
			goto pushed;
	} else if (state == TRACER_OFF) {
		return 0;
	}
	f = stack_enter(the_tracer(), current_key(), tag, function);
	if (!f)
		return 0;
pushed:
	STACK_WRITE(f->start_ns, bpf_ktime_get_ns());
	STACK_WRITE(f->child_ns, 0);
	slow = the_tracer()->slow[function];
	if (STACK_UNLIKELY(slow))
		slow_down(slow, function);
	return 0;
}

static __noinline int count_extreme(struct tracer_function *s, __u64 ns)
{
	if (!s->seen) {
		s->seen = 1;
		s->min_ns = ns;
	} else if (ns < s->min_ns) {
		s->span_ns += s->min_ns - ns;
		s->min_ns = ns;
	} else {
		s->span_ns = ns - s->min_ns;
	}
	return 0;
}

static __always_inline int count(const __u32 *function, const struct call *c)
{
	struct tracer_function *s;
	__u64 ns = c->total_ns;
	__u32 i;

	if (STACK_UNLIKELY((__s64)ns < 0)) {
		__sync_fetch_and_add(&stack_loss(the_tracer(), *function)->backward, 1);
		return 0;
	}
	s = bpf_map_lookup_elem(&functions, function);
	if (!s)
		return 0;
	i = loglin_index(ns);
	barrier_var(i);	/* the mask is for the verifier: keep it */
	s->hist[i & (TRACER_HIST - 1)]++;
	s->total_ns += ns;
	s->self_ns += c->self_ns;
	if (STACK_UNLIKELY(ns - s->min_ns > s->span_ns))
		count_extreme(s, ns);
	return 0;
}

static __noinline int leave_slowly(__u64 tag, __u32 function, __u64 now)
{
	struct call c;

	if (stack_leave(the_tracer(), current_key(), tag, function, now, &c))
		count(&function, &c);
	return 0;
}

static __always_inline int leave(void *ctx, const __u32 function)
{
	struct tracer *t = the_tracer();
	__u64 key, tag, now;
	struct call c;

	if (STACK_READ(t->state) == TRACER_OFF)
		return 0;
	tag = call_tag(ctx, t);
	now = bpf_ktime_get_ns();
	key = current_key();
	if (STACK_UNLIKELY(!stack_leave_quick(the_tracer(), key, tag, function, now, &c)))
		return leave_slowly(tag, function, now);
	return count(&keys[function], &c);
}

#define PROBE(n)							\
SEC("fentry") int entry_##n(void *ctx) { return enter(ctx, n); }	\
SEC("fexit") int exit_##n(void *ctx) { return leave(ctx, n); }

PROBE(0)
PROBE(1)
PROBE(2)
PROBE(3)
PROBE(4)
PROBE(5)
PROBE(6)
PROBE(7)
PROBE(8)
PROBE(9)
PROBE(10)
PROBE(11)
PROBE(12)
PROBE(13)
PROBE(14)
PROBE(15)
