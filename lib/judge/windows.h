/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Over which time was each function counted? Where we measured it ourselves: over the window. A
 * tool that attaches its probes one after another and stops them together counts the first for
 * longer than the last; its report shows that by functions that call each other one to one and yet
 * were counted ever less often, in the order of their rows.
 */
#ifndef JUDGE_WINDOWS_H
#define JUDGE_WINDOWS_H

#include "record/record.h"

/* A window that is longer than its report's by more than this share is a fault. */
#define WINDOWS_TOLERANCE 0.02

struct windows {
	/*
	 * The window in ns. Of a report: that by which it got from counts to counts per page, as
	 * count / count_per_page are its pages, and pages / (throughput / 8 / 4096) its seconds.
	 * NAN where it gives no such number.
	 */
	double nominal_ns;
	struct window_of_function {
		double factor;	/* its window / the nominal one, 1 where nothing says otherwise */
		bool lossy;	/* counted less often than functions that were counted for less long */
	} function[RECORD_FUNCTIONS_MAX];	/* in the record's order */
};

void windows_estimate(const struct record *r, struct windows *w);

/* The number that the report of @r gives for @metric, or NAN. */
double windows_reported(const struct record *r, const char *metric);

#endif
