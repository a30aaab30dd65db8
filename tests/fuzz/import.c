// SPDX-License-Identifier: GPL-2.0
/* Another tool's report: what is read of it makes records that can be stored and judged. */
#include "fuzz.h"
#include "import/import.h"
#include "judge/verdict.h"

static void use(struct record *r)
{
	char *text = record_print(r);
	struct judgement *j;
	struct record *again;
	struct err e;

	FUZZ_CHECK(text);
	if (record_parse(text, strlen(text), "printed", &again, &e)) {
		fprintf(stderr, "%s\n", e.text);
		FUZZ_CHECK(!"what was imported can be stored");
	}
	record_free(again);
	free(text);
	j = judge(r, NULL, "");
	FUZZ_CHECK(j);
	free(j);
	record_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_bytes(data, size);
	struct record **records;
	struct err e;
	size_t n;

	if (!import_records(text, size, "input", &records, &n, &e)) {
		FUZZ_CHECK(n);
		for (size_t i = 0; i < n; i++)
			use(records[i]);
		free(records);
	} else {
		FUZZ_CHECK(!strncmp(e.text, "input", 5));
	}
	free(text);
	return 0;
}
