// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "testbed/counters.h"

enum { PASID_CACHE_SINCE = 11 };	/* major version of QEMU that traces them first */

/* Why @qemu's trace does not tell of @event, or NULL. */
static const char *why_absent(enum trace_event event, const char *qemu)
{
	if (event == TRACE_INV_PASID_CACHE && atoi(qemu) < PASID_CACHE_SINCE)
		return "QEMU before 11.0 does not trace them";
	return NULL;
}

static int add(struct record *r, const struct trace *t, enum trace_event event, const char *qemu)
{
	struct record_counter *c = record_add_counter(r, trace_source(t->driver), NULL,
						      trace_event_name(event));
	const char *why = why_absent(event, qemu);

	if (!c)
		return -ENOMEM;
	if (why) {
		c->absent = strdup(why);
		return c->absent ? 0 : -ENOMEM;
	}
	c->value = t->count[event];
	c->unit = strdup("events");
	c->whole_window = true;
	c->enabled_ns = c->running_ns = r->close_ns - r->open_ns;
	return c->unit ? 0 : -ENOMEM;
}

int counters_add(struct record *r, const struct trace *t, const char *qemu, struct err *e)
{
	for (int event = 0; event < TRACE_EVENTS; event++)
		if (trace_counts(t->driver, event) && add(r, t, event, qemu))
			return err_set(e, ENOMEM, "no memory for the IOMMU's counters");
	return 0;
}
