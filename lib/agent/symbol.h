/* SPDX-License-Identifier: GPL-2.0 */
/* Names of kernel functions. */
#ifndef AGENT_SYMBOL_H
#define AGENT_SYMBOL_H

#include <stdbool.h>

/*
 * Has the kernel several functions of this @name, as two drivers' static ones? Then a probe of it is
 * one of whichever the kernel finds first. Kernels tell since 6.7, if they have kprobe events and the
 * caller may use them; false where they do not tell.
 */
bool symbol_is_ambiguous(const char *name);

#endif
