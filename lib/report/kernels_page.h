/* SPDX-License-Identifier: GPL-2.0 */
/* Scenarios over many kernels as a page of Markdown, and its pictures. */
#ifndef REPORT_KERNELS_PAGE_H
#define REPORT_KERNELS_PAGE_H

#include <stdio.h>

#include "history/kernels.h"

/* The columns of the table of each scenario, and more metrics that changes are looked for in. */
extern const char *const kernels_page_metrics[];
extern const size_t kernels_page_nr_metrics;

struct kernels_page {
	const struct kernels *kernels;	/* of kernels_page_metrics */
	const struct kernel_change *changes;
	size_t nr_changes;
	/*
	 * Why there were changes, a line each: "VERSION TEXT", where VERSION is that of the first
	 * kernel after them, or its beginning. NULL: nothing is known.
	 */
	const char *notes;
	const char *command;	/* what makes the records */
	const char *const *pictures;	/* their files, one a scenario; NULL: none */
};

void report_kernels_page(FILE *out, const struct kernels_page *p);

/* The costs of a page over the kernels in @scenario. 0 or -ENOMEM. */
int report_kernels_picture(FILE *out, const struct kernels_page *p, size_t scenario);

#endif
