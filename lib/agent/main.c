// SPDX-License-Identifier: GPL-2.0
/*
 * The agent: init of the subject. It prepares the machine, attaches the probes, says "armed" and
 * spins until it is given a command; then it measures, reports and rests until the testbed ends it.
 *
 * It spins because the testbed saves the machine right there. A restored subject finds its
 * command at the next look and gets no other input, which is what makes restores repeatable.
 *
 * Over two levels that is the host's agent, which starts a guest with another one. The guest's takes
 * its commands from the host's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/boot.h"
#include "agent/disturb.h"
#include "agent/drive.h"
#include "agent/host.h"
#include "agent/iommu.h"
#include "agent/parameters.h"
#include "agent/procfs.h"
#include "agent/report.h"
#include "agent/selftest.h"
#include "agent/serve.h"

#define COMMAND_PATH "/sys/firmware/qemu_fw_cfg/by_name/" COMMAND_FW_CFG "/raw"

/* The value of the kernel command line's NAME=VALUE behind "--", or @fallback. */
static const char *argument(int argc, char **argv, const char *name, const char *fallback)
{
	size_t len = strlen(name);

	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], name, len) && argv[i][len] == '=')
			return argv[i] + len + 1;
	return fallback;
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

static int measure(struct agent *a, struct record *r, struct err *e)
{
	struct iperf_result results[FLOWS_MAX];
	struct disturb *disturb = NULL;
	struct instruments with;
	int ret = agent_take_command(a, r, e);

	if (!ret)
		ret = flows_start(&a->flows, &a->net, &a->command, e);
	if (!ret && a->command.disturb)
		ret = disturb_start(&disturb, flows_threads, &a->flows, e);
	with = agent_instruments(a);
	if (!ret)
		ret = drive_window(&a->command, &a->net, &a->flows, &with, r, e);
	if (!ret)
		ret = agent_end_injection(a, r, e);
	if (disturb)
		disturb_stop(disturb, NULL, NULL);
	if (!ret)
		ret = flows_finish(&a->flows, results, e);
	if (!ret)
		ret = parameters_read_congestion(results, r->nr_flows, &a->command.traffic, r, e);
	if (ret)
		return ret;
	flows_fill(results, r);
	return agent_fill(a, r, e);
}

static int measure_alone(struct agent *a, struct record **out, struct err *e)
{
	struct record *r = record_new();
	int ret;

	if (!r)
		return err_set(e, ENOMEM, "agent: no memory");
	ret = measure(a, r, e);
	if (ret)
		record_free(r);
	else
		*out = r;
	return ret;
}

/* Measure and send what came of it. */
static int measure_and_report(struct agent *a, const struct vfio_device *nic, int fd, struct err *e)
{
	struct record *r = NULL;
	char *text;
	int ret = a->guest ? host_measure(a, nic, &r, e) : measure_alone(a, &r, e);

	if (ret)
		return ret;
	text = record_print(r);
	ret = text ? report_send(fd, "record", text, e) : err_set(e, ENOMEM, "agent: no memory");
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

static int take_command(struct agent *a, const struct vfio_device *nic, int report, struct err *e)
{
	/* QEMU cannot restore a machine that was saved while its guest was running: keep it from that */
	int ret = a->guest ? agent_take_precedence(e) : 0;

	if (ret)
		return ret;
	printf("iommu-perf: armed\n");
	fflush(stdout);
	ret = wait_for_command(&a->command, e);
	if (ret)
		return ret;
	if (a->command.selftest)
		return selftest_and_report(a, report, e);
	if (!a->guest)
		ret = agent_take_precedence(e);
	return ret < 0 ? ret : measure_and_report(a, nic, report, e);
}

/* The driver of an IOMMU must be there before the NICs' are: built in, or as the module @first. */
static int load_modules(const char *first, struct err *e)
{
	char name[64];
	int ret = 0;

	snprintf(name, sizeof(name), "%s.ko", first);
	if (first[0] && !iommu_driver(""))
		ret = boot_load_module(name, e);
	return ret == -ENOENT ? err_set(e, ENOTSUP, "the kernel has no module %s", first) :
	       ret ? ret : boot_load_modules("order", e);
}

/* The role is that of "role=guest" or "role=host guest=MODE" on the kernel's command line, or alone. */
static int run(struct agent *a, int argc, char **argv, int report, struct err *e)
{
	const char *role = argument(argc, argv, "role", "alone");
	const char *probes = argument(argc, argv, "probes", "all");
	const char *guest = argument(argc, argv, "guest", "");
	struct vfio_device nic;
	enum guest_mode mode;
	int ret = load_modules(argument(argc, argv, "load", ""), e);

	a->sides = !strcmp(role, "host") ? NET_PEER : !strcmp(role, "guest") ? NET_SUBJECT :
		   NET_BOTH;
	if (!ret && a->sides == NET_PEER)
		ret = guest_mode_parse(guest, &mode, e) ?: host_prepare(a, mode, probes, &nic, e);
	else if (!ret)
		ret = agent_prepare(a, probes, e);
	if (ret)
		return ret;
	if (a->sides == NET_SUBJECT)
		return serve(a, report, e);
	return take_command(a, &nic, report, e);
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
			report_send(report, ret == -ENOTSUP ? "skip" : "error", e.text, NULL);
	}
	if (report >= 0)
		tcdrain(report);
	boot_rest();
}
