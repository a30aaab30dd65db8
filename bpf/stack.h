/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which exit belongs to which entry: the calls in flight of each task, as a stack of frames. Pure
 * logic, compiled into the tracer (BPF) and into the tests.
 *
 * A call is known by its tag: the address of its trampoline frame, the same at entry and exit and
 * unique while the call lives. Frames are matched by tag and function, from the top down, so a
 * probe that the kernel skipped costs a sample, and does not pair an entry with another call's exit
 * (but where one call's exit was skipped, and then the entry of the next call of the same function
 * on the very same frame, before anything else was traced: a sample too long, within the window).
 * Hard and soft interrupts run on the current task and return before it goes on, so one stack per
 * task is right for them too; it migrates with the task, and only `current` ever touches it.
 *
 * A task owns a stack while it has calls in flight. The owner word holds the task, how much of the
 * stack is used, and whether its calls count, which the outermost one decides for all. Taking a
 * stack and pushing its first frame is one compare-and-swap, popping the last and giving the stack
 * back is one exchange: at no moment could an interrupt's calls give back the stack of the call
 * they interrupted, or count where that does not.
 *
 * Why interrupts may come between any two instructions here. An interrupt's calls leave the owner
 * word as they found it, unless one of their exits was skipped: then it is higher than before.
 *  - entry, before it raises the owner word: it writes what it read plus one frame. What an
 *    interrupt left above is cut off, its tag still set in the frame that this or a later entry takes.
 *  - entry, after that: the frame is the entry's own and interrupts use those above. The tag in it
 *    is 0 or an orphan's until the entry sets it, so no exit takes it for a call's. The start time
 *    is read last and child_ns cleared after it: what an interrupt charged before does not count.
 *  - exit, before it lowers the owner word: the frame is still its own. What an interrupt left above
 *    is cut off as before. All of the frame that counts has been read when the word goes down.
 *  - exit, after that: interrupts use the frame again; the exit looks at the parent's alone.
 * Hence a frame's tag is set from its push to its pop, and whoever finds one set in a frame that it
 * takes (an entry, or in the end user space) counts one orphan: each exactly once.
 *
 * Self time is a call's time less that of the calls pushed above it, those of interrupts included.
 * An interrupt between an exit's clock and its pop may charge a call too much (self time is then
 * kept from going below 0), one between the read and the write of the parent's sum too little.
 */
#ifndef BPF_STACK_H
#define BPF_STACK_H

#include <linux/types.h>

#define STACK_INLINE	static inline __attribute__((always_inline, unused))
#define STACK_COLD	static __attribute__((noinline, unused))
#ifndef STACK_STEP	/* tests put interrupts here */
#define STACK_STEP()	do { } while (0)
#endif

#define STACK_LIKELY(x)		__builtin_expect(!!(x), 1)
#define STACK_UNLIKELY(x)	__builtin_expect(!!(x), 0)
#define STACK_READ(x)		(*(const volatile __typeof__(x) *)&(x))
#define STACK_WRITE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))
/* What is tested is what is used: the BPF verifier can not see that two computations are one. */
#define STACK_KEEP(x)		asm volatile("" : "+r"(x))

enum {
	STACK_FUNCTIONS = 16,
	STACK_DEPTH = 15,	/* frames; with the header they fill STACK_SIZE */
	STACK_SHIFT = 9,
	STACK_SIZE = 1 << STACK_SHIFT,
	STACK_HOMES = 4096,
	STACK_WAYS = 4,		/* stacks tried: the task's home and those behind it */
	/*
	 * A caller's frame lies above its callee's, so one that lies at or below the new call's
	 * frame on the same stack has returned. Less than a page apart is the same stack: kernel
	 * stacks have guard pages between them.
	 */
	STACK_NEAR = 4096,
};

/* What the tracer does. One word switches all functions. */
enum tracer_state {
	TRACER_OFF = 0,		/* nothing */
	TRACER_ON = 1,		/* outermost calls that begin now count, with all within them */
	TRACER_FOLLOW = 2,	/* they do not; those in flight go on as they began */
};

struct frame {
	__u64 tag;
	__u64 start_ns;
	__u64 child_ns;		/* time in calls pushed above this one */
	__u32 what;		/* function << 1 | counted */
	__u32 pad;
};

struct stack {
	__u64 owner;		/* key of the task | STACK_UNCOUNTED | bytes in use; 0: free */
	__u64 displaced;	/* taken by a task whose home is another */
	__u64 pad[2];
	struct frame frames[STACK_DEPTH];
};

enum {
	STACK_FRAME = sizeof(struct frame),
	STACK_USED_MAX = STACK_DEPTH * STACK_FRAME,
	STACK_UNCOUNTED = 1 << 10,
};

_Static_assert(sizeof(struct stack) == STACK_SIZE && STACK_SIZE - STACK_USED_MAX == STACK_FRAME,
	       "a stack is a header of a frame's size and its frames");

struct tracer_loss {		/* rare, so shared by all CPUs and changed atomically */
	__u64 orphaned;		/* frames whose exit never came */
	__u64 unmatched;	/* exits without a frame */
	__u64 overflowed;	/* calls without a frame, for want of room */
	__u64 backward;		/* calls that ended before they began */
	__s64 astray;		/* calls without a frame whose exit is still to come */
};

struct tracer {
	__u32 state;		/* enum tracer_state */
	__u32 displaced;	/* tasks whose stack is not at home: look for it elsewhere */
	__u8 slow[STACK_FUNCTIONS];	/* codes of slow.h: how calls are slowed down on purpose */
	__u32 slow_many[STACK_FUNCTIONS];
	struct tracer_loss loss[STACK_FUNCTIONS];
	/* room for the ways behind the last home, and for the verifier's idea of an index */
	struct stack stacks[STACK_HOMES + STACK_WAYS];
};

/* A call that ended. */
struct call {
	__u64 total_ns;
	__u64 self_ns;
};

/*
 * A task in the owner word. Tasks are aligned to 64 bytes and alike in their uppermost bits, so
 * this loses nothing and leaves 15 bits free.
 */
STACK_INLINE __u64 stack_key(__u64 task)
{
	return task << STACK_SHIFT;
}

STACK_INLINE struct stack *stack_home(struct tracer *t, __u64 key)
{
	/* any bits above a page will do: two task_structs are more than a page apart */
	void *p = (void *)t + (key >> 12 & (STACK_HOMES - 1) << STACK_SHIFT);

	STACK_KEEP(p);
	return p + __builtin_offsetof(struct tracer, stacks);
}

/*
 * Bytes in use in the stack whose owner word is @owner. Above STACK_USED_MAX: it is not @key's, or,
 * with STACK_UNCOUNTED set, one whose calls do not count.
 */
STACK_INLINE __u64 stack_used(__u64 owner, __u64 key)
{
	__u64 used = owner ^ key;

	STACK_KEEP(used);
	return used;
}

STACK_INLINE int stack_is_owned(__u64 owner, __u64 key)
{
	return (stack_used(owner, key) & ~(__u64)STACK_UNCOUNTED) <= STACK_USED_MAX;
}

/* The frame that ends @used bytes into the frames of @s; @used is 32 or more. */
STACK_INLINE struct frame *stack_frame(struct stack *s, __u64 used)
{
	void *p = (void *)s - __builtin_offsetof(struct tracer, stacks) + used;

	STACK_KEEP(p);
	return p + __builtin_offsetof(struct tracer, stacks);
}

/* stack_frame() where the verifier has not just seen @used compared with a constant. */
STACK_INLINE struct frame *stack_frame_masked(struct stack *s, __u64 used)
{
	STACK_KEEP(used);
	return stack_frame(s, used & (STACK_SIZE - 1));
}

/* Make @s, if it is free, @owner's, with one frame. 0: done; otherwise whose it is. */
STACK_INLINE __u64 stack_take(struct stack *s, __u64 owner)
{
	owner = __sync_val_compare_and_swap(&s->owner, 0, owner | STACK_FRAME);
	STACK_KEEP(owner);
	return owner;
}

STACK_INLINE struct tracer_loss *stack_loss(struct tracer *t, __u32 function)
{
	return &t->loss[function & (STACK_FUNCTIONS - 1)];
}

/* Push on a frame that was never popped: its call is an orphan. */
STACK_COLD struct frame *stack_push_over(struct tracer *t, struct frame *f, __u64 tag, __u32 what)
{
	__u32 orphan = f->what;

	if (orphan & 1)
		__sync_fetch_and_add(&stack_loss(t, orphan >> 1)->orphaned, 1);
	STACK_WRITE(f->what, what);
	STACK_WRITE(f->tag, tag);
	return f;
}

/* Fill in the frame @f, which the owner word already counts. */
STACK_INLINE struct frame *stack_push(struct tracer *t, struct frame *f, __u64 tag, __u32 what)
{
	STACK_STEP();
	if (STACK_UNLIKELY(STACK_READ(f->tag)))
		return stack_push_over(t, f, tag, what);
	STACK_STEP();
	STACK_WRITE(f->what, what);
	STACK_STEP();
	STACK_WRITE(f->tag, tag);
	STACK_STEP();
	return f;
}

/*
 * A call begins while the tracer is on: the ordinary case, a nested call that counts and has room,
 * or an outermost one whose home is free. 1: *@frame is its frame, pushed; 0: not the ordinary case,
 * stack_enter() knows all others.
 */
STACK_INLINE int stack_enter_quick(struct tracer *t, __u64 key, __u64 tag, __u32 function,
				   struct frame **frame)
{
	struct stack *s = stack_home(t, key);
	__u64 owner = STACK_READ(s->owner);
	__u64 used = stack_used(owner, key);
	struct frame *f = s->frames;

	STACK_STEP();
	if (used < STACK_USED_MAX) {
		f = stack_frame(s, used);
		if (STACK_UNLIKELY(tag - f->tag < STACK_NEAR))
			return 0;
		f++;
		STACK_STEP();
		STACK_WRITE(s->owner, owner + STACK_FRAME);
	} else {
		if (STACK_UNLIKELY(owner || STACK_READ(t->displaced)))
			return 0;
		STACK_STEP();
		if (STACK_UNLIKELY(stack_take(s, key)))
			return 0;
	}
	*frame = stack_push(t, f, tag, function << 1 | 1);
	return 1;
}

/* @key's stack: its home or one behind it. NULL: it has none. */
STACK_INLINE struct stack *stack_find(struct tracer *t, __u64 key)
{
	struct stack *s = stack_home(t, key);

	for (int way = 0; way < STACK_WAYS; way++, s++)
		if (stack_is_owned(STACK_READ(s->owner), key))
			return s;
	return 0;
}

/* Take a stack, with one frame, for @owner, who has none. NULL: all are others'. */
STACK_INLINE struct stack *stack_take_any(struct tracer *t, __u64 owner)
{
	struct stack *s = stack_home(t, owner);

	if (!stack_take(s, owner))
		return s;
	__sync_fetch_and_add(&t->displaced, 1);
	for (int way = 1; way < STACK_WAYS; way++) {
		s++;
		STACK_STEP();
		if (!stack_take(s, owner)) {
			STACK_STEP();
			STACK_WRITE(s->displaced, 1);
			return s;
		}
	}
	__sync_fetch_and_add(&t->displaced, -1);
	return 0;
}

/* A call goes unrecorded; its exit will come and find nothing. */
STACK_INLINE void stack_overflow(struct tracer *t, __u32 function, __u32 counted)
{
	struct tracer_loss *loss = stack_loss(t, function);

	if (counted)
		__sync_fetch_and_add(&loss->overflowed, 1);
	__sync_fetch_and_add(&loss->astray, 1);
}

/* Bytes in use by those of @used that are callers of the call with @tag, and not left behind. */
STACK_INLINE __u64 stack_living(struct stack *s, __u64 used, __u64 tag)
{
	for (int i = 0; i < STACK_DEPTH && used; i++) {
		if (tag - stack_frame_masked(s, used)->tag >= STACK_NEAR)
			break;
		used -= STACK_FRAME;
	}
	return used;
}

/* A call begins: its frame, pushed. NULL: no room, and counted so. */
STACK_COLD struct frame *stack_enter(struct tracer *t, __u64 key, __u64 tag, __u32 function)
{
	__u32 counted = STACK_READ(t->state) == TRACER_ON;
	struct stack *s = stack_find(t, key);
	__u64 used = 0;

	STACK_STEP();
	if (s) {
		__u64 owned = stack_used(STACK_READ(s->owner), key);

		used = stack_living(s, owned & (STACK_SIZE - 1), tag);
		if (used)
			counted = !(owned & STACK_UNCOUNTED);
	}
	key |= counted ? 0 : STACK_UNCOUNTED;
	STACK_STEP();
	if (s && used < STACK_USED_MAX)
		STACK_WRITE(s->owner, key + used + STACK_FRAME);
	else
		s = s ? 0 : stack_take_any(t, key);
	if (!s) {
		stack_overflow(t, function, counted);
		return 0;
	}
	return stack_push(t, stack_frame_masked(s, used) + 1, tag, function << 1 | counted);
}

/* Give back a stack that is not its owner's home. */
STACK_COLD int stack_give_back(struct tracer *t, struct stack *s)
{
	STACK_WRITE(s->displaced, 0);
	STACK_STEP();
	__sync_lock_test_and_set(&s->owner, 0);
	STACK_STEP();
	__sync_fetch_and_add(&t->displaced, -1);
	return 0;
}

/*
 * Pop the frame @f, of the call that ended at @now, which leaves @s with the owner word @owner, or
 * free if it was the @last. @home: @s is known to be its owner's home.
 */
STACK_INLINE void stack_pop(struct tracer *t, struct stack *s, int home, int last, __u64 owner,
			    struct frame *f, __u64 now, struct call *c)
{
	__u64 total = now - STACK_READ(f->start_ns);
	__u64 child = STACK_READ(f->child_ns);

	STACK_STEP();
	STACK_WRITE(f->tag, 0);
	STACK_STEP();
	if (!last) {
		STACK_WRITE(s->owner, owner);
		STACK_STEP();
		f[-1].child_ns += total;
	} else if (!home && s->displaced) {
		stack_give_back(t, s);
	} else {
		/* with a barrier: the next owner may be on another CPU */
		__sync_lock_test_and_set(&s->owner, 0);
	}
	if (STACK_UNLIKELY(child > total))
		child = total;
	c->total_ns = total;
	c->self_ns = total - child;
}

/*
 * A call ended at @now: the ordinary case, a counted call at the top of its task's home. 1: popped,
 * and @c is filled; 0: not the ordinary case, stack_leave() knows all others.
 */
STACK_INLINE int stack_leave_quick(struct tracer *t, __u64 key, __u64 tag, __u32 function,
				   __u64 now, struct call *c)
{
	struct stack *s = stack_home(t, key);
	__u64 used = stack_used(STACK_READ(s->owner), key);
	struct frame *f;

	STACK_STEP();
	if (STACK_UNLIKELY(used > STACK_USED_MAX))
		return 0;
	f = stack_frame(s, used);
	if (STACK_UNLIKELY(f->tag != tag) || STACK_UNLIKELY(f->what != (function << 1 | 1)))
		return 0;
	stack_pop(t, s, 1, used == STACK_FRAME, key + used - STACK_FRAME, f, now, c);
	return 1;
}

/* An exit found no frame: its entry was skipped, overflowed, or came before the tracer was armed. */
STACK_INLINE void stack_stray(struct tracer *t, __u32 function)
{
	struct tracer_loss *loss = stack_loss(t, function);

	if (loss->astray > 0)
		__sync_fetch_and_add(&loss->astray, -1);
	else if (t->state == TRACER_ON)
		__sync_fetch_and_add(&loss->unmatched, 1);
}

/* A call ended at @now: pop its frame. 1: it counts, and @c is filled; 0: it does not. */
STACK_INLINE int stack_leave(struct tracer *t, __u64 key, __u64 tag, __u32 function, __u64 now,
			     struct call *c)
{
	struct stack *s = stack_find(t, key);
	__u64 used = 0;

	if (s) {
		used = stack_used(STACK_READ(s->owner), key);
		key |= used & STACK_UNCOUNTED;
		used &= STACK_SIZE - 1;
	}
	STACK_STEP();
	for (int i = 0; i < STACK_DEPTH && used; i++, used -= STACK_FRAME) {
		struct frame *f = stack_frame_masked(s, used);

		if (f->tag != tag || f->what >> 1 != function)
			continue;
		stack_pop(t, s, 0, used == STACK_FRAME, key + used - STACK_FRAME, f, now, c);
		return !(key & STACK_UNCOUNTED);
	}
	stack_stray(t, function);
	return 0;
}

#endif
