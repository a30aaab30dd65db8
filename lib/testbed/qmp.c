// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "testbed/qmp.h"
#include "util/clock.h"

/* More bytes from QEMU, before @deadline. */
static int receive(struct qmp *q, long long deadline, struct err *e)
{
	struct pollfd p = { .fd = q->fd, .events = POLLIN };
	long long left = deadline - now_ms();
	char *grown;
	ssize_t n;

	if (left < 0)
		left = 0;
	if (poll(&p, 1, left) == 0)
		return err_set(e, ETIMEDOUT, "QEMU does not answer");
	grown = realloc(q->buf, q->len + 65536);
	if (!grown)
		return err_set(e, ENOMEM, "no memory");
	q->buf = grown;
	n = read(q->fd, q->buf + q->len, 65536);
	if (n <= 0)
		return err_set(e, EPIPE, "QEMU ended");
	q->len += n;
	return 0;
}

/* The next message: one JSON object a line. */
static int next_message(struct qmp *q, long long deadline, json_t **out, struct err *e)
{
	char *newline;
	size_t used;
	int ret;

	while (!(newline = q->len ? memchr(q->buf, '\n', q->len) : NULL)) {
		ret = receive(q, deadline, e);
		if (ret)
			return ret;
	}
	used = newline + 1 - q->buf;
	*out = json_loadb(q->buf, used, 0, NULL);
	memmove(q->buf, q->buf + used, q->len - used);
	q->len -= used;
	return *out ? 0 : err_set(e, EIO, "QEMU's monitor sent what is no JSON");
}

static int read_greeting(struct qmp *q, long long deadline, struct err *e)
{
	const char *package = "";
	int major, minor, micro, ret;
	json_t *greeting;

	ret = next_message(q, deadline, &greeting, e);
	if (ret)
		return ret;
	if (json_unpack(greeting, "{s:{s:{s:{s:i,s:i,s:i},s?s}}}", "QMP", "version", "qemu",
			"major", &major, "minor", &minor, "micro", &micro, "package", &package))
		ret = err_set(e, EIO, "QEMU's monitor greets in an unknown way");
	else
		snprintf(q->version, sizeof(q->version), "%d.%d.%d%s%s", major, minor, micro,
			 *package ? " " : "", package);
	json_decref(greeting);
	return ret;
}

int qmp_open(struct qmp *q, int fd, int timeout_ms, struct err *e)
{
	int ret;

	*q = (struct qmp) { .fd = fd };
	ret = read_greeting(q, now_ms() + timeout_ms, e);
	if (!ret)
		ret = qmp_execute(q, "qmp_capabilities", NULL, timeout_ms, NULL, e);
	if (ret)
		qmp_close(q);
	return ret;
}

void qmp_close(struct qmp *q)
{
	free(q->buf);
	q->buf = NULL;
	q->len = 0;
}

static int send_command(struct qmp *q, const char *command, json_t *arguments, struct err *e)
{
	json_t *message = arguments ?
		json_pack("{s:s,s:o}", "execute", command, "arguments", arguments) :
		json_pack("{s:s}", "execute", command);
	char *text = message ? json_dumps(message, JSON_COMPACT) : NULL;
	int ret = 0;

	if (!text)
		ret = err_set(e, ENOMEM, "no memory");
	else if (send(q->fd, text, strlen(text), MSG_NOSIGNAL) != (ssize_t)strlen(text))
		ret = err_set(e, EPIPE, "QEMU ended");
	free(text);
	json_decref(message);
	return ret;
}

int qmp_execute(struct qmp *q, const char *command, json_t *arguments, int timeout_ms,
		json_t **out, struct err *e)
{
	long long deadline = now_ms() + timeout_ms;
	json_t *message, *answer, *error;
	int ret = send_command(q, command, arguments, e);

	while (!ret) {
		ret = next_message(q, deadline, &message, e);
		if (ret)
			break;
		answer = json_object_get(message, "return");
		error = json_object_get(message, "error");
		if (error) {
			const char *text = json_string_value(json_object_get(error, "desc"));

			ret = err_set(e, EIO, "QEMU refuses %s: %s", command, text ? text : "?");
		} else if (answer && out) {
			*out = json_incref(answer);
		}
		json_decref(message);	/* events are of no use here */
		if (answer)
			break;
	}
	return ret;
}
