/* SPDX-License-Identifier: GPL-2.0 */
/* The matrix of scenarios: tests/matrix, one "NAME TIER" a line. */
#ifndef SCENARIO_MATRIX_H
#define SCENARIO_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

#include "scenario/scenario.h"
#include "util/err.h"

enum { MATRIX_MAX = 1024 };

struct matrix_entry {
	struct scenario scenario;
	bool quick;	/* tier quick; otherwise full alone */
};

struct matrix {
	struct matrix_entry list[MATRIX_MAX];
	size_t n;
};

/* Read the file at @path. Negative errno with @e naming the line that is wrong. */
int matrix_load(const char *path, struct matrix *m, struct err *e);

#endif
