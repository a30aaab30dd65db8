// SPDX-License-Identifier: GPL-2.0
/* Recognizing and reading the lines that say what was run. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "import/name.h"
#include "import/value.h"

enum { WORDS_MAX = 64, NUMBER_MAX = 1000000 };

struct words {
	char text[NAME_MAX_LENGTH];	/* cut up */
	char *list[WORDS_MAX];
	size_t n;
};

static void cut(const char *text, const char *separators, struct words *out)
{
	char *save, *word;

	out->n = 0;
	snprintf(out->text, sizeof(out->text), "%s", text);
	for (word = strtok_r(out->text, separators, &save); word && out->n < WORDS_MAX;
	     word = strtok_r(NULL, separators, &save))
		out->list[out->n++] = word;
}

/* The number at the start of @text, not above NUMBER_MAX; *@rest is what follows. */
static int number(const char *text, const char **rest)
{
	long n = 0;

	for (; isdigit((unsigned char)*text); text++)
		if (n <= NUMBER_MAX)
			n = 10 * n + *text - '0';
	*rest = text;
	return n <= NUMBER_MAX ? n : NUMBER_MAX;
}

/*
 * "8 flows", "8flows", "1 core", "Flows: 8", also among other words: the number, or 0. @what is
 * "flow" or "core".
 */
static int quantity(const char *part, const char *what)
{
	char slug[NAME_MAX_LENGTH], plural[16];
	struct words words;
	const char *rest;
	int n;

	value_slug(part, slug, sizeof(slug));
	snprintf(plural, sizeof(plural), "%ss", what);
	cut(slug, "_", &words);
	for (size_t i = 0; i < words.n; i++) {
		n = number(words.list[i], &rest);
		if (n && !*rest && i + 1 < words.n)
			rest = words.list[i + 1];
		if (n && (!strcmp(rest, what) || !strcmp(rest, plural)))
			return n;
	}
	if (words.n != 2 || (strcmp(words.list[0], what) && strcmp(words.list[0], plural)))
		return 0;
	n = number(words.list[1], &rest);
	return *rest ? 0 : n;
}

enum part { PART_OTHER, PART_GUEST, PART_HOST, PART_VIRTUALIZATION };

/* Which mode a part of a heading, "KEY: VALUE", is about. */
static enum part part_of(const char *part)
{
	char text[NAME_MAX_LENGTH], slug[NAME_MAX_LENGTH];
	const char *key;

	if (!strchr(part, ':'))
		return PART_OTHER;
	snprintf(text, sizeof(text), "%.*s", (int)strcspn(part, ":"), part);
	value_slug(text, slug, sizeof(slug));
	key = strrchr(slug, '_');	/* as in "1. Guest" */
	key = key ? key + 1 : slug;
	if (!strcmp(key, "guest"))
		return PART_GUEST;
	if (!strcmp(key, "host"))
		return PART_HOST;
	if (!strcmp(key, "virtualization") || !strcmp(key, "virt"))
		return PART_VIRTUALIZATION;
	return PART_OTHER;
}

#define PARTS	",;|"

bool name_heading_has_flows(const char *line)
{
	struct words parts;

	cut(line, PARTS, &parts);
	for (size_t i = 0; i < parts.n; i++)
		if (quantity(parts.list[i], "flow"))
			return true;
	return false;
}

bool name_is_heading(const char *line)
{
	struct words parts;
	size_t modes = 0;

	cut(line, PARTS, &parts);
	for (size_t i = 0; i < parts.n; i++)
		modes += part_of(parts.list[i]) != PART_OTHER;
	return modes > 1 || (modes && name_heading_has_flows(line));
}

bool name_read_banner(const char *line, struct name_banner *out)
{
	static const char title[] = "Run Metrics";
	char text[NAME_MAX_LENGTH + 64];
	size_t len;
	char *at;

	line += strspn(line, "-=#*> ");
	snprintf(text, sizeof(text), "%s", line);
	for (len = strlen(text); len && strchr("-=#* ", text[len - 1]);)
		text[--len] = '\0';
	*out = (struct name_banner){};
	if (len > 7 && !strcasecmp(text + len - 7, " stddev")) {
		out->stddev = true;
		text[len -= 7] = '\0';
	}
	if (len < strlen(title))
		return false;
	at = text + len - strlen(title);
	if (strcasecmp(at, title))
		return false;
	while (at > text && at[-1] == ' ')
		at--;
	*at = '\0';
	if (strpbrk(text, " \t") || strlen(text) >= sizeof(out->name))
		return false;
	strcpy(out->name, text);
	return true;
}

/* The number in a word such as "flow08" or "sokcetbuf1", or in the one after it; 0: none. */
static int numbered(const struct words *words, size_t i, const char *key)
{
	const char *rest;
	size_t len = strlen(key);
	int n;

	if (strncasecmp(words->list[i], key, len))
		return 0;
	rest = words->list[i] + len;
	rest += *rest == 's';
	if (!*rest && i + 1 < words->n)
		rest = words->list[i + 1];
	n = number(rest, &rest);
	return *rest ? 0 : n;
}

bool name_is_run(const char *line, char *name, size_t size)
{
	char text[NAME_MAX_LENGTH];
	struct words words;
	size_t len;

	line += strspn(line, "#*`> ");
	len = strcspn(line, "*`: \t");
	if (line[len + strspn(line + len, "*`: \t")] || len >= sizeof(text) || len >= size ||
	    memchr(line, '/', len))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)len, line);
	cut(text, "-_", &words);
	for (size_t i = 0; i < words.n && words.n > 3; i++) {
		if (!numbered(&words, i, "flow"))
			continue;
		snprintf(name, size, "%s", text);
		return true;
	}
	return false;
}

static int read_host(const char *word, struct name_facts *out)
{
	static const struct {
		const char *word;
		enum host_mode mode;
	} hosts[] = {
		{ "strict", HOST_STRICT },
		{ "on", HOST_STRICT },	/* the study boots with iommu.strict=1 */
		{ "lazy", HOST_LAZY },
		{ "passthrough", HOST_PASSTHROUGH },
		{ "pt", HOST_PASSTHROUGH },
		{ "off", HOST_OFF },
		{ "none", HOST_NONE },
	};

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		if (strcasecmp(hosts[i].word, word))
			continue;
		out->has_host = true;
		out->host = hosts[i].mode;
		return 0;
	}
	return -EINVAL;
}

static int read_guest(const char *word, struct name_facts *out)
{
	static const struct {
		const char *word;
		enum name_guest guest;
	} guests[] = {
		{ "off", NAME_GUEST_OFF },
		{ "bare", NAME_GUEST_BARE },
		{ "none", NAME_GUEST_BARE },
		{ "passthrough", NAME_GUEST_PASSTHROUGH },
		{ "pt", NAME_GUEST_PASSTHROUGH },
		{ "shadow", NAME_GUEST_SHADOW },
		{ "nested", NAME_GUEST_NESTED },
	};

	if (!strcasecmp(word, "strict"))
		out->flush = NAME_FLUSH_STRICT;
	else if (!strcasecmp(word, "lazy"))
		out->flush = NAME_FLUSH_LAZY;
	if (!strcasecmp(word, "strict") || !strcasecmp(word, "lazy") || !strcasecmp(word, "on"))
		return 0;
	for (size_t i = 0; i < sizeof(guests) / sizeof(guests[0]); i++) {
		if (strcasecmp(guests[i].word, word))
			continue;
		out->guest = guests[i].guest;
		return 0;
	}
	return -EINVAL;
}

/* One word of a part of a heading. The first that names a mode counts. */
static int read_word(enum part kind, const char *word, struct name_facts *out)
{
	enum name_guest guest = out->guest;

	if (kind == PART_HOST)
		return out->has_host ? 0 : read_host(word, out);
	if (read_guest(word, out))
		return -EINVAL;
	out->guest = guest ? guest : out->guest;
	return 0;
}

/* There may be more words, as in "IOMMU strict", but one must name a mode. */
static int read_part(const char *part, struct name_facts *out, struct err *e)
{
	const char *value = strchr(part, ':');
	enum part kind = part_of(part);
	bool known = false, on = false;
	struct words words;

	if (kind == PART_OTHER)
		return 0;
	cut(value + 1, " \t*_()`-", &words);
	/* "on" says less than any other mode. */
	for (size_t i = 0; i < words.n; i++) {
		on |= !strcasecmp(words.list[i], "on");
		if (strcasecmp(words.list[i], "on") && !read_word(kind, words.list[i], out))
			known = true;
	}
	if (on && !known)
		known = !read_word(kind, "on", out);
	if (!known)
		return err_set(e, EINVAL, "%s mode '%.40s' is not known: it may be %s",
			       kind == PART_HOST ? "host" : "guest", value + 1,
			       kind == PART_HOST ? "strict, lazy, passthrough, off or none" :
						   "nested, shadow, passthrough, off or bare");
	/* There is no guest where nothing is virtualized. */
	if (kind == PART_VIRTUALIZATION && out->guest == NAME_GUEST_OFF)
		out->guest = NAME_GUEST_BARE;
	return 0;
}

int name_read_heading(const char *line, struct name_facts *out, struct err *e)
{
	struct words parts;
	char slug[64];
	int n;

	*out = (struct name_facts){};
	cut(line, PARTS, &parts);
	for (size_t i = 0; i < parts.n; i++) {
		if (read_part(parts.list[i], out, e))
			return -EINVAL;
		n = quantity(parts.list[i], "flow");
		out->flows = n ? n : out->flows;
		n = quantity(parts.list[i], "core");
		out->cores = n ? n : out->cores;
		value_slug(parts.list[i], slug, sizeof(slug));
		out->tx |= !strcmp(slug, "tx");
		if (!strcmp(slug, "bare_metal"))
			out->guest = NAME_GUEST_BARE;
	}
	return 0;
}

/* "2025-10-01-00-54-16-": how long it is; 0: @name does not begin with a time. */
static size_t timestamp_length(const char *name)
{
	static const char shape[] = "dddd-dd-dd-dd-dd-dd-";
	size_t i;

	for (i = 0; shape[i]; i++)
		if (shape[i] == 'd' ? !isdigit((unsigned char)name[i]) : name[i] != shape[i])
			return 0;
	return i;
}

/* What stands between the time and the flows, if it looks like a release: digits and a dot. */
static void read_kernel(const char *name, struct name_facts *out)
{
	const char *start = name + timestamp_length(name), *rest, *end = strcasestr(start, "-flow");
	static const char *const ends[] = { "-iommu-on", "-iommu-off", "-host-", "-ring" };

	if (!end || !number(start, &rest) || *rest != '.' || !isdigit((unsigned char)rest[1]))
		return;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		rest = strstr(start, ends[i]);
		if (rest && rest < end)
			end = rest;
	}
	snprintf(out->kernel, sizeof(out->kernel), "%.*s", (int)(end - start), start);
}

/* "iommu-on", "iommu-off": a machine without guests. More words after it are about a guest. */
static void read_bare(const struct words *words, size_t i, struct name_facts *out)
{
	struct name_facts next = {};

	if (strcmp(words->list[i], "iommu") || i + 1 == words->n || out->has_host ||
	    (strcmp(words->list[i + 1], "on") && strcmp(words->list[i + 1], "off")))
		return;
	if (i + 2 < words->n && (!read_host(words->list[i + 2], &next) ||
				 !strcmp(words->list[i + 2], "host")))
		return;
	read_host(words->list[i + 1], out);
	out->guest = NAME_GUEST_BARE;
}

void name_read_run(const char *name, struct name_facts *out)
{
	struct words words;
	const char *rest;
	int n;

	*out = (struct name_facts){};
	read_kernel(name, out);
	cut(name + timestamp_length(name), "-_", &words);
	for (size_t i = 0; i < words.n; i++) {
		read_bare(&words, i, out);
		if (!strcmp(words.list[i], "host") && i + 1 < words.n)
			read_host(words.list[i + 1], out);
		if (!strcmp(words.list[i], "guest"))
			for (size_t j = i + 1; j < words.n && !read_guest(words.list[j], out);)
				j++;
		out->tx |= !strcmp(words.list[i], "tx");
		out->flows = out->flows ? out->flows : numbered(&words, i, "flow");
		out->ring = out->ring ? out->ring : numbered(&words, i, "ringbuf");
		if (!out->buffer_mb)
			out->buffer_mb = numbered(&words, i, "sokcetbuf");
		if (!out->buffer_mb)
			out->buffer_mb = numbered(&words, i, "socketbuf");
		n = number(words.list[i], &rest);
		if (n && (!strcmp(rest, "cores") || !strcmp(rest, "core")))
			out->cores = n;
	}
}
