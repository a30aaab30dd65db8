// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/guest_vm.h"
#include "testbed/tails.h"

enum { TAIL_LINES = 8, TAIL_ROOM = 128, TAIL_MAX = sizeof(struct err), TAILS = 3 };

/* Does the line at @line come from the guest of a host that is the machine? */
static bool is_guests(const char *line)
{
	return !strncmp(line, GUEST_VM_SAYS, strlen(GUEST_VM_SAYS));
}

/* Those lines of @console that are the guest's, without their mark, or those that are not. */
static char *lines_of(const char *console, bool guests)
{
	char *text = strdup(console), *to = text, *next;

	for (char *line = text; line; line = next) {
		size_t skip = guests ? strlen(GUEST_VM_SAYS) : 0, len;

		next = strchr(line, '\n');
		next = next ? next + 1 : NULL;
		len = next ? (size_t)(next - line) : strlen(line);
		if (is_guests(line) != guests)
			continue;
		memmove(to, line + skip, len - skip);
		to += len - skip;
	}
	if (text)
		*to = '\0';
	return text;
}

/* Where the last lines of @text begin, and at *@len where they end. */
static const char *last_lines(const char *text, size_t *len)
{
	size_t end = strlen(text), from;
	int lines = 0;

	while (end && (text[end - 1] == '\n' || text[end - 1] == '\r'))
		end--;
	for (from = end; from && end - from < TAIL_MAX; from--) {
		lines += text[from - 1] == '\n';
		if (lines == TAIL_LINES)
			break;
	}
	*len = end - from;
	return text + from;
}

/* The last lines of @text as one, of what can be printed. */
static void flatten(const char *text, char flat[3 * TAIL_MAX + 1])
{
	size_t len, n = 0;

	text = last_lines(text, &len);
	for (; len--; text++) {
		if (*text == '\n')
			n += sprintf(flat + n, " | ");
		else if (*text >= ' ' && *text < 127)
			flat[n++] = *text;
	}
	flat[n] = '\0';
}

/* Of what does not fit into @room characters the end matters. */
static void append(struct err *e, const char *what, const char *text, size_t room)
{
	char flat[3 * TAIL_MAX + 1], head[64];
	size_t used = strlen(e->text), len;

	if (room < TAIL_ROOM)
		return;
	flatten(text, flat);
	len = strlen(flat);
	room -= snprintf(head, sizeof(head), "; %s ends: ", what) + 1;
	snprintf(e->text + used, sizeof(e->text) - used, "%s%s", head,
		 flat + (len > room ? len - room : 0));
}

void tails_append(struct err *e, const char *output, const char *console)
{
	const char *names[TAILS] = { "QEMU's output", "the guest's console", "the console" };
	char *texts[TAILS] = {
		output ? strdup(output) : NULL,
		console ? lines_of(console, true) : NULL, console ? lines_of(console, false) : NULL,
	};
	size_t shares = 0;

	for (int i = 0; i < TAILS; i++)
		shares += texts[i] && texts[i][0];
	for (int i = 0; i < TAILS; i++) {
		if (texts[i] && texts[i][0])
			append(e, names[i], texts[i],
			       (sizeof(e->text) - strlen(e->text)) / shares--);
		free(texts[i]);
	}
}
