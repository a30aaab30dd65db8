/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Strict JSON. A flat C struct and its JSON object are described by one table of fields that
 * both the reader and the printer follow, so that they cannot drift apart.
 */
#ifndef UTIL_JSON_H
#define UTIL_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "util/err.h"

enum json_kind {
	JSON_KIND_STRING,	/* char *, from malloc */
	JSON_KIND_U64,		/* uint64_t, 0 .. 2^63-1 */
	JSON_KIND_INT,		/* int, >= 0 */
	JSON_KIND_BOOL,		/* bool */
	JSON_KIND_REAL,		/* double, finite, >= 0 */
	JSON_KIND_SIGNED,	/* double, finite */
};

struct json_field {
	const char *key;
	enum json_kind kind;
	size_t offset;
	/* The key may be missing: a string is NULL then, a whole number 0, a real one NAN. */
	bool optional;
};

#define JSON_FIELDS(table) (table), sizeof(table) / sizeof((table)[0])

/* Where in which file we are reading, for messages such as "a.json: flows[3].port: ...". */
struct json_place {
	const char *file;
	struct err *e;
	char path[160];
};

void json_place_key(struct json_place *child, const struct json_place *parent, const char *key);
void json_place_index(struct json_place *child, const struct json_place *parent, size_t index);

/* Leave "FILE: PATH: message" in the place's error and return -EINVAL. */
__attribute__((format(printf, 2, 3)))
int json_wrong(const struct json_place *at, const char *fmt, ...);

/*
 * Parse one JSON object. Duplicate keys and text after its end are refused. -EINVAL with the
 * line in @e. The caller owns *@out (json_decref).
 */
int json_parse_object(const char *text, size_t len, const char *file, json_t **out,
		      struct err *e);

/* The member @key, which must be there and of @type. Borrowed from @object. */
int json_member(const json_t *object, const struct json_place *at, const char *key,
		json_type type, json_t **out);

/*
 * Read the @n fields of @object into the struct at @base. A key that is neither in the table
 * nor in @others (NULL-terminated, may be NULL) is refused. Strings read before an error was
 * met belong to the caller like all others.
 */
int json_read_fields(const json_t *object, const struct json_place *at,
		     const struct json_field *fields, size_t n, const char *const *others,
		     void *base);

/* Has the optional @field a value in the struct at @base? */
bool json_is_set(const struct json_field *field, const void *base);

/* Print the fields as "key": value, with @separator (such as ",\n\t") between them. */
void json_print_fields(FILE *out, const struct json_field *fields, size_t n,
		       const char *separator, const void *base);

/* Print @s quoted. Bytes that are not UTF-8 become U+FFFD, so that the text stays JSON. */
void json_print_string(FILE *out, const char *s);

/* Print the shortest decimal number that reads back as @value, which must be finite. */
void json_print_real(FILE *out, double value);

#endif
