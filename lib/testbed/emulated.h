/* SPDX-License-Identifier: GPL-2.0 */
/* The emulated testbed: a kernel in QEMU, behind QEMU's IOMMU, on any machine. */
#ifndef TESTBED_EMULATED_H
#define TESTBED_EMULATED_H

#include "agent/command.h"
#include "record/record.h"
#include "testbed/vm.h"

struct emulated {
	struct vm_files files[KITS];
	const char *snapshots;	/* folder they are kept in */
	struct shape_wish wish;
	bool fresh;		/* boot anew instead of restoring a snapshot */
	bool unplain;		/* leave out the pass without probes */
	struct inject inject;	/* what to do to the subject on purpose */
	bool disturb;
	bool tracepoints;
	struct traffic traffic;	/* what runs ask for */
	int timeout_s;		/* of one machine, from its start to its end */
};

/* 0: this testbed can run @s; otherwise a negative errno, and why not in @e. */
int emulated_can_run(const struct emulated *t, const struct scenario *s, struct err *e);

/*
 * Run @s once. A record that the caller frees in *@out; -ENOTSUP with @e where this testbed
 * cannot run it (a skip), any other error where it should have.
 */
int emulated_run(const struct emulated *t, const struct scenario *s, struct record **out,
		 struct err *e);

/*
 * Put the tracer to the proof in the machine that @s would run in: the selftest's line of JSON
 * (lib/agent/selftest.h) in *@out, from malloc.
 */
int emulated_selftest(const struct emulated *t, const struct scenario *s, char **out,
		      struct err *e);

#endif
