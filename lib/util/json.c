// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/json.h"

static const char *type_name(json_type type)
{
	switch (type) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
		return "a whole number";
	case JSON_REAL:
		return "a number with a fraction";
	case JSON_TRUE:
	case JSON_FALSE:
		return "true or false";
	default:
		return "null";
	}
}

void json_place_key(struct json_place *child, const struct json_place *parent, const char *key)
{
	child->file = parent->file;
	child->e = parent->e;
	snprintf(child->path, sizeof(child->path), "%.100s%s%.50s", parent->path,
		 parent->path[0] ? "." : "", key);
}

void json_place_index(struct json_place *child, const struct json_place *parent, size_t index)
{
	child->file = parent->file;
	child->e = parent->e;
	snprintf(child->path, sizeof(child->path), "%.120s[%zu]", parent->path, index);
}

int json_wrong(const struct json_place *at, const char *fmt, ...)
{
	char message[640];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	return err_set(at->e, EINVAL, "%s: %s%s%s", at->file, at->path, at->path[0] ? ": " : "",
		       message);
}

int json_parse_object(const char *text, size_t len, const char *file, json_t **out,
		      struct err *e)
{
	json_error_t error;
	json_t *root;

	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		return err_set(e, EINVAL, "%s: line %d: not JSON, or cut short: %s", file,
			       error.line, error.text);
	if (!json_is_object(root)) {
		json_decref(root);
		return err_set(e, EINVAL, "%s: is not a JSON object", file);
	}
	*out = root;
	return 0;
}

int json_member(const json_t *object, const struct json_place *at, const char *key,
		json_type type, json_t **out)
{
	struct json_place here;

	json_place_key(&here, at, key);
	*out = json_object_get(object, key);
	if (!*out)
		return json_wrong(&here, "is missing");
	if (json_typeof(*out) != type)
		return json_wrong(&here, "is %s, must be %s", type_name(json_typeof(*out)),
				  type_name(type));
	return 0;
}

static int read_number(const json_t *value, const struct json_place *at, json_int_t max,
		       json_int_t *out)
{
	if (!json_is_integer(value))
		return json_wrong(at, "is %s, must be a whole number",
				  type_name(json_typeof(value)));
	*out = json_integer_value(value);
	if (*out < 0 || *out > max)
		return json_wrong(at, "%lld is out of range, must be 0 to %lld", (long long)*out,
				  (long long)max);
	return 0;
}

static int read_value(const json_t *value, const struct json_place *at,
		      const struct json_field *field, void *base)
{
	char *to = (char *)base + field->offset;
	json_int_t number = 0;
	int ret;

	switch (field->kind) {
	case JSON_KIND_STRING:
		if (!json_is_string(value))
			return json_wrong(at, "is %s, must be a string",
					  type_name(json_typeof(value)));
		*(char **)to = strdup(json_string_value(value));
		return *(char **)to ? 0 : err_set(at->e, ENOMEM, "out of memory");
	case JSON_KIND_U64:
		ret = read_number(value, at, INT64_MAX, &number);
		*(uint64_t *)to = number;
		return ret;
	case JSON_KIND_INT:
		ret = read_number(value, at, INT_MAX, &number);
		*(int *)to = number;
		return ret;
	case JSON_KIND_BOOL:
		if (!json_is_boolean(value))
			return json_wrong(at, "is %s, must be true or false",
					  type_name(json_typeof(value)));
		*(bool *)to = json_is_true(value);
		return 0;
	case JSON_KIND_REAL:
	case JSON_KIND_SIGNED:
		if (!json_is_number(value))
			return json_wrong(at, "is %s, must be a number",
					  type_name(json_typeof(value)));
		*(double *)to = json_number_value(value) + 0.0;	/* -0.0 becomes 0 */
		if (field->kind == JSON_KIND_REAL && *(double *)to < 0)
			return json_wrong(at, "is negative");
		return 0;
	}
	return json_wrong(at, "has no kind");
}

bool json_is_set(const struct json_field *field, const void *base)
{
	const char *from = (const char *)base + field->offset;

	switch (field->kind) {
	case JSON_KIND_STRING:
		return *(char *const *)from;
	case JSON_KIND_U64:
		return *(const uint64_t *)from;
	case JSON_KIND_INT:
		return *(const int *)from;
	case JSON_KIND_REAL:
	case JSON_KIND_SIGNED:
		return !isnan(*(const double *)from);
	default:
		return true;
	}
}

static void unset(enum json_kind kind, void *to)
{
	if (kind == JSON_KIND_REAL || kind == JSON_KIND_SIGNED)
		*(double *)to = NAN;
}

static bool key_known(const char *key, const struct json_field *fields, size_t n,
		      const char *const *others)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(key, fields[i].key))
			return true;
	for (; others && *others; others++)
		if (!strcmp(key, *others))
			return true;
	return false;
}

int json_read_fields(const json_t *object, const struct json_place *at,
		     const struct json_field *fields, size_t n, const char *const *others,
		     void *base)
{
	struct json_place here;
	const char *key;
	json_t *value;
	size_t i;
	int ret;

	for (i = 0; i < n; i++) {
		json_place_key(&here, at, fields[i].key);
		value = json_object_get(object, fields[i].key);
		if (!value && fields[i].optional) {
			unset(fields[i].kind, (char *)base + fields[i].offset);
			continue;
		}
		if (!value)
			return json_wrong(&here, "is missing");
		ret = read_value(value, &here, &fields[i], base);
		if (ret)
			return ret;
	}
	json_object_foreach((json_t *)object, key, value) {
		json_place_key(&here, at, key);
		if (!key_known(key, fields, n, others))
			return json_wrong(&here, "is not a field of this format: misspelt?");
	}
	return 0;
}

void json_print_real(FILE *out, double value)
{
	char text[40];
	int digits;

	for (digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	fputs(text, out);
}

void json_print_string(FILE *out, const char *s)
{
	json_t *check = json_string(s);
	bool utf8 = check;
	unsigned char c;

	json_decref(check);
	fputc('"', out);
	for (; *s; s++) {
		c = *s;
		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			fprintf(out, "\\u%04x", c);
		else if (c >= 0x80 && !utf8)
			fputs("\\ufffd", out);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static void print_value(FILE *out, enum json_kind kind, const void *from)
{
	switch (kind) {
	case JSON_KIND_STRING:
		json_print_string(out, *(char *const *)from);
		break;
	case JSON_KIND_U64:
		fprintf(out, "%llu", (unsigned long long)*(const uint64_t *)from);
		break;
	case JSON_KIND_INT:
		fprintf(out, "%d", *(const int *)from);
		break;
	case JSON_KIND_BOOL:
		fputs(*(const bool *)from ? "true" : "false", out);
		break;
	case JSON_KIND_REAL:
	case JSON_KIND_SIGNED:
		json_print_real(out, *(const double *)from);
		break;
	}
}

void json_print_fields(FILE *out, const struct json_field *fields, size_t n,
		       const char *separator, const void *base)
{
	const char *from, *before = "";
	size_t i;

	for (i = 0; i < n; i++) {
		from = (const char *)base + fields[i].offset;
		if ((fields[i].optional || fields[i].kind == JSON_KIND_STRING) &&
		    !json_is_set(&fields[i], base))
			continue;
		fprintf(out, "%s\"%s\": ", before, fields[i].key);
		print_value(out, fields[i].kind, from);
		before = separator;
	}
}
