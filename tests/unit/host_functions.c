// SPDX-License-Identifier: GPL-2.0
/* Of the functions that a run over two levels traces, those of each level. */
#include <errno.h>
#include <string.h>

#include "kselftest_harness.h"

#include "agent/host_functions.h"

TEST(sets)
{
	char host[HOST_FUNCTIONS_MAX], guest[HOST_FUNCTIONS_MAX];
	struct err e;

	ASSERT_EQ(host_functions_part("all", host, guest, &e), 0);
	EXPECT_STREQ(guest, "all");
	EXPECT_NE(strstr(host, "kvm_arch_vcpu_ioctl_run,"), NULL);
	EXPECT_NE(strstr(host, ",__iommu_map,"), NULL);
	EXPECT_EQ(strstr(host, "host:"), NULL);
	ASSERT_EQ(host_functions_part("none", host, guest, &e), 0);
	EXPECT_STREQ(guest, "none");
	EXPECT_STREQ(host, "none");
}

TEST(names)
{
	static const struct { const char *set, *host, *guest; } known[] = {
		{ "iommu_map", "none", "iommu_map" },
		{ "host:iommu_map", "iommu_map", "none" },
		{ "a,host:b,c,host:d", "b,d", "a,c" },
		{ "host:a,host:b", "a,b", "none" },
		{ "host:a,all", "a", "all" },
		{ "ghost:a", "none", "ghost:a" },
	};
	char host[HOST_FUNCTIONS_MAX], guest[HOST_FUNCTIONS_MAX];
	struct err e;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		ASSERT_EQ(host_functions_part(known[i].set, host, guest, &e), 0);
		EXPECT_STREQ(host, known[i].host);
		EXPECT_STREQ(guest, known[i].guest);
	}
}

/* A list that is too long is refused, not cut; the longest that fits is whole. */
TEST(too_long)
{
	char set[HOST_FUNCTIONS_MAX + 16], host[HOST_FUNCTIONS_MAX], guest[HOST_FUNCTIONS_MAX];
	struct err e = { "" };

	memset(set, 'f', sizeof(set));
	set[HOST_FUNCTIONS_MAX - 2] = '\0';
	ASSERT_EQ(host_functions_part(set, host, guest, &e), 0);
	EXPECT_STREQ(guest, set);
	set[HOST_FUNCTIONS_MAX - 2] = 'f';
	set[HOST_FUNCTIONS_MAX] = '\0';
	EXPECT_EQ(host_functions_part(set, host, guest, &e), -E2BIG);
	EXPECT_NE(e.text[0], '\0');
	/* nor many that are short */
	set[HOST_FUNCTIONS_MAX + 1] = '\0';
	set[HOST_FUNCTIONS_MAX] = 'f';
	for (int i = 1; i < HOST_FUNCTIONS_MAX; i += 2)
		set[i] = ',';
	EXPECT_EQ(host_functions_part(set, host, guest, &e), -E2BIG);
	memset(set, 'f', sizeof(set));
	memcpy(set, "host:", 5);
	set[HOST_FUNCTIONS_MAX + 8] = '\0';
	EXPECT_EQ(host_functions_part(set, host, guest, &e), -E2BIG);
}

TEST_HARNESS_MAIN
