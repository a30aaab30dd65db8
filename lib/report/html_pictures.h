/* SPDX-License-Identifier: GPL-2.0 */
/* The pictures of a comparison, as parts of a page. Each prints nothing where there is nothing. */
#ifndef REPORT_HTML_PICTURES_H
#define REPORT_HTML_PICTURES_H

#include <stdio.h>

#include "judge/compare.h"

/* The runs of each metric that gates, those that changed first. */
void pictures_runs(FILE *out, const struct compare_scenario *s);

/* How long the calls of each function took, over all runs of a side. -ENOMEM. */
int pictures_histograms(FILE *out, const struct compare_scenario *s);

/* What a page costs the subject, by function: a bar a side, and what is in it. */
void pictures_costs(FILE *out, const struct compare_scenario *s);

/* The same at two levels: of guest, relay and host, what is in each. */
void pictures_attribution(FILE *out, const struct compare_scenario *s);

/* Metrics against the number of flows, of @n scenarios that are of one mode. -ENOMEM. */
int pictures_flows(FILE *out, const struct compare_scenario *s, size_t n);

#endif
