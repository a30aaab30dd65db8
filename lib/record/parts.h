/* SPDX-License-Identifier: GPL-2.0 */
/* Between parse.c and the files that read parts of a record. */
#ifndef RECORD_PARTS_H
#define RECORD_PARTS_H

#include <errno.h>

#include "record/fields.h"

/* The metrics of a function are named after it, and their names have their room. */
enum { RECORD_NAME_MAX = 60 };

/* Read @object, of which @table describes all members but @others, into the struct at @base. */
static inline int record_read_table(const json_t *object, const struct json_place *at,
				    const struct record_fields *table, const char *const *others,
				    void *base)
{
	return json_read_fields(object, at, table->fields, table->n, others, base);
}

/* The member @key of @object, an object by itself described by @table. */
static inline int record_read_member(const json_t *object, const struct json_place *at,
				     const char *key, const struct record_fields *table,
				     void *base)
{
	struct json_place here;
	json_t *member;

	if (json_member(object, at, key, JSON_OBJECT, &member))
		return -EINVAL;
	json_place_key(&here, at, key);
	return record_read_table(member, &here, table, NULL, base);
}

/* "functions" of the record @root. -EINVAL with @at's error, as all that read. */
int record_read_functions(const json_t *root, const struct json_place *at, struct record *r);

#endif
