// SPDX-License-Identifier: GPL-2.0
/* debugfs' dmar_perf_latency. */
#include "agent/dmar_latency.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_bytes(data, size);
	struct dmar_latencies *out = malloc(sizeof(*out));
	struct err e;

	FUZZ_CHECK(out);
	if (!dmar_latency_parse(text, size, out, &e)) {
		FUZZ_CHECK(out->n <= DMAR_LATENCIES_MAX);
		for (size_t i = 0; i < out->n; i++)
			FUZZ_CHECK(out->list[i].device[0] && out->list[i].kind[0]);
	}
	free(out);
	free(text);
	return 0;
}
