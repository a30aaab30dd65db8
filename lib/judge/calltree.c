// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "judge/calltree.h"

const struct record_function *calltree_traced(const struct record *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->nr_functions; i++)
		if (!strcmp(r->functions[i].name, name))
			return r->functions[i].absent ? NULL : &r->functions[i];
	return NULL;
}

static const char *driver_of(const struct record *r, bool host)
{
	static const struct { const char *prefix, *driver; } marks[] = {
		{ "intel_iommu_", "intel-iommu" }, { "cache_tag_", "intel-iommu" },
		{ "qi_", "intel-iommu" }, { "amd_iommu_", "amd-iommu" },
		{ "arm_smmu_", "arm-smmu-v3" }, { "viommu_", "virtio-iommu" },
	};
	size_t i, k;

	if (host)
		return r->host.iommu_driver ? r->host.iommu_driver : "";
	if (r->env.iommu_driver)
		return r->env.iommu_driver;
	for (i = 0; i < r->nr_functions; i++)
		for (k = 0; k < sizeof(marks) / sizeof(marks[0]); k++)
			if (!strncmp(r->functions[i].name, marks[k].prefix,
				     strlen(marks[k].prefix)))
				return marks[k].driver;
	return "";
}

const char *const *calltree_flushes(const struct record *r)
{
	const char *driver = driver_of(r, false);
	size_t i, found = 0;

	for (i = 0; i < calltree_nr_flush; i++)
		if (!strcmp(calltree_flush[i].driver, driver))
			found = i;
	return calltree_flush[found].functions;
}

static int version_of(const char *kernel)
{
	int major, minor;

	if (!kernel || sscanf(kernel, "%3d.%3d", &major, &minor) != 2)
		return KERNEL(6, 12);
	return KERNEL(major, minor);
}

/* What was not read back is what was asked for. */
static bool is_strict(const struct record *r)
{
	const struct scenario *s = &r->scenario;

	if (r->mode.domain_type)
		return !strcmp(r->mode.domain_type, "DMA");
	return r->report && (s->guest == GUEST_BARE ? s->host == HOST_STRICT :
			     s->guest == GUEST_NESTED || s->guest == GUEST_SHADOW);
}

bool calltree_applies(const struct calltree_scope *scope, const struct record *r)
{
	int version = version_of(scope->host ? r->host.kernel : r->env.kernel);

	if (scope->driver && strcmp(scope->driver, driver_of(r, scope->host)))
		return false;
	if (version < scope->since || (scope->until && version >= scope->until))
		return false;
	if (scope->when == WHEN_UNNESTED)
		return r->scenario.guest == GUEST_SHADOW || r->scenario.guest == GUEST_PASSTHROUGH;
	return scope->when == WHEN_ALWAYS || is_strict(r);
}

static bool is_among(const char *const *names, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n && names[i]; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

bool calltree_knows(const struct record *r, const char *name)
{
	size_t i;

	for (i = 0; i < calltree_nr_groups; i++)
		if (is_among(calltree_groups[i].functions, CALLTREE_GROUP, name) &&
		    calltree_applies(&calltree_groups[i].scope, r))
			return true;
	for (i = 0; i < calltree_nr_nestings; i++)
		if ((!strcmp(calltree_nestings[i].callee, name) ||
		     is_among(calltree_nestings[i].callers, CALLTREE_CALLERS, name)) &&
		    calltree_applies(&calltree_nestings[i].scope, r))
			return true;
	return false;
}
