// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/command.h"
#include "testbed/qemu_args.h"

__attribute__((format(printf, 2, 3)))
static void add(struct qemu_args *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (a->n < QEMU_ARGS_MAX - 1 && vasprintf(&a->v[a->n], fmt, ap) >= 0)
		a->v[++a->n] = NULL;
	va_end(ap);
}

/* Each blank-separated word of @text as an argument. */
static void add_words(struct qemu_args *a, const char *text)
{
	char *copy = strdup(text), *save, *word;

	for (word = copy ? strtok_r(copy, " ", &save) : NULL; word;
	     word = strtok_r(NULL, " ", &save))
		add(a, "%s", word);
	free(copy);
}

static void add_trace(struct qemu_args *a, enum driver driver, int fd)
{
	const char *event;

	for (size_t i = 0; (event = trace_wanted(driver, i)); i++) {
		add(a, "-trace");
		add(a, "enable=%s", event);
	}
	add(a, "-D");
	add(a, "/proc/self/fd/%d", fd);
}

void qemu_args_build(struct qemu_args *a, const struct vm_files *files,
		     const struct shape *shape, const struct qemu_fds *fds, bool incoming)
{
	memset(a, 0, sizeof(*a));
	add(a, "%s", files->qemu);
	add_words(a, "-nodefaults -no-user-config -display none -no-reboot");
	add_words(a, shape->machine);
	add(a, "-kernel");
	add(a, "%s", files->kernel);
	add(a, "-initrd");
	add(a, "%s", files->initramfs);
	add(a, "-append");
	add(a, "%s", shape->cmdline);
	add(a, "-serial");
	add(a, "file:/proc/self/fd/%d", fds->console);
	add(a, "-serial");
	add(a, "file:/proc/self/fd/%d", fds->report);
	add(a, "-chardev");
	add(a, "socket,id=monitor,fd=%d", fds->monitor);
	add_words(a, "-qmp chardev:monitor");
	add(a, "-fw_cfg");
	add(a, "name=" COMMAND_FW_CFG ",file=/proc/self/fd/%d", fds->command);
	if (fds->trace >= 0)
		add_trace(a, shape->driver, fds->trace);
	if (incoming)
		add_words(a, "-incoming defer");
}

void qemu_args_free(struct qemu_args *a)
{
	for (int i = 0; i < a->n; i++)
		free(a->v[i]);
}
