// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "judge/checks.h"

/* What a failed check makes unusable: all of the record, or of a function's row this. */
enum { RECORD = 0, COUNT = 1, TIME = 2, SPREAD = 4, ROW = COUNT | TIME | SPREAD };

static const struct {
	const char *name, *meaning;
	unsigned int condemns;
} checks[CHECKS] = {
	[CHECK_WINDOW] = { "window", "the window closes after it opens", RECORD },
	[CHECK_MODE] = { "mode", "the mode read back is the mode the scenario asks for", RECORD },
	[CHECK_FLOWS] = { "flows", "every flow of the scenario ran for the whole window", RECORD },
	[CHECK_BYTES] = { "bytes", "what each flow sent, received and was asked for agree",
			  RECORD },
	[CHECK_PAYLOAD] = { "payload", "the flows' bytes in the window add up to the payload",
			    RECORD },
	[CHECK_LOG] = { "log", "the kernel logged no warning in the window", RECORD },
	[CHECK_CPU] = { "cpu", "each CPU's time adds up to the window, but for rounding", RECORD },
	[CHECK_SEGMENTS] = { "segments", "the segments that were sent can hold the payload",
			     RECORD },
	[CHECK_ARRIVED] = { "arrived", "no more segments arrived, or were sent again, than were sent",
			    RECORD },
	[CHECK_MAPPED] = { "mapped", "where DMA is translated, data that moved was mapped",
			   RECORD },
	[CHECK_BALANCE] = { "balance", "what was mapped was unmapped, but for what a NIC can hold",
			    RECORD },
	[CHECK_COUNTERS] = { "counters", "each counter ran for the whole window", RECORD },
	[CHECK_SOURCES] = { "sources", "the kernel's flushes and those the IOMMU saw agree",
			    RECORD },
	[CHECK_QUEUE] = { "queue", "what the kernel submitted to the IOMMU's queue was an invalidation",
			  RECORD },
	[CHECK_WALKS] = { "walks", "each miss in the IOTLB was looked for, and each mapping missed once",
			  RECORD },
	[CHECK_LOOKUPS] = { "lookups", "where DMA is translated, each page was looked up", RECORD },
	[CHECK_FAULTS] = { "faults", "the IOMMU refused no access", RECORD },
	[CHECK_PLAIN] = { "plain", "without probes the same traffic takes no longer", RECORD },
	[CHECK_REPORT] = { "report", "a report's own numbers follow from each other", ROW },
	[CHECK_RANGE] = { "range", "a reported number can be what it is said to be", ROW },
	[CHECK_CLOCK] = { "clock", "no call ended before it began", ROW },
	[CHECK_LOST] = { "lost", "at most 0.1 % of samples were lost, and none on one CPU", ROW },
	[CHECK_HISTOGRAM] = { "histogram", "the histogram holds each call, and min and max", ROW },
	[CHECK_ORDER] = { "order", "min <= mean <= max <= window, and self <= total", ROW },
	[CHECK_SPREAD] = { "spread", "a variance is not negative", SPREAD },
	[CHECK_TOTAL] = { "total", "a function's total time is that of the calls in its histogram",
			  TIME | SPREAD },
	[CHECK_SELF] = { "self", "a function's time is its own and that of what it called", TIME },
	[CHECK_FITS] = { "fits", "a function's total time fits in the window of all CPUs",
			 TIME | SPREAD },
	[CHECK_TOGETHER] = { "together", "what runs one after another fits in the window of all CPUs",
			     RECORD },
	[CHECK_NESTING] = { "nesting", "a function's time fits in that of its callers",
			    TIME | SPREAD },
	[CHECK_SIBLINGS] = { "siblings",
			     "functions that call each other one to one were called as often", ROW },
	[CHECK_WINDOWS] = { "windows", "all functions were counted over the same window", COUNT },
};

const char *check_name(enum check_id id)
{
	return checks[id].name;
}

const char *check_meaning(enum check_id id)
{
	return checks[id].meaning;
}

void validity_check(const struct record *r, struct validity *v)
{
	enum check_id id;

	v->n = 0;
	v->failed = 0;
	check_record(r, v);
	check_host(r, v);
	check_traffic(r, v);
	check_counters(r, v);
	check_functions(r, v);
	check_time(r, v);
	check_calltree(r, v);
	if (r->report)
		check_reported(r, v);
	for (id = 0; id < CHECKS; id++)
		if (!validity_of(v, id))
			check_add(v, id, CHECK_NOT_APPLICABLE, "", "the record has nothing to apply it to");
}

const struct check_result *validity_first_failure(const struct validity *v)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		if (v->list[i].outcome == CHECK_FAIL)
			return &v->list[i];
	return NULL;
}

/* A failure says more than a pass, and a pass more than "not applicable". */
const struct check_result *validity_of(const struct validity *v, enum check_id id)
{
	static const int rank[] = {
		[CHECK_FAIL] = 0, [CHECK_PASS] = 1, [CHECK_NOT_APPLICABLE] = 2
	};
	const struct check_result *best = NULL;
	size_t i;

	for (i = 0; i < v->n; i++)
		if (v->list[i].id == id &&
		    (!best || rank[v->list[i].outcome] < rank[best->outcome]))
			best = &v->list[i];
	return best;
}

bool validity_by_row(const struct record *r, const struct validity *v)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		if (v->list[i].outcome == CHECK_FAIL && !v->list[i].subject[0])
			return false;
	return r->report;
}

/* What a metric of a function takes from its row; @suffix as ".mean_ns". */
static unsigned int uses(const char *suffix)
{
	if (!strcmp(suffix, ".count_per_page"))
		return COUNT;
	if (!strcmp(suffix, ".self_ns_per_page"))
		return COUNT | TIME;
	return strcmp(suffix, ".stddev_ns") ? TIME : SPREAD;
}

static bool condemns(const struct check_result *c, const char *metric)
{
	const char *dot = strrchr(metric, '.');
	size_t len = strlen(c->subject);

	if (c->outcome != CHECK_FAIL)
		return false;
	if (!strcmp(c->subject, metric))
		return true;
	return dot && (size_t)(dot - metric) == len && !strncmp(c->subject, metric, len) &&
	       checks[c->id].condemns & uses(dot);
}

void validity_condemn(const struct validity *v, struct metrics *m)
{
	struct metric *to;
	size_t i, k;

	for (i = 0; i < m->n; i++) {
		to = &m->list[i];
		for (k = 0; k < v->n && to->state != METRIC_IMPOSSIBLE; k++) {
			if (!condemns(&v->list[k], to->name))
				continue;
			to->state = METRIC_IMPOSSIBLE;
			snprintf(to->absent, sizeof(to->absent), "%s: %.140s",
				 check_name(v->list[k].id), v->list[k].detail);
		}
	}
}
