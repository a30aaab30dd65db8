// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "testbed/trace_events.h"

const char *trace_event_name(enum trace_event event)
{
	static const char *const names[TRACE_EVENTS] = {
		[TRACE_IOTLB_HIT] = "iotlb_hit",
		[TRACE_IOTLB_UPDATE] = "iotlb_update",
		[TRACE_FAULT] = "fault",
		[TRACE_INV_IOTLB_GLOBAL] = "inv_iotlb_global",
		[TRACE_INV_IOTLB_DOMAIN] = "inv_iotlb_domain",
		[TRACE_INV_IOTLB_PAGE] = "inv_iotlb_page",
		[TRACE_INV_PIOTLB_ALL] = "inv_piotlb_all",
		[TRACE_INV_PIOTLB_PAGE] = "inv_piotlb_page",
		[TRACE_INV_WAIT] = "inv_wait",
		[TRACE_CC_HIT] = "cc_hit",
		[TRACE_CC_UPDATE] = "cc_update",
		[TRACE_INV_CC] = "inv_cc",
		[TRACE_INV_PASID_CACHE] = "inv_pasid_cache",
		[TRACE_INV_IEC] = "inv_iec",
		[TRACE_INV_DEV_IOTLB] = "inv_dev_iotlb",
		[TRACE_INV_DEVTAB] = "inv_devtab",
		[TRACE_IOTLB_RESET] = "iotlb_reset",
		[TRACE_TRANSLATE] = "translate",
		[TRACE_MAP] = "map",
		[TRACE_UNMAP] = "unmap",
	};

	return names[event];
}

/* Invalidation descriptors of VT-d. Of two types bits 5:4 tell the granularity (VT-d, 6.5.2). */
static const struct {
	const char *type;
	int granularity;	/* -1: any */
	enum trace_event event;
} descriptors[] = {
	{ "iotlb", 1, TRACE_INV_IOTLB_GLOBAL },
	{ "iotlb", 2, TRACE_INV_IOTLB_DOMAIN },
	{ "iotlb", 3, TRACE_INV_IOTLB_PAGE },
	{ "p-iotlb", 2, TRACE_INV_PIOTLB_ALL },
	{ "p-iotlb", 3, TRACE_INV_PIOTLB_PAGE },
	{ "wait", -1, TRACE_INV_WAIT },
	{ "context-cache", -1, TRACE_INV_CC },
	{ "pasid-cache", -1, TRACE_INV_PASID_CACHE },
	{ "iec", -1, TRACE_INV_IEC },
	{ "device", -1, TRACE_INV_DEV_IOTLB },
	{ "device-piotlb", -1, TRACE_INV_DEV_IOTLB },
};

enum { DESCRIPTOR = -2 };	/* the event's type is in the line */

/* QEMU's events, and what is counted by each. The end has no name. */
struct traced {
	const char *name;
	int numbers;		/* in a line of it */
	int event;
};

static const struct traced vtd[] = {
	{ "vtd_iotlb_page_hit", 4, TRACE_IOTLB_HIT },
	{ "vtd_iotlb_page_update", 4, TRACE_IOTLB_UPDATE },
	{ "vtd_iotlb_cc_hit", 5, TRACE_CC_HIT },
	{ "vtd_iotlb_cc_update", 6, TRACE_CC_UPDATE },
	{ "vtd_dmar_fault", 4, TRACE_FAULT },
	{ "vtd_inv_desc", 2, DESCRIPTOR },
	{ .name = NULL }
};

/* Its model invalidates all pages of a domain, whichever was named: "pages" is one command. */
static const struct traced amd[] = {
	{ "amdvi_iotlb_hit", 2, TRACE_IOTLB_HIT },
	{ "amdvi_cache_update", 3, TRACE_IOTLB_UPDATE },
	{ "amdvi_page_fault", 1, TRACE_FAULT },
	{ "amdvi_all_inval", 0, TRACE_INV_IOTLB_GLOBAL },
	{ "amdvi_pages_inval", 1, TRACE_INV_IOTLB_PAGE },
	{ "amdvi_completion_wait", 2, TRACE_INV_WAIT },
	{ "amdvi_intr_inval", 0, TRACE_INV_IEC },
	{ "amdvi_iotlb_inval", 0, TRACE_INV_DEV_IOTLB },
	{ "amdvi_devtab_inval", 0, TRACE_INV_DEVTAB },
	{ "amdvi_iotlb_reset", 0, TRACE_IOTLB_RESET },
	{ .name = NULL }
};

/* No IOTLB: each access is looked up in the tree of the domain's mappings. */
static const struct traced virtio[] = {
	{ "virtio_iommu_translate", 3, TRACE_TRANSLATE },
	{ "virtio_iommu_report_fault", 4, TRACE_FAULT },
	{ "virtio_iommu_map", 5, TRACE_MAP },
	{ "virtio_iommu_unmap", 3, TRACE_UNMAP },
	{ .name = NULL }
};

static const struct traced *const tables[NR_DRIVERS] = {
	[DRIVER_VTD] = vtd, [DRIVER_AMD] = amd, [DRIVER_VIRTIO] = virtio,
};

const char *trace_wanted(enum driver driver, size_t i)
{
	const struct traced *t = tables[driver];

	while (t && t->name && i) {
		t++;
		i--;
	}
	return !t ? NULL : t->name ? t->name : i ? NULL : "serial_write";
}

bool trace_counts(enum driver driver, enum trace_event event)
{
	const struct traced *t = tables[driver];

	for (; t && t->name; t++)
		if (t->event == (int)event)
			return true;
	for (size_t i = 0; driver == DRIVER_VTD && i < sizeof(descriptors) / sizeof(descriptors[0]);
	     i++)
		if (descriptors[i].event == event)
			return true;
	return false;
}

const char *trace_source(enum driver driver)
{
	static const char *const names[NR_DRIVERS] = {
		[DRIVER_VTD] = "qemu-vtd", [DRIVER_AMD] = "qemu-amd",
		[DRIVER_VIRTIO] = "qemu-virtio",
	};

	return names[driver];
}

static int descriptor_of(const struct trace_line *l)
{
	for (size_t i = 0; l->type && i < sizeof(descriptors) / sizeof(descriptors[0]); i++)
		if (!strcmp(l->type, descriptors[i].type) &&
		    (descriptors[i].granularity < 0 ||
		     descriptors[i].granularity == (int)(l->numbers[1] >> 4 & 3)))
			return descriptors[i].event;
	return -1;
}

int trace_event_of(enum driver driver, const struct trace_line *l)
{
	const struct traced *t = tables[driver];

	for (; t && t->name; t++) {
		if (strcmp(l->name, t->name))
			continue;
		if (l->nr_numbers != t->numbers)
			return -1;
		return t->event == DESCRIPTOR ? descriptor_of(l) : t->event;
	}
	return -1;
}
