/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel that is put to the test: found or prepared, with the initramfs that it boots. */
#ifndef TESTBED_SUBJECT_H
#define TESTBED_SUBJECT_H

#include "testbed/settings.h"

/*
 * The folder of the kernel @what, as lib/testbed/prepare.sh --kernel takes it: a folder that it has
 * prepared is taken as it is, all else is prepared now. From malloc in *@dir. -ENOENT: nothing of
 * that name, or not to be prepared from where this program is; -ENOTSUP: it
 * lacks what a subject needs; -EINVAL: the preparation failed otherwise.
 */
int subject_find(const char *what, char **dir, struct err *e);

/*
 * Have @s boot the kernel @what: subject_find(), settings_use_kernel(), and its initramfs made where
 * that is missing or older than the agent or the kernel's modules. Errors as they come, -EIO: the
 * initramfs could not be made.
 */
int subject_use(struct settings *s, const char *what, struct err *e);

#endif
