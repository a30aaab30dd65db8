// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/invalidate.h"
#include "agent/procfs.h"

/* How the kernel calls the chip of a message-signalled interrupt that is remapped. */
#define REMAPPED "IR-PCI-MSI"

/* The lowest such interrupt, so that it is always the same. -1: none. */
static int find_interrupt(const char *root)
{
	char path[300], chip[64];
	struct dirent *d;
	int best = -1;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/sys/kernel/irq", root);
	dir = opendir(path);
	while (dir && (d = readdir(dir))) {
		char *end;
		long nr = strtol(d->d_name, &end, 10);

		snprintf(path, sizeof(path), "%s/sys/kernel/irq/%s/chip_name", root, d->d_name);
		if (end == d->d_name || *end || procfs_line(path, chip, sizeof(chip)))
			continue;
		if (!strncmp(chip, REMAPPED, strlen(REMAPPED)) && (best < 0 || nr < best))
			best = nr;
	}
	if (dir)
		closedir(dir);
	return best;
}

int invalidate_open(const char *root, struct invalidate *out, struct err *e)
{
	int nr = find_interrupt(root), n;
	char path[300];

	if (nr < 0)
		return err_set(e, ENOTSUP, "agent: no invalidations can be added: no interrupt is "
			       "remapped (none of the chip " REMAPPED " in /sys/kernel/irq)");
	snprintf(path, sizeof(path), "%s/proc/irq/%d/smp_affinity", root, nr);
	out->fd = open(path, O_RDWR | O_CLOEXEC);
	if (out->fd < 0)
		return err_set(e, errno, "agent: %s: %s", path, strerror(errno));
	n = procfs_read_fd(out->fd, out->cpus, sizeof(out->cpus));
	if (n <= 0) {
		invalidate_close(out);
		return err_set(e, EIO, "agent: %s cannot be read", path);
	}
	out->len = n;
	return 0;
}

int invalidate_once(const struct invalidate *i, struct err *e)
{
	if (write(i->fd, i->cpus, i->len) == (ssize_t)i->len)	/* the kernel wants no offset */
		return 0;
	return err_set(e, errno, "agent: an interrupt's smp_affinity cannot be set to what it is: "
		       "%s", strerror(errno));
}

void invalidate_close(struct invalidate *i)
{
	if (i->fd >= 0)
		close(i->fd);
	i->fd = -1;
}
