// SPDX-License-Identifier: GPL-2.0
/* What the picture of two levels says of each. */
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"

#include "markup.h"
#include "report/attribution_picture.h"
#include "report/topology.h"
#include "sample.h"

FIXTURE(two)
{
	struct record *r;
	struct topology t;
};

FIXTURE_SETUP(two)
{
	self->r = sample_load(SAMPLE_TWO);
}

FIXTURE_TEARDOWN(two)
{
	record_free(self->r);
}

static struct record_function *find(struct record *r, const char *name)
{
	for (size_t i = 0; i < r->nr_functions; i++)
		if (!strcmp(r->functions[i].name, name))
			return &r->functions[i];
	return NULL;
}

/* Each box holds its own kernel's counts, of a page. */
TEST_F(two, counts_are_of_their_kernel)
{
	struct record_function *guests = find(self->r, "iommu_map");
	struct record_function *hosts = find(self->r, RECORD_HOST "iommu_map");

	ASSERT_NE(guests, NULL);
	ASSERT_NE(hosts, NULL);
	self->r->payload_bytes = 4096 * 100;
	guests->count = 250;
	hosts->count = 700;
	topology_of(self->r, &self->t);
	EXPECT_STREQ(self->t.chart.boxes[0].lines[2], "2.5 maps a page");
	EXPECT_STREQ(self->t.chart.boxes[1].lines[2], "7 maps a page");
	EXPECT_NE(strstr(self->t.chart.links[1], "ioctls"), NULL);
}

/* What was not measured is no 0. */
TEST_F(two, nothing_counted)
{
	find(self->r, "iommu_map")->absent = strdup("the test says so");
	self->r->nr_functions = 1;
	free(self->r->functions[0].name);
	self->r->functions[0].name = strdup("iommu_map");
	self->r->functions[0].absent = strdup("the test says so");
	topology_of(self->r, &self->t);
	EXPECT_STREQ(self->t.chart.boxes[0].lines[2], "maps a page not counted");
	EXPECT_STREQ(self->t.chart.boxes[1].lines[4], "flushes a page not counted");
}

TEST_F(two, is_in_the_picture)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	ASSERT_EQ(attribution_picture(out, self->r), 0);
	fclose(out);
	EXPECT_NE(strstr(text, "guest: the subject"), NULL);
	EXPECT_NE(strstr(text, "this machine"), NULL);
	free(text);
}

TEST_HARNESS_MAIN
