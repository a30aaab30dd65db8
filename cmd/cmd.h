/* SPDX-License-Identifier: GPL-2.0 */
/* The verbs of iommu-perf, and what they share. */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include <stdbool.h>
#include <stddef.h>

#include "judge/verdict.h"
#include "record/record.h"
#include "util/err.h"

enum {
	EXIT_OK = 0,
	EXIT_REGRESSED = 1,	/* at least one regression */
	EXIT_USAGE = 2,		/* usage, or input that cannot be read */
	EXIT_INVALID = 3,	/* at least one invalid measurement */
	EXIT_SKIP = 4,		/* nothing could run, or nothing had a baseline */
};

/* Each takes its own name as argv[0] and returns an exit code. */
int cmd_baseline(int argc, char **argv);
int cmd_bisect(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_history(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_judge(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_selfcheck(int argc, char **argv);

/* Of history: it takes "kernels" as argv[0]. */
int cmd_history_kernels(int argc, char **argv);

/* Print "iommu-perf: message" to stderr; EXIT_USAGE. */
__attribute__((format(printf, 1, 2)))
int cmd_error(const char *fmt, ...);

/* The records in the files @names, all or none. The caller frees them with cmd_free_records(). */
int cmd_load_records(char **names, size_t n, struct record ***out, struct err *e);
void cmd_free_records(struct record **records, size_t n);

/* Judgements, each of the runs of one scenario and with its baseline. */
struct cmd_judged {
	struct judgement **list;
	struct baseline **baselines;
	char **names;		/* of their records, for people: "a.1.json and 4 more" */
	size_t n;
};

/*
 * Judge records, those together that are runs of one scenario, against the baseline in @file, or
 * where that is NULL against their own in the folder of the baselines. @names are their files. The
 * caller frees them with cmd_free_judged().
 */
int cmd_judge_records(struct record *const *records, char *const *names, size_t n,
		      const char *file, struct cmd_judged *out, struct err *e);

/* "FIRST", or "FIRST and 4 more" of @n records; from malloc. NULL: no memory. */
char *cmd_name_records(const char *first, size_t n);

/* Each by itself and without any baseline, for those who only ask whether the records are valid. */
int cmd_check_records(struct record *const *records, char *const *names, size_t n,
		      struct cmd_judged *out, struct err *e);
void cmd_free_judged(struct cmd_judged *judged);

/* Of the verbs that measure. A whole number from 1 to @max, the value of the option @what. */
int cmd_parse_count(const char *what, const char *text, int max, int *out, struct err *e);

/* The scenarios called @names; from malloc. */
int cmd_parse_scenarios(char **names, size_t n, struct scenario **out, struct err *e);

/* On SIGINT and SIGTERM say so and end, and the machine with this process. */
void cmd_end_when_interrupted(void);

/* Two kernels, measured in turn: see cmd/compare.c. */
struct cmd_kernels {
	char **dirs;		/* two */
	char **scenarios;	/* their names */
	size_t nr_scenarios;
	int runs;		/* of each kernel; 0: what the clock takes */
	const char *clock;	/* NULL: that of the environment */
	const char *iommu;	/* the same */
	const char *out;	/* records go to its folders base and test */
	int timeout_s;		/* of one machine; 0: the usual */
	bool fresh;
};

/* What measuring came to, by side. */
struct cmd_measured {
	struct record **records[2];
	char **names[2];	/* the files they are in */
	size_t n[2];
	size_t failed, skipped;
};

/* Measure both. An error ends all; a run that failed is told, counted, and left out. */
int cmd_measure_kernels(const struct cmd_kernels *k, struct cmd_measured *out, struct err *e);
void cmd_free_measured(struct cmd_measured *m);

#endif
