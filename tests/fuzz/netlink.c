// SPDX-License-Identifier: GPL-2.0
/* The kernel's answers about a NIC. */
#include "agent/ethtool.h"
#include "agent/link.h"
#include "fuzz.h"

/*
 * A whole message; one whose head says another length never reaches the parsers. A message begins
 * and ends at a multiple of four bytes, whatever its length is.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nlmsghdr *answer = calloc(1, MNL_ALIGN(size) + sizeof(*answer));
	char offloads[TRAFFIC_OFFLOADS_MAX];
	struct ethtool_rings rings;
	struct link link;

	FUZZ_CHECK(answer);
	if (size >= sizeof(*answer)) {
		answer = realloc(answer, MNL_ALIGN(size));
		FUZZ_CHECK(answer);
		memcpy(answer, data, size);
		answer->nlmsg_len = size;
		link_parse(answer, &link);
		if (!ethtool_parse_rings(answer, &rings))
			FUZZ_CHECK(rings.rx >= 0 && rings.tx >= 0);
		if (!ethtool_parse_offloads(answer, offloads))
			FUZZ_CHECK(strlen(offloads) < sizeof(offloads));
	}
	free(answer);
	return 0;
}
