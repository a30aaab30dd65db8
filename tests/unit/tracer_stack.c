// SPDX-License-Identifier: GPL-2.0
/*
 * The tracer's pairing (bpf/stack.h), driven call by call on simulated tasks, with interrupts and
 * other CPUs coming in at every step of it.
 */
#include <pthread.h>

#include "kselftest_harness.h"

static void step(void);
#define STACK_STEP() step()
#include "stack.h"

enum { FUNCTIONS = 6, TASKS = 12, HOMES = 128 };	/* that the tasks use */
enum skip { NOTHING = 0, ENTRY = 1, EXIT = 2 };	/* by the kernel's recursion guard */

struct task {
	__u64 address, sp;	/* its task_struct, its kernel stack */
};

static struct tracer tracer;
static struct task tasks[TASKS], *current;
static __u64 clock_ns;

/* What happened, and what the tracer said of it. */
static struct account {
	__u64 calls, missed, counted, wrong_pairs, total_ns, self_ns;
} truth[FUNCTIONS];

/* At step @at, once, @run comes in between. */
static struct {
	int steps, at;
	void (*run)(void);
} hook;

static void step(void)
{
	void (*run)(void) = hook.run;

	if (!run || hook.steps++ != hook.at)
		return;
	hook.run = NULL;
	run();
}

static void reset(void)
{
	memset(&tracer, 0, sizeof(tracer));
	memset(truth, 0, sizeof(truth));
	memset(&hook, 0, sizeof(hook));
	clock_ns = 1000;
	tracer.state = TRACER_ON;
	/* the first six have the same home, the next three the one behind it, the rest their own */
	for (int i = 0; i < TASKS; i++) {
		__u64 home = i < 6 ? 7 : i < 9 ? 8 : 100 + i;

		tasks[i].address = 0xffff888000000000 + ((__u64)i << 24) + (home << 12) + 64 * i;
		tasks[i].sp = 0x100000 * (i + 1);
	}
	current = &tasks[0];
}

static void push(struct task *task, __u64 tag, __u32 function)
{
	__u64 key = stack_key(task->address);
	struct frame *f;

	if (STACK_READ(tracer.state) != TRACER_ON ||
	    !stack_enter_quick(&tracer, key, tag, function, &f))
		f = stack_enter(&tracer, key, tag, function);
	if (!f)
		return;
	STACK_STEP();
	STACK_WRITE(f->start_ns, clock_ns);
	STACK_STEP();
	STACK_WRITE(f->child_ns, 0);
	STACK_STEP();
}

static int pop(struct task *task, __u64 tag, __u32 function, struct call *c)
{
	__u64 key = stack_key(task->address), now = clock_ns;

	STACK_STEP();
	return stack_leave_quick(&tracer, key, tag, function, now, c) ||
	       stack_leave(&tracer, key, tag, function, now, c);
}

/* A call of @function by the current task, taking @ns before and after what @inside does. */
static void call(__u32 function, enum skip skip, __u64 ns, void (*inside)(void))
{
	struct task *task = current;
	struct account *a = &truth[function];
	__u64 tag, began;
	struct call c;

	task->sp -= 128;
	tag = task->sp;
	a->calls++;
	if (skip & ENTRY)
		a->missed++;
	else
		push(task, tag, function);
	began = clock_ns;
	clock_ns += ns;
	if (inside)
		inside();
	clock_ns += ns;
	if (!(skip & EXIT) && pop(task, tag, function, &c)) {
		a->counted++;
		a->total_ns += c.total_ns;
		a->self_ns += c.self_ns;
		/* an interrupt beside the clock makes it a little off, never another call's */
		if (skip & ENTRY || c.total_ns < 2 * ns || c.total_ns > clock_ns - began + 1000)
			a->wrong_pairs++;
	}
	task->sp += 128;
}

static __u64 left_behind(__u32 function)
{
	__u64 n = 0;

	for (int s = 0; s < HOMES; s++)
		for (int i = 0; i < STACK_DEPTH; i++)
			n += tracer.stacks[s].frames[i].tag &&
			     tracer.stacks[s].frames[i].what == (function << 1 | 1);
	return n;
}

static int stacks_owned(void)
{
	int n = 0;

	for (int s = 0; s < HOMES; s++)
		n += tracer.stacks[s].owner != 0;
	return n;
}

static __u64 lost(__u32 function)
{
	return tracer.loss[function].orphaned + tracer.loss[function].overflowed +
	       truth[function].missed + left_behind(function);
}

/* Every call is counted or lost, none twice and none as another. 0: so it is. */
static int accounts_differ(void)
{
	for (__u32 f = 0; f < FUNCTIONS; f++) {
		if (truth[f].wrong_pairs || truth[f].self_ns > truth[f].total_ns ||
		    truth[f].calls != truth[f].counted + lost(f))
			return f + 1;
	}
	return 0;
}

static void call_1(void) { call(1, NOTHING, 10, NULL); }
static void call_1_twice(void) { call_1(); call_1(); }
static void call_2_in_1(void) { call(1, NOTHING, 10, call_1); }

TEST(nested_calls_and_self_time)
{
	reset();
	call(0, NOTHING, 100, call_1_twice);
	EXPECT_EQ(truth[0].counted, 1);
	EXPECT_EQ(truth[0].total_ns, 240);
	EXPECT_EQ(truth[0].self_ns, 200);
	EXPECT_EQ(truth[1].counted, 2);
	EXPECT_EQ(truth[1].self_ns, 40);
	EXPECT_EQ(stacks_owned(), 0);
	EXPECT_EQ(accounts_differ(), 0);
}

TEST(a_function_within_itself)
{
	reset();
	call(1, NOTHING, 100, call_2_in_1);
	EXPECT_EQ(truth[1].counted, 3);
	EXPECT_EQ(truth[1].total_ns, 240 + 40 + 20);
	EXPECT_EQ(truth[1].self_ns, 240);
}

static void call_1_without_entry(void) { call(1, ENTRY, 10, NULL); }
static void call_1_without_exit(void) { call(1, EXIT, 10, NULL); }
static void call_1_unseen(void) { call(1, ENTRY | EXIT, 10, NULL); }

TEST(skipped_entry)
{
	reset();
	call(0, NOTHING, 100, call_1_without_entry);
	EXPECT_EQ(truth[0].counted, 1);
	EXPECT_EQ(truth[1].counted, 0);
	EXPECT_EQ(tracer.loss[1].unmatched, 1);
	EXPECT_EQ(truth[0].self_ns, 220);	/* nobody saw the time inside */
	EXPECT_EQ(accounts_differ(), 0);
}

TEST(skipped_exit)
{
	reset();
	call(0, NOTHING, 100, call_1_without_exit);
	EXPECT_EQ(truth[0].counted, 1);
	EXPECT_EQ(stacks_owned(), 0);
	EXPECT_EQ(left_behind(1), 1);
	call(0, NOTHING, 100, call_1);		/* takes the orphan's frame */
	EXPECT_EQ(left_behind(1), 0);
	EXPECT_EQ(tracer.loss[1].orphaned, 1);
	EXPECT_EQ(truth[1].counted, 1);
	EXPECT_EQ(tracer.loss[0].unmatched + tracer.loss[1].unmatched, 0);
	EXPECT_EQ(accounts_differ(), 0);
}

/* An outermost call's orphan stays at the bottom: whatever comes next must not become its child. */
TEST(orphan_at_the_bottom)
{
	for (int depth = 0; depth < 3; depth++) {
		reset();
		tasks[0].sp -= 256;
		call_1_without_exit();
		tasks[0].sp += 256 - 128 * depth;
		tracer.state = TRACER_FOLLOW;
		call(0, NOTHING, 10, call_1);
		/* only what lies below the orphan looks like its child, and is counted as one */
		EXPECT_EQ(truth[0].counted, 0);
		EXPECT_EQ(tracer.loss[1].orphaned, 1);
		EXPECT_EQ(stacks_owned(), 0);
	}
}

static int deep;

static void call_deeper(void)
{
	if (--deep > 0)
		call(2, NOTHING, 10, call_deeper);
}

TEST(nested_too_deep)
{
	reset();
	deep = 20;
	call(2, NOTHING, 10, call_deeper);
	EXPECT_EQ(truth[2].calls, 20);
	EXPECT_EQ(truth[2].counted, STACK_DEPTH);
	EXPECT_EQ(tracer.loss[2].overflowed, 20 - STACK_DEPTH);
	EXPECT_EQ(tracer.loss[2].unmatched, 0);
	EXPECT_EQ(tracer.loss[2].astray, 0);
	EXPECT_EQ(stacks_owned(), 0);
	EXPECT_EQ(accounts_differ(), 0);
}

/* Each task with the same home calls, and within that call the next one does. */
static void call_as_next_task(void)
{
	struct task *task = current;

	call_1();
	if (++current < &tasks[6])
		call(3, NOTHING, 10, call_as_next_task);
	current = task;
	call_1();
}

TEST(tasks_that_collide)
{
	reset();
	call(3, NOTHING, 10, call_as_next_task);
	EXPECT_EQ(truth[3].calls, 6);
	EXPECT_EQ(truth[3].counted, STACK_WAYS);
	EXPECT_EQ(tracer.loss[3].overflowed, 2);
	EXPECT_EQ(tracer.loss[1].overflowed, 4);	/* two calls in each of those two */
	EXPECT_EQ(truth[1].counted, 8);
	EXPECT_EQ(tracer.loss[1].unmatched + tracer.loss[3].unmatched, 0);
	EXPECT_EQ(tracer.displaced, 0);
	EXPECT_EQ(stacks_owned(), 0);
	EXPECT_EQ(accounts_differ(), 0);
}

/* A displaced task stays where it is when its home becomes free. */
TEST(home_becomes_free)
{
	struct call c;

	reset();
	push(&tasks[0], 1000, 0);
	push(&tasks[1], 200000, 1);
	EXPECT_EQ(tracer.displaced, 1);
	EXPECT_EQ(pop(&tasks[0], 1000, 0, &c), 1);
	push(&tasks[1], 100000, 2);
	clock_ns += 50;
	EXPECT_EQ(pop(&tasks[1], 100000, 2, &c), 1);
	EXPECT_EQ(stacks_owned(), 1);
	EXPECT_EQ(pop(&tasks[1], 200000, 1, &c), 1);
	EXPECT_EQ(c.total_ns, 50);
	EXPECT_EQ(c.self_ns, 0);
	EXPECT_EQ(stacks_owned(), 0);
	EXPECT_EQ(tracer.displaced, 0);
}

static void call_1_then_open_window(void)
{
	call_1();
	tracer.state = TRACER_ON;
	call_1();
}

static void call_1_then_close_window(void)
{
	call_1();
	tracer.state = TRACER_FOLLOW;
	call_1();
}

TEST(window_opens_and_closes_within_a_call)
{
	reset();
	tracer.state = TRACER_FOLLOW;
	call_1_without_entry();
	call(0, NOTHING, 10, call_1_then_open_window);
	EXPECT_EQ(truth[0].counted + truth[1].counted, 0);	/* its children neither */
	EXPECT_EQ(tracer.loss[1].unmatched, 0);
	call(0, NOTHING, 10, call_1_then_close_window);
	EXPECT_EQ(truth[0].counted, 1);
	EXPECT_EQ(truth[1].counted, 2);
	call(0, NOTHING, 10, call_1);
	EXPECT_EQ(truth[0].counted, 1);
	EXPECT_EQ(truth[1].counted, 2);
	call_1_without_entry();
	EXPECT_EQ(tracer.loss[1].unmatched, 0);
	EXPECT_EQ(stacks_owned(), 0);
}

/* An interrupt, on a stack of its own: calls 1 within 4, or what the variant says. */
static void (*interrupt_inside)(void);
static enum skip interrupt_skip;

static void interrupt(void)
{
	__u64 sp = current->sp;

	current->sp = 0x9000000;
	call(4, interrupt_skip, 5, interrupt_inside);
	current->sp = sp;
}

/* The same work on another CPU, by a task that wants the same stacks. */
static void other_cpu(void)
{
	struct task *task = current;

	current = task == &tasks[1] ? &tasks[2] : &tasks[1];
	call(5, NOTHING, 5, call_1);
	current = task;
}

static void workload(void)
{
	struct task *task = current;

	call(0, NOTHING, 100, call_1_twice);
	current = &tasks[1];			/* displaced while task 0 is inside */
	call(0, NOTHING, 100, call_1);
	current = task;
}

static void workload_within_a_call(void)
{
	call(3, NOTHING, 10, workload);
}

/* Run @work with @run coming in at each of its steps in turn. The number of steps; -1: it failed. */
static int at_every_step(void (*work)(void), void (*run)(void))
{
	for (int at = 0;; at++) {
		reset();
		hook.at = at;
		hook.run = run;
		work();
		if (hook.run)
			return at;
		if (accounts_differ()) {
			printf("# step %d: function %d differs\n", at, accounts_differ() - 1);
			return -1;
		}
		work();				/* what was left behind does no harm either */
		if (accounts_differ()) {
			printf("# after step %d: function %d differs\n", at, accounts_differ() - 1);
			return -1;
		}
	}
}

TEST(interrupt_at_every_step)
{
	void (*const inside[])(void) = {
		NULL, call_1, call_1_twice, call_1_without_entry, call_1_without_exit, call_1_unseen,
		other_cpu,
	};

	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
		for (int skip = NOTHING; skip <= (ENTRY | EXIT); skip++) {
			interrupt_inside = inside[i];
			interrupt_skip = skip;
			EXPECT_GT(at_every_step(workload, interrupt), 30);
			EXPECT_GT(at_every_step(workload_within_a_call, interrupt), 30);
		}
	}
}

TEST(balanced_interrupt_loses_nothing)
{
	int at = 0;

	interrupt_inside = call_1;
	interrupt_skip = NOTHING;
	do {
		reset();
		hook.at = at++;
		hook.run = interrupt;
		workload_within_a_call();
		for (__u32 f = 0; f < FUNCTIONS; f++)
			ASSERT_EQ(truth[f].counted, truth[f].calls);
		ASSERT_EQ(stacks_owned(), 0);
		ASSERT_EQ(tracer.displaced, 0);
	} while (!hook.run);
}

TEST(other_cpu_at_every_step)
{
	EXPECT_GT(at_every_step(workload, other_cpu), 30);
	EXPECT_GT(at_every_step(workload_within_a_call, other_cpu), 30);
}

static void other_cpu_sleeps(void)
{
	push(&tasks[2], tasks[2].sp - 128, 5);
}

TEST(other_cpu_sleeps_from_every_step_on)
{
	struct call c;
	int at = 0;

	do {
		reset();
		hook.at = at++;
		hook.run = other_cpu_sleeps;
		workload_within_a_call();
		for (__u32 f = 0; f < FUNCTIONS; f++)
			ASSERT_EQ(truth[f].counted, truth[f].calls);
		if (!hook.run)
			ASSERT_EQ(pop(&tasks[2], tasks[2].sp - 128, 5, &c), 1);
		ASSERT_EQ(stacks_owned(), 0);
		ASSERT_EQ(tracer.displaced, 0);
	} while (!hook.run);
}

/* Calls nested and skipped at random, of random tasks, with interrupts anywhere. */
static unsigned int dice;
static int budget;
static enum skip skips;

static void at_random(void)
{
	struct task *task = current;

	for (int n = rand_r(&dice) % 4; n > 0 && --budget > 0; n--) {
		hook.run = rand_r(&dice) % 2 ? interrupt : other_cpu;
		hook.at = hook.steps + rand_r(&dice) % 40;
		if (rand_r(&dice) % 8 == 0)
			current = &tasks[6 + rand_r(&dice) % (TASKS - 6)];
		call(rand_r(&dice) % FUNCTIONS, rand_r(&dice) % 16 ? NOTHING : skips,
		     1 + rand_r(&dice) % 50, rand_r(&dice) % 3 ? at_random : NULL);
		current = task;
	}
}

TEST(anything_at_random)
{
	__u64 counted = 0;

	interrupt_inside = call_1;
	interrupt_skip = NOTHING;
	for (int round = 0; round < 300; round++) {
		reset();
		dice = round;
		skips = round % 3;		/* none, entries or exits */
		for (budget = 400; budget > 0; at_random())
			;
		ASSERT_EQ(accounts_differ(), 0)
			TH_LOG("function %d differs", accounts_differ() - 1);
		for (__u32 f = 0; f < FUNCTIONS; f++)
			counted += truth[f].counted;
	}
	EXPECT_GT(counted, 50000);
}

/* For real: threads as tasks with one home, on as many CPUs as there are. */
static void *hammer(void *arg)
{
	struct task *task = arg;
	__u64 wrong = 0;
	struct call c;

	for (int i = 0; i < 200000; i++) {
		__u64 tag = task->sp - i % 7 * 128;

		push(task, tag, 0);
		push(task, tag - 64, 1);
		pop(task, tag - 64, 1, &c);
		wrong += !pop(task, tag, 0, &c);
	}
	return (void *)wrong;
}

TEST(threads)
{
	pthread_t threads[STACK_WAYS];
	void *wrong;

	reset();
	for (int i = 0; i < STACK_WAYS; i++)
		ASSERT_EQ(pthread_create(&threads[i], NULL, hammer, &tasks[i]), 0);
	for (int i = 0; i < STACK_WAYS; i++) {
		ASSERT_EQ(pthread_join(threads[i], &wrong), 0);
		EXPECT_EQ(wrong, NULL);
	}
	EXPECT_EQ(tracer.displaced, 0);
	EXPECT_EQ(stacks_owned(), 0);
	for (int f = 0; f < 2; f++)
		EXPECT_EQ(tracer.loss[f].orphaned + tracer.loss[f].unmatched +
			  tracer.loss[f].overflowed, 0);
}

TEST_HARNESS_MAIN
