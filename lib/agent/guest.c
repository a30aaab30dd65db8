// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/channel.h"
#include "agent/guest.h"
#include "agent/guest_vm.h"

struct guest {
	struct guest_vm vm;
	struct channel channel;
};

/* The next frame that the guest's agent sends, which must be of @want; meanwhile relay its console. */
static int receive(struct guest *g, const char *want, char **out, struct err *e)
{
	struct pollfd fds[] = {
		{ .fd = g->vm.channel, .events = POLLIN },
		{ .fd = g->vm.console, .events = POLLIN },
	};
	char kind[REPORT_KIND_MAX], *body = NULL;
	int ret = channel_take(&g->channel, kind, &body, e);

	while (!ret) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return err_set(e, errno, "agent: wait for the guest: %s", strerror(errno));
		if (fds[1].revents)
			guest_vm_relay(&g->vm);
		if (fds[1].revents & POLLHUP)
			fds[1].fd = -1;
		if (fds[0].revents)
			ret = channel_read(&g->channel, kind, &body, e);
	}
	if (ret < 0)
		return ret;
	if (strcmp(kind, want)) {
		ret = err_set(e, strcmp(kind, "skip") ? EIO : ENOTSUP, "the guest's %s", body);
		free(body);
		return ret;
	}
	*out = body;
	return 0;
}

static int request(struct guest *g, const char *kind, const char *text, struct err *e)
{
	char *body = NULL;
	int ret = report_send(g->channel.fd, kind, text, e);

	if (!ret)
		ret = receive(g, "done", &body, e);
	free(body);
	return ret;
}

int guest_start(enum guest_mode mode, const char *nic, const char *probes, struct guest **out,
		struct err *e)
{
	struct guest *g = calloc(1, sizeof(*g));
	char *body = NULL;
	int ret;

	if (!g)
		return err_set(e, ENOMEM, "agent: no memory");
	ret = guest_vm_start(&g->vm, mode, nic, probes, e);
	if (ret) {
		free(g);
		return ret;
	}
	channel_init(&g->channel, g->vm.channel);
	ret = receive(g, "done", &body, e);
	free(body);
	*out = g;
	return ret;
}

const char *guest_machine(const struct guest *g)
{
	return g->vm.machine;
}

int guest_command(struct guest *g, const struct command *c, struct err *e)
{
	char text[COMMAND_SIZE];

	if (command_print(c, text))
		return err_set(e, E2BIG, "agent: the guest's command is too long");
	return request(g, "command", text, e);
}

int guest_hold(struct guest *g, int i, struct err *e)
{
	char flow[16];

	snprintf(flow, sizeof(flow), "%d", i);
	return request(g, "hold", flow, e);
}

int guest_release(struct guest *g, struct err *e)
{
	return request(g, "release", "", e);
}

int guest_step(struct guest *g, const char *step, struct err *e)
{
	return request(g, step, "", e);
}

int guest_record(struct guest *g, struct record **out, struct err *e)
{
	char *body = NULL;
	int ret = report_send(g->channel.fd, "record", "", e);

	if (!ret)
		ret = receive(g, "record", &body, e);
	if (!ret)
		ret = record_parse_subject(body, strlen(body), "the guest's record", out, e);
	free(body);
	return ret;
}
