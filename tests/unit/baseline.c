// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "judge/baseline.h"
#include "sample.h"

FIXTURE(baseline)
{
	struct record *r[3];
	struct baseline *b;
	char *text;
};

static struct baseline *accept_records(struct record *const *r, size_t n, struct err *e)
{
	struct baseline *b = NULL;

	baseline_accept((const struct record *const *)r, n, "2026-01-02", "a test", &b, e);
	return b;
}

/* Three runs whose iommu_map took 0, 0.2 and 0.5 % longer on the whole. */
FIXTURE_SETUP(baseline)
{
	struct err e;

	for (int i = 0; i < 3; i++)
		self->r[i] = sample_load(SAMPLE);
	sample_lengthen(self->r[1], "iommu_map", "iommu_dma_map_page", 0.005);
	sample_lengthen(self->r[2], "iommu_map", "iommu_dma_map_page", 0.002);
	self->b = accept_records(self->r, 3, &e);
	ASSERT_NE(self->b, NULL) {
		TH_LOG("%s", e.text);
	}
	self->text = baseline_print(self->b);
}

FIXTURE_TEARDOWN(baseline)
{
	for (int i = 0; i < 3; i++)
		record_free(self->r[i]);
	baseline_free(self->b);
	free(self->text);
}

static int parse(const char *text, struct err *e)
{
	struct baseline *b = NULL;
	int ret;

	e->text[0] = '\0';
	ret = baseline_parse(text, strlen(text), "b.json", &b, e);
	baseline_free(b);
	return ret;
}

TEST_F(baseline, median_and_spread)
{
	const struct baseline_metric *m = baseline_find(self->b, "iommu_map.mean_ns");
	struct record_function *f = sample_function(self->r[2], "iommu_map");
	double median = (double)f->total_ns / f->count;

	ASSERT_NE(m, NULL);
	EXPECT_LT(fabs(m->value - median), 0.005);
	EXPECT_LT(fabs(m->spread - 0.005 / 1.002), 1e-5);
	EXPECT_EQ(self->b->runs, 3);
	/* of two runs the median lies between */
	baseline_free(self->b);
	self->b = accept_records(self->r, 2, NULL);
	m = baseline_find(self->b, "iommu_map.mean_ns");
	EXPECT_LT(fabs(m->value - median / 1.002 * 1.0025), 0.005);
}

TEST_F(baseline, tampered_records_are_refused)
{
	static const char *const made[] = {
		"iommu-perf run strict-bare-4flows --inject qi_submit_sync:3",
		"iommu-perf run strict-bare-4flows --clock real --disturb",
	};
	struct err e;

	for (size_t i = 0; i < 2; i++) {
		free(self->r[1]->reproduce);
		self->r[1]->reproduce = strdup(made[i]);
		e.text[0] = '\0';
		EXPECT_EQ(accept_records(self->r, 3, &e), NULL);
		EXPECT_NE(strstr(e.text, "record 2"), NULL) {
			TH_LOG("%s", e.text);
		}
	}
}

TEST_F(baseline, what_gates)
{
	static const struct {
		const char *name;
		bool gate;
		double tolerance, floor;
	} known[] = {
		{ "iommu_map.count_per_page", true, 0.01, 0.002 },
		/* its runs spread by 0.5 % */
		{ "iommu_map.mean_ns", true, 0.01, 3 },
		{ "flushes_per_unmap", true, 0.0005, 0.0005 },
		{ "iommu_map.p99_ns", false, 0, 0 },
		{ "iommu_map.self_ns_per_page", false, 0, 0 },
		{ "iommu_dma_unmap_page.mean_ns", true, 0.006, 3 },
		{ "__iommu_map.mean_ns", true, 0.006, 3 },
		{ "qi_batch_flush_descs.mean_ns", false, 0, 0 },
		/* never called: its count gates, so that it stays so */
		{ "cache_tag_flush_range_np.count_per_page", true, 0.01, 0.002 },
		{ "throughput_gbps", false, 0, 0 },
		{ "acks_per_page", false, 0, 0 },
	};
	const struct baseline_metric *m;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		m = baseline_find(self->b, known[i].name);
		ASSERT_NE(m, NULL) {
			TH_LOG("%s", known[i].name);
		}
		EXPECT_EQ(m->gate, known[i].gate) {
			TH_LOG("%s", known[i].name);
		}
		EXPECT_EQ(m->tolerance, known[i].tolerance);
		EXPECT_EQ(m->floor, known[i].floor);
	}
	/* what was not measured in all runs is not in it */
	EXPECT_EQ(baseline_find(self->b, "cache_tag_flush_range_np.mean_ns"), NULL);
	EXPECT_EQ(baseline_find(self->b, "iommu_unmap.count_per_page"), NULL);
}

/* A metric that one run lacks has no median. */
TEST_F(baseline, in_every_run_or_not_at_all)
{
	sample_untrace(self->r[1], "qi_submit_sync", "qi_batch_flush_descs", 0);
	baseline_free(self->b);
	self->b = accept_records(self->r, 3, NULL);
	ASSERT_NE(self->b, NULL);
	EXPECT_EQ(baseline_find(self->b, "qi_submit_sync.mean_ns"), NULL);
	EXPECT_NE(baseline_find(self->b, "iommu_map.mean_ns"), NULL);
}

/* A mean over 1000 calls or fewer is shown, its count still gates. */
TEST_F(baseline, few_calls)
{
	struct record_function *f;
	struct record *r = self->r[0];
	const struct baseline_metric *m;
	struct err e;

	/* everything below unmapping's flush was called a thousand times less, as if lazily */
	scenario_parse("lazy-bare-4flows", &r->scenario, &e);
	free(r->mode.domain_type);
	r->mode.domain_type = strdup("DMA-FQ");
	f = sample_function(r, "qi_submit_sync");
	f->buckets[0] = (struct record_bucket){ f->buckets[0].index, 1000 };
	f->nr_buckets = 1;
	f->count = 1000;
	f->total_ns = f->self_ns = 1000 * f->min_ns;
	f->max_ns = f->min_ns;
	sample_set_event(r, "inv_wait", 1000);
	baseline_free(self->b);
	self->b = accept_records(self->r, 1, &e);
	ASSERT_NE(self->b, NULL) {
		TH_LOG("%s", e.text);
	}
	m = baseline_find(self->b, "qi_submit_sync.mean_ns");
	ASSERT_NE(m, NULL);
	EXPECT_FALSE(m->gate);
	EXPECT_FALSE(m->noisy);
	EXPECT_TRUE(baseline_find(self->b, "qi_submit_sync.count_per_page")->gate);
}

/* Runs that spread by more than the tolerance cannot gate by it. */
TEST_F(baseline, noisy_runs_do_not_gate)
{
	const struct baseline_metric *m;

	sample_lengthen(self->r[1], "iommu_map", "iommu_dma_map_page", 0.05);
	baseline_free(self->b);
	self->b = accept_records(self->r, 3, NULL);
	m = baseline_find(self->b, "iommu_map.mean_ns");
	EXPECT_GT(m->spread, 0.05);
	EXPECT_FALSE(m->gate);
	EXPECT_TRUE(m->noisy);
}

/* @n runs on the real clock, of which each has __iommu_unmap 0.05 % longer than the one before. */
static struct baseline *accept_real(int n, struct err *e)
{
	struct record *real[16];
	struct baseline *b;

	for (int i = 0; i < n; i++) {
		real[i] = sample_load(SAMPLE_REAL);
		real[i]->env.host = strdup("a processor, 2 CPUs");
		sample_lengthen(real[i], "__iommu_unmap", "iommu_dma_unmap_page", 0.0005 * i);
	}
	b = accept_records(real, n, e);
	for (int i = 0; i < n; i++)
		record_free(real[i]);
	return b;
}

/* An interval takes runs: with fewer no time gates, while counts do. */
TEST_F(baseline, real_clock_takes_runs)
{
	struct err e;

	for (int n = 1; n < DECIDE_RUNS; n += DECIDE_RUNS - 2) {
		baseline_free(self->b);
		self->b = accept_real(n, &e);
		ASSERT_NE(self->b, NULL) {
			TH_LOG("%s", e.text);
		}
		EXPECT_FALSE(baseline_find(self->b, "__iommu_unmap.mean_ns")->gate);
		EXPECT_FALSE(baseline_find(self->b, "throughput_gbps")->gate);
		EXPECT_TRUE(baseline_find(self->b, "__iommu_unmap.count_per_page")->gate);
	}
}

/* The runs' values are kept, ascending, and read back; a tolerance below their noise is refused. */
TEST_F(baseline, real_clock_keeps_samples)
{
	static const struct {
		const char *from, *to, *says;
	} bad[] = {
		{ "\"samples\": [", "\"samples\": [1e9, ", "out of order" },
		{ "\"samples\": [", "\"samples\": [\"1\", ", "element 0 is not a number" },
		{ "\"samples\": [", "\"samples\": [1], \"s\": [", "is not a field" },
		{ "\"host\"", "\"hots\"", "hots: is not a field" },
	};
	struct baseline_metric *m;
	char *changed;
	struct err e;

	baseline_free(self->b);
	self->b = accept_real(7, &e);
	ASSERT_NE(self->b, NULL) {
		TH_LOG("%s", e.text);
	}
	m = (void *)baseline_find(self->b, "__iommu_unmap.mean_ns");
	EXPECT_TRUE(m->gate);
	EXPECT_EQ(m->tolerance, 0.05);
	ASSERT_EQ(m->nr_samples, 7);
	EXPECT_LT(fabs(m->samples[6] / m->samples[0] - 1.003), 1e-5);
	EXPECT_STREQ(self->b->host, "a processor, 2 CPUs");
	free(self->text);
	self->text = baseline_print(self->b);
	EXPECT_EQ(parse(self->text, &e), 0) {
		TH_LOG("%s", e.text);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		changed = sample_replace(self->text, bad[i].from, bad[i].to);
		EXPECT_EQ(parse(changed, &e), -EINVAL);
		EXPECT_NE(strstr(e.text, bad[i].says), NULL) {
			TH_LOG("%s: %s", bad[i].to, e.text);
		}
		free(changed);
	}
	/* a standard deviation is 0.108 % */
	m->tolerance = 0.0015;
	free(self->text);
	self->text = baseline_print(self->b);
	EXPECT_EQ(parse(self->text, &e), -EINVAL);
	EXPECT_NE(strstr(e.text, "__iommu_unmap.mean_ns: its tolerance of 0.15 % is below the noise "
			 "floor"), NULL) {
		TH_LOG("%s", e.text);
	}
	m->tolerance = 0.002;
	free(self->text);
	self->text = baseline_print(self->b);
	EXPECT_EQ(parse(self->text, &e), 0);
}

TEST_F(baseline, real_clock_of_another_host)
{
	struct record *real = sample_load(SAMPLE_REAL);
	char why[256];

	baseline_free(self->b);
	self->b = accept_real(5, NULL);
	real->env.host = strdup("another, 64 CPUs");
	EXPECT_FALSE(baseline_matches(self->b, real, why, sizeof(why)));
	EXPECT_STREQ(why, "host differs: here another, 64 CPUs, in the baseline a processor, 2 CPUs");
	record_free(real);
}

TEST_F(baseline, records_must_belong_together)
{
	struct baseline *b;
	struct err e;

	self->r[1]->env.vcpus = 2;
	b = accept_records(self->r, 3, &e);
	EXPECT_EQ(b, NULL);
	EXPECT_NE(strstr(e.text, "record 2 does not belong with the first: number of CPUs"), NULL);
	self->r[1]->env.vcpus = 1;
	self->r[2]->env.kernel[0] = '7';
	b = accept_records(self->r, 3, &e);
	EXPECT_EQ(b, NULL);
	EXPECT_NE(strstr(e.text, "record 3 is of kernel 7"), NULL);
	self->r[2]->env.kernel[0] = '6';
	self->r[2]->payload_bytes++;
	b = accept_records(self->r, 3, &e);
	EXPECT_EQ(b, NULL);
	EXPECT_NE(strstr(e.text, "record 3 of strict-bare-4flows is invalid (payload"), NULL) {
		TH_LOG("%s", e.text);
	}
}

/* One metric a line, sorted; it reads back and prints the same. */
TEST_F(baseline, text)
{
	struct baseline *back;
	struct err e;
	char *again, *line, *before = NULL, *rest;

	ASSERT_EQ(baseline_parse(self->text, strlen(self->text), "b.json", &back, &e), 0) {
		TH_LOG("%s", e.text);
	}
	again = baseline_print(back);
	EXPECT_STREQ(again, self->text);
	EXPECT_NE(strstr(self->text,
			 "\t\t\"cache_tag_flush_range_np.count_per_page\": {\"value\": 0, "
			 "\"spread\": 0, \"class\": \"count\", \"gate\": true, "
			 "\"tolerance\": 0.01, \"floor\": 0.002},\n"), NULL);
	rest = strstr(again, "\"metrics\": {\n") + strlen("\"metrics\": {\n");
	for (size_t i = 0; i < back->n; i++) {
		line = strsep(&rest, "\n");
		EXPECT_EQ(strncmp(line, "\t\t\"", 3), 0);
		if (before)
			EXPECT_GT(strcmp(line, before), 0);
		before = line;
	}
	baseline_free(back);
	free(again);
}

TEST_F(baseline, refusals)
{
	static const struct {
		const char *from, *to, *says;
	} bad[] = {
		{ "\"schema\": 3", "\"schema\": 9", "schema 9" },
		{ "\"traffic\"", "\"tariff\"", "tariff: is not a field" },
		{ "\"mtu\": 1500", "\"mtu\": \"1500\"", "traffic.mtu: is a string" },
		{ "\"mtu\"", "\"mut\"", "traffic.mut: is not a field" },
		{ "strict-bare-4flows", "strict-bear-4flows", "'bear' must be" },
		{ "\"runs\": 3", "\"runs\": 0", "runs must be" },
		{ "\"kernel\"", "\"kernal\"", "kernal: is not a field" },
		{ "\"vcpus\": 1", "\"vcpus\": \"1\"", "vcpus: is a string" },
		{ "acks_per_page", "acks_per_pag", "metrics.acks_per_pag: is not the name" },
		{ "\"class\": \"count\"", "\"class\": \"path\"", "class 'path' must be count" },
		{ "\"class\": \"count\"", "\"kind\": \"count\"", "is not a field" },
		{ "\"gate\": true", "\"gate\": 1", "gate: is a whole number" },
		{ "\"tolerance\": 0.01", "\"tolerance\": -0.01", "tolerance: is negative" },
		{ ", \"floor\": 0.002", "", "floor: is missing" },
		{ "\"tolerance\": 0.006, \"floor\": 3", "\"tolerance\": 1e308, \"floor\": 3",
		  "allows more than a number can say" },
		{ "\"tolerance\": 0.01, \"floor\": 0.002", "\"tolerance\": 0, \"floor\": 0",
		  "without a tolerance" },
		{ "\"gate\": false", "\"gate\": false, \"tolerance\": 0.01", "is not a field" },
		{ "cpu_util", "abc_util", "abc_util: is not the name" },
	};
	char *changed;
	struct err e;

	ASSERT_EQ(parse(self->text, &e), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		changed = sample_replace(self->text, bad[i].from, bad[i].to);
		EXPECT_EQ(parse(changed, &e), -EINVAL) {
			TH_LOG("%s", bad[i].to);
		}
		EXPECT_NE(strstr(e.text, bad[i].says), NULL) {
			TH_LOG("%s: %s", bad[i].to, e.text);
		}
		EXPECT_EQ(strchr(e.text, '\n'), NULL);
		free(changed);
	}
	for (size_t at = 0; at < strlen(self->text) - 2; at += 37) {
		changed = strndup(self->text, at);
		EXPECT_EQ(parse(changed, &e), -EINVAL);
		free(changed);
	}
}

TEST_F(baseline, out_of_order)
{
	char *at = strstr(self->text, "\"cpu_util\""), *changed;
	struct err e;

	ASSERT_NE(at, NULL);
	changed = strdup(self->text);
	memcpy(strstr(changed, "\"cpu_util\""), "\"acks_per\"", 10);
	EXPECT_EQ(parse(changed, &e), -EINVAL);
	free(changed);
	changed = sample_replace(self->text, "\"__iommu_map.count_per_page\"",
				 "\"zz_iommu_map.count_per_page\"");
	EXPECT_EQ(parse(changed, &e), -EINVAL);
	EXPECT_NE(strstr(e.text, "out of order"), NULL) {
		TH_LOG("%s", e.text);
	}
	free(changed);
}

/* Whoever edits a tolerance below the runs' own spread is told so when it is loaded. */
TEST_F(baseline, tolerance_below_the_spread)
{
	struct baseline_metric *m = (void *)baseline_find(self->b, "iommu_map.mean_ns");
	struct err e;

	m->tolerance = 0.004;
	free(self->text);
	self->text = baseline_print(self->b);
	EXPECT_EQ(parse(self->text, &e), -EINVAL);
	EXPECT_NE(strstr(e.text, "iommu_map.mean_ns: its accepted runs spread"), NULL) {
		TH_LOG("%s", e.text);
	}
	/* an absolute floor may allow what the share does not */
	m->floor = 20;
	free(self->text);
	self->text = baseline_print(self->b);
	EXPECT_EQ(parse(self->text, &e), 0);
}

TEST_F(baseline, environment)
{
	struct record *r = self->r[0];
	char why[256];
	char **strings[] = { &r->env.qemu, &r->env.iperf3, &r->env.tracer, &r->env.clock,
			     &r->env.testbed };

	EXPECT_TRUE(baseline_matches(self->b, r, why, sizeof(why)));
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		(*strings[i])[0]++;
		EXPECT_FALSE(baseline_matches(self->b, r, why, sizeof(why)));
		EXPECT_NE(strstr(why, *strings[i]), NULL) {
			TH_LOG("%s", why);
		}
		(*strings[i])[0]--;
	}
	r->env.vcpus = 8;
	EXPECT_FALSE(baseline_matches(self->b, r, why, sizeof(why)));
	EXPECT_STREQ(why, "number of CPUs differs: here 8, in the baseline 1");
	r->env.vcpus = 1;
	free(r->env.qemu);
	r->env.qemu = NULL;
	EXPECT_FALSE(baseline_matches(self->b, r, why, sizeof(why)));
	/* the kernel is what is compared */
	r = self->r[1];
	r->env.kernel[0] = '7';
	EXPECT_TRUE(baseline_matches(self->b, r, why, sizeof(why)));
}

/* Of an IOMMU that is not VT-d's, which is kept in the file. */
TEST_F(baseline, iommu)
{
	struct record *amd = sample_load("drivers/amd");
	const struct record *one = amd;
	char why[256], *text, *path = baseline_path("", amd);
	struct baseline *b, *back;
	struct err e;

	EXPECT_STREQ(path, "/emulated-amd/strict-bare-4flows.json");
	free(path);
	EXPECT_FALSE(baseline_matches(self->b, amd, why, sizeof(why)));
	EXPECT_STREQ(why, "IOMMU differs: here amd, in the baseline vtd");
	ASSERT_EQ(baseline_accept(&one, 1, "2026-11-26", "test", &b, &e), 0) TH_LOG("%s", e.text);
	text = baseline_print(b);
	ASSERT_EQ(baseline_parse(text, strlen(text), "test", &back, &e), 0) TH_LOG("%s", e.text);
	EXPECT_TRUE(baseline_matches(back, amd, why, sizeof(why)));
	EXPECT_TRUE(baseline_find(back, "amd_iommu_domain_flush_pages.mean_ns")->gate);
	EXPECT_TRUE(baseline_find(back, "iotlb_inv")->gate);
	EXPECT_FALSE(baseline_matches(back, self->r[0], why, sizeof(why)));
	EXPECT_STREQ(why, "IOMMU differs: here vtd, in the baseline amd");
	free(text);
	baseline_free(b);
	baseline_free(back);
	record_free(amd);
}

TEST_F(baseline, other_traffic)
{
	struct record_traffic *t = &self->r[0]->traffic;
	int *const numbers[] = { &t->mtu, &t->ring_rx, &t->ring_tx, &t->receive_buffer,
				 &t->send_buffer };
	char **const words[] = { &t->congestion, &t->offloads };
	char why[256];

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		*numbers[i] += 1;
		EXPECT_FALSE(baseline_matches(self->b, self->r[0], why, sizeof(why)));
		*numbers[i] -= 1;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		(*words[i])[0]++;
		EXPECT_FALSE(baseline_matches(self->b, self->r[0], why, sizeof(why)));
		(*words[i])[0]--;
	}
	EXPECT_TRUE(baseline_matches(self->b, self->r[0], why, sizeof(why)));
	t->mtu = 4000;
	EXPECT_FALSE(baseline_matches(self->b, self->r[0], why, sizeof(why)));
	EXPECT_STREQ(why, "mtu differs: here 4000, in the baseline 1500");
	/* what was not known is no other value */
	t->mtu = 0;
	EXPECT_FALSE(baseline_matches(self->b, self->r[0], why, sizeof(why)));
	EXPECT_STREQ(why, "mtu differs: here none, in the baseline 1500");
}

TEST_F(baseline, files)
{
	struct record *real = sample_load(SAMPLE_REAL);
	char folder[64], *path;
	struct baseline *back;
	struct err e;

	sample_make_folder(folder);
	path = baseline_path(folder, self->r[0]);
	EXPECT_STREQ(path + strlen(folder), "/emulated/strict-bare-4flows.json");
	EXPECT_EQ(baseline_load(path, &back, &e), -ENOENT);
	EXPECT_EQ(baseline_save(self->b, path, &e), 0) {
		TH_LOG("%s", e.text);
	}
	ASSERT_EQ(baseline_load(path, &back, &e), 0);
	baseline_free(back);
	free(path);
	path = baseline_path(folder, real);
	EXPECT_STREQ(path + strlen(folder), "/emulated-real/strict-bare-4flows.json");
	free(path);
	real->env.iommu = strdup("virtio");
	path = baseline_path(folder, real);
	EXPECT_STREQ(path + strlen(folder), "/emulated-virtio-real/strict-bare-4flows.json");
	free(path);
	record_free(real);
	sample_remove_folder(folder);
}

TEST_HARNESS_MAIN
