// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/boot.h"
#include "agent/link.h"
#include "agent/parameters.h"
#include "agent/procfs.h"

#define AVAILABLE "/proc/sys/net/ipv4/tcp_available_congestion_control"
#define ECN "/proc/sys/net/ipv4/tcp_ecn"

/* Is @word one of the words of @line? */
static bool has_word(const char *line, const char *word)
{
	char copy[512], *rest, *w;

	snprintf(copy, sizeof(copy), "%s", line);
	for (w = strtok_r(copy, " ", &rest); w; w = strtok_r(NULL, " ", &rest))
		if (!strcmp(w, word))
			return true;
	return false;
}

static int load_congestion(const char *name, struct err *e)
{
	char module[64], path[80], line[512];
	int ret = 0;

	snprintf(module, sizeof(module), "tcp_%s.ko", name);
	snprintf(path, sizeof(path), "/modules/%s", module);
	if (!access(path, R_OK))
		ret = boot_load_module(module, e);
	if (ret)
		return ret;
	ret = procfs_line(AVAILABLE, line, sizeof(line));
	if (ret)
		return err_set(e, -ret, "agent: %s: %s", AVAILABLE, strerror(-ret));
	if (!has_word(line, name))
		return err_set(e, EINVAL, "agent: --congestion %s: the subject has %.200s", name,
			       line);
	return 0;
}

/*
 * iperf3 gives a flow its congestion control once it is connected, too late for dctcp to ask for
 * ECN by itself: without it, it would turn into another. So the clients ask for it.
 */
static int ask_for_ecn(const struct net *net, struct err *e)
{
	int ret = net_enter(&net->peer, e);

	if (ret)
		return ret;
	ret = procfs_write(ECN, "1");
	if (ret)
		return err_set(e, -ret, "agent: %s: %s", ECN, strerror(-ret));
	return net_enter(&net->subject, e);
}

static int refused(int ret, const char *what, struct err *e)
{
	return ret ? err_set(e, -ret, "agent: %s: the NIC refuses it: %s", what, strerror(-ret)) : 0;
}

/* Rings and offloads of a NIC of the subject, which is down. */
static int configure_nic(const struct net *net, const struct net_nic *nic, const struct traffic *t,
			 struct err *e)
{
	char what[80];
	unsigned int set;
	int ret = 0;

	snprintf(what, sizeof(what), "--ring %d", t->ring);
	if (t->ring)
		ret = refused(ethtool_set_rings(&net->ethtool, nic->index, t->ring), what, e);
	snprintf(what, sizeof(what), "--offloads %s", t->offloads);
	if (!ret && t->offloads[0] && !traffic_parse_offloads(t->offloads, &set))
		ret = refused(ethtool_set_offloads(&net->ethtool, nic->index, set), what, e);
	return ret;
}

static int set_mtu(const struct net_side *side, const struct net_nic *nic, int mtu, struct err *e)
{
	char what[80];

	snprintf(what, sizeof(what), "--mtu %d of %s", mtu, nic->name);
	return mtu ? refused(link_set_mtu(side->route, nic->index, mtu), what, e) : 0;
}

/*
 * Some drivers reset their NIC for a change, and a link that comes and goes is seen late. So it is
 * down while it changes, and there is one moment at which it is up again.
 */
static int change_nic(const struct net *net, const struct net_nic *nic, const struct traffic *t,
		      struct err *e)
{
	const struct net_side *subject = &net->subject;
	int ret;

	ret = refused(link_set_up(subject->route, nic->index, false), "taking it down", e);
	if (!ret)
		ret = set_mtu(subject, nic, t->mtu, e);
	if (!ret)
		ret = configure_nic(net, nic, t, e);
	return ret ? ret :
	       refused(link_set_up(subject->route, nic->index, true), "taking it up", e);
}

static int change_nics(const struct net *net, const struct traffic *t, struct err *e)
{
	int ret = 0;

	for (int i = 0; !ret && i < net->peer.nr_nics; i++)
		ret = set_mtu(&net->peer, &net->peer.nics[i], t->mtu, e);
	for (int i = 0; !ret && i < net->subject.nr_nics; i++)
		ret = change_nic(net, &net->subject.nics[i], t, e);
	if (!ret)
		ret = net_wait_carrier(&net->subject, e);
	return ret ? ret : net_wait_carrier(&net->peer, e);
}

static int set_buffers(const struct net *net, int send, struct err *e)
{
	int ret = net_enter(&net->peer, e);

	if (!ret)
		ret = net_set_buffers(2 * send, send, e);
	if (!ret)
		ret = net_enter(&net->subject, e);
	return ret ? ret : net_set_buffers(2 * send, send, e);
}

int parameters_apply(const struct net *net, const struct traffic *t, struct err *e)
{
	int ret = 0;

	if (t->congestion[0])
		ret = load_congestion(t->congestion, e);
	if (!ret && !strcmp(t->congestion, "dctcp"))
		ret = ask_for_ecn(net, e);
	if (!ret && t->socket_buffer)
		ret = set_buffers(net, t->socket_buffer, e);
	if (!ret && (t->mtu || t->ring || t->offloads[0]))
		ret = change_nics(net, t, e);
	return ret;
}

/* @asked 0: nothing was asked for. @got 0: it could not be told. */
static int agree(const char *name, int asked, int got, struct err *e)
{
	if (asked && asked != got)
		return err_set(e, EINVAL, "agent: --%s %d was asked for, and it is %d", name, asked,
			       got);
	return 0;
}

static int words_agree(const char *name, const char *asked, const char *got, struct err *e)
{
	if (asked[0] && (!got || strcmp(asked, got)))
		return err_set(e, EINVAL, "agent: --%s %s was asked for, and it is %s", name, asked,
			       got ? got : "not known");
	return 0;
}

/* What a NIC does not tell is absent, with the kernel's reason. All were set alike: one is asked. */
static void absent(struct record *r, const char *field, int ret)
{
	char reason[128];

	snprintf(reason, sizeof(reason), "the NIC's driver does not tell: %s", strerror(-ret));
	record_set_absent(r, field, reason);
}

static void read_nic(const struct net *net, struct record *r)
{
	char offloads[TRAFFIC_OFFLOADS_MAX];
	struct ethtool_rings rings;
	int ret = ethtool_get_rings(&net->ethtool, net->subject.nics[0].index, &rings);

	if (ret) {
		absent(r, "traffic.ring_rx", ret);
		absent(r, "traffic.ring_tx", ret);
	} else {
		r->traffic.ring_rx = rings.rx;
		r->traffic.ring_tx = rings.tx;
	}
	ret = ethtool_get_offloads(&net->ethtool, net->subject.nics[0].index,
				   offloads);
	if (ret)
		absent(r, "traffic.offloads", ret);
	else
		r->traffic.offloads = strdup(offloads);
}

/* The MTU of @side's first NIC, which is to be *@mtu, unless that is 0. */
static int read_mtu_of(const struct net_side *side, int *mtu, struct err *e)
{
	struct link link;
	int ret;

	if (!side->nr_nics)
		return 0;
	ret = link_read(side->route, side->nics[0].index, &link);
	if (ret)
		return err_set(e, -ret, "agent: netlink: %s", strerror(-ret));
	if (*mtu && *mtu != link.mtu)
		return err_set(e, EINVAL, "agent: the MTU of the subject's NIC is %d, that of the "
			       "peer's %d", *mtu, link.mtu);
	*mtu = link.mtu;
	return 0;
}

static int read_mtu(const struct net *net, int *mtu, struct err *e)
{
	int ret = read_mtu_of(&net->subject, mtu, e);

	return ret ? ret : read_mtu_of(&net->peer, mtu, e);
}

int parameters_read_back(const struct net *net, const struct traffic *t, struct record *r,
			 struct err *e)
{
	struct record_traffic *got = &r->traffic;
	int ret = read_mtu(net, &got->mtu, e);

	if (!ret)
		ret = net_get_buffers(&got->receive_buffer, &got->send_buffer, e);
	if (ret)
		return ret;
	read_nic(net, r);
	ret = agree("mtu", t->mtu, got->mtu, e) ?: agree("ring", t->ring, got->ring_rx, e) ?:
	      agree("ring", t->ring, got->ring_tx, e) ?:
	      agree("socket-buffer", t->socket_buffer, got->send_buffer, e) ?:
	      agree("socket-buffer", 2 * t->socket_buffer, got->receive_buffer, e);
	return ret ? ret : words_agree("offloads", t->offloads, got->offloads, e);
}

int parameters_read_congestion(const struct iperf_result *results, size_t n,
			       const struct traffic *t, struct record *r, struct err *e)
{
	for (size_t i = 1; i < n; i++)
		if (strcmp(results[i].congestion, results[0].congestion))
			return err_set(e, EINVAL, "agent: flow 0 has congestion control %s, flow "
				       "%zu has %s", results[0].congestion, i,
				       results[i].congestion);
	if (results[0].congestion[0])
		r->traffic.congestion = strdup(results[0].congestion);
	else
		record_set_absent(r, "traffic.congestion", "iperf3 does not say it");
	return words_agree("congestion", t->congestion, r->traffic.congestion, e);
}
