/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Log-linear histogram buckets: pure index math, the same for the tracer (BPF), for whoever reads
 * its histograms, and for the tests.
 *
 * With S sub-bucket bits a value v < 2^S has bucket v of its own. Above, e = floor(log2(v)) - S
 * and the bucket is (e << S) + (v >> e): every power of two is cut into 2^S equal buckets, none
 * wider than 2^-S of its values. Values of 2^32 and above share the last bucket.
 */
#ifndef BPF_LOGLIN_H
#define BPF_LOGLIN_H

#include <linux/types.h>

#define LOGLIN_BITS	6	/* a bucket is at most 1.6 % wide */
#define LOGLIN_SLOTS_S(s)	((33 - (s)) << (s))
#define LOGLIN_SLOTS	LOGLIN_SLOTS_S(LOGLIN_BITS)	/* 1728 */

#define LOGLIN_INLINE	static inline __attribute__((always_inline, unused))

/* How many bits 0..511 have: 1 + floor(log2(i)). BPF has no instruction that counts them. */
static const unsigned char loglin_bits[512] = {
#define R4(x)	x, x, x, x
#define R16(x)	R4(x), R4(x), R4(x), R4(x)
#define R64(x)	R16(x), R16(x), R16(x), R16(x)
	0, 1, 2, 2, R4(3), R4(4), R4(4), R16(5), R16(6), R16(6), R64(7), R64(8), R64(8),
	R64(9), R64(9), R64(9), R64(9)
#undef R64
#undef R16
#undef R4
};

LOGLIN_INLINE __u32 loglin_nr_bits(__u32 i)
{
	asm("" : "+r"(i));	/* or the compiler drops the mask, which the BPF verifier needs */
	return loglin_bits[i & 511];
}

/* For @s sub-bucket bits, 4 to 16; a constant, for the sake of speed. */
LOGLIN_INLINE __u32 loglin_index_s(__u64 value, __u32 s)
{
	__u32 v = value, e;

	/* e = the bits of v beyond s + 1, of which the table does nine at a time */
	if (value < 1ull << (s + 10)) {
		e = loglin_nr_bits(v >> (s + 1));
	} else if (value >> 32) {
		return LOGLIN_SLOTS_S(s) - 1;
	} else if (v < 1ull << (s + 19)) {
		e = 9 + loglin_nr_bits(v >> (s + 10));
	} else {
		e = 18 + loglin_nr_bits(v >> (s + 19));
	}
	return (e << s) + (v >> e);
}

LOGLIN_INLINE __u64 loglin_low_s(__u32 index, __u32 s)
{
	if (index < 2u << s)
		return index;
	return (__u64)((1u << s) + (index & ((1u << s) - 1))) << ((index >> s) - 1);
}

LOGLIN_INLINE __u64 loglin_high_s(__u32 index, __u32 s)
{
	if (index < 2u << s)
		return index;
	return loglin_low_s(index, s) + (1ull << ((index >> s) - 1)) - 1;
}

/* Bucket of @value, ns, below LOGLIN_SLOTS. */
LOGLIN_INLINE __u32 loglin_index(__u64 value)
{
	return loglin_index_s(value, LOGLIN_BITS);
}

/* Lowest value in bucket @index, which is below LOGLIN_SLOTS. */
LOGLIN_INLINE __u64 loglin_low(__u32 index)
{
	return loglin_low_s(index, LOGLIN_BITS);
}

/*
 * Highest value in bucket @index, which is below LOGLIN_SLOTS. The last bucket also holds what
 * exceeds 32 bits.
 */
LOGLIN_INLINE __u64 loglin_high(__u32 index)
{
	return loglin_high_s(index, LOGLIN_BITS);
}

#endif
