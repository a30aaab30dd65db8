/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Burning instructions by the number, in BPF. What user space asks for, and why: slow.h.
 */
#ifndef BPF_BURN_H
#define BPF_BURN_H

#include "slow.h"

/*
 * In assembly, as a compiler knows shorter ways to do nothing. From label 1 to 5,
 * %0 of at least 4 takes %0 + 2 of them: 4 for each turn of the loop, 6 for the 4 that are left, and
 * as many more as there are more.
 */
#define SLOW_BURN		\
	"1: if %0 < 8 goto 2f;"	\
	"%0 -= 4;"		\
	"goto 1b;"		\
	"2: if %0 > 5 goto 3f;"	\
	"if %0 == 4 goto 5f;"	\
	"goto 5f;"		\
	"3: %0 += 1;"		\
	"if %0 == 8 goto 4f;"	\
	"goto 5f;"		\
	"4: %0 += 1;"		\
	"%0 += 1;"		\
	"5:"

static long slow_turn(__u32 i, void *ctx)
{
	__u64 n = SLOW_TURN - SLOW_TURN_FIXED;

	asm volatile(SLOW_BURN : "+r"(n));
	return 0;
}

/* @many and SLOW_MANY_FIXED, with the call of a function that does nothing else. */
static __always_inline void slow_burn_many(__u32 many)
{
	__u64 n = many % SLOW_TURN + SLOW_BURN_MIN;

	bpf_loop(many / SLOW_TURN, slow_turn, 0, 0);
	asm volatile(SLOW_BURN : "+r"(n));
}

#endif
