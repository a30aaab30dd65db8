// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "record/parts.h"

static int read_mode(const json_t *root, const struct json_place *at, struct record *r)
{
	static const char *const others[] = { "capabilities", NULL };
	struct json_place here;
	json_t *mode;

	if (json_member(root, at, "mode", JSON_OBJECT, &mode))
		return -EINVAL;
	json_place_key(&here, at, "mode");
	if (record_read_table(mode, &here, &record_mode_fields, others, &r->mode))
		return -EINVAL;
	r->mode.has_capabilities = json_object_get(mode, "capabilities");
	if (!r->mode.has_capabilities)
		return 0;
	return record_read_member(mode, &here, "capabilities", &record_capability_fields, &r->mode);
}

/* The member @key, which need not be there; *@has says whether it is. */
static int read_optional(const json_t *root, const struct json_place *at, const char *key,
			 const struct record_fields *table, void *base, bool *has)
{
	*has = json_object_get(root, key);
	return *has ? record_read_member(root, at, key, table, base) : 0;
}

/* The member @key, an object that holds the subject's and the peer's; it need not be there. */
static int read_sides(const json_t *root, const struct json_place *at, const char *key,
		      const struct record_fields *table, void *subject, void *peer, bool *has)
{
	struct json_place here;
	json_t *sides;

	*has = json_object_get(root, key);
	if (!*has)
		return 0;
	json_place_key(&here, at, key);
	if (json_member(root, at, key, JSON_OBJECT, &sides))
		return -EINVAL;
	if (json_object_size(sides) != 2)
		return json_wrong(&here, "must hold subject and peer, nothing else");
	if (record_read_member(sides, &here, "subject", table, subject) ||
	    record_read_member(sides, &here, "peer", table, peer))
		return -EINVAL;
	return 0;
}

static int read_flows(const json_t *root, const struct json_place *at, struct record *r)
{
	struct json_place all, one;
	json_t *flows, *flow;
	size_t i;

	if (json_member(root, at, "flows", JSON_ARRAY, &flows))
		return -EINVAL;
	json_place_key(&all, at, "flows");
	if (json_array_size(flows) > FLOWS_MAX)
		return json_wrong(&all, "has more than %d flows", FLOWS_MAX);
	json_array_foreach(flows, i, flow) {
		json_place_index(&one, &all, i);
		if (!json_is_object(flow))
			return json_wrong(&one, "must be an object");
		if (record_read_table(flow, &one, &record_flow_fields, NULL, &r->flows[i]))
			return -EINVAL;
		r->nr_flows = i + 1;
	}
	return 0;
}

static int read_cpu(const json_t *root, const struct json_place *at, struct record *r)
{
	static const char *const others[] = { "cpus", NULL };
	static const struct json_field tick[] = {
		{ "tick_ns", JSON_KIND_U64, offsetof(struct record, cpu_tick_ns), false },
		{ "span_ns", JSON_KIND_U64, offsetof(struct record, cpu_span_ns), true },
	};
	struct json_place here, all, one;
	json_t *object, *cpus, *cpu;
	size_t i;

	if (!json_object_get(root, "cpu"))
		return 0;
	json_place_key(&here, at, "cpu");
	json_place_key(&all, &here, "cpus");
	if (json_member(root, at, "cpu", JSON_OBJECT, &object) ||
	    json_read_fields(object, &here, JSON_FIELDS(tick), others, r) ||
	    json_member(object, &here, "cpus", JSON_ARRAY, &cpus))
		return -EINVAL;
	if (json_array_size(cpus) > RECORD_CPUS_MAX)
		return json_wrong(&all, "has more than %d CPUs", RECORD_CPUS_MAX);
	json_array_foreach(cpus, i, cpu) {
		json_place_index(&one, &all, i);
		if (!json_is_object(cpu))
			return json_wrong(&one, "must be an object");
		if (record_read_table(cpu, &one, &record_cpu_fields, NULL, &r->cpus[i]))
			return -EINVAL;
		r->nr_cpus = i + 1;
	}
	r->has_cpu = true;
	return 0;
}

static int read_counter(const json_t *object, const struct json_place *at,
			struct record_counter *c)
{
	static const char *const values[] = { "value", "unit", "whole_window", "enabled_ns",
					      "running_ns", NULL };
	static const char *const names[] = { "source", "device", "event", NULL };

	if (!json_is_object(object))
		return json_wrong(at, "must be an object");
	if (json_object_get(object, "absent"))
		return record_read_table(object, at, &record_counter_name_fields, NULL, c);
	if (record_read_table(object, at, &record_counter_name_fields, values, c))
		return -EINVAL;
	return record_read_table(object, at, &record_counter_fields, names, c);
}

static int read_counters(const json_t *root, const struct json_place *at, struct record *r)
{
	struct json_place all, one;
	json_t *counters, *object;
	size_t i;

	if (!json_object_get(root, "counters"))
		return 0;
	if (json_member(root, at, "counters", JSON_ARRAY, &counters))
		return -EINVAL;
	json_place_key(&all, at, "counters");
	if (json_array_size(counters) > RECORD_COUNTERS_MAX)
		return json_wrong(&all, "has more than %d counters", RECORD_COUNTERS_MAX);
	json_array_foreach(counters, i, object) {
		json_place_index(&one, &all, i);
		r->nr_counters = i + 1;
		if (read_counter(object, &one, &r->counters[i]))
			return -EINVAL;
	}
	return 0;
}

static int read_reported(const json_t *root, const struct json_place *at, struct record *r)
{
	struct json_place here, one;
	json_t *reported, *value;
	const char *metric;

	if (!json_object_get(root, "reported"))
		return 0;
	if (json_member(root, at, "reported", JSON_OBJECT, &reported))
		return -EINVAL;
	json_place_key(&here, at, "reported");
	if (json_object_size(reported) > RECORD_REPORTED_MAX)
		return json_wrong(&here, "has more than %d numbers", RECORD_REPORTED_MAX);
	json_object_foreach(reported, metric, value) {
		json_place_key(&one, &here, metric);
		if (!*metric || strlen(metric) > RECORD_NAME_MAX)
			return json_wrong(&one, "a metric's name has 1 to %d characters",
					  RECORD_NAME_MAX);
		if (!json_is_number(value))
			return json_wrong(&one, "must be a number");
		r->reported[r->nr_reported].value = json_number_value(value) + 0.0;
		r->reported[r->nr_reported].metric = strdup(metric);
		if (!r->reported[r->nr_reported++].metric)
			return err_set(at->e, ENOMEM, "out of memory");
	}
	return 0;
}

static int read_warnings(const json_t *root, const struct json_place *at, struct record *r)
{
	struct json_place here;
	json_t *warnings, *line;
	size_t i;

	if (json_member(root, at, "warnings", JSON_ARRAY, &warnings))
		return -EINVAL;
	json_place_key(&here, at, "warnings");
	if (json_array_size(warnings) > RECORD_WARNINGS_MAX)
		return json_wrong(&here, "has more than %d lines", RECORD_WARNINGS_MAX);
	json_array_foreach(warnings, i, line) {
		if (!json_is_string(line))
			return json_wrong(&here, "must hold strings");
		r->warnings[i] = strdup(json_string_value(line));
		if (!r->warnings[i])
			return err_set(at->e, ENOMEM, "out of memory");
		r->nr_warnings = i + 1;
	}
	return 0;
}

static int read_absent(const json_t *root, const struct json_place *at, struct record *r)
{
	struct json_place here, one;
	json_t *absent, *reason;
	const char *field;

	if (json_member(root, at, "absent", JSON_OBJECT, &absent))
		return -EINVAL;
	json_place_key(&here, at, "absent");
	json_object_foreach(absent, field, reason) {
		json_place_key(&one, &here, field);
		if (!json_is_string(reason) || !json_string_length(reason))
			return json_wrong(&one, "must be a reason in words");
		if (record_set_absent(r, field, json_string_value(reason)))
			return json_wrong(&here, "has more than %d fields", RECORD_ABSENT_MAX);
	}
	return 0;
}

static int read_head(const json_t *root, const struct json_place *at, struct record *r)
{
	struct json_place here;
	json_t *member;
	struct err e;

	if (json_member(root, at, "schema", JSON_INTEGER, &member))
		return -EINVAL;
	if (json_integer_value(member) != RECORD_SCHEMA)
		return json_wrong(at, "schema %lld is not known here, only %d: written by another "
				  "version of iommu-perf?", (long long)json_integer_value(member),
				  RECORD_SCHEMA);
	r->schema = RECORD_SCHEMA;
	if (json_member(root, at, "scenario", JSON_STRING, &member))
		return -EINVAL;
	json_place_key(&here, at, "scenario");
	if (scenario_parse(json_string_value(member), &r->scenario, &e))
		return json_wrong(&here, "%s", e.text);
	return 0;
}

/* What is in the record of a subject, before its testbed adds what only the host knows. */
static int read_subject(const json_t *root, const struct json_place *at, struct record *r)
{
	if (record_read_member(root, at, "traffic", &record_traffic_fields, &r->traffic) ||
	    read_mode(root, at, r) ||
	    read_optional(root, at, "window", &record_window_fields, r, &r->has_window) ||
	    read_flows(root, at, r) || record_read_functions(root, at, r) ||
	    read_counters(root, at, r) || read_cpu(root, at, r) ||
	    read_sides(root, at, "tcp", &record_tcp_fields, &r->tcp_subject, &r->tcp_peer,
		       &r->has_tcp) ||
	    read_sides(root, at, "nic", &record_nic_fields, &r->nic_subject, &r->nic_peer,
		       &r->has_nic) ||
	    read_optional(root, at, "host", &record_host_fields, &r->host, &r->has_host) ||
	    read_optional(root, at, "plain", &record_plain_fields, &r->plain, &r->has_plain) ||
	    read_reported(root, at, r) || read_warnings(root, at, r) || read_absent(root, at, r))
		return -EINVAL;
	return 0;
}

static const char *const members[] = {
	"schema", "scenario", "environment", "traffic", "mode", "window", "flows", "functions",
	"counters", "cpu", "tcp", "nic", "host", "plain", "reported", "warnings", "absent", NULL
};

static int read_part(const json_t *root, const struct json_place *at, struct record *r)
{
	if (read_head(root, at, r) || json_read_fields(root, at, NULL, 0, members, r) ||
	    record_read_member(root, at, "environment", &record_subject_fields, &r->env))
		return -EINVAL;
	return read_subject(root, at, r);
}

static int read_whole(const json_t *root, const struct json_place *at, struct record *r)
{
	static const struct json_field own[] = {
		{ "report", JSON_KIND_STRING, offsetof(struct record, report), true },
		{ "reproduce", JSON_KIND_STRING, offsetof(struct record, reproduce), false },
	};

	if (read_head(root, at, r) || json_read_fields(root, at, JSON_FIELDS(own), members, r) ||
	    record_read_member(root, at, "environment", &record_environment_fields, &r->env) ||
	    read_subject(root, at, r))
		return -EINVAL;
	return record_check_complete(r, at);
}

static int parse(const char *text, size_t len, const char *where,
		 int (*read)(const json_t *, const struct json_place *, struct record *),
		 struct record **out, struct err *e)
{
	struct json_place at = { .file = where, .e = e };
	struct record *r;
	json_t *root;
	int ret;

	ret = json_parse_object(text, len, where, &root, e);
	if (ret)
		return ret;
	r = record_new();
	if (!r)
		ret = err_set(e, ENOMEM, "%s: out of memory", where);
	else
		ret = read(root, &at, r);
	json_decref(root);
	if (ret) {
		record_free(r);
		return ret;
	}
	*out = r;
	return 0;
}

int record_parse(const char *text, size_t len, const char *where, struct record **out,
		 struct err *e)
{
	return parse(text, len, where, read_whole, out, e);
}

int record_parse_subject(const char *text, size_t len, const char *where, struct record **out,
			 struct err *e)
{
	return parse(text, len, where, read_part, out, e);
}
