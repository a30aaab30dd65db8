// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <sqlite3.h>

#include "kselftest_harness.h"
#include "history/changes.h"
#include "judge/baseline.h"
#include "judge/conditions.h"
#include "judge/gates.h"
#include "record/fields.h"
#include "sample.h"

FIXTURE(history)
{
	char folder[64], path[96];
	struct record *r;
	struct history *h;	/* open to read, where a test needs it */
	struct err e;
};

FIXTURE_SETUP(history)
{
	sample_make_folder(self->folder);
	snprintf(self->path, sizeof(self->path), "%s/new/h.db", self->folder);
	self->r = sample_load(SAMPLE);
	self->h = NULL;
}

FIXTURE_TEARDOWN(history)
{
	history_close(self->h);
	record_free(self->r);
	sample_remove_folder(self->folder);
}

static void take(struct history_entries *to, const struct record *r, const char *path,
		 long long at)
{
	char *text = record_print(r);
	struct err e;

	if (history_entries_add(to, path, text, strlen(text), at, &e)) {
		fprintf(stderr, "%s\n", e.text);
		abort();
	}
	free(text);
}

/* Store and free the entries; those that were there already. */
static size_t store(const char *db, struct history_entries *entries)
{
	size_t i, there = 0;
	struct history *h;
	struct err e;

	if (history_open_to_add(db, &h, &e) || history_store(h, entries, &e)) {
		fprintf(stderr, "%s\n", e.text);
		abort();
	}
	history_close(h);
	for (i = 0; i < entries->n; i++)
		there += entries->list[i].outcome == HISTORY_THERE;
	history_entries_free(entries);
	return there;
}

static size_t add(const char *db, const struct record *r, const char *path, long long at)
{
	struct history_entries entries = {};

	take(&entries, r, path, at);
	return store(db, &entries);
}

/* @n runs, an hour apart, of @r, whose iommu_map took @share longer from @from on. */
static void add_runs(const char *db, struct record *r, size_t n, size_t from, double share)
{
	struct history_entries entries = {};
	char path[32];
	size_t i;

	for (i = 0; i < n; i++) {
		if (i == from)
			sample_lengthen(r, "iommu_map", "iommu_dma_map_page", share);
		free(r->reproduce);
		snprintf(path, sizeof(path), "run %zu", i);
		r->reproduce = strdup(path);
		take(&entries, r, path, 3600 * i);
	}
	store(db, &entries);
}

static struct history *open_to_read(const char *db)
{
	struct history *h;
	struct err e;

	if (history_open_to_read(db, &h, &e)) {
		fprintf(stderr, "%s\n", e.text);
		abort();
	}
	return h;
}

/* How many series of @scenario there are. */
static size_t list(struct history *h, const char *scenario, struct history_series **out)
{
	size_t n;
	struct err e;

	if (history_list_series(h, scenario, out, &n, &e))
		abort();
	return n;
}

static void run_sql(const char *db, const char *sql)
{
	sqlite3 *to;

	if (sqlite3_open(db, &to) || sqlite3_exec(to, sql, NULL, NULL, NULL))
		abort();
	sqlite3_close(to);
}

TEST_F(history, same_record_twice)
{
	struct history_entries entries = {};
	struct history *h;

	EXPECT_EQ(add(self->path, self->r, "a.json", 100), 0);
	EXPECT_EQ(add(self->path, self->r, "b.json", 200), 1);
	self->r->env.kernel[0] = '7';
	take(&entries, self->r, "c.json", 300);
	take(&entries, self->r, "d.json", 400);
	ASSERT_EQ(history_open_to_add(self->path, &h, &self->e), 0);
	ASSERT_EQ(history_store(h, &entries, &self->e), 0);
	EXPECT_EQ(entries.list[0].outcome, HISTORY_NEW);
	EXPECT_EQ(entries.list[1].outcome, HISTORY_THERE);
	EXPECT_STREQ(entries.list[1].stored_as, "c.json");
	history_close(h);
	history_entries_free(&entries);
}

TEST_F(history, values)
{
	const char *names[METRICS_MAX];
	struct history_points points[METRICS_MAX];
	struct history_record first;
	struct history_series *s;
	struct metrics m;

	metrics_derive(self->r, &m);
	for (size_t i = 0; i < m.n; i++)
		names[i] = m.list[i].name;
	add(self->path, self->r, "later.json", 200);
	self->r->env.kernel[0] = '7';
	add(self->path, self->r, "earlier.json", 100);
	self->h = open_to_read(self->path);
	ASSERT_EQ(list(self->h, SAMPLE, &s), 1);
	EXPECT_EQ(s->records, 2);
	EXPECT_EQ(s->first, 100);
	EXPECT_EQ(s->last, 200);
	ASSERT_EQ(history_points(self->h, s, names, m.n, points, &self->e), 0);
	for (size_t i = 0; i < m.n; i++) {
		ASSERT_EQ(points[i].n, m.list[i].state == METRIC_PRESENT ? 2 : 0);
		for (size_t k = 0; k < points[i].n; k++) {
			EXPECT_EQ(points[i].list[k].at, 100 * (long long)(k + 1));
			EXPECT_EQ(points[i].list[k].record, 2 - (long long)k);
			EXPECT_EQ(points[i].list[k].value, m.list[i].value);
		}
	}
	history_free_points(points, m.n);
	ASSERT_EQ(history_find_record(self->h, 2, &first, &self->e), 0);
	EXPECT_STREQ(first.path, "earlier.json");
	EXPECT_STREQ(first.kernel, self->r->env.kernel);
	history_free_record(&first);
	history_free_series(s, 1);
}

/* What baseline_matches() keeps apart is in another series, and nothing else is. */
static bool apart(struct record *r, const struct baseline *b, const char *key)
{
	char why[256], *now = conditions_key(r);
	bool other = strcmp(now, key);

	if (other == baseline_matches(b, r, why, sizeof(why)))
		abort();
	free(now);
	return other;
}

TEST_F(history, series_are_what_baselines_compare)
{
	const struct record_fields *tables[] = {
		&record_environment_fields, &record_subject_fields, &record_traffic_fields,
	};
	void *const bases[] = { &self->r->env, &self->r->env, &self->r->traffic };
	const struct record *records[] = { self->r };
	char *key = conditions_key(self->r);
	struct baseline *b;
	size_t differ = 0;

	ASSERT_EQ(baseline_accept(records, 1, "2026-01-02", "", &b, &self->e), 0);
	EXPECT_FALSE(apart(self->r, b, key));
	for (size_t t = 0; t < 3; t++) {
		for (size_t i = 0; i < tables[t]->n; i++) {
			const struct json_field *field = &tables[t]->fields[i];
			void *at = (char *)bases[t] + field->offset;

			if (!json_is_set(field, bases[t]))
				continue;
			if (field->kind == JSON_KIND_STRING) {
				(*(char **)at)[0]++;
				differ += apart(self->r, b, key);
				(*(char **)at)[0]--;
			} else {
				*(int *)at += 1;
				differ += apart(self->r, b, key);
				*(int *)at -= 1;
			}
		}
	}
	/* testbed, qemu, clock, vcpus, iperf3 and tracer, some twice; the traffic's seven */
	EXPECT_GE(differ, 13);
	baseline_free(b);
	free(key);
}

TEST_F(history, real_clock_is_another_testbed)
{
	struct record *real = sample_load(SAMPLE_REAL);
	struct history_series *s;

	add(self->path, self->r, "a.json", 100);
	add(self->path, real, "b.json", 200);
	self->h = open_to_read(self->path);
	ASSERT_EQ(list(self->h, SAMPLE, &s), 2);
	EXPECT_STREQ(s[0].testbed, "emulated-real");
	EXPECT_STREQ(s[0].clock, "real");
	EXPECT_STREQ(s[1].testbed, "emulated");
	history_free_series(s, 2);
	record_free(real);
}

TEST_F(history, gates_as_a_baseline_does)
{
	const struct record *records[GATE_RUNS] = { self->r, self->r, self->r };
	struct history_series *s;
	struct history_study study;
	const struct baseline_metric *m;
	struct baseline *b;
	size_t i, gated = 0;

	ASSERT_EQ(baseline_accept(records, GATE_RUNS, "2026-01-02", "", &b, &self->e), 0);
	for (i = 0; i < b->n; i++)
		gated += b->list[i].gate;
	add(self->path, self->r, "a.json", 100);
	self->h = open_to_read(self->path);
	ASSERT_EQ(list(self->h, NULL, &s), 1);
	ASSERT_EQ(history_study(self->h, s, NULL, 0, &study, &self->e), 0);
	EXPECT_GT(gated, 10);
	EXPECT_EQ(study.n, gated);
	for (i = 0; i < study.n; i++) {
		m = baseline_find(b, study.metrics[i].define.name);
		ASSERT_NE(m, NULL);
		EXPECT_TRUE(m->gate);
		EXPECT_EQ(m->tolerance, study.metrics[i].rule.tolerance);
		EXPECT_EQ(m->floor, study.metrics[i].rule.floor);
	}
	history_free_study(&study);
	history_free_series(s, 1);
	baseline_free(b);
}

TEST_F(history, invalid_records_are_in_no_series)
{
	struct history_summary *summary;
	struct history_entries entries = {};
	struct history_series *s;
	struct history_study study;
	size_t n;

	add(self->path, self->r, "good.json", 100);
	free(self->r->reproduce);
	self->r->reproduce = strdup("iommu-perf run " SAMPLE " --inject qi_submit_sync:3");
	take(&entries, self->r, "slowed.json", 200);
	sample_function(self->r, "iommu_map")->missed = 7;
	take(&entries, self->r, "lost.json", 300);
	EXPECT_STREQ(entries.list[0].invalid, "made with --inject, --disturb or --tracepoints");
	EXPECT_NE(strstr(entries.list[1].invalid, "lost: iommu_map: "), NULL);
	store(self->path, &entries);
	self->h = open_to_read(self->path);
	ASSERT_EQ(list(self->h, SAMPLE, &s), 1);
	EXPECT_EQ(s->records, 1);
	EXPECT_EQ(s->invalid, 2);
	ASSERT_EQ(history_study(self->h, s, NULL, 0, &study, &self->e), 0);
	EXPECT_EQ(study.metrics[0].n, 1);
	history_free_study(&study);
	history_free_series(s, 1);
	ASSERT_EQ(history_summarise(self->h, NULL, 200, &summary, &n, &self->e), 0);
	ASSERT_EQ(n, 1);
	EXPECT_EQ(summary->records, 0);
	EXPECT_EQ(summary->invalid, 2);
	history_free_summaries(summary, n);
}

TEST_F(history, since)
{
	struct history_summary *s;
	size_t n;

	add_runs(self->path, self->r, 10, 10, 0);
	self->h = open_to_read(self->path);
	ASSERT_EQ(history_summarise(self->h, SAMPLE, 7 * 3600, &s, &n, &self->e), 0);
	ASSERT_EQ(n, 1);
	EXPECT_EQ(s->records, 3);
	EXPECT_EQ(s->series, 1);
	EXPECT_EQ(s->first, 7 * 3600);
	EXPECT_EQ(s->last, 9 * 3600);
	EXPECT_EQ(s->kernels, 1);
	EXPECT_STREQ(s->kernel, self->r->env.kernel);
	history_free_summaries(s, n);
	ASSERT_EQ(history_summarise(self->h, SAMPLE, 10 * 3600, &s, &n, &self->e), 0);
	EXPECT_EQ(n, 0);
	history_free_summaries(s, n);
	ASSERT_EQ(history_summarise(self->h, "lazy-bare-4flows", 0, &s, &n, &self->e), 0);
	EXPECT_EQ(n, 0);
	history_free_summaries(s, n);
}

TEST_F(history, what_changed)
{
	const char *const named[] = { "iommu_map.mean_ns", "iommu_map.count_per_page" };
	struct history_study study;
	struct history_change *found;
	struct history_series *s;
	size_t n;

	add_runs(self->path, self->r, 30, 18, 0.02);
	self->h = open_to_read(self->path);
	ASSERT_EQ(list(self->h, SAMPLE, &s), 1);
	ASSERT_EQ(history_study(self->h, s, named, 2, &study, &self->e), 0);
	ASSERT_EQ(study.n, 2);
	EXPECT_EQ(study.metrics[1].nr_segments, 1);
	ASSERT_EQ(history_changes(&study, 1, 0, &found, &n), 0);
	ASSERT_EQ(n, 1);
	EXPECT_EQ(found->metric, &study.metrics[0]);
	EXPECT_EQ(found->segment->part.first, 18);
	EXPECT_EQ(found->segment->part.n, 12);
	EXPECT_TRUE(found->segment->worse);
	EXPECT_LT(fabs(history_share(found->segment) - 0.02), 1e-4);
	EXPECT_EQ(found->segment->first.at, 18 * 3600);
	EXPECT_STREQ(found->segment->first.path, "run 18");
	EXPECT_STREQ(found->segment[-1].last.path, "run 17");
	free(found);
	ASSERT_EQ(history_changes(&study, 1, 18 * 3600 + 1, &found, &n), 0);
	EXPECT_EQ(n, 0);
	free(found);
	history_free_study(&study);
	history_free_series(s, 1);
}

TEST_F(history, metrics_that_are_not_there)
{
	const char *const unknown[] = { "speed" }, *const missing[] = { "iotlb_lookup.mean_ns" };
	struct history_study study;
	struct history_series *s;

	add(self->path, self->r, "a.json", 100);
	self->h = open_to_read(self->path);
	ASSERT_EQ(list(self->h, NULL, &s), 1);
	EXPECT_EQ(history_study(self->h, s, unknown, 1, &study, &self->e), -EINVAL);
	EXPECT_NE(strstr(self->e.text, "'speed' is no metric"), NULL);
	ASSERT_EQ(history_study(self->h, s, missing, 1, &study, &self->e), 0);
	EXPECT_EQ(study.n, 0);
	history_free_study(&study);
	history_free_series(s, 1);
}

TEST_F(history, files_that_are_none)
{
	struct history *h;

	EXPECT_EQ(history_open_to_read(self->path, &h, &self->e), -ENOENT);
	EXPECT_NE(strstr(self->e.text, "iommu-perf history add"), NULL);
	EXPECT_EQ(history_open_to_read(self->folder, &h, &self->e), -EINVAL);
	EXPECT_EQ(history_open_to_add("", &h, &self->e), -EINVAL);
	add(self->path, self->r, "a.json", 100);
	run_sql(self->path, "PRAGMA user_version = 2");
	EXPECT_EQ(history_open_to_read(self->path, &h, &self->e), -EINVAL);
	EXPECT_NE(strstr(self->e.text, "is of version 2, and this iommu-perf knows up to 1"), NULL);
	EXPECT_EQ(history_open_to_add(self->path, &h, &self->e), -EINVAL);
	run_sql(self->path, "PRAGMA user_version = 1; PRAGMA application_id = 1");
	EXPECT_EQ(history_open_to_add(self->path, &h, &self->e), -EINVAL);
	EXPECT_NE(strstr(self->e.text, "is another program's database"), NULL);
	snprintf(self->path, sizeof(self->path), "%s/other.db", self->folder);
	run_sql(self->path, "CREATE TABLE t (x)");
	EXPECT_EQ(history_open_to_add(self->path, &h, &self->e), -EINVAL);
	EXPECT_EQ(history_open_to_read(self->path, &h, &self->e), -EINVAL);
	snprintf(self->path, sizeof(self->path), "%s/text", self->folder);
	ASSERT_EQ(file_write_atomic(self->path, "no database at all", 18, &self->e), 0);
	EXPECT_EQ(history_open_to_add(self->path, &h, &self->e), -EINVAL);
	EXPECT_NE(strstr(self->e.text, "is no database of SQLite"), NULL);
}

/* A reader sees one moment, whatever is added meanwhile. */
TEST_F(history, reading_while_others_add)
{
	struct history_series *s;

	add(self->path, self->r, "a.json", 100);
	self->h = open_to_read(self->path);
	ASSERT_EQ(list(self->h, NULL, &s), 1);
	history_free_series(s, 1);
	self->r->env.kernel[0] = '7';
	add(self->path, self->r, "b.json", 200);
	ASSERT_EQ(list(self->h, NULL, &s), 1);
	EXPECT_EQ(s->records, 1);
	history_free_series(s, 1);
}

TEST_HARNESS_MAIN
