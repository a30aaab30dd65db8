// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/boot.h"
#include "agent/report.h"
#include "testbed/emulated.h"
#include "testbed/snapshot.h"
#include "util/version.h"

/* The command of a run: the plan of its scenario, and what was asked for on top. */
static int print_command(const struct emulated *t, const struct scenario *s, bool selftest,
			 char text[COMMAND_SIZE], struct err *e)
{
	struct command c;

	command_plan(&c, s, t->real_clock);
	snprintf(c.inject, sizeof(c.inject), "%s", t->inject);
	c.inject_turns = t->inject_turns;
	c.disturb = t->disturb;
	c.selftest = selftest;
	if (command_print(&c, text))
		return err_set(e, E2BIG, "%s: its command is too long", s->name);
	return 0;
}

static int boot_or_restore(const struct emulated *t, const struct shape *shape,
			   const char *command, struct vm *vm, struct err *e)
{
	char path[SNAPSHOT_PATH_MAX];
	int ret;

	if (t->fresh)
		return vm_start(vm, &t->files, shape, command, false, t->timeout_s, e);
	ret = snapshot_ensure(t->snapshots, &t->files, shape, t->timeout_s, path, e);
	if (!ret)
		ret = vm_start(vm, &t->files, shape, command, true, t->timeout_s, e);
	if (ret)
		return ret;
	ret = snapshot_resume(vm, path, e);
	if (ret)
		vm_end(vm);
	return ret;
}

/* The body of the frame of @kind that the agent reported, from malloc; or why there is none. */
static int take_report(struct vm *vm, const char *kind, char **out, struct err *e)
{
	char *text, got[16];
	const char *body;
	size_t len = 0;
	int ret;

	text = vm_report(vm, &len);
	if (!text)
		return err_set(e, ENOMEM, "the agent's report cannot be read");
	ret = report_parse(text, len, got, &body, e);
	if (ret >= 0 && strcmp(got, kind))
		ret = err_set(e, EIO, "%s", body);
	*out = ret < 0 ? NULL : strdup(body);
	free(text);
	return ret < 0 ? ret : *out ? 0 : err_set(e, ENOMEM, "no memory");
}

/* Boot or restore the machine of @shape, let the agent do @command and take its report. */
static int run_machine(const struct emulated *t, const struct shape *shape, const char *command,
		       const char *kind, char qemu[QEMU_VERSION_MAX], char **report,
		       struct err *e)
{
	struct vm vm;
	int ret = boot_or_restore(t, shape, command, &vm, e);

	if (ret)
		return ret;
	snprintf(qemu, QEMU_VERSION_MAX, "%s", vm.qmp.version);
	ret = vm_wait_console(&vm, BOOT_ENDED, e);
	if (!ret)
		ret = take_report(&vm, kind, report, e);
	vm_end(&vm);
	return ret;
}

/* The half of the environment that only the host knows. */
static int fill_environment(const struct emulated *t, const struct shape *shape,
			    const char *qemu, struct record *r)
{
	struct record_environment *env = &r->env;
	bool all = !strcmp(t->probes, "all");
	char inject[96] = "";

	env->testbed = strdup("emulated");
	env->qemu = strdup(qemu);
	env->machine = strdup(shape->machine);
	env->clock = strdup(t->real_clock ? "real" : "counted");
	env->boot = strdup(t->fresh ? "fresh" : "restored");
	env->suite = strdup(SUITE_VERSION);
	if (t->inject[0])
		snprintf(inject, sizeof(inject), " --inject %s:%" PRIu32, t->inject,
			 t->inject_turns);
	if (asprintf(&r->reproduce, "iommu-perf run %s%s%s%s%s%s%s", r->scenario.name,
		     t->real_clock ? " --clock real" : "", t->fresh ? " --fresh" : "",
		     all ? "" : " --probes ", all ? "" : t->probes, inject,
		     t->disturb ? " --disturb" : "") < 0)
		return -ENOMEM;
	return 0;
}

int emulated_can_run(const struct emulated *t, const struct scenario *s, struct err *e)
{
	struct shape shape;
	int ret = shape_of(s, t->real_clock, t->probes, &shape, e);

	return ret ? ret : vm_check(&t->files, &shape, e);
}

int emulated_run(const struct emulated *t, const struct scenario *s, struct record **out,
		 struct err *e)
{
	char command[COMMAND_SIZE], qemu[QEMU_VERSION_MAX], *text = NULL;
	struct shape shape;
	int ret = shape_of(s, t->real_clock, t->probes, &shape, e);

	if (!ret)
		ret = print_command(t, s, false, command, e);
	if (!ret)
		ret = run_machine(t, &shape, command, "record", qemu, &text, e);
	if (!ret)
		ret = record_parse_subject(text, strlen(text), s->name, out, e);
	free(text);
	if (!ret && fill_environment(t, &shape, qemu, *out)) {
		record_free(*out);
		ret = err_set(e, ENOMEM, "no memory");
	}
	return ret;
}

int emulated_selftest(const struct emulated *t, const struct scenario *s, char **out,
		      struct err *e)
{
	char command[COMMAND_SIZE], qemu[QEMU_VERSION_MAX];
	struct shape shape;
	int ret = shape_of(s, t->real_clock, t->probes, &shape, e);

	if (!ret)
		ret = print_command(t, s, true, command, e);
	return ret ? ret : run_machine(t, &shape, command, "selftest", qemu, out, e);
}
