/* SPDX-License-Identifier: GPL-2.0 */
/* The conditions of a measurement: what must be the same for two to be compared. */
#ifndef JUDGE_CONDITIONS_H
#define JUDGE_CONDITIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "record/record.h"

/* Borrowed from a record or a baseline. NULL: not known, or none. */
struct conditions {
	const char *testbed, *qemu, *clock;
	const char *iommu;	/* of an emulated machine; NULL: VT-d's */
	const char *host;	/* on the real clock */
	int vcpus;
	const char *iperf3, *tracer;
	const char *guests_qemu;	/* two levels: the host's, that runs the guest */
	const struct record_traffic *traffic;
};

struct conditions conditions_of(const struct record *r);

/* The IOMMU of the machine, as --iommu has it. */
const char *conditions_iommu(const struct conditions *c);

/*
 * Two levels on the real clock run on one thread of the emulator: how often something is called
 * repeats there, on any host; what it takes does not.
 */
bool conditions_only_counts(const struct record *r);

/* The same of a record of @s on @clock, a @report's or not. */
bool conditions_only_counts_of(const struct scenario *s, const char *clock, bool report);

/*
 * Are @ours those of @theirs? If not, @why (of @size) says what differs, calling the place of the
 * latter @there: "clock differs: here real, in the baseline counted".
 */
bool conditions_same(const struct conditions *ours, const struct conditions *theirs,
		     const char *there, char *why, size_t size);

/* The same of one condition called @what; either may be NULL. */
bool condition_same(const char *what, const char *ours, const char *theirs, const char *there,
		    char *why, size_t size);

/*
 * The scenario and conditions of @r as one line of JSON: two records with the same line may be
 * compared. From malloc; NULL: no memory.
 */
char *conditions_key(const struct record *r);

#endif
