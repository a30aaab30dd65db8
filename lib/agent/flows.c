// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent/flows.h"
#include "agent/procfs.h"
#include "agent/sysroot.h"

/* Behind the name of a process's output: what it says beside it. A result is JSON, and nothing else. */
#define COMPLAINTS ".err"

enum { LISTEN_TRIES = 2000, RESULT_MAX = 256 * 1024, ARGS_MAX = 24 };

/* s: how long a timed flow goes on behind the window, as others start later the more there are */
enum { TAIL_S = 4, FLOWS_A_SECOND = 4 };

struct args {
	char text[ARGS_MAX][32];
	char *argv[ARGS_MAX + 8];
	int n;
};

__attribute__((format(printf, 2, 3)))
static void add_arg(struct args *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(a->text[a->n], sizeof(a->text[0]), fmt, ap);
	va_end(ap);
	a->argv[4 + a->n] = a->text[a->n];
	a->n++;
	a->argv[4 + a->n] = NULL;
}

static void start_args(struct args *a)
{
	memset(a, 0, sizeof(*a));
	a->argv[0] = SYSROOT_LOADER;
	a->argv[1] = "--library-path";
	a->argv[2] = SYSROOT_LIBRARIES;
	a->argv[3] = SYSROOT_IPERF3;
}

/* What the forked child does: its namespace, its CPU, its output; then it becomes iperf3. */
static _Noreturn void become_iperf(const struct net_side *side, int cpu, const char *output,
				   char **argv)
{
	int fd = open(output, O_CREAT | O_TRUNC | O_WRONLY, 0600), errors;
	char complaints[80];
	cpu_set_t set;

	snprintf(complaints, sizeof(complaints), "%s" COMPLAINTS, output);
	errors = open(complaints, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (fd < 0 || errors < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(errors, STDERR_FILENO) < 0 ||
	    net_enter(side, NULL) || sched_setaffinity(0, sizeof(set), &set))
		_exit(126);
	execv(argv[0], argv);
	_exit(127);
}

static pid_t spawn(const struct net_side *side, int flow, const char *kind, struct args *a,
		   struct err *e)
{
	char output[64];
	pid_t pid;

	snprintf(output, sizeof(output), "/tmp/%s-%d", kind, flow);
	pid = fork();
	if (pid < 0)
		return err_set(e, errno, "agent: start iperf3: %s", strerror(errno));
	if (!pid)
		become_iperf(side, flow % get_nprocs(), output, a->argv);
	return pid;
}

int flows_prepare(struct flows *f, const struct net *net, struct sockets *sockets, struct err *e)
{
	struct timespec wait = { .tv_nsec = 1000000 };
	struct socket_flows seen;
	int ret;

	for (int i = 0; i < FLOWS_MAX; i++) {
		struct args a;

		start_args(&a);
		add_arg(&a, "-s");
		add_arg(&a, "-1");
		add_arg(&a, "-4");
		add_arg(&a, "-p");
		add_arg(&a, "%d", FLOWS_BASE_PORT + i);
		f->server[i] = spawn(&net->subject, i, "server", &a, e);
		if (f->server[i] < 0)
			return f->server[i];
	}
	for (int i = 0; i < LISTEN_TRIES; i++) {
		ret = sockets_read(sockets, FLOWS_BASE_PORT, FLOWS_MAX, &seen, e);
		if (ret || seen.listening == FLOWS_MAX)
			return ret;
		nanosleep(&wait, NULL);
	}
	return err_set(e, ETIMEDOUT, "agent: only %d of %d iperf3 servers listen",
		       seen.listening, FLOWS_MAX);
}

int flows_prepare_anew(struct flows *f, const struct net *net, struct sockets *sockets,
		       struct err *e)
{
	for (int i = 0; i < FLOWS_MAX; i++) {
		kill(f->server[i], SIGKILL);
		waitpid(f->server[i], NULL, 0);
	}
	return flows_prepare(f, net, sockets, e);
}

static int start_client(struct flows *f, int i, const struct net *net, const struct command *c,
			struct err *e)
{
	char addr[NET_ADDRESS_MAX];
	struct args a;

	net_address(i % net->networks, false, addr);
	start_args(&a);
	add_arg(&a, "-c");
	add_arg(&a, "%s", addr);
	add_arg(&a, "-p");
	add_arg(&a, "%d", FLOWS_BASE_PORT + i);
	add_arg(&a, "-J");
	if (c->traffic.congestion[0]) {
		add_arg(&a, "-C");
		add_arg(&a, "%s", c->traffic.congestion);
	}
	if (c->scenario.tx)
		add_arg(&a, "-R");
	if (f->asked_bytes) {
		add_arg(&a, "-n");
		add_arg(&a, "%" PRIu64, f->asked_bytes);
	} else {
		add_arg(&a, "-t");
		add_arg(&a, "%d", (c->warmup_ms + c->window_ms) / 1000 + TAIL_S +
				   c->scenario.flows / FLOWS_A_SECOND);
	}
	f->client[i] = spawn(&net->peer, i, "client", &a, e);
	return f->client[i] < 0 ? f->client[i] : 0;
}

void flows_plan(struct flows *f, const struct command *c)
{
	f->n = c->scenario.flows;
	f->tx = c->scenario.tx;
	f->asked_bytes = c->flow_bytes;
}

int flows_start(struct flows *f, const struct net *net, const struct command *c, struct err *e)
{
	int ret = 0;

	flows_plan(f, c);
	for (int i = 0; !ret && i < f->n; i++)
		ret = start_client(f, i, net, c, e);
	return ret;
}

static pid_t sender(const struct flows *f, int i)
{
	return f->tx ? f->server[i] : f->client[i];
}

void flows_hold(const struct flows *f, int i)
{
	kill(sender(f, i), SIGSTOP);
}

void flows_release(const struct flows *f)
{
	for (int i = 0; i < f->n; i++)
		kill(sender(f, i), SIGCONT);
}

static int threads_of(pid_t pid, pid_t *tids, int max)
{
	struct dirent *d;
	char path[64];
	DIR *dir;
	int n = 0;

	if (!pid)	/* the other machine's */
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && n < max && (d = readdir(dir)))
		if (d->d_name[0] != '.')
			tids[n++] = atoi(d->d_name);
	if (dir)
		closedir(dir);
	return n;
}

int flows_threads(void *flows, pid_t tids[DISTURB_THREADS_MAX])
{
	const struct flows *f = flows;
	int n = 0;

	for (int i = 0; i < f->n; i++) {
		n += threads_of(f->client[i], tids + n, DISTURB_THREADS_MAX - n);
		n += threads_of(f->server[i], tids + n, DISTURB_THREADS_MAX - n);
	}
	return n;
}

/* What the process wrote instead of a result: the first words of it, for a message. */
static void said(const char *kind, int flow, char *buf, size_t size)
{
	char path[80];

	snprintf(path, sizeof(path), "/tmp/%s-%d" COMPLAINTS, kind, flow);
	if (!procfs_line(path, buf, size) && buf[0])
		return;
	path[strlen(path) - strlen(COMPLAINTS)] = '\0';
	if (procfs_line(path, buf, size))
		buf[0] = '\0';
}

int flows_alive(const struct flows *f, struct err *e)
{
	char words[200];

	for (int i = 0; i < f->n; i++) {
		for (int server = 0; server < 2; server++) {
			const char *kind = server ? "server" : "client";
			pid_t pid = server ? f->server[i] : f->client[i];
			siginfo_t info = { 0 };

			if (pid)	/* else the other machine's */
				waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT);
			if (!info.si_pid)
				continue;
			said(kind, i, words, sizeof(words));
			return err_set(e, ECHILD, "agent: iperf3 %s of flow %d ended before the "
				       "window did: status %d: %s", kind, i, info.si_status, words);
		}
	}
	return 0;
}

static int read_result(int flow, uint64_t asked, struct iperf_result *out, struct err *e)
{
	static char text[RESULT_MAX];
	char path[64];
	int fd, n;

	snprintf(path, sizeof(path), "/tmp/client-%d", flow);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, errno, "agent: %s: %s", path, strerror(errno));
	n = procfs_read_fd(fd, text, sizeof(text));
	close(fd);
	if (n < 0)
		return err_set(e, -n, "agent: %s: %s", path, strerror(-n));
	return iperf_parse(text, n, asked, out, e);
}

void flows_cut(struct flows *f)
{
	for (int i = 0; i < f->n; i++) {
		kill(f->client[i], SIGKILL);
		waitpid(f->client[i], NULL, 0);
	}
}

int flows_version(const struct net *net, char buf[IPERF_VERSION_MAX], struct err *e)
{
	char name[16], number[16], line[128];
	struct args a;
	pid_t pid;

	start_args(&a);
	add_arg(&a, "-v");
	pid = spawn(&net->peer, 0, "version", &a, e);
	if (pid < 0)
		return pid;
	waitpid(pid, NULL, 0);
	said("version", 0, line, sizeof(line));
	if (sscanf(line, "%15s %15s", name, number) != 2)
		return err_set(e, EIO, "agent: iperf3 does not say its version: %s", line);
	snprintf(buf, IPERF_VERSION_MAX, "%s %s", name, number);
	return 0;
}

int flows_finish(struct flows *f, struct iperf_result results[FLOWS_MAX], struct err *e)
{
	for (int i = 0; i < f->n; i++) {
		int status, ret;

		if (waitpid(f->client[i], &status, 0) < 0)
			return err_set(e, errno, "agent: wait for iperf3: %s", strerror(errno));
		ret = read_result(i, f->asked_bytes, &results[i], e);
		if (ret)
			return ret;
		if (!WIFEXITED(status) || WEXITSTATUS(status))
			return err_set(e, EIO, "agent: iperf3 client of flow %d ended with status "
				       "0x%x", i, status);
	}
	return 0;
}

void flows_fill(const struct iperf_result *results, struct record *r)
{
	for (size_t i = 0; i < r->nr_flows; i++) {
		r->flows[i].sent_bytes = results[i].sent_bytes;
		r->flows[i].received_bytes = results[i].received_bytes;
		r->flows[i].seconds = results[i].seconds;
	}
	r->env.iperf3 = strdup(results[0].version);
}
