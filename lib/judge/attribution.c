// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/attribution.h"
#include "judge/derive.h"

#define GUESTS_RUN RECORD_HOST "kvm_arch_vcpu_ioctl_run"

const char *attribution_side_name(enum attribution_side side)
{
	static const char *const names[] = { "guest", "relay", "host" };

	return names[side];
}

enum attribution_side attribution_side_of(const char *name)
{
	static const char *const relays[] = {
		"vfio_", "iommufd_", "arm_vsmmu_", "kvm_", "svm_handle_exit", "vmx_handle_exit",
		"handle_exit",
	};
	size_t i;

	if (!record_is_hosts(name))
		return ATTRIBUTION_GUEST;
	for (i = 0; i < sizeof(relays) / sizeof(relays[0]); i++)
		if (!strncmp(name + strlen(RECORD_HOST), relays[i], strlen(relays[i])))
			return ATTRIBUTION_RELAY;
	return ATTRIBUTION_HOST;
}

bool attribution_is_timed(const char *name)
{
	return strcmp(name, GUESTS_RUN);
}

bool attribution_waits(const char *name)
{
	static const char *const waiting[] = {
		"qi_submit_sync", "arm_smmu_cmdq_issue_cmdlist", "__arm_smmu_cmdq_issue_cmdlist",
		"viommu_",
	};
	size_t i;

	for (i = 0; i < sizeof(waiting) / sizeof(waiting[0]); i++)
		if (!strncmp(name, waiting[i], strlen(waiting[i])))
			return true;
	return false;
}

/* By side, and of one the dearest first; those without a time of their own last. */
static int by_cost(const void *a, const void *b)
{
	const struct attribution_row *x = a, *y = b;

	if (x->side != y->side)
		return x->side < y->side ? -1 : 1;
	if (isnan(x->self_ns) != isnan(y->self_ns))
		return isnan(x->self_ns) ? 1 : -1;
	if (x->self_ns != y->self_ns && !isnan(x->self_ns))
		return x->self_ns > y->self_ns ? -1 : 1;
	return strcmp(x->function, y->function);
}

/* Why none of @side's functions gave a time: the first that says so, or the record. */
static const char *why_none(const struct record *r, enum attribution_side side)
{
	size_t i;

	if (side != ATTRIBUTION_GUEST && !r->has_host)
		return derive_reason(r, "host");
	for (i = 0; i < r->nr_functions; i++)
		if (r->functions[i].absent && attribution_side_of(r->functions[i].name) == side)
			return r->functions[i].absent;
	return r->nr_functions ? "none of its functions was traced" : derive_reason(r, "functions");
}

static void add_total(const struct record *r, enum attribution_side side, struct attribution *a)
{
	bool known = false;
	double sum = 0;
	size_t i;

	for (i = 0; i < a->n; i++) {
		if (a->rows[i].side != side || isnan(a->rows[i].self_ns))
			continue;
		known = true;
		sum += a->rows[i].self_ns;
	}
	a->total[side].self_ns = known ? sum : NAN;
	if (!known)
		snprintf(a->total[side].absent, sizeof(a->total[side].absent), "%s",
			 a->pages > 0 ? why_none(r, side) : "no payload in the window");
}

bool attribution_of(const struct record *r, struct attribution *a)
{
	const struct record_function *f;
	enum attribution_side side;
	size_t i;

	if (!scenario_two_levels(&r->scenario) || r->report)
		return false;
	memset(a, 0, sizeof(*a));
	a->pages = r->payload_bytes / (double)METRICS_PAGE;
	for (i = 0; a->pages > 0 && i < r->nr_functions; i++) {
		f = &r->functions[i];
		if (f->absent || !f->timed)
			continue;
		a->rows[a->n++] = (struct attribution_row) {
			.function = f->name, .side = attribution_side_of(f->name),
			.calls = f->count / a->pages,
			.self_ns = attribution_is_timed(f->name) ? f->self_ns / a->pages : NAN,
		};
	}
	qsort(a->rows, a->n, sizeof(a->rows[0]), by_cost);
	for (side = 0; side < ATTRIBUTION_SIDES; side++)
		add_total(r, side, a);
	return true;
}
