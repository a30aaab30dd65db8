/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads QEMU's trace while the machine runs, in a thread of its own: QEMU writes each line before
 * it goes on, and waits where the pipe is full. A slow reader makes the machine slow and loses
 * nothing.
 */
#ifndef TESTBED_TRACE_READER_H
#define TESTBED_TRACE_READER_H

#include "testbed/trace.h"

struct trace_reader;

/*
 * Start reading what the IOMMU of @driver does. *@write_end is the pipe's other end, the caller's:
 * for the child to inherit, and to be closed in this process once the child runs.
 */
int trace_reader_start(struct trace_reader **out, enum driver driver, int *write_end,
		       struct err *e);

/* Is so much waiting to be read that QEMU waits for this reader, or soon will? */
bool trace_reader_is_behind(const struct trace_reader *r);

/* The same of a pipe, by its reading end. */
bool trace_pipe_is_full(int fd);

/*
 * The writer has ended: read what is left and free @r, which may be NULL. 0: @out is the count of
 * the whole window; otherwise why it is not.
 */
int trace_reader_end(struct trace_reader *r, struct trace *out, struct err *e);

#endif
