/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a page costs at two levels: the guest's kernel, the host's, and the relay that carries the
 * guest's requests to the host. A pure function of a record.
 *
 * Times are self times, so those of a side add up. The sides do not: while the host works its guest
 * waits, and to the guest that is time of the function in which it waits. Nor is the time of the
 * guest's QEMU in any of them, which is no kernel's.
 */
#ifndef JUDGE_ATTRIBUTION_H
#define JUDGE_ATTRIBUTION_H

#include <stdbool.h>
#include <stddef.h>

#include "record/record.h"

enum attribution_side {
	ATTRIBUTION_GUEST,
	ATTRIBUTION_RELAY,
	ATTRIBUTION_HOST,
	ATTRIBUTION_SIDES
};

struct attribution_row {
	const char *function;	/* the record's, with RECORD_HOST where it is the host's */
	enum attribution_side side;
	double calls;		/* a page */
	double self_ns;		/* a page; NAN: not the side's own, as it holds the guest's run */
};

struct attribution {
	double pages;		/* of 4096 bytes of payload */
	struct attribution_row rows[RECORD_FUNCTIONS_MAX];	/* by side, the dearest first */
	size_t n;
	struct {
		double self_ns;		/* a page, of all its functions; NAN: not known */
		char absent[160];	/* why */
	} total[ATTRIBUTION_SIDES];
};

const char *attribution_side_name(enum attribution_side side);	/* "guest", "relay", "host" */

/* The side of a function called @name in a record. */
enum attribution_side attribution_side_of(const char *name);

/*
 * Is the self time of @name its side's? Not that of the host's call in which its guest runs, whose
 * exits have functions of their own.
 */
bool attribution_is_timed(const char *name);

/*
 * Is @name a function of the guest that asks the IOMMU for something, and so waits until the host
 * has done it?
 */
bool attribution_waits(const char *name);

/* Fill in @a. False: @r is of one level. */
bool attribution_of(const struct record *r, struct attribution *a);

#endif
