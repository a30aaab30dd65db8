// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <string.h>

#include "report/bisect.h"

enum { STRIP = 32 };	/* columns of the picture */

static const char *title_of(const struct candidate *c)
{
	return c->title ? c->title : "";
}

void report_candidate(FILE *out, const struct candidate *c, const char *unit)
{
	double value = candidate_value(c);

	if (c->answer == BISECT_SKIP)
		fprintf(out, "cannot tell: %s", c->why);
	else if (!isnan(value) && c->answer == BISECT_UNKNOWN)
		fprintf(out, "%.6g %s", value, unit);
	else if (!isnan(value))
		fprintf(out, "%.6g %s, %s", value, unit, bisect_answer_name(c->answer));
	else
		fprintf(out, "not measured");
	if (c->n > 1)
		fprintf(out, " (%zu runs)", c->n);
}

/* The least and the greatest value of all. */
static void range_of(const struct bisect_statement *s, double *low, double *high)
{
	size_t i;

	*low = fmin(s->threshold.good, s->threshold.bad);
	*high = fmax(s->threshold.good, s->threshold.bad);
	for (i = 0; i < s->n; i++) {
		double value = candidate_value(&s->list[i]);

		if (isnan(value))
			continue;
		*low = fmin(*low, value);
		*high = fmax(*high, value);
	}
}

/* A line of it: the value as a star, the threshold as a bar. */
static void strip(double value, double threshold, double low, double high, char out[STRIP + 1])
{
	double scale = (STRIP - 1) / (high - low);

	memset(out, ' ', STRIP);
	out[STRIP] = '\0';
	out[(int)lround((threshold - low) * scale)] = '|';
	if (!isnan(value))
		out[(int)lround((value - low) * scale)] = '*';
}

static void picture(FILE *out, const struct bisect_statement *s)
{
	char text[STRIP + 1];
	double low, high;
	size_t i;

	range_of(s, &low, &high);
	fprintf(out, "\n%-20s %10s  %-*s %s\n", "KERNEL", "VALUE", STRIP, "(| is the threshold)",
		"ANSWER");
	for (i = 0; i < s->n; i++) {
		const struct candidate *c = &s->list[i];
		double value = candidate_value(c);

		if (c->answer == BISECT_UNKNOWN)
			continue;
		strip(value, s->threshold.middle, low, high, text);
		if (isnan(value))
			fprintf(out, "%-20.20s %10s  %s %s  %s\n", c->name, "-", text,
				bisect_answer_name(c->answer), title_of(c));
		else
			fprintf(out, "%-20.20s %10.6g  %s %s  %s\n", c->name, value, text,
				bisect_answer_name(c->answer), title_of(c));
	}
}

/* "first bad", a kernel and its value. */
static void side(FILE *out, const char *what, const struct candidate *c, const char *unit)
{
	fprintf(out, "  %-10s %s  ", what, c->name);
	report_candidate(out, c, unit);
	fprintf(out, "%s%s\n", c->title ? "  " : "", title_of(c));
}

/* Those between the last good one and the first bad one, of which nothing could be told. */
static void untold(FILE *out, const struct bisect_statement *s)
{
	for (size_t i = s->good + 1; i < s->bad; i++)
		side(out, "or", &s->list[i], s->unit);
}

void report_bisect(FILE *out, const struct bisect_statement *s)
{
	const struct candidate *last, *first;
	double from, to;

	last = &s->list[s->good];
	first = &s->list[s->bad];
	from = candidate_value(last);
	to = candidate_value(first);
	if (s->bad - s->good == 1)
		fprintf(out, "first bad: %s %s\n", first->name, title_of(first));
	else
		fprintf(out, "first bad: one of %zu, since nothing could be told of the others\n",
			s->bad - s->good);
	fprintf(out, "  measured   %s of %s, %s clock\n", s->metric, s->scenario, s->clock);
	side(out, "last good", last, s->unit);
	untold(out, s);
	side(out, "first bad", first, s->unit);
	fprintf(out, "  change     %+.4g %s, %+.2f %%; a gate allows %.3g %s\n", to - from, s->unit,
		100 * (to - from) / fabs(from), s->threshold.allowed, s->unit);
	fprintf(out, "  share      %.0f %% of the difference between the ends, %.6g and %.6g %s\n",
		100 * threshold_share(&s->threshold, from, to), s->threshold.good,
		s->threshold.bad, s->unit);
	picture(out, s);
	fprintf(out, "\nrecords: %s; both sides: iommu-perf compare %s/%s.1.json --with %s/%s.1.json "
		"--html page.html\n", s->state, s->state, last->name, s->state, first->name);
}
