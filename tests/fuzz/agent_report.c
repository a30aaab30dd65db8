// SPDX-License-Identifier: GPL-2.0
/* The agent's one message: a frame, or not one. */
#include "agent/report.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), kind[16], head[64];
	const char *body;
	struct err e;
	int len = report_parse(text, size, kind, &body, &e), n;

	if (len >= 0) {
		FUZZ_CHECK(body + len == text + size);
		n = snprintf(head, sizeof(head), "%s %d\n", kind, len);
		FUZZ_CHECK(body - text == n && !memcmp(head, text, n));
	} else {
		FUZZ_CHECK(e.text[0]);
	}
	free(text);
	return 0;
}
