// SPDX-License-Identifier: GPL-2.0
/* What the parts of a report mean: a section becomes a record. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/functions.h"
#include "import/import.h"
#include "import/keys.h"
#include "import/name.h"
#include "import/table.h"
#include "import/text.h"
#include "util/version.h"

/* tcp_rmem and tcp_wmem of the study's set-up script, bytes for a buffer of 1 MB */
enum { RECEIVE_BUFFER = 2000000, SEND_BUFFER = 1000000, BUFFER_MB_MAX = 1000 };

struct list {
	struct record **records;
	size_t n;
};

static struct table_place place(const char *file, size_t line, struct err *e)
{
	return (struct table_place){ .file = file, .line = line, .e = e };
}

/* What heading and name say of the section. */
static int read_facts(const struct import_section *s, const char *file, struct name_facts *out,
		      struct err *e)
{
	struct table_place at = place(file, s->heading ? s->heading_line : s->line, e);
	struct name_facts name = {};
	struct err why;

	*out = (struct name_facts){};
	if (s->heading && name_read_heading(s->heading, out, &why))
		return table_wrong(&at, "%s", why.text);
	if (s->name)
		name_read_run(s->name, &name);
	if (name_merge(out, &name, &why))
		return table_wrong(&at, "%s: correct the wrong one", why.text);
	if (!out->cores)
		return table_wrong(&at, "neither a heading nor the run's name says how many cores: "
				   "put a heading such as 'Guest: nested, Host: IOMMU strict, 8 "
				   "flows, 8 cores' before it");
	if (out->cores > RECORD_CPUS_MAX)
		return table_wrong(&at, "%d cores are more than the %d that a record holds",
				   out->cores, RECORD_CPUS_MAX);
	return 0;
}

static int read_scenario(const struct import_section *s, const char *file,
			 const struct name_facts *facts, struct scenario *out, struct err *e)
{
	struct table_place at = place(file, s->heading ? s->heading_line : s->line, e);
	struct err why;

	if (!name_scenario(facts, out, &why))
		return 0;
	return table_wrong(&at, "%s: correct or add a heading such as 'Guest: nested, Host: IOMMU "
			   "strict, 8 flows, 8 cores'", why.text);
}

static bool set(char **to, const char *text)
{
	*to = strdup(text);
	return *to;
}

static bool set_absent(struct record *r, const char *const *fields, const char *reason)
{
	for (; *fields; fields++)
		if (record_set_absent(r, *fields, reason))
			return false;
	return true;
}

static bool add_environment(struct record *r, const struct import_section *s,
			    const struct name_facts *facts, const char *file)
{
	static const char *const unsaid[] = {
		"environment.qemu", "environment.machine", "environment.boot",
		"environment.build_id", "environment.cmdline", "environment.nic_driver",
		"environment.iommu_driver", "environment.iperf3", "environment.attach",
		"environment.tracer", NULL
	};
	bool named = facts->kernel[0];

	r->env.vcpus = facts->cores;
	if (asprintf(&r->reproduce, "iommu-perf import %s", file) < 0)
		r->reproduce = NULL;
	return r->reproduce && set(&r->env.testbed, "imported") && set(&r->env.clock, "real") &&
	       set(&r->env.suite, SUITE_VERSION) &&
	       set(&r->report, s->name ? s->name : s->heading) &&
	       (!named || set(&r->env.kernel, facts->kernel)) &&
	       (named || !record_set_absent(r, "environment.kernel",
					    "the run's name holds no release")) &&
	       set_absent(r, unsaid, "the report does not say");
}

static bool add_traffic(struct record *r, const struct name_facts *facts)
{
	static const char *const unsaid[] = {
		"traffic.congestion", "traffic.mtu", "traffic.offloads", NULL
	};
	static const char *const buffers[] = {
		"traffic.receive_buffer", "traffic.send_buffer", NULL
	};

	if (!set_absent(r, unsaid, "the report does not say"))
		return false;
	/* The study sets the ring of received packets alone. */
	r->traffic.ring_rx = facts->ring;
	if (!facts->ring && record_set_absent(r, "traffic.ring_rx",
					      "the run's name does not say"))
		return false;
	if (record_set_absent(r, "traffic.ring_tx", "the report does not say"))
		return false;
	if (!facts->buffer_mb || facts->buffer_mb > BUFFER_MB_MAX)
		return set_absent(r, buffers, "the run's name does not say");
	r->traffic.receive_buffer = facts->buffer_mb * RECEIVE_BUFFER;
	r->traffic.send_buffer = facts->buffer_mb * SEND_BUFFER;
	return true;
}

static bool add_absent(struct record *r)
{
	static const char *const unsaid[] = {
		"mode", "flows", "cpu", "tcp", "nic", "warnings", NULL
	};

	return set_absent(r, unsaid, "the report does not say") &&
	       !record_set_absent(r, "window", "the report gives no window") &&
	       !record_set_absent(r, "counters",
				  "the report gives rates per page, not what was counted") &&
	       !record_set_absent(r, "plain", "the report has no pass without probes");
}

static const struct import_metric *find_metric(const struct import_section *s, const char *slug)
{
	for (size_t i = 0; i < s->nr_metrics; i++)
		if (!strcmp(s->metrics[i].slug, slug))
			return &s->metrics[i];
	return NULL;
}

static int add_metrics(struct record *r, const struct import_section *s, const char *file,
		       struct err *e)
{
	char field[IMPORT_SLUG_MAX + 16];
	struct table_place at;
	int ret = 0;

	for (size_t i = 0; i < s->nr_metrics && !ret; i++) {
		at = place(file, s->metrics[i].line, e);
		snprintf(field, sizeof(field), "reported.%s", s->metrics[i].slug);
		if (isnan(s->metrics[i].value))
			ret = record_set_absent(r, field, "the report prints no number for it");
		else if (!functions_add_reported(r, s->metrics[i].slug, s->metrics[i].value))
			ret = -ENOSPC;
		if (ret)
			return table_wrong(&at, "more numbers than the %d that a record holds: "
					   "remove some", RECORD_REPORTED_MAX);
	}
	for (size_t i = 0; keys_metrics[i] && !ret; i++) {
		at = place(file, s->line, e);
		snprintf(field, sizeof(field), "reported.%s", keys_metrics[i]);
		if (!find_metric(s, keys_metrics[i]))
			ret = record_set_absent(r, field, "the report has no such line");
	}
	return ret ? table_wrong(&at, "too many numbers of this section are missing") : 0;
}

/* The record of @s, and of its @run, which may be NULL. */
static int make_record(const struct import_section *s, const struct import_run *run,
		       const char *file, struct record **out, struct err *e)
{
	struct record *r = record_new();
	struct name_facts facts;
	int ret;

	*out = r;
	if (!r)
		return err_set(e, ENOMEM, "%s: out of memory", file);
	ret = read_facts(s, file, &facts, e);
	if (!ret)
		ret = read_scenario(s, file, &facts, &r->scenario, e);
	if (!ret && (!add_environment(r, s, &facts, file) || !add_traffic(r, &facts) ||
		     !add_absent(r)))
		ret = err_set(e, ENOMEM, "%s: out of memory", file);
	if (!ret)
		ret = add_metrics(r, s, file, e);
	if (!ret)
		ret = functions_add(r, run, file, e);
	return ret;
}

static int add_record(struct list *list, const struct import_section *s,
		      const struct import_run *run, const char *file, struct err *e)
{
	struct record **grown = realloc(list->records, (list->n + 1) * sizeof(*grown));
	char *name;

	if (!grown)
		return err_set(e, ENOMEM, "%s: out of memory", file);
	list->records = grown;
	grown[list->n] = NULL;
	if (make_record(s, run, file, &grown[list->n++], e))
		return -EINVAL;
	/* Several runs under one name. */
	if (s->nr_runs < 2)
		return 0;
	if (asprintf(&name, "%s-RUN-%d", grown[list->n - 1]->report,
		     run->number >= 0 ? run->number : (int)(run - s->runs)) < 0)
		return err_set(e, ENOMEM, "%s: out of memory", file);
	free(grown[list->n - 1]->report);
	grown[list->n - 1]->report = name;
	return 0;
}

int import_records(const char *text, size_t len, const char *file, struct record ***out,
		   size_t *n, struct err *e)
{
	struct import_text t;
	struct list list = {};
	int ret;

	ret = import_text_parse(text, len, file, &t, e);
	if (ret)
		return ret;
	for (size_t i = 0; i < t.n && !ret; i++) {
		if (!t.sections[i].nr_runs)
			ret = add_record(&list, &t.sections[i], NULL, file, e);
		for (size_t j = 0; j < t.sections[i].nr_runs && !ret; j++)
			ret = add_record(&list, &t.sections[i], &t.sections[i].runs[j], file, e);
	}
	import_text_free(&t);
	*out = list.records;
	*n = list.n;
	if (!ret)
		return 0;
	for (size_t i = 0; i < list.n; i++)
		record_free(list.records[i]);
	free(list.records);
	return ret;
}
