// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/procfs.h"
#include "agent/symbol.h"

/*
 * Of the ways to ask, perf's probe is the one that needs no long list (in an emulated machine reading
 * /proc/kallsyms takes seconds) and leaves nothing behind when the process is killed.
 */
bool symbol_is_ambiguous(const char *name)
{
	struct perf_event_attr attr = { .size = sizeof(attr), .disabled = 1 };
	char type[16];
	int fd;

	if (procfs_line("/sys/bus/event_source/devices/kprobe/type", type, sizeof(type)))
		return false;
	attr.type = atoi(type);
	attr.kprobe_func = (uintptr_t)name;
	fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return errno == EADDRNOTAVAIL;
	close(fd);
	return false;
}
