// SPDX-License-Identifier: GPL-2.0
#include <math.h>

#include "kselftest_harness.h"
#include "judge/metrics.h"
#include "sample.h"

static bool near(double a, double b)
{
	return fabs(a - b) <= 1e-9 * fabs(b);
}

/* 10 ms and 100 pages; five calls of iommu_map, whose histogram each test sets. */
static struct record *small_record(void)
{
	struct record *r = sample_load(SAMPLE);
	struct record_function *f = sample_function(r, "iommu_map");

	r->open_ns = 1000000000;
	r->close_ns = 1010000000;
	r->payload_bytes = 409600;
	r->cpus[0] = (struct record_cpu){
		.cpu = 0, .user_ns = 1000000, .nice_ns = 500000, .system_ns = 2000000,
		.idle_ns = 3000000, .iowait_ns = 1000000, .irq_ns = 250000, .softirq_ns = 250000,
		.steal_ns = 2000000,
	};
	r->tcp_peer = (struct record_tcp){ .in_segs = 150, .out_segs = 400, .retrans_segs = 3 };
	r->tcp_subject = (struct record_tcp){ .in_segs = 401, .out_segs = 200, .retrans_segs = 1 };
	free(f->buckets);
	f->buckets = NULL;
	f->nr_buckets = 0;
	f->count = 5;
	f->total_ns = 2000;
	f->self_ns = 1500;
	f->min_ns = 100;
	f->max_ns = 1000;
	return r;
}

static void set_buckets(struct record *r, const struct record_bucket *b, size_t n)
{
	struct record_function *f = sample_function(r, "iommu_map");

	free(f->buckets);
	f->buckets = calloc(n, sizeof(*b));
	memcpy(f->buckets, b, n * sizeof(*b));
	f->nr_buckets = n;
}

/* The value of @name, which must be present; NAN if it is not. */
static double value(const struct record *r, const char *name)
{
	static struct metrics m;
	const struct metric *found;

	metrics_derive(r, &m);
	found = metrics_find(&m, name);
	return found && found->state == METRIC_PRESENT ? found->value : NAN;
}

static const struct metric *absent(const struct record *r, const char *name)
{
	static struct metrics m;
	const struct metric *found;

	metrics_derive(r, &m);
	found = metrics_find(&m, name);
	return found && found->state != METRIC_PRESENT ? found : NULL;
}

TEST(whole_record)
{
	struct record *r = small_record();

	EXPECT_TRUE(near(value(r, "throughput_gbps"), 0.32768));
	/* busy 6 ms of 10: waiting for I/O is idle, stolen time is not */
	EXPECT_TRUE(near(value(r, "cpu_util"), 60));
	EXPECT_TRUE(near(value(r, "retransmit_rate"), 0.75));
	EXPECT_TRUE(near(value(r, "acks_per_page"), 1.5));
	r->scenario.tx = true;
	EXPECT_TRUE(near(value(r, "retransmit_rate"), 0.5));
	EXPECT_TRUE(near(value(r, "acks_per_page"), 4.01));
	record_free(r);
}

TEST(cpu_util_is_the_mean_over_the_flows_cores)
{
	struct record *r = small_record();

	r->env.vcpus = 2;
	r->nr_cpus = 3;
	r->cpus[1] = (struct record_cpu){ .cpu = 1, .idle_ns = 8000000, .softirq_ns = 2000000 };
	r->cpus[2] = (struct record_cpu){ .cpu = 2, .user_ns = 10000000 };
	EXPECT_TRUE(near(value(r, "cpu_util"), 40));
	r->nr_cpus = 1;
	ASSERT_NE(absent(r, "cpu_util"), NULL);
	EXPECT_STREQ(absent(r, "cpu_util")->absent, "1 of 2 CPUs were measured");
	r->nr_cpus = 2;
	r->cpus[1].idle_ns = 0;
	r->cpus[1].softirq_ns = 0;
	ASSERT_NE(absent(r, "cpu_util"), NULL);
	record_free(r);
}

TEST(of_a_function)
{
	struct record *r = small_record();

	EXPECT_TRUE(near(value(r, "iommu_map.count_per_page"), 0.05));
	EXPECT_TRUE(near(value(r, "iommu_map.mean_ns"), 400));
	EXPECT_TRUE(near(value(r, "iommu_map.self_ns_per_page"), 15));
	record_free(r);
}

/*
 * Two calls below 128 ns have buckets of one value: 10 and 50, mean 30, deviation 20. 1000 ns lies
 * in [1000, 1007], bucket (3 << 6) + (1000 >> 3) = 317, whose middle is 1003.5.
 */
TEST(stddev)
{
	static const struct record_bucket two[] = { { 10, 1 }, { 50, 1 } };
	static const struct record_bucket wide[] = { { 317, 4 } };
	struct record *r = small_record();
	struct record_function *f = sample_function(r, "iommu_map");

	set_buckets(r, two, 2);
	f->count = 2;
	f->total_ns = 60;
	f->min_ns = 10;
	f->max_ns = 50;
	EXPECT_TRUE(near(value(r, "iommu_map.stddev_ns"), 20));
	set_buckets(r, wide, 1);
	f->count = 4;
	f->total_ns = 4000;
	f->min_ns = f->max_ns = 1000;
	EXPECT_TRUE(near(value(r, "iommu_map.stddev_ns"), 3.5));
	record_free(r);
}

/*
 * 100 calls: 50 of 10 ns, 48 of 20 ns, 2 in [1000, 1007]. Rank 50 is the last of 10 ns, rank 99 the
 * first in the wide bucket, and the maximum limits what is inside it.
 */
TEST(percentiles)
{
	static const struct record_bucket hundred[] = { { 10, 50 }, { 20, 48 }, { 317, 2 } };
	static const struct record_bucket spread[] = { { 317, 8 } };
	struct record *r = small_record();
	struct record_function *f = sample_function(r, "iommu_map");

	set_buckets(r, hundred, 3);
	f->count = 100;
	f->min_ns = 10;
	f->max_ns = 1007;
	EXPECT_EQ(value(r, "iommu_map.p50_ns"), 10);
	EXPECT_EQ(value(r, "iommu_map.p99_ns"), 1000);
	f->buckets[0].count = 49;
	f->buckets[1].count = 49;
	EXPECT_EQ(value(r, "iommu_map.p50_ns"), 20);
	f->max_ns = 990;
	EXPECT_EQ(value(r, "iommu_map.p99_ns"), 990);
	/* 8 calls in 8 values: rank 4 is thought to be the 4th value, rank 8 the last */
	set_buckets(r, spread, 1);
	f->count = 8;
	f->min_ns = 1000;
	f->max_ns = 1007;
	EXPECT_EQ(value(r, "iommu_map.p50_ns"), 1003);
	EXPECT_EQ(value(r, "iommu_map.p99_ns"), 1007);
	record_free(r);
}

TEST(p999_takes_10000_calls)
{
	static const struct record_bucket many[] = { { 10, 9990 }, { 20, 9 } };
	struct record *r = small_record();
	struct record_function *f = sample_function(r, "iommu_map");

	set_buckets(r, many, 2);
	f->count = 9999;
	f->min_ns = 10;
	f->max_ns = 20;
	ASSERT_NE(absent(r, "iommu_map.p999_ns"), NULL);
	EXPECT_EQ(absent(r, "iommu_map.p999_ns")->state, METRIC_TOO_FEW);
	EXPECT_STREQ(absent(r, "iommu_map.p999_ns")->absent, "9999 calls, it takes 10000");
	f->count = 10000;
	f->buckets[1].count = 10;
	EXPECT_EQ(value(r, "iommu_map.p999_ns"), 10);
	f->buckets[0].count = 9989;
	f->buckets[1].count = 11;
	EXPECT_EQ(value(r, "iommu_map.p999_ns"), 20);
	record_free(r);
}

TEST(what_is_missing_has_a_reason)
{
	struct record *r = small_record();
	struct record_function *f = sample_function(r, "iommu_map");

	ASSERT_NE(absent(r, "iommu_unmap.count_per_page"), NULL);
	EXPECT_EQ(absent(r, "iommu_unmap.mean_ns")->state, METRIC_MISSING);
	EXPECT_STREQ(absent(r, "iommu_unmap.mean_ns")->absent, "the DMA API never calls it");
	/* a histogram that is not there is no spread of 0 */
	ASSERT_NE(absent(r, "iommu_map.stddev_ns"), NULL);
	f->count = 0;
	EXPECT_EQ(value(r, "iommu_map.count_per_page"), 0);
	ASSERT_NE(absent(r, "iommu_map.mean_ns"), NULL);
	EXPECT_EQ(absent(r, "iommu_map.mean_ns")->state, METRIC_TOO_FEW);

	r->has_tcp = false;
	record_set_absent(r, "tcp", "no counters");
	ASSERT_NE(absent(r, "acks_per_page"), NULL);
	EXPECT_STREQ(absent(r, "acks_per_page")->absent, "no counters");
	r->payload_bytes = 0;
	EXPECT_NE(absent(r, "iommu_map.count_per_page"), NULL);
	r->close_ns = r->open_ns;
	EXPECT_NE(absent(r, "throughput_gbps"), NULL);
	record_free(r);
}

TEST(classes)
{
	struct metric m;

	ASSERT_TRUE(metric_define("iommu_map.mean_ns", "counted", &m));
	EXPECT_EQ(m.class, CLASS_PATH);
	ASSERT_TRUE(metric_define("iommu_map.mean_ns", "real", &m));
	EXPECT_EQ(m.class, CLASS_TIME);
	ASSERT_TRUE(metric_define("iommu_map.count_per_page", "real", &m));
	EXPECT_EQ(m.class, CLASS_COUNT);
	EXPECT_EQ(m.better, BETTER_LOWER);
	ASSERT_TRUE(metric_define("throughput_gbps", "counted", &m));
	EXPECT_EQ(m.class, CLASS_RATE);
	EXPECT_EQ(m.better, BETTER_HIGHER);
	ASSERT_TRUE(metric_define("iommu_dma_free_iova.isra.0.mean_ns", "counted", &m));
	EXPECT_FALSE(metric_define("iommu_map", "counted", &m));
	EXPECT_FALSE(metric_define(".mean_ns", "counted", &m));
	EXPECT_FALSE(metric_define("iommu_map.average", "counted", &m));
	EXPECT_FALSE(metric_define("", "counted", &m));
}

static struct record_function *set_calls(struct record *r, const char *name, int count, int total)
{
	struct record_function *f = sample_function(r, name);

	f->count = count;
	f->total_ns = total;
	return f;
}

static const struct metric *metric_of(const struct record *r, const char *name)
{
	static struct metrics m;

	metrics_derive(r, &m);
	return metrics_find(&m, name);
}

/* 100 pages: 290 maps of 3000 ns, 280 unmaps of 7000, each with a flush of 2700, 925 of it waiting. */
TEST(what_a_page_costs)
{
	struct record *r = small_record();
	char traced[400];

	set_calls(r, "iommu_dma_map_page", 290, 290 * 3000);
	set_calls(r, "iommu_dma_unmap_page", 280, 280 * 7000);
	set_calls(r, "intel_iommu_tlb_sync", 280, 280 * 2700);
	set_calls(r, "qi_submit_sync", 280, 280 * 925);
	EXPECT_TRUE(near(value(r, "map_ns_per_page"), 8700));
	EXPECT_TRUE(near(value(r, "unmap_ns_per_page"), 19600));
	EXPECT_TRUE(near(value(r, "flush_ns_per_page"), 7560));
	EXPECT_TRUE(near(value(r, "submit_ns_per_page"), 2590));
	EXPECT_TRUE(near(value(r, "flushes_per_page"), 2.8));

	/* Lazily flushed, nothing of this is called; what is not traced is not 0. */
	set_calls(r, "intel_iommu_tlb_sync", 0, 0);
	EXPECT_EQ(metric_of(r, "flush_ns_per_page")->state, METRIC_TOO_FEW);
	sample_function(r, "iommu_dma_map_page")->absent = strdup("this kernel has none");
	EXPECT_EQ(metric_of(r, "map_ns_per_page")->state, METRIC_MISSING);
	EXPECT_STREQ(metric_of(r, "map_ns_per_page")->absent, "iommu_dma_map_page is not traced");
	metrics_traced(r, traced, sizeof(traced));
	EXPECT_EQ(strstr(traced, "iommu_dma_map_page"), NULL);
	EXPECT_NE(strstr(traced, "iommu_dma_unmap_page"), NULL);
	metrics_traced(r, traced, 12);
	EXPECT_EQ(strlen(traced), 11);
	record_free(r);
}

/* What has a CPU twice is invalid, yet its metrics have one name each. */
TEST(no_name_twice)
{
	static struct metrics m;
	struct record *r = sample_load(SAMPLE_REAL);
	size_t n;

	metrics_derive(r, &m);
	n = m.n;
	r->cpus[2].cpu = 0;
	metrics_derive(r, &m);
	EXPECT_EQ(m.n, n - 1);
	record_free(r);
}

/* A report may print any number; what it makes of others can be too great for one. */
TEST(too_great)
{
	static struct metrics m;
	struct record *r = sample_load(REFERENCE(8));

	for (size_t i = 0; i < r->nr_reported; i++)
		if (!strcmp(r->reported[i].metric, "throughput_gbps"))
			r->reported[i].value = 1e-310;
	metrics_derive(r, &m);
	EXPECT_EQ(metrics_find(&m, "pwt_occupancy_per_page")->state, METRIC_MISSING);
	EXPECT_EQ(metrics_find(&m, "throughput_gbps")->state, METRIC_PRESENT);
	record_free(r);
}

/* 3598 + 3610 ioctls and 42360 exits for 1024.0 pages; 1840 of 1862.05 ms busy. */
TEST(of_a_host)
{
	struct record *r = sample_load(SAMPLE_TWO);
	double pages = r->payload_bytes / 4096.0;
	static struct metrics m;
	struct metric defined;

	EXPECT_TRUE(near(value(r, "host_ioctls_per_page"), 7208 / pages));
	EXPECT_TRUE(near(value(r, "host_exits_per_page"), 42360 / pages));
	EXPECT_TRUE(near(value(r, "host_busy"), 100 * 1840000000.0 / 1862046912));
	EXPECT_TRUE(near(value(r, "host:__iommu_map.count_per_page"), 3610 / pages));
	EXPECT_TRUE(near(value(r, "__iommu_map.count_per_page"), 3004 / pages));
	r->host.vcpus = 2;
	EXPECT_TRUE(near(value(r, "host_busy"), 50 * 1840000000.0 / 1862046912));
	/* what was not read is not 0 */
	r->host.span_ns = 0;
	record_set_absent(r, "host.busy_ns", "time went backward");
	metrics_derive(r, &m);
	EXPECT_STREQ(metrics_find(&m, "host_busy")->absent, "time went backward");
	/* nor what was not traced */
	sample_function(r, "host:vfio_iommu_type1_ioctl")->absent = strdup("no such symbol");
	sample_function(r, "host:svm_handle_exit")->absent = strdup("no such symbol");
	EXPECT_TRUE(isnan(value(r, "host_ioctls_per_page")));
	EXPECT_TRUE(isnan(value(r, "host_exits_per_page")));
	r->has_host = false;
	record_set_absent(r, "host", "its agent hung");
	metrics_derive(r, &m);
	ASSERT_NE(metrics_find(&m, "host_busy"), NULL);
	EXPECT_STREQ(metrics_find(&m, "host_busy")->absent, "its agent hung");
	record_free(r);
	/* one level has no such metric */
	r = sample_load(SAMPLE);
	metrics_derive(r, &m);
	EXPECT_EQ(metrics_find(&m, "host_busy"), NULL);
	record_free(r);
	ASSERT_TRUE(metric_define("host:__iommu_map.mean_ns", "real", &defined));
	EXPECT_EQ(defined.class, CLASS_TIME);
}

TEST_HARNESS_MAIN
