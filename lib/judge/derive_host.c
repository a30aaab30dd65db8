// SPDX-License-Identifier: GPL-2.0
/* The metrics of the host under a guest, and of what passes between them. */
#include "judge/calltree.h"
#include "judge/derive.h"

/* The calls of all that were traced of @names, which ends with NULL; false: none was. */
static bool sum_calls(const struct record *r, const char *const *names, double *sum)
{
	const struct record_function *f;
	bool any = false;

	for (*sum = 0; *names; names++) {
		f = calltree_traced(r, *names);
		any |= f != NULL;
		*sum += f ? f->count : 0;
	}
	return any;
}

static void derive_calls(const struct record *r, double pages, const char *name,
			 const char *const *functions, const char *why, struct metrics *m)
{
	struct metric *to = derive_add(m, r, "", name);
	double sum;

	if (!r->has_host)
		derive_absent(to, METRIC_MISSING, "%s", derive_reason(r, "host"));
	else if (sum_calls(r, functions, &sum))
		derive_ratio(to, sum, pages, "no payload in the window");
	else
		derive_absent(to, METRIC_MISSING, "%s", why);
}

void derive_host(const struct record *r, double pages, struct metrics *m)
{
	static const char *const exits[] = {
		"host:svm_handle_exit", "host:vmx_handle_exit", "host:handle_exit", NULL
	};
	static const char *const ioctls[] = {
		"host:vfio_iommu_type1_ioctl", "host:iommufd_fops_ioctl", NULL
	};
	struct metric *busy;

	if (!scenario_two_levels(&r->scenario) || r->report)
		return;
	derive_calls(r, pages, "host_exits_per_page", exits, "exits to the host were not traced", m);
	derive_calls(r, pages, "host_ioctls_per_page", ioctls,
		     "neither VFIO's nor iommufd's ioctls were traced", m);
	busy = derive_add(m, r, "", "host_busy");
	if (r->has_host && !r->host.span_ns)
		derive_absent(busy, METRIC_MISSING, "%s", derive_reason(r, "host.busy_ns"));
	else if (r->has_host)
		derive_ratio(busy, 100.0 * r->host.busy_ns,
			     (double)r->host.span_ns * r->host.vcpus,
			     "the host's CPU times were read at once");
	else
		derive_absent(busy, METRIC_MISSING, "%s", derive_reason(r, "host"));
}
