// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/perf_layer.h"

static int kernel_open(void *ctx, const struct perf_event_attr *attr, int cpu, int group)
{
	long fd = syscall(SYS_perf_event_open, attr, -1, cpu, group, PERF_FLAG_FD_CLOEXEC);

	(void)ctx;
	return fd < 0 ? -errno : (int)fd;
}

static int kernel_enable(void *ctx, int file)
{
	(void)ctx;
	return ioctl(file, PERF_EVENT_IOC_ENABLE, 0) ? -errno : 0;
}

static int kernel_disable(void *ctx, int file)
{
	(void)ctx;
	return ioctl(file, PERF_EVENT_IOC_DISABLE, 0) ? -errno : 0;
}

static int kernel_read(void *ctx, int file, struct perf_value *out)
{
	ssize_t n = read(file, out, sizeof(*out));

	(void)ctx;
	return n == sizeof(*out) ? 0 : n < 0 ? -errno : -EIO;
}

static void kernel_close(void *ctx, int file)
{
	(void)ctx;
	close(file);
}

const struct perf_layer perf_layer_kernel = {
	.open = kernel_open,
	.enable = kernel_enable,
	.disable = kernel_disable,
	.read = kernel_read,
	.close = kernel_close,
};
