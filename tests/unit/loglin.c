// SPDX-License-Identifier: GPL-2.0
#include "kselftest_harness.h"
#include "loglin.h"

/* Worked out by hand for four sub-bucket bits. */
TEST(known_buckets)
{
	static const struct {
		__u64 value;
		__u32 index;
		__u64 low, high;
	} known[] = {
		{ 0, 0, 0, 0 }, { 15, 15, 15, 15 }, { 16, 16, 16, 16 }, { 31, 31, 31, 31 },
		{ 32, 32, 32, 33 }, { 33, 32, 32, 33 }, { 34, 33, 34, 35 }, { 63, 47, 62, 63 },
		{ 64, 48, 64, 67 }, { 100, 57, 100, 103 }, { 1000, 111, 992, 1023 },
		{ 1024, 112, 1024, 1087 }, { 4095, 143, 3968, 4095 },
		{ 65535, 207, 63488, 65535 }, { 1000000, 270, 983040, 1015807 },
		{ 1000000000, 429, 973078528, 1006632959 },
		{ 4294967295, 463, 4160749568, 4294967295 },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		EXPECT_EQ(loglin_index_s(known[i].value, 4), known[i].index);
		EXPECT_EQ(loglin_low_s(known[i].index, 4), known[i].low);
		EXPECT_EQ(loglin_high_s(known[i].index, 4), known[i].high);
	}
	EXPECT_EQ(LOGLIN_SLOTS_S(4), 464);
	EXPECT_EQ(LOGLIN_SLOTS, 1728);
}

/* Buckets follow each other without a gap, and hold just what they say. */
TEST(buckets_tile_the_range)
{
	__u64 next = 0;
	__u32 i;

	for (i = 0; i < LOGLIN_SLOTS; i++) {
		ASSERT_EQ(loglin_low(i), next);
		ASSERT_EQ(loglin_index(loglin_low(i)), i);
		ASSERT_EQ(loglin_index(loglin_high(i)), i);
		next = loglin_high(i) + 1;
	}
	EXPECT_EQ(next, 1ull << 32);
}

TEST(width_is_at_most_a_sixty_fourth)
{
	for (__u32 i = 64; i < LOGLIN_SLOTS; i++)
		ASSERT_LE((loglin_high(i) - loglin_low(i) + 1) * 64, loglin_low(i) + 63);
}

TEST(beyond_32_bits)
{
	EXPECT_EQ(loglin_index(1ull << 32), LOGLIN_SLOTS - 1);
	EXPECT_EQ(loglin_index(~0ull), LOGLIN_SLOTS - 1);
	EXPECT_EQ(loglin_index((1ull << 40) + 5), LOGLIN_SLOTS - 1);
}

TEST_HARNESS_MAIN
