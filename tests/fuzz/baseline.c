// SPDX-License-Identifier: GPL-2.0
/* Baselines: what can be read is printed so that it reads the same again. */
#include "fuzz.h"
#include "judge/baseline.h"

static void print_again(const struct baseline *b)
{
	char *once = baseline_print(b), *twice;
	struct baseline *again;
	struct err e;

	FUZZ_CHECK(!baseline_parse(once, strlen(once), "printed", &again, &e));
	twice = baseline_print(again);
	FUZZ_CHECK(!strcmp(once, twice));
	for (size_t i = 0; i < b->n; i++) {
		FUZZ_CHECK(baseline_find(b, b->list[i].name) == &b->list[i]);
		FUZZ_CHECK(baseline_allowed(&b->list[i]) >= 0);
	}
	baseline_free(again);
	free(once);
	free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_bytes(data, size);
	struct baseline *b;
	struct err e;

	if (!baseline_parse(text, size, "input", &b, &e)) {
		print_again(b);
		baseline_free(b);
	} else {
		FUZZ_CHECK(e.text[0]);
	}
	free(text);
	return 0;
}
