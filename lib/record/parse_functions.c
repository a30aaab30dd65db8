// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "loglin.h"
#include "record/parts.h"

static int read_bucket(const json_t *pair, const struct json_place *at, int64_t before,
		       struct record_bucket *to)
{
	json_int_t index, count;

	if (!json_is_array(pair) || json_array_size(pair) != 2 ||
	    !json_is_integer(json_array_get(pair, 0)) ||
	    !json_is_integer(json_array_get(pair, 1)))
		return json_wrong(at, "must be a pair [index, count]");
	index = json_integer_value(json_array_get(pair, 0));
	count = json_integer_value(json_array_get(pair, 1));
	if (index <= before || index >= LOGLIN_SLOTS)
		return json_wrong(at, "index %lld must be above that before it and below %d",
				  (long long)index, LOGLIN_SLOTS);
	if (count <= 0)
		return json_wrong(at, "count %lld must be above 0", (long long)count);
	to->index = index;
	to->count = count;
	return 0;
}

static int read_histogram(const json_t *object, const struct json_place *at,
			  struct record_function *f)
{
	struct json_place all, one;
	json_t *histogram, *pair;
	int64_t before = -1;
	size_t i;

	if (json_member(object, at, "histogram", JSON_ARRAY, &histogram))
		return -EINVAL;
	json_place_key(&all, at, "histogram");
	f->buckets = calloc(json_array_size(histogram) + 1, sizeof(*f->buckets));
	if (!f->buckets)
		return err_set(at->e, ENOMEM, "out of memory");
	json_array_foreach(histogram, i, pair) {
		json_place_index(&one, &all, i);
		if (read_bucket(pair, &one, before, &f->buckets[i]))
			return -EINVAL;
		before = f->buckets[i].index;
		f->nr_buckets = i + 1;
	}
	return 0;
}

/* How its calls were timed, where we did it: all but "histogram" is in this table. */
static int read_timing(const json_t *object, const struct json_place *at,
		       struct record_function *f)
{
	struct json_field all[16];
	struct record_fields table = { all, 0 };
	static const char *const others[] = { "histogram", NULL };
	const struct record_fields *parts[] = { &record_function_fields,
						&record_function_timing_fields };

	for (size_t part = 0; part < 2; part++)
		for (size_t i = 0; i < parts[part]->n; i++)
			all[table.n++] = parts[part]->fields[i];
	if (record_read_table(object, at, &table, others, f))
		return -EINVAL;
	f->timed = true;
	return read_histogram(object, at, f);
}

static int read_function(const json_t *object, const struct json_place *at,
			 struct record_function *f)
{
	static const char *const others[] = { "reported", NULL };
	static const struct json_field absent[] = {
		{ "absent", JSON_KIND_STRING, offsetof(struct record_function, absent), false },
	};

	if (!json_is_object(object))
		return json_wrong(at, "must be an object");
	if (json_object_get(object, "absent"))
		return json_read_fields(object, at, JSON_FIELDS(absent), NULL, f);
	if (!json_object_get(object, "reported"))
		return read_timing(object, at, f);
	if (record_read_table(object, at, &record_function_fields, others, f))
		return -EINVAL;
	return record_read_member(object, at, "reported", &record_function_reported_fields, f);
}

int record_read_functions(const json_t *root, const struct json_place *at, struct record *r)
{
	struct json_place all, one;
	json_t *functions, *object;
	struct record_function *f;
	const char *name;

	if (json_member(root, at, "functions", JSON_OBJECT, &functions))
		return -EINVAL;
	json_place_key(&all, at, "functions");
	if (json_object_size(functions) > RECORD_FUNCTIONS_MAX)
		return json_wrong(&all, "has more than %d functions", RECORD_FUNCTIONS_MAX);
	json_object_foreach(functions, name, object) {
		json_place_key(&one, &all, name);
		if (!*name || strlen(name) > RECORD_NAME_MAX)
			return json_wrong(&one, "a function's name has 1 to %d characters",
					  RECORD_NAME_MAX);
		f = &r->functions[r->nr_functions++];
		f->name = strdup(name);
		if (!f->name)
			return err_set(at->e, ENOMEM, "out of memory");
		if (read_function(object, &one, f))
			return -EINVAL;
	}
	return 0;
}
