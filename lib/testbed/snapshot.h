/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Saved machines: one a shape, taken where the agent waits for its command, kept in the cache
 * under a name that holds a hash of everything the machine is made of.
 */
#ifndef TESTBED_SNAPSHOT_H
#define TESTBED_SNAPSHOT_H

#include "testbed/vm.h"

enum { SNAPSHOT_PATH_MAX = 4096 };

/*
 * The snapshot of @shape below @dir: its path into @path. Made first where it is not there; of
 * two that ask at once, one makes it and the other waits.
 */
int snapshot_ensure(const char *dir, const struct vm_files *files, const struct shape *shape,
		    int timeout_s, char path[SNAPSHOT_PATH_MAX], struct err *e);

/* Load the state at @path into @vm, started with incoming, and let it run. */
int snapshot_resume(struct vm *vm, const char *path, struct err *e);

#endif
