/* SPDX-License-Identifier: Apache-2.0 */
/* Paths into a document: a.b[0].c, list[name=x].image. */
#include "base/num.h"
#include "yaml/doc.h"
#include "yaml/lines.h"

#include <string.h>

/* How many aliases and merges one step may go through. */
#define MAX_HOPS 32

/* Reads up to one of `stops`, taking escapes off. */
static struct str take_word(struct arena *a, struct str *rest, const char *stops)
{
	struct buf word = BUF_INIT;
	size_t i = 0;
	for (; i < rest->len && !strchr(stops, rest->s[i]); i++) {
		if (rest->s[i] == '\\' && i + 1 < rest->len)
			i++;
		buf_putc(&word, rest->s[i]);
	}
	*rest = str_skip(*rest, i);
	struct str out = arena_str(a, buf_str(&word));
	buf_release(&word);
	return out;
}

/* [3] or [name=x], at the bracket. */
static struct err *take_bracket(struct yml_step *step, struct arena *a, struct str *rest, struct str path)
{
	*rest = str_skip(*rest, 1);
	struct str word = take_word(a, rest, "=]");
	uint64_t index;
	if (rest->len && rest->s[0] == '=') {
		*rest = str_skip(*rest, 1);
		*step = (struct yml_step){ .kind = YML_STEP_NAMED, .key = word, .value = take_word(a, rest, "]") };
	} else if (num_parse_uint(&index, word, 10) == NUM_OK) {
		*step = (struct yml_step){ .kind = YML_STEP_INDEX, .index = (size_t)index };
	} else {
		return err_new(ERR_USAGE, "path \"%.*s\": \"%.*s\" is no index", STR_ARG(path), STR_ARG(word));
	}
	if (!rest->len)
		return err_new(ERR_USAGE, "path \"%.*s\": a ] is missing", STR_ARG(path));
	*rest = str_skip(*rest, 1);
	return NULL;
}

/* "N#" before a path names a document. */
static struct str take_doc(struct yml_steps *steps, struct str path)
{
	size_t i = 0;
	uint64_t n;
	steps->doc = SIZE_MAX;
	while (i < path.len && path.s[i] >= '0' && path.s[i] <= '9')
		i++;
	if (!i || i == path.len || path.s[i] != '#' || num_parse_uint(&n, str_slice(path, 0, i), 10) != NUM_OK)
		return path;
	steps->doc = (size_t)n;
	return str_skip(path, i + 1);
}

struct err *yml_path_parse(struct yml_steps *out, struct arena *a, struct str path)
{
	*out = (struct yml_steps){ 0 };
	struct str rest = take_doc(out, path);
	bool key = rest.len && rest.s[0] != '[';
	while (rest.len || key) {
		struct yml_step step = { 0 };
		if (key) {
			step.key = take_word(a, &rest, ".[");
			if (!step.key.len)
				return err_new(ERR_USAGE, "path \"%.*s\": a key is empty", STR_ARG(path));
		} else {
			TRY(take_bracket(&step, a, &rest, path));
		}
		vec_push_in(a, out, step);
		key = rest.len && rest.s[0] == '.';
		if (key)
			rest = str_skip(rest, 1);
		else if (rest.len && rest.s[0] != '[')
			return err_new(
				ERR_USAGE, "path \"%.*s\": \"%.*s\" does not follow a ]", STR_ARG(path), STR_ARG(rest));
	}
	return NULL;
}

struct yml_node *yml_path_root(const struct yml_doc *doc, const struct yml_steps *steps)
{
	if (steps->doc != SIZE_MAX)
		return steps->doc < doc->nroots ? doc->roots[steps->doc] : NULL;
	for (size_t i = 0; i < doc->nroots; i++)
		if (doc->roots[i])
			return doc->roots[i];
	return NULL;
}

struct yml_pair *yml_map_pair(const struct yml_node *map, struct str key)
{
	if (!map || map->kind != YML_MAP)
		return NULL;
	/* Of a key given twice the last one counts. */
	for (size_t i = map->len; i--;)
		if (map->pairs[i].key->kind == YML_SCALAR && str_eq(map->pairs[i].key->scalar, key))
			return &map->pairs[i];
	return NULL;
}

static struct yml_node *follow(struct yml_node *n)
{
	for (int hops = 0; n && n->kind == YML_ALIAS && hops < MAX_HOPS; hops++)
		n = n->target;
	return n;
}

struct yml_node *yml_step_down(struct yml_node *n, const struct yml_step *step)
{
	if (step->kind == YML_STEP_KEY) {
		struct yml_pair *p = yml_map_pair(n, step->key);
		return p ? p->value : NULL;
	}
	if (n->kind != YML_SEQ)
		return NULL;
	if (step->kind == YML_STEP_INDEX)
		return step->index < n->len ? n->items[step->index].value : NULL;
	for (size_t i = 0; i < n->len; i++) {
		struct yml_pair *p = yml_map_pair(follow(n->items[i].value), step->key);
		struct yml_node *v = p ? follow(p->value) : NULL;
		if (v && v->kind == YML_SCALAR && str_eq(v->scalar, step->value))
			return n->items[i].value;
	}
	return NULL;
}

static struct yml_node *step_through(struct yml_node *n, const struct yml_step *step, int hops);

/* A key that a map takes from another by `<<`. */
static struct yml_node *find_merged(struct yml_node *map, const struct yml_step *step, int hops)
{
	struct yml_pair *merge = yml_map_pair(map, STR("<<"));
	struct yml_node *from = merge ? follow(merge->value) : NULL;
	if (!from || merge->key->style != YML_PLAIN || hops > MAX_HOPS)
		return NULL;
	if (from->kind != YML_SEQ)
		return step_through(from, step, hops + 1);
	for (size_t i = 0; i < from->len; i++) {
		struct yml_node *found = step_through(from->items[i].value, step, hops + 1);
		if (found)
			return found;
	}
	return NULL;
}

static struct yml_node *step_through(struct yml_node *n, const struct yml_step *step, int hops)
{
	n = follow(n);
	if (!n)
		return NULL;
	struct yml_node *found = yml_step_down(n, step);
	if (!found && step->kind == YML_STEP_KEY && n->kind == YML_MAP)
		found = find_merged(n, step, hops);
	return found;
}

struct yml_node *yml_find(const struct yml_doc *doc, struct str path)
{
	struct arena a = ARENA_INIT;
	struct yml_steps steps;
	struct yml_node *n = NULL;
	struct err *e = yml_path_parse(&steps, &a, path);
	if (!e) {
		n = yml_path_root(doc, &steps);
		for (size_t i = 0; n && i < steps.len; i++)
			n = step_through(n, &steps.items[i], 0);
	}
	err_free(e);
	arena_release(&a);
	return n;
}

struct yml_node *yml_find_key(const struct yml_doc *doc, struct str path)
{
	struct yml_node *n = yml_find(doc, path);
	if (!n || !n->parent || n->parent->kind != YML_MAP || n->is_key)
		return NULL;
	return n->parent->pairs[n->index].key;
}

/* Adds a key so that it reads back as one word of a path. */
static void add_key(struct buf *out, struct str key)
{
	for (size_t i = 0; i < key.len; i++) {
		if (strchr(".[\\", key.s[i]) && key.s[i])
			buf_putc(out, '\\');
		buf_putc(out, key.s[i]);
	}
}

void yml_path(struct buf *out, const struct yml_node *n)
{
	if (!n)
		return;
	size_t before = out->len;
	if (!n->parent) {
		if (n->index)
			buf_printf(out, "%zu#", n->index);
		return;
	}
	yml_path(out, n->parent);
	if (n->parent->kind == YML_SEQ) {
		buf_printf(out, "[%zu]", n->index);
		return;
	}
	if (out->len > before && out->data[out->len - 1] != '#')
		buf_putc(out, '.');
	add_key(out, n->parent->pairs[n->index].key->scalar);
}
