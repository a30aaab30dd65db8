// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/command.h"

enum {
	KIB = 1024,
	BLOCK = 128 * KIB,	/* iperf3 sends whole blocks: ask for a multiple of them */
	WINDOW_BYTES = 8192 * KIB,	/* of all flows together */
	SHARE_BYTES = 7 * BLOCK,	/* of each flow in it, at least: CPU time is not shared evenly */
	/* in a slow guest */
	GUEST_WINDOW_BYTES = 3072 * KIB,
	GUEST_SHARE_BYTES = 2 * BLOCK,
	WARMUP_BYTES = BLOCK,		/* of each flow: past slow start */
	TAIL_BYTES = 2 * BLOCK,		/* of each flow: more than arrives between two looks */
	WARMUP_MS = 1000,
	WINDOW_MS = 2000,
};

bool command_asks_host(const struct scenario *s)
{
	return scenario_two_levels(s) && (s->guest == GUEST_SHADOW || s->guest == GUEST_NESTED);
}

void command_plan(struct command *c, const struct scenario *s, bool real_clock)
{
	bool slow = command_asks_host(s);
	uint64_t window = slow ? GUEST_WINDOW_BYTES : WINDOW_BYTES;
	uint64_t least = slow ? GUEST_SHARE_BYTES : SHARE_BYTES;
	/* sending takes a sixth of the maps of receiving, and half of the time */
	uint64_t share = (s->tx ? 2 : 1) * window / s->flows;

	if (share < least)
		share = least;
	memset(c, 0, sizeof(*c));
	c->scenario = *s;
	c->real_clock = real_clock;
	c->probes = true;
	if (real_clock) {
		c->warmup_ms = WARMUP_MS;
		c->window_ms = WINDOW_MS;
		return;
	}
	c->warmup_bytes = WARMUP_BYTES;
	c->tail_bytes = TAIL_BYTES;
	c->flow_bytes = (WARMUP_BYTES + share + TAIL_BYTES + BLOCK - 1) / BLOCK * BLOCK;
}

void command_ask(struct command *c, const struct traffic *traffic)
{
	c->traffic = *traffic;
	if (c->flow_bytes)
		c->flow_bytes += (traffic->socket_buffer + BLOCK - 1) / BLOCK * BLOCK;
}

static int print_traffic(const struct traffic *t, char *buf, int n)
{
	char value[TRAFFIC_OFFLOADS_MAX];

	for (int i = 0; traffic_names[i] && n >= 0 && n < COMMAND_SIZE; i++) {
		traffic_value(t, traffic_names[i], value, sizeof(value));
		n += snprintf(buf + n, COMMAND_SIZE - n, "%s=%s\n", traffic_names[i], value);
	}
	return n;
}

int command_print(const struct command *c, char buf[COMMAND_SIZE])
{
	char inject[INJECT_TEXT_MAX];
	int n;

	inject_print(&c->inject, inject);
	n = snprintf(buf, COMMAND_SIZE,
		     "scenario=%s\nclock=%s\nflow_bytes=%" PRIu64 "\nwarmup_bytes=%" PRIu64 "\n"
		     "tail_bytes=%" PRIu64 "\nwarmup_ms=%d\nwindow_ms=%d\n"
		     "inject=%s\ndisturb=%d\ntracepoints=%d\nprobes=%d\nselftest=%d\n",
		     c->scenario.name, c->real_clock ? "real" : "counted", c->flow_bytes,
		     c->warmup_bytes, c->tail_bytes, c->warmup_ms, c->window_ms, inject, c->disturb,
		     c->tracepoints, c->probes, c->selftest);
	n = print_traffic(&c->traffic, buf, n);
	if (n < 0 || n >= COMMAND_SIZE)
		return -E2BIG;
	memset(buf + n, '\n', COMMAND_SIZE - n - 1);
	buf[COMMAND_SIZE - 1] = '\0';
	return 0;
}

static int parse_number(const char *key, const char *value, uint64_t *out, struct err *e)
{
	char *end;

	errno = 0;
	*out = strtoull(value, &end, 10);
	if (errno || end == value || *end)
		return err_set(e, EINVAL, "command: %s=%s is not a number", key, value);
	return 0;
}

static bool is_traffic(const char *key)
{
	for (int i = 0; traffic_names[i]; i++)
		if (!strcmp(key, traffic_names[i]))
			return true;
	return false;
}

static int parse_line(struct command *c, const char *key, const char *value, struct err *e)
{
	uint64_t n;
	int ret;

	if (!strcmp(key, "scenario"))
		return scenario_parse(value, &c->scenario, e);
	if (!strcmp(key, "clock")) {
		c->real_clock = !strcmp(value, "real");
		return 0;
	}
	if (!strcmp(key, "inject"))
		return *value ? inject_parse(value, &c->inject, e) : 0;
	if (is_traffic(key))
		return *value ? traffic_set(&c->traffic, key, value, e) : 0;
	ret = parse_number(key, value, &n, e);
	if (ret)
		return ret;
	if (!strcmp(key, "flow_bytes"))
		c->flow_bytes = n;
	else if (!strcmp(key, "warmup_bytes"))
		c->warmup_bytes = n;
	else if (!strcmp(key, "tail_bytes"))
		c->tail_bytes = n;
	else if (!strcmp(key, "warmup_ms"))
		c->warmup_ms = n;
	else if (!strcmp(key, "window_ms"))
		c->window_ms = n;
	else if (!strcmp(key, "disturb"))
		c->disturb = n;
	else if (!strcmp(key, "tracepoints"))
		c->tracepoints = n;
	else if (!strcmp(key, "probes"))
		c->probes = n;
	else if (!strcmp(key, "selftest"))
		c->selftest = n;
	else
		return err_set(e, EINVAL, "command: unknown key %s", key);
	return 0;
}

int command_parse(const char *text, struct command *c, struct err *e)
{
	char copy[COMMAND_SIZE], *save, *line;
	int ret;

	/*
	 * A machine is saved at any moment, also half-way through a read, whose rest then comes
	 * from the command. Its first byte is still that of "wait".
	 */
	if (text[0] == COMMAND_WAIT[0])
		return 0;
	memset(c, 0, sizeof(*c));
	if (snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy))
		return err_set(e, EINVAL, "command: longer than %d bytes", COMMAND_SIZE);
	for (line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *eq = strchr(line, '=');

		if (!eq)
			return err_set(e, EINVAL, "command: no '=' in \"%s\"", line);
		*eq = '\0';
		ret = parse_line(c, line, eq + 1, e);
		if (ret)
			return ret;
	}
	if (!c->scenario.flows)
		return err_set(e, EINVAL, "command: names no scenario");
	return 1;
}
