// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "record/fields.h"

struct record *record_new(void)
{
	struct record *r = calloc(1, sizeof(*r));

	if (r)
		r->schema = RECORD_SCHEMA;
	return r;
}

static void free_strings(const struct record_fields *table, void *base)
{
	size_t i;

	for (i = 0; i < table->n; i++)
		if (table->fields[i].kind == JSON_KIND_STRING)
			free(*(char **)((char *)base + table->fields[i].offset));
}

void record_free(struct record *r)
{
	size_t i;

	if (!r)
		return;
	free_strings(&record_environment_fields, &r->env);
	free_strings(&record_traffic_fields, &r->traffic);
	free_strings(&record_mode_fields, &r->mode);
	free_strings(&record_capability_fields, &r->mode);
	free_strings(&record_host_fields, &r->host);
	for (i = 0; i < r->nr_functions; i++) {
		free(r->functions[i].name);
		free(r->functions[i].symbol);
		free(r->functions[i].absent);
		free(r->functions[i].buckets);
	}
	for (i = 0; i < r->nr_counters; i++) {
		free_strings(&record_counter_name_fields, &r->counters[i]);
		free(r->counters[i].unit);
	}
	free(r->report);
	for (i = 0; i < r->nr_reported; i++)
		free(r->reported[i].metric);
	for (i = 0; i < r->nr_warnings; i++)
		free(r->warnings[i]);
	for (i = 0; i < r->nr_absent; i++) {
		free(r->absent[i].field);
		free(r->absent[i].reason);
	}
	free(r->reproduce);
	memset(r, 0, sizeof(*r));
	free(r);
}

struct record_counter *record_add_counter(struct record *r, const char *source,
					  const char *device, const char *event)
{
	struct record_counter *c = &r->counters[r->nr_counters];

	if (r->nr_counters == RECORD_COUNTERS_MAX)
		return NULL;
	c->source = strdup(source);
	c->device = device ? strdup(device) : NULL;
	c->event = strdup(event);
	if (!c->source || !c->event || (device && !c->device)) {
		free_strings(&record_counter_name_fields, c);
		*c = (struct record_counter){};
		return NULL;
	}
	r->nr_counters++;
	return c;
}

int record_set_absent(struct record *r, const char *field, const char *reason)
{
	struct record_absent *a = &r->absent[r->nr_absent];

	if (r->nr_absent == RECORD_ABSENT_MAX)
		return -ENOSPC;
	a->field = strdup(field);
	a->reason = strdup(reason);
	if (!a->field || !a->reason) {
		free(a->field);
		free(a->reason);
		*a = (struct record_absent){};
		return -ENOMEM;
	}
	r->nr_absent++;
	return 0;
}

uint64_t record_busy_ns(const struct record *r)
{
	uint64_t busy = 0;

	for (size_t i = 0; i < r->nr_cpus; i++) {
		const struct record_cpu *c = &r->cpus[i];

		busy += c->user_ns + c->nice_ns + c->system_ns + c->irq_ns + c->softirq_ns +
			c->steal_ns;
	}
	return busy;
}
