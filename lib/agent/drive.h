/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Drives the flows through the window: it lies inside the traffic, where every flow is past its
 * start and none has ended.
 */
#ifndef AGENT_DRIVE_H
#define AGENT_DRIVE_H

#include "agent/window.h"

/*
 * Wait for the flows to warm up, open the window, wait, close it; that of the guest, too, where
 * there is one. Fills @r as window_fill() does, and its functions are to be read.
 */
int drive_window(const struct command *c, const struct net *net, const struct flows *flows,
		 const struct instruments *with, struct record *r, struct err *e);

#endif
