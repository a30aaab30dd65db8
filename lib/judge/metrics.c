// SPDX-License-Identifier: GPL-2.0
#include <math.h>

#include "judge/derive.h"

void metrics_derive(const struct record *r, struct metrics *m)
{
	double pages = (double)r->payload_bytes / METRICS_PAGE;
	size_t i;

	m->n = 0;
	if (r->report)
		derive_reported(r, m);
	else
		derive_window(r, pages, m);
	derive_host(r, pages, m);
	for (i = 0; i < r->nr_functions; i++)
		derive_function(r, &r->functions[i], pages, m);
	for (i = 0; i < m->n; i++)
		if (m->list[i].state == METRIC_PRESENT && !isfinite(m->list[i].value))
			derive_absent(&m->list[i], METRIC_MISSING, "too great for a number");
}
