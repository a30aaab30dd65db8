// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "agent/netlink.h"

enum { ANSWER_SIZE = 32 * 1024 };	/* the features of a NIC, each with its name, take 10 KiB */

int netlink_open(int protocol, struct mnl_socket **out, struct err *e)
{
	struct mnl_socket *nl = mnl_socket_open2(protocol, SOCK_CLOEXEC);

	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0) {
		int error = errno;

		if (nl)
			mnl_socket_close(nl);
		return err_set(e, error, "agent: netlink: %s", strerror(error));
	}
	*out = nl;
	return 0;
}

struct taker {
	int (*take)(const struct nlmsghdr *answer, void *data);
	void *data;
	bool taken;
};

static int take_answer(const struct nlmsghdr *answer, void *data)
{
	struct taker *t = data;

	t->taken = t->take && !t->take(answer, t->data);
	return MNL_CB_OK;
}

int netlink_ask(struct mnl_socket *nl, struct nlmsghdr *request,
		int (*take)(const struct nlmsghdr *answer, void *data), void *data)
{
	static char answer[ANSWER_SIZE];
	static unsigned int seq;
	struct taker t = { .take = take, .data = data };
	int ret;

	request->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	request->nlmsg_seq = ++seq;
	if (mnl_socket_sendto(nl, request, request->nlmsg_len) < 0)
		return -errno;
	do {
		ssize_t n = mnl_socket_recvfrom(nl, answer, sizeof(answer));

		ret = n < 0 ? -1 : mnl_cb_run(answer, n, seq, mnl_socket_get_portid(nl),
					      take_answer, &t);
	} while (ret > MNL_CB_STOP);
	if (ret < 0)
		return -errno;
	return take && !t.taken ? -ENODATA : 0;
}
