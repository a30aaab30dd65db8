/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parameters of the traffic that a run may ask for beside its scenario: of TCP, and of the NIC.
 * What is not asked for stays as the machine booted.
 */
#ifndef SCENARIO_TRAFFIC_H
#define SCENARIO_TRAFFIC_H

#include <stddef.h>

#include "util/err.h"

enum { TRAFFIC_WORD_MAX = 16, TRAFFIC_OFFLOADS_MAX = 48, TRAFFIC_OPTIONS_MAX = 256 };

struct traffic {
	char congestion[TRAFFIC_WORD_MAX];	/* of the flows; "": not asked for */
	int mtu;		/* of both NICs, bytes; 0: not asked for */
	int ring;		/* of the subject's NIC, receive and send, descriptors; 0: likewise */
	/* of a socket that sends, bytes; one that receives has twice that; 0: not asked for */
	int socket_buffer;
	/* those of the subject's NIC to be on, sorted, as "gro,tso"; "none"; "": not asked for */
	char offloads[TRAFFIC_OFFLOADS_MAX];
};

/* The parameters, as their options are named without "--". NULL behind the last. */
extern const char *const traffic_names[];

/* The offloads that can be asked for: bits of a set, in the order of their names. */
enum offload { OFFLOAD_GRO, OFFLOAD_GSO, OFFLOAD_LRO, OFFLOAD_RX_CHECKSUM, OFFLOAD_TSO, OFFLOADS };

/* What a run on @testbed asks for by itself. */
void traffic_defaults(const char *testbed, struct traffic *t);

/*
 * Set the parameter @name from @value. -EINVAL with @e that says what it may be. Offloads are
 * names with commas between them, in any order.
 */
int traffic_set(struct traffic *t, const char *name, const char *value, struct err *e);

/* The value of the parameter @name as traffic_set() takes it; "" where it is not asked for. */
void traffic_value(const struct traffic *t, const char *name, char *buf, size_t size);

/* The options of `iommu-perf run` on @testbed that ask for @t: " --mtu 4000", or "". */
void traffic_options(const struct traffic *t, const char *testbed, char buf[TRAFFIC_OPTIONS_MAX]);

/* The set of @list, as traffic_set() takes it. -EINVAL where a word is no offload. */
int traffic_parse_offloads(const char *list, unsigned int *set);
void traffic_print_offloads(unsigned int set, char out[TRAFFIC_OFFLOADS_MAX]);

#endif
