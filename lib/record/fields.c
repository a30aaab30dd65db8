// SPDX-License-Identifier: GPL-2.0
#include "record/fields.h"

#define STRING(type, name)	{ #name, JSON_KIND_STRING, offsetof(struct type, name), false }
#define OPTIONAL(type, name)	{ #name, JSON_KIND_STRING, offsetof(struct type, name), true }
#define U64(type, name)		{ #name, JSON_KIND_U64, offsetof(struct type, name), false }
#define INT(type, name)		{ #name, JSON_KIND_INT, offsetof(struct type, name), false }
#define REAL(type, name)	{ #name, JSON_KIND_REAL, offsetof(struct type, name), false }
#define OPTIONAL_INT(type, name)	{ #name, JSON_KIND_INT, offsetof(struct type, name), true }
#define BOOL(type, name)	{ #name, JSON_KIND_BOOL, offsetof(struct type, name), false }

/* The testbed's part stands first, the subject's follows. */
enum { TESTBED_FIELDS = 8 };

static const struct json_field environment[] = {
	STRING(record_environment, testbed),
	OPTIONAL(record_environment, qemu),
	OPTIONAL(record_environment, machine),
	STRING(record_environment, clock),
	OPTIONAL(record_environment, boot),
	OPTIONAL(record_environment, host),
	OPTIONAL(record_environment, iommu),
	STRING(record_environment, suite),
	OPTIONAL(record_environment, kernel),
	OPTIONAL(record_environment, build_id),
	OPTIONAL(record_environment, cmdline),
	INT(record_environment, vcpus),
	OPTIONAL(record_environment, nic_driver),
	OPTIONAL(record_environment, iommu_driver),
	OPTIONAL(record_environment, iperf3),
	OPTIONAL(record_environment, attach),
	OPTIONAL(record_environment, tracer),
};

static const struct json_field traffic[] = {
	OPTIONAL(record_traffic, congestion),
	OPTIONAL_INT(record_traffic, mtu),
	OPTIONAL_INT(record_traffic, ring_rx),
	OPTIONAL_INT(record_traffic, ring_tx),
	OPTIONAL_INT(record_traffic, receive_buffer),
	OPTIONAL_INT(record_traffic, send_buffer),
	OPTIONAL(record_traffic, offloads),
};

static const struct json_field mode[] = {
	OPTIONAL(record_mode, domain_type),
};

static const struct json_field capabilities[] = {
	STRING(record_mode, cap),
	STRING(record_mode, ecap),
	BOOL(record_mode, caching_mode),
	BOOL(record_mode, scalable_mode),
	BOOL(record_mode, first_stage),
};

static const struct json_field window[] = {
	U64(record, open_ns),
	U64(record, close_ns),
	U64(record, payload_bytes),
};

static const struct json_field flow[] = {
	INT(record_flow, port),
	U64(record_flow, window_bytes),
	U64(record_flow, asked_bytes),
	U64(record_flow, sent_bytes),
	U64(record_flow, received_bytes),
	REAL(record_flow, seconds),
	U64(record_flow, retransmits),
	U64(record_flow, first_ns),
	U64(record_flow, last_ns),
};

static const struct json_field function[] = {
	OPTIONAL(record_function, symbol),
	U64(record_function, count),
	U64(record_function, total_ns),
};

static const struct json_field function_reported[] = {
	{ "mean_ns", JSON_KIND_REAL, offsetof(struct record_function, reported.mean_ns), true },
	{ "variance_us2", JSON_KIND_SIGNED, offsetof(struct record_function, reported.variance_us2),
	  true },
	{ "count_per_page", JSON_KIND_REAL,
	  offsetof(struct record_function, reported.count_per_page), true },
};

static const struct json_field function_timing[] = {
	U64(record_function, self_ns),
	U64(record_function, min_ns),
	U64(record_function, max_ns),
	U64(record_function, missed),
	U64(record_function, orphaned),
	U64(record_function, unmatched),
	U64(record_function, overflowed),
	U64(record_function, backward),
};

static const struct json_field cpu[] = {
	INT(record_cpu, cpu),
	U64(record_cpu, user_ns),
	U64(record_cpu, nice_ns),
	U64(record_cpu, system_ns),
	U64(record_cpu, idle_ns),
	U64(record_cpu, iowait_ns),
	U64(record_cpu, irq_ns),
	U64(record_cpu, softirq_ns),
	U64(record_cpu, steal_ns),
};

static const struct json_field tcp[] = {
	U64(record_tcp, in_segs),
	U64(record_tcp, out_segs),
	U64(record_tcp, retrans_segs),
};

static const struct json_field nic[] = {
	U64(record_nic, rx_dropped),
	U64(record_nic, rx_missed),
	U64(record_nic, rx_errors),
	U64(record_nic, tx_dropped),
	U64(record_nic, tx_errors),
};

static const struct json_field counter_name[] = {
	STRING(record_counter, source),
	OPTIONAL(record_counter, device),
	STRING(record_counter, event),
	OPTIONAL(record_counter, absent),
};

static const struct json_field counter[] = {
	U64(record_counter, value),
	STRING(record_counter, unit),
	BOOL(record_counter, whole_window),
	U64(record_counter, enabled_ns),
	U64(record_counter, running_ns),
};

static const struct json_field host[] = {
	OPTIONAL(record_host, kernel),
	OPTIONAL(record_host, build_id),
	OPTIONAL(record_host, cmdline),
	INT(record_host, vcpus),
	OPTIONAL(record_host, iommu_driver),
	OPTIONAL(record_host, domain_type),
	OPTIONAL(record_host, qemu),
	OPTIONAL(record_host, machine),
	U64(record_host, window_ns),
	{ "busy_ns", JSON_KIND_U64, offsetof(struct record_host, busy_ns), true },
	{ "span_ns", JSON_KIND_U64, offsetof(struct record_host, span_ns), true },
};

static const struct json_field plain[] = {
	U64(record_plain, window_ns),
	U64(record_plain, payload_bytes),
	U64(record_plain, busy_ns),
};

const struct record_fields record_environment_fields = { JSON_FIELDS(environment) };
const struct record_fields record_subject_fields = {
	environment + TESTBED_FIELDS, sizeof(environment) / sizeof(environment[0]) - TESTBED_FIELDS
};
const struct record_fields record_traffic_fields = { JSON_FIELDS(traffic) };
const struct record_fields record_mode_fields = { JSON_FIELDS(mode) };
const struct record_fields record_capability_fields = { JSON_FIELDS(capabilities) };
const struct record_fields record_window_fields = { JSON_FIELDS(window) };
const struct record_fields record_flow_fields = { JSON_FIELDS(flow) };
const struct record_fields record_function_fields = { JSON_FIELDS(function) };
const struct record_fields record_function_reported_fields = { JSON_FIELDS(function_reported) };
const struct record_fields record_function_timing_fields = { JSON_FIELDS(function_timing) };
const struct record_fields record_counter_name_fields = { JSON_FIELDS(counter_name) };
const struct record_fields record_counter_fields = { JSON_FIELDS(counter) };
const struct record_fields record_cpu_fields = { JSON_FIELDS(cpu) };
const struct record_fields record_tcp_fields = { JSON_FIELDS(tcp) };
const struct record_fields record_nic_fields = { JSON_FIELDS(nic) };
const struct record_fields record_host_fields = { JSON_FIELDS(host) };
const struct record_fields record_plain_fields = { JSON_FIELDS(plain) };
