// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/report.h"
#include "util/file.h"

int report_send(int fd, const char *kind, const char *text, struct err *e)
{
	char head[48];
	size_t len = strlen(text);
	int ret;

	snprintf(head, sizeof(head), "%s %zu\n", kind, len);
	ret = file_write_all(fd, head, strlen(head));
	if (!ret)
		ret = file_write_all(fd, text, len);
	if (ret)
		return err_set(e, -ret, "agent: report: %s", strerror(-ret));
	return 0;
}

int report_parse(const char *text, size_t len, char kind[REPORT_KIND_MAX], const char **body,
		 struct err *e)
{
	const char *newline = memchr(text, '\n', len);
	char head[48];
	size_t size, at;
	int n;

	if (!len)
		return err_set(e, EINVAL, "the agent reported nothing");
	if (!newline || sscanf(text, "%15s %zu\n", kind, &size) != 2)
		return err_set(e, EINVAL, "the agent's report has no head");
	at = newline + 1 - text;
	/* sscanf() takes more than report_send() sends: blanks, signs, lines. */
	n = snprintf(head, sizeof(head), "%s %zu\n", kind, size);
	if ((size_t)n != at || memcmp(head, text, at))
		return err_set(e, EINVAL, "the agent's report has no head");
	if (len - at != size)
		return err_set(e, EINVAL, "the agent's report is cut short: %zu of %zu bytes",
			       len - at, size);
	*body = newline + 1;
	return size;
}
