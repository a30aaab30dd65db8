// SPDX-License-Identifier: GPL-2.0
#include <float.h>
#include <math.h>

#include "stats/describe.h"
#include "stats/normal.h"
#include "stats/student.h"

/* What the modified Lentz method puts in the place of 0. */
#define TINY 1e-300L

/* The fraction converges in about the root of the larger of a and b. */
enum { STEPS = 100000 };

/*
 * 1 + d1 / (1 + d2 / (1 + ...)), whose inverse is the continued fraction of I_x(a, b), Abramowitz
 * and Stegun 26.5.8. By the modified Lentz method: c and d are the ratios of successive numerators
 * and denominators of the convergents.
 */
static long double fraction(long double x, long double a, long double b)
{
	long double value = 1, c = 1, d = 0, term, k;
	int i;

	for (i = 1; i < STEPS; i++) {
		k = i / 2;
		if (i % 2)
			term = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1));
		else
			term = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k));
		d = 1 + term * d;
		d = 1 / (fabsl(d) < TINY ? TINY : d);
		c = 1 + term / c;
		c = fabsl(c) < TINY ? TINY : c;
		value *= c * d;
		if (fabsl(c * d - 1) < 4 * LDBL_EPSILON)
			break;
	}
	return value;
}

/* @y is 1 - @x, which for an x near 1 could not be told from x. */
static long double incomplete_beta(long double x, long double y, long double a, long double b)
{
	long double front;

	if (x <= 0 || y <= 0)
		return x > 0;
	front = expl(lgammal(a + b) - lgammal(a) - lgammal(b) + a * logl(x) + b * logl(y));
	/* Each side converges where the other is slow. */
	if (x < (a + 1) / (a + b + 2))
		return front / a / fraction(x, a, b);
	return 1 - front / b / fraction(y, b, a);
}

double stats_incomplete_beta(double x, double a, double b)
{
	return incomplete_beta(x, 1 - (long double)x, a, b);
}

/* P(T > |t|). */
static double tail(double t, double df)
{
	long double square = (long double)t * t / df;

	return incomplete_beta(1 / (1 + square), 1 / (1 + 1 / square), df / 2.0L, 0.5L) / 2;
}

double stats_t_probability(double t, double df)
{
	return t > 0 ? 1 - tail(t, df) : tail(t, df);
}

/* By bisection to the last bit: it is seldom asked for, and never fails. */
double stats_t_quantile(double p, double df)
{
	double share = fmin(p, 1 - p), low = 0, high = 1, t;

	if (share >= 0.5)
		return 0;
	while (tail(high, df) > share && high <= DBL_MAX / 2) {
		low = high;
		high *= 2;
	}
	for (;;) {
		t = low + (high - low) / 2;
		if (t <= low || t >= high)
			break;
		if (tail(t, df) > share)
			low = t;
		else
			high = t;
	}
	return p < 0.5 ? -t : t;
}

/* @difference / @se, also where there is no spread. */
static double ratio(long double difference, long double se)
{
	if (se > 0)
		return difference / se;
	return difference > 0 ? INFINITY : difference < 0 ? -INFINITY : 0;
}

void stats_welch(const double *x, size_t n, const double *y, size_t m, struct welch *out)
{
	long double sx = stats_stddev(x, n), sy = stats_stddev(y, m);
	long double vx = sx * sx / n, vy = sy * sy / m, sum = vx + vy;
	long double difference = (long double)stats_mean(x, n) - stats_mean(y, m);

	out->difference = difference;
	out->se = sqrtl(sum);
	out->t = ratio(difference, sqrtl(sum));
	out->df = n + m - 2.0;
	if (sum > 0) {
		/* Shares of the sum, as its square may be beyond a number. */
		vx /= sum;
		vy /= sum;
		out->df = 1 / (vx * vx / (n - 1) + vy * vy / (m - 1));
	}
	out->p = 2 * tail(out->t, out->df);
}

void stats_tost(const struct welch *w, double d, double alpha, struct tost *out)
{
	double half = w->se > 0 ? w->se * stats_t_quantile(1 - alpha, w->df) : 0;

	out->t_low = ratio((long double)w->difference + d, w->se);
	out->p_low = stats_t_probability(-out->t_low, w->df);
	out->t_high = ratio((long double)w->difference - d, w->se);
	out->p_high = stats_t_probability(out->t_high, w->df);
	out->p = fmax(out->p_low, out->p_high);
	out->low = w->difference - half;
	out->high = w->difference + half;
}

/*
 * P(T > t) for the noncentral t, and its derivative by @ncp. T = (Z + ncp) / s, with s the root of
 * a chi-square by its df: the mean of P(Z > t s - ncp) over s, by Simpson's rule within twelve
 * standard deviations of s.
 */
static double power_of(double t, double df, double ncp, double *slope)
{
	enum { PANELS = 1000 };
	double low = fmax(0, 1 - 12 / sqrt(2 * df)), high = 1 + 12 / sqrt(2 * df);
	double front = M_LN2 + df / 2 * log(df / 2) - lgamma(df / 2), sum = 0, s, z, weight;
	int i;

	*slope = 0;
	for (i = 0; i <= PANELS; i++) {
		s = low + (high - low) * i / PANELS;
		weight = i == 0 || i == PANELS ? 1 : i % 2 ? 4 : 2;
		weight *= s > 0 ? exp(front + (df - 1) * log(s) - df * s * s / 2) : 0;
		z = ncp - t * s;
		sum += weight * stats_normal(z);
		*slope += weight * exp(-z * z / 2) / sqrt(2 * M_PI);
	}
	*slope *= (high - low) / PANELS / 3;
	return sum * (high - low) / PANELS / 3;
}

/* Newton's steps, halved intervals where one would leave what is known to hold the solution. */
double stats_detectable(size_t n, double alpha, double power)
{
	double df = 2.0 * (n - 1), t = stats_t_quantile(1 - alpha / 2, df), low = 0, high = t + 1;
	double ncp = t + stats_t_quantile(power, df), slope, miss, next;
	int i;

	if (power_of(t, df, 0, &slope) >= power)
		return 0;
	while (power_of(t, df, high, &slope) < power && high < 1e9)
		high *= 2;
	for (i = 0; i < 100; i++) {
		if (!(ncp > low && ncp < high))
			ncp = low + (high - low) / 2;
		miss = power_of(t, df, ncp, &slope) - power;
		if (miss < 0)
			low = ncp;
		else
			high = ncp;
		next = ncp - miss / slope;
		if (fabs(next - ncp) <= 1e-12 * ncp || high - low <= 1e-12 * high)
			break;
		ncp = next;
	}
	return ncp * sqrt(2.0 / n);
}
