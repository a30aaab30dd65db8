/* SPDX-License-Identifier: GPL-2.0 */
/* Small readers of proc and sysfs, and the parsers of their texts. */
#ifndef AGENT_PROCFS_H
#define AGENT_PROCFS_H

#include <stddef.h>

#include "record/record.h"

/* The first line of the file at @path, without its newline. 0 or a negative errno. */
int procfs_line(const char *path, char *buf, size_t size);

/* Write @text to the file at @path, which is there. 0 or a negative errno. */
int procfs_write(const char *path, const char *text);

/* The last part of the path that the link @path points to. 0 or a negative errno. */
int procfs_link(const char *path, char *buf, size_t size);

/* All of the file behind @fd from its start, NUL-terminated. Bytes, or a negative errno. */
int procfs_read_fd(int fd, char *buf, size_t size);

/*
 * The per-CPU lines of /proc/stat's @text: into @cpus (at most @max), times in ns, of ticks of
 * @tick_ns. How many CPUs, or -EINVAL.
 */
int procfs_parse_stat(const char *text, uint64_t tick_ns, struct record_cpu *cpus, size_t max);

/*
 * What @n CPUs did between @open and @close, into @out. -ESTALE: they are not the same CPUs at both
 * ends, or a time went backward, as the kernel's idle and iowait may.
 */
int procfs_stat_difference(const struct record_cpu *open, const struct record_cpu *close, size_t n,
			   struct record_cpu *out);

/* The Tcp lines of /proc/net/snmp's @text. 0 or -EINVAL. */
int procfs_parse_snmp(const char *text, struct record_tcp *tcp);

#endif
