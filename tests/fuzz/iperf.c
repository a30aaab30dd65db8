// SPDX-License-Identifier: GPL-2.0
/* What iperf3 prints. */
#include "agent/iperf.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t asked[] = { 0, 25165824, UINT64_MAX };
	char *text = fuzz_bytes(data, size);
	struct iperf_result result;
	struct err e;

	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		if (iperf_parse(text, size, asked[i], &result, &e)) {
			FUZZ_CHECK(e.text[0]);
			continue;
		}
		FUZZ_CHECK(result.sent_bytes && result.received_bytes && result.seconds > 0);
		FUZZ_CHECK(result.sent_bytes >= asked[i] && result.received_bytes >= asked[i]);
		FUZZ_CHECK(strlen(result.version) < sizeof(result.version));
	}
	free(text);
	return 0;
}
