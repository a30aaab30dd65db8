// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/channel.h"
#include "agent/serve.h"

struct serving {
	struct agent *a;
	struct record *r;
	struct window w;
	struct instruments with;
};

static int take_command(struct serving *s, const char *text, struct err *e)
{
	int ret = command_parse(text, &s->a->command, e);

	if (ret <= 0)
		return ret ? ret : err_set(e, EPROTO, "agent: the host's command is to wait");
	ret = agent_take_precedence(e);
	if (!ret)
		ret = agent_take_command(s->a, s->r, e);
	flows_plan(&s->a->flows, &s->a->command);
	s->with = agent_instruments(s->a);
	window_init(&s->w, &s->a->net, &s->a->flows, &s->with, false);
	return ret;
}

static int hold(struct serving *s, const char *flow, struct err *e)
{
	int i = atoi(flow);

	if (i < 0 || i >= s->a->flows.n)
		return err_set(e, EPROTO, "agent: there is no flow %s to hold", flow);
	flows_hold(&s->a->flows, i);
	return 0;
}

static int release(struct serving *s, const char *unused, struct err *e)
{
	(void)unused;
	(void)e;
	flows_release(&s->a->flows);
	return 0;
}

static int arm(struct serving *s, const char *unused, struct err *e)
{
	int ret = window_prepare(&s->w, e);

	(void)unused;
	return ret ? ret : window_arm(&s->w, e);
}

static int open_window(struct serving *s, const char *unused, struct err *e)
{
	(void)unused;
	return window_open(&s->w, e);
}

static int close_window(struct serving *s, const char *unused, struct err *e)
{
	(void)unused;
	return window_close(&s->w, e);
}

static const struct {
	const char *kind;
	int (*serve)(struct serving *s, const char *text, struct err *e);
} requests[] = {
	{ "command", take_command }, { "hold", hold }, { "release", release }, { "arm", arm },
	{ "open", open_window }, { "close", close_window },
};

static int serve_one(struct serving *s, const char *kind, const char *text, struct err *e)
{
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		if (!strcmp(requests[i].kind, kind))
			return requests[i].serve(s, text, e);
	return err_set(e, EPROTO, "agent: the host asks for \"%s\"", kind);
}

/* The window is closed: read all, and send it. The clients that know more are the host's. */
static int send_record(struct serving *s, int fd, struct err *e)
{
	char *text;
	int ret = window_fill(&s->w, s->r, e);

	if (!ret)
		ret = agent_fill(s->a, s->r, e);
	window_end(&s->w);
	if (ret)
		return ret;
	text = record_print(s->r);
	ret = text ? report_send(fd, "record", text, e) : err_set(e, ENOMEM, "agent: no memory");
	free(text);
	return ret;
}

/* After the answer, as the host closes its window when it has it. */
static int settle(struct serving *s, struct err *e)
{
	int ret = window_settle(&s->w, e);

	return ret ? ret : agent_end_injection(s->a, s->r, e);
}

static int serve_all(struct serving *s, struct channel *c, struct err *e)
{
	char kind[REPORT_KIND_MAX], *text;
	int ret = report_send(c->fd, "done", "", e);
	bool asked = false;

	while (!ret && !asked) {
		ret = channel_receive(c, kind, &text, e);
		if (ret)
			break;
		asked = !strcmp(kind, "record");
		if (!asked)
			ret = serve_one(s, kind, text, e);
		free(text);
		if (!ret && !asked)
			ret = report_send(c->fd, "done", "", e);
		if (!ret && !strcmp(kind, "close"))
			ret = settle(s, e);
	}
	return ret ? ret : send_record(s, c->fd, e);
}

int serve(struct agent *a, int fd, struct err *e)
{
	static struct serving s;
	struct channel c;
	int ret;

	s.a = a;
	s.r = record_new();
	if (!s.r)
		return err_set(e, ENOMEM, "agent: no memory");
	channel_init(&c, fd);
	ret = serve_all(&s, &c, e);
	record_free(s.r);
	return ret;
}
