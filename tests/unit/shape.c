// SPDX-License-Identifier: GPL-2.0
/* Shapes: which machine a scenario needs, and which scenarios share one. */
#include <errno.h>
#include <string.h>

#include "kselftest_harness.h"

#include "testbed/shape.h"

static int shape_for(const char *name, const struct shape_wish *wish, struct shape *out)
{
	struct scenario s;
	int ret = scenario_parse(name, &s, NULL);

	return ret ? ret : shape_of(&s, wish, out, NULL);
}

static int shape(const char *name, bool real_clock, const char *probes, struct shape *out)
{
	struct shape_wish wish = { .real_clock = real_clock, .seed = SHAPE_SEED, .probes = probes };

	return shape_for(name, &wish, out);
}

/* Where there is a kit of arm64, or where there is none. */
static int shape_with(const char *name, bool has_arm64, struct shape *out)
{
	struct shape_wish wish = { .seed = SHAPE_SEED, .probes = "all", .has_arm64 = has_arm64 };

	return shape_for(name, &wish, out);
}

static bool same(const struct shape *a, const struct shape *b)
{
	return !strcmp(a->machine, b->machine) && !strcmp(a->cmdline, b->cmdline);
}

TEST(flows_and_direction_share_a_counted_machine)
{
	struct shape a, b;

	ASSERT_EQ(shape("lazy-bare-1flows", false, "all", &a), 0);
	ASSERT_EQ(shape("lazy-bare-20flows-tx", false, "all", &b), 0);
	EXPECT_TRUE(same(&a, &b));
	EXPECT_STREQ(a.name, b.name);
	EXPECT_EQ(b.vcpus, 1);
}

TEST(a_real_machine_has_a_cpu_for_each_flow)
{
	struct shape a;

	ASSERT_EQ(shape("strict-bare-16flows", true, "all", &a), 0);
	EXPECT_EQ(a.vcpus, 16);
	EXPECT_NE(strstr(a.machine, "-smp 16"), NULL);
	EXPECT_NE(strstr(a.machine, "thread=multi"), NULL);
	EXPECT_EQ(strstr(a.machine, "icount"), NULL);
}

TEST(a_driver_that_is_no_module_gets_its_parameters_at_boot)
{
	struct shape_wish wish = { .seed = SHAPE_SEED, .probes = "all", .nic_built_in = true };
	struct shape a;

	ASSERT_EQ(shape("strict-bare-4flows", false, "all", &a), 0);
	EXPECT_EQ(strstr(a.cmdline, "e1000e."), NULL);
	ASSERT_EQ(shape_for("strict-bare-4flows", &wish, &a), 0);
	EXPECT_NE(strstr(a.cmdline, " e1000e.IntMode=1 --"), NULL);
	wish.real_clock = true;
	ASSERT_EQ(shape_for("strict-bare-4flows", &wish, &a), 0);
	EXPECT_NE(strstr(a.cmdline, " e1000e.IntMode=1,1,1,1 --"), NULL);
}

/* Each machine of one level, once; a host leaves its NIC to its guest. */
TEST(each_driver_of_an_iommu_gives_a_built_in_nic_its_parameters)
{
	struct shape_wish wish = { .seed = SHAPE_SEED, .probes = "all", .has_arm64 = true };
	struct shape a;
	const char *at;

	for (int d = 0; d < NR_DRIVERS; d++) {
		wish.driver = d;
		wish.nic_built_in = false;
		ASSERT_EQ(shape_for("strict-bare-4flows", &wish, &a), 0);
		EXPECT_EQ(!!strstr(a.cmdline, "e1000e."), d == DRIVER_SMMUV3);
		wish.nic_built_in = true;
		ASSERT_EQ(shape_for("strict-bare-4flows", &wish, &a), 0);
		at = strstr(a.cmdline, " e1000e.IntMode=1 -- ");
		ASSERT_NE(at, NULL) TH_LOG("%s: %s", driver_name(d), a.cmdline);
		EXPECT_EQ(strstr(a.cmdline, "e1000e."), at + 1);
	}
	wish.driver = DRIVER_VTD;
	ASSERT_EQ(shape_for("strict-shadow-1flows", &wish, &a), 0);
	EXPECT_EQ(strstr(a.cmdline, "e1000e."), NULL);
}

TEST(an_arm64_machine_takes_no_other_kernel)
{
	struct shape_wish wish = {
		.seed = SHAPE_SEED, .probes = "all", .has_arm64 = true, .own_kernel = true,
	};
	struct shape a;

	EXPECT_EQ(shape_for("strict-bare-4flows", &wish, &a), 0);
	EXPECT_EQ(shape_for("strict-shadow-1flows", &wish, &a), 0);
	EXPECT_EQ(shape_for("strict-nested-1flows", &wish, &a), -ENOTSUP);
	wish.driver = DRIVER_SMMUV3;
	EXPECT_EQ(shape_for("strict-bare-4flows", &wish, &a), -ENOTSUP);
	wish.own_kernel = false;
	EXPECT_EQ(shape_for("strict-bare-4flows", &wish, &a), 0);
}

TEST(modes_differ)
{
	static const char *const names[] = {
		"strict-bare-1flows", "lazy-bare-1flows", "passthrough-bare-1flows",
		"off-bare-1flows", "none-passthrough-1flows", "none-shadow-1flows",
		"none-nested-1flows", "none-nestedlazy-1flows",
	};
	struct shape shapes[8];

	for (int i = 0; i < 8; i++) {
		ASSERT_EQ(shape(names[i], false, "all", &shapes[i]), 0);
		for (int k = 0; k < i; k++)
			EXPECT_FALSE(same(&shapes[i], &shapes[k]));
	}
	EXPECT_NE(strstr(shapes[5].machine, "caching-mode=on"), NULL);
	EXPECT_STREQ(shapes[6].property, "fsts");
	EXPECT_EQ(shapes[0].property, NULL);
}

TEST(probes_make_another_machine)
{
	struct shape a, b;

	ASSERT_EQ(shape("strict-bare-1flows", false, "all", &a), 0);
	ASSERT_EQ(shape("strict-bare-1flows", false, "none", &b), 0);
	EXPECT_FALSE(same(&a, &b));
	EXPECT_STRNE(a.name, b.name);
}

/* The x86 host hangs under a counted clock; the arm64 host does not, but cannot be saved. */
TEST(kits_of_two_levels)
{
	static const struct {
		const char *name;
		bool has_arm64;
		enum kit kit;
	} known[] = {
		{ "strict-passthrough-1flows", true, KIT_HOST },
		{ "lazy-shadow-4flows", true, KIT_HOST },
		{ "strict-nested-1flows", true, KIT_HOST_ARM64 },
		{ "lazy-nestedlazy-20flows-tx", true, KIT_HOST_ARM64 },
		{ "strict-nested-1flows", false, KIT_HOST },
		{ "lazy-nestedlazy-1flows", false, KIT_HOST },
		{ "strict-bare-1flows", true, KIT_SUBJECT },
		{ "none-nested-1flows", true, KIT_SUBJECT },
	};
	struct shape a;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		bool arm64 = known[i].kit == KIT_HOST_ARM64;

		ASSERT_EQ(shape_with(known[i].name, known[i].has_arm64, &a), 0);
		EXPECT_EQ(a.kit, known[i].kit) {
			TH_LOG("%s", known[i].name);
		}
		EXPECT_EQ(a.counted, known[i].kit != KIT_HOST);
		EXPECT_EQ(!!strstr(a.machine, "-icount"), a.counted);
		EXPECT_EQ(a.unsaved, arm64);
		EXPECT_EQ(!!strstr(a.machine, "-machine virt"), arm64);
		EXPECT_EQ(!!strstr(a.cmdline, "console=ttyAMA0"), arm64);
		EXPECT_EQ(a.vcpus, 1);
		EXPECT_EQ(a.nics, 1);
	}
}

/* Without that kit the host finds out that it cannot nest, and this is what would. */
TEST(what_else_could_nest)
{
	struct shape a;

	ASSERT_EQ(shape_with("strict-nested-1flows", false, &a), 0);
	ASSERT_NE(a.otherwise, NULL);
	EXPECT_NE(strstr(a.otherwise, "./run_tests.sh --build-host-kernel"), NULL);
	ASSERT_EQ(shape_with("lazy-nestedlazy-4flows", false, &a), 0);
	EXPECT_NE(a.otherwise, NULL);
	ASSERT_EQ(shape_with("strict-nested-1flows", true, &a), 0);
	EXPECT_EQ(a.otherwise, NULL);
	ASSERT_EQ(shape_with("strict-shadow-1flows", false, &a), 0);
	EXPECT_EQ(a.otherwise, NULL);
}

TEST(flows_and_direction_share_a_host)
{
	static const char *const pairs[][2] = {
		{ "strict-shadow-1flows", "strict-shadow-20flows-tx" },
		{ "lazy-nested-1flows-tx", "lazy-nested-16flows" },
	};
	struct shape a, b;

	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(shape_with(pairs[i][0], true, &a), 0);
		ASSERT_EQ(shape_with(pairs[i][1], true, &b), 0);
		EXPECT_TRUE(same(&a, &b));
		EXPECT_STREQ(a.name, b.name);
	}
}

/* All eight, and each says on its kernel's command line which host and which guest it is. */
TEST(modes_of_two_levels_differ)
{
	static const char *const hosts[] = { "strict", "lazy" };
	static const char *const guests[] = { "passthrough", "shadow", "nested", "nestedlazy" };
	struct shape shapes[8];
	char name[64], want[96];

	for (int i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "%s-%s-1flows", hosts[i / 4], guests[i % 4]);
		ASSERT_EQ(shape_with(name, true, &shapes[i]), 0);
		snprintf(want, sizeof(want), " iommu.strict=%d -- role=host guest=%s probes=all",
			 i < 4, guests[i % 4]);
		EXPECT_NE(strstr(shapes[i].cmdline, want), NULL) {
			TH_LOG("%s: %s", name, shapes[i].cmdline);
		}
		for (int k = 0; k < i; k++) {
			EXPECT_FALSE(same(&shapes[i], &shapes[k]));
			EXPECT_STRNE(shapes[i].name, shapes[k].name);
		}
	}
}

/* One level has no role to play. */
TEST(no_role_of_one_level)
{
	struct shape a;

	ASSERT_EQ(shape_with("none-shadow-1flows", true, &a), 0);
	EXPECT_EQ(strstr(a.cmdline, "role="), NULL);
	EXPECT_EQ(strstr(a.cmdline, "guest="), NULL);
	EXPECT_NE(strstr(a.cmdline, " -- probes=all"), NULL);
}

/* The seed is of all that is drawn by chance, also where instructions are not counted. */
TEST(seeds_of_two_levels)
{
	struct shape_wish wish = { .seed = 4711, .probes = "all", .has_arm64 = true };
	struct shape a;

	ASSERT_EQ(shape_for("strict-shadow-1flows", &wish, &a), 0);
	EXPECT_NE(strstr(a.machine, "-seed 4711"), NULL);
	ASSERT_EQ(shape_for("strict-nested-1flows", &wish, &a), 0);
	EXPECT_NE(strstr(a.machine, "-seed 4711"), NULL);
}

/* On a counted clock nothing may come when QEMU's main loop has its turn for it. */
TEST(no_virtio_rng)
{
	struct shape a;

	ASSERT_EQ(shape_with("strict-nested-1flows", true, &a), 0);
	EXPECT_EQ(strstr(a.machine, "rng"), NULL);
	EXPECT_NE(strstr(a.machine, "ioeventfd=off,tx=timer"), NULL);
}

/* The kernel's command line has an end. */
TEST(too_many_probes)
{
	char probes[600];
	struct shape_wish wish = { .seed = SHAPE_SEED, .probes = probes };
	struct shape a;

	memset(probes, 'x', sizeof(probes));
	probes[sizeof(probes) - 1] = '\0';
	EXPECT_EQ(shape_for("strict-shadow-1flows", &wish, &a), -E2BIG);
	EXPECT_EQ(shape_for("strict-bare-1flows", &wish, &a), -E2BIG);
}

static int of_driver(const char *name, struct shape_wish wish, struct shape *out, struct err *e)
{
	struct scenario s;
	int ret = scenario_parse(name, &s, NULL);

	wish.seed = SHAPE_SEED;
	wish.probes = "all";
	return ret ? ret : shape_of(&s, &wish, out, e);
}

/* Each IOMMU is one machine with it, and no two modes of it are one. */
TEST(drivers)
{
	static const char *const names[] = {
		"strict-bare-1flows", "lazy-bare-1flows", "passthrough-bare-1flows",
		"off-bare-1flows",
	};
	static const char *const devices[] = {
		"intel-iommu,", "amd-iommu,", "virtio-iommu-pci", "iommu=smmuv3",
	};
	struct shape shapes[NR_DRIVERS][4];
	struct err e;

	for (int d = 0; d < NR_DRIVERS; d++) {
		for (int i = 0; i < 4; i++) {
			ASSERT_EQ(of_driver(names[i], (struct shape_wish){ .driver = d,
					    .has_arm64 = true }, &shapes[d][i], &e), 0);
			EXPECT_EQ(shapes[d][i].driver, d);
			EXPECT_TRUE(shapes[d][i].counted);
			for (int k = 0; k < i; k++)
				EXPECT_FALSE(same(&shapes[d][i], &shapes[d][k]));
		}
		for (int k = 0; k < NR_DRIVERS; k++)
			EXPECT_EQ(!!strstr(shapes[d][0].machine, devices[k]), d == k);
		for (int k = 0; k < d; k++)
			EXPECT_STRNE(shapes[d][0].name, shapes[k][0].name);
	}
	EXPECT_STREQ(shapes[DRIVER_VTD][0].name, "strict-bare-counted-1");
	EXPECT_STREQ(shapes[DRIVER_AMD][0].name, "amd-strict-bare-counted-1");
	EXPECT_TRUE(shapes[DRIVER_AMD][0].unsaved);
	EXPECT_FALSE(shapes[DRIVER_VTD][0].unsaved || shapes[DRIVER_VIRTIO][0].unsaved ||
		     shapes[DRIVER_SMMUV3][0].unsaved);
	EXPECT_EQ(shapes[DRIVER_SMMUV3][0].kit, KIT_ARM64);
	EXPECT_NE(strstr(shapes[DRIVER_VIRTIO][0].cmdline, "-- load=virtio_iommu probes="), NULL);
	/* where there is none to be, there is none; AMD's driver is told to leave it */
	EXPECT_EQ(strstr(shapes[DRIVER_VIRTIO][3].machine, "virtio-iommu"), NULL);
	EXPECT_EQ(strstr(shapes[DRIVER_VIRTIO][3].cmdline, "load="), NULL);
	EXPECT_EQ(strstr(shapes[DRIVER_SMMUV3][3].machine, "smmuv3"), NULL);
	EXPECT_NE(strstr(shapes[DRIVER_AMD][3].cmdline, "amd_iommu=off"), NULL);
}

#define REFUSED(name, says, ...) do { \
	EXPECT_EQ(of_driver(name, (struct shape_wish){ __VA_ARGS__ }, &a, &e), -ENOTSUP); \
	EXPECT_NE(strstr(e.text, says), NULL) TH_LOG("%s", e.text); \
} while (0)

TEST(what_a_driver_has_no_machine_for)
{
	struct shape a;
	struct err e;

	REFUSED("none-shadow-1flows", "with --iommu amd there are the scenarios *-bare-*",
		.driver = DRIVER_AMD);
	REFUSED("strict-nested-1flows", "with --iommu smmuv3 there are", .driver = DRIVER_SMMUV3,
		.has_arm64 = true);
	REFUSED("strict-bare-4flows", "counted clock alone", .driver = DRIVER_VIRTIO,
		.real_clock = true);
	REFUSED("strict-bare-4flows", "needs the machine of arm64", .driver = DRIVER_SMMUV3);
}

TEST(names_of_drivers)
{
	enum driver d;
	struct err e;

	for (int i = 0; i < NR_DRIVERS; i++) {
		ASSERT_EQ(driver_parse(driver_name(i), &d, NULL), 0);
		EXPECT_EQ(d, i);
	}
	EXPECT_EQ(driver_parse("intel", &d, &e), -EINVAL);
	EXPECT_STREQ(e.text, "IOMMU \"intel\": it is vtd, amd, virtio or smmuv3");
}

TEST_HARNESS_MAIN
