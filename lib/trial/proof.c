// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/verdict.h"
#include "trial/proof.h"

/* Boots that are the reference, of seeds from here on; the next one is put to the proof. */
enum { REFERENCE = 3, FIRST_SEED = SHAPE_SEED };

/* What is injected, and the metric that must show it. The smallest that README's table has. */
static const struct proof_case {
	const char *inject;	/* NULL: nothing, and all must be ok */
	const char *metric;
} cases[] = {
	{ NULL, NULL },
	{ "qi_submit_sync:5", "qi_submit_sync.mean_ns" },
	{ "qi_submit_sync:50", "qi_submit_sync.mean_ns" },
	{ "__iommu_map:10", "__iommu_map.mean_ns" },
	{ "__iommu_unmap:10", "__iommu_unmap.mean_ns" },
	{ "iommu_dma_unmap_page:50", "iommu_dma_unmap_page.mean_ns" },
	{ "doorbell:10", "qi_submit_sync.mean_ns" },
	{ "flush:1000", "flushes_per_unmap" },
};

struct proof {
	struct emulated testbed;
	const struct scenario *scenario;
	FILE *out;
	struct record *reference[REFERENCE];
	struct baseline *baseline;
	int failures;
};

/* One run, with the machine's chance and the injection as asked for. */
static int measure(struct proof *p, unsigned int seed, const char *inject, struct record **out,
		   struct err *e)
{
	int ret = inject ? inject_parse(inject, &p->testbed.inject, e) : 0;

	if (!inject)
		p->testbed.inject = (struct inject) { .kind = INJECT_NONE };
	p->testbed.wish.seed = seed;
	return ret ? ret : emulated_run(&p->testbed, p->scenario, out, e);
}

static int make_reference(struct proof *p, struct err *e)
{
	int ret = 0;

	for (int i = 0; !ret && i < REFERENCE; i++)
		ret = measure(p, FIRST_SEED + i, NULL, &p->reference[i], e);
	if (!ret)
		ret = baseline_accept((const struct record *const *)p->reference, REFERENCE, "",
				      "reference", &p->baseline, e);
	return ret;
}

static const struct metric_verdict *find(const struct judgement *j, const char *name)
{
	for (size_t i = 0; i < j->n; i++)
		if (!strcmp(j->list[i].name, name))
			return &j->list[i];
	return NULL;
}

/* Say how @j came out of @c. True: as it must. */
static bool report(struct proof *p, const struct proof_case *c, const struct judgement *j)
{
	const struct metric_verdict *m = c->metric ? find(j, c->metric) : judgement_worst(j);
	bool good = c->inject ? m && m->gate && m->verdict == VERDICT_REGRESSED :
				j->verdict == VERDICT_OK;
	char change[32] = "-";

	if (m && m->baseline && m->baseline->value)
		snprintf(change, sizeof(change), "%+.3f %%",
			 100 * m->change / fabs(m->baseline->value));
	fprintf(p->out, "%-24s %-29s %10s  %-12s %s\n", c->inject ? c->inject : "nothing",
		m ? m->name : "-", change, verdict_name(c->inject && m ? m->verdict : j->verdict),
		good ? "as it must be" : "WRONG");
	fflush(p->out);
	return good;
}

/* Once, and where that is worse than the reference once more: as a trial does. */
static int try(struct proof *p, const struct proof_case *c, unsigned int seed, struct err *e)
{
	struct record *runs[2] = { NULL, NULL };
	struct judgement *j = NULL;
	size_t n = 0, wanted = 1;
	int ret = 0;

	while (!ret && n < wanted) {
		ret = measure(p, seed + n, c->inject, &runs[n], e);
		if (ret)
			break;
		free(j);
		j = judge_runs((const struct record *const *)runs, ++n, p->baseline, "");
		ret = j ? 0 : err_set(e, ENOMEM, "out of memory");
		if (j)
			wanted = judgement_wants(j);
	}
	if (!ret)
		p->failures += !report(p, c, j);
	free(j);
	record_free(runs[0]);
	record_free(runs[1]);
	return ret;
}

int proof_run(const struct emulated *t, const struct scenario *s, FILE *out, int *failures,
	      struct err *e)
{
	struct proof p = { .testbed = *t, .scenario = s, .out = out };
	int ret;

	p.testbed.unplain = true;
	fprintf(out, "%s, reference: %d boots\n%-24s %-29s %10s  %s\n", s->name, REFERENCE,
		"INJECTED", "METRIC", "CHANGE", "VERDICT");
	ret = make_reference(&p, e);
	for (size_t i = 0; !ret && i < sizeof(cases) / sizeof(cases[0]); i++)
		ret = try(&p, &cases[i], FIRST_SEED + REFERENCE, e);
	for (int i = 0; i < REFERENCE; i++)
		record_free(p.reference[i]);
	baseline_free(p.baseline);
	*failures = p.failures;
	return ret;
}
