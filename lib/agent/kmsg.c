// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/kmsg.h"

enum { LEVEL_MASK = 7, LEVEL_WARNING = 4, LINE_MAX_BYTES = 8192 };

int kmsg_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (lseek(fd, 0, SEEK_END) < 0) {
		int ret = -errno;

		close(fd);
		return ret;
	}
	return fd;
}

/* One record of /dev/kmsg: "priority,sequence,time,flags;text\n" and continuation lines. */
static int take(struct record *r, char *line)
{
	char *text = strchr(line, ';');

	if (!text || (strtol(line, NULL, 10) & LEVEL_MASK) > LEVEL_WARNING)
		return 0;
	text[1 + strcspn(text + 1, "\n")] = '\0';
	if (r->nr_warnings == RECORD_WARNINGS_MAX)
		return 0;	/* the record is condemned by the first of them */
	r->warnings[r->nr_warnings] = strdup(text + 1);
	if (!r->warnings[r->nr_warnings])
		return -ENOMEM;
	r->nr_warnings++;
	return 0;
}

int kmsg_collect(int fd, struct record *r)
{
	char line[LINE_MAX_BYTES];

	for (;;) {
		ssize_t n = read(fd, line, sizeof(line) - 1);
		int ret;

		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		line[n] = '\0';
		ret = take(r, line);
		if (ret)
			return ret;
	}
}
