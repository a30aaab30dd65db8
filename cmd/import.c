// SPDX-License-Identifier: GPL-2.0
#include <getopt.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "import/import.h"
#include "util/file.h"

struct imported {
	struct record **records;
	char **paths;
	size_t n;
};

static void usage(FILE *out)
{
	fputs("Usage: iommu-perf import FILE... --out DIR\n"
	      "Read reports of the reference study ('-' is standard input), and write each run in\n"
	      "them as a record of the testbed \"imported\": DIR/SCENARIO.json, SCENARIO.2.json\n"
	      "and so on. What a report does not say is absent in the record, with the reason.\n"
	      "\n"
	      "  --out DIR   write the records there\n"
	      "\n"
	      "Exit: 0 all were written; 2 something cannot be read: then no record is written.\n",
	      out);
}

static int add_all(struct imported *to, struct record **records, size_t n)
{
	struct record **grown = reallocarray(to->records, to->n + n, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	memcpy(grown + to->n, records, n * sizeof(*grown));
	to->records = grown;
	to->n += n;
	return 0;
}

static int read_one(const char *file, struct imported *to, struct err *e)
{
	struct record **records;
	char *text;
	size_t len, n;
	int ret;

	ret = file_read(strcmp(file, "-") ? file : "/dev/stdin", &text, &len, e);
	if (ret)
		return ret;
	ret = import_records(text, len, file, &records, &n, e);
	free(text);
	if (ret)
		return ret;
	ret = add_all(to, records, n);
	if (!ret) {
		free(records);
		return 0;
	}
	cmd_free_records(records, n);
	return err_set(e, ENOMEM, "out of memory");
}

/* DIR/SCENARIO.json for the first record of a scenario, then DIR/SCENARIO.2.json, ... */
static int name_all(struct imported *of, const char *dir, struct err *e)
{
	const char *name;
	int nth, len;

	of->paths = calloc(of->n, sizeof(of->paths[0]));
	for (size_t i = 0; of->paths && i < of->n; i++) {
		name = of->records[i]->scenario.name;
		nth = 1;
		for (size_t j = 0; j < i; j++)
			nth += !strcmp(of->records[j]->scenario.name, name);
		if (nth == 1)
			len = asprintf(&of->paths[i], "%s/%s.json", dir, name);
		else
			len = asprintf(&of->paths[i], "%s/%s.%d.json", dir, name, nth);
		if (len < 0)
			return err_set(e, ENOMEM, "out of memory");
	}
	return of->paths ? 0 : err_set(e, ENOMEM, "out of memory");
}

/* Can each be read again? Asked before the first is written. */
static int prove_all(const struct imported *of, struct err *e)
{
	struct record *again;
	char *text;
	int ret = 0;

	for (size_t i = 0; !ret && i < of->n; i++) {
		text = record_print(of->records[i]);
		if (!text)
			return err_set(e, ENOMEM, "out of memory");
		ret = record_parse(text, strlen(text), of->paths[i], &again, e);
		if (!ret)
			record_free(again);
		free(text);
	}
	return ret;
}

/* All or none: what is new is removed again if a later one cannot be written. */
static int write_all(const struct imported *of, const char *dir, struct err *e)
{
	bool *is_new = calloc(of->n, sizeof(*is_new));
	int ret = is_new ? file_make_folders(dir, e) : err_set(e, ENOMEM, "out of memory");
	size_t i, done = 0;

	for (i = 0; !ret && i < of->n; i++) {
		is_new[i] = access(of->paths[i], F_OK);
		ret = record_save(of->records[i], of->paths[i], e);
		done += !ret;
	}
	for (i = 0; ret && i < done; i++)
		if (is_new[i])
			unlink(of->paths[i]);
	free(is_new);
	return ret;
}

static int import(char **files, size_t n, const char *dir)
{
	struct imported all = {};
	struct err e;
	int ret = 0, code = EXIT_OK;
	size_t i;

	for (i = 0; !ret && i < n; i++)
		ret = read_one(files[i], &all, &e);
	if (!ret)
		ret = name_all(&all, dir, &e);
	if (!ret)
		ret = prove_all(&all, &e);
	if (!ret)
		ret = write_all(&all, dir, &e);
	if (ret)
		code = cmd_error("%s", e.text);
	for (i = 0; !ret && i < all.n; i++)
		puts(all.paths[i]);
	for (i = 0; all.paths && i < all.n; i++)
		free(all.paths[i]);
	free(all.paths);
	cmd_free_records(all.records, all.n);
	return code;
}

int cmd_import(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "out", required_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 }
	};
	const char *dir = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'h') {
			usage(stdout);
			return EXIT_OK;
		}
		if (c != 'o')
			return cmd_error("see 'iommu-perf import --help'");
		dir = optarg;
	}
	if (optind == argc)
		return cmd_error("import: which files? See 'iommu-perf import --help'");
	if (!dir || !*dir)
		return cmd_error("import: where to? Give --out DIR");
	return import(argv + optind, argc - optind, dir);
}
