// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/matrix.h"
#include "util/file.h"

static int add(struct matrix *m, const char *line, const char *path, int number, struct err *e)
{
	struct matrix_entry *to = &m->list[m->n];
	char name[64], tier[16], rest[2];
	struct err why;
	size_t i;

	if (m->n == MATRIX_MAX)
		return err_set(e, E2BIG, "%s:%d: more than %d scenarios", path, number, MATRIX_MAX);
	if (sscanf(line, "%63s %15s %1s", name, tier, rest) != 2)
		return err_set(e, EINVAL, "%s:%d: must be 'SCENARIO TIER'", path, number);
	if (scenario_parse(name, &to->scenario, &why))
		return err_set(e, EINVAL, "%s:%d: %.900s", path, number, why.text);
	if (strcmp(tier, "quick") && strcmp(tier, "full"))
		return err_set(e, EINVAL, "%s:%d: tier '%s' must be quick or full", path, number,
			       tier);
	for (i = 0; i < m->n; i++)
		if (!strcmp(m->list[i].scenario.name, name))
			return err_set(e, EINVAL, "%s:%d: %s was named before", path, number, name);
	to->quick = !strcmp(tier, "quick");
	m->n++;
	return 0;
}

int matrix_load(const char *path, struct matrix *m, struct err *e)
{
	char *text, *line, *rest;
	int number = 0, ret;
	size_t len;

	m->n = 0;
	ret = file_read(path, &text, &len, e);
	if (ret)
		return ret;
	rest = text;
	while (!ret && (line = strsep(&rest, "\n"))) {
		number++;
		if (line[strspn(line, " \t")] && line[0] != '#')
			ret = add(m, line, path, number, e);
	}
	free(text);
	return ret;
}
