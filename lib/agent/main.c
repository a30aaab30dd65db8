// SPDX-License-Identifier: GPL-2.0
/*
 * The agent: init of the subject. It prepares the machine, attaches the probes, says "armed" and
 * spins until it is given a command; then it measures, reports and rests until the testbed ends it.
 *
 * It spins because the testbed saves the machine right there. A restored subject finds its
 * command at the next look and gets no other input, which is what makes restores repeatable.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "agent/boot.h"
#include "agent/command.h"
#include "agent/counters.h"
#include "agent/disturb.h"
#include "agent/flows.h"
#include "agent/functions.h"
#include "agent/injector.h"
#include "agent/mode.h"
#include "agent/net.h"
#include "agent/parameters.h"
#include "agent/probes.h"
#include "agent/procfs.h"
#include "agent/report.h"
#include "agent/selftest.h"
#include "agent/window.h"

#define COMMAND_PATH "/sys/firmware/qemu_fw_cfg/by_name/" COMMAND_FW_CFG "/raw"

struct agent {
	struct net net;
	struct sockets *sockets;
	struct flows flows;
	char **functions;	/* that are to be traced */
	size_t nr_functions;
	struct probes *probes;	/* NULL: none are wanted */
	struct counters *counters;
	struct injector *injector;	/* NULL: none is asked for */
	struct command command;
};

/* The value of the kernel command line's NAME=VALUE behind "--", or @fallback. */
static const char *argument(int argc, char **argv, const char *name, const char *fallback)
{
	size_t len = strlen(name);

	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], name, len) && argv[i][len] == '=')
			return argv[i] + len + 1;
	return fallback;
}

static int prepare(struct agent *a, const char *probe_set, struct err *e)
{
	int ret = boot_load_modules(e);

	if (!ret)
		ret = boot_shorten_turns(e);
	if (!ret)
		ret = net_setup(&a->net, e);
	if (!ret)
		ret = sockets_open(&a->sockets, e);
	if (!ret)
		ret = flows_prepare(&a->flows, &a->net, a->sockets, e);
	if (!ret)
		ret = functions_select(probe_set, &a->functions, &a->nr_functions, e);
	if (!ret && a->nr_functions)
		ret = probes_open((const char *const *)a->functions, a->nr_functions, &a->probes, e);
	return ret ? ret : counters_open("", false, &a->counters, e);
}

/* Spin until the testbed says something else than "wait". */
static int wait_for_command(struct command *c, struct err *e)
{
	char text[COMMAND_SIZE + 1];
	int fd = open(COMMAND_PATH, O_RDONLY | O_CLOEXEC);
	int n, ret = 0;

	if (fd < 0)
		return err_set(e, errno, "agent: %s: %s", COMMAND_PATH, strerror(errno));
	while (!ret) {
		n = procfs_read_fd(fd, text, sizeof(text));
		ret = n < 0 ? err_set(e, -n, "agent: %s: %s", COMMAND_PATH, strerror(-n)) :
			      command_parse(text, c, e);
	}
	close(fd);
	return ret < 0 ? ret : 0;
}

static void fill_flows(const struct iperf_result *results, struct record *r)
{
	for (size_t i = 0; i < r->nr_flows; i++) {
		r->flows[i].sent_bytes = results[i].sent_bytes;
		r->flows[i].received_bytes = results[i].received_bytes;
		r->flows[i].seconds = results[i].seconds;
	}
	r->env.iperf3 = strdup(results[0].version);
}

static int fill_probes(struct agent *a, struct record *r, struct err *e)
{
	if (!a->probes) {
		record_set_absent(r, "functions", "the run was made without probes");
		return 0;
	}
	r->env.attach = strdup(PROBES_ATTACH);
	if (!probes_identity(a->probes))
		return err_set(e, ENOENT, "agent: the kernel has none of the functions to trace");
	r->env.tracer = strdup(probes_identity(a->probes));
	r->nr_functions = a->nr_functions;
	return probes_read(a->probes, r->functions, r->nr_functions, e);
}

/* Bring about the traffic's parameters that the command asks for. */
static int set_parameters(struct agent *a, struct record *r, struct err *e)
{
	const struct traffic *t = &a->command.traffic;
	int ret = parameters_apply(&a->net, t, e);

	if (!ret && t->socket_buffer)
		ret = flows_prepare_anew(&a->flows, &a->net, a->sockets, e);
	return ret ? ret : parameters_read_back(&a->net, t, r, e);
}

/* Count by the kernel's tracepoints too, which are on from here to the window's end. */
static int add_tracepoints(struct agent *a, struct err *e)
{
	counters_close(a->counters);
	a->counters = NULL;
	return counters_open("", true, &a->counters, e);
}

/* An emulated machine has no PMU; there the testbed counts, or says why it does not. */
static int fill_counters(struct agent *a, struct record *r, struct err *e)
{
	const char *none = counters_none(a->counters);

	if (!none)
		return counters_fill(a->counters, r, e);
	return record_set_absent(r, "counters.pmu", none) ?
	       err_set(e, ENOMEM, "agent: no memory") : 0;
}

static int start_injecting(struct agent *a, struct err *e)
{
	const struct inject *what = &a->command.inject;

	if (what->kind != INJECT_FUNCTION)
		return injector_open(what, a->probes, &a->injector, e);
	if (!a->probes)
		return err_set(e, EINVAL, "agent: no function can be slowed without probes");
	return probes_inject(a->probes, what->function, what->n, e);
}

/* What is injected ends with the window, or what the flows still have to move would take long. */
static int measure_window(struct agent *a, struct record *r, struct err *e)
{
	const struct instruments with = { a->sockets, a->probes, a->counters, a->injector };
	int ret = window_measure(&a->command, &a->net, &a->flows, &with, r, e);

	if (!ret)
		ret = injector_fill(a->injector, r, e);
	injector_close(a->injector);
	a->injector = NULL;
	return ret;
}

static int measure(struct agent *a, struct record *r, struct err *e)
{
	struct iperf_result results[FLOWS_MAX];
	struct disturb *disturb = NULL;
	int ret;

	r->schema = RECORD_SCHEMA;
	r->scenario = a->command.scenario;
	if (!a->command.probes) {
		probes_close(a->probes);
		a->probes = NULL;
	}
	ret = mode_read_back(&a->net, r, e);
	if (!ret)
		ret = set_parameters(a, r, e);
	if (!ret && a->command.tracepoints)
		ret = add_tracepoints(a, e);
	if (!ret)
		ret = start_injecting(a, e);
	if (!ret)
		ret = flows_start(&a->flows, &a->net, &a->command, e);
	if (!ret && a->command.disturb)
		ret = disturb_start(&disturb, flows_threads, &a->flows, e);
	if (!ret)
		ret = measure_window(a, r, e);
	if (disturb)
		disturb_stop(disturb, NULL, NULL);
	if (!ret)
		ret = flows_finish(&a->flows, results, e);
	if (!ret)
		ret = parameters_read_congestion(results, r->nr_flows, &a->command.traffic, r, e);
	if (ret)
		return ret;
	fill_flows(results, r);
	ret = fill_counters(a, r, e);
	return ret ? ret : fill_probes(a, r, e);
}

/* Measure and send what came of it. */
static int measure_and_report(struct agent *a, int fd, struct err *e)
{
	struct record *r = record_new();
	char *text = NULL;
	int ret;

	if (!r)
		return err_set(e, ENOMEM, "agent: no memory");
	ret = measure(a, r, e);
	if (!ret) {
		text = record_print(r);
		ret = text ? report_send(fd, "record", text, e) :
			     err_set(e, ENOMEM, "agent: no memory");
	}
	free(text);
	record_free(r);
	return ret;
}

/* Prove the tracer's pairing; needs the probes for itself. */
static int selftest_and_report(struct agent *a, int fd, struct err *e)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	bool ok;
	int ret;

	if (!out)
		return err_set(e, ENOMEM, "agent: no memory");
	probes_close(a->probes);
	a->probes = NULL;
	ret = selftest_tracer(out, &ok, e);
	fclose(out);
	if (!ret)
		ret = report_send(fd, "selftest", text, e);
	free(text);
	return ret;
}

/* To be on time at the window's ends, whatever the flows do; their processes do not inherit it. */
static int take_precedence(struct err *e)
{
	struct sched_param p = { .sched_priority = 1 };

	if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &p))
		return err_set(e, errno, "agent: take precedence over the flows: %s",
			       strerror(errno));
	return 0;
}

static int run(struct agent *a, int argc, char **argv, int report, struct err *e)
{
	int ret = prepare(a, argument(argc, argv, "probes", "all"), e);

	if (ret)
		return ret;
	printf("iommu-perf: armed\n");
	fflush(stdout);
	ret = wait_for_command(&a->command, e);
	if (ret)
		return ret;
	if (a->command.selftest)
		return selftest_and_report(a, report, e);
	ret = take_precedence(e);
	return ret ? ret : measure_and_report(a, report, e);
}

int main(int argc, char **argv)
{
	static struct agent a;
	struct err e = { "" };
	int report = -1, ret = boot_mount(&e);

	if (!ret) {
		report = boot_open_report(&e);
		ret = report < 0 ? report : run(&a, argc, argv, report, &e);
	}
	if (ret) {
		printf("iommu-perf: %s\n", e.text);
		if (report >= 0)
			report_send(report, "error", e.text, NULL);
	}
	if (report >= 0)
		tcdrain(report);
	boot_rest();
}
