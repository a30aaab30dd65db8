// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <sched.h>
#include <string.h>

#include "agent/agent.h"
#include "agent/boot.h"
#include "agent/functions.h"
#include "agent/mode.h"
#include "agent/parameters.h"

int agent_prepare(struct agent *a, const char *probe_set, struct err *e)
{
	int ret = boot_shorten_turns(e);

	if (!ret)
		ret = net_setup(&a->net, a->sides, e);
	if (!ret)
		ret = sockets_open(&a->sockets, e);
	if (!ret && a->sides != NET_PEER)
		ret = flows_prepare(&a->flows, &a->net, a->sockets, e);
	if (!ret)
		ret = functions_select(probe_set, &a->functions, &a->nr_functions, e);
	if (!ret && a->nr_functions)
		ret = probes_open((const char *const *)a->functions, a->nr_functions, &a->probes, e);
	return ret ? ret : counters_open("", false, &a->counters, e);
}

/* Bring about the traffic's parameters that the command asks for. */
static int set_parameters(struct agent *a, struct record *r, struct err *e)
{
	const struct traffic *t = &a->command.traffic;
	int ret = parameters_apply(&a->net, t, e);

	if (ret || a->sides == NET_PEER)
		return ret;
	if (t->socket_buffer)
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

static int start_injecting(struct agent *a, struct err *e)
{
	const struct inject *what = &a->command.inject;

	if (what->kind != INJECT_FUNCTION)
		return injector_open(what, a->probes, &a->injector, e);
	if (!a->probes)
		return err_set(e, EINVAL, "agent: no function can be slowed without probes");
	return probes_inject(a->probes, what->function, what->n, e);
}

int agent_take_command(struct agent *a, struct record *r, struct err *e)
{
	int ret = 0;

	r->schema = RECORD_SCHEMA;
	r->scenario = a->command.scenario;
	if (!a->command.probes) {
		probes_close(a->probes);
		a->probes = NULL;
	}
	if (a->sides != NET_PEER)
		ret = mode_read_back(&a->net, r, e);
	if (!ret)
		ret = set_parameters(a, r, e);
	if (!ret && a->command.tracepoints)
		ret = add_tracepoints(a, e);
	return ret ? ret : start_injecting(a, e);
}

struct instruments agent_instruments(const struct agent *a)
{
	return (struct instruments) { a->sockets, a->probes, a->counters, a->injector, a->guest,
				      .marks = a->sides == NET_BOTH };
}

int agent_end_injection(struct agent *a, struct record *r, struct err *e)
{
	int ret = injector_fill(a->injector, r, e);

	injector_close(a->injector);
	a->injector = NULL;
	return ret;
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

/* An emulated machine has no PMU; there the testbed counts, or says why it does not. */
static int fill_counters(struct agent *a, struct record *r, struct err *e)
{
	const char *none = counters_none(a->counters);

	if (!none)
		return counters_fill(a->counters, r, e);
	return record_set_absent(r, "counters.pmu", none) ?
	       err_set(e, ENOMEM, "agent: no memory") : 0;
}

int agent_fill(struct agent *a, struct record *r, struct err *e)
{
	int ret = fill_counters(a, r, e);

	return ret ? ret : fill_probes(a, r, e);
}

int agent_take_precedence(struct err *e)
{
	struct sched_param p = { .sched_priority = 1 };

	if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &p))
		return err_set(e, errno, "agent: take precedence over the flows: %s",
			       strerror(errno));
	return 0;
}
