/* SPDX-License-Identifier: GPL-2.0 */
/* Whole files: read at once, written so that nobody ever sees half of one. */
#ifndef UTIL_FILE_H
#define UTIL_FILE_H

#include <stddef.h>

#include "util/err.h"

/*
 * Read all of @path into *@text (from malloc, NUL-terminated, caller frees), its size into *@len.
 * Negative errno with @e set; -EFBIG beyond 64 MiB: no file of this project is that long.
 */
int file_read(const char *path, char **text, size_t *len, struct err *e);

/* Write all @len bytes of @text to @fd, in as many turns as it takes. 0 or a negative errno. */
int file_write_all(int fd, const char *text, size_t len);

/*
 * Make @path hold the @len bytes of @text. Whatever happens (a full disk, a kill), @path is the
 * old file or the complete new one, and a failure leaves no other file. Negative errno with @e set.
 */
int file_write_atomic(const char *path, const char *text, size_t len, struct err *e);

/* Create the folder @path and those above it. Negative errno with @e set. */
int file_make_folders(const char *path, struct err *e);

#endif
