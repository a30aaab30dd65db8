// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/command.h"

enum { CODE_NOT_RUN = 127 };

/* In the child. */
static _Noreturn void become(const char *const *argv, pid_t parent, int out)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(CODE_NOT_RUN);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	dup2(out, STDOUT_FILENO);
	execvp(argv[0], (char *const *)argv);
	fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
	_exit(CODE_NOT_RUN);
}

/* All of @fd until its end. NULL: no memory. */
static char *read_all(int fd)
{
	char *text = NULL, buf[4096];
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	ssize_t n;

	while (out && ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR)))
		if (n > 0)
			fwrite(buf, 1, n, out);
	if (!out || fclose(out))
		return NULL;
	if (len && text[len - 1] == '\n')
		text[len - 1] = '\0';
	return text;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int command_run(const char *const *argv, char **out, struct err *e)
{
	pid_t parent = getpid(), pid;
	int fds[2], code;

	if (out)
		*out = NULL;
	if (pipe2(fds, O_CLOEXEC))
		return err_set(e, errno, "%s: %s", argv[0], strerror(errno));
	fflush(NULL);
	pid = fork();
	if (!pid)
		become(argv, parent, out ? fds[1] : STDERR_FILENO);
	close(fds[1]);
	if (pid > 0 && out)
		*out = read_all(fds[0]);
	close(fds[0]);
	if (pid < 0)
		return err_set(e, errno, "%s: %s", argv[0], strerror(errno));
	code = wait_for(pid);
	if (code < 0 || code == CODE_NOT_RUN)
		code = err_set(e, ENOEXEC, "%s cannot be run", argv[0]);
	else if (out && !*out)
		code = err_set(e, ENOMEM, "out of memory");
	if (code < 0 && out) {
		free(*out);
		*out = NULL;
	}
	return code;
}
