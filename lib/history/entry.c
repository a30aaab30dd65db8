// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "history/entry.h"
#include "judge/conditions.h"
#include "judge/gates.h"
#include "judge/verdict.h"

static int compare_words(const void *a, const void *b)
{
	return strcmp(((const struct history_word *)a)->text, ((const struct history_word *)b)->text);
}

/* The word @text of the tree, which is new there or was used before. NULL: no memory. */
static struct history_word *word(void **tree, const char *text)
{
	size_t size = strlen(text) + 1;
	struct history_word *fresh = malloc(sizeof(*fresh) + size), **found;

	if (!fresh)
		return NULL;
	fresh->id = 0;
	memcpy(fresh->text, text, size);
	found = tsearch(fresh, tree, compare_words);
	if (!found || *found != fresh)
		free(fresh);
	return found ? *found : NULL;
}

/* FNV-1a of 128 bits: tells files apart that were not made to deceive. */
static void hash(const char *text, size_t len, uint8_t out[HISTORY_HASH])
{
	const unsigned __int128 prime = ((unsigned __int128)1 << 88) + 0x13b;
	unsigned __int128 sum = (unsigned __int128)0x6c62272e07bb0142 << 64 | 0x62b821756295c58d;
	size_t i;

	for (i = 0; i < len; i++)
		sum = (sum ^ (uint8_t)text[i]) * prime;
	memcpy(out, &sum, HISTORY_HASH);
}

static int take_values(struct history_entries *to, struct history_entry *entry,
		       const struct judgement *j)
{
	const struct metric *m;
	struct history_value *v;
	struct gate gate;
	size_t i;

	entry->values = calloc(j->metrics.n ? j->metrics.n : 1, sizeof(*entry->values));
	if (!entry->values)
		return -ENOMEM;
	for (i = 0; i < j->metrics.n; i++) {
		m = &j->metrics.list[i];
		if (m->state != METRIC_PRESENT)
			continue;
		v = &entry->values[entry->nr_values++];
		v->metric = word(&to->words[HISTORY_METRICS], m->name);
		v->value = m->value;
		v->gates = gate_default(m, j->record, &gate);
		if (!v->metric)
			return -ENOMEM;
	}
	return 0;
}

static int take_identity(struct history_entries *to, struct history_entry *entry,
			 const struct record *r)
{
	char *key = conditions_key(r);

	if (!key)
		return -ENOMEM;
	entry->key = word(&to->words[HISTORY_KEYS], key);
	free(key);
	entry->scenario = word(&to->words[HISTORY_NAMES], r->scenario.name);
	entry->testbed = word(&to->words[HISTORY_NAMES], baseline_testbed(r));
	entry->clock = word(&to->words[HISTORY_NAMES], r->env.clock);
	if (r->env.kernel)
		entry->kernel = word(&to->words[HISTORY_KERNELS], r->env.kernel);
	return entry->key && entry->scenario && entry->testbed && entry->clock &&
	       (entry->kernel || !r->env.kernel) ? 0 : -ENOMEM;
}

static int take(struct history_entries *to, struct history_entry *entry, const struct record *r)
{
	struct judgement *j = judge(r, NULL, "");
	int ret = j ? take_identity(to, entry, r) : -ENOMEM;

	if (ret)
		goto out;
	if (j->verdict == VERDICT_INVALID)
		entry->invalid = strdup(j->reason);
	else if (baseline_tampered(r))
		entry->invalid = strdup("made with --inject, --disturb or --tracepoints");
	else
		ret = take_values(to, entry, j);
	if (!ret && !entry->invalid && !entry->values)
		ret = -ENOMEM;
out:
	free(j);
	return ret;
}

static void release(struct history_entry *entry)
{
	free(entry->path);
	free(entry->invalid);
	free(entry->values);
	free(entry->stored_as);
}

static int make_room(struct history_entries *to)
{
	size_t room = to->room ? 2 * to->room : 64;
	struct history_entry *grown;

	if (to->n < to->room)
		return 0;
	grown = reallocarray(to->list, room, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	to->list = grown;
	to->room = room;
	return 0;
}

int history_entries_add(struct history_entries *to, const char *path, const char *text, size_t len,
			long long at, struct err *e)
{
	struct history_entry entry = { .path = strdup(path), .at = at };
	struct record *r;
	int ret;

	ret = record_parse(text, len, path, &r, e);
	if (ret) {
		release(&entry);
		return ret;
	}
	hash(text, len, entry.hash);
	ret = entry.path ? make_room(to) : -ENOMEM;
	if (!ret)
		ret = take(to, &entry, r);
	record_free(r);
	if (ret) {
		release(&entry);
		return err_set(e, ENOMEM, "out of memory");
	}
	to->list[to->n++] = entry;
	return 0;
}

void history_entries_free(struct history_entries *entries)
{
	size_t i;

	for (i = 0; i < entries->n; i++)
		release(&entries->list[i]);
	free(entries->list);
	for (i = 0; i < HISTORY_WORDS; i++)
		tdestroy(entries->words[i], free);
	*entries = (struct history_entries){};
}
