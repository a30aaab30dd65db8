/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers and names as pandas and printf write them. */
#ifndef IMPORT_VALUE_H
#define IMPORT_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * All of @token as a number, plain or scientific. NAN where it stands for none: nan, inf, <NA>,
 * None. -EINVAL: it is no number; -ERANGE: no double is that great.
 */
int value_real(const char *token, double *out);

/*
 * All of @token as a whole number; "402547.0" and "4.0e+05" are. *@has: it is there, as above.
 * -EINVAL: it is no number; -EDOM: negative or not whole; -ERANGE: above 2^63-1, the most that a
 * record holds.
 */
int value_whole(const char *token, bool *has, uint64_t *out);

/* What such an errno means, to follow "'TOKEN' ". */
const char *value_fault(int err);

/* Does @token look as if it were meant to be a number? */
bool value_is_likely(const char *token);

/* @text in lower case, its letters and digits alone, with '_' between its words. */
void value_slug(const char *text, char *out, size_t size);

#endif
