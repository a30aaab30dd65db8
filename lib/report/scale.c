// SPDX-License-Identifier: GPL-2.0
/* Values to positions, and round values between. */
#include <math.h>
#include <stdio.h>

#include "report/svg.h"

/* Beyond this, or below its inverse, nothing need be drawn; what is between can be divided. */
#define MOST 1e150

static double drawable(double value)
{
	return isnan(value) || fabs(value) < 1 / MOST ? 0 : fmin(fmax(value, -MOST), MOST);
}

struct scale scale_new(double low, double high, double from, double to, bool log)
{
	struct scale s = { drawable(low), drawable(high), from, to, log };
	double swap;

	if (s.low > s.high) {
		swap = s.low;
		s.low = s.high;
		s.high = swap;
	}
	if (log && s.low < 1 / MOST)
		s.low = s.high > 10 / MOST ? fmin(s.high / 10, 1) : 1;
	if (log && s.high <= s.low * (1 + 1e-9)) {
		s.high = s.low * 1.05;
		s.low /= 1.05;
	} else if (s.high - s.low <= 1e-9 * fmax(fabs(s.low), fabs(s.high))) {
		swap = s.low ? 0.01 * fabs(s.low) : 1;
		s.low -= swap;
		s.high += swap;
	}
	return s;
}

double scale_at(const struct scale *s, double value)
{
	double share;

	value = fmin(fmax(isnan(value) ? s->low : value, s->low), s->high);
	if (s->log)
		share = log(value / s->low) / log(s->high / s->low);
	else
		share = (value - s->low) / (s->high - s->low);
	return s->from + share * (s->to - s->from);
}

/* 1, 2 and 5 of each power of ten, or the powers alone where these are too many. */
static size_t log_ticks(const struct scale *s, size_t wanted, double ticks[TICKS_MAX])
{
	static const double steps[] = { 1, 2, 5 };
	double decades = log10(s->high / s->low), value, power;
	size_t step = decades * 3 > wanted + 1 ? 3 : 1, n = 0, i;
	int each = decades > wanted + 1 ? ceil(decades / wanted) : 1;

	for (power = pow(10, floor(log10(s->low))); power <= s->high && n < TICKS_MAX;
	     power *= pow(10, each)) {
		for (i = 0; i < 3 && n < TICKS_MAX; i += step) {
			value = power * steps[i];
			if (value >= s->low * (1 - 1e-9) && value <= s->high * (1 + 1e-9))
				ticks[n++] = value;
		}
	}
	return n;
}

/* The step of 1, 2 or 5 that makes at most so many. */
static double round_step(double range, size_t wanted)
{
	double raw = range / wanted * (1 - 1e-6), power = pow(10, floor(log10(raw)));

	if (raw <= power)
		return power;
	if (raw <= 2 * power)
		return 2 * power;
	return raw <= 5 * power ? 5 * power : 10 * power;
}

size_t scale_ticks(const struct scale *s, size_t wanted, double ticks[TICKS_MAX], int *digits)
{
	double step = round_step(s->high - s->low, wanted), value;
	size_t n = 0;

	*digits = 0;
	if (s->log && s->high > 8 * s->low)
		return log_ticks(s, wanted, ticks);
	*digits = step < 1 ? (int)ceil(-log10(step) - 1e-9) : 0;
	for (value = ceil(s->low / step - 1e-9) * step;
	     value <= s->high + 1e-9 * step && n < TICKS_MAX; value += step)
		ticks[n++] = fabs(value) < step / 2 ? 0 : value;
	return n;
}

void tick_text(char *text, size_t size, double value, int digits)
{
	if (fabs(value) >= 1e9)
		snprintf(text, size, "%.4gG", value / 1e9);
	else if (fabs(value) >= 1e6)
		snprintf(text, size, "%.4gM", value / 1e6);
	else if (fabs(value) < 1 && value && digits <= 0)
		snprintf(text, size, "%.3g", value);
	else
		snprintf(text, size, "%.*f", digits > 9 ? 9 : digits, value);
}
