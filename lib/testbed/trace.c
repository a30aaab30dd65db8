// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/mark.h"
#include "testbed/trace_events.h"

/* "0x1f", "31", or either in brackets. */
static bool parse_number(char *word, uint64_t *out)
{
	size_t len = strlen(word);
	char *end;

	if (word[0] == '[') {
		if (word[len - 1] != ']')
			return false;
		word[len - 1] = '\0';
		word++;
	}
	if (word[0] < '0' || word[0] > '9')
		return false;
	errno = 0;
	*out = strtoull(word, &end, 0);
	return !errno && !*end;
}

/* Where in @word its number begins; NULL: it has none. "0x1f", "[31]" and "domain=3" have one. */
static char *number_in(char *word)
{
	char *value = strchr(word, '=');

	if (word[0] == '[' || isdigit(word[0]))
		return word;
	return value && isdigit(value[1]) ? value + 1 : NULL;
}

/* "01:00.0", a device. */
static bool is_device(const char *word)
{
	return isxdigit(word[0]) && isxdigit(word[1]) && word[2] == ':';
}

/* Split @text, which it changes. False: a number is none, or there are too many. */
static bool parse_line(char *text, struct trace_line *l)
{
	char *save, *word, *number;

	memset(l, 0, sizeof(*l));
	l->name = strtok_r(text, " ", &save);
	if (!l->name)
		return false;
	while ((word = strtok_r(NULL, " ", &save))) {
		if (!strcmp(word, "type")) {
			l->type = strtok_r(NULL, " ", &save);
			continue;
		}
		number = is_device(word) ? NULL : number_in(word);
		if (number && (l->nr_numbers == TRACE_NUMBERS_MAX ||
			       !parse_number(number, &l->numbers[l->nr_numbers++])))
			return false;
	}
	return true;
}

static void set_wrong(struct trace *t, const char *what, const char *line)
{
	t->state = TRACE_WRONG;
	err_set(&t->wrong, EIO, "QEMU's trace: %s: \"%.100s\"", what, line);
}

/* A byte went to the scratch register: a mark, or the kernel's look for ports in boot. */
static void take_mark(struct trace *t, uint64_t value, const char *line)
{
	if (t->state == TRACE_BEFORE && value == MARK_OPEN)
		t->state = TRACE_INSIDE;
	else if (t->state == TRACE_INSIDE && value == MARK_CLOSE)
		t->state = TRACE_AFTER;
	else if (t->state != TRACE_BEFORE || value == MARK_CLOSE)
		set_wrong(t, "a mark of the window comes where none may", line);
}

static void take_line(struct trace *t, const char *text)
{
	char copy[TRACE_LINE_MAX];
	struct trace_line l;
	bool whole;
	int event;

	/* most lines outside the window are output of the serial ports */
	if (t->state == TRACE_WRONG || (t->state != TRACE_INSIDE &&
					strncmp(text, "serial_write ", strlen("serial_write "))))
		return;
	strcpy(copy, text);
	whole = parse_line(copy, &l);
	if (whole && !strcmp(l.name, "serial_write") && l.nr_numbers == 2) {
		if (l.numbers[0] == MARK_REGISTER)
			take_mark(t, l.numbers[1], text);
		return;
	}
	event = whole ? trace_event_of(t->driver, &l) : -1;
	if (event >= 0)
		t->count[event]++;
	else
		set_wrong(t, "a line that is not known", text);
}

void trace_init(struct trace *t, enum driver driver)
{
	memset(t, 0, sizeof(*t));
	t->driver = driver;
}

/* The line in t->line has ended. */
static void end_line(struct trace *t)
{
	size_t kept = t->len < TRACE_LINE_MAX ? t->len : TRACE_LINE_MAX - 1;
	bool whole = t->len == kept && !memchr(t->line, '\0', kept);

	t->line[kept] = '\0';
	t->len = 0;
	if (whole)
		take_line(t, t->line);
	else if (t->state == TRACE_INSIDE)
		set_wrong(t, "a line that is too long or no text", t->line);
}

void trace_feed(struct trace *t, const char *text, size_t len)
{
	while (len) {
		const char *newline = memchr(text, '\n', len);
		size_t part = newline ? (size_t)(newline - text) : len;

		if (t->len < TRACE_LINE_MAX)
			memcpy(t->line + t->len, text, part < TRACE_LINE_MAX - t->len ?
			       part : TRACE_LINE_MAX - t->len);
		t->len += part;
		if (newline)
			end_line(t);
		part += newline != NULL;
		text += part;
		len -= part;
	}
}

int trace_finish(const struct trace *t, struct err *e)
{
	switch (t->state) {
	case TRACE_BEFORE:
		return err_set(e, EIO, "QEMU's trace: the window was never marked: it is no count "
			       "of it");
	case TRACE_INSIDE:
		return err_set(e, EIO, "QEMU's trace ends inside the window: it is no count of it");
	case TRACE_AFTER:
		return 0;
	case TRACE_WRONG:
		break;
	}
	return err_set(e, EIO, "%s", t->wrong.text);
}
