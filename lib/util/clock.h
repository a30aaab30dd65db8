/* SPDX-License-Identifier: GPL-2.0 */
/* CLOCK_MONOTONIC, since an unspecified moment that does not change. */
#ifndef UTIL_CLOCK_H
#define UTIL_CLOCK_H

#include <stdint.h>

uint64_t now_ns(void);
long long now_ms(void);

void clock_sleep_ms(int ms);

#endif
