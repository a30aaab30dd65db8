// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "agent/mark.h"

#ifdef __x86_64__

#include <sys/io.h>

int mark_prepare(struct err *e)
{
	if (ioperm(MARK_PORT, 1, 1))
		return err_set(e, errno, "agent: the window cannot be marked for QEMU's trace: "
			       "ioperm: %s; the kernel needs CONFIG_X86_IOPL_IOPERM and no "
			       "lockdown", strerror(errno));
	return 0;
}

void mark(enum mark m)
{
	outb(m, MARK_PORT);
}

#else

int mark_prepare(struct err *e)
{
	return err_set(e, ENOSYS, "agent: the window can be marked for QEMU's trace on x86 only");
}

void mark(enum mark m)
{
	(void)m;
}

#endif
