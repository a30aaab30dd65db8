/* SPDX-License-Identifier: GPL-2.0 */
/* What iperf3 says of a transfer. */
#ifndef AGENT_IPERF_H
#define AGENT_IPERF_H

#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

enum { IPERF_VERSION_MAX = 32 };

struct iperf_result {
	char version[IPERF_VERSION_MAX];
	uint64_t sent_bytes, received_bytes;
	double seconds;
	char congestion[16];	/* of the sender's socket, as the kernel says it; "": not known */
};

/*
 * Parse the @len bytes of JSON that `iperf3 -J` printed for a transfer of one stream; @asked
 * bytes were to be moved, 0: it was timed. Strict: an "error" key, another number of streams,
 * text behind the JSON, a missing or impossible figure or a short transfer is -EINVAL with @e.
 */
int iperf_parse(const char *text, size_t len, uint64_t asked, struct iperf_result *out,
		struct err *e);

#endif
