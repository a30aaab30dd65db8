/* SPDX-License-Identifier: GPL-2.0 */
/* The flat parts of a record as tables: parse.c reads by them and print.c prints by them. */
#ifndef RECORD_FIELDS_H
#define RECORD_FIELDS_H

#include "record/record.h"
#include "util/json.h"

struct record_fields {
	const struct json_field *fields;
	size_t n;
};

extern const struct record_fields record_environment_fields;
extern const struct record_fields record_subject_fields;	/* of environment, too */
extern const struct record_fields record_traffic_fields;
extern const struct record_fields record_mode_fields;
extern const struct record_fields record_capability_fields;	/* of struct record_mode too */
extern const struct record_fields record_window_fields;	/* of struct record */
extern const struct record_fields record_flow_fields;
extern const struct record_fields record_function_fields;
extern const struct record_fields record_function_reported_fields;
extern const struct record_fields record_function_timing_fields;
extern const struct record_fields record_counter_name_fields;	/* which it is, and why it is absent */
extern const struct record_fields record_counter_fields;
extern const struct record_fields record_cpu_fields;
extern const struct record_fields record_tcp_fields;
extern const struct record_fields record_nic_fields;
extern const struct record_fields record_host_fields;
extern const struct record_fields record_plain_fields;

/* Does @r say why for all that is not there, and are its words known? -EINVAL with @at's error. */
int record_check_complete(const struct record *r, const struct json_place *at);

#endif
