/* SPDX-License-Identifier: GPL-2.0 */
/* Another tool's report as records of the testbed "imported". A pure function of the text. */
#ifndef IMPORT_IMPORT_H
#define IMPORT_IMPORT_H

#include <stddef.h>

#include "record/record.h"
#include "util/err.h"

/*
 * The records of a report of the reference study, in the order of its sections: one for each run
 * whose functions a section lists, and one for a section that lists none. @file names the text in
 * messages and in "reproduce". What the report does not hold is absent, with the reason.
 *
 * The caller frees each of the *@n records, and *@out. -EINVAL: "FILE:LINE: what, and how to mend
 * it"; -ENOMEM. Then nothing is left to free.
 */
int import_records(const char *text, size_t len, const char *file, struct record ***out,
		   size_t *n, struct err *e);

#endif
