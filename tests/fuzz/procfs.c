// SPDX-License-Identifier: GPL-2.0
/* /proc/stat and /proc/net/snmp. */
#include "agent/procfs.h"
#include "fuzz.h"

enum { CPUS = 4, TICK_NS = 4000000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct record_cpu *cpus = calloc(CPUS, sizeof(*cpus));
	struct record_tcp tcp;
	int n;

	FUZZ_CHECK(cpus);
	n = procfs_parse_stat(text, TICK_NS, cpus, CPUS);
	FUZZ_CHECK(n < 0 || (n > 0 && n <= CPUS));
	for (int i = 0; i < n; i++)
		FUZZ_CHECK(cpus[i].cpu >= 0);
	procfs_parse_snmp(text, &tcp);
	free(cpus);
	free(text);
	return 0;
}
