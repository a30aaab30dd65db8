// SPDX-License-Identifier: GPL-2.0
/* The metrics that the IOMMU's counters give: one definition for each source. */
#include "kselftest_harness.h"

#include "agent/pmu_events.h"
#include "judge/counters.h"

FIXTURE(counted)
{
	struct record *r;
	double value;
	char why[256];
};

FIXTURE_SETUP(counted)
{
	self->r = record_new();
	ASSERT_NE(self->r, NULL);
}

FIXTURE_TEARDOWN(counted)
{
	record_free(self->r);
}

static struct record_counter *count(struct record *r, const char *source, const char *device,
				    const char *event, uint64_t value)
{
	struct record_counter *c = record_add_counter(r, source, device, event);

	if (!c)
		abort();
	c->value = value;
	c->unit = strdup("events");
	c->whole_window = true;
	return c;
}

#define GIVES(metric, expected) do { \
	EXPECT_TRUE(counters_metric(self->r, metric, &self->value, self->why, sizeof(self->why))) \
		TH_LOG("%s", self->why); \
	EXPECT_EQ(self->value, expected); \
} while (0)

#define LACKS(metric, says) do { \
	self->why[0] = '\0'; \
	EXPECT_FALSE(counters_metric(self->r, metric, &self->value, self->why, \
				     sizeof(self->why))); \
	EXPECT_NE(strstr(self->why, says), NULL) TH_LOG("%s: %s", metric, self->why); \
} while (0)

/* Each lookup of QEMU's hits, or is filled, or faults. */
TEST_F(counted, qemu)
{
	static const char *const inv[] = {
		"inv_iotlb_global", "inv_iotlb_domain", "inv_iotlb_page", "inv_piotlb_all",
		"inv_piotlb_page",
	};

	count(self->r, "qemu-vtd", NULL, "iotlb_hit", 1000);
	count(self->r, "qemu-vtd", NULL, "iotlb_update", 30);
	count(self->r, "qemu-vtd", NULL, "fault", 2);
	for (int i = 0; i < 5; i++)
		count(self->r, "qemu-vtd", NULL, inv[i], 1 << i);
	count(self->r, "qemu-vtd", NULL, "inv_wait", 5000);
	count(self->r, "qemu-vtd", NULL, "inv_cc", 5000);
	count(self->r, "qemu-vtd", NULL, "inv_dev_iotlb", 5000);
	GIVES("iotlb_first_lookup", 1032);
	GIVES("iotlb_lookup", 1032);
	GIVES("iotlb_miss", 32);
	GIVES("iotlb_inv", 31);
	LACKS("iommu_mem_access", "trace does not show the reads of page walks");
	LACKS("pwt_occupancy", "trace does not show page walks");
}

TEST_F(counted, qemu_amd)
{
	count(self->r, "qemu-amd", NULL, "iotlb_hit", 1000);
	count(self->r, "qemu-amd", NULL, "iotlb_update", 30);
	count(self->r, "qemu-amd", NULL, "fault", 2);
	count(self->r, "qemu-amd", NULL, "inv_iotlb_global", 1);
	count(self->r, "qemu-amd", NULL, "inv_iotlb_page", 10);
	count(self->r, "qemu-amd", NULL, "inv_wait", 5000);
	count(self->r, "qemu-amd", NULL, "inv_iec", 5000);
	GIVES("iotlb_lookup", 1032);
	GIVES("iotlb_miss", 32);
	GIVES("iotlb_inv", 11);
	LACKS("iommu_mem_access", "trace does not show the reads of page walks");
	count(self->r, "qemu-virtio", NULL, "unmap", 7);
	LACKS("iotlb_inv", "counters of qemu-amd and of qemu-virtio, which no one machine has");
}

TEST_F(counted, qemu_virtio)
{
	count(self->r, "qemu-virtio", NULL, "translate", 1000);
	count(self->r, "qemu-virtio", NULL, "map", 12);
	count(self->r, "qemu-virtio", NULL, "unmap", 11);
	GIVES("iotlb_first_lookup", 1000);
	GIVES("iotlb_lookup", 1000);
	GIVES("iotlb_inv", 11);
	LACKS("iotlb_miss", "has no IOTLB");
	LACKS("pwt_occupancy", "no page tables");
}

TEST_F(counted, icx)
{
	for (int i = 0; i < 2; i++) {
		const char *device = i ? "uncore_iio_5" : "uncore_iio_0";

		count(self->r, "iio-icx", device, "iommu0.first_lookups", 100 + i);
		count(self->r, "iio-icx", device, "iommu0.all_lookups", 200 + i);
		count(self->r, "iio-icx", device, "iommu0.misses", 30 + i);
		count(self->r, "iio-icx", device, "iommu1.num_mem_accesses", 40 + i);
		count(self->r, "iio-icx", device, "pwt_occupancy", 5000 + i);
		count(self->r, "iio-icx", device, "iommu3.num_inval_gbl", 1);
		count(self->r, "iio-icx", device, "iommu3.num_inval_domain", 2);
		count(self->r, "iio-icx", device, "iommu3.num_inval_page", 4);
	}
	GIVES("iotlb_first_lookup", 201);
	GIVES("iotlb_lookup", 401);
	GIVES("iotlb_miss", 61);
	GIVES("iotlb_inv", 14);
	GIVES("iommu_mem_access", 81);
	GIVES("pwt_occupancy", 10001);
}

/* What IIO of Sapphire Rapids cannot give, its VT-d units may. */
TEST_F(counted, spr_and_dmar)
{
	count(self->r, "dmar", "dmar0", "iotlb_lookup", 900);
	count(self->r, "dmar", "dmar0", "iotlb_hit", 850);
	count(self->r, "dmar", "dmar7", "iotlb_lookup", 10);
	count(self->r, "dmar", "dmar7", "iotlb_hit", 7);
	count(self->r, "iio-spr", "uncore_iio_0", "iommu0.misses", 60);
	GIVES("iotlb_miss", 60);	/* IIO's comes first */
	GIVES("iotlb_lookup", 910);
	LACKS("iotlb_inv", "Emerald Rapids counts no invalidations");
	LACKS("iotlb_first_lookup", "uncore_iio_0 iommu0.first_lookups: it is not in the record");
	LACKS("pwt_occupancy", "it is not in the record");
	self->r->counters[4].absent = strdup("gone");
	GIVES("iotlb_miss", 53);	/* lookups less hits */
}

TEST_F(counted, amd_and_smmuv3)
{
	count(self->r, "amd_iommu", "amd_iommu_0", "mem_iommu_tlb_pte_hit", 70);
	count(self->r, "amd_iommu", "amd_iommu_0", "mem_iommu_tlb_pte_mis", 7);
	count(self->r, "amd_iommu", "amd_iommu_0", "tlb_inv", 5);
	count(self->r, "amd_iommu", "amd_iommu_0", "mem_trans_total", 75);
	count(self->r, "amd_iommu", "amd_iommu_0", "page_tbl_read_tot", 9);
	GIVES("iotlb_first_lookup", 75);
	GIVES("iotlb_lookup", 77);
	GIVES("iotlb_miss", 7);
	GIVES("iotlb_inv", 5);
	GIVES("iommu_mem_access", 9);
	LACKS("pwt_occupancy", "no event for walks under way");
	count(self->r, "smmuv3_pmcg", "smmuv3_pmcg_3bffe062", "tlb_miss", 1);
	LACKS("iotlb_miss", "counters of amd_iommu and of smmuv3_pmcg, which no one machine has");
}

/* A sum over some of the devices, or over some of the window, is none. */
TEST_F(counted, incomplete)
{
	struct record_counter *c;

	count(self->r, "dmar", "dmar0", "iotlb_lookup", 900);
	c = count(self->r, "dmar", "dmar1", "iotlb_lookup", 900);
	GIVES("iotlb_lookup", 1800);
	c->whole_window = false;
	LACKS("iotlb_lookup", "dmar dmar1 iotlb_lookup: it did not count for the whole window");
	c->absent = strdup("no permission");
	LACKS("iotlb_lookup", "dmar dmar1 iotlb_lookup: no permission");
}

TEST_F(counted, more_hits_than_lookups)
{
	count(self->r, "dmar", "dmar0", "iotlb_lookup", 9);
	count(self->r, "dmar", "dmar0", "iotlb_hit", 10);
	LACKS("iotlb_miss", "dmar counted more iotlb_hit than iotlb_lookup");
}

TEST_F(counted, contradictions)
{
	count(self->r, "iio-icx", "uncore_iio_0", "iommu0.misses", 1);
	count(self->r, "dmar", "dmar0", "iotlb_lookup", 1);
	count(self->r, "tracepoint", NULL, "iommu:map", 1);
	GIVES("iotlb_miss", 1);
	count(self->r, "iio-gnr", "uncore_iio_1", "iommu0.misses", 1);
	LACKS("iotlb_miss", "counters of iio-icx and of iio-gnr, which no one machine has");
	free(self->r->counters[3].source);
	self->r->counters[3].source = strdup("qemu-vtd");
	LACKS("iotlb_miss", "counters of iio-icx and of qemu-vtd, which no one machine has");
}

TEST_F(counted, none)
{
	LACKS("iotlb_miss", "no counter of the record gives it");
	record_set_absent(self->r, "counters", "this machine has no PMU");
	LACKS("iotlb_miss", "this machine has no PMU");
	count(self->r, "tracepoint", NULL, "intel_iommu:qi_submit", 1);
	LACKS("iotlb_inv", "descriptors of all kinds together");
}

/* --- the table */

static bool is_event(const char *source, const char *event, size_t len)
{
	for (size_t i = 0; i < pmu_nr_sources; i++)
		for (size_t k = 0; k < pmu_sources[i].nr_events; k++)
			if (!strcmp(pmu_sources[i].name, source) &&
			    strlen(pmu_sources[i].events[k].name) == len &&
			    !strncmp(pmu_sources[i].events[k].name, event, len))
				return true;
	return false;
}

/* Every source gives every metric or says why not, and by events that the agent opens. */
TEST(definitions)
{
	char text[256];

	for (size_t i = 0; i < pmu_nr_sources; i++) {
		const char *source = pmu_sources[i].name;
		int listed = 0, given = 0;

		for (const char *const *s = counters_sources; *s; s++)
			listed += !strcmp(*s, source);
		EXPECT_EQ(listed, 1) TH_LOG("%s", source);
		for (const char *const *m = counters_metrics; *m; m++) {
			bool gives = counters_define(*m, source, text, sizeof(text));

			EXPECT_NE(text[0], '\0');
			EXPECT_EQ(strstr(text, "calls in the kernel"), NULL)
				TH_LOG("%s of %s is not defined", *m, source);
			given += gives;
			for (char *p = text; gives && *p; p += strspn(p, " +-")) {
				size_t n = strcspn(p, " ");

				EXPECT_TRUE(is_event(source, p, n))
					TH_LOG("%s is no event of %s", p, source);
				p += n;
			}
		}
		EXPECT_GE(given, 3);
	}
}

TEST(definition_texts)
{
	char text[256];

	EXPECT_TRUE(counters_define("iotlb_miss", "dmar", text, sizeof(text)));
	EXPECT_STREQ(text, "iotlb_lookup - iotlb_hit");
	EXPECT_TRUE(counters_define("iotlb_lookup", "qemu-vtd", text, sizeof(text)));
	EXPECT_STREQ(text, "iotlb_hit + iotlb_update + fault");
	EXPECT_FALSE(counters_define("iotlb_inv", "dmar", text, sizeof(text)));
	EXPECT_STREQ(text, "a VT-d unit has no event for invalidations");
	EXPECT_FALSE(counters_define("iotlb_miss", "tracepoint", text, sizeof(text)));
	EXPECT_TRUE(counters_define("iotlb_inv", "qemu-vtd", text, 10));
	EXPECT_STREQ(text, "inv_iotlb");
}

TEST_HARNESS_MAIN
