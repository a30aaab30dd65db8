// SPDX-License-Identifier: GPL-2.0
/* What each line of a report is. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/keys.h"
#include "import/name.h"
#include "import/section.h"
#include "import/value.h"

/* The longest key of a metric that is not known: longer ones are prose. */
enum { KEY_MAX = 50 };

/* "KEY: NUMBER", or prose. A known KEY must have its number; others may be prose. */
static int take_metric(struct reader *r, char *line)
{
	bool outside = r->section && section_has_data(r->section) && r->fenced && !r->in_fence;
	char *colon = strchr(line, ':'), *value, *unit, slug[IMPORT_SLUG_MAX];
	const char *known;
	double number;
	int ret;

	if (!colon)
		return 0;
	*colon = '\0';
	value_slug(line, slug, sizeof(slug));
	known = keys_metric(slug);
	if (!known && (!*slug || strlen(slug) > KEY_MAX || !r->section || outside))
		return 0;
	value = colon + 1 + strspn(colon + 1, " \t*`");
	unit = value + strcspn(value, " \t*`%");
	if (known && !outside && !keys_unit_fits(known, unit))
		return table_wrong(&r->at, "%s: '%.60s' has another unit than the reports have: "
				   "convert it, and leave the unit out", slug, value);
	if ((!known || outside) && unit[strspn(unit, " \t*`")])
		return 0;
	*unit = '\0';
	ret = value_real(value, &number);
	if (ret && (!known || outside))
		return 0;
	if (ret)
		return table_wrong(&r->at, "%s: '%.60s' %s: correct it, or remove the line", slug,
				   value, value_fault(ret));
	ret = section_need(r);
	return ret ? ret : section_add_metric(r, known ? known : slug, number);
}

static int begin_table(struct reader *r, char *line)
{
	int ret = section_need(r);

	if (ret)
		return ret;
	if (table_read_header(line, &r->at, &r->table))
		return -EINVAL;
	r->in_table = true;
	r->gap = false;
	return 0;
}

static int take_row(struct reader *r, char *line)
{
	struct import_row row;

	r->gap = false;
	/* Its buckets are too wide to be of use, and the last is cut off. */
	if (r->table.at[TABLE_HISTOGRAM] >= 0)
		return 0;
	if (table_read_row(line, &r->at, &r->table, &row))
		return -EINVAL;
	return section_add_row(r, &row);
}

/* "Reading eBPF stats from .../RUN-RUN-0/ebpf_guest_stats.csv" */
static bool is_reading(const char *line)
{
	return !strncasecmp(line, "Reading ", 8) && strstr(line, "stats");
}

static int take_reading(struct reader *r, const char *line)
{
	const char *at, *last = NULL;
	int ret = section_need(r);

	if (ret)
		return ret;
	for (at = strstr(line, "-RUN-"); at; at = strstr(at + 1, "-RUN-"))
		last = at + strlen("-RUN-");
	r->run = last && isdigit((unsigned char)*last) ? (int)strtol(last, NULL, 10) : -1;
	r->new_run = true;
	return 0;
}

static bool is_header(const char *line)
{
	char *copy = strdup(line);
	bool is = copy && table_is_header(copy);

	free(copy);
	return is;
}

/* Is @line a row of the open table? What follows an empty line may be prose again. */
static bool continues_table(const struct reader *r, const char *line)
{
	struct name_banner banner;

	if (!isalnum((unsigned char)*line) && *line != '_')
		return false;
	if (strchr(line, ':') || is_reading(line) || is_header(line) ||
	    name_read_banner(line, &banner) ||
	    name_is_run(line, banner.name, sizeof(banner.name)))
		return false;
	return !r->gap || isdigit((unsigned char)*line) || table_is_stray_row(line);
}

static int take_text(struct reader *r, char *line)
{
	struct name_banner banner;

	if (name_is_heading(line))
		return section_take_heading(r, line);
	if (name_read_banner(line, &banner))
		return banner.stddev ? section_take_stddev(r, banner.name) :
				       section_take_name(r, banner.name, true);
	if (name_is_run(line, banner.name, sizeof(banner.name)))
		return section_take_name(r, banner.name, false);
	if (is_reading(line))
		return take_reading(r, line);
	if (is_header(line))
		return begin_table(r, line);
	if (table_is_stray_row(line))
		return table_wrong(&r->at, "a row without the header of its table: restore the "
				   "line that names the columns");
	return take_metric(r, line);
}

static int take_line(struct reader *r, char *line)
{
	size_t len = strlen(line);

	while (len && isspace((unsigned char)line[len - 1]))
		line[--len] = '\0';
	line += strspn(line, " \t\v\f\r");
	if (!*line) {
		r->gap = true;
		return 0;
	}
	if (!strncmp(line, "```", 3) || !strncmp(line, "~~~", 3)) {
		r->in_fence = !r->in_fence;
		r->in_table = false;
		return 0;
	}
	if (r->in_table && continues_table(r, line))
		return take_row(r, line);
	r->in_table = false;
	return take_text(r, line);
}

/* Every line of @text, each in a buffer of its own that it may be cut up in. */
static int take_lines(struct reader *r, const char *text, size_t len)
{
	const char *end = text + len, *newline;
	char *line;
	int ret;

	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		text += 3;
	for (r->at.line = 1; text < end; r->at.line++, text = newline + (newline < end)) {
		newline = memchr(text, '\n', end - text);
		newline = newline ? newline : end;
		if (memchr(text, '\0', newline - text))
			return table_wrong(&r->at, "a NUL byte: this is no text in UTF-8");
		line = strndup(text, newline - text);
		if (!line)
			return section_no_memory(r);
		ret = take_line(r, line);
		free(line);
		if (ret)
			return ret;
	}
	return 0;
}

int import_text_parse(const char *text, size_t len, const char *file, struct import_text *out,
		      struct err *e)
{
	struct reader r = { .at = { .file = file, .e = e }, .out = out };
	int ret;

	*out = (struct import_text){};
	ret = take_lines(&r, text, len);
	if (!ret)
		ret = section_check_all(&r);
	free(r.heading);
	if (ret)
		import_text_free(out);
	return ret;
}
