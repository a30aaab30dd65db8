// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/mark.h"
#include "testbed/trace.h"

enum { NUMBERS_MAX = 8 };

/*
 * One line of the trace: the event's name, then words and numbers. QEMU's versions differ in the
 * words; what identifies a whole line is its name and how many numbers it has.
 */
struct line {
	const char *name;
	const char *type;	/* the word behind "type", or NULL */
	uint64_t numbers[NUMBERS_MAX];
	int nr_numbers;
};

const char *const trace_wanted[] = {
	"vtd_iotlb_page_hit", "vtd_iotlb_page_update", "vtd_iotlb_cc_hit", "vtd_iotlb_cc_update",
	"vtd_dmar_fault", "vtd_inv_desc", "serial_write", NULL
};

const char *trace_event_name(enum trace_event event)
{
	static const char *const names[TRACE_EVENTS] = {
		[TRACE_IOTLB_HIT] = "iotlb_hit",
		[TRACE_IOTLB_UPDATE] = "iotlb_update",
		[TRACE_FAULT] = "fault",
		[TRACE_INV_IOTLB_GLOBAL] = "inv_iotlb_global",
		[TRACE_INV_IOTLB_DOMAIN] = "inv_iotlb_domain",
		[TRACE_INV_IOTLB_PAGE] = "inv_iotlb_page",
		[TRACE_INV_PIOTLB_ALL] = "inv_piotlb_all",
		[TRACE_INV_PIOTLB_PAGE] = "inv_piotlb_page",
		[TRACE_INV_WAIT] = "inv_wait",
		[TRACE_CC_HIT] = "cc_hit",
		[TRACE_CC_UPDATE] = "cc_update",
		[TRACE_INV_CC] = "inv_cc",
		[TRACE_INV_PASID_CACHE] = "inv_pasid_cache",
		[TRACE_INV_IEC] = "inv_iec",
		[TRACE_INV_DEV_IOTLB] = "inv_dev_iotlb",
	};

	return names[event];
}

/* Events that are counted by their name alone. */
static const struct {
	const char *name;
	int numbers;
	enum trace_event event;
} plain_events[] = {
	{ "vtd_iotlb_page_hit", 4, TRACE_IOTLB_HIT },
	{ "vtd_iotlb_page_update", 4, TRACE_IOTLB_UPDATE },
	{ "vtd_iotlb_cc_hit", 5, TRACE_CC_HIT },
	{ "vtd_iotlb_cc_update", 6, TRACE_CC_UPDATE },
	{ "vtd_dmar_fault", 4, TRACE_FAULT },
};

/* Invalidation descriptors. Of two types bits 5:4 tell the granularity (VT-d, 6.5.2). */
static const struct {
	const char *type;
	int granularity;	/* -1: any */
	enum trace_event event;
} descriptors[] = {
	{ "iotlb", 1, TRACE_INV_IOTLB_GLOBAL },
	{ "iotlb", 2, TRACE_INV_IOTLB_DOMAIN },
	{ "iotlb", 3, TRACE_INV_IOTLB_PAGE },
	{ "p-iotlb", 2, TRACE_INV_PIOTLB_ALL },
	{ "p-iotlb", 3, TRACE_INV_PIOTLB_PAGE },
	{ "wait", -1, TRACE_INV_WAIT },
	{ "context-cache", -1, TRACE_INV_CC },
	{ "pasid-cache", -1, TRACE_INV_PASID_CACHE },
	{ "iec", -1, TRACE_INV_IEC },
	{ "device", -1, TRACE_INV_DEV_IOTLB },
	{ "device-piotlb", -1, TRACE_INV_DEV_IOTLB },
};

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

/* Split @text, which it changes. False: a number is none, or there are too many. */
static bool parse_line(char *text, struct line *l)
{
	char *save, *word;

	memset(l, 0, sizeof(*l));
	l->name = strtok_r(text, " ", &save);
	if (!l->name)
		return false;
	while ((word = strtok_r(NULL, " ", &save))) {
		if (!strcmp(word, "type")) {
			l->type = strtok_r(NULL, " ", &save);
		} else if (word[0] == '[' || (word[0] >= '0' && word[0] <= '9')) {
			if (l->nr_numbers == NUMBERS_MAX ||
			    !parse_number(word, &l->numbers[l->nr_numbers++]))
				return false;
		}
	}
	return true;
}

/* What @l is one of; -1: nothing that is known. */
static int event_of(const struct line *l)
{
	for (size_t i = 0; i < sizeof(plain_events) / sizeof(plain_events[0]); i++)
		if (!strcmp(l->name, plain_events[i].name))
			return l->nr_numbers == plain_events[i].numbers ?
				(int)plain_events[i].event : -1;
	if (strcmp(l->name, "vtd_inv_desc") || !l->type || l->nr_numbers != 2)
		return -1;
	for (size_t i = 0; i < sizeof(descriptors) / sizeof(descriptors[0]); i++)
		if (!strcmp(l->type, descriptors[i].type) &&
		    (descriptors[i].granularity < 0 ||
		     descriptors[i].granularity == (int)(l->numbers[1] >> 4 & 3)))
			return descriptors[i].event;
	return -1;
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
	struct line l;
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
	event = whole ? event_of(&l) : -1;
	if (event >= 0)
		t->count[event]++;
	else
		set_wrong(t, "a line that is not known", text);
}

void trace_init(struct trace *t)
{
	memset(t, 0, sizeof(*t));
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
