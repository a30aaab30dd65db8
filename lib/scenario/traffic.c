// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/traffic.h"

const char *const traffic_names[] = {
	"congestion", "mtu", "ring", "socket-buffer", "offloads", NULL
};

static const char *const offload_names[OFFLOADS] = {
	[OFFLOAD_GRO] = "gro",
	[OFFLOAD_GSO] = "gso",
	[OFFLOAD_LRO] = "lro",
	[OFFLOAD_RX_CHECKSUM] = "rx-checksum",
	[OFFLOAD_TSO] = "tso",
};

/*
 * On real machines the values of the reference study: rings of 512 of its 256 to 2048, sockets of
 * 1 MB to send and 2 MB to receive. An emulated machine has no link that they could fill.
 */
static const struct {
	const char *testbed;
	struct traffic traffic;
} defaults[] = {
	{ "emulated", { .mtu = 0 } },
	{ "local", { .congestion = "dctcp", .mtu = 4000, .ring = 512, .socket_buffer = 1 << 20,
		     .offloads = "gro,gso,rx-checksum,tso" } },
};

/* The whole numbers, and what they may be. */
static const struct {
	const char *name, *unit;
	size_t offset;
	int min, max;
} numbers[] = {
	{ "mtu", "bytes", offsetof(struct traffic, mtu), 576, 65535 },
	{ "ring", "descriptors", offsetof(struct traffic, ring), 1, 65536 },
	{ "socket-buffer", "bytes", offsetof(struct traffic, socket_buffer), 4096, 1 << 28 },
};

enum { NUMBERS = sizeof(numbers) / sizeof(numbers[0]) };

void traffic_defaults(const char *testbed, struct traffic *t)
{
	*t = (struct traffic) { .mtu = 0 };
	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
		if (!strcmp(defaults[i].testbed, testbed))
			*t = defaults[i].traffic;
}

static int *number_at(struct traffic *t, int i)
{
	return (int *)((char *)t + numbers[i].offset);
}

static int set_number(struct traffic *t, int i, const char *value, struct err *e)
{
	char *end;
	long n = strtol(value, &end, 10);

	if (end == value || *end || n < numbers[i].min || n > numbers[i].max)
		return err_set(e, EINVAL, "--%s %.40s: it is %d to %d %s", numbers[i].name, value,
			       numbers[i].min, numbers[i].max, numbers[i].unit);
	*number_at(t, i) = n;
	return 0;
}

static int set_congestion(struct traffic *t, const char *value, struct err *e)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
	size_t len = strlen(value);

	if (!len || len >= sizeof(t->congestion) || strspn(value, letters) != len)
		return err_set(e, EINVAL, "--congestion %.40s: it is the name of a TCP congestion "
			       "control, such as dctcp", value);
	snprintf(t->congestion, sizeof(t->congestion), "%s", value);
	return 0;
}

static int find_offload(const char *word)
{
	for (int i = 0; i < OFFLOADS; i++)
		if (!strcmp(offload_names[i], word))
			return i;
	return -1;
}

int traffic_parse_offloads(const char *list, unsigned int *set)
{
	char copy[2 * TRAFFIC_OFFLOADS_MAX], *rest = copy, *word;

	*set = 0;
	if (!strcmp(list, "none"))
		return 0;
	if (snprintf(copy, sizeof(copy), "%s", list) >= (int)sizeof(copy))
		return -EINVAL;
	while ((word = strsep(&rest, ","))) {
		int i = find_offload(word);

		if (i < 0)
			return -EINVAL;
		*set |= 1u << i;
	}
	return 0;
}

void traffic_print_offloads(unsigned int set, char out[TRAFFIC_OFFLOADS_MAX])
{
	size_t used = 0;

	snprintf(out, TRAFFIC_OFFLOADS_MAX, "none");
	for (int i = 0; i < OFFLOADS; i++)
		if (set & 1u << i)
			used += snprintf(out + used, TRAFFIC_OFFLOADS_MAX - used, "%s%s",
					 used ? "," : "", offload_names[i]);
}

static int set_offloads(struct traffic *t, const char *value, struct err *e)
{
	unsigned int set;

	if (traffic_parse_offloads(value, &set))
		return err_set(e, EINVAL, "--offloads %.90s: it is none, or names with commas "
			       "between them: gro, gso, lro, rx-checksum, tso", value);
	traffic_print_offloads(set, t->offloads);
	return 0;
}

int traffic_set(struct traffic *t, const char *name, const char *value, struct err *e)
{
	if (!strcmp(name, "congestion"))
		return set_congestion(t, value, e);
	if (!strcmp(name, "offloads"))
		return set_offloads(t, value, e);
	for (int i = 0; i < NUMBERS; i++)
		if (!strcmp(numbers[i].name, name))
			return set_number(t, i, value, e);
	return err_set(e, EINVAL, "%.40s is no parameter of the traffic", name);
}

void traffic_value(const struct traffic *t, const char *name, char *buf, size_t size)
{
	struct traffic copy = *t;

	buf[0] = '\0';
	if (!strcmp(name, "congestion"))
		snprintf(buf, size, "%s", t->congestion);
	if (!strcmp(name, "offloads"))
		snprintf(buf, size, "%s", t->offloads);
	for (int i = 0; i < NUMBERS; i++)
		if (!strcmp(numbers[i].name, name) && *number_at(&copy, i))
			snprintf(buf, size, "%d", *number_at(&copy, i));
}

void traffic_options(const struct traffic *t, const char *testbed, char buf[TRAFFIC_OPTIONS_MAX])
{
	char value[TRAFFIC_OFFLOADS_MAX], usual[TRAFFIC_OFFLOADS_MAX];
	struct traffic by_itself;
	size_t used = 0;

	traffic_defaults(testbed, &by_itself);
	buf[0] = '\0';
	for (int i = 0; traffic_names[i]; i++) {
		traffic_value(t, traffic_names[i], value, sizeof(value));
		traffic_value(&by_itself, traffic_names[i], usual, sizeof(usual));
		if (strcmp(value, usual))
			used += snprintf(buf + used, TRAFFIC_OPTIONS_MAX - used, " --%s %s",
					 traffic_names[i], value);
	}
}
