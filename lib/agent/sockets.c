// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/sockets.h"
#include "socket_iter.h"
#include "socket_iter.skel.h"

/* states of include/net/tcp_states.h that are of use here */
enum { STATE_ESTABLISHED = 1, STATE_LISTEN = 10 };

struct sockets {
	struct socket_iter_bpf *skeleton;
	struct bpf_link *link;
};

int sockets_open(struct sockets **out, struct err *e)
{
	struct sockets *s = calloc(1, sizeof(*s));

	if (!s)
		return err_set(e, ENOMEM, "agent: no memory");
	s->skeleton = socket_iter_bpf__open_and_load();
	if (s->skeleton)
		s->link = bpf_program__attach_iter(s->skeleton->progs.sockets, NULL);
	if (!s->link) {
		int error = errno;

		sockets_close(s);
		return err_set(e, error, "agent: the socket iterator: %s", strerror(error));
	}
	*out = s;
	return 0;
}

void sockets_close(struct sockets *s)
{
	if (!s)
		return;
	bpf_link__destroy(s->link);
	socket_iter_bpf__destroy(s->skeleton);
	free(s);
}

static void take_end(struct socket_end *end, const struct socket_entry *entry)
{
	if (end->found && entry->received + entry->acked < end->received + end->acked)
		return;
	*end = (struct socket_end) {
		.found = true,
		.socket = entry->socket,
		.received = entry->received,
		.acked = entry->acked,
		.retransmits = entry->retransmits,
	};
}

static void take(struct socket_flows *out, int base_port, int flows,
		 const struct socket_entry *entry)
{
	int local = entry->local_port - base_port, remote = entry->remote_port - base_port;

	if (entry->state == STATE_LISTEN && local >= 0 && local < flows)
		out->listening++;
	if (entry->state != STATE_ESTABLISHED)
		return;
	if (local >= 0 && local < flows)
		take_end(&out->server[local], entry);
	else if (remote >= 0 && remote < flows)
		take_end(&out->client[remote], entry);
}

int sockets_read(struct sockets *s, int base_port, int flows, struct socket_flows *out,
		 struct err *e)
{
	int fd = bpf_iter_create(bpf_link__fd(s->link));
	struct socket_entry entries[64];
	ssize_t n;

	if (fd < 0)
		return err_set(e, errno, "agent: the socket iterator: %s", strerror(errno));
	memset(out, 0, sizeof(*out));
	while ((n = read(fd, entries, sizeof(entries))) > 0)
		for (size_t i = 0; i < n / sizeof(entries[0]); i++)
			take(out, base_port, flows, &entries[i]);
	if (n < 0)
		n = err_set(e, errno, "agent: the socket iterator: %s", strerror(errno));
	close(fd);
	return n;
}
