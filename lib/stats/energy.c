// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/divisive.h"
#include "stats/divisive_impl.h"

int energy_scale(const double *x, size_t n, double *out)
{
	double greatest = 0;
	int e = 0;
	size_t i;

	for (i = 0; i < n; i++)
		greatest = fmax(greatest, fabs(x[i]));
	frexp(greatest, &e);
	for (i = 0; i < n; i++)
		out[i] = ldexp(x[i], -e);
	return e;
}

/* The sum of |x - y|, of all pairs, or where @x is @y of each pair once. */
static long double distances(const double *x, size_t n, const double *y, size_t m)
{
	long double sum = 0;
	size_t i, j;

	for (i = 0; i < n; i++)
		for (j = x == y ? i + 1 : 0; j < m; j++)
			sum += fabsl((long double)x[i] - y[j]);
	return sum;
}

double stats_energy(const double *x, size_t n, const double *y, size_t m)
{
	long double q = n && m ? distances(x, n, y, m) : 0;

	if (n > 1)
		q -= distances(x, n, x, n) * m / (n - 1);
	if (m > 1)
		q -= distances(y, m, y, m) * n / (m - 1);
	return n && m ? 2 * q / (n + m) : 0;
}

/*
 * One element after the other joins at the end: inside[t] is the sum of the distances in x[0 .. t),
 * across[t] that of x[0 .. t) from x[t .. kappa), and the rest lies in the latter. A permutation
 * test spends its time in the loop over t: while that lets the next element join, a chain of
 * additions, the processor has the time to work out the statistic.
 */
struct split energy_search(const double *x, size_t n, size_t least, double enough,
			   struct split_room *room)
{
	double *inside = room->inside, *across = room->across, *inverse = room->inverse;
	struct split best = { 0, 0, 0 };
	double joining, sum, rest, q;
	size_t kappa, t;

	if (n < 2 * least)
		return best;
	memset(across, 0, (n + 1) * sizeof(*across));
	inside[0] = inside[1] = inverse[0] = 0;
	inverse[1] = 1;
	for (kappa = 1; kappa <= n && best.q < enough; kappa++) {
		joining = kappa < n ? x[kappa] : 0;
		for (t = 1, sum = 0; t <= kappa; t++) {
			if (t >= least && t + least <= kappa) {
				rest = inside[kappa] - inside[t] - across[t];
				q = across[t] - inside[t] * inverse[t - 1] * (kappa - t) -
				    rest * inverse[kappa - t - 1] * t;
				q *= 2 * inverse[kappa];
				if (q > best.q)
					best = (struct split){ t, kappa, q };
			}
			sum += fabs(x[t - 1] - joining);
			across[t] += sum;
		}
		inverse[kappa + 1] = 1.0 / (kappa + 1);
		inside[kappa + 1] = inside[kappa] + sum;
	}
	return best;
}

double stats_best_split(const double *x, size_t n, size_t *tau, size_t *kappa)
{
	double *memory = calloc(n + 2, 4 * sizeof(*memory));
	struct split_room room;
	struct split best;
	int e;

	*tau = *kappa = 0;
	if (!memory)
		return NAN;
	room.inside = memory + n + 2;
	room.across = room.inside + n + 2;
	room.inverse = room.across + n + 2;
	e = energy_scale(x, n, memory);
	best = energy_search(memory, n, 1, INFINITY, &room);
	free(memory);
	*tau = best.tau;
	*kappa = best.kappa;
	return ldexp(best.q, e);
}

struct ranked {
	double value;
	size_t place;
};

static int by_value(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->value != y->value)
		return x->value > y->value ? 1 : -1;
	return x->place > y->place ? 1 : -1;
}

void energy_rank(const double *x, size_t n, struct segment *out)
{
	struct ranked sorted[2 * REACH];
	double sum = 0, below = 0;
	size_t i;

	out->n = n;
	out->pairs = 0;
	for (i = 0; i < n; i++)
		sorted[i] = (struct ranked){ x[i], i };
	qsort(sorted, n, sizeof(*sorted), by_value);
	for (i = 0; i < n; i++) {
		out->value[i] = sorted[i].value - sorted[0].value;
		out->order[sorted[i].place] = i;
		sum += out->value[i];
	}
	for (i = 0; i < n; i++) {
		out->row[i] = out->value[i] * i - below;
		out->pairs += out->row[i];
		out->row[i] += sum - below - out->value[i] * (n - i);
		below += out->value[i];
	}
}

/*
 * The distances of an element from those before it, by a Fenwick tree of their number and sum. What
 * lies across the split is then what the first segment's elements have in all, less twice what they
 * have among themselves.
 */
double energy_scan(const struct segment *s, const unsigned int *order, size_t least, size_t *tau)
{
	struct { double nr, sum; } tree[2 * REACH + 1], below;
	double all = 0, rows = 0, inside = 0, across, best = 0, value, q;
	size_t n = s->n, t, i;

	memset(tree, 0, (n + 1) * sizeof(*tree));
	*tau = 0;
	for (t = 1; t + least <= n; t++) {
		value = s->value[order[t - 1]];
		below.nr = below.sum = 0;
		for (i = order[t - 1]; i; i &= i - 1) {
			below.nr += tree[i].nr;
			below.sum += tree[i].sum;
		}
		for (i = order[t - 1] + 1; i <= n; i += i & -i) {
			tree[i].nr++;
			tree[i].sum += value;
		}
		inside += value * (2 * below.nr - (t - 1)) + all - 2 * below.sum;
		all += value;
		rows += s->row[order[t - 1]];
		if (t < least)
			continue;
		across = rows - 2 * inside;
		q = across - (t > 1 ? inside * (n - t) / (t - 1) : 0) -
		    (n - t > 1 ? (s->pairs - inside - across) * t / (n - t - 1) : 0);
		if (q * 2 / n > best) {
			best = q * 2 / n;
			*tau = t;
		}
	}
	return best;
}
