// SPDX-License-Identifier: GPL-2.0
/* The texts in a PMU's folder. They need not end with a NUL, and may hold anything. */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/pmu.h"

struct cursor {
	const char *at, *end;
};

static struct cursor start(const char *text, size_t len)
{
	if (len && text[len - 1] == '\n')
		len--;
	return (struct cursor) { text, text + len };
}

static bool take(struct cursor *c, char wanted)
{
	if (c->at == c->end || *c->at != wanted)
		return false;
	c->at++;
	return true;
}

/* A decimal number without leading zeros, as "000f" is a mask and no list. */
static bool take_number(struct cursor *c, uint64_t max, uint64_t *out)
{
	const char *from = c->at;
	uint64_t value = 0;

	while (c->at < c->end && *c->at >= '0' && *c->at <= '9') {
		unsigned int digit = *c->at - '0';

		if (value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
		c->at++;
	}
	*out = value;
	return c->at > from && (*from != '0' || c->at == from + 1);
}

/* "5" or "0-7" */
static bool take_range(struct cursor *c, uint64_t max, uint64_t *low, uint64_t *high)
{
	if (!take_number(c, max, low))
		return false;
	*high = *low;
	return !take(c, '-') || (take_number(c, max, high) && *high >= *low);
}

/* The characters before the next of @ends into @out, NUL-terminated. False: too long or none. */
static bool take_word(struct cursor *c, const char *ends, char *out, size_t size)
{
	size_t n = 0;

	while (c->at < c->end && !memchr(ends, *c->at, strlen(ends)) && *c->at > ' ' &&
	       *c->at < 0x7f) {
		if (n + 1 == size)
			return false;
		out[n++] = *c->at++;
	}
	out[n] = '\0';
	return n;
}

/* Of a message: as much of the text as can be shown on its line. */
static const char *shown(const char *text, size_t len)
{
	static char buf[64];
	size_t i, n = len < sizeof(buf) - 1 ? len : sizeof(buf) - 1;

	if (n && n == len && text[n - 1] == '\n')
		n--;
	for (i = 0; i < n; i++)
		buf[i] = text[i] >= ' ' && text[i] < 0x7f ? text[i] : '?';
	buf[n] = '\0';
	return buf;
}

static bool config_of(const char *name, unsigned int *out)
{
	if (strncmp(name, "config", 6) || (name[6] && name[7]))
		return false;
	*out = name[6] ? name[6] - '0' : 0;
	return !name[6] || (name[6] >= '1' && name[6] < '0' + PMU_CONFIGS);
}

static uint64_t range_mask(unsigned int low, unsigned int high)
{
	return (~0ull >> (63 - high)) & (~0ull << low);
}

int pmu_parse_format(const char *text, size_t len, struct pmu_format *out, struct err *e)
{
	struct cursor c = start(text, len);
	uint64_t low, high, taken = 0;
	char word[16];

	memset(out, 0, sizeof(*out));
	if (!take_word(&c, ":", word, sizeof(word)) || !config_of(word, &out->config) ||
	    !take(&c, ':'))
		goto wrong;
	do {
		if (out->nr_ranges == PMU_RANGES_MAX || !take_range(&c, 63, &low, &high) ||
		    taken & range_mask(low, high))
			goto wrong;
		taken |= range_mask(low, high);
		out->ranges[out->nr_ranges++] = (struct pmu_range) { low, high };
	} while (take(&c, ','));
	if (c.at == c.end)
		return 0;
wrong:
	return err_set(e, EINVAL, "'%s' is no format; it looks like \"config1:0-7,16-31\"",
		       shown(text, len));
}

int pmu_parse_cpus(const char *text, size_t len, struct pmu_cpus *out, struct err *e)
{
	struct cursor c = start(text, len);
	uint64_t low, high;

	out->n = 0;
	do {
		if (!take_range(&c, 65535, &low, &high) || high - low >= PMU_CPUS_MAX - out->n ||
		    (out->n && low <= (uint64_t)out->list[out->n - 1]))
			return err_set(e, EINVAL, "'%s' is no list of CPUs; it looks like "
				       "\"0,18-19\"", shown(text, len));
		while (low <= high)
			out->list[out->n++] = low++;
	} while (take(&c, ','));
	if (c.at == c.end)
		return 0;
	return err_set(e, EINVAL, "'%s' is no list of CPUs; it looks like \"0,18-19\"",
		       shown(text, len));
}

int pmu_parse_type(const char *text, size_t len, uint32_t *out, struct err *e)
{
	struct cursor c = start(text, len);
	uint64_t value;

	if (!take_number(&c, UINT32_MAX, &value) || c.at != c.end)
		return err_set(e, EINVAL, "'%s' is no type of a PMU; it is a number",
			       shown(text, len));
	*out = value;
	return 0;
}

int pmu_parse_scale(const char *text, size_t len, double *out, struct err *e)
{
	struct cursor c = start(text, len);
	char word[64], *end;

	if (take_word(&c, "", word, sizeof(word)) && c.at == c.end &&
	    strspn(word, "0123456789.eE+-") == strlen(word)) {
		*out = strtod(word, &end);
		if (!*end && isfinite(*out) && *out > 0)
			return 0;
	}
	return err_set(e, EINVAL, "'%s' is no scale; it is a number above 0", shown(text, len));
}

static const struct pmu_format *find_format(const struct pmu *p, const char *name)
{
	for (size_t i = 0; i < p->nr_formats; i++)
		if (!strcmp(p->formats[i].name, name))
			return &p->formats[i];
	return NULL;
}

/* The bits that the term @f takes, and @value laid into them. False: it does not fit. */
static bool spread(const struct pmu_format *f, uint64_t value, uint64_t *bits, uint64_t *mask)
{
	*bits = *mask = 0;
	for (size_t i = 0; i < f->nr_ranges; i++) {
		const struct pmu_range *r = &f->ranges[i];
		uint64_t part = range_mask(r->low, r->high);

		*mask |= part;
		*bits |= value << r->low & part;
		value = r->high - r->low == 63 ? 0 : value >> (r->high - r->low + 1);
	}
	return !value;
}

static bool take_value(struct cursor *c, uint64_t *out)
{
	char word[32], *end;

	*out = 1;
	if (!take(c, '='))
		return true;
	if (!take_word(c, ",", word, sizeof(word)) || word[0] < '0' || word[0] > '9')
		return false;
	errno = 0;
	*out = strtoull(word, &end, 0);
	return !*end && !errno;
}

/* One term; @used holds the bits that earlier terms took. */
static int encode_term(const struct pmu *p, struct cursor *c, uint64_t config[PMU_CONFIGS],
		       uint64_t used[PMU_CONFIGS], struct err *e)
{
	const char *from = c->at;
	const struct pmu_format *f;
	uint64_t value, bits, mask;
	unsigned int to;
	char name[32];

	if (!take_word(c, "=,", name, sizeof(name)) || !take_value(c, &value))
		return err_set(e, EINVAL, "'%s' is no term; it looks like \"event=0x40\"",
			       shown(from, c->end - from));
	f = find_format(p, name);
	if (f) {
		to = f->config;
		if (!spread(f, value, &bits, &mask))
			return err_set(e, EINVAL, "%s=0x%llx does not fit the term's bits in %s",
				       name, (unsigned long long)value, p->name);
	} else if (config_of(name, &to)) {
		bits = value;
		mask = ~0ull;
	} else {
		return err_set(e, EINVAL, "%s has no term '%s'", p->name, name);
	}
	if (used[to] & mask)
		return err_set(e, EINVAL, "term '%s' takes bits that an earlier one took", name);
	used[to] |= mask;
	config[to] |= bits;
	return 0;
}

int pmu_encode(const struct pmu *p, const char *terms, size_t len, uint64_t config[PMU_CONFIGS],
	       struct err *e)
{
	uint64_t used[PMU_CONFIGS] = { 0 };
	struct cursor c = start(terms, len);
	int ret;

	memset(config, 0, PMU_CONFIGS * sizeof(*config));
	do {
		ret = encode_term(p, &c, config, used, e);
	} while (!ret && take(&c, ','));
	if (!ret && c.at != c.end)
		ret = err_set(e, EINVAL, "'%s' are no terms; they look like "
			      "\"event=0x40,umask=0x20\"", shown(terms, len));
	return ret;
}
