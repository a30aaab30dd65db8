// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/procfs.h"

int procfs_line(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int n;

	if (fd < 0)
		return -errno;
	n = procfs_read_fd(fd, buf, size);
	close(fd);
	if (n < 0)
		return n;
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}

int procfs_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
	int ret = n < 0 ? -errno : (size_t)n == strlen(text) ? 0 : -EIO;

	if (fd >= 0)
		close(fd);
	return ret;
}

int procfs_link(const char *path, char *buf, size_t size)
{
	char target[256], *base;
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n < 0)
		return -errno;
	target[n] = '\0';
	base = strrchr(target, '/');
	snprintf(buf, size, "%s", base ? base + 1 : target);
	return 0;
}

int procfs_read_fd(int fd, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = pread(fd, buf + len, size - 1 - len, len);
		if (n < 0)
			return -errno;
		len += n;
	} while (n > 0 && len < size - 1);
	buf[len] = '\0';
	return len;
}

int procfs_parse_stat(const char *text, uint64_t tick_ns, struct record_cpu *cpus, size_t max)
{
	size_t nr = 0;

	for (const char *p = text; p && nr < max; p = strchr(p, '\n')) {
		struct record_cpu *c = &cpus[nr];

		p += *p == '\n';
		if (strncmp(p, "cpu", 3) || p[3] < '0' || p[3] > '9')
			continue;
		memset(c, 0, sizeof(*c));
		if (sscanf(p, "cpu%d %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
			   " %" SCNu64 " %" SCNu64 " %" SCNu64, &c->cpu, &c->user_ns, &c->nice_ns,
			   &c->system_ns, &c->idle_ns, &c->iowait_ns, &c->irq_ns, &c->softirq_ns,
			   &c->steal_ns) != 9 || c->cpu < 0)
			return -EINVAL;
		for (uint64_t *v = &c->user_ns; v <= &c->steal_ns; v++)
			*v *= tick_ns;
		nr++;
	}
	return nr ? (int)nr : -EINVAL;
}

int procfs_stat_difference(const struct record_cpu *open, const struct record_cpu *close, size_t n,
			   struct record_cpu *out)
{
	for (size_t i = 0; i < n; i++) {
		const uint64_t *a = &open[i].user_ns, *b = &close[i].user_ns;

		if (open[i].cpu != close[i].cpu)
			return -ESTALE;
		out[i].cpu = open[i].cpu;
		for (uint64_t *v = &out[i].user_ns; v <= &out[i].steal_ns; v++, a++, b++) {
			if (*b < *a)
				return -ESTALE;
			*v = *b - *a;
		}
	}
	return 0;
}

/* The value of column @name, given snmp's line of names and its line of values. */
static int snmp_column(const char *names, const char *values, const char *name, uint64_t *out)
{
	char nbuf[512], vbuf[512], *ns, *vs, *n, *v;

	snprintf(nbuf, sizeof(nbuf), "%.*s", (int)strcspn(names, "\n"), names);
	snprintf(vbuf, sizeof(vbuf), "%.*s", (int)strcspn(values, "\n"), values);
	n = strtok_r(nbuf, " ", &ns);
	v = strtok_r(vbuf, " ", &vs);
	while (n && v) {
		if (!strcmp(n, name)) {
			*out = strtoull(v, NULL, 10);
			return 0;
		}
		n = strtok_r(NULL, " ", &ns);
		v = strtok_r(NULL, " ", &vs);
	}
	return -EINVAL;
}

int procfs_parse_snmp(const char *text, struct record_tcp *tcp)
{
	const char *names = strstr(text, "Tcp: ");
	const char *values = names ? strstr(names + 1, "\nTcp: ") : NULL;

	if (!values)
		return -EINVAL;
	values++;
	if (snmp_column(names, values, "InSegs", &tcp->in_segs) ||
	    snmp_column(names, values, "OutSegs", &tcp->out_segs) ||
	    snmp_column(names, values, "RetransSegs", &tcp->retrans_segs))
		return -EINVAL;
	return 0;
}
