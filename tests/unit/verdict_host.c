// SPDX-License-Identifier: GPL-2.0
/* What two levels on the real clock are held to: counts closely, times to a factor. */
#include <math.h>

#include "kselftest_harness.h"
#include "judge/gates.h"
#include "judge/verdict.h"
#include "sample.h"

FIXTURE(two)
{
	struct record *r;
	struct baseline *b;
	struct judgement *j;
};

FIXTURE_SETUP(two)
{
	const struct record *same[GATE_RUNS];
	struct err e;

	self->r = sample_load(SAMPLE_TWO);
	self->j = NULL;
	for (int i = 0; i < GATE_RUNS; i++)
		same[i] = self->r;
	ASSERT_EQ(baseline_accept(same, GATE_RUNS, "2026-01-02", "a test", &self->b, &e), 0) {
		TH_LOG("%s", e.text);
	}
}

FIXTURE_TEARDOWN(two)
{
	record_free(self->r);
	baseline_free(self->b);
	free(self->j);
}

#define JUDGE_AGAIN() \
	do { \
		free(self->j); \
		self->j = judge(self->r, self->b, "there is none"); \
		ASSERT_NE(self->j, NULL); \
	} while (0)

static struct baseline_metric *stored(struct baseline *b, const char *name)
{
	return (struct baseline_metric *)baseline_find(b, name);
}

TEST_F(two, which_gate)
{
	static const struct { const char *name; bool gates; } known[] = {
		{ "__iommu_map.count_per_page", true }, { "__iommu_map.mean_ns", true },
		{ "host:__iommu_map.count_per_page", true }, { "host:__iommu_map.mean_ns", true },
		{ "host:__iommu_unmap.count_per_page", true },
		{ "host:qi_submit_sync.mean_ns", true },
		{ "host:vfio_iommu_type1_ioctl.count_per_page", true },
		{ "host:iommu_map.count_per_page", false },
		{ "host:svm_handle_exit.count_per_page", false },
		{ "host:kvm_arch_vcpu_ioctl_run.mean_ns", false },
		{ "host_ioctls_per_page", false }, { "host_busy", false },
		{ "flushes_per_unmap", true }, { "throughput_gbps", false },
	};
	const struct baseline_metric *m;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		m = baseline_find(self->b, known[i].name);
		ASSERT_NE(m, NULL) {
			TH_LOG("%s", known[i].name);
		}
		EXPECT_EQ(m->gate, known[i].gates) {
			TH_LOG("%s", known[i].name);
		}
		EXPECT_EQ(m->nr_samples, 0);
		EXPECT_EQ(m->tolerance, !m->gate ? 0 : m->class == CLASS_COUNT ? 0.1 : 1);
	}
}

TEST_F(two, the_same_is_ok)
{
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_OK) {
		TH_LOG("%s", self->j->reason);
	}
	EXPECT_STREQ(self->j->note, "");
	EXPECT_EQ(judgement_wants(self->j), 1);
}

/* The host's count may be 2 % more; its time twice as long. */
TEST_F(two, tolerances)
{
	struct baseline_metric *count = stored(self->b, "host:__iommu_map.count_per_page");
	struct baseline_metric *time = stored(self->b, "host:__iommu_map.mean_ns");
	double calls = count->value, ns = time->value;

	count->value = calls / 1.09;
	time->value = ns / 1.98;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_OK);
	count->value = calls / 1.11;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_REGRESSED);
	EXPECT_STREQ(self->j->reason, "host:__iommu_map.count_per_page");
	/* shown once more, not ten times: no interval is made of it */
	EXPECT_EQ(judgement_wants(self->j), 2);
	count->value = calls;
	time->value = ns / 2.02;
	JUDGE_AGAIN();
	EXPECT_STREQ(self->j->reason, "host:__iommu_map.mean_ns");
}

/* Runs that spread widen it: counts to 15 %, times to 300 %, and no further. */
TEST(caps)
{
	struct record *r = sample_load(SAMPLE_TWO);
	struct metric m = { .name = "host:__iommu_map.mean_ns", .class = CLASS_TIME, .calls = 5000 };
	struct gate gate;

	ASSERT_TRUE(gate_default(&m, r, &gate));
	EXPECT_FALSE(gate.interval);
	gate_widen(&gate, 0.7, NULL, GATE_RUNS);
	EXPECT_LT(fabs(gate.tolerance - 1.4), 1e-9);
	gate_widen(&gate, 7, NULL, GATE_RUNS);
	EXPECT_EQ(gate.tolerance, 3);
	m.class = CLASS_COUNT;
	strcpy(m.name, "host:__iommu_map.count_per_page");
	ASSERT_TRUE(gate_default(&m, r, &gate));
	gate_widen(&gate, 0.05, NULL, GATE_RUNS);
	EXPECT_LT(fabs(gate.tolerance - 0.1), 1e-9);
	gate_widen(&gate, 0.5, NULL, GATE_RUNS);
	EXPECT_EQ(gate.tolerance, 0.3);
	/* on the counted clock as everywhere */
	free(r->env.clock);
	r->env.clock = strdup("counted");
	ASSERT_TRUE(gate_default(&m, r, &gate));
	EXPECT_EQ(gate.tolerance, 0.02);
	record_free(r);
}

/* Elsewhere counts hold, and times are shown. */
TEST_F(two, another_host)
{
	free(self->r->env.host);
	self->r->env.host = strdup("another, 64 CPUs");
	stored(self->b, "host:__iommu_map.mean_ns")->value /= 10;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_OK) {
		TH_LOG("%s", self->j->reason);
	}
	EXPECT_NE(strstr(self->j->note, "times are not held"), NULL);
	stored(self->b, "host:__iommu_map.count_per_page")->value /= 2;
	JUDGE_AGAIN();
	EXPECT_EQ(self->j->verdict, VERDICT_REGRESSED);
}

/* The QEMU that runs the guest is a condition; the host's kernel may differ, and is named. */
TEST_F(two, hosts_kernel_and_qemu)
{
	struct record *other = sample_load(SAMPLE_TWO);
	const struct record *both[] = { self->r, other };
	struct baseline *b, *again;
	char why[256], *text;
	struct err e;

	EXPECT_TRUE(judge_together(self->r, other));
	other->host.kernel[0] = '7';
	EXPECT_FALSE(judge_together(self->r, other));
	EXPECT_EQ(baseline_accept(both, 2, "2026-01-02", "a test", &b, &e), -EINVAL);
	EXPECT_NE(strstr(e.text, "the host's kernel differs"), NULL);
	free(self->j);
	self->j = judge(other, self->b, "there is none");
	EXPECT_EQ(self->j->verdict, VERDICT_OK);
	EXPECT_NE(strstr(self->j->note, "the host's kernel 7.12"), NULL);
	/* kept in the file */
	text = baseline_print(self->b);
	ASSERT_EQ(baseline_parse(text, strlen(text), "b.json", &again, &e), 0);
	EXPECT_STREQ(again->host_kernel, self->r->host.kernel);
	EXPECT_TRUE(baseline_matches(again, other, why, sizeof(why)));
	other->host.qemu[0] = '9';
	EXPECT_FALSE(baseline_matches(again, other, why, sizeof(why)));
	EXPECT_NE(strstr(why, "the guest's QEMU differs: here 91.1.3"), NULL);
	baseline_free(again);
	free(text);
	free(self->j);
	self->j = NULL;
	record_free(other);
}

/* On the counted clock boots of two levels differ by more than those of one. */
TEST(counted)
{
	struct metric count = { .name = "iommu_map.count_per_page", .class = CLASS_COUNT };
	struct metric path = { .name = "iommu_map.mean_ns", .class = CLASS_PATH };
	struct scenario two, one;

	ASSERT_EQ(scenario_parse("strict-nested-4flows", &two, NULL), 0);
	ASSERT_EQ(scenario_parse("none-nested-4flows", &one, NULL), 0);
	EXPECT_EQ(gate_usual(&count, "counted", false, &two).widest, 0.15);
	EXPECT_EQ(gate_usual(&path, "counted", false, &two).tolerance, 0.012);
	EXPECT_LT(gate_usual(&path, "counted", false, &one).widest, 0.15);
	EXPECT_LT(gate_usual(&count, "counted", false, &one).widest, 0.15);
}

TEST_HARNESS_MAIN
