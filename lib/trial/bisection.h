/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bisection on its way: one metric of one scenario, measured on kernel after kernel. All that is
 * known of a kernel lies in a folder, as records, so that a bisection that was killed goes on where
 * it was, and its outcome can be looked into.
 *
 *	ends.json	what is bisected, and the names of the two ends
 *	NAME.N.json	record N of the kernel called NAME
 *	NAME.skip	why it gives none
 *	lock		held while a process works there
 */
#ifndef TRIAL_BISECTION_H
#define TRIAL_BISECTION_H

#include "judge/bisect.h"
#include "judge/decide.h"
#include "testbed/settings.h"

struct bisection {
	const char *state;	/* the folder */
	const struct settings *settings;	/* the testbed, without its kernel */
	struct scenario scenario;
	const char *metric;
	char *good, *bad;	/* names of the ends; from malloc */
	/*
	 * What is traced, from malloc: the metric's function alone, so that neither the cost of other
	 * probes is in its time, nor whether a kernel has their functions. Where it is of no function,
	 * those that all kernels have.
	 */
	char *probes;
	char unit[16];
	struct gate gate;
	struct threshold threshold;	/* set by bisection_threshold(), or the caller */
	bool has_threshold;
};

/*
 * Begin with the testbed @settings, whose kernel does not matter. All stay the caller's. -EINVAL or
 * -ENOTSUP with @e: there is no such scenario or metric, or not on this testbed.
 */
int bisection_init(struct bisection *b, const struct settings *settings, const char *scenario,
		   const char *metric, struct err *e);

/* "counted" or "real"; and the IOMMU, as --iommu has it. */
const char *bisection_clock(const struct bisection *b);
const char *bisection_iommu(const struct bisection *b);

/*
 * Makes the kernel called @name ready, and the testbed @s boot it. 0; -ENOTSUP with @e: it cannot be
 * told, and all is well; any other error: the laboratory is broken.
 */
typedef int (*bisection_prepare)(void *context, const char *name, struct settings *s,
				 struct err *e);

/*
 * Take up the bisection in b->state between the ends @good and @bad, or begin one, and lock the
 * folder. -EINVAL with @e where another lies there, -EBUSY where it is at work. With @good NULL the
 * ends are those that lie there, -ENOENT: none do.
 */
int bisection_open(struct bisection *b, const char *good, const char *bad, struct err *e);

/* From now on the state is that of these ends: they have been told apart. */
int bisection_keep_ends(const struct bisection *b, struct err *e);
void bisection_free(struct bisection *b);

/* What is known of @c->name already: its values and, where there is a threshold, its answer. */
int bisection_recall(struct bisection *b, struct candidate *c, struct err *e);

/*
 * Measure the kernel c->name until it is on a side; @wanted: until it has so many runs instead, as
 * an end must, before there is a threshold. What is known already is not measured again. 0 also
 * where nothing can be told: c->answer and c->why say so. An error: the laboratory is broken.
 */
int bisection_measure(struct bisection *b, struct candidate *c, size_t wanted,
		      bisection_prepare prepare, void *context, struct err *e);

/* How many runs an end takes. */
size_t bisection_end_runs(const struct bisection *b);

/* Set the threshold from what is known of the two ends. -ERANGE with @e: they cannot be told apart. */
int bisection_threshold(struct bisection *b, struct err *e);

/* Forget what is known of @name. */
void bisection_forget(const struct bisection *b, const char *name);

#endif
