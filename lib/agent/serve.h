/* SPDX-License-Identifier: GPL-2.0 */
/* Two levels, in the guest: takes the steps that the host's agent asks for (guest.h). */
#ifndef AGENT_SERVE_H
#define AGENT_SERVE_H

#include "agent/agent.h"

/* Serve requests that come through @fd, one command's; ends with its record, or an error. */
int serve(struct agent *a, int fd, struct err *e);

#endif
