// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <strings.h>

#include "import/keys.h"

const char *const keys_metrics[] = {
	"throughput_gbps", "cpu_util", "retransmit_rate", "acks_per_page", "iotlb_miss",
	"iotlb_first_lookup", "iotlb_lookup", "iotlb_inv", "iommu_mem_access", "pwt_occupancy",
	NULL
};

/* What the study prints, at one commit or another. */
static const struct {
	const char *slug, *metric;
} keys[] = {
	{ "throughput", "throughput_gbps" },
	{ "throughput_gbps", "throughput_gbps" },
	{ "cpu_util", "cpu_util" },
	{ "cpu_utilization", "cpu_util" },
	/* It comes from netstat's segments retransmitted and sent, in percent: not drops. */
	{ "drop_rate", "retransmit_rate" },
	{ "retx_rate", "retransmit_rate" },
	{ "retransmit_rate", "retransmit_rate" },
	{ "acks_per_page", "acks_per_page" },
	{ "iotlb", "iotlb_miss" },	/* under "Misses per page" */
	{ "iotlb_miss", "iotlb_miss" },
	{ "iotlb_misses", "iotlb_miss" },
	{ "iotlb_first_lookup", "iotlb_first_lookup" },
	{ "iotlb_first_lookups", "iotlb_first_lookup" },
	{ "iotlb_all_lookup", "iotlb_lookup" },
	{ "iotlb_all_lookups", "iotlb_lookup" },
	{ "iotlb_lookup", "iotlb_lookup" },
	{ "iotlb_lookups", "iotlb_lookup" },
	{ "iotlb_inv", "iotlb_inv" },
	{ "iotlb_invs", "iotlb_inv" },
	{ "iotlb_invalidations", "iotlb_inv" },
	{ "iommu_mem_access", "iommu_mem_access" },
	{ "iommu_mem_accesses", "iommu_mem_access" },
	{ "pwt_occupancy", "pwt_occupancy" },
};

static const struct {
	const char *metric, *unit;
} units[] = {
	{ "throughput_gbps", "Gbps" },
	{ "throughput_gbps", "Gbit/s" },
	{ "throughput_gbps", "Gb/s" },
	{ "cpu_util", "%" },
	{ "retransmit_rate", "%" },
};

const char *keys_metric(const char *slug)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(keys[i].slug, slug))
			return keys[i].metric;
	return NULL;
}

bool keys_unit_fits(const char *metric, const char *unit)
{
	unit += strspn(unit, " \t*`");
	if (!*unit)
		return true;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(units[i].metric, metric) && !strcasecmp(units[i].unit, unit))
			return true;
	return false;
}
