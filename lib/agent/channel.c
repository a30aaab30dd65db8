// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/channel.h"

enum { ROOM = 4096 };

void channel_init(struct channel *c, int fd)
{
	*c = (struct channel) { .fd = fd };
}

void channel_end(struct channel *c)
{
	free(c->buf);
	if (c->fd >= 0)
		close(c->fd);
	channel_init(c, -1);
}

/* The first frame, if all of it is there. */
static int take(struct channel *c, char kind[REPORT_KIND_MAX], char **body, struct err *e)
{
	char *newline = memchr(c->buf, '\n', c->len);
	const char *text;
	size_t size, all;
	int ret;

	if (!newline)
		return 0;
	if (sscanf(c->buf, "%*15s %zu", &size) != 1)
		return err_set(e, EPROTO, "agent: the other agent says \"%.40s\"", c->buf);
	all = newline + 1 - c->buf + size;
	if (c->len < all)
		return 0;
	ret = report_parse(c->buf, all, kind, &text, e);
	if (ret < 0)
		return ret;
	*body = strndup(text, size);
	if (!*body)
		return err_set(e, ENOMEM, "agent: no memory");
	c->len -= all;
	memmove(c->buf, c->buf + all, c->len + 1);
	return 1;
}

int channel_read(struct channel *c, char kind[REPORT_KIND_MAX], char **body, struct err *e)
{
	ssize_t n;

	if (c->size - c->len < ROOM) {
		char *grown = realloc(c->buf, 2 * c->size + ROOM);

		if (!grown)
			return err_set(e, ENOMEM, "agent: no memory");
		c->buf = grown;
		c->size = 2 * c->size + ROOM;
	}
	n = read(c->fd, c->buf + c->len, c->size - c->len - 1);
	if (n <= 0)
		return err_set(e, EPIPE, "agent: the other agent is gone%s%s", n ? ": " : "",
			       n ? strerror(errno) : "");
	c->len += n;
	c->buf[c->len] = '\0';
	return take(c, kind, body, e);
}

int channel_receive(struct channel *c, char kind[REPORT_KIND_MAX], char **body, struct err *e)
{
	int ret;

	do
		ret = channel_read(c, kind, body, e);
	while (!ret);
	return ret < 0 ? ret : 0;
}
