// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <string.h>

#include "judge/metrics.h"
#include "report/topology.h"

/* The functions that say how often something is done, of the first that the kernel has. */
static const char *const maps[] = { "iommu_map", NULL };
static const char *const unmaps[] = { "__iommu_unmap", NULL };
static const char *const flushes[] = {
	"qi_submit_sync", "__arm_smmu_cmdq_issue_cmdlist", "arm_smmu_cmdq_issue_cmdlist", NULL
};

static const struct metric *count_of(const struct metrics *m, const char *level,
				     const char *const *functions)
{
	const struct metric *found = NULL;
	char name[128];

	for (; *functions && (!found || found->state != METRIC_PRESENT); functions++) {
		snprintf(name, sizeof(name), "%s%s.count_per_page", level, *functions);
		found = metrics_find(m, name);
	}
	return found;
}

/* "3.2 maps", or what is not known of it. */
static void put(char text[64], const struct metric *m, const char *what)
{
	if (m && m->state == METRIC_PRESENT)
		snprintf(text, 64, "%.4g %s", m->value, what);
	else
		snprintf(text, 64, "%s not counted", what);
}

__attribute__((format(printf, 4, 5)))
static void add(struct topology *t, size_t box, const char **lines, const char *fmt, ...)
{
	size_t n = t->chart.boxes[box].n++;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(t->text[box][n], sizeof(t->text[box][n]), fmt, ap);
	va_end(ap);
	lines[n] = t->text[box][n];
}

/* What one kernel does for a page, below its name. */
static void describe(struct topology *t, size_t box, const struct metrics *m, const char *level,
		     const char *kernel, const char *driver, const char *domain)
{
	const char **lines = t->chart.boxes[box].lines;
	char text[64];

	add(t, box, lines, "%.*s", (int)strcspn(kernel ? kernel : "", " "), kernel ? kernel : "");
	add(t, box, lines, "%s, %s", driver ? driver : "no IOMMU", domain ? domain : "no domain");
	put(text, count_of(m, level, maps), "maps a page");
	add(t, box, lines, "%s", text);
	put(text, count_of(m, level, unmaps), "unmaps a page");
	add(t, box, lines, "%s", text);
	put(text, count_of(m, level, flushes), "flushes a page");
	add(t, box, lines, "%s", text);
}

static void add_emulator(struct topology *t, const struct record *r)
{
	const char **lines = t->chart.boxes[2].lines;

	add(t, 2, lines, "QEMU %.*s", (int)strcspn(r->env.qemu ? r->env.qemu : "", " "),
	    r->env.qemu ? r->env.qemu : "");
	add(t, 2, lines, "%s clock", r->env.clock);
	add(t, 2, lines, "plays the IOMMU,");
	add(t, 2, lines, "the assigned NIC");
	add(t, 2, lines, "and the peer's");
}

void topology_of(const struct record *r, struct topology *t)
{
	static const char *const titles[TOPOLOGY_BOXES] = {
		"guest: the subject", "host", "this machine"
	};
	static struct metrics m;
	size_t i;

	memset(t, 0, sizeof(*t));
	metrics_derive(r, &m);
	describe(t, 0, &m, "", r->env.kernel, r->env.iommu_driver, r->mode.domain_type);
	describe(t, 1, &m, RECORD_HOST, r->host.kernel, r->host.iommu_driver, r->host.domain_type);
	add_emulator(t, r);
	put(t->links[0], metrics_find(&m, "host_exits_per_page"), "exits");
	put(t->links[1], metrics_find(&m, "host_ioctls_per_page"), "ioctls");
	for (i = 0; i < TOPOLOGY_BOXES; i++)
		t->chart.boxes[i].title = titles[i];
	t->chart.links[0] = t->links[0];
	t->chart.links[1] = t->links[1];
}
