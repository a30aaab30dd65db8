// SPDX-License-Identifier: GPL-2.0
/* The functions to trace, and the IOMMU's driver, which decides on them. */
#include <errno.h>

#include "kselftest_harness.h"

#include "agent/functions.h"
#include "agent/iommu.h"
#include "util/file.h"

FIXTURE(iommu)
{
	char root[32];
	struct err e;
};

FIXTURE_SETUP(iommu)
{
	strcpy(self->root, "/tmp/iommu-test.XXXXXX");
	ASSERT_NE(mkdtemp(self->root), NULL);
}

FIXTURE_TEARDOWN(iommu)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", self->root);
	EXPECT_EQ(system(command), 0);
}

/* The driver once there is also the unit @unit, whose device is driven by @driver; NULL for none. */
static const char *with_unit(FIXTURE_DATA(iommu) *self, const char *unit, const char *driver)
{
	char path[160], target[64];

	snprintf(path, sizeof(path), "%s/sys/class/iommu/%s/device", self->root, unit);
	if (file_make_folders(path, &self->e))
		return "error";
	strcat(path, "/driver");
	snprintf(target, sizeof(target), "../../bus/drivers/%s", driver ?: "");
	if (driver && symlink(target, path))
		return "error";
	return iommu_driver(self->root);
}

TEST_F(iommu, none)
{
	EXPECT_EQ(iommu_driver(self->root), NULL);
	EXPECT_EQ(with_unit(self, "unheard-of0", NULL), NULL);
	EXPECT_EQ(with_unit(self, "unheard-of1", "unheard-of"), NULL);
}

TEST_F(iommu, each_by_its_unit)
{
	EXPECT_STREQ(with_unit(self, "0000:00:01.0", "virtio_iommu"), "virtio-iommu");
	EXPECT_STREQ(with_unit(self, "smmu3.0x0000000009050000", "arm-smmu-v3"), "arm-smmu-v3");
	EXPECT_STREQ(with_unit(self, "ivhd0", NULL), "amd-iommu");
	EXPECT_STREQ(with_unit(self, "dmar0", NULL), "intel-iommu");
}

/* The functions of @set for @driver, with blanks between; static. */
static const char *selected(const char *driver, const char *set)
{
	static char text[1024];
	struct err e = { "" };
	char **list;
	size_t n;

	text[0] = '\0';
	if (functions_select_of(driver, set, &list, &n, &e))
		return "error";
	for (size_t i = 0; i < n; i++) {
		if (i)
			strcat(text, " ");
		strcat(text, list[i]);
	}
	functions_free(list, n);
	return text;
}

/* The baselines hold for these, in this order. */
#define VTD "iommu_map|!iommu_map_atomic __iommu_map|iommu_map_nosync intel_iommu_iotlb_sync_map " \
	"cache_tag_flush_range_np iommu_flush_write_buffer __iommu_unmap intel_iommu_tlb_sync " \
	"cache_tag_flush_range|iommu_flush_iotlb_psi qi_submit_sync qi_batch_flush_descs " \
	"iommu_dma_map_page|iommu_dma_map_phys iommu_dma_unmap_page|iommu_dma_unmap_phys"

TEST(all_of_vtd_is_what_baselines_hold_for)
{
	EXPECT_STREQ(selected("intel-iommu", "all"), VTD);
	EXPECT_STREQ(selected("intel-iommu", "none"), "");
}

/* The names in records, the first of the alternatives, are the reference tables' on all kernels. */
TEST(the_names_are_those_of_6_12)
{
	static const char *const names[] = {
		"iommu_map", "__iommu_map", "intel_iommu_iotlb_sync_map", "cache_tag_flush_range_np",
		"iommu_flush_write_buffer", "__iommu_unmap", "intel_iommu_tlb_sync",
		"cache_tag_flush_range", "qi_submit_sync", "qi_batch_flush_descs",
		"iommu_dma_map_page", "iommu_dma_unmap_page",
	};
	struct err e;
	char **list;
	size_t n;

	ASSERT_EQ(functions_select_of("intel-iommu", "all", &list, &n, &e), 0);
	ASSERT_EQ(n, 12);
	for (size_t i = 0; i < n; i++) {
		EXPECT_EQ(strcspn(list[i], "|"), strlen(names[i]));
		EXPECT_EQ(strncmp(list[i], names[i], strlen(names[i])), 0);
	}
	functions_free(list, n);
}

TEST(all_is_by_driver)
{
	EXPECT_NE(strstr(selected("arm-smmu-v3", "all"), "arm_smmu_cmdq_issue_cmdlist"), NULL);
	EXPECT_EQ(strstr(selected("arm-smmu-v3", "all"), "qi_submit_sync"), NULL);
	EXPECT_NE(strstr(selected("virtio-iommu", "all"), "viommu_map_pages"), NULL);
#ifdef __x86_64__
	EXPECT_STREQ(selected(NULL, "all"), VTD);
#endif
	EXPECT_STREQ(selected("amd-iommu", "all"),
		     "iommu_map|!iommu_map_atomic __iommu_map|iommu_map_nosync amd_iommu_map_pages "
		     "amd_iommu_iotlb_sync_map __iommu_unmap amd_iommu_unmap_pages "
		     "amd_iommu_iotlb_sync amd_iommu_domain_flush_pages|domain_flush_pages "
		     "__iommu_queue_command_sync|iommu_queue_command_sync iommu_completion_wait "
		     "iommu_dma_map_page|iommu_dma_map_phys iommu_dma_unmap_page|iommu_dma_unmap_phys");
}

TEST(names_may_be_any_drivers_and_any_of_the_alternatives)
{
	EXPECT_STREQ(selected("intel-iommu", "__viommu_sync_req,iommu_map_nosync,unheard_of"),
		     "viommu_sync_req|__viommu_sync_req __iommu_map|iommu_map_nosync unheard_of");
	EXPECT_STREQ(selected(NULL, "iommu_map_atomic,iommu_flush_iotlb_psi"),
		     "iommu_map|!iommu_map_atomic cache_tag_flush_range|iommu_flush_iotlb_psi");
	EXPECT_STREQ(selected(NULL, "iommu_map,,qi_submit_sync"), "error");
	EXPECT_STREQ(selected(NULL, "__iommu_map,iommu_map_nosync"), "error");
}

TEST_HARNESS_MAIN
