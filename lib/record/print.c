// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>

#include "record/fields.h"

enum { BUCKETS_A_LINE = 12 };

static void print_table(FILE *out, const struct record_fields *table, const char *separator,
			const void *base)
{
	json_print_fields(out, table->fields, table->n, separator, base);
}

/* A member of the record that one table describes. */
static void print_member(FILE *out, const char *key, const struct record_fields *table,
			 const void *base)
{
	fprintf(out, "\t\"%s\": {", key);
	print_table(out, table, ", ", base);
	fputs("},\n", out);
}

/* The same, a field a line. */
static void print_lines(FILE *out, const char *key, const struct record_fields *table,
			const void *base)
{
	fprintf(out, "\t\"%s\": {\n\t\t", key);
	print_table(out, table, ",\n\t\t", base);
	fputs("\n\t},\n", out);
}

/* One that a pair describes: the subject's and the peer's. */
static void print_sides(FILE *out, const char *key, const struct record_fields *table,
			const void *subject, const void *peer)
{
	fprintf(out, "\t\"%s\": {\n\t\t\"subject\": {", key);
	print_table(out, table, ", ", subject);
	fputs("},\n\t\t\"peer\": {", out);
	print_table(out, table, ", ", peer);
	fputs("}\n\t},\n", out);
}

static void print_mode(FILE *out, const struct record_mode *mode)
{
	fputs("\t\"mode\": {", out);
	print_table(out, &record_mode_fields, ", ", mode);
	if (mode->has_capabilities) {
		fprintf(out, "%s\"capabilities\": {", mode->domain_type ? ", " : "");
		print_table(out, &record_capability_fields, ", ", mode);
		fputs("}", out);
	}
	fputs("},\n", out);
}

static void print_flows(FILE *out, const struct record *r)
{
	size_t i;

	fputs("\t\"flows\": [", out);
	for (i = 0; i < r->nr_flows; i++) {
		fprintf(out, "%s\n\t\t{", i ? "," : "");
		print_table(out, &record_flow_fields, ", ", &r->flows[i]);
		fputs("}", out);
	}
	fputs("\n\t],\n", out);
}

static void print_histogram(FILE *out, const struct record_function *f)
{
	size_t i;

	fputs(",\n\t\t\t\"histogram\": [", out);
	for (i = 0; i < f->nr_buckets; i++)
		fprintf(out, "%s%s[%u,%llu]", i ? "," : "",
			i && i % BUCKETS_A_LINE == 0 ? "\n\t\t\t\t" : "", f->buckets[i].index,
			(unsigned long long)f->buckets[i].count);
	fputs("]\n\t\t}", out);
}

static void print_function(FILE *out, const struct record_function *f)
{
	fputs("\t\t", out);
	json_print_string(out, f->name);
	if (f->absent) {
		fputs(": {\"absent\": ", out);
		json_print_string(out, f->absent);
		fputs("}", out);
		return;
	}
	fputs(": {\n\t\t\t", out);
	print_table(out, &record_function_fields, ", ", f);
	if (f->timed) {
		fputs(", ", out);
		print_table(out, &record_function_timing_fields, ", ", f);
		print_histogram(out, f);
		return;
	}
	fputs(",\n\t\t\t\"reported\": {", out);
	print_table(out, &record_function_reported_fields, ", ", f);
	fputs("}\n\t\t}", out);
}

static void print_functions(FILE *out, const struct record *r)
{
	size_t i;

	fputs("\t\"functions\": {\n", out);
	for (i = 0; i < r->nr_functions; i++) {
		print_function(out, &r->functions[i]);
		fputs(i + 1 < r->nr_functions ? ",\n" : "\n", out);
	}
	fputs("\t},\n", out);
}

static void print_counters(FILE *out, const struct record *r)
{
	const struct record_counter *c;
	size_t i;

	if (!r->nr_counters)
		return;
	fputs("\t\"counters\": [", out);
	for (i = 0; i < r->nr_counters; i++) {
		c = &r->counters[i];
		fprintf(out, "%s\n\t\t{", i ? "," : "");
		print_table(out, &record_counter_name_fields, ", ", c);
		if (!c->absent) {
			fputs(", ", out);
			print_table(out, &record_counter_fields, ", ", c);
		}
		fputs("}", out);
	}
	fputs("\n\t],\n", out);
}

static void print_cpu(FILE *out, const struct record *r)
{
	size_t i;

	if (!r->has_cpu)
		return;
	fprintf(out, "\t\"cpu\": {\n\t\t\"tick_ns\": %llu,\n",
		(unsigned long long)r->cpu_tick_ns);
	if (r->cpu_span_ns)
		fprintf(out, "\t\t\"span_ns\": %llu,\n", (unsigned long long)r->cpu_span_ns);
	fputs("\t\t\"cpus\": [", out);
	for (i = 0; i < r->nr_cpus; i++) {
		fprintf(out, "%s\n\t\t\t{", i ? "," : "");
		print_table(out, &record_cpu_fields, ", ", &r->cpus[i]);
		fputs("}", out);
	}
	fputs("\n\t\t]\n\t},\n", out);
}

static void print_reported(FILE *out, const struct record *r)
{
	size_t i;

	if (!r->report)
		return;
	fputs("\t\"report\": ", out);
	json_print_string(out, r->report);
	fputs(",\n\t\"reported\": {", out);
	for (i = 0; i < r->nr_reported; i++) {
		fputs(i ? ",\n\t\t" : "\n\t\t", out);
		json_print_string(out, r->reported[i].metric);
		fputs(": ", out);
		json_print_real(out, r->reported[i].value);
	}
	fputs(r->nr_reported ? "\n\t},\n" : "},\n", out);
}

static void print_notes(FILE *out, const struct record *r)
{
	size_t i;

	fputs("\t\"warnings\": [", out);
	for (i = 0; i < r->nr_warnings; i++) {
		fputs(i ? ",\n\t\t" : "\n\t\t", out);
		json_print_string(out, r->warnings[i]);
	}
	fputs(r->nr_warnings ? "\n\t],\n" : "],\n", out);
	fputs("\t\"absent\": {", out);
	for (i = 0; i < r->nr_absent; i++) {
		fputs(i ? ",\n\t\t" : "\n\t\t", out);
		json_print_string(out, r->absent[i].field);
		fputs(": ", out);
		json_print_string(out, r->absent[i].reason);
	}
	fputs(r->nr_absent ? "\n\t}" : "}", out);
	if (r->reproduce) {
		fputs(",\n\t\"reproduce\": ", out);
		json_print_string(out, r->reproduce);
	}
	fputs("\n}\n", out);
}

char *record_print(const struct record *r)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int bad;

	if (!out)
		return NULL;
	fprintf(out, "{\n\t\"schema\": %d,\n\t\"scenario\": ", r->schema);
	json_print_string(out, r->scenario.name);
	fputs(",\n", out);
	print_lines(out, "environment", &record_environment_fields, &r->env);
	print_member(out, "traffic", &record_traffic_fields, &r->traffic);
	print_mode(out, &r->mode);
	if (r->has_window)
		print_member(out, "window", &record_window_fields, r);
	print_flows(out, r);
	print_functions(out, r);
	print_counters(out, r);
	print_cpu(out, r);
	if (r->has_tcp)
		print_sides(out, "tcp", &record_tcp_fields, &r->tcp_subject, &r->tcp_peer);
	if (r->has_nic)
		print_sides(out, "nic", &record_nic_fields, &r->nic_subject, &r->nic_peer);
	if (r->has_host)
		print_lines(out, "host", &record_host_fields, &r->host);
	if (r->has_plain)
		print_member(out, "plain", &record_plain_fields, &r->plain);
	print_reported(out, r);
	print_notes(out, r);
	bad = ferror(out);
	if (fclose(out) || bad) {
		free(text);
		return NULL;
	}
	return text;
}
