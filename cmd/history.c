// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd.h"
#include "report/history_table.h"
#include "util/date.h"
#include "util/file.h"
#include "util/places.h"

static void usage(FILE *out)
{
	fputs("Usage: iommu-perf history add RECORD... [--at TIME] [--db FILE]\n"
	      "       iommu-perf history list [--scenario SCENARIO] [--since TIME] [--db FILE]\n"
	      "       iommu-perf history show SCENARIO [--metric METRIC]... [--since TIME] [--json]\n"
	      "                               [--db FILE]\n"
	      "       iommu-perf history scan [--since TIME] [--json] [--db FILE]\n"
	      "       iommu-perf history kernels DIR [SCENARIO...] [--kernels A..B] [OPTION...]\n"
	      "add keeps the metrics of records. list says of which scenarios there are records.\n"
	      "show tells when a scenario's metrics changed; scan, what changed in all scenarios,\n"
	      "the newest first. Records are compared that a baseline would compare; the kernel\n"
	      "may differ. A change has p <= 0.001 among at least 12 records, and is greater than\n"
	      "the metric's tolerance. kernels is by version instead of time: see its --help.\n"
	      "\n"
	      "  --at TIME        when the records were measured; else when each file was written\n"
	      "  --db FILE        the history; else $IOMMU_PERF_HISTORY, else history.db in the\n"
	      "                   cache\n"
	      "  --json           as JSON\n"
	      "  --metric METRIC  look at this one; else at those that a baseline gates\n"
	      "  --since TIME     of list, records from then on; else changes from then on\n"
	      "TIME is UTC: 2026-11-26 or 2026-11-26T08:16:05.\n"
	      "\n"
	      "Exit: 0 done, whether there are changes or not; 2 otherwise, with every file as it\n"
	      "was; 3 added, but at least one record is invalid: it is kept, and in no series.\n", out);
}

enum { NAMED = 20 };	/* records that add says something of */

struct arguments {
	const char *db, *scenario;
	const char **metrics;	/* from malloc */
	size_t nr_metrics;
	bool json, dated;
	long long at, since;
};

/* When the record in @path was measured, seconds since 1970. */
static int moment_of(const struct arguments *a, const char *path, long long *at, struct err *e)
{
	struct stat st;

	*at = a->at;
	if (a->dated)
		return 0;
	if (stat(path, &st))
		return err_set(e, errno, "cannot open %s: %s", path, strerror(errno));
	*at = st.st_mtime;
	return 0;
}

static int read_entries(const struct arguments *a, char **names, size_t n,
			struct history_entries *to, struct err *e)
{
	long long at;
	char *text;
	size_t len, i;
	int ret = 0;

	for (i = 0; !ret && i < n; i++) {
		ret = moment_of(a, names[i], &at, e);
		if (!ret)
			ret = file_read(names[i], &text, &len, e);
		if (ret)
			break;
		ret = history_entries_add(to, names[i], text, len, at, e);
		free(text);
	}
	return ret;
}

/* Name what is not as usual, as much as can be read, then tell how many there are. */
static int tell(const struct arguments *a, const struct history_entries *entries)
{
	size_t i, added = 0, invalid = 0, named = 0;

	for (i = 0; i < entries->n; i++) {
		const struct history_entry *entry = &entries->list[i];

		added += entry->outcome == HISTORY_NEW;
		invalid += !!entry->invalid;
		if ((entry->outcome == HISTORY_NEW && !entry->invalid) || named++ >= NAMED)
			continue;
		if (entry->outcome == HISTORY_THERE)
			printf("%s: is there already, as %s\n", entry->path, entry->stored_as);
		else
			printf("%s: is in no series: %s\n", entry->path, entry->invalid);
	}
	if (named > NAMED)
		printf("... and %zu more\n", named - NAMED);
	printf("%s: %zu record%s added", a->db, added, added == 1 ? "" : "s");
	if (added < entries->n)
		printf(", %zu there already", entries->n - added);
	if (invalid)
		printf(", %zu invalid", invalid);
	putchar('\n');
	return invalid ? EXIT_INVALID : EXIT_OK;
}

/* The history is not touched before all records are known to be right. */
static int add(const struct arguments *a, char **names, size_t n)
{
	struct history_entries entries = {};
	struct history *h = NULL;
	struct err e;
	int ret, code;

	if (!n)
		return cmd_error("history add: which records? See 'iommu-perf history --help'");
	ret = read_entries(a, names, n, &entries, &e);
	if (!ret)
		ret = history_open_to_add(a->db, &h, &e);
	if (!ret)
		ret = history_store(h, &entries, &e);
	code = ret ? cmd_error("%s", e.text) : tell(a, &entries);
	history_close(h);
	history_entries_free(&entries);
	return code;
}

/* Is @name the name of a scenario? NULL is: all of them. */
static int check_scenario(const char *name, struct err *e)
{
	struct scenario scenario;

	return name ? scenario_parse(name, &scenario, e) : 0;
}

static int no_record(const struct arguments *a, const char *scenario, struct err *e)
{
	return err_set(e, ENOENT, "%s has no record of %s%s: 'iommu-perf history list' says what "
		       "it has", a->db, scenario ? scenario : "any scenario",
		       a->since == HISTORY_ALWAYS ? "" : " since then");
}

static int list(const struct arguments *a, char **names, size_t n)
{
	struct history_summary *list = NULL;
	struct history *h = NULL;
	struct err e;
	size_t nr = 0;
	int ret;

	if (n)
		return cmd_error("history list: '%s' is too much; see --help", names[0]);
	ret = check_scenario(a->scenario, &e);
	if (!ret)
		ret = history_open_to_read(a->db, &h, &e);
	if (!ret)
		ret = history_summarise(h, a->scenario, a->since, &list, &nr, &e);
	if (!ret && !nr && a->scenario)
		ret = no_record(a, a->scenario, &e);
	if (!ret && report_history_list(stdout, list, nr))
		ret = err_set(&e, ENOMEM, "out of memory");
	history_free_summaries(list, nr);
	history_close(h);
	return ret ? cmd_error("%s", e.text) : EXIT_OK;
}

/* All that is known of the series of @scenario; NULL: of all. */
struct studies {
	struct history_series *series;
	struct history_study *list;
	size_t n, done;
};

static void free_studies(struct studies *s)
{
	size_t i;

	for (i = 0; i < s->done; i++)
		history_free_study(&s->list[i]);
	free(s->list);
	history_free_series(s->series, s->n);
}

static int make_studies(const struct arguments *a, struct history *h, const char *scenario,
			struct studies *to, struct err *e)
{
	int ret = history_list_series(h, scenario, &to->series, &to->n, e);

	if (ret) {
		to->n = 0;
		to->series = NULL;
		return ret;
	}
	if (!to->n && scenario)
		return no_record(a, scenario, e);
	to->list = calloc(to->n + 1, sizeof(*to->list));
	if (!to->list)
		return err_set(e, ENOMEM, "out of memory");
	for (; !ret && to->done < to->n; to->done += !ret)
		ret = history_study(h, &to->series[to->done], a->metrics, a->nr_metrics,
				    &to->list[to->done], e);
	return ret;
}

/* Was each metric that was named found in a series? */
static int check_metrics(const struct arguments *a, const struct studies *s, const char *scenario,
			 struct err *e)
{
	size_t i, k, m;
	bool found;

	for (i = 0; i < a->nr_metrics; i++) {
		for (found = false, k = 0; k < s->n; k++)
			for (m = 0; m < s->list[k].n; m++)
				found |= !strcmp(s->list[k].metrics[m].define.name, a->metrics[i]);
		if (!found)
			return err_set(e, ENOENT, "no record of %s has the metric %s: 'iommu-perf "
				       "judge RECORD' lists those of a record", scenario,
				       a->metrics[i]);
	}
	return 0;
}

typedef int reporter(FILE *out, const struct history_study *studies, size_t n, long long since);

static int study(const struct arguments *a, const char *scenario, reporter *report)
{
	struct studies s = {};
	struct history *h = NULL;
	struct err e;
	int ret = check_scenario(scenario, &e);

	if (!ret)
		ret = history_open_to_read(a->db, &h, &e);
	if (!ret)
		ret = make_studies(a, h, scenario, &s, &e);
	if (!ret)
		ret = check_metrics(a, &s, scenario, &e);
	if (!ret && report(stdout, s.list, s.n, a->since))
		ret = err_set(&e, ENOMEM, "out of memory");
	free_studies(&s);
	history_close(h);
	return ret ? cmd_error("%s", e.text) : EXIT_OK;
}

static int show(const struct arguments *a, char **names, size_t n)
{
	if (n != 1)
		return cmd_error("history show: which one scenario? See --help");
	return study(a, names[0], a->json ? report_history_json : report_history);
}

static int scan(const struct arguments *a, char **names, size_t n)
{
	if (n)
		return cmd_error("history scan: '%s' is too much; see --help", names[0]);
	return study(a, NULL, a->json ? report_history_changes_json : report_history_changes);
}

static const struct action {
	const char *name;
	const char *options;	/* that it knows, beside --db */
	int (*run)(const struct arguments *a, char **names, size_t n);
} actions[] = {
	{ "add", "a", add },
	{ "list", "ct", list },
	{ "show", "mtj", show },
	{ "scan", "tj", scan },
};

static int dispatch(const struct arguments *a, const char *given, char **words, size_t n)
{
	size_t i;

	if (!n)
		return cmd_error("history add, list, show, scan or kernels? See --help");
	for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(words[0], actions[i].name))
			continue;
		if (strspn(given, actions[i].options) < strlen(given))
			return cmd_error("history %s has no such option; see --help", words[0]);
		return actions[i].run(a, words + 1, n - 1);
	}
	return cmd_error("history '%s' must be add, list, show, scan or kernels", words[0]);
}

/* Take one option into @a; the letters of those beside --db go to @given, which is zeroed. */
static int take(struct arguments *a, int option, char *given, struct err *e)
{
	if (option != 'd' && !strchr(given, option))
		given[strlen(given)] = option;
	switch (option) {
	case 'a':
		a->dated = true;
		return date_parse("--at", optarg, &a->at, e);
	case 'c':
		a->scenario = optarg;
		return 0;
	case 'd':
		a->db = optarg;
		return 0;
	case 'j':
		a->json = true;
		return 0;
	case 'm':
		a->metrics[a->nr_metrics++] = optarg;
		return 0;
	case 't':
		return date_parse("--since", optarg, &a->since, e);
	}
	return err_set(e, EINVAL, "see 'iommu-perf history --help'");
}

static int by_time(int argc, char **argv)
{
	static const struct option options[] = {
		{ "at", required_argument, NULL, 'a' },
		{ "db", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ "metric", required_argument, NULL, 'm' },
		{ "scenario", required_argument, NULL, 'c' },
		{ "since", required_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 }
	};
	char *db = places_history(), given[16] = "";
	struct arguments a = {
		.db = db, .metrics = calloc(argc, sizeof(*a.metrics)), .since = HISTORY_ALWAYS,
	};
	struct err e = { "out of memory" };
	int c, code = EXIT_OK, ret = db && a.metrics ? 0 : -ENOMEM;

	while (!ret && (c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'h') {
			usage(stdout);
			goto out;
		}
		ret = take(&a, c, given, &e);
	}
	code = ret ? cmd_error("%s", e.text) :
		     dispatch(&a, given, argv + optind, argc - optind);
out:
	free(a.metrics);
	free(db);
	return code;
}

int cmd_history(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "kernels"))
		return cmd_history_kernels(argc - 1, argv + 1);
	return by_time(argc, argv);
}
