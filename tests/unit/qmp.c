// SPDX-License-Identifier: GPL-2.0
/* The monitor's client against a peer that answers from a script. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "testbed/qmp.h"

#define GREETING "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 3, \"minor\": 1, \"major\": 11}, " \
	"\"package\": \"Debian 1\"}, \"capabilities\": []}}\r\n"
#define OK "{\"return\": {}}\r\n"

enum { TIMEOUT_MS = 200 };

FIXTURE(qmp)
{
	int fds[2];
	struct qmp q;
	struct err e;
};

FIXTURE_SETUP(qmp)
{
	memset(&self->q, 0, sizeof(self->q));
	ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, self->fds), 0);
}

FIXTURE_TEARDOWN(qmp)
{
	qmp_close(&self->q);
	close(self->fds[0]);
	close(self->fds[1]);
}

static void peer_says(FIXTURE_DATA(qmp) *self, const char *text)
{
	send(self->fds[1], text, strlen(text), MSG_NOSIGNAL);
}

static int open_it(FIXTURE_DATA(qmp) *self)
{
	return qmp_open(&self->q, self->fds[0], TIMEOUT_MS, &self->e);
}

TEST_F(qmp, greets)
{
	peer_says(self, GREETING OK);
	ASSERT_EQ(open_it(self), 0);
	EXPECT_STREQ(self->q.version, "11.1.3 Debian 1");
}

TEST_F(qmp, skips_events)
{
	json_t *answer = NULL;

	peer_says(self, GREETING OK);
	ASSERT_EQ(open_it(self), 0);
	peer_says(self, "{\"event\": \"STOP\"}\r\n{\"return\": {\"status\": \"running\"}}\r\n");
	ASSERT_EQ(qmp_execute(&self->q, "query-status", NULL, TIMEOUT_MS, &answer, &self->e), 0);
	EXPECT_STREQ(json_string_value(json_object_get(answer, "status")), "running");
	json_decref(answer);
}

TEST_F(qmp, refusal_carries_the_reason)
{
	peer_says(self, GREETING OK "{\"error\": {\"class\": \"X\", \"desc\": \"no such thing\"}}\n");
	ASSERT_EQ(open_it(self), 0);
	EXPECT_EQ(qmp_execute(&self->q, "cont", NULL, TIMEOUT_MS, NULL, &self->e), -EIO);
	EXPECT_NE(strstr(self->e.text, "no such thing"), NULL);
}

TEST_F(qmp, silence_is_a_timeout)
{
	EXPECT_EQ(open_it(self), -ETIMEDOUT);
}

TEST_F(qmp, end_is_an_error)
{
	shutdown(self->fds[1], SHUT_RDWR);
	EXPECT_EQ(open_it(self), -EPIPE);
}

TEST_F(qmp, end_before_a_command_is_an_error)
{
	peer_says(self, GREETING OK);
	ASSERT_EQ(open_it(self), 0);
	shutdown(self->fds[1], SHUT_RDWR);
	EXPECT_EQ(qmp_execute(&self->q, "stop", NULL, TIMEOUT_MS, NULL, &self->e), -EPIPE);
}

TEST_F(qmp, nonsense_is_an_error)
{
	peer_says(self, "hello\n");
	EXPECT_EQ(open_it(self), -EIO);
}

TEST_HARNESS_MAIN
