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
