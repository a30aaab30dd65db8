/* SPDX-License-Identifier: GPL-2.0 */
/* Other programs, run to their end. They end with this process, however that happens. */
#ifndef UTIL_COMMAND_H
#define UTIL_COMMAND_H

#include "util/err.h"

/*
 * Run @argv (argv[0] is looked up in PATH, NULL ends it); its stderr is ours. Where @out is not
 * NULL, all that it writes to stdout comes there, from malloc, without the last newline; else that
 * goes to our stderr. Its exit code, 128 and the signal where one ended it, or a negative errno with
 * @e where it could not be run.
 */
int command_run(const char *const *argv, char **out, struct err *e);

#endif
