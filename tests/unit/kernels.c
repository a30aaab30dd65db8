// SPDX-License-Identifier: GPL-2.0
/* Scenarios over many kernels: their order, their changes, and the page. */
#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "kselftest_harness.h"

#include "history/kernels.h"
#include "report/kernels_page.h"
#include "sample.h"
#include "util/file.h"

TEST(versions_are_compared_as_dpkg_does)
{
	static const char *const ascending[] = {
		"6.1.170-3", "6.1.192-1", "6.1.192-2", "6.12.9-1", "6.12.90-1~bpo12+1", "6.12.90-1",
		"6.12.90-1.1", "6.12.90-2~bpo12+1", "6.12.100-1~deb12u1", "6.12.100-1",
		"6.16.3-1~bpo13+1", "7.0.4-1",
	};
	size_t i, n = sizeof(ascending) / sizeof(ascending[0]);

	for (i = 0; i < n; i++)
		EXPECT_EQ(kernels_compare_versions(ascending[i], ascending[i]), 0);
	for (i = 1; i < n; i++) {
		EXPECT_EQ(kernels_compare_versions(ascending[i - 1], ascending[i]), -1);
		EXPECT_EQ(kernels_compare_versions(ascending[i], ascending[i - 1]), 1);
	}
}

TEST(a_version_and_its_releases)
{
	EXPECT_TRUE(kernels_is_version("6.16.3-1", "6.16"));
	EXPECT_TRUE(kernels_is_version("6.16.3-1", "6.16.3"));
	EXPECT_TRUE(kernels_is_version("6.16.3-1", "6.16.3-1"));
	EXPECT_FALSE(kernels_is_version("6.16.3-1", "6.1"));
	EXPECT_FALSE(kernels_is_version("6.16.30-1", "6.16.3"));
	EXPECT_FALSE(kernels_is_version("6.16.3-1", ""));
}

static const char *const scenarios[] = { "strict-bare-4flows" };

FIXTURE(folder)
{
	char dir[40];
	struct kernels k;
	struct err e;
};

FIXTURE_SETUP(folder)
{
	strcpy(self->dir, "/tmp/kernels-test.XXXXXX");
	ASSERT_NE(mkdtemp(self->dir), NULL);
	self->k = (struct kernels){
		.scenarios = scenarios, .nr_scenarios = 1,
		.metrics = kernels_page_metrics, .nr_metrics = kernels_page_nr_metrics,
	};
}

FIXTURE_TEARDOWN(folder)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", self->dir);
	EXPECT_EQ(system(command), 0);
	kernels_free(&self->k);
}

static void put(FIXTURE_DATA(folder) *self, const char *release, const char *file, const char *text)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", self->dir, release);
	if (file_make_folders(path, &self->e))
		abort();
	snprintf(path, sizeof(path), "%s/%s/%s", self->dir, release, file);
	if (file_write_atomic(path, text, strlen(text), &self->e))
		abort();
}

/* A kernel, with a record or none. */
static void put_kernel(FIXTURE_DATA(folder) *self, const char *version, bool record)
{
	struct record *r = sample_load(SAMPLE);
	char path[160], package[128];

	snprintf(package, sizeof(package), "linux-image %s-1 suite\n", version);
	put(self, version, "package", package);
	snprintf(path, sizeof(path), "%s/%s/strict-bare-4flows.json", self->dir, version);
	if (record && record_save(r, path, &self->e))
		abort();
	record_free(r);
}

static char *page_of(FIXTURE_DATA(folder) *self, const char *notes)
{
	struct kernels_page page = { .kernels = &self->k, .notes = notes };
	struct kernel_change *changes;
	char *text = NULL;
	size_t len;
	FILE *out;

	if (kernels_changes(&self->k, &changes, &page.nr_changes))
		return NULL;
	page.changes = changes;
	out = open_memstream(&text, &len);
	report_kernels_page(out, &page);
	if (report_kernels_picture(out, &page, 0))
		abort();
	fclose(out);
	free(changes);
	return text;
}

TEST_F(folder, nothing_there)
{
	EXPECT_EQ(kernels_load(self->dir, &self->k, &self->e), -ENOENT);
	EXPECT_NE(strstr(self->e.text, "holds records of no kernel"), NULL);
	EXPECT_EQ(kernels_load("/nowhere", &self->k, &self->e), -ENOENT);
}

TEST_F(folder, bad_files)
{
	put(self, "6.1", "package", "half\n");
	EXPECT_EQ(kernels_load(self->dir, &self->k, &self->e), -EINVAL);
	kernels_free(&self->k);
	put_kernel(self, "6.1", false);
	put(self, "6.1", "strict-bare-4flows.json", "{");
	EXPECT_EQ(kernels_load(self->dir, &self->k, &self->e), -EINVAL);
}

TEST_F(folder, by_version_with_reasons_and_absent_metrics)
{
	char *text;

	put(self, ".", "history.db", "no kernel");
	put_kernel(self, "6.12.9", false);
	put_kernel(self, "6.12.10", false);
	put(self, "6.12.10", "strict-bare-4flows.reason", "it has no e1000e\nand more\n");
	put_kernel(self, "6.1.7", true);
	ASSERT_EQ(kernels_load(self->dir, &self->k, &self->e), 0);
	ASSERT_EQ(self->k.n, 3);
	EXPECT_STREQ(self->k.list[0].release, "6.1.7");
	EXPECT_STREQ(self->k.list[1].release, "6.12.9");
	EXPECT_STREQ(self->k.list[1].runs[0].reason, "not run yet");
	EXPECT_STREQ(self->k.list[2].runs[0].reason, "it has no e1000e");
	text = page_of(self, NULL);
	ASSERT_NE(text, NULL);
	EXPECT_NE(strstr(text, "| 6.12.10 | 6.12.10-1, suite | it has no e1000e |"), NULL);
	EXPECT_NE(strstr(text, "Nothing."), NULL);
	free(text);
}

/* The kernel @version, of which the metrics in ns are @ns and all others are absent. */
static void add_kernel(struct kernels *k, const char *version, double ns)
{
	struct kernel *to;
	char package[64];
	size_t i;

	snprintf(package, sizeof(package), "%s-1", version);
	k->list = realloc(k->list, (k->n + 1) * sizeof(*k->list));
	to = &k->list[k->n++];
	*to = (struct kernel){ .release = strdup(version), .version = strdup(package),
			       .suite = strdup("suite"), .runs = calloc(1, sizeof(*to->runs)) };
	to->runs->values = calloc(k->nr_metrics, sizeof(*to->runs->values));
	to->runs->absent = calloc(k->nr_metrics, sizeof(*to->runs->absent));
	for (i = 0; i < k->nr_metrics; i++)
		to->runs->values[i] = strstr(k->metrics[i], "ns") ? ns : NAN;
}

/* Twenty kernels and a step, which is found; then one of two kernels alone, which cannot be. */
TEST_F(folder, changes)
{
	struct kernel_change *c;
	char version[32], *text;
	size_t n, i, found = 0, steps = 0;

	for (i = 0; i < 22; i++) {
		snprintf(version, sizeof(version), "6.%zu.%zu", i < 10 ? 1UL : i < 20 ? 12UL : 16UL, i);
		add_kernel(&self->k, version, (i < 10 ? 6000 : i < 20 ? 5500 : 5800) + i % 3);
	}
	ASSERT_EQ(kernels_changes(&self->k, &c, &n), 0);
	for (i = 0; i < n; i++) {
		if (strcmp(self->k.metrics[c[i].metric], "iommu_dma_map_page.mean_ns"))
			continue;
		found += c[i].found && c[i].kernel == 10 && c[i].before == 9;
		steps += !c[i].found && c[i].kernel == 20;
		EXPECT_FALSE(c[i].other_probes);
		EXPECT_EQ(c[i].found, !isnan(c[i].p));
	}
	EXPECT_EQ(found, 1);
	EXPECT_EQ(steps, 1);
	free(c);
	text = page_of(self, "# a comment\n6.12 The path got shorter.\n6.1 No.\n\n6.12.10\n");
	ASSERT_NE(text, NULL);
	EXPECT_NE(strstr(text, "### 6.12.10, after 6.1.9\n"), NULL);
	EXPECT_NE(strstr(text, "\nThe path got shorter.\n\n### 6.16.20"), NULL);
	EXPECT_NE(strstr(text, "\nNot known.\n"), NULL);
	EXPECT_EQ(strstr(text, "No.\n\n#"), NULL);
	EXPECT_NE(strstr(text, "6.16</text>"), NULL);
	free(text);
}

TEST_HARNESS_MAIN
