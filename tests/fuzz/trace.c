// SPDX-License-Identifier: GPL-2.0
/* QEMU's trace, in pieces: how it is cut up must not change what is counted. */
#include "fuzz.h"
#include "testbed/trace.h"

/* The first byte says how long the pieces are. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t piece = size ? data[0] + 1 : 1, at, n;
	struct trace whole, cut;
	struct err e, e2;
	char *bytes;
	int ret;

	trace_init(&whole, DRIVER_VTD);
	trace_feed(&whole, (const char *)data, size);
	ret = trace_finish(&whole, &e);
	trace_init(&cut, DRIVER_VTD);
	for (at = 0; at < size; at += n) {
		n = size - at < piece ? size - at : piece;
		bytes = fuzz_bytes(data + at, n);
		trace_feed(&cut, bytes, n);
		free(bytes);
	}
	FUZZ_CHECK(trace_finish(&cut, &e2) == ret && whole.state == cut.state);
	FUZZ_CHECK(!ret || !strcmp(e.text, e2.text));
	FUZZ_CHECK(!memcmp(whole.count, cut.count, sizeof(cut.count)));
	return 0;
}
