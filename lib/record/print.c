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

static void print_function(FILE *out, const struct record_function *f)
{
	size_t i;

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
	fputs(",\n\t\t\t\"histogram\": [", out);
	for (i = 0; i < f->nr_buckets; i++)
		fprintf(out, "%s%s[%u,%llu]", i ? "," : "",
			i && i % BUCKETS_A_LINE == 0 ? "\n\t\t\t\t" : "", f->buckets[i].index,
			(unsigned long long)f->buckets[i].count);
	fputs("]\n\t\t}", out);
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

static void print_cpu(FILE *out, const struct record *r)
{
	size_t i;

	if (!r->has_cpu)
		return;
	fprintf(out, "\t\"cpu\": {\n\t\t\"tick_ns\": %llu,\n\t\t\"cpus\": [",
		(unsigned long long)r->cpu_tick_ns);
	for (i = 0; i < r->nr_cpus; i++) {
		fprintf(out, "%s\n\t\t\t{", i ? "," : "");
		print_table(out, &record_cpu_fields, ", ", &r->cpus[i]);
		fputs("}", out);
	}
	fputs("\n\t\t]\n\t},\n", out);
}

static void print_tcp(FILE *out, const struct record *r)
{
	if (!r->has_tcp)
		return;
	fputs("\t\"tcp\": {\n\t\t\"subject\": {", out);
	print_table(out, &record_tcp_fields, ", ", &r->tcp_subject);
	fputs("},\n\t\t\"peer\": {", out);
	print_table(out, &record_tcp_fields, ", ", &r->tcp_peer);
	fputs("}\n\t},\n", out);
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
	fputs(",\n\t\"environment\": {\n\t\t", out);
	print_table(out, &record_environment_fields, ",\n\t\t", &r->env);
	fputs("\n\t},\n", out);
	print_mode(out, &r->mode);
	fprintf(out, "\t\"window\": {\"open_ns\": %llu, \"close_ns\": %llu},\n",
		(unsigned long long)r->open_ns, (unsigned long long)r->close_ns);
	fprintf(out, "\t\"payload_bytes\": %llu,\n", (unsigned long long)r->payload_bytes);
	print_flows(out, r);
	print_functions(out, r);
	print_cpu(out, r);
	print_tcp(out, r);
	print_notes(out, r);
	bad = ferror(out);
	if (fclose(out) || bad) {
		free(text);
		return NULL;
	}
	return text;
}
