// SPDX-License-Identifier: GPL-2.0
/* The ends of what a machine said, in the one message: the last words must be in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"

#include "testbed/tails.h"

static struct err after(const char *message, const char *output, const char *console)
{
	struct err e;

	snprintf(e.text, sizeof(e.text), "%s", message);
	tails_append(&e, output, console);
	return e;
}

static int times(const char *text, const char *part)
{
	int n = 0;

	while ((text = strstr(text, part))) {
		text += strlen(part);
		n++;
	}
	return n;
}

/* @n lines "PREFIX0\n", "PREFIX1\n", ... appended to @text. */
static void add_lines(char *text, const char *prefix, int n)
{
	for (int i = 0; i < n; i++)
		sprintf(text + strlen(text), "%s%d\n", prefix, i);
}

TEST(nothing_said)
{
	EXPECT_STREQ(after("what", NULL, NULL).text, "what");
	EXPECT_STREQ(after("what", "", "").text, "what");
}

TEST(lines_become_one)
{
	EXPECT_STREQ(after("what", NULL, "a\r\nb\n\x1b\x01" "c\n\n").text,
		     "what; the console ends: a | b | c");
	EXPECT_STREQ(after("what", "no newline", NULL).text,
		     "what; QEMU's output ends: no newline");
}

TEST(consoles_are_told_apart)
{
	EXPECT_STREQ(after("what", "qemu\n",
			   "host 1\nguest| guest 1\nhost 2\nguest| guest 2\nguest| \n").text,
		     "what; QEMU's output ends: qemu; the guest's console ends: guest 1 | guest 2; "
		     "the console ends: host 1 | host 2");
	/* the machine itself may say nothing, and a line may not be whole yet */
	EXPECT_STREQ(after("what", NULL, "guest| on").text, "what; the guest's console ends: on");
	EXPECT_STREQ(after("what", NULL, "guest|").text, "what; the console ends: guest|");
	EXPECT_STREQ(after("what", NULL, "a guest| b\n").text,
		     "what; the console ends: a guest| b");
}

TEST(last_lines)
{
	char text[4096] = "";
	struct err e;

	add_lines(text, "line ", 100);
	e = after("what", NULL, text);
	EXPECT_EQ(strncmp(e.text, "what; the console ends: line 92 | line 93",
			  strlen("what; the console ends: line 92 | line 93")), 0) {
		TH_LOG("%s", e.text);
	}
	EXPECT_STREQ(e.text + strlen(e.text) - 7, "line 99");
}

/* Each has its share, and of each it is the end that is there. */
TEST(all_have_room)
{
	static char output[40000], console[80000];
	struct err e;

	output[0] = console[0] = '\0';
	add_lines(output, "an output that is long, so that eight of them would take all ", 200);
	add_lines(console, "a console that is long, so that eight of them would take all ", 200);
	add_lines(console, "guest| a guest's, so long that eight would take all of it ", 200);
	e = after("watchdog: the agent did not say so in time", output, console);
	EXPECT_LT(strlen(e.text), sizeof(e.text));
	EXPECT_GT(strlen(e.text), sizeof(e.text) - 32);
	EXPECT_EQ(times(e.text, "ends: "), 3);
	EXPECT_EQ(times(e.text, "would take all 199; "), 1);
	EXPECT_EQ(times(e.text, "would take all of it 199; "), 1);
	EXPECT_STREQ(e.text + strlen(e.text) - 18, "would take all 199");
	EXPECT_EQ(strchr(e.text, '\n'), NULL);
}

/* A short one leaves its room to the others; many short lines are many separators. */
TEST(separators_take_room)
{
	char text[4096] = "";
	struct err e;

	memset(text, 'x', 700);
	strcpy(text + 700, "\n1\n2\n3\n4\n5\n6\nend");
	e = after("what", "short", text);
	EXPECT_STREQ(e.text + strlen(e.text) - 29, "x | 1 | 2 | 3 | 4 | 5 | 6 | end" + 2) {
		TH_LOG("%s", e.text);
	}
	EXPECT_EQ(strncmp(e.text, "what; QEMU's output ends: short; the console ends: xxx", 54), 0);
}

/* A message without room for a tail that says anything stays as it is. */
TEST(no_room)
{
	char message[sizeof(struct err)];

	memset(message, 'm', sizeof(message));
	message[sizeof(message) - 100] = '\0';
	EXPECT_STREQ(after(message, NULL, "a\nb\n").text, message);
}

TEST_HARNESS_MAIN
