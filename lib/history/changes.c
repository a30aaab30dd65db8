// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "history/changes.h"
#include "judge/baseline.h"
#include "judge/gates.h"

static int no_memory(struct err *e)
{
	return err_set(e, ENOMEM, "out of memory");
}

double history_share(const struct history_segment *segment)
{
	double before = segment->part.median - segment->change;

	return before ? segment->change / fabs(before) : NAN;
}

static void free_metric(struct history_metric *m)
{
	size_t i;

	for (i = 0; i < m->nr_segments; i++) {
		history_free_record(&m->segments[i].first);
		history_free_record(&m->segments[i].last);
	}
	free(m->segments);
	free(m->values);
}

void history_free_study(struct history_study *study)
{
	size_t i;

	for (i = 0; i < study->n; i++)
		free_metric(&study->metrics[i]);
	free(study->metrics);
	*study = (struct history_study){};
}

/* What the metric is, and what it may differ by. */
static int define(struct history_metric *m, const struct history_series *s, const char *name,
		  struct err *e)
{
	bool report = !strcmp(s->testbed, "imported");
	struct scenario scenario;
	struct gate gate;

	if (!metric_define(name, s->clock, &m->define))
		return err_set(e, EINVAL, "'%s' is no metric: 'iommu-perf judge RECORD' lists those "
			       "of a record", name);
	if (scenario_parse(s->scenario, &scenario, e))
		return -EINVAL;
	gate = gate_usual(&m->define, s->clock, report, &scenario);
	m->rule.tolerance = gate.tolerance;
	m->rule.floor = gate.floor;
	return 0;
}

static int add_segment(struct history *h, struct history_metric *m,
		       const struct series_segment *part, const struct history_point *points,
		       struct err *e)
{
	struct history_segment *to = &m->segments[m->nr_segments++];
	int ret;

	to->part = *part;
	if (part->first) {
		to->change = part->median - to[-1].part.median;
		to->worse = m->define.better == BETTER_LOWER ? to->change > 0 : to->change < 0;
	}
	ret = history_find_record(h, points[part->first].record, &to->first, e);
	return ret ? ret : history_find_record(h, points[part->first + part->n - 1].record,
					       &to->last, e);
}

static int split(struct history *h, struct history_metric *m, const struct history_point *points,
		 struct err *e)
{
	struct series series;
	size_t i;
	int ret;

	m->values = malloc(m->n * sizeof(*m->values));
	if (!m->values)
		return no_memory(e);
	for (i = 0; i < m->n; i++)
		m->values[i] = points[i].value;
	if (series_split(m->values, m->n, &m->rule, &series))
		return no_memory(e);
	m->spread = series.spread;
	m->segments = calloc(series.n, sizeof(*m->segments));
	ret = m->segments ? 0 : no_memory(e);
	for (i = 0; !ret && i < series.n; i++)
		ret = add_segment(h, m, &series.list[i], points, e);
	free(series.list);
	return ret;
}

static int study_metric(struct history *h, const struct history_series *s, const char *name,
			const struct history_points *points, struct history_metric *m,
			struct err *e)
{
	int ret = define(m, s, name, e);

	m->n = points->n;
	return ret || !m->n ? ret : split(h, m, points->list, e);
}

/* The study's metrics are zeroed, and there is room for each name. */
static int study_metrics(struct history *h, struct history_study *study, const char *const *names,
			 size_t n, struct err *e)
{
	struct history_points *points = calloc(n + 1, sizeof(*points));
	size_t i;
	int ret = points ? history_points(h, study->series, names, n, points, e) : no_memory(e);

	for (i = 0; !ret && i < n; i++) {
		struct history_metric *m = &study->metrics[study->n];

		ret = study_metric(h, study->series, names[i], &points[i], m, e);
		if (ret)
			free_metric(m);
		else
			study->n += m->n > 0;
	}
	if (points)
		history_free_points(points, n);
	free(points);
	return ret;
}

int history_study(struct history *h, struct history_series *s, const char *const *named,
		  size_t nr_named, struct history_study *out, struct err *e)
{
	struct history_study study = { .series = s };
	size_t n = nr_named;
	char **gated = NULL;
	int ret = nr_named ? 0 : history_gated(h, s, &gated, &n, e);

	if (ret)
		return ret;
	study.metrics = calloc(n ? n : 1, sizeof(*study.metrics));
	ret = study.metrics ? study_metrics(h, &study, gated ? (const char *const *)gated : named, n,
					    e) : no_memory(e);
	if (!nr_named)
		history_free_names(gated, n);
	if (ret)
		history_free_study(&study);
	else
		*out = study;
	return ret;
}

/* Of one moment, in the order of the scenarios and then of the metrics. */
static int compare_changes(const void *a, const void *b)
{
	const struct history_change *x = a, *y = b;
	int order;

	if (x->segment->first.at != y->segment->first.at)
		return x->segment->first.at > y->segment->first.at ? -1 : 1;
	order = strcmp(x->series->scenario, y->series->scenario);
	if (!order && x->series->id != y->series->id)
		order = x->series->id < y->series->id ? -1 : 1;
	return order ? order : strcmp(x->metric->define.name, y->metric->define.name);
}

int history_changes(const struct history_study *studies, size_t n, long long since,
		    struct history_change **out, size_t *nr)
{
	const struct history_metric *m;
	size_t room = 0, i, k, s;

	for (i = 0; i < n; i++)
		for (k = 0; k < studies[i].n; k++)
			room += studies[i].metrics[k].nr_segments;
	*nr = 0;
	*out = calloc(room + 1, sizeof(**out));
	if (!*out)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		for (k = 0; k < studies[i].n; k++) {
			m = &studies[i].metrics[k];
			for (s = 1; s < m->nr_segments; s++)
				if (m->segments[s].first.at >= since)
					(*out)[(*nr)++] = (struct history_change){
						studies[i].series, m, &m->segments[s],
					};
		}
	qsort(*out, *nr, sizeof(**out), compare_changes);
	return 0;
}
