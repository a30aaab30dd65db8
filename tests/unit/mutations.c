// SPDX-License-Identifier: GPL-2.0
/*
 * How many impossible edits of good records do the checks catch? Each edit changes one number, or a
 * few that belong together, of a record that is valid; mutations.h says which values the rest of
 * the record leaves possible. What is possible must never be accused.
 */
#include "kselftest_harness.h"
#include "judge/validity.h"
#include "mutations.h"
#include "sample.h"

enum { ROUNDS = 12 };	/* edits of each field of each record */

/*
 * Of the impossible edits, and of those of each class. A report has fewer numbers that bind each
 * other: calls of what is attached last may be fewer, and maps more than unmaps, for good reasons.
 */
#define LEAST_CAUGHT		0.995
#define LEAST_CAUGHT_IN_REPORTS	0.99

struct tally {
	unsigned int impossible, caught, possible, accused;
	unsigned int by_check[CHECKS];
};

static struct tally tallies[MUTATION_CLASSES];

/* The check that accuses @r first, or CHECKS. */
static enum check_id accuser(const struct record *r)
{
	static struct validity v;
	const struct check_result *c;

	validity_check(r, &v);
	c = validity_first_failure(&v);
	return c ? c->id : CHECKS;
}

static void judge_edit(const struct record *r, const struct mutation *m)
{
	struct tally *t = &tallies[m->class];
	enum check_id id;

	if (m->truth == MUTATION_UNSURE)
		return;
	id = accuser(r);
	if (m->truth == MUTATION_POSSIBLE) {
		t->possible++;
		t->accused += id < CHECKS;
	} else {
		t->impossible++;
		t->caught += id < CHECKS;
	}
	if (m->truth == MUTATION_IMPOSSIBLE && id < CHECKS)
		t->by_check[id]++;
	if ((id < CHECKS) != (m->truth == MUTATION_IMPOSSIBLE) && getenv("MUTATIONS_VERBOSE"))
		printf("# %s: %s: %s\n", r->scenario.name, m->what,
		       id < CHECKS ? check_name(id) : "not caught");
}

/* A record as it was: an edit changes numbers and moves rows, and allocates nothing. */
struct original {
	struct record record;
	struct record_bucket buckets[RECORD_FUNCTIONS_MAX][LOGLIN_SLOTS];
};

static void keep(const struct record *r, struct original *o)
{
	o->record = *r;
	for (size_t i = 0; i < r->nr_functions; i++)
		for (size_t k = 0; k < r->functions[i].nr_buckets; k++)
			o->buckets[i][k] = r->functions[i].buckets[k];
}

static void restore(struct record *r, const struct original *o)
{
	*r = o->record;
	for (size_t i = 0; i < r->nr_functions; i++)
		for (size_t k = 0; k < r->functions[i].nr_buckets; k++)
			r->functions[i].buckets[k] = o->buckets[i][k];
}

/* All edits of the valid record @r, which it frees. */
static void mutate(struct record *r, uint64_t seed)
{
	static struct original original;
	size_t n = mutation_count(r), i, round;
	struct mutation m;

	if (accuser(r) < CHECKS) {
		fprintf(stderr, "%s is invalid as it is\n", r->scenario.name);
		abort();
	}
	keep(r, &original);
	for (i = 0; i < n; i++)
		for (round = 0; round < ROUNDS; round++) {
			mutation_apply(r, i, &seed, &m);
			judge_edit(r, &m);
			restore(r, &original);
		}
	record_free(r);
}

static void print_tally(const char *name, const struct tally *t)
{
	char checks[512] = "";
	size_t len = 0;

	for (enum check_id id = 0; id < CHECKS; id++)
		if (t->by_check[id] && len < sizeof(checks))
			len += snprintf(checks + len, sizeof(checks) - len, "%s%s %u",
					len ? ", " : "", check_name(id), t->by_check[id]);
	printf("# %-12s %6u impossible, %6.2f %% caught; %6u possible, %u accused; %s\n", name,
	       t->impossible, t->impossible ? 100.0 * t->caught / t->impossible : 100, t->possible,
	       t->accused, checks);
}

/* Tally up, and clear for the next test. */
static struct tally sum_up(void)
{
	struct tally all = { 0 }, *t;

	for (size_t i = 0; i < MUTATION_CLASSES; i++) {
		t = &tallies[i];
		if (!t->impossible && !t->possible)
			continue;
		print_tally(mutation_class_name(i), t);
		all.impossible += t->impossible;
		all.caught += t->caught;
		all.possible += t->possible;
		all.accused += t->accused;
		for (size_t k = 0; k < CHECKS; k++)
			all.by_check[k] += t->by_check[k];
	}
	print_tally("all", &all);
	return all;
}

static bool each_class_is_caught(double least)
{
	bool all = true;

	for (size_t i = 0; i < MUTATION_CLASSES; i++)
		all &= tallies[i].caught >= least * tallies[i].impossible;
	return all;
}

static struct record *load_report(const char *name)
{
	struct record *r = sample_load(name);

	for (size_t i = 0; i < r->nr_functions; i++)
		r->functions[i].reported.variance_us2 = i;
	return r;
}

TEST(measured_records)
{
	static const char *const names[] = {
		SAMPLE, SAMPLE_REAL, "measured/strict-bare-4flows",
		"measured/strict-bare-4flows-tx", "measured/lazy-bare-1flows",
		"measured/none-shadow-20flows", "measured/none-nested-4flows",
	};
	struct tally all;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		mutate(sample_load(names[i]), i + 1);
	all = sum_up();
	EXPECT_GE(all.caught, LEAST_CAUGHT * all.impossible);
	EXPECT_TRUE(each_class_is_caught(LEAST_CAUGHT));
	EXPECT_EQ(all.accused, 0);
	EXPECT_GT(all.impossible, 10000);
	EXPECT_GT(all.possible, 1000);
}

TEST(imported_records)
{
	static const char *const names[] = { REFERENCE(1), REFERENCE(8), REFERENCE(16) };
	struct tally all;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		mutate(load_report(names[i]), i + 1);
	all = sum_up();
	EXPECT_GE(all.caught, LEAST_CAUGHT_IN_REPORTS * all.impossible);
	EXPECT_TRUE(each_class_is_caught(LEAST_CAUGHT_IN_REPORTS));
	EXPECT_EQ(all.accused, 0);
	EXPECT_GT(all.impossible, 1000);
	EXPECT_GT(all.possible, 100);
}

TEST_HARNESS_MAIN
