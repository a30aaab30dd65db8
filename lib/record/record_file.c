// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "record/record.h"
#include "util/file.h"

int record_load(const char *path, struct record **out, struct err *e)
{
	char *text;
	size_t len;
	int ret;

	ret = file_read(path, &text, &len, e);
	if (ret)
		return ret;
	ret = record_parse(text, len, path, out, e);
	free(text);
	return ret;
}

int record_save(const struct record *r, const char *path, struct err *e)
{
	char *text = record_print(r);
	struct record *again = NULL;
	int ret;

	if (!text)
		return err_set(e, ENOMEM, "no memory to write %s", path);
	/* What could not be read again must not be written: its maker has a fault to mend. */
	ret = record_parse(text, strlen(text), path, &again, e);
	if (!ret)
		ret = file_write_atomic(path, text, strlen(text), e);
	record_free(again);
	free(text);
	return ret;
}
