/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which kernel functions are traced.
 */
#ifndef AGENT_FUNCTIONS_H
#define AGENT_FUNCTIONS_H

#include <stddef.h>

#include "util/err.h"

/*
 * The functions that probe set @set means on this machine: "all" is the path of a map and an unmap
 * through the driver of its IOMMU, and the DMA API's entry points; of VT-d's they are the reference
 * tables' ten and two. "none" is no function, anything else is a comma list of function names, in
 * the form probes_open() takes them: names of any driver's "all" may be given by any of their
 * alternatives.
 *
 * *@list, of *@n names, is from malloc and becomes the caller's, to functions_free(). -EINVAL,
 * explained in @e: an empty or repeated name, or too many.
 */
int functions_select(const char *set, char ***list, size_t *n, struct err *e);

/* The same with the driver of the IOMMU, as iommu_driver() names it; NULL for none. */
int functions_select_of(const char *driver, const char *set, char ***list, size_t *n,
			struct err *e);

void functions_free(char **list, size_t n);

#endif
