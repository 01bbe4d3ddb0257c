/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"
#include "template/exec.h"
#include "template/parse.h"

#include <string.h>

#define NTYPES (VAL_T_VERSIONS3 + 1)

struct method_table {
	const struct val_method *methods;
	size_t len;
};

/* A function that was looked up. */
struct found {
	const struct tmpl_func *func;
	enum tmpl_special special;
};

/*
 * A text that was parsed. Charts bring the same library many times over and run tpl on the same text again and again:
 * equal bytes are parsed once.
 */
struct parsed {
	size_t len; /* of the text: the key */
	struct str name, text;
	struct map trees;
	struct parsed *next; /* another text of that length */
};

/* What a set and its clones share. */
struct family {
	struct arena *arena;
	struct map found;  /* name to struct found */
	struct map parsed; /* length to struct parsed */
	struct parse_shared shared;
};

struct tmpl_set {
	struct arena *arena;
	struct family *family;
	const struct tmpl_funcs *funcs;
	const struct tmpl_set *parent; /* what this one was cloned from, or NULL */
	struct map trees;              /* name to struct tmpl_tree */
	bool shared;                   /* parses for the whole family, whatever its own arena */
	struct method_table methods[NTYPES];
	uint32_t letters[NTYPES]; /* that they begin with */
};

struct tmpl_set *tmpl_set_new(struct arena *a, const struct tmpl_funcs *funcs)
{
	struct tmpl_set *set = ARENA_NEW(a, struct tmpl_set);
	set->arena = a;
	set->family = ARENA_NEW(a, struct family);
	set->family->arena = a;
	set->family->shared.phrases.arena = a;
	set->funcs = funcs;
	methods_add_time(set);
	return set;
}

void tmpl_set_methods(struct tmpl_set *set, enum val_type type, const struct val_method *methods, size_t n)
{
	set->methods[type] = (struct method_table){ methods, n };
	set->letters[type] = 0;
	for (size_t i = 0; i < n; i++)
		set->letters[type] |= set_letter_bit(methods[i].name[0]);
}

struct tmpl_set *tmpl_set_clone(struct arena *a, const struct tmpl_set *set)
{
	struct tmpl_set *clone = arena_alloc(a, sizeof(*clone));
	*clone = *set;
	clone->arena = a;
	clone->parent = set;
	clone->trees = (struct map){ 0 };
	return clone;
}

struct tmpl_set *tmpl_set_share(struct arena *a, const struct tmpl_set *set)
{
	struct tmpl_set *share = ARENA_NEW(a, struct tmpl_set);
	share->arena = a;
	share->family = set->family;
	share->funcs = set->funcs;
	share->shared = true;
	methods_add_time(share);
	return share;
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

void tmpl_each(const struct tmpl_set *set, void (*each)(void *ctx, const struct tmpl_tree *tree), void *ctx)
{
	for (size_t i = 0; i < set->trees.len; i++)
		each(ctx, set->trees.entries[i].value);
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

const uint32_t *set_letters(const struct tmpl_set *set)
{
	return set->letters;
}

const struct val_method *set_find_method(const struct tmpl_set *set, enum val_type type, struct str name)
{
	return set_method_in(set->methods[type].methods, set->methods[type].len, name);
}

static const struct tmpl_func *search(const struct tmpl_funcs *table, struct str name)
{
	size_t from = 0, to = table->len;
	const struct tmpl_func *found = table->first ? search(table->first, name) : NULL;
	if (found)
		return found;
	for (const char *const *without = table->without; without && *without; without++)
		if (str_is(name, *without))
			return NULL;
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
	const struct tmpl_set *set = ctx;
	struct family *family = set->family;
	const struct found *known = map_find(&family->found, name);
	if (!known) {
		struct found *found = ARENA_NEW(family->arena, struct found);
		if (set->funcs)
			found->func = search(set->funcs, name);
		if (!found->func) {
			found->func = search(builtin_table(), name);
			found->special = special_of(name);
		}
		/* The text that the name stands in may go before the family does. */
		map_set(&family->found, family->arena, arena_str(family->arena, name), found);
		known = found;
	}
	*special = known->special;
	return known->func;
}

static struct parsed *same_length(const struct family *family, size_t len)
{
	return map_find(&family->parsed, (struct str){ (const char *)&len, sizeof(len) });
}

/* An equal text; one under another name serves when it defines nothing by the new name. */
static const struct parsed *find_parsed(const struct family *family, struct str name, struct str text)
{
	for (const struct parsed *p = same_length(family, text.len); p; p = p->next) {
		if (!str_eq(p->text, text))
			continue;
		if (str_eq(p->name, name))
			return p;
		const struct tmpl_tree *main = map_find(&p->trees, p->name);
		if (main && main->main && !map_find(&p->trees, name))
			return p;
	}
	return NULL;
}

static void keep_parsed(struct family *family, struct str name, struct str text, const struct map *trees)
{
	struct parsed *p = ARENA_NEW(family->arena, struct parsed);
	*p = (struct parsed){ text.len, name, text, *trees, NULL };
	struct parsed *first = same_length(family, text.len);
	if (first) {
		p->next = first->next;
		first->next = p;
	} else {
		map_set(&family->parsed, family->arena, (struct str){ (const char *)&p->len, sizeof(p->len) }, p);
	}
}

/* The trees of an equal text, renamed: they differ in where messages say they are. */
static void rename_trees(struct map *trees, struct arena *a, const struct parsed *p, struct str name)
{
	if (str_eq(p->name, name)) {
		*trees = p->trees;
		return;
	}
	for (size_t i = 0; i < p->trees.len; i++) {
		struct tmpl_tree *tree = ARENA_NEW(a, struct tmpl_tree);
		*tree = *(const struct tmpl_tree *)p->trees.entries[i].value;
		tree->file = name;
		if (tree->main)
			tree->name = name;
		map_set(trees, a, tree->name, tree);
	}
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
	const struct parsed *known = find_parsed(set->family, name, text);
	if (known) {
		rename_trees(&trees, set->arena, known, name);
	} else {
		struct arena *a = set->shared ? set->family->arena : set->arena;
		if (set->parent)
			text = arena_str(a, text); /* what a template made may not stay */
		if (set->shared)
			name = arena_str(a, name);
		bool stays = a == set->family->arena; /* else it may go before the family does */
		struct parse_env env = { find_func, set, &set->family->shared, stays };
		TRY(parse_text(&trees, a, name, text, &env));
		if (stays)
			keep_parsed(set->family, name, text, &trees);
	}
	add_trees(set, &trees);
	*body = map_find(&trees, name);
	return NULL;
}
