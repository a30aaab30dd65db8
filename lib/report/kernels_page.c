// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "report/kernels_page.h"

const char *const kernels_page_metrics[] = {
	"map_ns_per_page", "unmap_ns_per_page", "flush_ns_per_page", "submit_ns_per_page",
	"iommu_dma_map_page.count_per_page", "flushes_per_page", "flushes_per_unmap",
	"iommu_dma_map_page.mean_ns", "__iommu_map.mean_ns",
	"iommu_dma_unmap_page.mean_ns", "__iommu_unmap.mean_ns",
	"intel_iommu_tlb_sync.mean_ns", "qi_submit_sync.mean_ns",
};

enum { METRICS = sizeof(kernels_page_metrics) / sizeof(kernels_page_metrics[0]) };
enum { COLUMNS = 7 };	/* the first of them are in the table */
const size_t kernels_page_nr_metrics = METRICS;

static const char *const titles[COLUMNS] = {
	"map", "unmap", "flush", "submit", "maps", "submits", "submits/unmap",
};

/* Of how many kernels there is a record. */
static size_t count_run(const struct kernels *k)
{
	size_t i, s, n = 0;
	bool any;

	for (i = 0; i < k->n; i++) {
		for (any = false, s = 0; s < k->nr_scenarios; s++)
			any |= k->list[i].runs[s].values != NULL;
		n += any;
	}
	return n;
}

static void put_intro(FILE *out, const struct kernels_page *p)
{
	fprintf(out,
		"<!-- SPDX-License-Identifier: GPL-2.0 -->\n"
		"<!-- Made by iommu-perf history kernels --markdown: do not edit. -->\n"
		"# What DMA protection costs, kernel by kernel\n\n"
		"Stock kernels of Debian, amd64, each booted anew on the same emulated machine with "
		"VT-d, whose NIC's DMA is translated. The numbers are what a kernel does for 4096 "
		"bytes of TCP payload. Of %zu kernels %zu ran; why others did not is in their "
		"rows.\n\n"
		"**They are lengths of paths, not latencies**: the machine's clock advances by 2 ns "
		"for each instruction of the kernel, so a value in ns is twice a number of "
		"instructions. Caches, contention and the IOMMU's own time do not exist here: it "
		"is an emulated one, whose invalidations return at once. What shows as a few "
		"hundred ns may take microseconds of hardware; how often it is done is the same.\n\n"
		"Each kernel ran once, from a boot of its own. Eight boots of 6.12.118 differed by up "
		"to 0.5 %% in what a call takes and 1 %% in what a page takes (greatest and least; "
		"lazy-bare-1flows); changes are held to 0.6 %% or 3 ns of a path and 1 %% of a count. "
		"Only functions that all these kernels have were traced, so that as many probes are "
		"in the paths of all. What a probe costs depends on the kernel's tracing: where all "
		"functions change by the same few ns, the probes did, and not the path.\n\n",
		p->kernels->n, count_run(p->kernels));
	if (p->command)
		fprintf(out, "Made, and brought up to date, by\n\n    %s\n\n", p->command);
}

static void put_columns(FILE *out)
{
	fputs("In ns a page, of the DMA API with all that it calls: **map** "
	      "(`iommu_dma_map_page`, `iommu_dma_map_phys`), **unmap** (`iommu_dma_unmap_page`, "
	      "`iommu_dma_unmap_phys`). **flush**: `intel_iommu_tlb_sync`, within unmap; where "
	      "flushes are lazy it is never called. **submit**: `qi_submit_sync`, handing an "
	      "invalidation to the hardware and waiting for it; within flush where that is "
	      "strict. **maps** and **submits** are calls for a page, **submits/unmap** for a call "
	      "of `__iommu_unmap`.\n\n", out);
}

static void put_value(FILE *out, double value, size_t metric)
{
	if (isnan(value))
		fputs(" - |", out);
	else if (metric < 4)
		fprintf(out, " %.0f |", value);
	else
		fprintf(out, " %.4g |", value);
}

static void put_table(FILE *out, const struct kernels *k, size_t scenario)
{
	const struct kernel_run *run;
	size_t i, m;

	fprintf(out, "## %s\n\n| kernel | package |", k->scenarios[scenario]);
	for (m = 0; m < COLUMNS; m++)
		fprintf(out, " %s |", titles[m]);
	fputs("\n|---|---|", out);
	for (m = 0; m < COLUMNS; m++)
		fputs("--:|", out);
	fputc('\n', out);
	for (i = 0; i < k->n; i++) {
		run = &k->list[i].runs[scenario];
		fprintf(out, "| %s | %s, %s |", k->list[i].release, k->list[i].version,
			k->list[i].suite);
		for (m = 0; m < COLUMNS && run->values; m++)
			put_value(out, run->values[m], m);
		if (!run->values)
			fprintf(out, " %s |", run->reason);
		fputc('\n', out);
	}
	fputc('\n', out);
}

/* Of each metric that some kernels lack, why, and of how many. */
static void put_absent(FILE *out, const struct kernels *k, size_t scenario)
{
	const char *why, *first;
	size_t i, m, n;

	for (m = 0; m < k->nr_metrics; m++) {
		for (first = NULL, n = i = 0; i < k->n; i++) {
			const struct kernel_run *run = &k->list[i].runs[scenario];

			why = run->absent ? run->absent[m] : NULL;
			n += why != NULL;
			if (why && !first)
				first = why;
		}
		if (first)
			fprintf(out, "- `%s` is absent on %zu kernel%s: %s.\n", k->metrics[m], n,
				n == 1 ? "" : "s", first);
	}
	fputc('\n', out);
}

/* The length of "6.12" in "6.12.118-1". */
static size_t series_len(const char *version)
{
	size_t major = strspn(version, "0123456789");

	return version[major] == '.' ? major + 1 + strspn(version + major + 1, "0123456789") : major;
}

static bool same_series(const struct kernel *a, const struct kernel *b)
{
	size_t len = series_len(a->version);

	return len == series_len(b->version) && !strncmp(a->version, b->version, len);
}

/* A row for the newest kernel of each series of Linux that has a record. */
static void put_glance(FILE *out, const struct kernels *k)
{
	const struct kernel *newest;
	size_t i, s, m;

	fputs("In ns a page, of the newest kernel of each series:\n\n| kernel |", out);
	for (s = 0; s < k->nr_scenarios; s++)
		fprintf(out, " %s: map | unmap | flush | submit |", k->scenarios[s]);
	fputs("\n|---|", out);
	for (s = 0; s < 4 * k->nr_scenarios; s++)
		fputs("--:|", out);
	fputc('\n', out);
	for (newest = NULL, i = 0; i < k->n; i++) {
		if (k->list[i].runs[0].values)
			newest = &k->list[i];
		if (!newest || (i + 1 < k->n && same_series(&k->list[i], &k->list[i + 1])))
			continue;
		fprintf(out, "| %s |", newest->release);
		for (s = 0; s < k->nr_scenarios; s++)
			for (m = 0; m < 4; m++)
				put_value(out, newest->runs[s].values ? newest->runs[s].values[m] :
					  NAN, m);
		fputc('\n', out);
		newest = NULL;
	}
	fputc('\n', out);
}

/* The kernels whose traced functions are not those of the one before. */
static void put_probes(FILE *out, const struct kernels *k, size_t scenario)
{
	const struct kernel_run *run, *before = NULL;
	size_t i;

	for (i = 0; i < k->n; i++) {
		run = &k->list[i].runs[scenario];
		if (!run->values)
			continue;
		if (before && strcmp(before->traced, run->traced))
			fprintf(out, "- From %s on other functions could be traced (%s): the "
				"probes' cost in its paths is not that of the kernels before.\n",
				k->list[i].release, run->traced);
		before = run;
	}
}

static const char *unit(const struct kernels *k, size_t metric)
{
	struct metric define;

	return metric_define(k->metrics[metric], "counted", &define) ? define.unit : "";
}

static void put_change(FILE *out, const struct kernels *k, const struct kernel_change *c)
{
	fprintf(out, "| %s | `%s` | %.5g %s | %.5g |", k->scenarios[c->scenario],
		k->metrics[c->metric], c->from, unit(k, c->metric), c->to);
	if (c->from)
		fprintf(out, " %+.1f %% |", 100 * (c->to - c->from) / fabs(c->from));
	else
		fputs(" |", out);
	if (c->found)
		fprintf(out, " %.3g |", c->p);
	else
		fputs(" |", out);
	fprintf(out, "%s\n", c->other_probes ? " other probes" : "");
}

/* The lines of the notes that are of @version; their number. */
static size_t put_notes(FILE *out, const char *notes, const char *version)
{
	const char *line, *end, *text;
	char wanted[64];
	size_t n = 0, len;

	for (line = notes; line && *line; line = *end ? end + 1 : end) {
		end = line + strcspn(line, "\n");
		len = strcspn(line, " \n");
		text = line + len + strspn(line + len, " ");
		if (*line == '#' || len >= sizeof(wanted) || text >= end)
			continue;
		snprintf(wanted, sizeof(wanted), "%.*s", (int)len, line);
		if (!kernels_is_version(version, wanted))
			continue;
		fprintf(out, "\n%.*s\n", (int)(end - text), text);
		n++;
	}
	return n;
}

static void put_changes(FILE *out, const struct kernels_page *p)
{
	const struct kernels *k = p->kernels;
	const struct kernel_change *c, *end = p->changes + p->nr_changes;
	size_t kernel;

	fputs("## What changed when\n\nBy E-divisive with p <= 0.001 among at least 12 kernels, and "
	      "by more than the tolerance: those have a p, and medians on both sides. Without a p: "
	      "a step between two neighbours, by more than twice the tolerance, with too few kernels "
	      "on a side to test it. Below each: which change in Linux explains it, as far as that "
	      "is known. A kernel may have it from a stable release.\n", out);
	for (c = p->changes; c < end;) {
		kernel = c->kernel;
		fprintf(out, "\n### %s, after %s\n\n| scenario | metric | before | after | change | p |\n"
			"|---|---|--:|--:|--:|--:|\n", k->list[kernel].release,
			k->list[c->before].release);
		for (; c < end && c->kernel == kernel; c++)
			put_change(out, k, c);
		if (!put_notes(out, p->notes, k->list[kernel].version))
			fputs("\nNot known.\n", out);
	}
	if (!p->nr_changes)
		fputs("\nNothing.\n", out);
}

void report_kernels_page(FILE *out, const struct kernels_page *p)
{
	const struct kernels *k = p->kernels;
	size_t s;

	put_intro(out, p);
	put_columns(out);
	put_glance(out, k);
	for (s = 0; p->pictures && s < k->nr_scenarios; s++)
		fprintf(out, "![%s: the cost of a page, kernel by kernel](%s)\n\n", k->scenarios[s],
			p->pictures[s]);
	put_changes(out, p);
	fputs("\n# All kernels\n\n", out);
	for (s = 0; s < k->nr_scenarios; s++) {
		put_table(out, k, s);
		put_probes(out, k, s);
		put_absent(out, k, s);
	}
}
