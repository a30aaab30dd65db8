/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One error message on its way from where it happened to the edge where it is printed.
 *
 * Functions that can fail return 0 or a negative errno and, where the caller hands them a
 * struct err, leave one line there: what went wrong, where, and how to mend it.
 */
#ifndef UTIL_ERR_H
#define UTIL_ERR_H

struct err {
	char text[1024];
};

/* Fill @e (may be NULL) and return -@errnum, so that `return err_set(e, EINVAL, ...)` reads well. */
__attribute__((format(printf, 3, 4)))
int err_set(struct err *e, int errnum, const char *fmt, ...);

#endif
