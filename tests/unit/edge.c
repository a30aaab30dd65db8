// SPDX-License-Identifier: GPL-2.0
/* Both ends of the window, on a machine with both sides of the network, and with only one. */
#include <errno.h>
#include <string.h>

#include "kselftest_harness.h"

#include "agent/edge.h"

enum { FLOWS = 3 };

FIXTURE(ends)
{
	struct net both, guests, hosts;	/* the host has the peer */
	struct edge open, close;
	struct flows flows;
	struct record *r;
	struct err e;
};

FIXTURE_SETUP(ends)
{
	self->both.subject.nr_nics = self->both.peer.nr_nics = 1;
	self->guests.subject.nr_nics = 1;
	self->hosts.peer.nr_nics = 1;
	self->flows.n = FLOWS;
	self->e.text[0] = '\0';
	self->r = record_new();
	ASSERT_NE(self->r, NULL);
	for (int i = 0; i < FLOWS; i++) {
		self->open.flows.server[i] = (struct socket_end) { true, 10 + i, 1000, 2000, 3 };
		self->open.flows.client[i] = (struct socket_end) { true, 20 + i, 1900, 990, 4 };
		self->close.flows.server[i] = (struct socket_end) { true, 10 + i, 1500, 2800, 8 };
		self->close.flows.client[i] = (struct socket_end) { true, 20 + i, 2600, 1480, 6 };
	}
}

FIXTURE_TEARDOWN(ends)
{
	record_free(self->r);
}

/* Received, where the receiver is here; else what the sender knows to have arrived. */
TEST_F(ends, arrived)
{
	const struct socket_flows *f = &self->close.flows;

	EXPECT_EQ(edge_arrived(&self->both, f, 1, false), 1500);
	EXPECT_EQ(edge_arrived(&self->both, f, 1, true), 2600);
	EXPECT_EQ(edge_arrived(&self->guests, f, 1, false), 1500);
	EXPECT_EQ(edge_arrived(&self->guests, f, 1, true), 2800);
	EXPECT_EQ(edge_arrived(&self->hosts, f, 1, false), 1480);
	EXPECT_EQ(edge_arrived(&self->hosts, f, 1, true), 2600);
}

static int check(FIXTURE_DATA(ends) *self, const struct net *net)
{
	return edge_check_flows(net, &self->flows, &self->open, &self->close, &self->e);
}

static void forget(struct socket_end *end)
{
	*end = (struct socket_end) { .found = false };
}

/* The sockets of a side that is another machine's are not there, and not missed. */
TEST_F(ends, flows_of_one_side)
{
	EXPECT_EQ(check(self, &self->both), 0);
	for (int i = 0; i < FLOWS; i++) {
		forget(&self->open.flows.client[i]);
		forget(&self->close.flows.client[i]);
	}
	EXPECT_EQ(check(self, &self->both), -ESTALE);
	EXPECT_EQ(check(self, &self->guests), 0);
	EXPECT_EQ(check(self, &self->hosts), -ESTALE);
}

TEST_F(ends, flows_that_came_late)
{
	forget(&self->open.flows.server[2]);
	EXPECT_EQ(check(self, &self->both), -ESTALE);
	EXPECT_NE(strstr(self->e.text, "flow 2 did not run for the whole window"), NULL);
	EXPECT_EQ(check(self, &self->guests), -ESTALE);
	EXPECT_EQ(check(self, &self->hosts), 0);
}

TEST_F(ends, flows_that_ended)
{
	forget(&self->close.flows.client[0]);
	EXPECT_EQ(check(self, &self->both), -ESTALE);
	EXPECT_EQ(check(self, &self->guests), 0);
	EXPECT_EQ(check(self, &self->hosts), -ESTALE);
	EXPECT_NE(strstr(self->e.text, "flow 0"), NULL);
}

/* Another connection on the same port is not the same flow. */
TEST_F(ends, flows_that_were_replaced)
{
	self->close.flows.client[1].socket = 99;
	EXPECT_EQ(check(self, &self->hosts), -ESTALE);
	EXPECT_EQ(check(self, &self->guests), 0);
	/* of a port that no flow of the scenario has */
	self->flows.n = 1;
	EXPECT_EQ(check(self, &self->hosts), 0);
}

static void fill(FIXTURE_DATA(ends) *self, const struct net *net)
{
	edge_fill(net, &self->flows, &self->open, &self->close, 100, 900, self->r);
}

TEST_F(ends, fill)
{
	const struct record_flow *f = &self->r->flows[2];

	fill(self, &self->both);
	EXPECT_EQ(self->r->nr_flows, FLOWS);
	EXPECT_EQ(self->r->payload_bytes, FLOWS * 500);
	EXPECT_EQ(f->port, FLOWS_BASE_PORT + 2);
	EXPECT_EQ(f->window_bytes, 500);
	EXPECT_EQ(f->retransmits, 2);
	EXPECT_EQ(f->first_ns, 100);
	EXPECT_EQ(f->last_ns, 900);
}

/* The sender's numbers are of its own machine, and so are the receiver's. */
TEST_F(ends, fill_of_one_side)
{
	const struct record_flow *f = &self->r->flows[0];

	fill(self, &self->guests);
	EXPECT_EQ(f->window_bytes, 500);
	EXPECT_EQ(f->received_bytes, 1500);
	self->r->payload_bytes = 0;
	fill(self, &self->hosts);
	EXPECT_EQ(f->window_bytes, 1480 - 990);
	EXPECT_EQ(f->sent_bytes, 1480);
	EXPECT_EQ(f->retransmits, 2);
	self->flows.tx = true;
	self->r->payload_bytes = 0;
	fill(self, &self->hosts);
	EXPECT_EQ(f->window_bytes, 2600 - 1900);
	EXPECT_EQ(f->received_bytes, 2600);
	EXPECT_EQ(self->r->payload_bytes, FLOWS * 700);
	self->r->payload_bytes = 0;
	fill(self, &self->guests);
	EXPECT_EQ(f->window_bytes, 2800 - 2000);
	EXPECT_EQ(f->sent_bytes, 2800);
	EXPECT_EQ(f->retransmits, 5);
}

TEST_HARNESS_MAIN
