// SPDX-License-Identifier: GPL-2.0
/* What is not there must say why, or nobody could tell it from what was forgotten. */
#include <errno.h>
#include <string.h>

#include "record/fields.h"
#include "scenario/driver.h"

/* Is there a reason for the absence of @path, by its own name or that of what holds it? */
static bool is_explained(const struct record *r, const char *path)
{
	size_t i, n;

	for (i = 0; i < r->nr_absent; i++) {
		n = strlen(r->absent[i].field);
		if (!strncmp(path, r->absent[i].field, n) && (!path[n] || path[n] == '.'))
			return true;
	}
	return false;
}

static int need_reason(const struct record *r, const struct json_place *at, const char *path,
		       bool present)
{
	size_t i;

	if (!present && !is_explained(r, path))
		return json_wrong(at, "%s is missing, and \"absent\" gives no reason for it", path);
	for (i = 0; present && i < r->nr_absent; i++)
		if (!strcmp(r->absent[i].field, path))
			return json_wrong(at, "%s is there, yet \"absent\" says why it is not",
					  path);
	return 0;
}

/*
 * Without probes there is no tracer; "functions" says why, once. A host is named where it counts,
 * and an IOMMU that is emulated where it is not the usual one.
 */
static bool may_lack(const struct record *r, const char *key)
{
	return !strcmp(key, "host") || !strcmp(key, "iommu") ||
	       (!r->nr_functions && (!strcmp(key, "attach") || !strcmp(key, "tracer")));
}

static int need_reasons_of(const struct record *r, const struct json_place *at, const char *key,
			   const struct record_fields *table, const void *base)
{
	const struct json_field *field;
	char path[64];
	size_t i;

	for (i = 0; i < table->n; i++) {
		field = &table->fields[i];
		if (!field->optional || may_lack(r, field->key))
			continue;
		snprintf(path, sizeof(path), "%s.%s", key, field->key);
		if (need_reason(r, at, path, json_is_set(field, base)))
			return -EINVAL;
	}
	return 0;
}

static bool all_timed(const struct record *r)
{
	size_t i;

	for (i = 0; i < r->nr_functions; i++)
		if (!r->functions[i].absent && !r->functions[i].timed)
			return false;
	return true;
}

static int check_absent(const struct record *r, const struct json_place *at)
{
	if (need_reasons_of(r, at, "environment", &record_environment_fields, &r->env) ||
	    need_reasons_of(r, at, "traffic", &record_traffic_fields, &r->traffic) ||
	    need_reasons_of(r, at, "mode", &record_mode_fields, &r->mode) ||
	    need_reason(r, at, "mode.capabilities", r->mode.has_capabilities) ||
	    need_reason(r, at, "window", r->has_window) ||
	    need_reason(r, at, "flows", r->nr_flows) ||
	    need_reason(r, at, "functions", r->nr_functions) ||
	    need_reason(r, at, "functions.histogram", all_timed(r)) ||
	    need_reason(r, at, "counters", r->nr_counters) ||
	    need_reason(r, at, "cpu", r->has_cpu) || need_reason(r, at, "tcp", r->has_tcp) ||
	    need_reason(r, at, "nic", r->has_nic) || need_reason(r, at, "plain", r->has_plain))
		return -EINVAL;
	return 0;
}

/*
 * A host is there where the scenario has one, and what is called the host's only with it. A report
 * is of one kernel and says nothing of the other.
 */
static int check_host(const struct record *r, const struct json_place *at)
{
	bool two_levels = scenario_two_levels(&r->scenario);
	size_t i;

	if (r->has_host && !two_levels)
		return json_wrong(at, "host: %s has none, only a scenario over two levels has one",
				  r->scenario.name);
	if (two_levels && !r->report && need_reason(r, at, "host", r->has_host))
		return -EINVAL;
	if (r->has_host)
		return need_reasons_of(r, at, "host", &record_host_fields, &r->host);
	for (i = 0; i < r->nr_functions; i++)
		if (record_is_hosts(r->functions[i].name))
			return json_wrong(at, "functions.%s: the record has no host",
					  r->functions[i].name);
	for (i = 0; i < r->nr_counters; i++)
		if (record_is_hosts(r->counters[i].source) || record_is_hosts(r->counters[i].event))
			return json_wrong(at, "counters[%zu]: the record has no host", i);
	return 0;
}

/* Only another tool's report has numbers that were derived before they came here. */
static int check_report(const struct record *r, const struct json_place *at)
{
	size_t i;

	if (!strcmp(r->env.testbed, "imported") != !!r->report)
		return json_wrong(at, "report: %s", r->report ? "only an imported record has one" :
				  "is missing, and the record is an imported one");
	if (r->report)
		return 0;
	if (r->nr_reported)
		return json_wrong(at, "reported: only an imported record has it");
	for (i = 0; i < r->nr_functions; i++)
		if (!r->functions[i].absent && !r->functions[i].timed)
			return json_wrong(at, "functions.%s.reported: only an imported record has "
					  "it", r->functions[i].name);
	return 0;
}

static int check_values(const struct record *r, const struct json_place *at)
{
	const struct record_environment *env = &r->env;
	enum driver driver;

	if (strcmp(env->clock, "counted") && strcmp(env->clock, "real"))
		return json_wrong(at, "environment.clock: '%.40s' must be counted or real",
				  env->clock);
	if (strcmp(env->testbed, "emulated") && strcmp(env->testbed, "local") &&
	    strcmp(env->testbed, "imported"))
		return json_wrong(at, "environment.testbed: '%.40s' must be emulated, local or "
				  "imported", env->testbed);
	if (env->iommu && (strcmp(env->testbed, "emulated") ||
			   driver_parse(env->iommu, &driver, NULL) || driver == DRIVER_VTD))
		return json_wrong(at, "environment.iommu: '%.40s' must be amd, virtio or smmuv3, "
				  "of an emulated machine", env->iommu);
	if (env->vcpus < 1 || env->vcpus > RECORD_CPUS_MAX)
		return json_wrong(at, "environment.vcpus: %d must be 1 to %d", env->vcpus,
				  RECORD_CPUS_MAX);
	if (r->has_host && (r->host.vcpus < 1 || r->host.vcpus > RECORD_CPUS_MAX))
		return json_wrong(at, "host.vcpus: %d must be 1 to %d", r->host.vcpus,
				  RECORD_CPUS_MAX);
	return 0;
}

int record_check_complete(const struct record *r, const struct json_place *at)
{
	if (check_report(r, at) || check_absent(r, at) || check_host(r, at))
		return -EINVAL;
	return check_values(r, at);
}
