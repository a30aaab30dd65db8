/* SPDX-License-Identifier: GPL-2.0 */
/* A series as a line of ASCII: "______|^^^^". */
#ifndef REPORT_PICTURE_H
#define REPORT_PICTURE_H

#include <stddef.h>

#include "history/series.h"

enum { PICTURE_COLUMNS = 32, PICTURE_SIZE = 2 * PICTURE_COLUMNS + 1 };

/*
 * Draw the @n elements of @x into @out, each column the median of as many: from low to high it is
 * one of "_.-=^", over their range, or over @least where that is wider, so that noise looks flat.
 * A bar stands before each element in @at (ascending, @nr of them). 0 or -ENOMEM.
 */
int picture_draw(const double *x, size_t n, double least, const size_t *at, size_t nr,
		 char out[PICTURE_SIZE]);

#endif
