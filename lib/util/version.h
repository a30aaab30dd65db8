/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UTIL_VERSION_H
#define UTIL_VERSION_H

#define SUITE_VERSION "0.1"

#endif
