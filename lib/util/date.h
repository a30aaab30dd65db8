/* SPDX-License-Identifier: GPL-2.0 */
/* Moments as text, ISO 8601, UTC. */
#ifndef UTIL_DATE_H
#define UTIL_DATE_H

#include "util/err.h"

enum { DATE_TEXT = 32 };

/*
 * The moment that @text names, seconds since 1970: "2026-11-26", then also "T08:16" or "T08:16:05"
 * (or a blank for the T) and "Z". -EINVAL with @e set; @what names the text there, as "--since".
 */
int date_parse(const char *what, const char *text, long long *at, struct err *e);

/* "2026-11-26T08:16:05Z"; of a year beyond 9999 the number of seconds. */
void date_print(char buf[DATE_TEXT], long long at);

#endif
