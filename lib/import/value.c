// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/value.h"

#define WHOLE_LIMIT	0x1p63	/* the first double above INT64_MAX */

static bool is_none(const char *token)
{
	static const char *const none[] = { "nan", "inf", "infinity", "<na>", "na", "none" };

	token += *token == '+' || *token == '-';
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (!strcasecmp(token, none[i]))
			return true;
	return false;
}

static size_t digits(const char **at)
{
	const char *start = *at;

	while (isdigit((unsigned char)**at))
		(*at)++;
	return *at - start;
}

/* strtod() alone would take hexadecimal numbers, leading blanks and trailing text. */
static bool is_decimal(const char *token)
{
	size_t n;

	token += *token == '+' || *token == '-';
	n = digits(&token);
	if (*token == '.') {
		token++;
		n += digits(&token);
	}
	if (!n)
		return false;
	if (*token == 'e' || *token == 'E') {
		token++;
		token += *token == '+' || *token == '-';
		if (!digits(&token))
			return false;
	}
	return !*token;
}

int value_real(const char *token, double *out)
{
	*out = NAN;
	if (is_none(token))
		return 0;
	if (!is_decimal(token))
		return -EINVAL;
	*out = strtod(token, NULL);
	return isfinite(*out) ? 0 : -ERANGE;
}

int value_whole(const char *token, bool *has, uint64_t *out)
{
	unsigned long long exact;
	double value;
	int ret = value_real(token, &value);

	*has = false;
	*out = 0;
	if (ret || isnan(value))
		return ret;
	if (*token == '-' || value != floor(value))
		return -EDOM;
	*out = value < WHOLE_LIMIT ? (uint64_t)value : 0;
	/* A double is exact up to 2^53 only. */
	if (!token[strspn(token, "+0123456789")]) {
		errno = 0;
		exact = strtoull(token, NULL, 10);
		if (errno || exact > INT64_MAX)
			return -ERANGE;
		*out = exact;
	} else if (value >= WHOLE_LIMIT) {
		return -ERANGE;
	}
	*has = true;
	return 0;
}

const char *value_fault(int err)
{
	switch (-err) {
	case EDOM:
		return "must be a whole number and not negative";
	case ERANGE:
		return "is too great a number";
	default:
		return "is not a number";
	}
}

bool value_is_likely(const char *token)
{
	if (is_none(token))
		return true;
	token += *token == '+' || *token == '-';
	token += *token == '.';
	return isdigit((unsigned char)*token);
}

void value_slug(const char *text, char *out, size_t size)
{
	size_t n = 0;

	for (; *text && n + 1 < size; text++) {
		if (isalnum((unsigned char)*text))
			out[n++] = tolower((unsigned char)*text);
		else if (n && out[n - 1] != '_')
			out[n++] = '_';
	}
	while (n && out[n - 1] == '_')
		n--;
	out[n] = '\0';
}
