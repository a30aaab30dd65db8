// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/boot.h"
#include "agent/drive.h"
#include "agent/host.h"
#include "agent/host_functions.h"
#include "agent/host_record.h"
#include "agent/mode.h"
#include "agent/parameters.h"
#include "agent/procfs.h"
#include "util/clock.h"

/* The version of the QEMU that comes with the host. */
#define QEMU_VERSION "/guest/qemu-version"

int host_prepare(struct agent *a, enum guest_mode mode, const char *probe_set,
		 struct vfio_device *nic, struct err *e)
{
	char own[HOST_FUNCTIONS_MAX], guests[HOST_FUNCTIONS_MAX];
	int ret = host_functions_part(probe_set, own, guests, e);

	if (!ret)
		ret = boot_load_modules("order-host", e);
	if (!ret)
		ret = vfio_assign_nic(NET_SUBJECT_MAC, nic, e);
	if (!ret)
		ret = agent_prepare(a, own, e);
	return ret ? ret : guest_start(mode, nic->address, guests, &a->guest, e);
}

/* What is injected is done on one side. */
static int command_guest(struct agent *a, struct err *e)
{
	struct command c = a->command;

	if (c.inject.host)
		c.inject = (struct inject) { .kind = INJECT_NONE };
	else
		a->command.inject = (struct inject) { .kind = INJECT_NONE };
	if (c.inject.kind == INJECT_FLUSH)
		return err_set(e, ENOTSUP, "agent: --inject flush: over two levels it is the host's "
			       "that can be asked for more: host:flush:N");
	return guest_command(a->guest, &c, e);
}

/*
 * The flows are cut off behind the window: what is left of them would take longer than the window
 * did. So what both sides sent and received is as their kernels say it, and iperf3 says nothing.
 */
static int end_flows(struct agent *a, uint64_t started_ns, struct record *r, struct err *e)
{
	char version[IPERF_VERSION_MAX];
	int ret;

	flows_cut(&a->flows);
	ret = flows_version(&a->net, version, e);
	if (ret)
		return ret;
	r->env.iperf3 = strdup(version);
	for (size_t i = 0; i < r->nr_flows; i++)
		r->flows[i].seconds = (now_ns() - started_ns) / 1e9;
	return 0;
}

static int measure(struct agent *a, struct record *r, struct err *e)
{
	uint64_t started_ns = now_ns();
	struct instruments with;
	int ret = command_guest(a, e);

	if (!ret)
		ret = agent_take_command(a, r, e);
	if (!ret)
		ret = flows_start(&a->flows, &a->net, &a->command, e);
	with = agent_instruments(a);
	if (!ret)
		ret = drive_window(&a->command, &a->net, &a->flows, &with, r, e);
	if (!ret)
		ret = agent_end_injection(a, r, e);
	if (!ret)
		ret = end_flows(a, started_ns, r, e);
	if (!ret)
		ret = mode_read_kernel(r, e);
	return ret ? ret : agent_fill(a, r, e);
}

static int put_together(const struct agent *a, struct record *guests, struct record *own,
			const struct vfio_device *nic, struct err *e)
{
	char version[128];
	int ret = procfs_line(QEMU_VERSION, version, sizeof(version));

	if (ret)
		return err_set(e, -ret, "agent: " QEMU_VERSION ": %s", strerror(-ret));
	return host_record_add(guests, own, nic,
			       &(struct guest_qemu) { version, guest_machine(a->guest) }, e);
}

int host_measure(struct agent *a, const struct vfio_device *nic, struct record **out,
		 struct err *e)
{
	static const struct iperf_result unsaid;
	struct record *own = record_new(), *guests = NULL;
	int ret;

	if (!own)
		return err_set(e, ENOMEM, "agent: no memory");
	ret = measure(a, own, e);
	if (!ret)
		ret = guest_record(a->guest, &guests, e);
	if (!ret)
		ret = parameters_read_congestion(&unsaid, 1, &a->command.traffic, guests, e);
	if (!ret)
		ret = put_together(a, guests, own, nic, e);
	record_free(own);
	if (ret)
		record_free(guests);
	else
		*out = guests;
	return ret;
}
