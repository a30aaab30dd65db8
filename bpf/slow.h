/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a traced function is slowed down by a number of instructions, on purpose and as exactly as
 * can be: the machine's clock may count instructions, and then a test of a tolerance needs steps
 * that are finer than it. User space looks up what the tracer shall do, the tracer does it; this is
 * what both share, and what tests look at.
 *
 * The tracer finds a code in one byte, in the path that every call takes anyway:
 *
 *	0	nothing
 *	1	SLOW_MANY: go by the other, 32 bits wide number
 *	2, 3	tests that lead nowhere: 4 and 6 instructions
 *	4..255	a loop: that many and 4
 *
 * so that each number from 8 on can be burnt to the last instruction, and of those below 4 and 6.
 * Counted are x86's: the kernel makes two of a conditional jump, and one of each other instruction.
 */
#ifndef BPF_SLOW_H
#define BPF_SLOW_H

#include <linux/types.h>

enum {
	SLOW_MANY = 1,
	SLOW_FOUR = 2,
	SLOW_SIX = 3,
	SLOW_BURN_MIN = 4,		/* the least that the loop takes, */
	SLOW_BURN_FIXED = 4,		/* and what it and the way to it add */
	SLOW_FEW_MAX = 255 + SLOW_BURN_FIXED,
	/*
	 * Many: whole turns of the kernel's bpf_loop(), and our loop for the rest. What a turn and
	 * the way there cost was measured on the counted clock, with kernel 6.12.
	 */
	SLOW_TURN = 256,
	SLOW_TURN_FIXED = 16,		/* of a turn, all but what our loop in it is asked for */
	SLOW_MANY_FIXED = 57,
	SLOW_MAX = 10000000,		/* 20 ms on the counted clock */
};

struct slow {
	__u8 code;
	__u32 many;
};

/* What makes a call longer by @n instructions, at most SLOW_MAX; 0 for none. */
static inline __attribute__((unused)) struct slow slow_of(__u32 n)
{
	if (!n)
		return (struct slow) { 0, 0 };
	if (n <= 4)
		return (struct slow) { SLOW_FOUR, 0 };
	if (n <= 6)
		return (struct slow) { SLOW_SIX, 0 };
	if (n <= SLOW_BURN_MIN + SLOW_BURN_FIXED)
		return (struct slow) { SLOW_BURN_MIN, 0 };
	if (n <= SLOW_FEW_MAX)
		return (struct slow) { n - SLOW_BURN_FIXED, 0 };
	return (struct slow) { SLOW_MANY, n - SLOW_MANY_FIXED };
}

#endif
