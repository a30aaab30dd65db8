/* SPDX-License-Identifier: GPL-2.0 */
/* The parameters of the traffic: set as asked for, and read back. */
#ifndef AGENT_PARAMETERS_H
#define AGENT_PARAMETERS_H

#include "agent/iperf.h"
#include "agent/net.h"
#include "record/record.h"
#include "scenario/traffic.h"

/*
 * Set what @t asks for, on the subject's side and, where it takes two, on the peer's; then wait
 * for the carriers. Servers that listen already keep the socket buffers they were made with.
 */
int parameters_apply(const struct net *net, const struct traffic *t, struct err *e);

/*
 * Fill @r->traffic but for the congestion control. -EINVAL with @e where it is not what @t asks
 * for, or cannot be told.
 */
int parameters_read_back(const struct net *net, const struct traffic *t, struct record *r,
			 struct err *e);

/* The same for the congestion control, which iperf3 read from the flows' sockets. */
int parameters_read_congestion(const struct iperf_result *results, size_t n,
			       const struct traffic *t, struct record *r, struct err *e);

#endif
