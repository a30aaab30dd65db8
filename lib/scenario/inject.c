// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/inject.h"

#define HOST "host:"

static const char *const names[] = {
	[INJECT_DOORBELL] = "doorbell",
	[INJECT_LOCK] = "lock",
	[INJECT_FLUSH] = "flush",
};

static enum inject_kind kind_of(const char *name)
{
	for (enum inject_kind k = INJECT_DOORBELL; k <= INJECT_FLUSH; k++)
		if (!strcmp(name, names[k]))
			return k;
	return INJECT_FUNCTION;
}

static int bad(const char *text, struct err *e)
{
	return err_set(e, EINVAL, "--inject %s: it is FUNCTION:N, doorbell:N, lock:N[:ABOVE] or "
		       "flush:EVERY, with " HOST " before it for the host of a guest", text);
}

/* The digits at *@p as a number, of at most @max, into *@out; *@p moves behind them. */
static int take_number(const char **p, uint32_t max, uint32_t *out)
{
	char *end;
	unsigned long long n;

	if (!isdigit((unsigned char)**p))
		return -EINVAL;
	errno = 0;
	n = strtoull(*p, &end, 10);
	if (errno || n > max)
		return -ERANGE;
	*p = end;
	*out = n;
	return 0;
}

/* What stands before the colon: a C name, or where the compiler made a part of it, with dots. */
static int take_name(const char **p, char name[INJECT_FUNCTION_MAX])
{
	size_t n = 0;

	while (isalnum((unsigned char)(*p)[n]) || (*p)[n] == '_' || (*p)[n] == '.')
		n++;
	if (!n || n >= INJECT_FUNCTION_MAX || (*p)[n] != ':')
		return -EINVAL;
	memcpy(name, *p, n);
	name[n] = '\0';
	*p += n + 1;
	return 0;
}

int inject_parse(const char *text, struct inject *out, struct err *e)
{
	const char *p = text;
	int ret;

	memset(out, 0, sizeof(*out));
	out->host = !strncmp(text, HOST, strlen(HOST));
	if (out->host)
		p += strlen(HOST);
	if (take_name(&p, out->function))
		return bad(text, e);
	out->kind = kind_of(out->function);
	if (out->kind != INJECT_FUNCTION)
		memset(out->function, 0, sizeof(out->function));
	ret = take_number(&p, INJECT_MAX, &out->n);
	if (ret == -ERANGE)
		return err_set(e, EINVAL, "--inject %s: the number is one from 0 to %d", text,
			       INJECT_MAX);
	if (!ret && out->kind == INJECT_LOCK && *p == ':') {
		p++;
		ret = take_number(&p, INJECT_ABOVE_MAX, &out->above);
		if (ret == -ERANGE)
			return err_set(e, EINVAL, "--inject %s: ABOVE is a number from 0 to %d",
				       text, INJECT_ABOVE_MAX);
	}
	return ret || *p ? bad(text, e) : 0;
}

void inject_print(const struct inject *in, char buf[INJECT_TEXT_MAX])
{
	const char *name = in->kind == INJECT_FUNCTION ? in->function : names[in->kind];
	int n;

	buf[0] = '\0';
	if (in->kind == INJECT_NONE)
		return;
	n = snprintf(buf, INJECT_TEXT_MAX, "%s%s:%" PRIu32, in->host ? HOST : "", name, in->n);
	if (in->above)
		snprintf(buf + n, INJECT_TEXT_MAX - n, ":%" PRIu32, in->above);
}
