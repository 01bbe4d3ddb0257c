/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"
#include "template/exec.h"
#include "template/parse.h"

#include <string.h>

#define NTYPES (VAL_T_MAPS + 1)

struct method_table {
	const struct val_method *methods;
	size_t len;
};

/* A function that was looked up; sets of one family share what they found. */
struct found {
	const struct tmpl_func *func;
	enum tmpl_special special;
};

struct tmpl_set {
	struct arena *arena;
	const struct tmpl_funcs *funcs;
	const struct tmpl_set *parent; /* what this one was cloned from, or NULL */
	struct map trees;              /* name to struct tmpl_tree */
	struct map found;              /* name to struct found */
	struct method_table methods[NTYPES];
};

struct tmpl_set *tmpl_set_new(struct arena *a, const struct tmpl_funcs *funcs)
{
	struct tmpl_set *set = ARENA_NEW(a, struct tmpl_set);
	set->arena = a;
	set->funcs = funcs;
	methods_add_time(set);
	return set;
}

void tmpl_set_methods(struct tmpl_set *set, enum val_type type, const struct val_method *methods, size_t n)
{
	set->methods[type] = (struct method_table){ methods, n };
}

struct tmpl_set *tmpl_set_clone(struct arena *a, const struct tmpl_set *set)
{
	struct tmpl_set *clone = tmpl_set_new(a, set->funcs);
	clone->parent = set;
	memcpy(clone->methods, set->methods, sizeof(clone->methods));
	return clone;
}

const struct tmpl_tree *set_find(const struct tmpl_set *set, struct str name)
{
	for (; set; set = set->parent) {
		const struct tmpl_tree *tree = map_find(&set->trees, name);
		if (tree)
			return tree;
	}
	return NULL;
}

bool tmpl_has(const struct tmpl_set *set, struct str name)
{
	return set_find(set, name);
}

const struct val_method *set_method_in(const struct val_method *methods, size_t n, struct str name)
{
	/* Only exported methods can be called: no key in lower case needs a search. */
	if (!name.len || name.s[0] >= 'a')
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (str_is(name, methods[i].name))
			return &methods[i];
	return NULL;
}

const struct val_method *set_find_method(const struct tmpl_set *set, enum val_type type, struct str name)
{
	const struct method_table *table = &set->methods[type];
	return table->len ? set_method_in(table->methods, table->len, name) : NULL;
}

static const struct tmpl_func *search(const struct tmpl_funcs *table, struct str name)
{
	size_t from = 0, to = table->len;
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int order = str_cmp(name, str_from(table->items[mid].name));
		if (order == 0)
			return &table->items[mid];
		if (order < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return NULL;
}

static enum tmpl_special special_of(struct str name)
{
	if (str_is(name, "and"))
		return TMPL_AND;
	if (str_is(name, "or"))
		return TMPL_OR;
	return str_is(name, "call") ? TMPL_CALL : TMPL_PLAIN;
}

static const struct tmpl_func *find_func(const void *ctx, struct str name, enum tmpl_special *special)
{
	/* The parser hands the set on as it got it, from a caller that may change it. */
	struct tmpl_set *set = *(struct tmpl_set *const *)ctx;
	const struct found *known = map_find(&set->found, name);
	if (!known) {
		struct found *found = ARENA_NEW(set->arena, struct found);
		if (set->funcs)
			found->func = search(set->funcs, name);
		if (!found->func) {
			found->func = search(builtin_table(), name);
			found->special = special_of(name);
		}
		map_set(&set->found, set->arena, name, found);
		known = found;
	}
	*special = known->special;
	return known->func;
}

/* Adds what a text defines: a blank template never replaces one that is there. */
static void add_trees(struct tmpl_set *set, const struct map *trees)
{
	for (size_t i = 0; i < trees->len; i++) {
		struct tmpl_tree *tree = trees->entries[i].value;
		if (!tree->blank || !set_find(set, tree->name))
			map_set(&set->trees, set->arena, tree->name, tree);
	}
}

struct err *tmpl_parse(struct tmpl_set *set, struct str name, struct str text)
{
	const struct tmpl_tree *body;
	return tmpl_parse_body(&body, set, name, text);
}

struct err *tmpl_parse_body(const struct tmpl_tree **body, struct tmpl_set *set, struct str name, struct str text)
{
	struct map trees = { 0 };
	TRY(parse_text(&trees, set->arena, name, text, find_func, &set));
	add_trees(set, &trees);
	*body = map_find(&trees, name);
	return NULL;
}
