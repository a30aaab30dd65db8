// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <termios.h>
#include <unistd.h>

#include "agent/arch.h"
#include "agent/boot.h"

int boot_mount(struct err *e)
{
	static const struct { const char *type, *dir; } mounts[] = {
		{ "proc", "/proc" }, { "sysfs", "/sys" }, { "devtmpfs", "/dev" },
		{ "tmpfs", "/tmp" }, { "tmpfs", "/run" },
	};

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].dir, 0755);
		if (mount(mounts[i].type, mounts[i].dir, mounts[i].type, 0, NULL) && errno != EBUSY)
			return err_set(e, errno, "agent: mount %s: %s", mounts[i].dir,
				       strerror(errno));
	}
	/* as tracing and IOMMU facts live there; a kernel without it has neither */
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL);
	return 0;
}

/*
 * With one interrupt for everything e1000e frees sent buffers in softirq, as most NICs do, and not
 * in hard interrupts: those would call traced functions within their own probes, where the kernel
 * skips a probe that is already running, and samples would be lost.
 */
static const char *module_parameters(const char *name)
{
	if (strcmp(name, "e1000e.ko"))
		return "";
	/* one value a NIC, of which there is one a CPU */
	return get_nprocs() == 1 ? "IntMode=1" :
	       "IntMode=1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1";
}

int boot_load_module(const char *name, struct err *e)
{
	char path[300];
	int fd, ret;

	snprintf(path, sizeof(path), "/modules/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, errno, "agent: %s: %s", path, strerror(errno));
	ret = syscall(SYS_finit_module, fd, module_parameters(name), 0);
	if (ret && errno != EEXIST)
		ret = err_set(e, errno, "agent: load %s: %s", path, strerror(errno));
	else
		ret = 0;
	close(fd);
	return ret;
}

int boot_load_modules(const char *list, struct err *e)
{
	char path[300], line[256];
	int ret = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/modules/%s", list);
	f = fopen(path, "re");
	if (!f)
		return err_set(e, errno, "agent: %s: %s", path, strerror(errno));
	while (!ret && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0])
			ret = boot_load_module(line, e);
	}
	fclose(f);
	return ret;
}

int boot_shorten_turns(struct err *e)
{
	/* since 6.6, before */
	static const char *const paths[] = {
		"/sys/kernel/debug/sched/base_slice_ns",
		"/sys/kernel/debug/sched/min_granularity_ns",
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		FILE *f = fopen(paths[i], "we");

		if (!f)
			continue;
		if (fputs("200000", f) < 0 || fclose(f))
			return err_set(e, errno, "agent: %s: %s", paths[i], strerror(errno));
		return 0;
	}
	return err_set(e, ENOENT, "agent: %s is missing: the kernel needs CONFIG_SCHED_DEBUG",
		       paths[0]);
}

int boot_open_report(struct err *e)
{
	struct termios t;
	int fd = open(ARCH_REPORT, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return err_set(e, errno, "agent: " ARCH_REPORT ": %s", strerror(errno));
	if (tcgetattr(fd, &t)) {
		close(fd);
		return err_set(e, errno, "agent: " ARCH_REPORT ": %s", strerror(errno));
	}
	cfmakeraw(&t);
	cfsetspeed(&t, B115200);
	tcsetattr(fd, TCSANOW, &t);
	return fd;
}

void boot_rest(void)
{
	puts(BOOT_ENDED);
	fflush(stdout);
	for (;;)
		pause();
}
