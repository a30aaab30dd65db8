// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "testbed/settings.h"
#include "util/places.h"

/*
 * A machine takes some 15 s to boot and some 5 s to measure; many times that on a loaded host or
 * with many processors.
 */
enum { TIMEOUT_S = 300 };

static const char *environment(const char *name, const char *fallback)
{
	const char *value = getenv(name);

	return value && *value ? value : fallback;
}

static int find_cache(struct settings *s, struct err *e)
{
	char *cache = places_cache();

	if (!cache)
		return err_set(e, ENOMEM, "out of memory");
	snprintf(s->cache, sizeof(s->cache), "%s", cache);
	free(cache);
	return 0;
}

/* The folder that this program was built into, or into whose folder tests: it holds iommu-perf. */
static void build_folder(char *buf, size_t size)
{
	char exe[1000], *slash;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	exe[n < 0 ? 0 : n] = '\0';
	slash = strrchr(exe, '/');
	if (slash)
		*slash = '\0';
	slash = strrchr(exe, '/');
	if (slash && !strcmp(slash, "/tests"))
		*slash = '\0';
	snprintf(buf, size, "%s", exe);
}

/* The initramfs of a host holds that of its guest: beside it, as "host-" and its name. */
static void place_host(struct settings *s)
{
	const char *slash = strrchr(s->initramfs, '/');
	const char *base = slash ? slash + 1 : s->initramfs;

	snprintf(s->host, sizeof(s->host), "%.*shost-%s", (int)(base - s->initramfs), s->initramfs,
		 base);
}

/* Is the NIC's driver none of the modules that the kernel in @dir is to load? */
static bool nic_is_built_in(const char *dir)
{
	char path[PATH_MAX + 16], line[256];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "%s/modules", dir);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f))
		found = !strcmp(line, "e1000e.ko\n");
	fclose(f);
	return !found;
}

int settings_use_kernel(struct settings *s, const char *dir, struct err *e)
{
	char real[PATH_MAX], usual[PATH_MAX], build[1000], fallback[1100], *release;

	snprintf(s->kernel, sizeof(s->kernel), "%s/vmlinuz", dir);
	if (!realpath(dir, real) || access(s->kernel, R_OK))
		return err_set(e, ENOENT, "no kernel at %s: %s; ./run_tests.sh fetches the default "
			       "one", s->kernel, strerror(errno));
	snprintf(fallback, sizeof(fallback), "%s/kernels/default", s->cache);
	s->testbed.wish.own_kernel = !realpath(fallback, usual) || strcmp(real, usual);
	s->testbed.wish.nic_built_in = nic_is_built_in(real);
	release = strrchr(real, '/');
	build_folder(build, sizeof(build));
	snprintf(fallback, sizeof(fallback), "%.900s/initramfs-%.180s.cpio", build,
		 release ? release + 1 : real);
	snprintf(s->initramfs, sizeof(s->initramfs), "%s",
		 environment("IOMMU_PERF_INITRAMFS", fallback));
	place_host(s);
	return 0;
}

/* What ./run_tests.sh --build-host-kernel makes. */
static void place_arm64(struct settings *s)
{
	char build[1000];

	build_folder(build, sizeof(build));
	snprintf(s->arm64_qemu, sizeof(s->arm64_qemu), "%s/testbed-arm64/qemu", s->cache);
	snprintf(s->arm64_kernel, sizeof(s->arm64_kernel), "%s/kernels/arm64-host/vmlinuz",
		 s->cache);
	snprintf(s->arm64_initramfs, sizeof(s->arm64_initramfs), "%s/arm64/initramfs.cpio", build);
	snprintf(s->arm64_host, sizeof(s->arm64_host), "%s/arm64/host-initramfs.cpio", build);
	s->testbed.wish.has_arm64 = !access(s->arm64_kernel, R_OK) &&
				    !access(s->arm64_host, R_OK);
}

int settings_use_iommu(struct settings *s, const char *iommu, struct err *e)
{
	return driver_parse(iommu, &s->testbed.wish.driver, e);
}

int settings_use_clock(struct settings *s, const char *clock, struct err *e)
{
	s->testbed.wish.real_clock = !strcmp(clock, "real");
	if (!s->testbed.wish.real_clock && strcmp(clock, "counted"))
		return err_set(e, EINVAL, "clock \"%s\": it is counted or real", clock);
	return 0;
}

int settings_load(struct settings *s, struct err *e)
{
	char path[1100];
	int ret;

	memset(s, 0, sizeof(*s));
	ret = find_cache(s, e);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), "%s/testbed/qemu", s->cache);
	snprintf(s->qemu, sizeof(s->qemu), "%s", environment("IOMMU_PERF_QEMU", path));
	snprintf(s->snapshots, sizeof(s->snapshots), "%s/snapshots", s->cache);
	s->testbed = (struct emulated) {
		.files = {
			[KIT_SUBJECT] = { s->qemu, s->kernel, s->initramfs },
			[KIT_ARM64] = { s->arm64_qemu, s->arm64_kernel, s->arm64_initramfs },
			[KIT_HOST] = { s->qemu, s->kernel, s->host },
			[KIT_HOST_ARM64] = { s->arm64_qemu, s->arm64_kernel, s->arm64_host },
		},
		.snapshots = s->snapshots,
		.wish = { .seed = SHAPE_SEED, .probes = "all" },
		.timeout_s = TIMEOUT_S,
	};
	traffic_defaults("emulated", &s->testbed.traffic);
	place_arm64(s);
	ret = settings_use_clock(s, environment("IOMMU_PERF_CLOCK", "counted"), e);
	if (!ret)
		ret = settings_use_iommu(s, environment("IOMMU_PERF_IOMMU", "vtd"), e);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), "%s/kernels/default", s->cache);
	return settings_use_kernel(s, environment("IOMMU_PERF_KERNEL", path), e);
}
