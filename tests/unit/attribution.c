// SPDX-License-Identifier: GPL-2.0
#include <math.h>

#include "kselftest_harness.h"
#include "judge/attribution.h"
#include "sample.h"

FIXTURE(attribution)
{
	struct record *r;
	struct attribution a;
};

FIXTURE_SETUP(attribution)
{
	self->r = sample_load(SAMPLE_TWO);
	ASSERT_TRUE(attribution_of(self->r, &self->a));
}

FIXTURE_TEARDOWN(attribution)
{
	record_free(self->r);
}

static const struct attribution_row *row(const struct attribution *a, const char *name)
{
	for (size_t i = 0; i < a->n; i++)
		if (!strcmp(a->rows[i].function, name))
			return &a->rows[i];
	return NULL;
}

static bool same(double a, double b)
{
	return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

TEST(sides)
{
	static const struct { const char *name; enum attribution_side side; } known[] = {
		{ "__iommu_map", ATTRIBUTION_GUEST }, { "vfio_dma_do_map", ATTRIBUTION_GUEST },
		{ "host:__iommu_map", ATTRIBUTION_HOST },
		{ "host:qi_submit_sync", ATTRIBUTION_HOST },
		{ "host:arm_smmu_cmdq_issue_cmdlist", ATTRIBUTION_HOST },
		{ "host:vfio_iommu_type1_ioctl", ATTRIBUTION_RELAY },
		{ "host:vfio_dma_do_unmap", ATTRIBUTION_RELAY },
		{ "host:iommufd_fops_ioctl", ATTRIBUTION_RELAY },
		{ "host:iommufd_hwpt_invalidate", ATTRIBUTION_RELAY },
		{ "host:arm_vsmmu_cache_invalidate", ATTRIBUTION_RELAY },
		{ "host:svm_handle_exit", ATTRIBUTION_RELAY },
		{ "host:handle_exit", ATTRIBUTION_RELAY },
		{ "host:kvm_arch_vcpu_ioctl_run", ATTRIBUTION_RELAY },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		EXPECT_EQ(attribution_side_of(known[i].name), known[i].side) {
			TH_LOG("%s", known[i].name);
		}
	}
}

/* Self times of a side add up to all that its outermost functions took. */
TEST_F(attribution, guest)
{
	const struct record_function *map = sample_function(self->r, "iommu_dma_map_page");
	const struct record_function *unmap = sample_function(self->r, "iommu_dma_unmap_page");
	double pages = self->r->payload_bytes / 4096.0;

	EXPECT_TRUE(same(self->a.pages, pages));
	EXPECT_TRUE(same(self->a.total[ATTRIBUTION_GUEST].self_ns,
			 (map->total_ns + unmap->total_ns) / pages));
	EXPECT_TRUE(same(row(&self->a, "iommu_map")->calls, 3004 / pages));
	EXPECT_STREQ(self->a.rows[0].function, "qi_submit_sync");
}

/* The ioctls hold all of the host's work for the guest; the exits are the rest of the relay. */
TEST_F(attribution, relay_and_host)
{
	double ioctls = sample_function(self->r, "host:vfio_iommu_type1_ioctl")->total_ns;
	double exits = sample_function(self->r, "host:svm_handle_exit")->self_ns;
	const struct attribution *a = &self->a;

	EXPECT_TRUE(same(a->total[ATTRIBUTION_RELAY].self_ns + a->total[ATTRIBUTION_HOST].self_ns,
			 (ioctls + exits) / a->pages));
	EXPECT_GT(a->total[ATTRIBUTION_HOST].self_ns, 0);
	EXPECT_GT(a->total[ATTRIBUTION_RELAY].self_ns, exits / a->pages);
}

/* The call in which the guest runs is counted, and has no time of its own. */
TEST_F(attribution, guests_run)
{
	const struct attribution_row *run = row(&self->a, "host:kvm_arch_vcpu_ioctl_run");

	ASSERT_NE(run, NULL);
	EXPECT_EQ(run->side, ATTRIBUTION_RELAY);
	EXPECT_TRUE(same(run->calls, 14120 / self->a.pages));
	EXPECT_TRUE(isnan(run->self_ns));
	/* last of its side */
	EXPECT_EQ(run[1].side, ATTRIBUTION_HOST);
	EXPECT_EQ(run[-1].side, ATTRIBUTION_RELAY);
	EXPECT_FALSE(isnan(run[-1].self_ns));
}

TEST_F(attribution, order)
{
	const struct attribution_row *rows = self->a.rows;

	for (size_t i = 1; i < self->a.n; i++) {
		EXPECT_LE(rows[i - 1].side, rows[i].side);
		EXPECT_FALSE(rows[i - 1].side == rows[i].side &&
			     rows[i - 1].self_ns < rows[i].self_ns);
	}
}

/* Never called is 0; never measured is not known. */
TEST_F(attribution, zero_and_absent)
{
	struct record *r = self->r;

	for (size_t i = 0; i < r->nr_functions; i++) {
		if (attribution_side_of(r->functions[i].name) == ATTRIBUTION_HOST)
			r->functions[i].count = r->functions[i].self_ns = 0;
		else if (attribution_side_of(r->functions[i].name) == ATTRIBUTION_RELAY &&
			 !r->functions[i].absent)
			r->functions[i].absent = strdup("the module is not loaded");
	}
	ASSERT_TRUE(attribution_of(r, &self->a));
	EXPECT_EQ(self->a.total[ATTRIBUTION_HOST].self_ns, 0);
	EXPECT_STREQ(self->a.total[ATTRIBUTION_HOST].absent, "");
	EXPECT_TRUE(isnan(self->a.total[ATTRIBUTION_RELAY].self_ns));
	EXPECT_STREQ(self->a.total[ATTRIBUTION_RELAY].absent, "the module is not loaded");
	EXPECT_EQ(row(&self->a, "host:svm_handle_exit"), NULL);
}

/* Only the guest's run is left of the relay: how long it took is not known. */
TEST_F(attribution, only_the_guests_run)
{
	struct record *r = self->r;

	for (size_t i = 0; i < r->nr_functions; i++)
		if (attribution_side_of(r->functions[i].name) == ATTRIBUTION_RELAY &&
		    attribution_is_timed(r->functions[i].name))
			r->functions[i].absent = strdup("no such symbol");
	ASSERT_TRUE(attribution_of(r, &self->a));
	EXPECT_TRUE(isnan(self->a.total[ATTRIBUTION_RELAY].self_ns));
	EXPECT_NE(row(&self->a, "host:kvm_arch_vcpu_ioctl_run"), NULL);
}

TEST_F(attribution, no_payload)
{
	self->r->payload_bytes = 0;
	ASSERT_TRUE(attribution_of(self->r, &self->a));
	EXPECT_EQ(self->a.n, 0);
	EXPECT_STREQ(self->a.total[ATTRIBUTION_GUEST].absent, "no payload in the window");
}

TEST(other_records)
{
	static const char *const names[] = { SAMPLE, SAMPLE_REAL, REFERENCE(8) };
	struct attribution a;
	struct record *r;
	struct err e;

	for (size_t i = 0; i < 3; i++) {
		r = sample_load(names[i]);
		EXPECT_FALSE(attribution_of(r, &a));
		record_free(r);
	}
	r = sample_load(SAMPLE);
	ASSERT_EQ(scenario_parse("lazy-shadow-4flows", &r->scenario, &e), 0);
	record_set_absent(r, "host", "its agent hung");
	ASSERT_TRUE(attribution_of(r, &a));
	EXPECT_GT(a.total[ATTRIBUTION_GUEST].self_ns, 0);
	EXPECT_STREQ(a.total[ATTRIBUTION_HOST].absent, "its agent hung");
	EXPECT_STREQ(a.total[ATTRIBUTION_RELAY].absent, "its agent hung");
	record_free(r);
}

TEST_HARNESS_MAIN
