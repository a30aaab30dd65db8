// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/baseline.h"
#include "judge/conditions.h"
#include "scenario/driver.h"

void baseline_free(struct baseline *b)
{
	if (!b)
		return;
	free(b->scenario);
	free(b->testbed);
	free(b->iommu);
	free(b->qemu);
	free(b->clock);
	free(b->host);
	free(b->iperf3);
	free(b->tracer);
	free(b->guests_qemu);
	free(b->traffic.congestion);
	free(b->traffic.offloads);
	free(b->kernel);
	free(b->host_kernel);
	free(b->accepted);
	free(b->reason);
	free(b);
}

const char *baseline_testbed(const struct record *r)
{
	/* by driver, counted and real */
	static const char *const names[NR_DRIVERS][2] = {
		[DRIVER_VTD] = { "emulated", "emulated-real" },
		[DRIVER_AMD] = { "emulated-amd", "emulated-amd-real" },
		[DRIVER_VIRTIO] = { "emulated-virtio", "emulated-virtio-real" },
		[DRIVER_SMMUV3] = { "emulated-smmuv3", "emulated-smmuv3-real" },
	};
	enum driver driver = DRIVER_VTD;

	if (strcmp(r->env.testbed, "emulated"))
		return r->env.testbed;
	if (r->env.iommu && driver_parse(r->env.iommu, &driver, NULL))
		return "emulated-unknown";
	return names[driver][!strcmp(r->env.clock, "real")];
}

char *baseline_path(const char *dir, const struct record *r)
{
	char *path;

	if (asprintf(&path, "%s/%s/%s.json", dir, baseline_testbed(r), r->scenario.name) < 0)
		return NULL;
	return path;
}

struct decision_rule baseline_rule(const struct baseline_metric *m, enum metric_better better)
{
	return (struct decision_rule) {
		.better = better,
		.tolerance = m->tolerance,
		.floor = m->floor,
		.interval = m->nr_samples > 0,
	};
}

double baseline_spread(const struct baseline_metric *m)
{
	return m->spread * (m->value ? fabs(m->value) : 1);
}

double baseline_allowed(const struct baseline_metric *m)
{
	return fmax(m->tolerance * fabs(m->value), m->floor);
}

const struct baseline_metric *baseline_find(const struct baseline *b, const char *name)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		if (!strcmp(b->list[i].name, name))
			return &b->list[i];
	return NULL;
}

static bool only_flows_differ(const struct baseline *b, const struct record *r)
{
	struct scenario of;
	struct err e;

	return !scenario_parse(b->scenario, &of, &e) && of.host == r->scenario.host &&
	       of.guest == r->scenario.guest && of.tx == r->scenario.tx;
}

bool baseline_matches(const struct baseline *b, const struct record *r, char *why, size_t size)
{
	static const char there[] = "the baseline";
	struct conditions ours = conditions_of(r), theirs = {
		.testbed = b->testbed, .iommu = b->iommu, .qemu = b->qemu, .clock = b->clock,
		.host = conditions_only_counts(r) ? r->env.host : b->host,
		.vcpus = b->named ? r->env.vcpus : b->vcpus,
		.iperf3 = b->iperf3, .tracer = b->tracer, .traffic = &b->traffic,
		.guests_qemu = b->guests_qemu,
	};

	return (condition_same("scenario", r->scenario.name, b->scenario, there, why, size) ||
		(b->named && only_flows_differ(b, r))) &&
	       conditions_same(&ours, &theirs, there, why, size);
}

bool baseline_other_host(const struct baseline *b, const struct record *r)
{
	char why[256];

	return conditions_only_counts(r) &&
	       !condition_same("host", r->env.host, b->host, "the baseline", why, sizeof(why));
}
