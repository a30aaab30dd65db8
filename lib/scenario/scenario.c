// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "scenario/scenario.h"

#define HOSTS	"none, strict, lazy, passthrough or off"
#define GUESTS	"bare, passthrough, shadow, nested or nestedlazy"
#define FLOWS	"1flows, 2flows, 4flows, 8flows, 16flows or 20flows"

static const char *const host_names[] = {
	[HOST_NONE] = "none",
	[HOST_STRICT] = "strict",
	[HOST_LAZY] = "lazy",
	[HOST_PASSTHROUGH] = "passthrough",
	[HOST_OFF] = "off",
};

static const char *const guest_names[] = {
	[GUEST_BARE] = "bare",
	[GUEST_PASSTHROUGH] = "passthrough",
	[GUEST_SHADOW] = "shadow",
	[GUEST_NESTED] = "nested",
	[GUEST_NESTEDLAZY] = "nestedlazy",
};

static const int flow_counts[] = { 1, 2, 4, 8, 16, 20 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

bool scenario_two_levels(const struct scenario *s)
{
	return (s->host == HOST_STRICT || s->host == HOST_LAZY) && s->guest != GUEST_BARE;
}

const char *host_mode_name(enum host_mode mode)
{
	return host_names[mode];
}

const char *guest_mode_name(enum guest_mode mode)
{
	return guest_names[mode];
}

/* Index of the word of @len characters at @word among the @n @names, or -1. */
static int find_word(const char *word, size_t len, const char *const *names, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strlen(names[i]) == len && !memcmp(names[i], word, len))
			return i;
	return -1;
}

int guest_mode_parse(const char *name, enum guest_mode *out, struct err *e)
{
	int mode = find_word(name, strlen(name), guest_names, COUNT(guest_names));

	if (mode < 0)
		return err_set(e, EINVAL, "guest mode '%.40s' must be " GUESTS, name);
	*out = mode;
	return 0;
}

/* Does @text, of @len characters, say "<N>flows" with an N of the matrix? */
static int parse_flows(const char *text, size_t len)
{
	char want[16];
	size_t i;

	for (i = 0; i < COUNT(flow_counts); i++) {
		snprintf(want, sizeof(want), "%dflows", flow_counts[i]);
		if (strlen(want) == len && !memcmp(want, text, len))
			return flow_counts[i];
	}
	return 0;
}

/* Which host and guest modes exist together. */
static int check_pair(const char *name, enum host_mode host, enum guest_mode guest, struct err *e)
{
	if (guest == GUEST_BARE && host == HOST_NONE)
		return err_set(e, EINVAL, "scenario %s: bare means the host's own NIC, so there "
			       "must be a host: strict, lazy, passthrough or off", name);
	if (guest != GUEST_BARE && host == HOST_OFF)
		return err_set(e, EINVAL, "scenario %s: a NIC cannot be assigned to a guest "
			       "while the host's IOMMU is off: the host may be none, strict or "
			       "lazy", name);
	if (guest != GUEST_BARE && host == HOST_PASSTHROUGH)
		return err_set(e, EINVAL, "scenario %s: a host that assigns its NIC translates "
			       "it, so passthrough goes with bare alone: the host may be none, "
			       "strict or lazy", name);
	return 0;
}

int scenario_parse(const char *name, struct scenario *s, struct err *e)
{
	const char *guest, *flows, *rest;
	int host_mode, guest_mode, n;

	guest = strchr(name, '-');
	flows = guest ? strchr(guest + 1, '-') : NULL;
	if (!flows || strlen(name) >= SCENARIO_NAME_MAX)
		return err_set(e, EINVAL, "'%.60s' is no scenario: a name is "
			       "HOST-GUEST-<N>flows[-tx], such as strict-bare-4flows", name);
	guest++;
	flows++;
	rest = strchr(flows, '-');
	host_mode = find_word(name, guest - 1 - name, host_names, COUNT(host_names));
	if (host_mode < 0)
		return err_set(e, EINVAL, "scenario %s: host mode '%.*s' must be " HOSTS, name,
			       (int)(guest - 1 - name), name);
	guest_mode = find_word(guest, flows - 1 - guest, guest_names, COUNT(guest_names));
	if (guest_mode < 0)
		return err_set(e, EINVAL, "scenario %s: guest mode '%.*s' must be " GUESTS, name,
			       (int)(flows - 1 - guest), guest);
	n = parse_flows(flows, rest ? (size_t)(rest - flows) : strlen(flows));
	if (!n)
		return err_set(e, EINVAL, "scenario %s: '%.*s' must be " FLOWS, name,
			       (int)(rest ? rest - flows : (long)strlen(flows)), flows);
	if (rest && strcmp(rest, "-tx"))
		return err_set(e, EINVAL, "scenario %s: '%s' after the flows must be -tx or "
			       "nothing", name, rest);
	if (check_pair(name, host_mode, guest_mode, e))
		return -EINVAL;
	*s = (struct scenario){ .host = host_mode, .guest = guest_mode, .flows = n, .tx = rest };
	snprintf(s->name, sizeof(s->name), "%s", name);
	return 0;
}
