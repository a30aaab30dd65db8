// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdio.h>

#include "report/words.h"

void words_change(char *text, size_t size, const struct metric_verdict *m)
{
	text[0] = '\0';
	if (!m->baseline || !m->metric || m->metric->state != METRIC_PRESENT)
		return;
	if (m->baseline->value)
		snprintf(text, size, "%+.2f %%", 100 * m->change / fabs(m->baseline->value));
	else
		snprintf(text, size, "%+.6g", m->change);
}

void words_tolerance(char *text, size_t size, const struct baseline_metric *b)
{
	if (b->value)
		snprintf(text, size, "%.3g %%", 100 * baseline_allowed(b) / fabs(b->value));
	else
		snprintf(text, size, "%.3g", b->floor);
}

static bool is_decided(const struct metric_verdict *m)
{
	return m->gate && m->metric && m->metric->state == METRIC_PRESENT;
}

void words_interval(char *text, size_t size, const struct metric_verdict *m)
{
	const struct decision *d = &m->decision;

	if (!is_decided(m) || !d->level)
		snprintf(text, size, "%s", is_decided(m) ? "-" : "");
	else if (d->base)
		snprintf(text, size, "%+.1f .. %+.1f %%", 100 * decision_share(d, d->low),
			 100 * decision_share(d, d->high));
	else
		snprintf(text, size, "%+.3g .. %+.3g", d->low, d->high);
}

void words_resolves(char *text, size_t size, const struct metric_verdict *m)
{
	const struct decision *d = &m->decision;

	snprintf(text, size, "%s", is_decided(m) ? "-" : "");
	if (!is_decided(m) || isnan(d->resolves))
		return;
	if (d->base)
		snprintf(text, size, "%.2g %%", 100 * decision_share(d, d->resolves));
	else
		snprintf(text, size, "%.2g", d->resolves);
}
