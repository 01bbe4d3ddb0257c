/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing two sets of manifests. */
#include "kube/diff.h"

#include "base/map.h"
#include "kube/secret.h"
#include "merge/diff.h"

#include <stdlib.h>

/* Renames are searched among so many pairs at most: each costs a line diff. */
#define RENAME_PAIRS_MAX 20000

/* A resource in search of its partner. */
struct side {
	const struct kube_resource *resource;
	struct str key;
	bool matched;
};

struct sides {
	struct side *items;
	size_t len;
};

struct compare {
	struct kube_diff *out;
	struct arena *arena;
	const struct kube_diff_opts *opts;
};

static struct str key_of(struct arena *a, const struct kube_resource *r)
{
	struct str group = kube_api_group(r->api_version);

	return arena_printf(a, "%.*s, %.*s, %.*s (%.*s)", STR_ARG(r->namespace), STR_ARG(r->name), STR_ARG(r->kind),
		STR_ARG(group.len ? group : r->api_version));
}

static int compare_sides(const void *x, const void *y)
{
	const struct side *a = x;
	const struct side *b = y;
	int order = str_cmp(a->key, b->key);

	return order ? order : (a->resource > b->resource) - (a->resource < b->resource);
}

static struct sides sorted_sides(struct arena *a, const struct kube_manifests *m)
{
	struct sides s = { arena_array(a, m->len + 1, sizeof(struct side)), m->len };

	for (size_t i = 0; i < m->len; i++)
		s.items[i] = (struct side){ &m->items[i], key_of(a, &m->items[i]), false };
	qsort(s.items, s.len, sizeof(*s.items), compare_sides);
	return s;
}

/* Whether a resource may have moved from one's group to the other's: both are Kubernetes' own. */
static bool same_but_group(const struct kube_resource *x, const struct kube_resource *y)
{
	return str_eq(x->kind, y->kind) && str_eq(x->name, y->name) && str_eq(x->namespace, y->namespace) &&
	       kube_group_is_builtin(kube_api_group(x->api_version)) &&
	       kube_group_is_builtin(kube_api_group(y->api_version));
}

static bool is_suppressed(const struct compare *c, const struct kube_resource *r)
{
	for (const char *const *kind = c->opts->suppress; kind && *kind; kind++) {
		if (str_is(r->kind, *kind))
			return true;
	}
	return false;
}

static struct str without_cr(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == '\r' && (i + 1 == s.len || s.s[i + 1] == '\n'))
			continue;
		out[n++] = s.s[i];
	}
	out[n] = 0;
	return (struct str){ out, n };
}

/* The texts that are compared and shown. */
static struct err *texts_of(struct str *old_text, struct str *new_text, const struct compare *c,
	const struct kube_resource *old, const struct kube_resource *new)
{
	const struct kube_resource *any = old ? old : new;
	bool secret = str_is(any->kind, "Secret") && !kube_api_group(any->api_version).len;

	*old_text = old ? old->text : (struct str){ NULL, 0 };
	*new_text = new ? new->text : (struct str){ NULL, 0 };
	if (secret && (!c->opts->show_secrets || c->opts->show_secrets_decoded))
		TRY(kube_secret_texts(old_text, new_text, c->arena, old, new, c->opts->show_secrets_decoded));
	if (c->opts->strip_trailing_cr) {
		*old_text = without_cr(c->arena, *old_text);
		*new_text = without_cr(c->arena, *new_text);
	}
	return NULL;
}

static struct err *add_change(struct compare *c, struct str key, const struct kube_resource *old,
	const struct kube_resource *new, bool renamed)
{
	struct kube_change k = {
		.kind = !old   ? KUBE_ADDED
			: !new ? KUBE_REMOVED
			       : KUBE_CHANGED,
		.old = old,
		.new = new,
		.key = key,
		.renamed = renamed,
		.api_changed = old &&new && !str_eq(old->api_version, new->api_version),
		.suppressed = is_suppressed(c, old ? old : new),
	};
	if (old && new &&str_eq(old->text, new->text))
		return NULL;
	TRY(texts_of(&k.old_text, &k.new_text, c, old, new));
	if (old && new &&str_eq(k.old_text, k.new_text))
		return NULL;
	vec_push_in(c->arena, c->out, k);
	return NULL;
}

/* Pairs equal keys; a key that occurs twice in one stream is paired in order. */
static struct err *match_keys(struct compare *c, struct sides *old, struct sides *new)
{
	size_t i = 0;
	size_t j = 0;

	while (i < old->len && j < new->len) {
		int order = str_cmp(old->items[i].key, new->items[j].key);
		if (order < 0) {
			i++;
		} else if (order > 0) {
			j++;
		} else {
			struct side *x = &old->items[i++];
			struct side *y = &new->items[j++];
			x->matched = y->matched = true;
			TRY(add_change(c, x->key, x->resource, y->resource, false));
		}
	}
	return NULL;
}

/* Pairs what only changed its group. */
static struct err *match_groups(struct compare *c, struct sides *old, struct sides *new)
{
	struct map by_name = { 0 };

	for (size_t j = 0; j < new->len; j++) {
		struct side *y = &new->items[j];
		const struct kube_resource *r = y->resource;
		struct str name = arena_printf(
			c->arena, "%.*s/%.*s/%.*s", STR_ARG(r->kind), STR_ARG(r->namespace), STR_ARG(r->name));
		if (!y->matched)
			map_set(&by_name, c->arena, name, y);
	}
	for (size_t i = 0; i < old->len; i++) {
		struct side *x = &old->items[i];
		const struct kube_resource *r = x->resource;
		struct str name = arena_printf(
			c->arena, "%.*s/%.*s/%.*s", STR_ARG(r->kind), STR_ARG(r->namespace), STR_ARG(r->name));
		struct side *y = x->matched ? NULL : map_find(&by_name, name);
		if (!y || y->matched || !same_but_group(r, y->resource))
			continue;
		x->matched = y->matched = true;
		TRY(add_change(c, y->key, r, y->resource, false));
	}
	return NULL;
}

/* Which part of all shown lines differs. */
static double difference(struct str old, struct str new)
{
	struct arena a = ARENA_INIT;
	struct merge_hunks hunks;
	size_t changed = 0;
	size_t added = 0;

	merge_diff_text(&hunks, &a, old, new);
	vec_each (struct merge_hunk, h, &hunks) {
		changed += h->old_len + h->new_len;
		added += h->new_len;
	}
	size_t all = str_count_char(old, '\n') + 1 + added;
	arena_release(&a);
	return (double)changed / (double)all;
}

static struct side *closest(struct compare *c, const struct side *x, struct sides *new, size_t *budget)
{
	struct side *best = NULL;
	double best_part = c->opts->find_renames;

	for (size_t j = 0; j < new->len &&*budget; j++) {
		struct side *y = &new->items[j];
		size_t a = x->resource->text.len + 1;
		size_t b = y->resource->text.len + 1;
		if (y->matched || !str_eq(x->resource->kind, y->resource->kind) || a / b > 10 || b / a > 10)
			continue;
		--*budget;
		double part = difference(x->resource->text, y->resource->text);
		if (part < best_part) {
			best_part = part;
			best = y;
		}
	}
	return best;
}

static struct err *match_renames(struct compare *c, struct sides *old, struct sides *new)
{
	size_t budget = RENAME_PAIRS_MAX;

	for (size_t i = 0; i < old->len && c->opts->find_renames > 0; i++) {
		struct side *x = &old->items[i];
		struct side *y = x->matched ? NULL : closest(c, x, new, &budget);
		if (!y)
			continue;
		x->matched = y->matched = true;
		TRY(add_change(c, x->key, x->resource, y->resource, true));
	}
	return NULL;
}

struct err *kube_diff_compare(struct kube_diff *out, struct arena *a, const struct kube_manifests *old,
	const struct kube_manifests *new, const struct kube_diff_opts *o)
{
	static const struct kube_diff_opts none = { 0 };
	struct compare c = { out, a, o ? o : &none };
	struct sides x = sorted_sides(a, old);
	struct sides y = sorted_sides(a, new);

	*out = (struct kube_diff){ 0 };
	TRY(match_keys(&c, &x, &y));
	TRY(match_groups(&c, &x, &y));
	TRY(match_renames(&c, &x, &y));
	for (size_t i = 0; i < x.len; i++) {
		if (!x.items[i].matched)
			TRY(add_change(&c, x.items[i].key, x.items[i].resource, NULL, false));
	}
	for (size_t i = 0; i < y.len; i++) {
		if (!y.items[i].matched)
			TRY(add_change(&c, y.items[i].key, NULL, y.items[i].resource, false));
	}
	return NULL;
}
