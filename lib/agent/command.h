/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the testbed tells the agent to do: a small block of KEY=VALUE lines, padded to a fixed
 * size so that the subject spends the same number of instructions on every command.
 */
#ifndef AGENT_COMMAND_H
#define AGENT_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "scenario/inject.h"
#include "scenario/scenario.h"
#include "scenario/traffic.h"
#include "util/err.h"

enum { COMMAND_SIZE = 1024 };

/* The file of QEMU's firmware configuration device that carries the command. */
#define COMMAND_FW_CFG "opt/org.iommu-perf/command"

/* What stands there while there is no command; no command begins with its first letter. */
#define COMMAND_WAIT "wait\n"

struct command {
	struct scenario scenario;
	bool real_clock;
	/* counted clock: each flow moves this many bytes; the window lies inside that transfer */
	uint64_t flow_bytes;
	uint64_t warmup_bytes;	/* each flow is held here until all are, and the window opens */
	uint64_t tail_bytes;	/* it closes when the fastest flow has this much left */
	/* real clock: the window's place in time */
	int warmup_ms, window_ms;
	struct inject inject;	/* what is done to the subject on purpose */
	bool disturb;		/* move and preempt the flows' processes while they run */
	bool tracepoints;	/* count by what lengthens the path, too */
	bool probes;		/* false: measure without the probes that were attached in boot */
	bool selftest;		/* prove the tracer's pairing instead of measuring */
	struct traffic traffic;
};

/*
 * Over two levels: does the guest ask its host for each page? That takes a hundred times as long as
 * where nothing is asked.
 */
bool command_asks_host(const struct scenario *s);

/* The byte volumes and times of @s that fit its number of flows; with probes. */
void command_plan(struct command *c, const struct scenario *s, bool real_clock);

/*
 * Ask for @traffic too. What a held sender still has in a larger socket buffer passes before the
 * window, so each flow moves that much more.
 */
void command_ask(struct command *c, const struct traffic *traffic);

/* Print @c into @buf, padded with newlines. -E2BIG when it does not fit. */
int command_print(const struct command *c, char buf[COMMAND_SIZE]);

/*
 * Parse the NUL-terminated @text. 1: a command; 0: the block only says to wait; -EINVAL with
 * @e for anything that is neither.
 */
int command_parse(const char *text, struct command *c, struct err *e);

#endif
