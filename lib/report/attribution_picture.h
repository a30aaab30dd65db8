/* SPDX-License-Identifier: GPL-2.0 */
#ifndef REPORT_ATTRIBUTION_PICTURE_H
#define REPORT_ATTRIBUTION_PICTURE_H

#include <stdio.h>

#include "record/record.h"

/*
 * What a page costs guest, relay and host in @r, as a file of SVG: it needs nothing else, and is
 * light or dark as its reader's screen. -EINVAL: @r is of one level.
 */
int attribution_picture(FILE *out, const struct record *r);

#endif
