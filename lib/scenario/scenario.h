/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A scenario is one point of the matrix, and its name is its whole specification:
 * <host>-<guest>-<N>flows[-tx], for example strict-bare-4flows.
 */
#ifndef SCENARIO_SCENARIO_H
#define SCENARIO_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"

enum host_mode { HOST_NONE, HOST_STRICT, HOST_LAZY, HOST_PASSTHROUGH, HOST_OFF };
enum guest_mode { GUEST_BARE, GUEST_PASSTHROUGH, GUEST_SHADOW, GUEST_NESTED, GUEST_NESTEDLAZY };

enum { SCENARIO_NAME_MAX = 48, FLOWS_MAX = 20 };

struct scenario {
	char name[SCENARIO_NAME_MAX];
	enum host_mode host;
	enum guest_mode guest;
	int flows;		/* 1, 2, 4, 8, 16 or 20 */
	bool tx;		/* the subject sends; otherwise it receives */
};

/* Does @s take a Linux host and its guest, which is the subject? */
bool scenario_two_levels(const struct scenario *s);

const char *host_mode_name(enum host_mode mode);
const char *guest_mode_name(enum guest_mode mode);

/* The mode called @name. -EINVAL with @e, which says what it may be. */
int guest_mode_parse(const char *name, enum guest_mode *out, struct err *e);

/*
 * Parse @name into @s. -EINVAL where it is not the name of a scenario: @e then says which part
 * is wrong and what it may be.
 */
int scenario_parse(const char *name, struct scenario *s, struct err *e);

#endif
