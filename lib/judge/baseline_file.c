// SPDX-License-Identifier: GPL-2.0
/* Baselines as files. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/baseline.h"
#include "record/fields.h"
#include "util/file.h"
#include "util/json.h"

#define STRING(name, optional) \
	{ #name, JSON_KIND_STRING, offsetof(struct baseline, name), optional }
#define INT(name)	{ #name, JSON_KIND_INT, offsetof(struct baseline, name), false }
#define REAL(name)	{ #name, JSON_KIND_REAL, offsetof(struct baseline_metric, name), false }
#define BOOL(name)	{ #name, JSON_KIND_BOOL, offsetof(struct baseline_metric, name), false }

static const struct json_field head_fields[] = {
	STRING(scenario, false),
	STRING(testbed, false),
	STRING(iommu, true),
	STRING(qemu, true),
	STRING(clock, false),
	INT(vcpus),
	STRING(host, true),
	STRING(iperf3, true),
	STRING(tracer, true),
	STRING(guests_qemu, true),
	STRING(kernel, true),
	STRING(host_kernel, true),
	INT(runs),
	STRING(accepted, false),
	STRING(reason, false),
};

static const struct json_field value_fields[] = {
	{ "value", JSON_KIND_SIGNED, offsetof(struct baseline_metric, value), false },
	REAL(spread)
};
static const struct json_field gate_field[] = { BOOL(gate) };
static const struct json_field gated_fields[] = { REAL(tolerance), REAL(floor) };

static void print_metric(FILE *out, const struct baseline_metric *m)
{
	int i;

	fputs("\t\t", out);
	json_print_string(out, m->name);
	fputs(": {", out);
	json_print_fields(out, JSON_FIELDS(value_fields), ", ", m);
	fprintf(out, ", \"class\": \"%s\", ", metric_class_name(m->class));
	json_print_fields(out, JSON_FIELDS(gate_field), ", ", m);
	if (m->gate) {
		fputs(", ", out);
		json_print_fields(out, JSON_FIELDS(gated_fields), ", ", m);
	}
	for (i = 0; i < m->nr_samples; i++) {
		fputs(i ? ", " : ", \"samples\": [", out);
		json_print_real(out, m->samples[i]);
	}
	if (m->nr_samples)
		fputs("]", out);
	fputs("}", out);
}

char *baseline_print(const struct baseline *b)
{
	char *text = NULL;
	size_t len, i;
	FILE *out = open_memstream(&text, &len);
	int bad;

	if (!out)
		return NULL;
	fprintf(out, "{\n\t\"schema\": %d,\n\t", BASELINE_SCHEMA);
	json_print_fields(out, JSON_FIELDS(head_fields), ",\n\t", b);
	fputs(",\n\t\"traffic\": {", out);
	json_print_fields(out, record_traffic_fields.fields, record_traffic_fields.n, ", ",
			  &b->traffic);
	fputs("},\n\t\"metrics\": {\n", out);
	for (i = 0; i < b->n; i++) {
		print_metric(out, &b->list[i]);
		fputs(i + 1 < b->n ? ",\n" : "\n", out);
	}
	fputs("\t}\n}\n", out);
	bad = ferror(out);
	if (fclose(out) || bad) {
		free(text);
		return NULL;
	}
	return text;
}

/* An interval of runs that vary as the accepted ones is too wide for less than this. */
static int check_samples(const struct baseline_metric *m, const struct json_place *at)
{
	double floor = decide_noise_floor(m->samples, m->nr_samples);

	if (isnan(floor))
		return json_wrong(at, "out of memory");
	if (m->tolerance < floor)
		return json_wrong(at, "its tolerance of %.3g %% is below the noise floor: runs that "
				  "vary as the accepted ones resolve %.3g %%; allow more, gate it "
				  "no longer, or accept steadier runs", 100 * m->tolerance,
				  100 * floor);
	return 0;
}

/* A tolerance below the runs' own spread would raise alarms by itself. */
static int check_gate(const struct baseline_metric *m, const struct json_place *at)
{
	double spread = baseline_spread(m);

	if (m->tolerance <= 0 && m->floor <= 0)
		return json_wrong(at, "is gated without a tolerance or floor above 0");
	if (!isfinite(baseline_allowed(m)))
		return json_wrong(at, "its tolerance allows more than a number can say");
	if (m->nr_samples)
		return check_samples(m, at);
	if (spread > baseline_allowed(m))
		return json_wrong(at, "its accepted runs spread by %.3g, its tolerance and floor "
				  "allow %.3g: gate it no longer, allow more, or accept steadier "
				  "runs", spread, baseline_allowed(m));
	return 0;
}

/* The runs' values of a metric that is held by an interval; others have none. */
static int read_samples(const json_t *object, const struct json_place *at,
			struct baseline_metric *to)
{
	struct json_place place;
	json_t *samples, *value;
	size_t i;

	if (!json_object_get(object, "samples"))
		return 0;
	if (json_member(object, at, "samples", JSON_ARRAY, &samples))
		return -EINVAL;
	json_place_key(&place, at, "samples");
	if (json_array_size(samples) < DECIDE_RUNS || json_array_size(samples) > BASELINE_SAMPLES_MAX)
		return json_wrong(&place, "holds %zu values, not %d to %d",
				  json_array_size(samples), DECIDE_RUNS, BASELINE_SAMPLES_MAX);
	json_array_foreach(samples, i, value) {
		if (!json_is_number(value) || !isfinite(json_number_value(value)))
			return json_wrong(&place, "element %zu is not a number", i);
		to->samples[i] = json_number_value(value);
		if (i && to->samples[i] < to->samples[i - 1])
			return json_wrong(&place, "is out of order: values ascend");
	}
	to->nr_samples = i;
	return 0;
}

static int read_metric(const json_t *object, const struct json_place *at, const char *name,
		       const char *clock, struct baseline_metric *to)
{
	static const char *const others[] = { "class", "gate", "tolerance", "floor",
					      "samples", NULL };
	static const char *const gated[] = { "class", "value", "spread", "gate", "samples", NULL };
	static const char *const plain[] = { "class", "value", "spread", "gate", NULL };
	struct metric known;
	json_t *class;

	if (!metric_define(name, clock, &known))
		return json_wrong(at, "is not the name of a metric");
	snprintf(to->name, sizeof(to->name), "%s", name);
	to->class = known.class;
	if (!json_is_object(object))
		return json_wrong(at, "must be an object");
	if (json_read_fields(object, at, JSON_FIELDS(value_fields), others, to) ||
	    json_member(object, at, "class", JSON_STRING, &class))
		return -EINVAL;
	if (strcmp(json_string_value(class), metric_class_name(known.class)))
		return json_wrong(at, "class '%.20s' must be %s on the %s clock",
				  json_string_value(class), metric_class_name(known.class), clock);
	if (json_is_true(json_object_get(object, "gate"))) {
		to->gate = true;
		if (json_read_fields(object, at, JSON_FIELDS(gated_fields), gated, to) ||
		    read_samples(object, at, to))
			return -EINVAL;
		return check_gate(to, at);
	}
	/* Nothing but false is left for the gate, and no tolerance beside it. */
	return json_read_fields(object, at, JSON_FIELDS(gate_field), plain, to);
}

static int read_metrics(const json_t *root, const struct json_place *at, struct baseline *b)
{
	struct json_place all, one;
	json_t *metrics, *object;
	const char *name;

	if (json_member(root, at, "metrics", JSON_OBJECT, &metrics))
		return -EINVAL;
	json_place_key(&all, at, "metrics");
	if (json_object_size(metrics) > METRICS_MAX)
		return json_wrong(&all, "has more than %d metrics", METRICS_MAX);
	json_object_foreach(metrics, name, object) {
		json_place_key(&one, &all, name);
		if (read_metric(object, &one, name, b->clock, &b->list[b->n]))
			return -EINVAL;
		if (b->n && strcmp(b->list[b->n - 1].name, name) > 0)
			return json_wrong(&one, "is out of order: metrics are sorted by name");
		b->n++;
	}
	return 0;
}

static int read_traffic(const json_t *root, const struct json_place *at, struct baseline *b)
{
	struct json_place place;
	json_t *traffic;

	if (json_member(root, at, "traffic", JSON_OBJECT, &traffic))
		return -EINVAL;
	json_place_key(&place, at, "traffic");
	return json_read_fields(traffic, &place, record_traffic_fields.fields,
				record_traffic_fields.n, NULL, &b->traffic);
}

static int read_baseline(const json_t *root, const struct json_place *at, struct baseline *b)
{
	static const char *const others[] = { "schema", "traffic", "metrics", NULL };
	struct scenario scenario;
	json_t *schema;
	struct err e;

	if (json_member(root, at, "schema", JSON_INTEGER, &schema))
		return -EINVAL;
	if (json_integer_value(schema) != BASELINE_SCHEMA)
		return json_wrong(at, "schema %lld is not known here, only %d",
				  (long long)json_integer_value(schema), BASELINE_SCHEMA);
	if (json_read_fields(root, at, JSON_FIELDS(head_fields), others, b))
		return -EINVAL;
	if (scenario_parse(b->scenario, &scenario, &e))
		return json_wrong(at, "%s", e.text);
	if (b->runs < 1)
		return json_wrong(at, "runs must be at least 1");
	return read_traffic(root, at, b) ?: read_metrics(root, at, b);
}

int baseline_parse(const char *text, size_t len, const char *where, struct baseline **out,
		   struct err *e)
{
	struct json_place at = { .file = where, .e = e };
	struct baseline *b;
	json_t *root;
	int ret;

	ret = json_parse_object(text, len, where, &root, e);
	if (ret)
		return ret;
	b = calloc(1, sizeof(*b));
	if (!b)
		ret = err_set(e, ENOMEM, "%s: out of memory", where);
	else
		ret = read_baseline(root, &at, b);
	json_decref(root);
	if (ret) {
		baseline_free(b);
		return ret;
	}
	*out = b;
	return 0;
}

int baseline_load(const char *path, struct baseline **out, struct err *e)
{
	char *text;
	size_t len;
	int ret;

	ret = file_read(path, &text, &len, e);
	if (ret)
		return ret;
	ret = baseline_parse(text, len, path, out, e);
	free(text);
	return ret;
}

int baseline_save(const struct baseline *b, const char *path, struct err *e)
{
	char *text = baseline_print(b), *folder = strdup(path), *slash;
	int ret = 0;

	slash = folder ? strrchr(folder, '/') : NULL;
	if (!text || !folder) {
		ret = err_set(e, ENOMEM, "no memory to write %s", path);
	} else if (slash) {
		*slash = '\0';
		ret = file_make_folders(folder, e);
	}
	if (!ret)
		ret = file_write_atomic(path, text, strlen(text), e);
	free(folder);
	free(text);
	return ret;
}
