// SPDX-License-Identifier: GPL-2.0
/* What heading and name say together, and the scenario that this makes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "import/name.h"

static int merge_number(int *to, int from, const char *what, struct err *e)
{
	if (*to && from && *to != from)
		return err_set(e, EINVAL, "the heading says %d %s, the run's name %d", *to, what,
			       from);
	*to = *to ? *to : from;
	return 0;
}

static bool is_off(enum name_guest guest)
{
	return guest == NAME_GUEST_OFF;
}

static bool may_be_off(enum name_guest guest)
{
	return guest == NAME_GUEST_BARE || guest == NAME_GUEST_PASSTHROUGH;
}

int name_merge(struct name_facts *to, const struct name_facts *from, struct err *e)
{
	static const char *const guests[] = {
		"untold", "off", "bare", "passthrough", "shadow", "nested",
	};

	if (to->has_host && from->has_host && to->host != from->host)
		return err_set(e, EINVAL, "the heading says host %s, the run's name %s",
			       host_mode_name(to->host), host_mode_name(from->host));
	if (from->has_host)
		to->host = from->host;
	to->has_host |= from->has_host;
	if (!to->guest || (is_off(to->guest) && may_be_off(from->guest)))
		to->guest = from->guest;
	else if (from->guest && to->guest != from->guest &&
		 !(is_off(from->guest) && may_be_off(to->guest)))
		return err_set(e, EINVAL, "the heading says guest %s, the run's name %s",
			       guests[to->guest], guests[from->guest]);
	if (to->flush && from->flush && to->flush != from->flush)
		return err_set(e, EINVAL, "the heading and the run's name differ on whether the "
			       "guest flushes lazily");
	to->flush = to->flush ? to->flush : from->flush;
	if (merge_number(&to->flows, from->flows, "flows", e) ||
	    merge_number(&to->cores, from->cores, "cores", e))
		return -EINVAL;
	to->tx |= from->tx;
	to->ring = from->ring;
	to->buffer_mb = from->buffer_mb;
	strcpy(to->kernel, from->kernel);
	return 0;
}

static const char *guest_word(const struct name_facts *facts)
{
	bool lazy = facts->flush == NAME_FLUSH_LAZY;

	switch (facts->guest) {
	case NAME_GUEST_BARE:
		return "bare";
	case NAME_GUEST_NESTED:
		return lazy ? "nestedlazy" : "nested";
	case NAME_GUEST_SHADOW:
		return lazy ? "shadowlazy" : "shadow";
	default:
		return "passthrough";
	}
}

int name_scenario(const struct name_facts *facts, struct scenario *out, struct err *e)
{
	char name[128];

	if (!facts->has_host)
		return err_set(e, EINVAL, "neither a heading nor the run's name says the host's "
			       "mode");
	if (!facts->guest)
		return err_set(e, EINVAL, "neither a heading nor the run's name says the guest's "
			       "mode");
	if (!facts->flows)
		return err_set(e, EINVAL, "neither a heading nor the run's name says how many "
			       "flows");
	snprintf(name, sizeof(name), "%s-%s-%dflows%s", host_mode_name(facts->host),
		 guest_word(facts), facts->flows, facts->tx ? "-tx" : "");
	return scenario_parse(name, out, e);
}
