// SPDX-License-Identifier: GPL-2.0
/* VT-d's latency statistics in debugfs. */
#include <errno.h>

#include "kselftest_harness.h"

#include "agent/dmar_latency.h"
#include "util/file.h"

FIXTURE(latency)
{
	char root[32], path[128];
	struct record *r;
	struct dmar_latency *l;
	struct err e;
};

FIXTURE_SETUP(latency)
{
	strcpy(self->root, "/tmp/latency-test.XXXXXX");
	ASSERT_NE(mkdtemp(self->root), NULL);
	snprintf(self->path, sizeof(self->path), "%s/sys/kernel/debug/iommu/intel", self->root);
	ASSERT_EQ(file_make_folders(self->path, &self->e), 0);
	strcat(self->path, "/dmar_perf_latency");
	self->r = record_new();
}

FIXTURE_TEARDOWN(latency)
{
	char command[64];

	record_free(self->r);
	snprintf(command, sizeof(command), "rm -rf %s", self->root);
	EXPECT_EQ(system(command), 0);
}

/* What the record says after a window in which the file holds @text; NULL: there is no file. */
static const char *measure(FIXTURE_DATA(latency) *self, const char *text)
{
	if (text && file_write_atomic(self->path, text, strlen(text), &self->e))
		abort();
	if (dmar_latency_open(self->root, &self->l))
		abort();
	dmar_latency_on(self->l);
	dmar_latency_off(self->l);
	if (dmar_latency_fill(self->l, self->r))
		abort();
	dmar_latency_close(self->l);
	return self->r->nr_absent ? self->r->absent[0].reason : "";
}

TEST_F(latency, not_there)
{
	EXPECT_NE(strstr(measure(self, NULL), "No such file"), NULL);
	EXPECT_STREQ(self->r->absent[0].field, "counters.dmar_perf_latency");
}

TEST_F(latency, malformed)
{
	EXPECT_NE(strstr(measure(self, "IOMMU: dmar0\n inv_iotlb 1 2\n"), "is no line of it"),
		  NULL);
}

/* A plain file shows no kind after the command that should have switched it on. */
TEST_F(latency, not_switched_on)
{
	EXPECT_NE(strstr(measure(self, "    <0.1us\n"), "cannot be switched on"), NULL);
}

/* Somebody else's measurement is left alone. */
TEST_F(latency, in_use)
{
	static const char text[] = "IOMMU: dmar0 x\n inv_iotlb 1 2 3 4 5 6 7 8 9 10\n";
	char *after;
	size_t len;

	EXPECT_NE(strstr(measure(self, text), "somebody else has switched it on"), NULL);
	ASSERT_EQ(file_read(self->path, &after, &len, &self->e), 0);
	EXPECT_STREQ(after, text);
	free(after);
}

TEST(latency_parsed)
{
	static const char text[] =
		"IOMMU: dmar0 Register Base Address: d37fc000\n"
		"                  <0.1us   0.1us-1us    1us-10us  10us-100us   100us-1ms"
		"    1ms-10ms      >=10ms     min(us)     max(us) average(us)\n"
		"   inv_iotlb           1           2           3           0           0"
		"           0           4           0          13           2\n"
		"     inv_iec           0           0           0           0           0"
		"           0           0           0           0           0\n"
		"IOMMU: dmar1 Register Base Address: f3bfc000\n"
		"   inv_iotlb           7           0           0           0           0"
		"           0           0           0           0           0";
	static const char *const wrong[] = {
		"inv_iotlb 1 2 3 4 5 6 7 8 9 10\n", "IOMMU: dmar0\n inv_iotlb 1 2 3\n",
		"IOMMU: dmar0\n inv_iotlb 1 2 3 4 5 6 x\n",
		"IOMMU: dmar0\n inv_iotlb 1 2 3 4 5 6 -7\n", "IOMMU: \n",
		"IOMMU: dmar0\n inv_iotlb 18446744073709551615 1 0 0 0 0 0\n",
		"IOMMU: dmar0\n a_kind_of_a_long_name 1 2 3 4 5 6 7\n",
	};
	struct dmar_latencies l;
	struct err e;

	ASSERT_EQ(dmar_latency_parse(text, sizeof(text) - 1, &l, &e), 0);
	ASSERT_EQ(l.n, 3);
	EXPECT_STREQ(l.list[0].device, "dmar0");
	EXPECT_STREQ(l.list[0].kind, "inv_iotlb");
	EXPECT_EQ(l.list[0].count, 10);
	EXPECT_STREQ(l.list[1].kind, "inv_iec");
	EXPECT_EQ(l.list[1].count, 0);
	EXPECT_STREQ(l.list[2].device, "dmar1");
	EXPECT_EQ(l.list[2].count, 7);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		EXPECT_EQ(dmar_latency_parse(wrong[i], strlen(wrong[i]), &l, &e), -EINVAL)
			TH_LOG("'%s' was taken", wrong[i]);
	}
	EXPECT_EQ(dmar_latency_parse("IOMMU: d\0mar0\n", 14, &l, &e), -EINVAL);
	EXPECT_EQ(dmar_latency_parse("", 0, &l, &e), 0);
}

TEST_HARNESS_MAIN
