// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/name.h"
#include "import/section.h"

/* @list of @n with room for one more, zeroed. NULL: no memory, and @list is as it was. */
static void *grow(void *list, size_t n, size_t size)
{
	char *grown = realloc(list, (n + 1) * size);

	return grown ? (memset(grown + n * size, 0, size), grown) : NULL;
}

int section_no_memory(struct reader *r)
{
	return err_set(r->at.e, ENOMEM, "%s: out of memory", r->at.file);
}

bool section_has_data(const struct import_section *s)
{
	return s->nr_metrics || s->nr_runs;
}

/* A new section, which takes the heading that waits. */
static int open_section(struct reader *r)
{
	struct import_section *list = grow(r->out->sections, r->out->n, sizeof(*list)), *s;

	if (!list)
		return section_no_memory(r);
	r->out->sections = list;
	s = &list[r->out->n++];
	s->line = r->heading ? r->heading_line : r->at.line;
	s->heading = r->heading;
	s->heading_line = r->heading_line;
	r->heading = NULL;
	r->section = s;
	r->stddev = false;
	r->new_run = true;
	r->run = -1;
	return 0;
}

int section_need(struct reader *r)
{
	if (!r->section && !r->heading)
		return table_wrong(&r->at, "numbers that belong to no section: put its heading or "
				   "the line '------- RUN Run Metrics -------' before them");
	if (!r->section && open_section(r))
		return -ENOMEM;
	if (!section_has_data(r->section))
		r->fenced = r->in_fence;
	return 0;
}

static int drop_heading(struct reader *r)
{
	struct table_place at = r->at;

	at.line = r->heading_line;
	/* A title for all that follows names no number of flows. */
	if (r->heading && name_heading_has_flows(r->heading))
		return table_wrong(&at, "no numbers follow this heading: restore them, or remove "
				   "it");
	free(r->heading);
	r->heading = NULL;
	return 0;
}

int section_take_heading(struct reader *r, const char *line)
{
	struct import_section *s = r->section;
	char *copy;

	if (drop_heading(r))
		return -EINVAL;
	copy = strdup(line);
	if (!copy)
		return section_no_memory(r);
	if (s && !section_has_data(s) && !s->heading) {
		s->heading = copy;
		s->heading_line = r->at.line;
		return 0;
	}
	r->section = NULL;
	r->heading = copy;
	r->heading_line = r->at.line;
	return 0;
}

int section_take_name(struct reader *r, const char *name, bool banner)
{
	struct import_section *s = r->section;

	if (banner)
		r->stddev = false;
	if (s && !section_has_data(s) && (!*name || !s->name || !strcmp(s->name, name))) {
		if (*name && !s->name)
			s->name = strdup(name);
		return s->name || !*name ? 0 : section_no_memory(r);
	}
	/* Said once more inside its section, which only a new title ends. */
	if (s && !banner && s->name && !strcmp(s->name, name))
		return 0;
	if (s && !section_has_data(s))
		return table_wrong(&r->at, "another run's name, and the section that begins in "
				   "line %zu holds no numbers: correct the wrong name, or "
				   "restore them", s->line);
	if (open_section(r))
		return -ENOMEM;
	if (*name)
		r->section->name = strdup(name);
	return r->section->name || !*name ? 0 : section_no_memory(r);
}

int section_take_stddev(struct reader *r, const char *name)
{
	const struct import_section *s = r->section;

	if (!s || (*name && (!s->name || strcmp(s->name, name))))
		return table_wrong(&r->at, "the spread of a run whose metrics do not stand before "
				   "it: restore them, or remove this part");
	r->stddev = true;
	return 0;
}

int section_add_metric(struct reader *r, const char *slug, double value)
{
	struct import_section *s = r->section;
	struct import_metric *list, *m;
	char name[IMPORT_SLUG_MAX];

	snprintf(name, sizeof(name), "%.50s%s", slug, r->stddev ? "_stddev" : "");
	for (size_t i = 0; i < s->nr_metrics; i++)
		if (!strcmp(s->metrics[i].slug, name))
			return table_wrong(&r->at, "%s stands in line %zu too: remove the wrong "
					   "one", name, s->metrics[i].line);
	list = grow(s->metrics, s->nr_metrics, sizeof(*list));
	if (!list)
		return section_no_memory(r);
	s->metrics = list;
	m = &list[s->nr_metrics++];
	m->line = r->at.line;
	m->value = value;
	strcpy(m->slug, name);
	return 0;
}

/* The run that rows go to: a new one where "Reading eBPF stats from" stood before the table. */
static struct import_run *current_run(struct reader *r)
{
	struct import_section *s = r->section;
	struct import_run *list;

	if (s->nr_runs && !r->new_run)
		return &s->runs[s->nr_runs - 1];
	list = grow(s->runs, s->nr_runs, sizeof(*list));
	if (!list)
		return NULL;
	s->runs = list;
	r->new_run = false;
	list[s->nr_runs].number = r->run;
	return &list[s->nr_runs++];
}

int section_add_row(struct reader *r, const struct import_row *row)
{
	struct import_run *run = current_run(r);
	struct import_row *list;

	if (!run)
		return section_no_memory(r);
	for (size_t i = 0; i < run->nr_rows; i++)
		if (run->rows[i].core == row->core && !strcmp(run->rows[i].function, row->function))
			return table_wrong(&r->at, "%s stands in line %zu too: remove the wrong "
					   "row", row->function, run->rows[i].line);
	list = grow(run->rows, run->nr_rows, sizeof(*list));
	if (!list)
		return section_no_memory(r);
	run->rows = list;
	list[run->nr_rows] = *row;
	list[run->nr_rows].function = strdup(row->function);
	return list[run->nr_rows++].function ? 0 : section_no_memory(r);
}

int section_check_all(struct reader *r)
{
	struct table_place at = r->at;

	if (drop_heading(r))
		return -EINVAL;
	for (size_t i = 0; i < r->out->n; i++) {
		if (section_has_data(&r->out->sections[i]))
			continue;
		at.line = r->out->sections[i].line;
		return table_wrong(&at, "the section that begins here holds no numbers: restore "
				   "them, or remove its heading and its name");
	}
	at.line = 1;
	if (!r->out->n)
		return table_wrong(&at, "no section of a report in this file: one begins with "
				   "'------- RUN Run Metrics -------' or 'Guest: ..., Host: ..., N "
				   "flows, N cores'");
	return 0;
}

static void free_section(struct import_section *s)
{
	for (size_t i = 0; i < s->nr_runs; i++) {
		for (size_t j = 0; j < s->runs[i].nr_rows; j++)
			free(s->runs[i].rows[j].function);
		free(s->runs[i].rows);
	}
	free(s->runs);
	free(s->metrics);
	free(s->heading);
	free(s->name);
}

void import_text_free(struct import_text *t)
{
	for (size_t i = 0; i < t->n; i++)
		free_section(&t->sections[i]);
	free(t->sections);
	*t = (struct import_text){};
}
