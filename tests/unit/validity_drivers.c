// SPDX-License-Identifier: GPL-2.0
/* The checks on records of the other drivers than VT-d's, as they were measured. */
#include "judge/calltree.h"
#include "judge/metrics.h"
#include "validity.h"

enum { AMD, VIRTIO, SMMU, RECORDS };

FIXTURE(drivers)
{
	struct record *r[RECORDS];
};

FIXTURE_SETUP(drivers)
{
	self->r[AMD] = sample_load("drivers/amd");
	self->r[VIRTIO] = sample_load("drivers/virtio");
	self->r[SMMU] = sample_load("drivers/smmuv3");
}

FIXTURE_TEARDOWN(drivers)
{
	for (int i = 0; i < RECORDS; i++)
		record_free(self->r[i]);
}

TEST_F(drivers, good)
{
	for (int i = 0; i < RECORDS; i++) {
		EXPECT_EQ(failing(self->r[i]), 0) {
			TH_LOG("%s", self->r[i]->env.iommu_driver);
		}
	}
}

/* What is called one to one is: calls too many of one of them are seen, and calls too few. */
TEST_F(drivers, siblings)
{
	static const struct { int record; const char *name; } rows[] = {
		{ AMD, "amd_iommu_map_pages" }, { AMD, "amd_iommu_iotlb_sync_map" },
		{ AMD, "amd_iommu_unmap_pages" }, { AMD, "amd_iommu_iotlb_sync" },
		{ VIRTIO, "viommu_map_pages" }, { VIRTIO, "viommu_iotlb_sync_map" },
		{ VIRTIO, "viommu_unmap_pages" }, { VIRTIO, "viommu_iotlb_sync" },
		{ SMMU, "arm_smmu_map_pages" }, { SMMU, "arm_smmu_unmap_pages" },
		{ SMMU, "arm_smmu_iotlb_sync" }, { SMMU, "arm_smmu_tlb_inv_range_domain" },
	};
	struct record_function *f;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		f = sample_function(self->r[rows[i].record], rows[i].name);
		for (int more = -10; more <= 10; more += 20) {
			add_calls(f, more);
			EXPECT_TRUE(failing(self->r[rows[i].record]) & only(CHECK_SIBLINGS)) {
				TH_LOG("%s", rows[i].name);
			}
			add_calls(f, -more);
		}
	}
}

/* A flush that no queued command is of; an unmap whose invalidation is not issued. */
TEST_F(drivers, flushes_are_submitted)
{
	add_calls(sample_function(self->r[AMD], "__iommu_queue_command_sync"), -20000);
	EXPECT_TRUE(failing(self->r[AMD]) & only(CHECK_SIBLINGS));
	add_calls(sample_function(self->r[SMMU], "arm_smmu_cmdq_issue_cmdlist"), -100);
	EXPECT_TRUE(failing(self->r[SMMU]) & only(CHECK_SIBLINGS));
}

static void longer(struct record *r, const char *name)
{
	struct record_function *f = sample_function(r, name);

	f->total_ns *= 20;
}

TEST_F(drivers, nesting)
{
	static const struct { int record; const char *name; } rows[] = {
		{ AMD, "amd_iommu_map_pages" }, { AMD, "amd_iommu_domain_flush_pages" },
		{ VIRTIO, "viommu_iotlb_sync_map" }, { SMMU, "arm_smmu_cmdq_issue_cmdlist" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		longer(self->r[rows[i].record], rows[i].name);
		EXPECT_TRUE(failing(self->r[rows[i].record]) & only(CHECK_NESTING)) {
			TH_LOG("%s", rows[i].name);
		}
	}
}

static struct record_counter *counter(struct record *r, const char *event)
{
	for (size_t i = 0; i < r->nr_counters; i++)
		if (!strcmp(r->counters[i].event, event))
			return &r->counters[i];
	abort();
}

/* What the emulator saw is what the kernel did. */
TEST_F(drivers, counters)
{
	counter(self->r[AMD], "inv_wait")->value -= 10;
	EXPECT_TRUE(failing(self->r[AMD]) & only(CHECK_SOURCES));
	counter(self->r[AMD], "inv_wait")->value += 10;
	counter(self->r[AMD], "iotlb_update")->value = 100;
	EXPECT_TRUE(failing(self->r[AMD]) & only(CHECK_WALKS));
	counter(self->r[AMD], "fault")->value = 1;
	EXPECT_TRUE(failing(self->r[AMD]) & only(CHECK_FAULTS));
	counter(self->r[VIRTIO], "map")->value += 10;
	EXPECT_TRUE(failing(self->r[VIRTIO]) & only(CHECK_SOURCES));
	counter(self->r[VIRTIO], "map")->value -= 10;
	counter(self->r[VIRTIO], "unmap")->value -= 10;
	EXPECT_TRUE(failing(self->r[VIRTIO]) & only(CHECK_SOURCES));
	/* when lazy, they may be in the queue yet, which holds 256 */
	set_type(self->r[VIRTIO], "DMA-FQ");
	EXPECT_EQ(failing(self->r[VIRTIO]) & only(CHECK_SOURCES), 0);
	counter(self->r[VIRTIO], "unmap")->value -= 250;
	EXPECT_TRUE(failing(self->r[VIRTIO]) & only(CHECK_SOURCES));
	counter(self->r[VIRTIO], "unmap")->value += 260;
	set_type(self->r[VIRTIO], "DMA");
	EXPECT_EQ(failing(self->r[VIRTIO]) & only(CHECK_SOURCES), 0);
	counter(self->r[VIRTIO], "translate")->value = 10;
	EXPECT_TRUE(failing(self->r[VIRTIO]) & only(CHECK_LOOKUPS));
}

/* AMD's model is always counted, the SMMU never. */
TEST_F(drivers, no_counters)
{
	for (int i = 0; i < RECORDS; i++) {
		for (size_t k = 0; k < self->r[i]->nr_counters; k++)
			self->r[i]->counters[k].absent = strdup("gone");
		EXPECT_EQ(failing(self->r[i]) & only(CHECK_COUNTERS),
			  i == SMMU ? 0 : only(CHECK_COUNTERS));
	}
}

/* AMD's and virtio's drivers flush at each map, too. */
TEST_F(drivers, flushes_per_unmap)
{
	static struct metrics m;
	const int expected[RECORDS] = { [AMD] = 2, [VIRTIO] = 2, [SMMU] = 1 };

	for (int i = 0; i < RECORDS; i++) {
		metrics_derive(self->r[i], &m);
		EXPECT_EQ(metrics_find(&m, "flushes_per_unmap")->value, expected[i]) {
			TH_LOG("%s", calltree_flushes(self->r[i])[0]);
		}
	}
}

TEST_HARNESS_MAIN
