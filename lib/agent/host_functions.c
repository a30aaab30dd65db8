// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/host_functions.h"
#include "record/record.h"

/*
 * In the order of a request's way: out of the guest, through its QEMU, into VFIO or IOMMUFD, and to
 * the IOMMU's driver. Most are called for each page; with more probes the host would be slowed more
 * than it is measured.
 */
#if defined(__aarch64__)
static const char all[] = "handle_exit,kvm_arch_vcpu_ioctl_run,vfio_iommu_type1_ioctl,"
	"iommufd_fops_ioctl,iommufd_hwpt_invalidate,arm_vsmmu_cache_invalidate,"
	"iommu_map,__iommu_map,iommu_unmap,__iommu_unmap,arm_smmu_iotlb_sync,"
	"arm_smmu_cmdq_issue_cmdlist,__arm_smmu_cmdq_issue_cmdlist";
#else
static const char all[] = "svm_handle_exit,kvm_arch_vcpu_ioctl_run,vfio_iommu_type1_ioctl,"
	"vfio_pin_pages_remote,iommu_map,__iommu_map,intel_iommu_iotlb_sync_map,"
	"__iommu_unmap,intel_iommu_tlb_sync,cache_tag_flush_range,cache_tag_flush_range_np,"
	"qi_submit_sync";
#endif

static int add(char to[HOST_FUNCTIONS_MAX], const char *name, size_t len, struct err *e)
{
	size_t used = strlen(to);

	if (used + len + 2 > HOST_FUNCTIONS_MAX)
		return err_set(e, E2BIG, "probes: the list of functions is too long");
	snprintf(to + used, HOST_FUNCTIONS_MAX - used, "%s%.*s", used ? "," : "", (int)len, name);
	return 0;
}

static int part_names(const char *set, char *host, char *guest, struct err *e)
{
	size_t prefix = strlen(RECORD_HOST);
	int ret = 0;

	host[0] = guest[0] = '\0';
	for (const char *s = set; s && !ret; s = strchr(s, ',')) {
		size_t len;

		s += s != set;
		len = strcspn(s, ",");
		if (!strncmp(s, RECORD_HOST, prefix))
			ret = add(host, s + prefix, len - prefix, e);
		else
			ret = add(guest, s, len, e);
	}
	return ret;
}

int host_functions_part(const char *set, char host[HOST_FUNCTIONS_MAX],
			char guest[HOST_FUNCTIONS_MAX], struct err *e)
{
	int ret;

	if (!strcmp(set, "all") || !strcmp(set, "none")) {
		snprintf(guest, HOST_FUNCTIONS_MAX, "%s", set);
		snprintf(host, HOST_FUNCTIONS_MAX, "%s", strcmp(set, "all") ? set : all);
		return 0;
	}
	ret = part_names(set, host, guest, e);
	if (!ret && !host[0])
		strcpy(host, "none");
	if (!ret && !guest[0])
		strcpy(guest, "none");
	return ret;
}
