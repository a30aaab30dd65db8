// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/boot.h"
#include "testbed/counters.h"
#include "testbed/emulated.h"
#include "testbed/snapshot.h"
#include "util/version.h"

/* One machine's task, and what came of it. */
struct pass {
	bool probes, selftest, trace;
	char qemu[QEMU_VERSION_MAX];
	char *report;		/* from malloc */
	struct trace counted;	/* with trace */
};

/* The command of a run: the plan of its scenario, and what was asked for on top. */
static int print_command(const struct emulated *t, const struct scenario *s,
			 const struct pass *pass, char text[COMMAND_SIZE], struct err *e)
{
	struct command c;

	/* over two levels the flows are held, whatever the clock: the counts gate there */
	command_plan(&c, s, t->wish.real_clock && !scenario_two_levels(s));
	command_ask(&c, &t->traffic);
	c.inject = t->inject;
	c.disturb = t->disturb;
	c.tracepoints = t->tracepoints;
	c.probes = pass->probes;
	c.selftest = pass->selftest;
	if (command_print(&c, text))
		return err_set(e, E2BIG, "%s: its command is too long", s->name);
	return 0;
}

static bool restores(const struct emulated *t, const struct shape *shape)
{
	return !t->fresh && !shape->unsaved;
}

static int boot_or_restore(const struct emulated *t, const struct shape *shape,
			   const struct vm_task *task, struct vm *vm, struct err *e)
{
	char path[SNAPSHOT_PATH_MAX];
	int ret = 0;

	if (task->incoming)
		ret = snapshot_ensure(t->snapshots, &t->files[shape->kit], shape, t->timeout_s, path, e);
	if (!ret)
		ret = vm_start(vm, &t->files[shape->kit], shape, task, e);
	if (ret || !task->incoming)
		return ret;
	ret = snapshot_resume(vm, path, e);
	if (ret)
		vm_end(vm);
	return ret;
}

static int take_report(struct vm *vm, const struct shape *shape, struct pass *pass, struct err *e)
{
	int ret = vm_take_report(vm, pass->selftest ? "selftest" : "record", &pass->report, e);

	/* what a guest's QEMU complains of is on the console alone */
	if (ret && ret != -ENOTSUP && shape->kit != KIT_SUBJECT)
		vm_with_tails(vm, ret, e);
	return ret;
}

/* Boot or restore the machine of @shape, let the agent do its task and take its report. */
static int run_pass(const struct emulated *t, const struct scenario *s,
		    const struct shape *shape, struct pass *pass, struct err *e)
{
	char command[COMMAND_SIZE];
	struct vm_task task = { .command = command, .incoming = restores(t, shape),
				.trace = pass->trace, .timeout_s = t->timeout_s };
	struct vm vm;
	int ret = print_command(t, s, pass, command, e);

	if (!ret)
		ret = boot_or_restore(t, shape, &task, &vm, e);
	if (ret)
		return ret;
	snprintf(pass->qemu, sizeof(pass->qemu), "%s", vm.qmp.version);
	ret = vm_wait_console(&vm, BOOT_ENDED, e);
	if (!ret)
		ret = take_report(&vm, shape, pass, e);
	if (!ret)
		ret = vm_end_trace(&vm, &pass->counted, e);
	vm_end(&vm);
	return ret;
}

static void append(struct err *e, const char *text)
{
	size_t used = strlen(e->text);

	snprintf(e->text + used, sizeof(e->text) - used, "; %s", text);
}

/* Run @pass; its record into @out. */
static int measure(const struct emulated *t, const struct scenario *s, const struct shape *shape,
		   struct pass *pass, struct record **out, struct err *e)
{
	int ret = run_pass(t, s, shape, pass, e);

	if (ret == -ENOTSUP && e && shape->otherwise)
		append(e, shape->otherwise);
	if (!ret)
		ret = record_parse_subject(pass->report, strlen(pass->report), s->name, out, e);
	free(pass->report);
	pass->report = NULL;
	return ret;
}

static int set_absent(struct record *r, const char *field, const char *why, struct err *e)
{
	return record_set_absent(r, field, why) ? err_set(e, ENOMEM, "no memory") : 0;
}

static int add_counters(const struct shape *shape, const struct pass *pass, struct record *r,
			struct err *e)
{
	const char *why = "on the real clock QEMU's trace would slow the run that it counts";

	if (pass->trace)
		return counters_add(r, &pass->counted, pass->qemu, e);
	if (shape->kit == KIT_HOST_ARM64)
		why = "QEMU's events are those of VT-d, and the host has an SMMUv3";
	else if (!trace_source(shape->driver))
		why = "on arm64 nothing marks the window in QEMU's trace of its SMMUv3";
	return set_absent(r, r->nr_counters ? "counters.qemu-vtd" : "counters", why, e);
}

/* Why no pass without probes goes with a run, or NULL. */
static const char *why_not_plain(const struct emulated *t, const struct shape *shape)
{
	if (shape->kit != KIT_SUBJECT)
		return "left out over two levels, where a pass takes too long to be made twice";
	if (t->unplain)
		return "left out: --no-plain, or the run is not the first of several";
	if (!strcmp(t->wish.probes, "none"))
		return "the run itself was made without probes";
	if (t->inject.kind == INJECT_FUNCTION)
		return "the slow-down that was asked for is in the probes";
	if (t->inject.kind == INJECT_FLUSH)
		return "the probes count the unmaps by which invalidations are added";
	if (t->tracepoints)
		return "tracepoints and probes together are no probes";
	if (t->disturb)
		return "the flows were disturbed, which is no measurement";
	return NULL;
}

/* The same once more without probes, for what they cost. */
static int add_plain(const struct emulated *t, const struct scenario *s,
		     const struct shape *shape, struct record *r, struct err *e)
{
	struct pass pass = { .probes = false };
	const char *why = why_not_plain(t, shape);
	struct record *plain;
	int ret;

	if (why)
		return set_absent(r, "plain", why, e);
	ret = measure(t, s, shape, &pass, &plain, e);
	if (ret)
		return ret;
	if (!plain->has_cpu) {
		ret = set_absent(r, "plain", "that pass has no CPU times", e);
		goto out;
	}
	r->has_plain = true;
	r->plain.window_ns = plain->close_ns - plain->open_ns;
	r->plain.payload_bytes = plain->payload_bytes;
	r->plain.busy_ns = record_busy_ns(plain);
out:
	record_free(plain);
	return ret;
}

/*
 * The processors that this program runs on, as "MODEL, N CPUs", from malloc: what times on the real
 * clock depend on. NULL: not known.
 */
static char *host_processors(void)
{
	FILE *in = fopen("/proc/cpuinfo", "r");
	char line[256], model[200] = "", *text;

	while (in && !model[0] && fgets(line, sizeof(line), in))
		sscanf(line, "model name : %199[^\n]", model);
	if (in)
		fclose(in);
	if (!model[0] || asprintf(&text, "%s, %ld CPUs", model, sysconf(_SC_NPROCESSORS_ONLN)) < 0)
		return NULL;
	return text;
}

/* The half of the environment that only the host knows. */
static int fill_environment(const struct emulated *t, const struct shape *shape,
			    const char *qemu, struct record *r)
{
	struct record_environment *env = &r->env;
	bool all = !strcmp(t->wish.probes, "all");
	char inject[INJECT_TEXT_MAX], seed[32] = "", traffic[TRAFFIC_OPTIONS_MAX];

	env->testbed = strdup("emulated");
	env->qemu = strdup(qemu);
	env->machine = strdup(shape->machine);
	env->clock = strdup(shape->counted ? "counted" : "real");
	env->boot = strdup(restores(t, shape) ? "restored" : "fresh");
	env->host = shape->counted ? NULL : host_processors();
	env->iommu = t->wish.driver == DRIVER_VTD ? NULL : strdup(driver_name(t->wish.driver));
	env->suite = strdup(SUITE_VERSION);
	inject_print(&t->inject, inject);
	if (!t->wish.real_clock && t->wish.seed != SHAPE_SEED)
		snprintf(seed, sizeof(seed), " --seed %u", t->wish.seed);
	traffic_options(&t->traffic, "emulated", traffic);
	if (asprintf(&r->reproduce, "iommu-perf run %s%s%s%s%s%s%s%s%s%s%s%s%s", r->scenario.name,
		     env->iommu ? " --iommu " : "", env->iommu ? env->iommu : "",
		     t->wish.real_clock && !shape->counted ? " --clock real" : "",
		     t->fresh ? " --fresh" : "", seed,
		     all ? "" : " --probes ", all ? "" : t->wish.probes,
		     inject[0] ? " --inject " : "", inject,
		     t->disturb ? " --disturb" : "", t->tracepoints ? " --tracepoints" : "",
		     traffic) < 0)
		return -ENOMEM;
	return 0;
}

int emulated_can_run(const struct emulated *t, const struct scenario *s, struct err *e)
{
	struct shape shape;
	int ret = shape_of(s, &t->wish, &shape, e);

	return ret ? ret : vm_check(&t->files[shape.kit], &shape, e);
}

/* All but a slower function is done to VT-d's queue; elsewhere nothing would come of it. */
static int check_injection(const struct emulated *t, struct err *e)
{
	if (t->wish.driver == DRIVER_VTD || t->inject.kind == INJECT_NONE ||
	    t->inject.kind == INJECT_FUNCTION)
		return 0;
	return err_set(e, EINVAL, "doorbell, lock and flush are injected into VT-d's queue; with "
		       "--iommu %s a function can be slowed", driver_name(t->wish.driver));
}

int emulated_run(const struct emulated *t, const struct scenario *s, struct record **out,
		 struct err *e)
{
	struct pass pass = { .probes = true };
	struct shape shape;
	int ret = shape_of(s, &t->wish, &shape, e);

	if (!ret)
		ret = check_injection(t, e);
	pass.trace = !ret && shape.counted && shape.kit == KIT_SUBJECT &&
		     trace_source(shape.driver);
	if (!ret)
		ret = measure(t, s, &shape, &pass, out, e);
	if (ret)
		return ret;
	ret = add_counters(&shape, &pass, *out, e);
	if (!ret)
		ret = add_plain(t, s, &shape, *out, e);
	if (!ret && fill_environment(t, &shape, pass.qemu, *out))
		ret = err_set(e, ENOMEM, "no memory");
	if (ret)
		record_free(*out);
	return ret;
}

int emulated_selftest(const struct emulated *t, const struct scenario *s, char **out,
		      struct err *e)
{
	struct pass pass = { .probes = true, .selftest = true };
	struct shape shape;
	int ret = shape_of(s, &t->wish, &shape, e);

	if (!ret)
		ret = run_pass(t, s, &shape, &pass, e);
	*out = pass.report;
	return ret;
}
