/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of the checks share: records that are good, and what breaks them. Each check must
 * fail on a record that is broken for it, and no other check on that record.
 */
#ifndef UNIT_VALIDITY_H
#define UNIT_VALIDITY_H

#include "kselftest_harness.h"
#include "judge/validity.h"
#include "loglin.h"
#include "sample.h"

/* Bits of the checks that fail on @r. */
static inline unsigned long long failing(const struct record *r)
{
	static struct validity v;
	unsigned long long bits = 0;

	validity_check(r, &v);
	for (size_t i = 0; i < v.n; i++)
		if (v.list[i].outcome == CHECK_FAIL)
			bits |= 1ull << v.list[i].id;
	return bits;
}

static inline unsigned long long only(enum check_id id)
{
	return 1ull << id;
}

/*
 * The same without the two that tie the time of every call to its histogram and its caller, for
 * tests that change a row's time or calls alone.
 */
static inline unsigned long long failing_apart(const struct record *r)
{
	return failing(r) & ~(only(CHECK_TOTAL) | only(CHECK_SELF));
}

static inline void free_functions(struct record *r)
{
	for (size_t i = 0; i < r->nr_functions; i++) {
		free(r->functions[i].name);
		free(r->functions[i].absent);
		free(r->functions[i].buckets);
	}
	r->nr_functions = 0;
}

static inline void set_type(struct record *r, const char *type)
{
	free(r->mode.domain_type);
	r->mode.domain_type = type ? strdup(type) : NULL;
}

/* Make the longest call of @f last @ns, in its histogram too. */
static inline void set_max(struct record_function *f, uint64_t ns)
{
	f->max_ns = ns;
	f->buckets[f->nr_buckets - 1].index = loglin_index(ns);
}

/* Add @n calls to @f without any time, in its longest bucket. */
static inline void add_calls(struct record_function *f, int64_t n)
{
	f->count += n;
	f->buckets[f->nr_buckets - 1].count += n;
}

FIXTURE(validity)
{
	struct record *r, *real;
	struct record *report;		/* imported, and with all its variances possible */
};

FIXTURE_SETUP(validity)
{
	self->r = sample_load(SAMPLE);
	self->real = sample_load(SAMPLE_REAL);
	self->report = sample_load(REFERENCE(8));
	for (size_t i = 0; i < self->report->nr_functions; i++)
		self->report->functions[i].reported.variance_us2 = i;
}

FIXTURE_TEARDOWN(validity)
{
	record_free(self->r);
	record_free(self->real);
	record_free(self->report);
}

#endif
