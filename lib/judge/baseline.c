// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/baseline.h"
#include "record/fields.h"

void baseline_free(struct baseline *b)
{
	if (!b)
		return;
	free(b->scenario);
	free(b->testbed);
	free(b->qemu);
	free(b->clock);
	free(b->iperf3);
	free(b->tracer);
	free(b->traffic.congestion);
	free(b->traffic.offloads);
	free(b->kernel);
	free(b->accepted);
	free(b->reason);
	free(b);
}

char *baseline_path(const char *dir, const struct record *r)
{
	char *path;

	bool slow = !strcmp(r->env.testbed, "emulated") && !strcmp(r->env.clock, "real");

	if (asprintf(&path, "%s/%s%s/%s.json", dir, r->env.testbed, slow ? "-real" : "",
		     r->scenario.name) < 0)
		return NULL;
	return path;
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

/* Are two strings, each of which may be missing, the same? If not, say so in @why. */
static bool same(const char *what, const char *theirs, const char *ours, char *why, size_t size)
{
	if (!theirs && !ours)
		return true;
	if (theirs && ours && !strcmp(theirs, ours))
		return true;
	snprintf(why, size, "%s differs: here %.80s, in the baseline %.80s", what,
		 ours ? ours : "none", theirs ? theirs : "none");
	return false;
}

/* The value of a field as text, in @buf where it is a number; NULL: not known. */
static const char *field_text(const struct json_field *field, const void *base, char buf[16])
{
	const char *at = (const char *)base + field->offset;

	if (!json_is_set(field, base))
		return NULL;
	if (field->kind == JSON_KIND_STRING)
		return *(const char *const *)at;
	snprintf(buf, 16, "%d", *(const int *)at);
	return buf;
}

static bool same_traffic(const struct record_traffic *theirs, const struct record_traffic *ours,
			 char *why, size_t size)
{
	char there[16], here[16];
	size_t i;

	for (i = 0; i < record_traffic_fields.n; i++) {
		const struct json_field *field = &record_traffic_fields.fields[i];

		if (!same(field->key, field_text(field, theirs, there),
			  field_text(field, ours, here), why, size))
			return false;
	}
	return true;
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
	char theirs[16], ours[16];

	snprintf(theirs, sizeof(theirs), "%d", b->vcpus);
	snprintf(ours, sizeof(ours), "%d", r->env.vcpus);
	return (same("scenario", b->scenario, r->scenario.name, why, size) ||
		(b->named && only_flows_differ(b, r))) &&
	       same("testbed", b->testbed, r->env.testbed, why, size) &&
	       same("QEMU", b->qemu, r->env.qemu, why, size) &&
	       same("clock", b->clock, r->env.clock, why, size) &&
	       (b->named || same("number of CPUs", theirs, ours, why, size)) &&
	       same("iperf3", b->iperf3, r->env.iperf3, why, size) &&
	       same("tracer", b->tracer, r->env.tracer, why, size) &&
	       same_traffic(&b->traffic, &r->traffic, why, size);
}
