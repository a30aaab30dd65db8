// SPDX-License-Identifier: GPL-2.0
#include <math.h>

#include "kselftest_harness.h"
#include "sample.h"

static int parse(const char *text, struct err *e)
{
	struct record *r = NULL;
	int ret;

	e->text[0] = '\0';
	ret = record_parse(text, strlen(text), "r.json", &r, e);
	record_free(ret ? NULL : r);
	return ret;
}

/* What is printed reads back, and prints the same to the byte. */
TEST(round_trip)
{
	static const char *const names[] = { SAMPLE, SAMPLE_REAL, SAMPLE_TWO };
	struct record *r;
	char *text, *again;

	for (size_t i = 0; i < 3; i++) {
		text = sample_text(names[i]);
		r = sample_load(names[i]);
		again = record_print(r);
		EXPECT_STREQ(text, again);
		record_free(r);
		free(text);
		free(again);
	}
}

TEST(values)
{
	struct record *r = sample_load(SAMPLE_REAL);
	struct record_function *f = sample_function(r, "qi_submit_sync");

	EXPECT_STREQ(r->scenario.name, "strict-bare-4flows");
	EXPECT_STREQ(r->env.clock, "real");
	EXPECT_EQ(r->env.vcpus, 4);
	EXPECT_STREQ(r->mode.domain_type, "DMA");
	EXPECT_TRUE(r->mode.has_capabilities);
	EXPECT_FALSE(r->mode.caching_mode);
	EXPECT_EQ(r->open_ns, 41000000000ULL);
	EXPECT_EQ(r->close_ns, 42300000000ULL);
	EXPECT_EQ(r->payload_bytes, 67108864);
	EXPECT_EQ(r->nr_flows, 4);
	EXPECT_EQ(r->flows[3].port, 5204);
	EXPECT_EQ(r->flows[3].seconds, 1.78);
	EXPECT_EQ(r->nr_functions, 13);
	EXPECT_EQ(f->count, 20480);
	EXPECT_EQ(f->missed, 3);
	EXPECT_STREQ(sample_function(r, "iommu_unmap")->absent, "the DMA API never calls it");
	EXPECT_TRUE(r->has_cpu);
	EXPECT_EQ(r->cpu_tick_ns, 4000000);
	EXPECT_EQ(r->nr_cpus, 4);
	EXPECT_TRUE(r->has_tcp);
	EXPECT_EQ(r->tcp_peer.out_segs, 46370);
	record_free(r);
}

TEST(values_of_a_host)
{
	struct record *r = sample_load(SAMPLE_TWO);

	ASSERT_TRUE(r->has_host);
	EXPECT_EQ(r->host.vcpus, 1);
	EXPECT_STREQ(r->host.domain_type, "DMA");
	EXPECT_STREQ(r->host.iommu_driver, "intel-iommu");
	EXPECT_EQ(r->host.window_ns, 1862046912);
	EXPECT_EQ(r->host.busy_ns, 1840000000);
	EXPECT_TRUE(record_is_hosts(sample_function(r, "host:__iommu_map")->name));
	EXPECT_FALSE(record_is_hosts(sample_function(r, "__iommu_map")->name));
	EXPECT_FALSE(record_is_hosts("host"));
	record_free(r);
}

struct refusal {
	const char *from, *to, *says;	/* NULL: at the limit it is right */
};

static void expect_refusals(struct __test_metadata *_metadata, const char *name,
			    const struct refusal *bad, size_t n)
{
	char *text = sample_text(name), *changed;
	struct err e;

	ASSERT_EQ(parse(text, &e), 0);
	for (size_t i = 0; i < n; i++) {
		changed = sample_replace(text, bad[i].from, bad[i].to);
		if (!bad[i].says) {
			EXPECT_EQ(parse(changed, &e), 0);
			free(changed);
			continue;
		}
		EXPECT_EQ(parse(changed, &e), -EINVAL) {
			TH_LOG("%s", bad[i].to);
		}
		EXPECT_NE(strstr(e.text, bad[i].says), NULL) {
			TH_LOG("%s: %s", bad[i].to, e.text);
		}
		EXPECT_EQ(strncmp(e.text, "r.json: ", 8), 0);
		EXPECT_EQ(strchr(e.text, '\n'), NULL);
		free(changed);
	}
	free(text);
}

TEST(refusals)
{
	static const struct refusal bad[] = {
		{ "\"schema\": 2", "\"schema\": 3", "schema 3 is not known" },
		{ "\"schema\": 2,", "", "schema: is missing" },
		{ "strict-bare-4flows", "strict-bare-5flows", "scenario: scenario strict" },
		{ ", \"payload_bytes\": 67108864", "", "payload_bytes: is missing" },
		{ "\"payload_bytes\": 67108864", "\"payload_bytes\": -1", "payload_bytes: -1" },
		{ "\"payload_bytes\": 67108864", "\"payload_bytes\": 6.5", "payload_bytes: is a" },
		{ "\"clock\": \"counted\"", "\"clock\": \"lunar\"", "environment.clock: 'lunar'" },
		{ "\"testbed\": \"emulated\"", "\"testbed\": \"moon\"",
		  "environment.testbed: 'moon'" },
		{ "\"suite\"", "\"iommu\": \"moon\", \"suite\"", "environment.iommu: 'moon'" },
		{ "\"suite\"", "\"iommu\": \"vtd\", \"suite\"", "environment.iommu: 'vtd'" },
		{ "\"vcpus\": 1", "\"vcpus\": 0", "environment.vcpus: 0" },
		{ "\"qemu\": \"11.1.3\",", "",
		  "environment.qemu is missing, and \"absent\" gives no reason" },
		{ "\"tracer\": ", "\"tracker\": ", "environment.tracker: is not a field" },
		{ "\"domain_type\": \"DMA\", ", "", "mode.domain_type is missing" },
		{ "\"caching_mode\": false, ", "", "mode.capabilities.caching_mode: is missing" },
		{ "\"absent\": {}", "\"absent\": {\"cpu\": \"why\"}", "cpu is there, yet" },
		{ "\"absent\": {}", "\"absent\": {\"cpu\": \"\"}", "absent.cpu: must be a reason" },
		{ "\"port\": 5202", "\"port\": \"5202\"", "flows[1].port: is a string" },
		{ "\"seconds\": 1.76", "\"seconds\": -1.76", "flows[1].seconds: is negative" },
		{ "[452,533]", "[452,0]", "functions.iommu_dma_map_page.histogram[0]: count 0" },
		{ "[453,3156]", "[452,3156]", "histogram[1]: index 452" },
		{ "[457,4]", "[1728,4]", "index 1728" },
		{ "[457,4]", "[457]", "must be a pair" },
		{ "iommu_dma_map_page", "a_function_whose_name_is_so_long_that_metrics_have_no_room",
		  NULL },
		{ "iommu_dma_map_page", "", "a function's name has 1 to 60" },
		{ "iommu_dma_map_page",
		  "a_function_whose_name_is_so_long_that_its_metrics_have_no_room_for_it",
		  "a function's name has 1 to 60" },
		{ "\"subject\": {\"in_segs\"", "\"objects\": {\"in_segs\"",
		  "tcp.subject: is missing" },
		{ "\"reproduce\"", "\"repeat\"", "reproduce: is missing" },
		{ "\"warnings\": []", "\"warnings\": [7]", "warnings: must hold strings" },
		{ "\"warnings\"", "\"reported\": {\"cpu_util\": 1}, \"warnings\"",
		  "reported: only an imported record has it" },
		{ "\"iommu_unmap\": {\"absent\": \"the DMA API never calls it\"}",
		  "\"iommu_unmap\": {\"count\": 1, \"total_ns\": 1, \"reported\": {}}",
		  "functions.iommu_unmap.reported: only an imported record has it" },
	};

	expect_refusals(_metadata, SAMPLE, bad, sizeof(bad) / sizeof(bad[0]));
}

/* A host is there where the scenario has one, or a reason; and nowhere else. */
TEST(refusals_of_a_host)
{
	static const struct refusal two[] = {
		{ "\"host\": {", "\"hosts\": {", "hosts: is not a field" },
		{ "strict-shadow-4flows", "none-shadow-4flows", "host: none-shadow-4flows has none" },
		{ "strict-shadow-4flows", "lazy-nested-4flows", NULL },
		{ "\"busy_ns\": 1840000000", "\"busy_ns\": -1", "host.busy_ns: -1" },
		{ ",\n\t\t\"busy_ns\": 1840000000", "", "host.busy_ns is missing" },
		{ "\"vcpus\": 1,\n\t\t\"iommu_driver\"", "\"vcpus\": 0,\n\t\t\"iommu_driver\"",
		  "host.vcpus: 0 must be 1 to 256" },
		{ "\"iommu_driver\": \"intel-iommu\",\n\t\t\"domain_type\": \"DMA\"",
		  "\"iommu_driver\": \"intel-iommu\"", "host.domain_type is missing, and" },
		{ "\"absent\": {\n", "\"absent\": {\n\"host\": \"it went away\",\n",
		  "host is there, yet \"absent\" says why it is not" },
	};
	static const struct refusal one[] = {
		{ "strict-bare-4flows", "strict-shadow-4flows", "host is missing, and \"absent\"" },
		{ "\"iommu_map\"", "\"host:iommu_map\"", "functions.host:iommu_map: the record has no" },
		{ "\"source\": \"qemu-vtd\"", "\"source\": \"host:qemu-vtd\"",
		  "counters[0]: the record has no host" },
		{ "\"event\": \"iotlb_hit\"", "\"event\": \"host:iotlb_hit\"",
		  "counters[0]: the record has no host" },
	};

	expect_refusals(_metadata, SAMPLE_TWO, two, sizeof(two) / sizeof(two[0]));
	expect_refusals(_metadata, SAMPLE, one, sizeof(one) / sizeof(one[0]));
}

/* A host that could not be read says why, and then nothing of it is there. */
TEST(absent_host)
{
	struct record *r = sample_load(SAMPLE), *back;
	struct err e;
	char *text;

	ASSERT_EQ(scenario_parse("lazy-nested-4flows", &r->scenario, &e), 0);
	ASSERT_EQ(record_set_absent(r, "host", "its agent did not answer"), 0);
	text = record_print(r);
	ASSERT_EQ(record_parse(text, strlen(text), "r.json", &back, &e), 0) {
		TH_LOG("%s", e.text);
	}
	EXPECT_FALSE(back->has_host);
	record_free(back);
	record_free(r);
	free(text);
}

/* JSON knows a negative zero, the record does not: it would not print as it was read. */
TEST(negative_zero)
{
	char *text = sample_text(SAMPLE), *changed;
	struct record *r;
	struct err e;

	changed = sample_replace(text, "\"seconds\": 1.75", "\"seconds\": -0.0");
	ASSERT_EQ(record_parse(changed, strlen(changed), "r.json", &r, &e), 0);
	EXPECT_FALSE(signbit(r->flows[0].seconds));
	record_free(r);
	free(changed);
	free(text);
}

/* Cut anywhere, it is refused, not misread. */
TEST(truncation)
{
	char *text = sample_text(SAMPLE);
	size_t len = strlen(text), at;
	struct record *r;
	struct err e;

	for (at = 0; at < len - 2; at += 61)
		ASSERT_EQ(record_parse(text, at, "r.json", &r, &e), -EINVAL);
	free(text);
}

/* Without a CPU or TCP reading there is a reason instead of a zero. */
TEST(absent_with_a_reason)
{
	struct record *r = sample_load(SAMPLE), *back;
	struct err e;
	char *text;

	r->has_cpu = false;
	r->has_tcp = false;
	text = record_print(r);
	EXPECT_EQ(parse(text, &e), -EINVAL);
	EXPECT_NE(strstr(e.text, "cpu is missing"), NULL);
	free(text);
	/* the reason must be for it, not for what is called alike */
	ASSERT_EQ(record_set_absent(r, "cp", "no reason for cpu"), 0);
	text = record_print(r);
	EXPECT_EQ(parse(text, &e), -EINVAL);
	free(text);
	ASSERT_EQ(record_set_absent(r, "cpu", "CPUs came and went"), 0);
	ASSERT_EQ(record_set_absent(r, "tcp", "no counters"), 0);
	text = record_print(r);
	ASSERT_EQ(record_parse(text, strlen(text), "r.json", &back, &e), 0) {
		TH_LOG("%s", e.text);
	}
	EXPECT_FALSE(back->has_cpu);
	EXPECT_EQ(back->nr_absent, 3);
	EXPECT_STREQ(back->absent[1].reason, "CPUs came and went");
	record_free(back);
	record_free(r);
	free(text);
}

/* "mode" covers what is in it, and "functions" the tracer that there was not. */
TEST(absent_as_a_whole)
{
	struct record *r = sample_load(SAMPLE);
	struct err e;
	size_t i;
	char *text;

	free(r->mode.domain_type);
	r->mode.domain_type = NULL;
	r->mode.has_capabilities = false;
	for (i = 0; i < r->nr_functions; i++) {
		free(r->functions[i].name);
		free(r->functions[i].absent);
		free(r->functions[i].buckets);
	}
	r->nr_functions = 0;
	free(r->env.tracer);
	r->env.tracer = NULL;
	record_set_absent(r, "mode", "the IOMMU is off");
	text = record_print(r);
	EXPECT_EQ(parse(text, &e), -EINVAL);
	free(text);
	record_set_absent(r, "functions", "the run was made without probes");
	text = record_print(r);
	EXPECT_EQ(parse(text, &e), 0) {
		TH_LOG("%s", e.text);
	}
	free(text);
	record_free(r);
}

/* What a subject sends is a record without its testbed. */
TEST(the_subjects_part)
{
	struct record *r = sample_load(SAMPLE), *part;
	char **of_testbed[] = {
		&r->env.testbed, &r->env.qemu, &r->env.machine, &r->env.clock, &r->env.boot,
		&r->env.suite, &r->reproduce,
	};
	struct err e;
	char *text;

	for (size_t i = 0; i < 7; i++) {
		free(*of_testbed[i]);
		*of_testbed[i] = NULL;
	}
	text = record_print(r);
	EXPECT_EQ(parse(text, &e), -EINVAL);
	ASSERT_EQ(record_parse_subject(text, strlen(text), "agent", &part, &e), 0) {
		TH_LOG("%s", e.text);
	}
	EXPECT_EQ(part->env.testbed, NULL);
	EXPECT_STREQ(part->env.kernel, r->env.kernel);
	EXPECT_EQ(part->payload_bytes, r->payload_bytes);
	record_free(part);
	record_free(r);
	free(text);
}

/* What could not be read again is not written. */
TEST(save)
{
	struct record *r = sample_load(SAMPLE), *back;
	char folder[64], path[96];
	struct err e;

	sample_make_folder(folder);
	snprintf(path, sizeof(path), "%s/r.json", folder);
	EXPECT_EQ(record_save(r, path, &e), 0);
	EXPECT_EQ(record_load(path, &back, &e), 0);
	record_free(back);
	unlink(path);
	r->functions[0].buckets[0].index = 999999;
	EXPECT_EQ(record_save(r, path, &e), -EINVAL);
	EXPECT_NE(access(path, F_OK), 0);
	sample_remove_folder(folder);
	record_free(r);
}

TEST_HARNESS_MAIN
