// SPDX-License-Identifier: GPL-2.0
/* What two agents say to each other: frames come whole, however they are cut on their way. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "agent/channel.h"

FIXTURE(channel)
{
	int peer;
	struct channel c;
	char kind[REPORT_KIND_MAX];
	char *body;
	struct err e;
};

FIXTURE_SETUP(channel)
{
	int fds[2];

	ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	self->peer = fds[0];
	channel_init(&self->c, fds[1]);
	self->body = NULL;
	self->e.text[0] = '\0';
}

FIXTURE_TEARDOWN(channel)
{
	free(self->body);
	channel_end(&self->c);
	if (self->peer >= 0)
		close(self->peer);
}

static void say(FIXTURE_DATA(channel) *self, const char *text, size_t len)
{
	send(self->peer, text, len, MSG_NOSIGNAL);
}

static void hang_up(FIXTURE_DATA(channel) *self)
{
	close(self->peer);
	self->peer = -1;
}

static int read_once(FIXTURE_DATA(channel) *self)
{
	free(self->body);
	self->body = NULL;
	return channel_read(&self->c, self->kind, &self->body, &self->e);
}

static int take(FIXTURE_DATA(channel) *self)
{
	free(self->body);
	self->body = NULL;
	return channel_take(&self->c, self->kind, &self->body, &self->e);
}

static int receive(FIXTURE_DATA(channel) *self)
{
	free(self->body);
	self->body = NULL;
	return channel_receive(&self->c, self->kind, &self->body, &self->e);
}

TEST_F(channel, what_report_sends)
{
	ASSERT_EQ(report_send(self->peer, "command", "a=1\nb=2\n", &self->e), 0);
	ASSERT_EQ(receive(self), 0);
	EXPECT_STREQ(self->kind, "command");
	EXPECT_STREQ(self->body, "a=1\nb=2\n");
	ASSERT_EQ(report_send(self->peer, "done", "", &self->e), 0);
	ASSERT_EQ(receive(self), 0);
	EXPECT_STREQ(self->kind, "done");
	EXPECT_STREQ(self->body, "");
}

/* A serial port gives what it has: here each byte alone. */
TEST_F(channel, byte_by_byte)
{
	static const char frame[] = "record 5\nab\ncd";
	size_t n = strlen(frame);

	for (size_t i = 0; i < n; i++) {
		say(self, frame + i, 1);
		ASSERT_EQ(read_once(self), i == n - 1) {
			TH_LOG("byte %zu: %s", i, self->e.text);
		}
	}
	EXPECT_STREQ(self->kind, "record");
	EXPECT_STREQ(self->body, "ab\ncd");
}

/* An answer and an error right behind it: the second must not wait for bytes that never come. */
TEST_F(channel, two_in_one_read)
{
	static const char frames[] = "done 0\nerror 6\nbroken";

	say(self, frames, strlen(frames));
	ASSERT_EQ(take(self), 0);
	ASSERT_EQ(read_once(self), 1);
	EXPECT_STREQ(self->kind, "done");
	ASSERT_EQ(take(self), 1);
	EXPECT_STREQ(self->kind, "error");
	EXPECT_STREQ(self->body, "broken");
	EXPECT_EQ(take(self), 0);
	say(self, frames, strlen(frames));
	ASSERT_EQ(receive(self), 0);
	EXPECT_STREQ(self->kind, "done");
	hang_up(self);
	ASSERT_EQ(receive(self), 0);
	EXPECT_STREQ(self->kind, "error");
	EXPECT_EQ(receive(self), -EPIPE);
}

/* One and a half: the half is kept. */
TEST_F(channel, one_and_a_half)
{
	say(self, "done 0\nrecord 8\nfour", 20);
	ASSERT_EQ(receive(self), 0);
	EXPECT_STREQ(self->kind, "done");
	EXPECT_EQ(take(self), 0);
	say(self, "more", 4);
	ASSERT_EQ(receive(self), 0);
	EXPECT_STREQ(self->kind, "record");
	EXPECT_STREQ(self->body, "fourmore");
}

/* A record is longer than any one read. */
TEST_F(channel, long_body)
{
	enum { SIZE = 50000 };
	char *frame = malloc(SIZE + 32);
	int head = sprintf(frame, "record %d\n", SIZE), ret = 0, reads = 0;

	for (int i = 0; i < SIZE; i++)
		frame[head + i] = 'a' + i % 26;
	say(self, frame, head + SIZE);
	for (; !ret; reads++)
		ret = read_once(self);
	ASSERT_EQ(ret, 1);
	EXPECT_GT(reads, 1);
	ASSERT_EQ(strlen(self->body), SIZE);
	EXPECT_EQ(memcmp(self->body, frame + head, SIZE), 0);
	free(frame);
}

TEST_F(channel, gone)
{
	hang_up(self);
	EXPECT_EQ(read_once(self), -EPIPE);
	EXPECT_STREQ(self->e.text, "agent: the other agent is gone");
}

TEST_F(channel, gone_within_a_frame)
{
	say(self, "record 9\nhalf", 13);
	hang_up(self);
	EXPECT_EQ(receive(self), -EPIPE);
	EXPECT_EQ(self->body, NULL);
}

/* What is no frame is refused at once, not waited for to become one. */
TEST_F(channel, garbage)
{
	static const char *const bad[] = {
		"\n", "record\n", "record x\n", "record -1\nabc", "record 3 \nabc", " done 0\n",
		"a_kind_that_is_too_long 3\nabc", "record 18446744073709551615\n",
		"record 99999999999\n",
		"[    1.234567] a line of a kernel's log that has no end, or not yet one",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int ret;

		self->e.text[0] = '\0';
		self->c.len = 0;
		say(self, bad[i], strlen(bad[i]));
		ret = read_once(self);
		EXPECT_LT(ret, 0) {
			TH_LOG("'%s' gives %d", bad[i], ret);
		}
		EXPECT_NE(self->e.text[0], '\0');
		EXPECT_EQ(strchr(self->e.text, '\n'), NULL);
		EXPECT_EQ(self->body, NULL);
	}
}

TEST_HARNESS_MAIN
