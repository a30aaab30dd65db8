/* SPDX-License-Identifier: GPL-2.0 */
/* Which functions of a host are traced that runs a guest: those that serve its assigned device. */
#ifndef AGENT_HOST_FUNCTIONS_H
#define AGENT_HOST_FUNCTIONS_H

#include "util/err.h"

enum { HOST_FUNCTIONS_MAX = 1024 };

/*
 * Part @set, as functions_select() takes it, by its names: those that begin with RECORD_HOST into
 * @host, without that, the others into @guest. "all" and "none" are so of both.
 */
int host_functions_part(const char *set, char host[HOST_FUNCTIONS_MAX],
			char guest[HOST_FUNCTIONS_MAX], struct err *e);

#endif
