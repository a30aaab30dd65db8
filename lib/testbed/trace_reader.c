// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "testbed/trace_reader.h"

enum {
	PIPE_BYTES = 1024 * 1024,	/* what an unprivileged process may ask for by default */
	CHUNK_BYTES = 64 * 1024,
};

struct trace_reader {
	pthread_t thread;
	int fd;
	int error;		/* of read(), 0 at the end of the text */
	struct trace trace;
	char chunk[CHUNK_BYTES];
};

static void *read_all(void *arg)
{
	struct trace_reader *r = arg;
	ssize_t n;

	do {
		n = read(r->fd, r->chunk, sizeof(r->chunk));
		if (n > 0)
			trace_feed(&r->trace, r->chunk, n);
	} while (n > 0 || (n < 0 && errno == EINTR));
	r->error = n < 0 ? errno : 0;
	return NULL;
}

/* Signals are for the main thread. */
static int start_thread(struct trace_reader *r)
{
	sigset_t all, before;
	int ret;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ret = pthread_create(&r->thread, NULL, read_all, r);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ret;
}

int trace_reader_start(struct trace_reader **out, enum driver driver, int *write_end,
		       struct err *e)
{
	struct trace_reader *r = calloc(1, sizeof(*r));
	int fds[2], ret;

	if (!r)
		return err_set(e, ENOMEM, "no memory");
	if (pipe(fds)) {
		free(r);
		return err_set(e, errno, "pipe: %s", strerror(errno));
	}
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	/* a larger pipe spares switches between QEMU and this thread; a small one does too */
	fcntl(fds[0], F_SETPIPE_SZ, PIPE_BYTES);
	r->fd = fds[0];
	trace_init(&r->trace, driver);
	ret = start_thread(r);
	if (ret) {
		close(fds[0]);
		close(fds[1]);
		free(r);
		return err_set(e, ret, "the reader of QEMU's trace: %s", strerror(ret));
	}
	*out = r;
	*write_end = fds[1];
	return 0;
}

bool trace_pipe_is_full(int fd)
{
	int size = fcntl(fd, F_GETPIPE_SZ), waiting = 0;

	/* a pipe holds pages, and the writer waits when none is left, be they full or not */
	return size > 0 && !ioctl(fd, FIONREAD, &waiting) && waiting > size / 2;
}

bool trace_reader_is_behind(const struct trace_reader *r)
{
	return trace_pipe_is_full(r->fd);
}

int trace_reader_end(struct trace_reader *r, struct trace *out, struct err *e)
{
	int ret;

	if (!r)
		return 0;
	pthread_join(r->thread, NULL);
	ret = r->error ? err_set(e, r->error, "QEMU's trace cannot be read: %s",
				 strerror(r->error)) : trace_finish(&r->trace, e);
	*out = r->trace;
	close(r->fd);
	free(r);
	return ret;
}
