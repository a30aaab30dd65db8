// SPDX-License-Identifier: GPL-2.0
/*
 * Over two levels: whose is what a page costs more? While the host works its guest waits, and what
 * the host takes longer is in the guest's times, too. The host waits for nobody, so what grew there
 * is its own; of what grew in the guest, that where it does not wait, or more than the host did.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "judge/attribution.h"
#include "judge/compare_parts.h"

#define SELF ".self_ns_per_page"

/*
 * As shares: of a function's own time, which differs from boot to boot by less; of all that the
 * guest takes, so that what does not matter is not named; of the host's growth, what the guest's
 * may be.
 */
#define GROWN		0.1
#define GROWN_WAITING	0.2
#define MATTERS		0.005
#define EXPLAINED	1.5

/* The function whose self time @m is; false: it is another metric, or that time is not its own. */
static bool function_of(const struct compare_metric *m, char name[sizeof(m->metric.name)])
{
	size_t len = strlen(m->metric.name), end = strlen(SELF);

	if (len <= end || strcmp(m->metric.name + len - end, SELF))
		return false;
	snprintf(name, sizeof(m->metric.name), "%.*s", (int)(len - end), m->metric.name);
	return m->n[SIDE_BASE] && m->n[SIDE_TEST] && attribution_is_timed(name);
}

/* Is each run of test above each of base? */
static bool apart(const struct compare_metric *m)
{
	double most = -INFINITY, least = INFINITY;
	size_t i;

	for (i = 0; i < m->n[SIDE_BASE]; i++)
		most = fmax(most, m->values[SIDE_BASE][i]);
	for (i = 0; i < m->n[SIDE_TEST]; i++)
		least = fmin(least, m->values[SIDE_TEST][i]);
	return least > most;
}

/* The metric of @function that ends in @suffix, where both sides have it; or NULL. */
static const struct compare_metric *find(const struct compare_scenario *s, const char *function,
					 const char *suffix)
{
	char name[sizeof(s->list->metric.name)];
	const struct compare_metric *m;

	snprintf(name, sizeof(name), "%.60s%s", function, suffix);
	m = compare_find(s, name);
	return m && m->n[SIDE_BASE] && m->n[SIDE_TEST] ? m : NULL;
}

/*
 * Does its usual call make up at least half of the @ns a page? One call of hundreds that was long as
 * another process had its turn is in the mean, and not in the median.
 */
static bool is_usual(const struct compare_scenario *s, const char *function, double ns)
{
	const struct compare_metric *median = find(s, function, ".p50_ns");
	const struct compare_metric *calls = find(s, function, ".count_per_page");

	return !median || !calls || median->decision.change * calls->decision.test >= ns / 2;
}

/* What all of the guest's functions take in base. */
static double guest_ns(const struct compare_scenario *s)
{
	char name[sizeof(s->list->metric.name)];
	double sum = 0;
	size_t i;

	for (i = 0; i < s->nr_metrics; i++)
		if (function_of(&s->list[i], name) && !record_is_hosts(name))
			sum += s->list[i].decision.base;
	return sum;
}

/*
 * The function of the host, or of the guest, that grew most, its name into @name. For the guest,
 * what @hosts explains is left out. By how many ns a page; 0: none grew.
 */
static double grew_most(const struct compare_scenario *s, bool host, double hosts, char *name,
			size_t size)
{
	double matters = MATTERS * guest_ns(s), most = 0;
	size_t i;

	for (i = 0; i < s->nr_metrics; i++) {
		const struct compare_metric *m = &s->list[i];
		char function[sizeof(m->metric.name)];
		double change = m->decision.change;
		bool waits;

		if (!function_of(m, function) || record_is_hosts(function) != host)
			continue;
		waits = attribution_waits(function);
		if (change <= most || change < matters || !apart(m) ||
		    change < (waits ? GROWN_WAITING : GROWN) * m->decision.base ||
		    (waits && change < EXPLAINED * hosts) || !is_usual(s, function, change))
			continue;
		most = change;
		snprintf(name, size, "%s", function);
	}
	return most;
}

void compare_attribute(const struct compare_scenario *s, char *text, size_t size)
{
	char hosts[sizeof(s->list->metric.name)] = "", guests[sizeof(hosts)] = "";
	double host, guest;
	size_t n = 0;

	text[0] = '\0';
	if (!scenario_two_levels(&s->scenario))
		return;
	host = grew_most(s, true, 0, hosts, sizeof(hosts));
	guest = grew_most(s, false, host, guests, sizeof(guests));
	if (host > 0)
		n = snprintf(text, size, "attributed to the host, as %s takes %.0f ns more a page, "
			     "for which its guest waits", hosts, host);
	if (guest > 0 && n < size)
		snprintf(text + n, size - n, "%sattributed to the guest, as %s takes %.0f ns more "
			 "a page", n ? "; " : "", guests, guest);
}
