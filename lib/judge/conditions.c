// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/conditions.h"
#include "record/fields.h"
#include "scenario/driver.h"
#include "util/json.h"

struct conditions conditions_of(const struct record *r)
{
	return (struct conditions) {
		.testbed = r->env.testbed, .qemu = r->env.qemu, .clock = r->env.clock,
		.iommu = r->env.iommu, .host = r->env.host, .vcpus = r->env.vcpus,
		.iperf3 = r->env.iperf3,
		.tracer = r->env.tracer, .traffic = &r->traffic, .guests_qemu = r->host.qemu,
	};
}

bool conditions_only_counts_of(const struct scenario *s, const char *clock, bool report)
{
	return !report && scenario_two_levels(s) && !strcmp(clock, "real");
}

bool conditions_only_counts(const struct record *r)
{
	return conditions_only_counts_of(&r->scenario, r->env.clock, r->report);
}

bool condition_same(const char *what, const char *ours, const char *theirs, const char *there,
		    char *why, size_t size)
{
	if (!theirs && !ours)
		return true;
	if (theirs && ours && !strcmp(theirs, ours))
		return true;
	snprintf(why, size, "%s differs: here %.80s, in %s %.80s", what, ours ? ours : "none",
		 there, theirs ? theirs : "none");
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

static bool same_traffic(const struct conditions *ours, const struct conditions *theirs,
			 const char *there, char *why, size_t size)
{
	char a[16], b[16];
	size_t i;

	for (i = 0; i < record_traffic_fields.n; i++) {
		const struct json_field *field = &record_traffic_fields.fields[i];

		if (!condition_same(field->key, field_text(field, ours->traffic, a),
				    field_text(field, theirs->traffic, b), there, why, size))
			return false;
	}
	return true;
}

const char *conditions_iommu(const struct conditions *c)
{
	return c->iommu ? c->iommu : driver_name(DRIVER_VTD);
}

bool conditions_same(const struct conditions *ours, const struct conditions *theirs,
		     const char *there, char *why, size_t size)
{
	char a[16], b[16];

	snprintf(a, sizeof(a), "%d", ours->vcpus);
	snprintf(b, sizeof(b), "%d", theirs->vcpus);
	return condition_same("testbed", ours->testbed, theirs->testbed, there, why, size) &&
	       condition_same("IOMMU", conditions_iommu(ours), conditions_iommu(theirs), there,
			      why, size) &&
	       condition_same("QEMU", ours->qemu, theirs->qemu, there, why, size) &&
	       condition_same("clock", ours->clock, theirs->clock, there, why, size) &&
	       condition_same("host", ours->host, theirs->host, there, why, size) &&
	       condition_same("number of CPUs", a, b, there, why, size) &&
	       condition_same("iperf3", ours->iperf3, theirs->iperf3, there, why, size) &&
	       condition_same("tracer", ours->tracer, theirs->tracer, there, why, size) &&
	       condition_same("the guest's QEMU", ours->guests_qemu, theirs->guests_qemu, there,
			      why, size) &&
	       same_traffic(ours, theirs, there, why, size);
}

static void print_part(FILE *out, const char *key, const char *value)
{
	if (!value)
		return;
	fprintf(out, ", \"%s\": ", key);
	json_print_string(out, value);
}

char *conditions_key(const struct record *r)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	fputs("{\"scenario\": ", out);
	json_print_string(out, r->scenario.name);
	print_part(out, "testbed", r->env.testbed);
	print_part(out, "iommu", r->env.iommu);
	print_part(out, "qemu", r->env.qemu);
	print_part(out, "clock", r->env.clock);
	print_part(out, "host", r->env.host);
	fprintf(out, ", \"vcpus\": %d", r->env.vcpus);
	print_part(out, "iperf3", r->env.iperf3);
	print_part(out, "tracer", r->env.tracer);
	print_part(out, "guests_qemu", r->host.qemu);
	fputs(", \"traffic\": {", out);
	json_print_fields(out, record_traffic_fields.fields, record_traffic_fields.n, ", ",
			  &r->traffic);
	fputs("}}", out);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}
