// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/conditions.h"
#include "judge/decide.h"
#include "judge/gates.h"

/*
 * A function that is never called stays gated by its count, so that "passthrough maps nothing" is
 * a test.
 */
static const char *const gated_functions[] = {
	"iommu_dma_map_page",
	"iommu_map",
	"__iommu_map",
	"intel_iommu_iotlb_sync_map",
	"cache_tag_flush_range_np",
	"iommu_dma_unmap_page",
	"__iommu_unmap",
	"intel_iommu_tlb_sync",
	"qi_submit_sync",
	"amd_iommu_map_pages",
	"amd_iommu_iotlb_sync_map",
	"amd_iommu_unmap_pages",
	"amd_iommu_iotlb_sync",
	"amd_iommu_domain_flush_pages",
	"__iommu_queue_command_sync",
	"arm_smmu_map_pages",
	"arm_smmu_unmap_pages",
	"arm_smmu_iotlb_sync",
	"arm_smmu_cmdq_issue_cmdlist",
	"viommu_map_pages",
	"viommu_iotlb_sync_map",
	"viommu_unmap_pages",
	"viommu_iotlb_sync",
	"viommu_flush_iotlb_all",
	"host:__iommu_map",
	"host:__iommu_unmap",
	"host:qi_submit_sync",
	"host:vfio_iommu_type1_ioctl",
	"host:iommufd_hwpt_invalidate",
	"host:arm_smmu_cmdq_issue_cmdlist",
};

enum { GATE_CALLS = 1000 };	/* a mean over fewer calls is shown, not gated */

/*
 * Counted clock. What differs from boot to boot is how full segments are, and where interrupts fall;
 * where the subject sends, a window has a sixth of the calls, and all differs by more. How often an
 * unmap flushes does not differ at all when strict. Chosen so that over four boots of each of 64
 * scenarios none lay beyond what the other three gave; tests/proof/alarms.sh tries it on others.
 */
static const struct gate count_gate = { .tolerance = 0.01, .widest = 0.03, .floor = 0.002 };
static const struct gate count_gate_tx = { .tolerance = 0.03, .widest = 0.10, .floor = 0.002 };
static const struct gate ratio_gate = { .tolerance = 0.0005, .widest = 0.15, .floor = 0.0005 };
static const struct gate path_gate = { .tolerance = 0.006, .widest = 0.04, .floor = 3 };
static const struct gate path_gate_tx = { .tolerance = 0.012, .widest = 0.04, .floor = 3 };

/* Real clock: batches and times depend on who is scheduled when. */
static const struct gate real_count_gate = { .tolerance = 0.10, .widest = 0.50, .floor = 0.002 };
static const struct gate real_gate = { .tolerance = 0.05, .widest = 0.50, .interval = true };

/*
 * Two levels on the real clock: counts are held as on the counted one, but timers fire whenever the
 * machine gets to it. Times are held to a factor, which an explosion exceeds and neighbours do not.
 */
static const struct gate levels_count_gate = { .tolerance = 0.1, .widest = 0.3, .floor = 0.002 };
static const struct gate levels_time_gate = { .tolerance = 1, .widest = 3 };

/*
 * On the counted one boots differ by more than at one level: the arm64 kernel is preempted in the
 * midst of a map, by the host's or the guest's other work (seen: 9 % of a mean).
 */
static const struct gate nested_count_gate = { .tolerance = 0.02, .widest = 0.15, .floor = 0.002 };
static const struct gate nested_path_gate = { .tolerance = 0.012, .widest = 0.15, .floor = 3 };

/*
 * A report is one run, whose spread nobody knows: only changes that no run-to-run noise explains.
 */
#define REPORT_RATE_TOLERANCE	0.10
#define REPORT_TIME_TOLERANCE	0.25
#define REPORT_COUNT_TOLERANCE	0.20

static bool is_among(const char *name, size_t len, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strlen(list[i]) == len && !strncmp(list[i], name, len))
			return true;
	return false;
}

#define IS_AMONG(name, len, list) is_among(name, len, list, sizeof(list) / sizeof((list)[0]))

/* Of what the whole machine did: what its IOMMU did for a page, or how fast it was. */
static bool gates_whole(const struct metric *m, const struct record *r)
{
	static const char *const counted[] = {
		"flushes_per_unmap", "iotlb_lookup", "iotlb_miss", "iotlb_inv",
	};
	static const char *const real[] = { "flushes_per_unmap", "throughput_gbps" };
	size_t len = strlen(m->name);

	if (conditions_only_counts(r))
		return !strcmp(m->name, "flushes_per_unmap");
	return strcmp(r->env.clock, "counted") ? IS_AMONG(m->name, len, real) :
						 IS_AMONG(m->name, len, counted);
}

static bool gates(const struct metric *m, const struct record *r)
{
	const char *dot = strrchr(m->name, '.');

	if (!dot)
		return gates_whole(m, r);
	if (!IS_AMONG(m->name, dot - m->name, gated_functions))
		return false;
	if (!strcmp(dot, ".count_per_page"))
		return true;
	return !strcmp(dot, ".mean_ns") && m->calls > GATE_CALLS;
}

static struct gate of_report(const struct metric *m)
{
	static const double tolerances[] = {
		[CLASS_COUNT] = REPORT_COUNT_TOLERANCE, [CLASS_PATH] = REPORT_TIME_TOLERANCE,
		[CLASS_TIME] = REPORT_TIME_TOLERANCE, [CLASS_RATE] = REPORT_RATE_TOLERANCE,
	};
	double tolerance = tolerances[m->class];

	return (struct gate) { .tolerance = tolerance, .widest = tolerance };
}

static struct gate of_measured(const struct metric *m, bool counted, bool tx)
{
	switch (m->class) {
	case CLASS_COUNT:
		if (!counted)
			return real_count_gate;
		if (!strcmp(m->name, "flushes_per_unmap"))
			return ratio_gate;
		return tx ? count_gate_tx : count_gate;
	case CLASS_PATH:
		return tx ? path_gate_tx : path_gate;
	default:
		return real_gate;
	}
}

struct gate gate_usual(const struct metric *m, const char *clock, bool report,
		       const struct scenario *s)
{
	if (report)
		return of_report(m);
	if (conditions_only_counts_of(s, clock, report))
		return m->class == CLASS_COUNT ? levels_count_gate : levels_time_gate;
	if (scenario_two_levels(s) && m->class == CLASS_COUNT)
		return nested_count_gate;
	if (scenario_two_levels(s) && m->class == CLASS_PATH)
		return nested_path_gate;
	return of_measured(m, !strcmp(clock, "counted"), s->tx);
}

bool gate_default(const struct metric *m, const struct record *r, struct gate *out)
{
	if (!gates(m, r))
		return false;
	*out = gate_usual(m, r->env.clock, r->report, &r->scenario);
	return true;
}

/* To two digits, so that what was needed stays allowed. */
static double rounded_up(double value)
{
	double unit = value > 0 && isfinite(value) ? pow(10, floor(log10(value)) - 1) : 0;
	char text[40];

	if (!unit)
		return value;
	snprintf(text, sizeof(text), "%.2g", ceil(value / unit * (1 - 1e-9)) * unit);
	return strtod(text, NULL);
}

#define SPREAD_MARGIN	2.0	/* a tolerance is at least so many times the runs' spread */

double gate_widen(struct gate *gate, double spread, const double *values, size_t n)
{
	double needed = gate->interval ? decide_noise_floor(values, n) : SPREAD_MARGIN * spread;

	if (!gate->interval && n < GATE_RUNS)
		needed = fmax(needed, gate->widest);

	gate->tolerance = fmin(fmax(gate->tolerance, rounded_up(needed)), gate->widest);
	return needed;
}
