// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "agent/injector.h"
#include "agent/invalidate.h"
#include "inject.h"
#include "inject.skel.h"

_Static_assert((int)INJECT_MAX == (int)PROBES_INJECT_MAX, "inject.h and probes.h disagree");
_Static_assert((int)INJECT_ABOVE_MAX == INJECT_CPUS - 1, "the two inject.h disagree");

/* The calls in which a CPU waits for a lock of the queue or of what is flushed, or holds it. */
static const char *const flushes[INJECT_PAIRS] = {
	"intel_iommu_tlb_sync",		/* of an unmap */
	"intel_flush_iotlb_all",	/* of many, lazily */
	"cache_tag_flush_range_np",	/* of a map, since 6.10 */
	"iommu_flush_iotlb_psi",	/* before, of both */
};

#define UNMAP "__iommu_unmap"

struct injector {
	struct inject what;
	struct inject_bpf *skel;	/* NULL: INJECT_FLUSH */
	struct invalidate invalidate;	/* of INJECT_FLUSH */
	struct probes *probes;
	uint64_t submissions, sharers;	/* until the window opened; in it, once it has closed */
	uint64_t flushes;
};

/* The programs of pair @i to @function; they are loaded only if the kernel has it. */
static int aim(struct inject_bpf *skel, int i, const struct btf *btf, const char *function)
{
	bool has = btf__find_by_name_kind(btf, function, BTF_KIND_FUNC) > 0;
	struct bpf_program *program;
	char name[16];
	int ret = 0;

	for (int end = 0; end < 2 && !ret; end++) {
		snprintf(name, sizeof(name), "%s_%d", end ? "leave" : "enter", i);
		program = bpf_object__find_program_by_name(skel->obj, name);
		bpf_program__set_autoload(program, has);
		if (has)
			ret = bpf_program__set_attach_target(program, 0, function);
	}
	return ret;
}

/* Choose the programs that the kernel at hand takes. */
static int choose(struct injector *in, struct err *e)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int ret = 0;

	if (!btf)
		return err_set(e, ENOENT, "agent: the kernel's BTF can't be read");
	if (btf__find_by_name_kind(btf, "btf_trace_qi_submit", BTF_KIND_TYPEDEF) <= 0)
		ret = err_set(e, ENOTSUP, "agent: --inject doorbell and lock need the tracepoint "
			      "qi_submit, which this kernel lacks: that of Intel's driver, since 5.14");
	for (int i = 0; i < INJECT_PAIRS && !ret; i++) {
		ret = aim(in->skel, i, btf, in->what.kind == INJECT_LOCK ? flushes[i] : "");
		if (ret)
			ret = err_set(e, -ret, "agent: --inject: libbpf can't address %s: %s",
				      flushes[i], strerror(-ret));
	}
	btf__free(btf);
	return ret;
}

static int load(struct injector *in, struct err *e)
{
	int ret;

	in->skel = inject_bpf__open();
	if (!in->skel)
		return err_set(e, errno, "agent: --inject: libbpf can't open it: %s", strerror(errno));
	ret = choose(in, e);
	if (ret)
		return ret;
	ret = inject_bpf__load(in->skel);
	if (ret)
		return err_set(e, -ret, "agent: --inject: the kernel refuses it: %s", strerror(-ret));
	ret = inject_bpf__attach(in->skel);
	return ret ? err_set(e, -ret, "agent: --inject can't be attached: %s", strerror(-ret)) : 0;
}

static int prepare_flushes(struct injector *in, struct err *e)
{
	if (!in->probes)
		return err_set(e, EINVAL, "agent: --inject flush counts the calls of " UNMAP
			       ": it needs probes");
	return invalidate_open("", &in->invalidate, e);
}

int injector_open(const struct inject *what, struct probes *probes, struct injector **out,
		  struct err *e)
{
	struct injector *in;
	int ret;

	*out = NULL;
	if (what->kind == INJECT_NONE || what->kind == INJECT_FUNCTION || !what->n)
		return 0;
	in = calloc(1, sizeof(*in));
	if (!in)
		return err_set(e, ENOMEM, "agent: no memory");
	in->what = *what;
	in->probes = probes;
	in->invalidate.fd = -1;
	ret = what->kind == INJECT_FLUSH ? prepare_flushes(in, e) : load(in, e);
	if (ret)
		injector_close(in);
	else
		*out = in;
	return ret;
}

void injector_close(struct injector *in)
{
	if (!in)
		return;
	inject_bpf__destroy(in->skel);
	invalidate_close(&in->invalidate);
	free(in);
}

void injector_start(struct injector *in)
{
	const struct inject *what;
	struct injected *injected;

	if (!in || !in->skel)
		return;
	what = &in->what;
	injected = &in->skel->bss->injected;
	injected->above = what->above;
	if (what->kind == INJECT_DOORBELL)
		injected->n = what->n > INJECT_FIXED ? what->n - INJECT_FIXED : 1;
	else
		injected->n_sharer = what->n;
}

/* The time between this and the switch of the probes is too short for more than some calls. */
static void since(struct injector *in)
{
	const struct injected *now = &in->skel->bss->injected;

	in->submissions = now->submissions - in->submissions;
	in->sharers = now->sharers - in->sharers;
}

void injector_begin(struct injector *in)
{
	if (in && in->skel)
		since(in);
}

void injector_end(struct injector *in)
{
	if (in && in->skel)
		since(in);
}

int injector_look(struct injector *in, struct err *e)
{
	uint64_t unmaps;
	int ret;

	if (!in || in->what.kind != INJECT_FLUSH)
		return 0;
	ret = probes_calls(in->probes, UNMAP, &unmaps, e);
	while (!ret && in->flushes < unmaps / in->what.n) {
		ret = invalidate_once(&in->invalidate, e);
		in->flushes++;
	}
	return ret;
}

static int add(struct record *r, const char *event, uint64_t value)
{
	struct record_counter *c = record_add_counter(r, "injected", NULL, event);

	if (!c)
		return -ENOMEM;
	c->value = value;
	c->unit = strdup("events");
	c->whole_window = true;
	return c->unit ? 0 : -ENOMEM;
}

int injector_fill(const struct injector *in, struct record *r, struct err *e)
{
	int ret = 0;

	if (!in)
		return 0;
	if (in->what.kind == INJECT_FLUSH)
		ret = add(r, "flushes", in->flushes);
	else
		ret = add(r, "submissions", in->submissions);
	if (!ret && in->what.kind == INJECT_LOCK)
		ret = add(r, "sharers", in->sharers);
	return ret ? err_set(e, ENOMEM, "agent: no memory") : 0;
}
