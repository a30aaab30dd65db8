// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/perf_event.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/counters_plan.h"
#include "agent/pmu_events.h"

__attribute__((format(printf, 3, 4)))
static void set_none(struct plan *plan, const char *source, const char *fmt, ...)
{
	struct plan_none *none = &plan->none[plan->nr_none];
	va_list ap;

	if (plan->nr_none == PLAN_NONE_MAX)
		return;
	plan->nr_none++;
	none->source = source;
	va_start(ap, fmt);
	vsnprintf(none->why, sizeof(none->why), fmt, ap);
	va_end(ap);
}

static struct planned *add(struct plan *plan, const char *source, const char *device,
			   const char *event)
{
	struct planned *list = realloc(plan->list, (plan->n + 1) * sizeof(*list));

	if (!list)
		return NULL;
	plan->list = list;
	list[plan->n] = (struct planned) { .source = source, .device = device, .event = event };
	return &list[plan->n++];
}

static int set_absent(struct planned *p, const char *why)
{
	p->absent = strdup(why);
	return p->absent ? 0 : -ENOMEM;
}

/* Event @def of the device @pmu, whose folder could not be read if @wrong says why. */
static int add_event(struct plan *plan, const char *root, const struct pmu_source *source,
		     const struct event_definition *def, const struct pmu *pmu, const char *wrong)
{
	struct planned *p = add(plan, source->name, pmu->name, def->name);
	struct pmu_event event = { .unit = "" };
	struct err e;
	int ret;

	if (!p)
		return -ENOMEM;
	if (wrong)
		return set_absent(p, wrong);
	if (def->terms)
		ret = pmu_encode(pmu, def->terms, strlen(def->terms), event.config, &e);
	else
		ret = pmu_load_event(root, pmu, def->name, &event, &e);
	if (ret == -ENOENT)
		return set_absent(p, "this device has no such event");
	if (ret)
		return set_absent(p, e.text);
	snprintf(p->unit, sizeof(p->unit), "%s", event.unit[0] ? event.unit : def->unit);
	p->counter0 = def->counter0;
	p->type = pmu->type;
	memcpy(p->config, event.config, sizeof(p->config));
	p->cpus = &pmu->cpus;
	return 0;
}

static int add_device(struct plan *plan, const char *root, const struct pmu_source *source,
		      const char *name)
{
	struct pmu **pmus = realloc(plan->pmus, (plan->nr_pmus + 1) * sizeof(*pmus));
	struct pmu *pmu = malloc(sizeof(*pmu));
	struct err e;
	int ret;

	if (pmus)
		plan->pmus = pmus;
	if (!pmus || !pmu) {
		free(pmu);
		return -ENOMEM;
	}
	pmus[plan->nr_pmus++] = pmu;
	ret = pmu_load(root, name, pmu, &e);
	for (size_t i = 0; i < source->nr_events; i++)
		if (add_event(plan, root, source, &source->events[i], pmu,
			      ret ? e.text : NULL))
			return -ENOMEM;
	return 0;
}

static int add_source(struct plan *plan, const char *root, const struct pmu_source *source)
{
	char **names;
	int ret = pmu_find(root, source->prefix, &names);

	if (!ret && !names[0])
		set_none(plan, source->name, "there is no PMU %s* in %s" PMU_DEVICES
			 ": it takes %s", source->prefix, root, source->needs);
	for (size_t i = 0; !ret && names[i]; i++)
		ret = add_device(plan, root, source, names[i]);
	pmu_free_names(names);
	return ret;
}

/* IIO's codes hold for certain CPUs: why not for this one? */
static int add_unknown_iio(struct plan *plan, const char *root, const struct pmu_source *iio,
			   const struct cpu_model *cpu, const char *unread)
{
	size_t before = plan->nr_none;
	char **names;
	int ret = pmu_find(root, iio->prefix, &names);

	if (ret)
		return ret;
	if (!names[0])
		set_none(plan, "iio", "there is no PMU %s* in %s" PMU_DEVICES ": it takes %s",
			 iio->prefix, root, iio->needs);
	else if (unread)
		set_none(plan, "iio", "the CPU's model is not known: %s", unread);
	else
		set_none(plan, "iio", "the codes of IIO's events are not known for %s family %u "
			 "model 0x%02x", cpu->vendor, cpu->family, cpu->model);
	if (plan->nr_none > before)
		plan->none[before].unknown = names[0];
	pmu_free_names(names);
	return 0;
}

static int add_sources(struct plan *plan, const char *root)
{
	const struct pmu_source *iio = NULL;
	bool known = false;
	struct cpu_model cpu;
	struct err e = { "" };
	int ret = cpu_read_model(root, &cpu, &e);

	for (const struct pmu_source *s = pmu_sources; s < pmu_sources + pmu_nr_sources; s++) {
		if (s->models)
			iio = s;
		if (!pmu_source_knows(s, &cpu))
			continue;
		known = known || s->models;
		if (add_source(plan, root, s))
			return -ENOMEM;
	}
	return known ? 0 : add_unknown_iio(plan, root, iio, &cpu, ret ? e.text : NULL);
}

static int read_tracepoint(const char *root, const char *name, uint32_t *id, struct err *e)
{
	static const char *const folders[] = {
		"/sys/kernel/tracing", "/sys/kernel/debug/tracing",
	};
	char path[256], text[4097];
	size_t len;
	int ret = -ENOENT;

	for (size_t i = 0; ret == -ENOENT && i < 2; i++) {
		snprintf(path, sizeof(path), "%s/events/%s/id", folders[i], name);
		ret = pmu_read_text(root, path, text, &len, e);
	}
	if (ret == -ENOENT)
		return err_set(e, ENOENT, "the kernel has no tracepoint %s, or tracefs is not "
			       "mounted", name);
	return ret ? ret : pmu_parse_type(text, len, id, e);
}

static int add_tracepoint(struct plan *plan, const char *root, const char *path,
			  const char *event, bool has_cpus, struct err *cpus_err)
{
	struct planned *p = add(plan, "tracepoint", NULL, event);
	struct err e = *cpus_err;
	uint32_t id;

	if (!p)
		return -ENOMEM;
	if (!has_cpus || read_tracepoint(root, path, &id, &e))
		return set_absent(p, e.text);
	snprintf(p->unit, sizeof(p->unit), "events");
	p->type = PERF_TYPE_TRACEPOINT;
	p->config[0] = id;
	p->cpus = &plan->online;
	return 0;
}

static int add_tracepoints(struct plan *plan, const char *root)
{
	char text[4097];
	struct err e = { "" };
	size_t len;
	bool ok = !pmu_read_text(root, "/sys/devices/system/cpu/online", text, &len, &e) &&
		  !pmu_parse_cpus(text, len, &plan->online, &e);
	int ret = add_tracepoint(plan, root, "iommu/map", "iommu:map", ok, &e);

	if (!ret)
		ret = add_tracepoint(plan, root, "iommu/unmap", "iommu:unmap", ok, &e);
	if (!ret)
		ret = add_tracepoint(plan, root, "intel_iommu/qi_submit", "intel_iommu:qi_submit",
				     ok, &e);
	return ret;
}

int plan_make(const char *root, bool slow, struct plan **out)
{
	struct plan *plan = calloc(1, sizeof(*plan));
	int ret = plan ? add_sources(plan, root) : -ENOMEM;

	if (!ret && slow)
		ret = add_tracepoints(plan, root);
	if (ret) {
		plan_free(plan);
		plan = NULL;
	}
	*out = plan;
	return ret;
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->nr_pmus; i++)
		free(plan->pmus[i]);
	for (size_t i = 0; i < plan->n; i++)
		free(plan->list[i].absent);
	free(plan->pmus);
	free(plan->list);
	free(plan);
}
