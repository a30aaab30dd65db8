// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer's changes of single bytes, and beside them whole numbers of a text for others that are
 * known to be hard: the grammar of JSON and of tables survives, and what is behind it is reached.
 */
#include <ctype.h>

#include "fuzz.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

static const char *const numbers[] = {
	"0", "1", "-1", "-0.0", "0.5", "1e-320", "1e300", "1e19", "nan", "inf", "2147483647",
	"2147483648", "4294967295", "4294967296", "9007199254740993", "9223372036854775807",
	"9223372036854775808", "18446744073709551615", "18446744073709551616", "1000000", "4096",
};

/* The @nth run of digits in @data; its length, 0: there are fewer. */
static size_t find_number(const uint8_t *data, size_t size, size_t nth, size_t *at)
{
	size_t i = 0, n;

	for (;;) {
		while (i < size && !isdigit(data[i]))
			i++;
		for (n = 0; i + n < size && isdigit(data[i + n]);)
			n++;
		if (!n)
			return 0;
		if (!nth--) {
			*at = i;
			return n;
		}
		i += n;
	}
}

static size_t count_numbers(const uint8_t *data, size_t size)
{
	size_t n = 0, at;

	for (size_t i = 1; i < size; i++)
		n += isdigit(data[i]) && !isdigit(data[i - 1]);
	return n + (size && find_number(data, 1, 0, &at));
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	size_t n, at, len, with_len;
	const char *with;

	srandom(seed);
	n = count_numbers(data, size);
	if (!n || random() % 2)
		return LLVMFuzzerMutate(data, size, max_size);
	len = find_number(data, size, random() % n, &at);
	with = numbers[random() % (sizeof(numbers) / sizeof(numbers[0]))];
	with_len = strlen(with);
	if (size - len + with_len > max_size)
		return LLVMFuzzerMutate(data, size, max_size);
	memmove(data + at + with_len, data + at + len, size - at - len);
	memcpy(data + at, with, with_len);
	return size - len + with_len;
}
