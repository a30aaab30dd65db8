/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The record: what one run measured. Raw facts and the environment, nothing derived.
 *
 * What could not be measured is absent: its has_ flag is false (or its pointer NULL) and
 * absent[] names it and gives the reason. It is never zero.
 */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "scenario/scenario.h"
#include "util/err.h"

enum {
	RECORD_SCHEMA = 2,
	RECORD_FUNCTIONS_MAX = 48,
	RECORD_COUNTERS_MAX = 1024,
	RECORD_CPUS_MAX = 256,
	RECORD_REPORTED_MAX = 32,
	RECORD_WARNINGS_MAX = 64,
	RECORD_ABSENT_MAX = 64,
};

/* One occupied bucket of a log-linear histogram: index as bpf/loglin.h defines it. */
struct record_bucket {
	uint32_t index;
	uint64_t count;
};

/*
 * In records a function has one name, that of Linux 6.12. One of the host's kernel, of a run over
 * two levels, has RECORD_HOST before it: "host:__iommu_map".
 */
#define RECORD_HOST "host:"

/* Is what is called @name the host's? */
static inline bool record_is_hosts(const char *name)
{
	return !strncmp(name, RECORD_HOST, sizeof(RECORD_HOST) - 1);
}

/* What its own level calls it. */
static inline const char *record_own_name(const char *name)
{
	return record_is_hosts(name) ? name + sizeof(RECORD_HOST) - 1 : name;
}

struct record_function {
	char *name;
	char *symbol;		/* the subject's name for it, where that is another; or NULL */
	char *absent;		/* why it was not traced, or NULL; nothing below is valid then */
	uint64_t count;		/* calls that began in the window and were timed to their end */
	uint64_t total_ns;	/* inclusive time of those calls */
	/* What another tool's report says of it beside these; NAN: it does not say. */
	struct {
		double mean_ns, variance_us2, count_per_page;
	} reported;
	bool timed;		/* all below; else another tool's report holds only the above */
	uint64_t self_ns;	/* total_ns less the time in other traced functions */
	uint64_t min_ns, max_ns;	/* valid when count > 0 */
	uint64_t missed;	/* calls the kernel's recursion guard kept from the entry probe */
	uint64_t orphaned;	/* entries whose exit was never seen */
	uint64_t unmatched;	/* exits whose entry was never seen */
	uint64_t overflowed;	/* calls not stored: no free slot, or nested too deep */
	uint64_t backward;	/* calls that ended before they began: a broken clock */
	struct record_bucket *buckets;	/* ascending index, count > 0 */
	size_t nr_buckets;
};

/* One flow = one iperf3 client/server pair. Bytes are TCP payload. */
struct record_flow {
	int port;
	uint64_t window_bytes;	/* received by the receiving side inside the window */
	uint64_t asked_bytes;	/* whole transfer: what iperf3 was asked for; 0: a timed transfer */
	uint64_t sent_bytes;	/* whole transfer, as the sender's iperf3 reports it */
	uint64_t received_bytes;	/* whole transfer, as the receiver's iperf3 reports it */
	double seconds;		/* whole transfer */
	uint64_t retransmits;	/* segments, by the sender, inside the window */
	uint64_t first_ns, last_ns;	/* subject clock: seen warm, and still connected */
};

/* /proc/stat over the window, in ns; the kernel counts in ticks of record.cpu_tick_ns */
struct record_cpu {
	int cpu;
	uint64_t user_ns, nice_ns, system_ns, idle_ns, iowait_ns, irq_ns, softirq_ns, steal_ns;
};

/* Differences over the window of one network namespace's TCP counters (/proc/net/snmp). */
struct record_tcp {
	uint64_t in_segs, out_segs, retrans_segs;
};

/* Differences over the window of a NIC's own counters (netlink, IFLA_STATS64). */
struct record_nic {
	uint64_t rx_dropped, rx_missed, rx_errors, tx_dropped, tx_errors;	/* packets */
};

/*
 * One event counter of an IOMMU. @source names who counted and so what @event means: "qemu-vtd",
 * "dmar", "iio-icx", "iio-spr", "iio-gnr", "amd_iommu", "smmuv3_pmcg", "dmar_perf_latency",
 * "tracepoint".
 */
struct record_counter {
	char *source;
	char *device;		/* which of several, as "dmar0" or "uncore_iio_3"; NULL: only one */
	char *event;		/* as the source calls it */
	char *absent;		/* why it was not counted, or NULL; nothing below is valid then */
	uint64_t value;		/* as read, not scaled up for time it did not run */
	char *unit;		/* "events", "cycles", "ns", ... */
	bool whole_window;	/* from the window's first moment to its last */
	uint64_t enabled_ns, running_ns;	/* less running than enabled: it was multiplexed */
};

/*
 * Two levels: the host under the subject, which is its guest. What the host's kernel did is in
 * functions, counters and warnings, under names that begin with RECORD_HOST.
 */
struct record_host {
	char *kernel;		/* all as of the subject */
	char *build_id;
	char *cmdline;
	int vcpus;
	char *iommu_driver;
	char *domain_type;	/* of the group of the NIC that it assigns: its own policy */
	char *qemu;		/* the version that runs the guest */
	char *machine;		/* its options that shape the guest */
	uint64_t window_ns;	/* the same window, by the host's clock */
	/* both 0: not known, see absent[] */
	uint64_t busy_ns;	/* CPU time that was not idle, the guest's included */
	uint64_t span_ns;	/* of that time: between its readings, just outside the window */
};

/* The same traffic once more, without probes, from the same state of the machine. */
struct record_plain {
	uint64_t window_ns;
	uint64_t payload_bytes;
	uint64_t busy_ns;	/* CPU time not idle, all CPUs */
};

/* Parameters of the traffic, read back. NULL or 0: could not be, see absent[]. */
struct record_traffic {
	char *congestion;	/* TCP congestion control */
	int mtu;		/* bytes */
	int ring_rx, ring_tx;	/* of the subject's NIC, descriptors */
	int receive_buffer, send_buffer;	/* of a socket, bytes */
	char *offloads;		/* those of the subject's NIC that are on, as "gro,gso,tso" */
};

/* A number that another tool derived and printed. @metric as judge/metrics.h calls it. */
struct record_reported {
	char *metric;
	double value;
};

struct record_absent {
	char *field;		/* path in the JSON, e.g. "cpu" */
	char *reason;
};

struct record_environment {
	/* of the testbed */
	char *testbed;		/* "emulated", "local", or "imported" from another tool's report */
	char *qemu;		/* version, as QEMU says it; NULL when no QEMU */
	char *machine;		/* QEMU's options that shape the machine, one string */
	char *clock;		/* "counted" or "real" */
	char *boot;		/* "restored" or "fresh" */
	char *host;		/* real clock: the processors that the testbed ran on, else NULL */
	char *iommu;		/* of the emulated machine (scenario/driver.h); NULL: VT-d's */
	char *suite;		/* version of iommu-perf */
	/* of the subject, read back from the running kernel */
	char *kernel;		/* uname -r and -v */
	char *build_id;		/* of vmlinux, hex, from /sys/kernel/notes */
	char *cmdline;
	int vcpus;
	char *nic_driver;
	char *iommu_driver;	/* "intel-iommu", ...; NULL: none */
	char *iperf3;
	char *attach;		/* how probes are attached: "fentry" */
	char *tracer;		/* identity of the probe programs: hash of their instructions */
};

/* The mode read back. Strings are as sysfs gives them; NULL with an absent[] entry otherwise. */
struct record_mode {
	/* iommu_group/type of the subject's NIC: DMA, DMA-FQ, identity; NULL: no group */
	char *domain_type;
	bool has_capabilities;	/* all below */
	char *cap, *ecap;	/* vIOMMU capability registers, hex */
	bool caching_mode;	/* CAP.CM */
	bool scalable_mode;	/* ECAP.SMTS, and sm_on on the command line */
	bool first_stage;	/* ECAP.FSTS, in scalable mode: the kernel then prefers it */
};

struct record {
	int schema;
	struct scenario scenario;
	struct record_environment env;
	struct record_traffic traffic;
	struct record_mode mode;
	bool has_window;	/* open_ns to payload_bytes */
	uint64_t open_ns, close_ns;	/* the window, CLOCK_MONOTONIC of the subject */
	uint64_t payload_bytes;	/* TCP payload the subject received (sent, for -tx) in the window */
	struct record_flow flows[FLOWS_MAX];
	size_t nr_flows;
	struct record_function functions[RECORD_FUNCTIONS_MAX];
	size_t nr_functions;
	struct record_counter counters[RECORD_COUNTERS_MAX];
	size_t nr_counters;
	bool has_cpu;
	uint64_t cpu_tick_ns;
	uint64_t cpu_span_ns;	/* between the readings of /proc/stat at both ends; 0: not known */
	struct record_cpu cpus[RECORD_CPUS_MAX];
	size_t nr_cpus;
	bool has_tcp;
	struct record_tcp tcp_subject, tcp_peer;
	bool has_nic;
	struct record_nic nic_subject, nic_peer;
	bool has_host;		/* a run over two levels */
	struct record_host host;
	bool has_plain;
	struct record_plain plain;
	char *report;		/* what the report calls this run; NULL: we measured it ourselves */
	struct record_reported reported[RECORD_REPORTED_MAX];
	size_t nr_reported;
	/* kernel log, level warning or worse, inside the window */
	char *warnings[RECORD_WARNINGS_MAX];
	size_t nr_warnings;
	struct record_absent absent[RECORD_ABSENT_MAX];
	size_t nr_absent;
	char *reproduce;	/* the command that repeats this run */
};

/* All strings and arrays in a record are its own, from malloc. record_free() leaves it zeroed. */
struct record *record_new(void);
void record_free(struct record *r);

/*
 * A new counter of @r, its strings from malloc and its numbers zero; @device may be NULL. NULL
 * where there is no room or no memory.
 */
struct record_counter *record_add_counter(struct record *r, const char *source,
					  const char *device, const char *event);

/* Note that @field could not be measured, and why. -ENOSPC or -ENOMEM. */
int record_set_absent(struct record *r, const char *field, const char *reason);

/* CPU time of @r that was not idle, all CPUs, ns; of a record that has it. */
uint64_t record_busy_ns(const struct record *r);

/*
 * Parse @len bytes of JSON; @where names them in messages (a path). Strict: an unknown schema,
 * a missing or mistyped field, a duplicate key, an impossible number or trailing text is
 * -EINVAL, and @e says what, where (line or field) and how to mend it.
 */
int record_parse(const char *text, size_t len, const char *where, struct record **out,
		 struct err *e);

/*
 * The same for what the agent in a subject prints: a record without "reproduce" and without the
 * testbed's part of the environment (testbed, qemu, machine, clock, boot, suite), which the
 * testbed then fills in. That nothing is absent without a reason is only checked of the whole.
 */
int record_parse_subject(const char *text, size_t len, const char *where, struct record **out,
			 struct err *e);

/* record_parse() of the file at @path. */
int record_load(const char *path, struct record **out, struct err *e);

/* The record as JSON and a newline, keys in a fixed order; from malloc. NULL: no memory. */
char *record_print(const struct record *r);

/* Write @r to @path, atomically: whatever happens, @path is either absent/old or complete. */
int record_save(const struct record *r, const char *path, struct err *e);

#endif
