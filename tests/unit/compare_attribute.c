// SPDX-License-Identifier: GPL-2.0
/* Over two levels: what the host takes longer is not the guest's that waits for it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"

#include "judge/attribution.h"
#include "judge/compare_parts.h"

enum { FUNCTIONS = 8, RUNS = 3 };

static const char *const functions[FUNCTIONS] = {
	"__iommu_map", "__iommu_unmap", "qi_submit_sync", "host:vfio_iommu_type1_ioctl",
	"host:kvm_arch_vcpu_ioctl_run", "host:__iommu_map", "host:__iommu_unmap",
	"host:qi_submit_sync",
};

/* The guest takes 10000 ns a page: 500 to map, 500 to unmap, and the rest to wait. */
static const double base_ns[FUNCTIONS] = { 500, 500, 9000, 2000, 8000, 300, 300, 300 };

FIXTURE(attributed)
{
	struct compare_scenario s;
	struct compare_metric list[FUNCTIONS + 2];
	double values[FUNCTIONS + 2][SIDES][RUNS];
	char text[300];
};

static void set_runs(FIXTURE_DATA(attributed) *self, int at, size_t runs)
{
	struct compare_metric *m = &self->list[at];

	for (int side = 0; side < SIDES; side++) {
		m->values[side] = self->values[at][side];
		m->n[side] = runs;
	}
}

FIXTURE_SETUP(attributed)
{
	struct err e;

	memset(&self->s, 0, sizeof(self->s));
	memset(self->list, 0, sizeof(self->list));
	ASSERT_EQ(scenario_parse("strict-shadow-4flows", &self->s.scenario, &e), 0);
	self->s.list = self->list;
	self->s.nr_metrics = FUNCTIONS;
	for (int i = 0; i < FUNCTIONS; i++) {
		snprintf(self->list[i].metric.name, sizeof(self->list[i].metric.name),
			 "%s.self_ns_per_page", functions[i]);
		self->list[i].decision.base = self->list[i].decision.test = base_ns[i];
		set_runs(self, i, 1);
		for (int k = 0; k < RUNS; k++)
			self->values[i][SIDE_BASE][k] = self->values[i][SIDE_TEST][k] = base_ns[i];
	}
}

FIXTURE_TEARDOWN(attributed)
{
}

static int index_of(const char *name)
{
	for (int i = 0; i < FUNCTIONS; i++)
		if (!strcmp(functions[i], name))
			return i;
	return FUNCTIONS;
}

/* @name takes @ns more in test. */
static void grow(FIXTURE_DATA(attributed) *self, const char *name, double ns)
{
	int at = index_of(name);

	self->list[at].decision.change = ns;
	for (int k = 0; k < RUNS; k++)
		self->values[at][SIDE_TEST][k] = base_ns[at] + ns;
}

static const char *said(FIXTURE_DATA(attributed) *self)
{
	compare_attribute(&self->s, self->text, sizeof(self->text));
	return self->text;
}

TEST(who_waits)
{
	EXPECT_TRUE(attribution_waits("qi_submit_sync"));
	EXPECT_TRUE(attribution_waits("arm_smmu_cmdq_issue_cmdlist"));
	EXPECT_TRUE(attribution_waits("viommu_iotlb_sync"));
	EXPECT_FALSE(attribution_waits("__iommu_unmap"));
	EXPECT_FALSE(attribution_waits("host:qi_submit_sync"));
}

TEST_F(attributed, nothing_changed)
{
	EXPECT_STREQ(said(self), "");
}

/* The guest waits for as long as the host takes, and a little more. */
TEST_F(attributed, host)
{
	grow(self, "host:__iommu_unmap", 4000);
	grow(self, "qi_submit_sync", 4800);
	EXPECT_STREQ(said(self), "attributed to the host, as host:__iommu_unmap takes 4000 ns more "
		     "a page, for which its guest waits");
}

/* The largest of several; what passes the guest's requests on is the host's, too. */
TEST_F(attributed, relay)
{
	grow(self, "host:__iommu_unmap", 1000);
	grow(self, "host:vfio_iommu_type1_ioctl", 1001);
	EXPECT_NE(strstr(said(self), "the host, as host:vfio_iommu_type1_ioctl takes 1001 "), NULL);
}

/* The host took no longer: the function that could have waited did not. */
TEST_F(attributed, guest)
{
	grow(self, "qi_submit_sync", 4000);
	EXPECT_STREQ(said(self),
		     "attributed to the guest, as qi_submit_sync takes 4000 ns more a page");
	grow(self, "qi_submit_sync", 0);
	grow(self, "__iommu_unmap", 100);
	EXPECT_STREQ(said(self),
		     "attributed to the guest, as __iommu_unmap takes 100 ns more a page");
}

/* One that does not wait is not explained by what the host takes. */
TEST_F(attributed, both)
{
	grow(self, "host:__iommu_unmap", 4000);
	grow(self, "qi_submit_sync", 4000);
	grow(self, "__iommu_unmap", 3000);
	EXPECT_NE(strstr(said(self), "to the host, as host:__iommu_unmap takes 4000 "), NULL);
	EXPECT_NE(strstr(said(self), "; attributed to the guest, as __iommu_unmap takes 3000 "),
		  NULL);
}

/* Nor does twice what the host took longer come of waiting. */
TEST_F(attributed, more_than_the_host)
{
	grow(self, "host:__iommu_unmap", 2000);
	grow(self, "qi_submit_sync", 4000);
	EXPECT_NE(strstr(said(self), "to the guest, as qi_submit_sync takes 4000 "), NULL);
}

/* The host's call in which its guest runs is as long as the guest lets it. */
TEST_F(attributed, guests_run)
{
	grow(self, "host:kvm_arch_vcpu_ioctl_run", 80000);
	EXPECT_STREQ(said(self), "");
}

/* What a page hardly feels, what boots differ by, and what got shorter. */
TEST_F(attributed, too_little)
{
	grow(self, "host:__iommu_map", 49);
	grow(self, "__iommu_unmap", 49);
	grow(self, "host:vfio_iommu_type1_ioctl", 199);
	grow(self, "qi_submit_sync", 1799);
	EXPECT_STREQ(said(self), "");
	grow(self, "host:__iommu_map", -200);
	EXPECT_STREQ(said(self), "");
	grow(self, "host:__iommu_map", 51);
	EXPECT_NE(said(self)[0], '\0');
}

/* A run of test that is as fast as one of base says that boots differ by as much. */
TEST_F(attributed, runs_that_overlap)
{
	int at = index_of("host:__iommu_unmap");

	set_runs(self, at, RUNS);
	grow(self, "host:__iommu_unmap", 4000);
	EXPECT_NE(said(self)[0], '\0');
	self->values[at][SIDE_BASE][1] = base_ns[at] + 4000;
	EXPECT_STREQ(said(self), "");
}

/* One call that took as long as thousands does not make a function slower; all of them do. */
TEST_F(attributed, one_long_call)
{
	static const char *const names[] = { "__iommu_unmap.p50_ns", "__iommu_unmap.count_per_page" };

	for (int i = 0; i < 2; i++) {
		struct compare_metric *m = &self->list[FUNCTIONS + i];

		snprintf(m->metric.name, sizeof(m->metric.name), "%s", names[i]);
		set_runs(self, FUNCTIONS + i, 1);
		m->decision.base = m->decision.test = 3;
	}
	self->s.nr_metrics = FUNCTIONS + 2;
	grow(self, "__iommu_unmap", 3000);
	self->list[FUNCTIONS].decision.change = 400;
	EXPECT_STREQ(said(self), "");
	self->list[FUNCTIONS].decision.change = 600;
	EXPECT_NE(said(self)[0], '\0');
}

/* A side without the function has no growth, and other metrics are not times of its own. */
TEST_F(attributed, other_metrics)
{
	grow(self, "host:__iommu_unmap", 4000);
	self->list[index_of("host:__iommu_unmap")].n[SIDE_BASE] = 0;
	EXPECT_STREQ(said(self), "");
	snprintf(self->list[0].metric.name, sizeof(self->list[0].metric.name),
		 "__iommu_map.mean_ns");
	grow(self, "__iommu_map", 4000);
	EXPECT_STREQ(said(self), "");
}

TEST_F(attributed, one_level)
{
	struct err e;

	grow(self, "__iommu_unmap", 4000);
	ASSERT_EQ(scenario_parse("strict-bare-4flows", &self->s.scenario, &e), 0);
	EXPECT_STREQ(said(self), "");
}

TEST_HARNESS_MAIN
