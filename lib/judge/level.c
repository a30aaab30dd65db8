// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "judge/level.h"

/* uname -v says so of a kernel that is always preemptible; PREEMPT_DYNAMIC ones are not by default. */
static bool is_preemptible(const struct record *r)
{
	return r->env.kernel && strstr(r->env.kernel, " PREEMPT ");
}

struct level level_of(const struct record *r, const char *name)
{
	int vcpus = r->env.vcpus;

	if (record_is_hosts(name))
		return (struct level) {
			.host = true, .vcpus = r->host.vcpus, .window_ns = r->host.window_ns,
			.under_way = r->host.vcpus + vcpus,
		};
	return (struct level) {
		.vcpus = vcpus,
		.window_ns = r->close_ns > r->open_ns ? r->close_ns - r->open_ns : 0,
		.under_way = vcpus == 1 && !is_preemptible(r) ? 0 : vcpus,
	};
}
