// SPDX-License-Identifier: GPL-2.0
/* iommu-perf history kernels: scenarios over the stock kernels of Debian's archive. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd.h"
#include "report/kernels_page.h"
#include "testbed/probes.h"
#include "util/file.h"
#include "util/places.h"

static void usage(FILE *out)
{
	fputs("Usage: iommu-perf history kernels DIR [SCENARIO...] [--kernels A..B] [--keep]\n"
	      "                               [--db FILE] [--markdown PAGE.md] [--notes FILE]\n"
	      "Scenarios over the stock kernels of Debian's archive: a table with a row a kernel, by\n"
	      "version, and what changed when. Without scenarios: strict-bare-1flows and\n"
	      "lazy-bare-1flows.\n"
	      "\n"
	      "  --kernels A..B   first fetch each kernel from A to B, such as 6.1..7.3, measure it\n"
	      "                   on the counted clock, and remove it. Records go to\n"
	      "                   DIR/RELEASE/SCENARIO.json and into the history. Where there is\n"
	      "                   none, RELEASE/SCENARIO.reason says why; what has either is not\n"
	      "                   run again. It can be stopped at any time\n"
	      "  --keep           leave the kernels in the cache, some 20 MB each\n"
	      "  --db FILE        that history; else DIR/history.db, apart from that of runs whose\n"
	      "                   probes are others\n"
	      "  --markdown FILE  write the page there, and a picture of each scenario beside it\n"
	      "  --notes FILE     why there were changes, a line each: VERSION TEXT\n"
	      "\n"
	      "Exit: 0 done; 2 wrong usage, or nothing to be read; 3 some kernels could not be\n"
	      "fetched.\n", out);
}

static const char *const usual[] = { "strict-bare-1flows", "lazy-bare-1flows" };

enum { USUAL = sizeof(usual) / sizeof(usual[0]) };

struct arguments {
	const char *dir, *range, *db, *page, *notes;
	const char *const *scenarios;
	size_t nr_scenarios;
	bool keep;
};

/* Have lib/testbed/kernels.sh measure what is missing: its exit code, or -ENOMEM or -errno. */
static int measure(const struct arguments *a, struct err *e)
{
	const char **argv = calloc(a->nr_scenarios + 9, sizeof(*argv));
	char *script = places_source("lib/testbed/kernels.sh"), program[1000];
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
	int status = -1, ret = 0;
	pid_t pid;

	if (!argv || !script || len < 0) {
		ret = err_set(e, script ? ENOMEM : ENOENT, script ? "out of memory" :
			      "history kernels: it takes the source tree that this program was "
			      "built in");
		goto out;
	}
	program[len] = '\0';
	memcpy(argv, (const char *[]){ script, "run", program, a->range, a->dir, a->db,
				       a->keep ? "keep" : "", PROBES_OF_ALL_KERNELS },
	       8 * sizeof(*argv));
	memcpy(argv + 8, a->scenarios, a->nr_scenarios * sizeof(*argv));
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		execv(script, (char *const *)argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		ret = err_set(e, EIO, "%s was ended", script);
	else
		ret = WEXITSTATUS(status);
out:
	free(argv);
	free(script);
	return ret;
}

/* PAGE-SCENARIO.svg of PAGE.md; from malloc. */
static char *picture_name(const char *page, const char *scenario)
{
	size_t len = strlen(page);
	char *name;

	if (len > 3 && !strcmp(page + len - 3, ".md"))
		len -= 3;
	return asprintf(&name, "%.*s-%s.svg", (int)len, page, scenario) < 0 ? NULL : name;
}

typedef int writer(FILE *out, const struct kernels_page *p, size_t scenario);

static int write_page(FILE *out, const struct kernels_page *p, size_t scenario)
{
	(void)scenario;
	report_kernels_page(out, p);
	return 0;
}

static int write_file(const char *path, writer *write, const struct kernels_page *p,
		      size_t scenario, struct err *e)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int ret = out ? write(out, p, scenario) : -ENOMEM;

	if (out && fclose(out))
		ret = -ENOMEM;
	ret = ret ? err_set(e, ENOMEM, "out of memory") : file_write_atomic(path, text, len, e);
	free(text);
	return ret;
}

static int write_all(const struct arguments *a, struct kernels_page *p, struct err *e)
{
	const char **names = calloc(a->nr_scenarios, sizeof(*names));
	char **paths = calloc(a->nr_scenarios, sizeof(*paths)), *slash;
	int ret = names && paths ? 0 : err_set(e, ENOMEM, "out of memory");
	size_t i;

	for (i = 0; !ret && i < a->nr_scenarios; i++) {
		paths[i] = picture_name(a->page, a->scenarios[i]);
		if (!paths[i]) {
			ret = err_set(e, ENOMEM, "out of memory");
			break;
		}
		slash = strrchr(paths[i], '/');
		names[i] = slash ? slash + 1 : paths[i];
		ret = write_file(paths[i], report_kernels_picture, p, i, e);
	}
	p->pictures = names;
	if (!ret)
		ret = write_file(a->page, write_page, p, 0, e);
	for (i = 0; paths && i < a->nr_scenarios; i++)
		free(paths[i]);
	free(paths);
	free(names);
	return ret;
}

/* The command that makes the page; from malloc. */
static char *command_of(const struct arguments *a)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	fputs("iommu-perf history kernels DIR", out);
	for (size_t i = 0; a->scenarios != usual && i < a->nr_scenarios; i++)
		fprintf(out, " %s", a->scenarios[i]);
	if (a->range)
		fprintf(out, " --kernels %s", a->range);
	if (a->notes)
		fprintf(out, " --notes %s", a->notes);
	fprintf(out, " --markdown %s", a->page);
	return fclose(out) ? NULL : text;
}

static int report(const struct arguments *a, struct err *e)
{
	struct kernels k = {
		.scenarios = a->scenarios, .nr_scenarios = a->nr_scenarios,
		.metrics = kernels_page_metrics, .nr_metrics = kernels_page_nr_metrics,
	};
	struct kernel_change *changes = NULL;
	struct kernels_page page = { .kernels = &k };
	char *notes = NULL, *command = a->page ? command_of(a) : NULL;
	size_t len;
	int ret = kernels_load(a->dir, &k, e);

	if (!ret && a->notes)
		ret = file_read(a->notes, &notes, &len, e);
	if (!ret && kernels_changes(&k, &changes, &page.nr_changes))
		ret = err_set(e, ENOMEM, "out of memory");
	page.changes = changes;
	page.notes = notes;
	page.command = command;
	if (!ret && a->page)
		ret = write_all(a, &page, e);
	else if (!ret)
		report_kernels_page(stdout, &page);
	free(changes);
	free(notes);
	free(command);
	kernels_free(&k);
	return ret;
}

static int check_scenario(const char *name, struct err *e)
{
	struct scenario s;
	int ret = scenario_parse(name, &s, e);

	if (!ret && scenario_two_levels(&s))
		ret = err_set(e, EINVAL, "history kernels: %s has two levels, and this measures "
			      "scenarios of one", name);
	return ret;
}

static int run(const struct arguments *a, struct err *e)
{
	int ret = 0, code = 0;
	size_t i;

	for (i = 0; !ret && i < a->nr_scenarios; i++)
		ret = check_scenario(a->scenarios[i], e);
	if (!ret && a->range)
		ret = code = measure(a, e);
	if (ret > 1)
		return ret;	/* it said why */
	if (ret >= 0)
		ret = report(a, e);
	return ret ? cmd_error("%s", e->text) : code ? EXIT_INVALID : EXIT_OK;
}

int cmd_history_kernels(int argc, char **argv)
{
	static const struct option options[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ "keep", no_argument, NULL, 'k' },
		{ "kernels", required_argument, NULL, 'r' },
		{ "markdown", required_argument, NULL, 'm' },
		{ "notes", required_argument, NULL, 'n' },
		{ NULL, 0, NULL, 0 }
	};
	char *db = NULL;
	struct arguments a = { .scenarios = usual, .nr_scenarios = USUAL };
	struct err e;
	int c, code;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'd': a.db = optarg; break;
		case 'k': a.keep = true; break;
		case 'm': a.page = optarg; break;
		case 'n': a.notes = optarg; break;
		case 'r': a.range = optarg; break;
		case 'h':
			usage(stdout);
			return EXIT_OK;
		default:
			return cmd_error("see 'iommu-perf history kernels --help'");
		}
	}
	if (optind == argc)
		return cmd_error("history kernels: which folder of records? See --help");
	a.dir = argv[optind++];
	if (optind < argc) {
		a.scenarios = (const char *const *)argv + optind;
		a.nr_scenarios = argc - optind;
	}
	if (!a.db && asprintf(&db, "%s/history.db", a.dir) < 0)
		return cmd_error("out of memory");
	if (!a.db)
		a.db = db;
	code = run(&a, &e);
	free(db);
	return code;
}
