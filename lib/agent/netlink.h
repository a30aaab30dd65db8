/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink: one request, and the kernel's answer. */
#ifndef AGENT_NETLINK_H
#define AGENT_NETLINK_H

#include <libmnl/libmnl.h>

#include "util/err.h"

enum { NETLINK_REQUEST_SIZE = 512 };

/* A socket of @protocol in the current network namespace; the caller ends it with mnl_socket_close(). */
int netlink_open(int protocol, struct mnl_socket **out, struct err *e);

/*
 * Send @request, whose type and flags this completes with NLM_F_REQUEST and NLM_F_ACK, and give
 * the answer to @take (NULL: there is none to expect) with @data. 0, or the kernel's negative
 * errno; -ENODATA where an answer was expected and none came or @take refused it.
 */
int netlink_ask(struct mnl_socket *nl, struct nlmsghdr *request,
		int (*take)(const struct nlmsghdr *answer, void *data), void *data);

#endif
