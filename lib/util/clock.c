// SPDX-License-Identifier: GPL-2.0
#include <time.h>

#include "util/clock.h"

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

long long now_ms(void)
{
	return now_ns() / 1000000;
}

void clock_sleep_ms(int ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}
