// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/boot.h"
#include "agent/command.h"
#include "agent/report.h"
#include "testbed/qemu_args.h"
#include "testbed/tails.h"
#include "testbed/vm.h"
#include "util/clock.h"

enum { POLL_MS = 10 };

/* The child: it must not outlive its parent, and prints to @output only. */
static _Noreturn void become_qemu(pid_t parent, int output, char **argv)
{
	int null = open("/dev/null", O_RDONLY);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(126);
	/* a terminal's Ctrl-C is for the parent, which ends the machine in its own order */
	setpgid(0, 0);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
	    dup2(output, STDERR_FILENO) < 0)
		_exit(126);
	execv(argv[0], argv);
	dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* A file in memory that a child inherits. */
static int memory_file(const char *name)
{
	return memfd_create(name, 0);
}

static int check_file(const char *path, const char *what, struct err *e)
{
	if (access(path, R_OK))
		return err_set(e, errno, "%s %s: %s; ./run_tests.sh prepares it", what, path,
			       strerror(errno));
	return 0;
}

static int check_files(const struct vm_files *files, struct err *e)
{
	int ret = check_file(files->qemu, "the emulator", e);

	if (!ret)
		ret = check_file(files->kernel, "the kernel", e);
	return ret ? ret : check_file(files->initramfs, "the initramfs", e);
}

/* Does QEMU's intel-iommu have @property? -EIO where QEMU does not even say what it has. */
static int has_property(const char *qemu, const char *property, struct err *e)
{
	char *command, line[256] = "";
	bool found = false;
	int status = -1;
	FILE *help;

	if (asprintf(&command, "'%s' -machine q35 -device intel-iommu,help 2>&1", qemu) < 0)
		return err_set(e, ENOMEM, "no memory");
	help = popen(command, "re");
	free(command);
	while (help && fgets(line, sizeof(line), help)) {
		const char *name = line + strspn(line, " ");

		found |= !strncmp(name, property, strlen(property)) &&
			 name[strlen(property)] == '=';
	}
	if (help)
		status = pclose(help);
	line[strcspn(line, "\n")] = '\0';
	if (status)
		return err_set(e, EIO, "the emulator %s does not start: %s", qemu, line);
	return found;
}

int vm_check(const struct vm_files *files, const struct shape *shape, struct err *e)
{
	int ret = check_files(files, e), found;

	if (ret || !shape->property)
		return ret;
	found = has_property(files->qemu, shape->property, e);
	if (found < 0)
		return found;
	if (!found)
		ret = err_set(e, ENOTSUP, "the emulator %s is too old: its intel-iommu has no "
			      "property \"%s\"", files->qemu, shape->property);
	return ret;
}

static int spawn(struct vm *vm, const struct vm_files *files, const struct shape *shape,
		 struct qemu_fds *fds, bool incoming, struct err *e)
{
	pid_t parent = getpid();
	struct qemu_args a;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return err_set(e, errno, "socketpair: %s", strerror(errno));
	vm->monitor = pair[0];
	fcntl(vm->monitor, F_SETFD, FD_CLOEXEC);
	fds->monitor = pair[1];
	fds->console = vm->console;
	fds->report = vm->report;
	qemu_args_build(&a, files, shape, fds, incoming);
	vm->pid = fork();
	if (!vm->pid)
		become_qemu(parent, vm->output, a.v);
	qemu_args_free(&a);
	if (vm->pid < 0)
		return err_set(e, errno, "fork: %s", strerror(errno));
	vm->pidfd = syscall(SYS_pidfd_open, vm->pid, 0);
	return vm->pidfd < 0 ? err_set(e, errno, "pidfd_open: %s", strerror(errno)) : 0;
}

static int open_streams(struct vm *vm, const struct vm_task *task, enum driver driver,
			struct qemu_fds *fds, struct err *e)
{
	vm->console = memory_file("console");
	vm->report = memory_file("report");
	vm->output = memory_file("output");
	fds->command = memory_file("command");
	if (vm->console < 0 || vm->report < 0 || vm->output < 0 || fds->command < 0)
		return err_set(e, errno, "memfd: %s", strerror(errno));
	if (write(fds->command, task->command, COMMAND_SIZE) != COMMAND_SIZE)
		return err_set(e, EIO, "memfd: a short write");
	return task->trace ? trace_reader_start(&vm->trace, driver, &fds->trace, e) : 0;
}

/* The whole of the memory file @fd, NUL-terminated, from malloc. */
static char *contents(int fd, size_t *len)
{
	struct stat st;
	char *text;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st))
		return NULL;
	text = malloc(st.st_size + 1);
	n = text ? pread(fd, text, st.st_size, 0) : -1;
	if (n < 0) {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	if (len)
		*len = n;
	return text;
}

/* What QEMU printed, and the consoles of the machine and of its guest. */
static void append_tails(struct vm *vm, struct err *e)
{
	char *output = contents(vm->output, NULL), *console = contents(vm->console, NULL);

	tails_append(e, output, console);
	free(output);
	free(console);
}

int vm_with_tails(struct vm *vm, int ret, struct err *e)
{
	if (ret && e)
		append_tails(vm, e);
	return ret;
}

static int left_ms(const struct vm *vm)
{
	long long left = vm->deadline_ms - now_ms();

	return left < 0 ? 0 : left;
}

static void close_all(const int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

int vm_start(struct vm *vm, const struct vm_files *files, const struct shape *shape,
	     const struct vm_task *task, struct err *e)
{
	struct qemu_fds fds = { .monitor = -1, .command = -1, .trace = -1 };
	int ret;

	*vm = (struct vm) { .pid = -1, .pidfd = -1, .console = -1, .report = -1, .output = -1,
			    .monitor = -1, .deadline_ms = now_ms() + task->timeout_s * 1000LL };
	ret = vm_check(files, shape, e);
	if (!ret)
		ret = open_streams(vm, task, shape->driver, &fds, e);
	if (!ret)
		ret = spawn(vm, files, shape, &fds, task->incoming, e);
	close_all((int[]) { fds.monitor, fds.command, fds.trace }, 3);
	if (!ret)
		ret = vm_with_tails(vm, qmp_open(&vm->qmp, vm->monitor, left_ms(vm), e), e);
	if (ret)
		vm_end(vm);
	return ret;
}

/* Has QEMU ended? Waits at most @ms for it. */
static bool is_gone(struct vm *vm, int ms)
{
	struct pollfd p = { .fd = vm->pidfd, .events = POLLIN };

	return poll(&p, 1, ms) == 1;
}

int vm_wait_console(struct vm *vm, const char *text, struct err *e)
{
	for (;;) {
		char *said = contents(vm->console, NULL);
		bool found = said && strstr(said, text);
		bool ended = said && strstr(said, BOOT_ENDED);
		int ret = 0;

		free(said);
		if (found)
			return 0;
		if (ended)
			ret = err_set(e, EPIPE, "the agent ended before it said \"%s\"", text);
		else if (is_gone(vm, POLL_MS))
			ret = err_set(e, EPIPE, "QEMU ended before the agent said \"%s\"", text);
		else if (!left_ms(vm))
			ret = err_set(e, ETIMEDOUT, "watchdog: the agent did not say \"%s\" in "
				      "time%s", text, vm->trace &&
				      trace_reader_is_behind(vm->trace) ? "; QEMU waits for the "
				      "reader of its trace" : "");
		if (ret)
			return vm_with_tails(vm, ret, e);
	}
}

int vm_take_report(struct vm *vm, const char *kind, char **out, struct err *e)
{
	char got[REPORT_KIND_MAX], *text;
	const char *body;
	size_t len = 0;
	int ret;

	*out = NULL;
	text = contents(vm->report, &len);
	if (!text)
		return err_set(e, ENOMEM, "the agent's report cannot be read");
	ret = report_parse(text, len, got, &body, e);
	if (ret >= 0 && strcmp(got, kind))
		ret = err_set(e, strcmp(got, "skip") ? EIO : ENOTSUP, "%s", body);
	*out = ret < 0 ? NULL : strdup(body);
	free(text);
	return ret < 0 ? ret : *out ? 0 : err_set(e, ENOMEM, "no memory");
}

int vm_skipped(struct vm *vm, int ret, struct err *e)
{
	struct err why;
	char *report;

	if (ret != -EPIPE || vm_take_report(vm, "", &report, &why) != -ENOTSUP)
		return ret;
	return err_set(e, ENOTSUP, "%s", why.text);
}

int vm_execute(struct vm *vm, const char *command, json_t *arguments, json_t **out,
	       struct err *e)
{
	return vm_with_tails(vm, qmp_execute(&vm->qmp, command, arguments, left_ms(vm), out, e), e);
}

static void end_qemu(struct vm *vm)
{
	if (vm->pid > 0) {
		kill(vm->pid, SIGKILL);
		waitpid(vm->pid, NULL, 0);
	}
	vm->pid = -1;
}

int vm_end_trace(struct vm *vm, struct trace *out, struct err *e)
{
	struct trace_reader *reader = vm->trace;

	end_qemu(vm);
	vm->trace = NULL;
	return trace_reader_end(reader, out, e);
}

void vm_end(struct vm *vm)
{
	struct trace unused;

	vm_end_trace(vm, &unused, NULL);
	qmp_close(&vm->qmp);
	close_all((int[]) { vm->pidfd, vm->console, vm->report, vm->output, vm->monitor }, 5);
	*vm = (struct vm) { .pid = -1, .pidfd = -1, .console = -1, .report = -1, .output = -1,
			    .monitor = -1 };
}
