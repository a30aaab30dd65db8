/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lines of a report that say what was run: "Guest: nested, Host: IOMMU strict, 8 flows,
 * 8 cores" and "2025-10-01-00-54-16-6.12.9-iommufd-flow08-host-strict-guest-on-nested-ringbuf-512
 * _sokcetbuf1_8cores" (one word; the study spells it so).
 */
#ifndef IMPORT_NAME_H
#define IMPORT_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "scenario/scenario.h"
#include "util/err.h"

enum { NAME_MAX_LENGTH = 256, NAME_KERNEL_MAX = 64 };

enum name_guest {
	NAME_GUEST_UNTOLD,
	NAME_GUEST_OFF,		/* its IOMMU is off: no guest, or one without translation */
	NAME_GUEST_BARE,
	NAME_GUEST_PASSTHROUGH,
	NAME_GUEST_SHADOW,
	NAME_GUEST_NESTED,
};

/* What one such line says, or both. 0: it does not say. */
struct name_facts {
	bool has_host;
	enum host_mode host;
	enum name_guest guest;
	enum { NAME_FLUSH_UNTOLD, NAME_FLUSH_STRICT, NAME_FLUSH_LAZY } flush;	/* the guest's */
	int flows, cores;
	bool tx;
	int ring;		/* receive descriptors */
	int buffer_mb;		/* the socket buffers' nominal size */
	char kernel[NAME_KERNEL_MAX];
};

struct name_banner {
	char name[NAME_MAX_LENGTH];	/* may be "" */
	bool stddev;
};

bool name_is_heading(const char *line);
bool name_heading_has_flows(const char *line);

/* "------- RUN Run Metrics -------", also with "stddev" before the last dashes. */
bool name_read_banner(const char *line, struct name_banner *out);

/* Is @line nothing but the name of a run? It goes to @name. */
bool name_is_run(const char *line, char *name, size_t size);

/* What a heading says. -EINVAL where it names a mode that is not known. */
int name_read_heading(const char *line, struct name_facts *out, struct err *e);

/* What the name of a run says; what it does not say, or in words unknown here, is left untold. */
void name_read_run(const char *name, struct name_facts *out);

/* Add to @to what @from says. -EINVAL where they contradict each other. */
int name_merge(struct name_facts *to, const struct name_facts *from, struct err *e);

/* The scenario. -EINVAL: not told, or not one of the matrix's; @e says what. */
int name_scenario(const struct name_facts *facts, struct scenario *out, struct err *e);

#endif
