/* SPDX-License-Identifier: GPL-2.0 */
/* A proof of what the instrument can detect: slow-downs that are known, and whether they are seen. */
#ifndef TRIAL_PROOF_H
#define TRIAL_PROOF_H

#include <stdio.h>

#include "testbed/emulated.h"

/*
 * Measure @s on the counted clock of @t: boots that become the reference, boots that must be found
 * equal to it, and boots with something injected that must be found worse, by the metric that it is
 * in. A line each to @out as soon as it is known. *@failures: how many were not as they must be. An
 * error as emulated_run() has them, and then nothing is proved.
 */
int proof_run(const struct emulated *t, const struct scenario *s, FILE *out, int *failures,
	      struct err *e);

#endif
