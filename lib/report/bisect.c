// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <string.h>

#include "report/bisect.h"

enum { STRIP = 32 };	/* columns of the picture */

static const char *title_of(const struct candidate *c)
{
	return c->title ? c->title : "";
}

static void number(FILE *out, int digits, double value, const char *unit)
{
	fprintf(out, "%.*g%s%s", digits, value, *unit ? " " : "", unit);
}

void report_candidate(FILE *out, const struct candidate *c, const char *unit)
{
	double value = candidate_value(c);

	if (c->answer == BISECT_SKIP)
		fprintf(out, "cannot tell: %s", c->why);
	else if (isnan(value))
		fprintf(out, "not measured");
	else
		number(out, 6, value, unit);
	if (!isnan(value) && (c->answer == BISECT_GOOD || c->answer == BISECT_BAD))
		fprintf(out, ", %s", bisect_answer_name(c->answer));
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

bool report_bisect_found(const struct bisect_statement *s)
{
	return !s->nr_untold && threshold_is_step(&s->threshold, candidate_value(s->last),
						  candidate_value(s->first));
}

/* The line that says what it came to. */
static void outcome(FILE *out, const struct bisect_statement *s)
{
	if (report_bisect_found(s))
		fprintf(out, "first bad: %s %s\n", s->first->name, title_of(s->first));
	else if (s->nr_untold)
		fprintf(out, "first bad: one of %zu, since nothing could be told of the others\n",
			s->nr_untold + 1);
	else
		fprintf(out, "no single change: where the threshold is crossed, less than half of "
			"the difference is made\n");
}

/* What the step from the last good one to the first bad one is worth. */
static void step(FILE *out, const struct bisect_statement *s)
{
	double from = candidate_value(s->last), to = candidate_value(s->first);

	fputs("  change     ", out);
	number(out, 4, to - from, s->unit);
	if (from != 0)
		fprintf(out, ", %+.2f %%", 100 * (to - from) / fabs(from));
	fputs("; a gate allows ", out);
	number(out, 3, s->threshold.allowed, s->unit);
	fprintf(out, "\n  share      %.0f %% of the difference between the ends, %.6g and ",
		100 * threshold_share(&s->threshold, from, to), s->threshold.good);
	number(out, 6, s->threshold.bad, s->unit);
	fputc('\n', out);
}

void report_bisect(FILE *out, const struct bisect_statement *s)
{
	size_t i;

	outcome(out, s);
	fprintf(out, "  measured   %s of %s, %s clock\n", s->metric, s->scenario, s->clock);
	side(out, "last good", s->last, s->unit);
	for (i = 0; i < s->nr_untold; i++)
		side(out, "or", &s->untold[i], s->unit);
	side(out, "first bad", s->first, s->unit);
	step(out, s);
	picture(out, s);
	fprintf(out, "\nrecords: %s; both sides: iommu-perf compare '%s/%s.1.json' --with "
		"'%s/%s.1.json' --html page.html\n", s->state, s->state, s->last->name, s->state, s->first->name);
}
