// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/channel.h"

enum {
	ROOM = 4096,
	HEAD_MAX = 48,			/* longer than any frame's first line */
	BODY_MAX = 16 * 1024 * 1024,	/* longer than any record */
};

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

/* The length of the first frame; 0: not known yet. What cannot become a frame is not waited for. */
static int measure(const struct channel *c, size_t *all, struct err *e)
{
	const char *newline = memchr(c->buf, '\n', c->len);
	int line = newline ? newline - c->buf : (int)c->len;
	size_t size;

	*all = 0;
	if (!newline && line < HEAD_MAX)
		return 0;
	if (!newline || sscanf(c->buf, "%*15s %zu", &size) != 1 || size > BODY_MAX)
		return err_set(e, EPROTO, "agent: the other agent says \"%.*s\"",
			       line < HEAD_MAX ? line : HEAD_MAX, c->buf);
	*all = line + 1 + size;
	return 0;
}

int channel_take(struct channel *c, char kind[REPORT_KIND_MAX], char **body, struct err *e)
{
	const char *text;
	size_t all;
	int ret = c->len ? measure(c, &all, e) : 0;

	if (ret || !c->len || !all || c->len < all)
		return ret;
	ret = report_parse(c->buf, all, kind, &text, e);
	if (ret < 0)
		return ret;
	*body = strndup(text, ret);
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
	return channel_take(c, kind, body, e);
}

int channel_receive(struct channel *c, char kind[REPORT_KIND_MAX], char **body, struct err *e)
{
	int ret = channel_take(c, kind, body, e);

	while (!ret)
		ret = channel_read(c, kind, body, e);
	return ret < 0 ? ret : 0;
}
