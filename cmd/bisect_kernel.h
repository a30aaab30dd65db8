/* SPDX-License-Identifier: GPL-2.0 */
/* The kernels of a tree: where they are built, and building one. */
#ifndef CMD_BISECT_KERNEL_H
#define CMD_BISECT_KERNEL_H

#include "bisect.h"

struct bisect_folders {
	char *state;
	char *build;	/* has the two below */
	char *source;	/* the worktree of --tree */
	char *objects;
};

/* Set @out, all from malloc, and a->b.state. The state's folder is made. */
int bisect_place(struct bisect_arguments *a, struct bisect_folders *out, struct err *e);
void bisect_folders_free(struct bisect_folders *f);

/*
 * Build the kernel whose source is @source with objects in @objects, and have the testbed @s boot it.
 * -ENOTSUP with @e: the source is to blame; other errors: it is not.
 */
int bisect_build(const char *source, const char *objects, struct settings *s, struct err *e);

#endif
