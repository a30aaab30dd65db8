// SPDX-License-Identifier: GPL-2.0
/* The block in which the testbed tells the agent what to do. */
#include "agent/command.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), once[COMMAND_SIZE], twice[COMMAND_SIZE];
	struct command c, again;
	struct err e;
	int ret = command_parse(text, &c, &e);

	FUZZ_CHECK(ret >= 0 || e.text[0]);
	if (ret == 1) {
		FUZZ_CHECK(!command_print(&c, once));
		FUZZ_CHECK(command_parse(once, &again, &e) == 1);
		FUZZ_CHECK(!command_print(&again, twice) && !strcmp(once, twice));
	}
	free(text);
	return 0;
}
