// SPDX-License-Identifier: GPL-2.0
/* The kernel's answers about a NIC. */
#include "agent/ethtool.h"
#include "agent/link.h"
#include "fuzz.h"

/* Input: a whole message; one whose head says another length never reaches the parsers. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nlmsghdr *answer = (struct nlmsghdr *)fuzz_bytes(data, size);
	char offloads[TRAFFIC_OFFLOADS_MAX];
	struct ethtool_rings rings;
	struct link link;

	if (size >= sizeof(*answer)) {
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
