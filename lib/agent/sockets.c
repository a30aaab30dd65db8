// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>

#include "agent/sockets.h"

/* states of include/net/tcp_states.h that are of use here */
enum { STATE_ESTABLISHED = 1, STATE_LISTEN = 10 };

enum { ANSWER_SIZE = 32768 };	/* the most that the kernel puts into one part of a dump */

struct dump {
	int base_port, flows;
	struct socket_flow *out;	/* NULL: count listeners */
	int listening;
};

/* The flow that @msg belongs to by its server's port, which is local on one side only; or -1. */
static int flow_of(const struct inet_diag_msg *msg, const struct dump *d)
{
	int local = ntohs(msg->id.idiag_sport) - d->base_port;
	int remote = ntohs(msg->id.idiag_dport) - d->base_port;

	if (local >= 0 && local < d->flows)
		return local;
	return remote >= 0 && remote < d->flows ? remote : -1;
}

static void take(struct dump *d, int flow, const struct inet_diag_msg *msg,
		 const struct tcp_info *info)
{
	struct socket_flow *f = &d->out[flow];

	if (f->found && info->tcpi_bytes_received + info->tcpi_bytes_acked <
	    f->received + f->acked)
		return;
	f->found = true;
	f->id = msg->id;
	f->received = info->tcpi_bytes_received;
	f->acked = info->tcpi_bytes_acked;
	f->retransmits = info->tcpi_total_retrans;
}

static int on_socket(const struct nlmsghdr *nlh, void *data)
{
	const struct inet_diag_msg *msg = mnl_nlmsg_get_payload(nlh);
	struct dump *d = data;
	int flow = flow_of(msg, d);
	struct nlattr *attr;

	if (flow < 0)
		return MNL_CB_OK;
	if (!d->out) {
		d->listening++;
		return MNL_CB_OK;
	}
	mnl_attr_for_each(attr, nlh, sizeof(*msg)) {
		struct tcp_info info = { 0 };
		size_t len = mnl_attr_get_payload_len(attr);

		if (mnl_attr_get_type(attr) != INET_DIAG_INFO)
			continue;
		/* the kernel's struct may be longer or shorter than ours */
		memcpy(&info, mnl_attr_get_payload(attr), len < sizeof(info) ? len : sizeof(info));
		take(d, flow, msg, &info);
	}
	return MNL_CB_OK;
}

/* Ask for one socket (@id) or for all in @states, and give what comes to on_socket(). */
static int ask(const struct net_side *side, const struct inet_diag_sockid *id, int states,
	       struct dump *d, struct err *e)
{
	static unsigned int seq;
	char buf[ANSWER_SIZE];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct inet_diag_req_v2 *req;
	unsigned int portid = mnl_socket_get_portid(side->diag);
	ssize_t n;
	int ret;

	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	nlh->nlmsg_flags = NLM_F_REQUEST | (id ? 0 : NLM_F_DUMP);
	nlh->nlmsg_seq = ++seq;
	req = mnl_nlmsg_put_extra_header(nlh, sizeof(*req));
	req->sdiag_family = AF_INET;
	req->sdiag_protocol = IPPROTO_TCP;
	req->idiag_states = states;
	req->idiag_ext = 1 << (INET_DIAG_INFO - 1);
	if (id)
		req->id = *id;
	if (mnl_socket_sendto(side->diag, nlh, nlh->nlmsg_len) < 0)
		return err_set(e, errno, "agent: sock_diag: %s", strerror(errno));
	do {
		n = mnl_socket_recvfrom(side->diag, buf, sizeof(buf));
		ret = n < 0 ? -1 : mnl_cb_run(buf, n, seq, portid, on_socket, d);
	} while (ret > 0 && !id);
	if (ret < 0 && !(id && errno == ENOENT))
		return err_set(e, errno, "agent: sock_diag: %s (is tcp_diag loaded?)",
			       strerror(errno));
	return 0;
}

int sockets_refresh(const struct net_side *side, int base_port, int flows,
		    struct socket_flow f[FLOWS_MAX], struct err *e)
{
	struct dump d = { .base_port = base_port, .flows = flows, .out = f };
	int ret = 0;

	for (int i = 0; !ret && i < flows; i++) {
		struct inet_diag_sockid id = f[i].id;

		f[i].found = false;
		ret = ask(side, &id, -1, &d, e);
	}
	return ret;
}

int sockets_flows(const struct net_side *side, int base_port, int flows,
		  struct socket_flow out[FLOWS_MAX], struct err *e)
{
	struct dump d = { .base_port = base_port, .flows = flows, .out = out };

	memset(out, 0, sizeof(out[0]) * FLOWS_MAX);
	return ask(side, NULL, 1 << STATE_ESTABLISHED, &d, e);
}

int sockets_listening(const struct net_side *side, int base_port, int flows, struct err *e)
{
	struct dump d = { .base_port = base_port, .flows = flows };
	int ret = ask(side, NULL, 1 << STATE_LISTEN, &d, e);

	return ret ? ret : d.listening;
}
