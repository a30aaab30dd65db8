/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What probes.c and probes_read.c share; nobody else includes it.
 */
#ifndef AGENT_PROBES_IMPL_H
#define AGENT_PROBES_IMPL_H

#include <stdbool.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "agent/probes.h"
#include "tracer.h"
#include "tracer.skel.h"

_Static_assert((int)PROBES_MAX == (int)STACK_FUNCTIONS, "probes.h and stack.h disagree");
_Static_assert((int)PROBES_INJECT_MAX == (int)SLOW_MAX, "probes.h and slow.h disagree");

struct probe {			/* one function */
	char *alternatives;	/* as given to probes_open() */
	char *name;		/* the first of them */
	char *symbol;		/* the one the kernel has */
	char *absent;		/* why it is not traced, or NULL */
	int slot;		/* which programs trace it; -1: none */
	char *log;		/* what the verifier said */
	struct bpf_link *entry_link, *exit_link;
	uint64_t missed;	/* calls in the window that the recursion guard kept from entry */
};

struct probes {
	size_t nr;
	struct probe f[PROBES_MAX];
	struct tracer_bpf *skel;	/* NULL: no function given */
	struct tracer *tracer;		/* the tracer's memory; NULL: no function traced */
	struct bpf_program *entry[PROBES_MAX], *exit[PROBES_MAX];	/* by slot */
	int nr_slots;
	bool used;			/* there are counts to forget */
	char identity[17];
};

/* The function that was given by the name @function. NULL: none. */
struct probe *probes_find(struct probes *p, const char *function);

/* Clear all counts and frames. The tracer is off. */
int probes_forget(struct probes *p);

/* Read the recursion guard's counters: at the window's beginning, or at its @end. */
int probes_count_misses(struct probes *p, bool end);

#endif
