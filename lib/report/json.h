/* SPDX-License-Identifier: GPL-2.0 */
/* What the tables show, as JSON. */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <stdio.h>

#include "judge/verdict.h"

/* {"judgements": [...]} : verdicts and metrics of each; @names are the records' files. */
void report_json(FILE *out, struct judgement *const *list, const char *const *names, size_t n);

/* {"checks": [...]} : validity alone, of each. */
void report_checks_json(FILE *out, struct judgement *const *list, const char *const *names,
			size_t n);

#endif
