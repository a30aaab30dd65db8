// SPDX-License-Identifier: GPL-2.0
/*
 * Loading, attaching and switching the tracer. What it counted: probes_read.c.
 */
#include <dirent.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <bpf/btf.h>

#include "agent/probes_impl.h"
#include "agent/symbol.h"
#include "util/clock.h"

enum { VERIFIER_LOG = 65536 };

static int set_absent(struct probe *f, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&f->absent, fmt, ap);
	va_end(ap);
	f->slot = -1;
	if (n < 0)
		f->absent = NULL;
	return n < 0 ? -ENOMEM : 0;
}

static bool is_there(const struct btf *btf, const char *name)
{
	return btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) > 0;
}

/* The alternative that @btf has, unless there is one already: one marked '!', else the first. */
static int resolve(struct probe *f, const struct btf *btf)
{
	char *save, *list = f->symbol ? NULL : strdup(f->alternatives);
	const char *found = NULL;

	if (!list)
		return f->symbol ? 0 : -ENOMEM;
	for (char *s = strtok_r(list, "|", &save); s; s = strtok_r(NULL, "|", &save)) {
		if (*s == '!' && is_there(btf, s + 1))
			found = s + 1;
		else if (*s != '!' && !found && is_there(btf, s))
			found = s;
	}
	f->symbol = found ? strdup(found) : NULL;
	free(list);
	return found && !f->symbol ? -ENOMEM : 0;
}

/* The functions that @btf, of the kernel or of a module, has. */
static int resolve_all(struct probes *p, const struct btf *btf)
{
	int err = 0;

	for (size_t i = 0; i < p->nr && !err; i++)
		err = resolve(&p->f[i], btf);
	return err;
}

/* The same for each loaded module. One whose BTF cannot be read has no function that can be traced. */
static int resolve_in_modules(struct probes *p, struct btf *kernel)
{
	DIR *dir = opendir("/sys/kernel/btf");
	struct dirent *d;
	int err = 0;

	while (dir && !err && (d = readdir(dir))) {
		struct btf *btf;

		if (d->d_name[0] == '.' || !strcmp(d->d_name, "vmlinux"))
			continue;
		btf = btf__load_module_btf(d->d_name, kernel);
		if (btf)
			err = resolve_all(p, btf);
		btf__free(btf);
	}
	if (dir)
		closedir(dir);
	return err;
}

static int set_missing(struct probes *p)
{
	int err = 0;

	for (size_t i = 0; i < p->nr && !err; i++) {
		struct probe *f = &p->f[i];

		if (!f->symbol)
			err = set_absent(f, "this kernel has no function %s", f->alternatives);
		else if (symbol_is_ambiguous(f->symbol))
			err = set_absent(f, "this kernel has several functions %s, and a probe takes "
					 "any", f->symbol);
	}
	return err;
}

static int take_names(struct probes *p, const char *const *functions)
{
	for (size_t i = 0; i < p->nr; i++) {
		struct probe *f = &p->f[i];

		f->alternatives = strdup(functions[i]);
		f->name = strndup(functions[i], strcspn(functions[i], "|"));
		if (!f->alternatives || !f->name)
			return -ENOMEM;
	}
	return 0;
}

static int find_functions(struct probes *p, const char *const *functions, struct err *e)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int err;

	if (!btf)
		return err_set(e, ENOENT, "the kernel's BTF can't be read (%s): it must be built with "
			       "CONFIG_DEBUG_INFO_BTF=y", strerror(errno));
	err = take_names(p, functions);
	if (!err)
		err = resolve_all(p, btf);
	if (!err)
		err = resolve_in_modules(p, btf);
	if (!err)
		err = set_missing(p);
	btf__free(btf);
	return err ? err_set(e, -err, "probes: %s", strerror(-err)) : 0;
}

/* The two programs of each slot are in p->entry and p->exit, found by name. */
static int find_programs(struct probes *p)
{
	char name[16];

	for (int slot = 0; slot < PROBES_MAX; slot++) {
		snprintf(name, sizeof(name), "entry_%d", slot);
		p->entry[slot] = bpf_object__find_program_by_name(p->skel->obj, name);
		snprintf(name, sizeof(name), "exit_%d", slot);
		p->exit[slot] = bpf_object__find_program_by_name(p->skel->obj, name);
		if (!p->entry[slot] || !p->exit[slot])
			return -ENOENT;
		bpf_program__set_autoload(p->entry[slot], false);
		bpf_program__set_autoload(p->exit[slot], false);
	}
	return 0;
}

/* Give each function that can be traced a slot, from 0 up without gaps. */
static int assign_slots(struct probes *p)
{
	int err = 0;

	p->nr_slots = 0;
	for (size_t i = 0; i < p->nr && !err; i++) {
		struct probe *f = &p->f[i];
		int slot = p->nr_slots;

		if (f->absent)
			continue;
		err = bpf_program__set_attach_target(p->entry[slot], 0, f->symbol);
		if (!err)
			err = bpf_program__set_attach_target(p->exit[slot], 0, f->symbol);
		if (err) {
			err = set_absent(f, "libbpf can't address %s: %s", f->symbol, strerror(-err));
			continue;
		}
		bpf_program__set_autoload(p->entry[slot], true);
		bpf_program__set_autoload(p->exit[slot], true);
		bpf_program__set_log_buf(p->entry[slot], f->log, VERIFIER_LOG);
		bpf_program__set_log_buf(p->exit[slot], f->log, VERIFIER_LOG);
		f->log[0] = '\0';
		f->slot = slot;
		p->nr_slots++;
	}
	return err;
}

/* The line of a verifier's log that says why: the last one but for its statistics. NULL: none. */
static const char *last_words(char *log)
{
	char *save, *last = NULL;

	for (char *s = strtok_r(log, "\n", &save); s; s = strtok_r(NULL, "\n", &save))
		if (strncmp(s, "processed ", 10) && strncmp(s, "verification time", 17) &&
		    strncmp(s, "stack depth", 11))
			last = s;
	return last;
}

/*
 * A program that the kernel refuses, with error @err, fails the whole load and leaves words in its
 * log. 1: its function is absent now, load again without it. 0: nothing to blame.
 */
static int blame(struct probes *p, int err)
{
	for (size_t i = 0; i < p->nr; i++) {
		struct probe *f = &p->f[i];

		if (!f->absent && f->log[0])
			return set_absent(f, "the kernel refuses a probe of %s: %s", f->symbol,
					  last_words(f->log) ?: strerror(-err)) ?: 1;
	}
	return 0;
}

static int load(struct probes *p, struct err *e)
{
	int err;

	do {
		tracer_bpf__destroy(p->skel);
		p->skel = tracer_bpf__open();
		if (!p->skel)
			return err_set(e, errno, "tracer: libbpf can't open it: %s", strerror(errno));
		err = find_programs(p) ?: assign_slots(p);
		if (err)
			return err_set(e, -err, "tracer: %s", strerror(-err));
		if (!p->nr_slots)
			return 0;
		err = tracer_bpf__load(p->skel);
	} while (err && blame(p, err) > 0);
	if (err)
		return err_set(e, -err, "tracer: the kernel refuses it: %s%s", strerror(-err),
			       err == -EPERM ? "; loading BPF programs needs root" : "");
	return 0;
}

/* An entry without its exit would be no use: both, or the function is absent. */
static int attach(struct probes *p, struct probe *f)
{
	int err;

	f->exit_link = bpf_program__attach_trace(p->exit[f->slot]);
	if (f->exit_link)
		f->entry_link = bpf_program__attach_trace(p->entry[f->slot]);
	if (f->exit_link && f->entry_link)
		return 0;
	err = errno;
	bpf_link__destroy(f->exit_link);
	f->exit_link = NULL;
	return set_absent(f, "a probe can't be attached to %s: %s", f->symbol, strerror(err));
}

static uint64_t hash_instructions(uint64_t hash, const struct bpf_program *prog)
{
	const struct bpf_insn *insns = bpf_program__insns(prog);
	size_t n = bpf_program__insn_cnt(prog);

	for (size_t i = 0; i < n; i++) {
		struct bpf_insn insn = insns[i];
		const unsigned char *bytes = (const void *)&insn;

		/* the map's file descriptor differs from run to run */
		if (insn.code == (BPF_LD | BPF_IMM | BPF_DW) &&
		    (insn.src_reg == BPF_PSEUDO_MAP_FD || insn.src_reg == BPF_PSEUDO_MAP_VALUE))
			insn.imm = 0;
		for (size_t b = 0; b < sizeof(insn); b++)
			hash = (hash ^ bytes[b]) * 0x100000001b3;	/* FNV-1a */
	}
	return hash;
}

/* The programs are copies of one pair that differ in the slot's number: the first speaks for all. */
static void identify(struct probes *p)
{
	uint64_t hash = hash_instructions(0xcbf29ce484222325, p->entry[0]);

	snprintf(p->identity, sizeof(p->identity), "%016llx",
		 (unsigned long long)hash_instructions(hash, p->exit[0]));
}

static int open_all(struct probes *p, const char *const *functions, struct err *e)
{
	int err = 0;

	if (!p->nr)
		return 0;
	for (size_t i = 0; i < p->nr; i++) {
		p->f[i].slot = -1;
		p->f[i].log = malloc(VERIFIER_LOG);
		if (!p->f[i].log)
			return err_set(e, ENOMEM, "out of memory");
	}
	err = find_functions(p, functions, e) ?: load(p, e);
	if (err || !p->nr_slots)
		return err;
	p->tracer = &p->skel->bss->tracer;
	identify(p);
	for (size_t i = 0; i < p->nr && !err; i++)
		if (!p->f[i].absent)
			err = attach(p, &p->f[i]);
	return err ? err_set(e, -err, "tracer: %s", strerror(-err)) : 0;
}

/* Messages go through struct err alone. */
static int be_silent(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

int probes_open(const char *const *functions, size_t n, struct probes **out, struct err *e)
{
	struct probes *p;
	int err;

	if (n > PROBES_MAX)
		return err_set(e, E2BIG, "%zu functions to trace, at most %d are possible", n,
			       PROBES_MAX);
	p = calloc(1, sizeof(*p));
	if (!p)
		return err_set(e, ENOMEM, "out of memory");
	p->nr = n;
	libbpf_set_print(be_silent);
	err = open_all(p, functions, e);
	if (err) {
		probes_close(p);
		return err;
	}
	*out = p;
	return 0;
}

void probes_close(struct probes *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->nr; i++) {
		bpf_link__destroy(p->f[i].entry_link);
		bpf_link__destroy(p->f[i].exit_link);
		free(p->f[i].alternatives);
		free(p->f[i].name);
		free(p->f[i].symbol);
		free(p->f[i].absent);
		free(p->f[i].log);
	}
	tracer_bpf__destroy(p->skel);
	free(p);
}

static void set_state(struct probes *p, enum tracer_state state)
{
	if (p->tracer)
		__atomic_store_n(&p->tracer->state, state, __ATOMIC_SEQ_CST);
}

int probes_arm(struct probes *p, struct err *e)
{
	int err = p->used ? probes_forget(p) : 0;

	if (err)
		return err_set(e, -err, "tracer: its counts can't be cleared: %s", strerror(-err));
	p->used = true;
	set_state(p, TRACER_FOLLOW);
	return 0;
}

int probes_on(struct probes *p, uint64_t *open_ns, struct err *e)
{
	int err = probes_count_misses(p, false);

	if (err)
		return err_set(e, -err, "tracer: its programs' state can't be read: %s",
			       strerror(-err));
	*open_ns = now_ns();
	set_state(p, TRACER_ON);
	return 0;
}

int probes_drain(struct probes *p, uint64_t *close_ns, struct err *e)
{
	int err;

	set_state(p, TRACER_FOLLOW);
	*close_ns = now_ns();
	err = probes_count_misses(p, true);
	if (err)
		return err_set(e, -err, "tracer: its programs' state can't be read: %s",
			       strerror(-err));
	return 0;
}

void probes_off(struct probes *p)
{
	const struct timespec grace = { .tv_nsec = 10000000 };

	set_state(p, TRACER_OFF);
	/*
	 * Probes run under rcu_read_lock(), and this waits for all that do, but on one CPU it
	 * returns at once; there only a preempted probe can still be running: let it end.
	 */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	nanosleep(&grace, NULL);
}

struct probe *probes_find(struct probes *p, const char *function)
{
	for (size_t i = 0; i < p->nr; i++)
		if (!strcmp(p->f[i].name, function))
			return &p->f[i];
	return NULL;
}

int probes_inject(struct probes *p, const char *function, uint32_t n, struct err *e)
{
	const struct probe *f = probes_find(p, function);
	const struct slow slow = slow_of(n);

	if (n > PROBES_INJECT_MAX)
		return err_set(e, EINVAL, "%u instructions to slow %s down, at most %d are possible",
			       n, function, PROBES_INJECT_MAX);
	if (!f || f->absent)
		return err_set(e, ENOENT, "%s can't be slowed down: %s", function,
			       f ? f->absent : "it is not traced");
	p->tracer->slow_many[f->slot] = slow.many;
	p->tracer->slow[f->slot] = slow.code;
	return 0;
}

const char *probes_identity(const struct probes *p)
{
	return p->nr_slots ? p->identity : NULL;
}
