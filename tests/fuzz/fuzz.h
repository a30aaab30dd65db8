/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A target feeds one parser with bytes that may be anything. It runs under libFuzzer (fuzz.sh), and
 * over the committed inputs in every `make check` (replay.c).
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The target; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(holds) do {								\
	if (!(holds)) {									\
		fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #holds);	\
		abort();								\
	}										\
} while (0)

/* The input with a NUL behind it, in a block of that size: a sanitizer sees who reads beyond. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	FUZZ_CHECK(text);
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* The same without a NUL. */
static inline char *fuzz_bytes(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size ? size : 1);

	FUZZ_CHECK(bytes);
	memcpy(bytes, data, size);
	return bytes;
}

#endif
