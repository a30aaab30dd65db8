/* SPDX-License-Identifier: GPL-2.0 */
/* What an init does before anything else: file systems, modules, the report's port. */
#ifndef AGENT_BOOT_H
#define AGENT_BOOT_H

#include "util/err.h"

/*
 * What every subject is booted with. mitigations=off: the emulator has none of the faults, and their
 * code would be in every path.
 */
#define BOOT_CMDLINE "loglevel=4 tsc=reliable mitigations=off nokaslr panic=-1 random.trust_cpu=on"

/* Mount proc, sys, dev, tmp. */
int boot_mount(struct err *e);

/* Load the modules that /modules/@list lists, in that order. */
int boot_load_modules(const char *list, struct err *e);

/* Load the module in the file /modules/@name; that it is there already is no error. */
int boot_load_module(const char *name, struct err *e);

/*
 * Let processes take turns of 0.2 ms instead of 3 ms: with 40 of them on one CPU a round would
 * otherwise last longer than a window, and some flows would send nothing in it.
 */
int boot_shorten_turns(struct err *e);

/*
 * Open the second serial port, raw, for the report, and the requests of a host. A file descriptor or
 * a negative errno.
 */
int boot_open_report(struct err *e);

/*
 * Say on the console that all is said, and rest until the testbed ends the machine. An init must
 * not exit, and turning the machine off would cost time and tell nothing more.
 */
#define BOOT_ENDED "iommu-perf: ended"
_Noreturn void boot_rest(void);

#endif
