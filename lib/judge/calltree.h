/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which traced function calls which in Intel's driver of Linux 6.12 and later: who is called once
 * for each call of another, whose time lies within another's, who is called at most as often.
 */
#ifndef JUDGE_CALLTREE_H
#define JUDGE_CALLTREE_H

#include "record/record.h"

enum { CALLTREE_GROUP = 4, CALLTREE_CALLERS = 2 };

enum calltree_when {
	WHEN_ALWAYS,
	WHEN_STRICT,	/* only where the DMA API's domain is of type DMA: each unmap flushes */
};

/* Functions called equally often. */
struct calltree_group {
	enum calltree_when when;
	const char *functions[CALLTREE_GROUP];	/* the others are compared with the first */
};

/* All calls of @callee are made by @callers, so its time lies within theirs. */
struct calltree_nesting {
	enum calltree_when when;
	const char *callee;
	const char *callers[CALLTREE_CALLERS];
};

/* How often @function is called follows from how often @of is. */
struct calltree_bound {
	enum { AT_MOST, NONE_OR_ALL } kind;
	const char *function;
	const char *of;
};

extern const struct calltree_group calltree_groups[];
extern const size_t calltree_nr_groups;
extern const struct calltree_nesting calltree_nestings[];
extern const size_t calltree_nr_nestings;
extern const struct calltree_bound calltree_bounds[];
extern const size_t calltree_nr_bounds;

/*
 * The function @name of @r if it was traced, else NULL. What was renamed between kernels has one
 * name in records, that of Linux 6.12: iommu_dma_map_page also where it is iommu_dma_map_phys.
 */
const struct record_function *calltree_traced(const struct record *r, const char *name);

#endif
