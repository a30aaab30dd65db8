// SPDX-License-Identifier: GPL-2.0
/*
 * Records: what can be read is printed so that it reads the same again, and may be judged, accepted
 * and shown whatever its numbers are.
 */
#include "fuzz.h"
#include "judge/baseline.h"
#include "judge/verdict.h"
#include "record/record.h"
#include "report/json.h"
#include "report/table.h"
#include "report/tap.h"
#include "util/json.h"
#include "util/places.h"

static struct record *parse(const char *text, size_t len)
{
	struct record *r;
	struct err e;

	if (!record_parse(text, len, "input", &r, &e))
		return r;
	FUZZ_CHECK(e.text[0]);
	return NULL;
}

static void print_again(const struct record *r)
{
	char *once = record_print(r), *twice;
	struct record *again = parse(once, strlen(once));

	FUZZ_CHECK(again);
	twice = record_print(again);
	FUZZ_CHECK(!strcmp(once, twice));
	FUZZ_CHECK(r->nr_reported == again->nr_reported && r->nr_absent == again->nr_absent &&
		   r->nr_warnings == again->nr_warnings && r->nr_counters == again->nr_counters &&
		   r->nr_cpus == again->nr_cpus && r->nr_functions == again->nr_functions);
	record_free(again);
	free(once);
	free(twice);
}

/* Whatever is said of a record, it is text; as JSON it can be read. */
static void show(struct judgement *j)
{
	const char *name = "input.json";
	struct tap_points points;
	char *text = NULL;
	json_t *root;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	FUZZ_CHECK(out);
	report_json(out, &j, &name, 1);
	fflush(out);
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	FUZZ_CHECK(root);
	json_decref(root);
	FUZZ_CHECK(!report_table(out, j, name));
	FUZZ_CHECK(!report_summary(out, &j, 1));
	FUZZ_CHECK(!report_checks(out, j, name));
	fclose(out);
	free(text);
	FUZZ_CHECK(!tap_make(j, &points));
	tap_free(&points);
}

static void accept(const struct record *r)
{
	struct baseline *b, *again;
	struct judgement *j;
	struct err e;
	char *text;

	if (baseline_accept(&r, 1, "2026-11-24", "a reason", &b, &e))
		return;
	text = baseline_print(b);
	/* What was accepted can be read, unless it gates what never varies and is zero. */
	if (!baseline_parse(text, strlen(text), "accepted", &again, &e))
		baseline_free(again);
	free(text);
	j = judge(r, b, "");
	FUZZ_CHECK(j);
	/* Nothing regressed against itself. */
	FUZZ_CHECK(j->verdict != VERDICT_REGRESSED && j->verdict != VERDICT_IMPROVED);
	show(j);
	free(j);
	baseline_free(b);
}

/* A baseline of another scenario that its user named: all that can differ does. */
static void judge_by_stored(const struct record *r)
{
	static struct baseline *stored;
	struct judgement *j;
	char *path;
	struct err e;

	if (!stored) {
		path = places_source("baselines/emulated/strict-bare-4flows.json");
		FUZZ_CHECK(path && !baseline_load(path, &stored, &e));
		stored->named = true;
		free(path);
	}
	j = judge(r, stored, "");
	FUZZ_CHECK(j);
	show(j);
	free(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_bytes(data, size);
	struct record *r = parse(text, size);
	struct err e;

	if (r) {
		print_again(r);
		accept(r);
		judge_by_stored(r);
		record_free(r);
	} else if (!record_parse_subject(text, size, "input", &r, &e)) {
		record_free(r);
	}
	free(text);
	return 0;
}
