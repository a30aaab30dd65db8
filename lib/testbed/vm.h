/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One running virtual machine. Everything between it and this process goes through file
 * descriptors that have no name in any file system, and it dies with this process: killed at any
 * moment, nothing is left behind.
 */
#ifndef TESTBED_VM_H
#define TESTBED_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "testbed/qmp.h"
#include "testbed/shape.h"
#include "testbed/trace_reader.h"

/* The files a machine is made of: a kit. */
struct vm_files {
	const char *qemu;	/* program */
	const char *kernel;	/* bzImage */
	const char *initramfs;	/* cpio with the agent as its init */
};

/* What a machine of some shape is started for. */
struct vm_task {
	const char *command;	/* COMMAND_SIZE bytes that it reads from its firmware configuration */
	bool incoming;		/* it waits for a state to be restored, stopped */
	bool trace;		/* QEMU traces its IOMMU */
	int timeout_s;		/* in all; then the watchdog ends it */
};

struct vm {
	pid_t pid;
	int pidfd;
	int console, report;	/* what the subject writes to its two serial ports */
	int output;		/* what QEMU itself prints */
	int monitor;
	struct qmp qmp;
	struct trace_reader *trace;	/* NULL: nothing is traced */
	long long deadline_ms;	/* CLOCK_MONOTONIC; the watchdog ends the machine then */
};

/*
 * 0: the files are there and QEMU knows all that @shape asks of its IOMMU. -ENOTSUP: it is too
 * old. Other errors as they come; @e says which file or property is missing.
 */
int vm_check(const struct vm_files *files, const struct shape *shape, struct err *e);

/* Start a machine of @shape for @task. */
int vm_start(struct vm *vm, const struct vm_files *files, const struct shape *shape,
	     const struct vm_task *task, struct err *e);

/*
 * Wait until the agent says @text on the console. Errors carry the console's tail; that it ended
 * without saying so is one, -EPIPE.
 */
int vm_wait_console(struct vm *vm, const char *text, struct err *e);

/* @ret; where that is an error, @e gets the last lines of what QEMU and the consoles said. */
int vm_with_tails(struct vm *vm, int ret, struct err *e);

/*
 * The body of the frame of @kind that the agent reported, into *@out, from malloc. -ENOTSUP with
 * what it said where it reported "skip" instead; -EIO where it reported something else.
 */
int vm_take_report(struct vm *vm, const char *kind, char **out, struct err *e);

/* @ret, of vm_wait_console(); -ENOTSUP with @e where the agent ended as the machine will not do. */
int vm_skipped(struct vm *vm, int ret, struct err *e);

/* Execute a monitor command; as qmp_execute(), under the machine's own deadline. */
int vm_execute(struct vm *vm, const char *command, json_t *arguments, json_t **out,
	       struct err *e);

/*
 * End the machine, and take what its trace came to: of a task with a trace, once. -EIO with @e
 * where that is not the count of one whole window.
 */
int vm_end_trace(struct vm *vm, struct trace *out, struct err *e);

/* End the machine, if it still runs, and free all that belongs to it. */
void vm_end(struct vm *vm);

#endif
