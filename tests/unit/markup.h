/* SPDX-License-Identifier: GPL-2.0 */
/* Is a text of HTML or SVG one that a browser takes as it was meant? */
#ifndef UNIT_MARKUP_H
#define UNIT_MARKUP_H

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { MARKUP_DEPTH = 64, MARKUP_NAME = 24 };

static inline bool markup_is_void(const char *name)
{
	return !strcmp(name, "meta") || !strcmp(name, "link");
}

/* The end of a tag from its name on, quotes respected; NULL: it has none, or a quote is missing. */
static inline const char *markup_tag_end(const char *at)
{
	bool quoted = false;

	for (; *at; at++) {
		if (*at == '"')
			quoted = !quoted;
		else if (*at == '<')
			return NULL;
		else if (*at == '>' && !quoted)
			return at;
	}
	return NULL;
}

/* An ampersand must begin an entity. */
static inline bool markup_entity(const char *at)
{
	const char *end = at + 1;

	while (isalnum((unsigned char)*end) || *end == '#')
		end++;
	return *end == ';' && end > at + 1;
}

/*
 * NULL where every element is closed in its turn, each attribute's quotes are too, and no number is
 * "nan" or "inf"; else what is wrong.
 */
static inline const char *markup_fault(const char *text)
{
	static char fault[160];
	char open[MARKUP_DEPTH][MARKUP_NAME], name[MARKUP_NAME];
	const char *at = text, *end;
	int depth = 0;

	if (strstr(text, "nan\"") || strstr(text, "inf\"") || strstr(text, "Mnan") ||
	    strstr(text, "\"nan") || strstr(text, "\"inf") || strstr(text, "\"-nan") ||
	    strstr(text, "nan,") || strstr(text, ",nan") || strstr(text, "inf,"))
		return "a number that is none";
	for (; *at; at++) {
		snprintf(fault, sizeof(fault), "at '%.60s'", at);
		if (*at == '&' && !markup_entity(at))
			return fault;
		if (*at != '<')
			continue;
		end = markup_tag_end(at + 1);
		if (!end)
			return fault;
		if (at[1] == '!' || end[-1] == '/') {
			at = end;
			continue;
		}
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(at + 1 + (at[1] == '/'), " >"),
			 at + 1 + (at[1] == '/'));
		if (at[1] == '/') {
			if (!depth || strcmp(open[--depth], name))
				return fault;
		} else if (!markup_is_void(name)) {
			if (depth == MARKUP_DEPTH)
				return "too deep";
			strcpy(open[depth++], name);
			if (!strcmp(name, "style"))	/* no markup in it */
				end = strstr(end, "</style>") - 1;
		}
		at = end;
	}
	snprintf(fault, sizeof(fault), "<%s> is not closed", depth ? open[depth - 1] : "");
	return depth ? fault : NULL;
}

#endif
