// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "util/date.h"

/* Does all of @text have the form @format, and is it a moment that there is? */
static int parse_as(const char *text, const char *format, long long *at)
{
	struct tm tm = { .tm_mday = 1 }, again;
	const char *end = strptime(text, format, &tm);
	time_t found;

	if (end && *end == 'Z')
		end++;
	if (!end || *end)
		return -EINVAL;
	again = tm;
	found = timegm(&again);
	/* strptime() takes February 30, which timegm() makes a day in March. */
	if (again.tm_mday != tm.tm_mday || again.tm_sec != tm.tm_sec)
		return -EINVAL;
	*at = found;
	return 0;
}

int date_parse(const char *what, const char *text, long long *at, struct err *e)
{
	static const char *const formats[] = {
		"%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M",
		"%Y-%m-%d %H:%M:%S",
	};
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (!parse_as(text, formats[i], at))
			return 0;
	return err_set(e, EINVAL, "%s '%.60s' must be a date or moment in UTC, such as 2026-11-26 "
		       "or 2026-11-26T08:16:05", what, text);
}

void date_print(char buf[DATE_TEXT], long long at)
{
	time_t moment = at;
	struct tm tm;

	if (!gmtime_r(&moment, &tm) || !strftime(buf, DATE_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(buf, DATE_TEXT, "%lld", at);
}
