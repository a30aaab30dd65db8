// SPDX-License-Identifier: GPL-2.0
/* Which interrupt invalidations are made by: in trees as the kernel's. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "kselftest_harness.h"

#include "agent/invalidate.h"
#include "sample.h"

FIXTURE(invalidate) {
	char root[64];
	struct invalidate i;
};

FIXTURE_SETUP(invalidate)
{
	static const char *const folders[] = { "sys", "sys/kernel", "sys/kernel/irq", "proc",
					       "proc/irq" };
	char path[128];

	sample_make_folder(self->root);
	for (size_t k = 0; k < sizeof(folders) / sizeof(folders[0]); k++) {
		snprintf(path, sizeof(path), "%s/%s", self->root, folders[k]);
		ASSERT_EQ(mkdir(path, 0755), 0);
	}
	self->i.fd = -1;
}

FIXTURE_TEARDOWN(invalidate)
{
	invalidate_close(&self->i);
	sample_remove_folder(self->root);
}

static void write_line(const char *path, const char *line)
{
	FILE *f = fopen(path, "w");

	if (f) {
		fprintf(f, "%s\n", line);
		fclose(f);
	}
}

static void add_interrupt(const char *root, const char *nr, const char *chip)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/sys/kernel/irq/%s", root, nr);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/sys/kernel/irq/%s/chip_name", root, nr);
	write_line(path, chip);
	snprintf(path, sizeof(path), "%s/proc/irq/%s", root, nr);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/proc/irq/%s/smp_affinity", root, nr);
	write_line(path, nr);
}

TEST_F(invalidate, the_lowest_that_is_remapped)
{
	struct err e;

	add_interrupt(self->root, "4", "IR-IO-APIC");
	add_interrupt(self->root, "101", "IR-PCI-MSI-0000:01:00.0");
	add_interrupt(self->root, "26", "IR-PCI-MSI");
	add_interrupt(self->root, "25", "PCI-MSI-0000:00:02.0");
	ASSERT_EQ(invalidate_open(self->root, &self->i, &e), 0) {
		TH_LOG("%s", e.text);
	}
	EXPECT_STREQ(self->i.cpus, "26\n");
	EXPECT_EQ(invalidate_once(&self->i, &e), 0);
}

TEST_F(invalidate, none_is_remapped)
{
	struct err e;

	add_interrupt(self->root, "4", "IO-APIC");
	EXPECT_EQ(invalidate_open(self->root, &self->i, &e), -ENOTSUP);
	EXPECT_NE(strstr(e.text, "no interrupt is remapped"), NULL);
}

TEST_HARNESS_MAIN
