/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which traced function calls which, by IOMMU driver and kernel version: who is called once for
 * each call of another, whose time lies within another's, who is called at most as often.
 *
 * The rules are data. One applies where its driver and versions are the record's; of the functions
 * it names, those that the subject has and that were traced.
 */
#ifndef JUDGE_CALLTREE_H
#define JUDGE_CALLTREE_H

#include "record/record.h"

enum { CALLTREE_GROUP = 4, CALLTREE_CALLERS = 2 };

enum calltree_when {
	WHEN_ALWAYS,
	WHEN_STRICT,	/* only where the DMA API's domain is of type DMA: each unmap flushes */
	WHEN_UNNESTED,	/* only where the guest has no stage of its own, which it would flush */
};

/* Where a rule applies. */
struct calltree_scope {
	const char *driver;	/* as record_environment.iommu_driver; NULL: any */
	int since, until;	/* kernels since <= version < until; 0: no bound */
	enum calltree_when when;
	bool host;		/* of the host's kernel and driver; its functions are RECORD_HOST... */
};

#define KERNEL(major, minor) ((major) * 1000 + (minor))

/* Functions called equally often. */
struct calltree_group {
	struct calltree_scope scope;
	const char *functions[CALLTREE_GROUP];	/* the others are compared with the first */
};

/* All calls of @callee are made by @callers, so its time lies within theirs. */
struct calltree_nesting {
	struct calltree_scope scope;
	const char *callee;
	const char *callers[CALLTREE_CALLERS];
};

/* How often @function is called follows from how often @of is. */
struct calltree_bound {
	struct calltree_scope scope;
	enum { AT_MOST, NONE_OR_ALL } kind;
	const char *function;
	const char *of;
};

/* Which functions of a driver flush. Where the driver is not known, it is the first. */
struct calltree_flush {
	const char *driver;
	const char *functions[CALLTREE_GROUP];
};

extern const struct calltree_flush calltree_flush[];
extern const size_t calltree_nr_flush;
extern const struct calltree_group calltree_groups[];
extern const size_t calltree_nr_groups;
extern const struct calltree_nesting calltree_nestings[];
extern const size_t calltree_nr_nestings;
extern const struct calltree_bound calltree_bounds[];
extern const size_t calltree_nr_bounds;

/*
 * Does a rule of @scope apply to @r? A record that does not say its driver is known by the
 * functions in it; one that does not say its kernel is held to the rules of Linux 6.12.
 */
bool calltree_applies(const struct calltree_scope *scope, const struct record *r);

/*
 * The functions of the record's driver each of whose calls is a flush that the kernel waits for,
 * NULL behind the last.
 */
const char *const *calltree_flushes(const struct record *r);

/* Is @name in any rule that applies to @r? */
bool calltree_knows(const struct record *r, const char *name);

/*
 * The function @name of @r if it was traced, else NULL. What was renamed between kernels has one
 * name in records, that of Linux 6.12: iommu_dma_map_page also where it is iommu_dma_map_phys.
 */
const struct record_function *calltree_traced(const struct record *r, const char *name);

#endif
