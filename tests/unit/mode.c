// SPDX-License-Identifier: GPL-2.0
/* Capability registers, VT-d's with values that QEMU's emulations of them gave. */
#include "kselftest_harness.h"

#include "agent/mode.h"

TEST(legacy)
{
	struct record_mode m = { 0 };

	mode_decode_vtd(0x80d2008c222f0606, 0xf00f4a, &m);
	EXPECT_TRUE(m.has_capabilities);
	EXPECT_FALSE(m.caching_mode);
	EXPECT_FALSE(m.scalable_mode);
	EXPECT_FALSE(m.first_stage);
}

TEST(each_bit_alone)
{
	struct record_mode m = { 0 };

	mode_decode_vtd(1ull << 7, 0, &m);
	EXPECT_TRUE(m.caching_mode);
	EXPECT_FALSE(m.scalable_mode || m.first_stage);
	mode_decode_vtd(0, 1ull << 43, &m);
	EXPECT_TRUE(m.scalable_mode);
	EXPECT_FALSE(m.caching_mode || m.first_stage);
	mode_decode_vtd(0, 1ull << 47, &m);
	EXPECT_TRUE(m.first_stage);
	EXPECT_FALSE(m.caching_mode || m.scalable_mode);
}

/* As QEMU's amd-iommu has it, and the same without NpCache. */
TEST(amd)
{
	EXPECT_TRUE(mode_is_caching_amd("1f03000f"));
	EXPECT_FALSE(mode_is_caching_amd("1b03000f"));
	EXPECT_FALSE(mode_is_caching_amd(""));
}

TEST_HARNESS_MAIN
