/* SPDX-License-Identifier: Apache-2.0 */
/* Edits in place: find the bytes, replace them, read the result again and compare. */
#include "yaml/edit.h"

#include "yaml/emit.h"
#include "yaml/parse.h"

#include <string.h>

struct editor {
	struct arena arena;
	struct str text, path;
	const char *file;
	struct yml_doc doc;
	struct yml_steps steps;
	struct yml_manner manner;
	struct yml_change change;
	struct val value;
};

static struct err *refuse(const struct editor *ed, const struct yml_node *n, const char *why)
{
	struct err *e = err_new(ERR_INPUT, "cannot edit %.*s: %s", STR_ARG(ed->path), why);
	return err_at(e, ed->file, n ? n->line : 0, n ? n->column : 0);
}

static void replace(struct yml_change *c, size_t from, size_t to)
{
	c->at = from;
	c->del = to - from;
}

static int column_of(struct str text, size_t at)
{
	return (int)(at - yml_line_begin(text, at));
}

/* Whether a value can only be set on one line here. */
static bool in_flow(const struct yml_node *n)
{
	for (; n; n = n->parent)
		if (n->style == YML_FLOW && (n->kind == YML_MAP || n->kind == YML_SEQ))
			return true;
	return false;
}

static bool is_null_scalar(const struct yml_node *n)
{
	if (n->kind != YML_SCALAR || n->style != YML_PLAIN || n->tag.len)
		return false;
	struct str s = n->scalar;
	return !s.len || str_is(s, "~") || str_is(s, "null") || str_is(s, "Null") || str_is(s, "NULL");
}

static bool is_line_scalar(const struct yml_node *n)
{
	return n->kind == YML_ALIAS || (n->kind == YML_SCALAR && n->style != YML_LITERAL && n->style != YML_FOLDED);
}

/* Where the value of a block pair or item begins, behind the ':' or '-', and the column of that pair or item. */
static size_t value_begin(const struct editor *ed, const struct yml_node *n, int *indent)
{
	const struct yml_node *parent = n->parent;
	if (!parent) {
		*indent = -1;
		return n->start;
	}
	if (parent->kind == YML_SEQ) {
		size_t dash = parent->items[n->index].dash;
		*indent = column_of(ed->text, dash);
		return dash + 1;
	}
	const struct yml_pair *p = &parent->pairs[n->index];
	*indent = column_of(ed->text, p->key->start);
	size_t colon = yml_pair_colon(ed->text, p);
	return colon == SIZE_MAX ? SIZE_MAX : colon + 1;
}

static bool has_lines(struct val v)
{
	return v.kind == VAL_STRING && v.len && memchr(v.s, '\n', v.len);
}

/* Puts the comment of the old value at the end of the new one's first line. */
static void move_note(struct editor *ed, struct yml_span note)
{
	struct buf *out = &ed->change.text;
	struct buf tail = BUF_INIT;
	ptrdiff_t lf = str_find_char(buf_str(out), '\n');
	buf_puts(&tail, " ");
	buf_add(&tail, str_slice(ed->text, note.from, note.to));
	buf_splice(out, lf < 0 ? out->len : (size_t)lf, 0, buf_str(&tail));
	buf_release(&tail);
}

static void end_line(struct buf *out)
{
	if (!out->len || out->data[out->len - 1] != '\n')
		buf_putc(out, '\n');
}

/* Between ':' and value: anchor and tag stay, a comment stays at the end of the line. */
static struct err *set_block(struct editor *ed, struct yml_node *n)
{
	int indent;
	size_t begin = value_begin(ed, n, &indent);
	if (begin == SIZE_MAX)
		return refuse(ed, n, "its key has no ':'");
	struct buf *out = &ed->change.text;
	size_t end = n->to > begin ? n->to : begin;
	if (n->start < n->from)
		/* Properties stand between; what follows them is replaced. */
		begin = yml_line_begin(ed->text, n->from) > n->start ? yml_line_end(ed->text, n->start) : n->from;
	while (begin > n->start && n->start < n->from && yml_skip_blanks(ed->text, begin - 1) != begin - 1)
		begin--;
	bool map = n->parent->kind == YML_MAP;
	struct yml_span note = map ? n->parent->pairs[n->index].note : n->parent->items[n->index].note;
	bool lines = yml_wants_lines(ed->value) || has_lines(ed->value);
	TRY(yml_add_value(out, &ed->manner, ed->value, indent, map, n));
	if (note.to > note.from && note.from >= begin && (note.from < end || lines)) {
		move_note(ed, note);
		end = note.to > end ? note.to : end;
	}
	size_t rest = yml_skip_blanks(ed->text, end);
	if (lines && rest == yml_line_end(ed->text, end))
		end = rest; /* blanks there would become text of a block scalar */
	if (lines && end == ed->text.len)
		end_line(out);
	replace(&ed->change, begin, end);
	return NULL;
}

static struct err *set_root(struct editor *ed, struct yml_node *n)
{
	if (is_line_scalar(n) || n->style == YML_FLOW) {
		yml_add_scalar_like(&ed->change.text, ed->value, n, false);
		replace(&ed->change, n->from, n->to);
		return NULL;
	}
	return refuse(ed, n, "the whole document would be replaced");
}

/* Sets a node that is there. */
static struct err *set_present(struct editor *ed, struct yml_node *n)
{
	if (n->kind == YML_ALIAS && !in_flow(n->parent) && !yml_wants_lines(ed->value)) {
		struct buf *out = &ed->change.text;
		yml_add_scalar_like(out, ed->value, NULL, false);
		replace(&ed->change, n->from, n->to);
		return NULL;
	}
	if (!n->parent)
		return set_root(ed, n);
	bool flow = in_flow(n->parent);
	bool lines = has_lines(ed->value);
	if (flow || (is_line_scalar(n) && n->to > n->from && !yml_wants_lines(ed->value) &&
			    !(lines && n->style == YML_PLAIN))) {
		if (n->from == n->to && (!n->from || !strchr(" \t\n", ed->text.s[n->from - 1])))
			buf_putc(&ed->change.text, ' ');
		yml_add_scalar_like(&ed->change.text, ed->value, n, flow);
		replace(&ed->change, n->from, n->to);
		return NULL;
	}
	return set_block(ed, n);
}

/* Wraps the value in maps for all steps from `from` on. */
static struct err *wrap_value(struct editor *ed, size_t from, struct val *out)
{
	*out = ed->value;
	for (size_t i = ed->steps.len; i-- > from;) {
		const struct yml_step *step = &ed->steps.items[i];
		struct val outer;
		if (step->kind == YML_STEP_KEY) {
			outer = val_map(&ed->arena);
			val_map_set(outer, step->key, *out);
		} else if (step->kind == YML_STEP_INDEX && step->index == 0) {
			outer = val_list(&ed->arena, 1);
			val_list_add(outer, *out);
		} else {
			return refuse(ed, NULL, "a list on the way to it does not have that item");
		}
		*out = outer;
	}
	return NULL;
}

/* Adds an entry behind the last one of a block collection. */
static struct err *append_block(struct editor *ed, struct yml_node *n, const struct yml_step *step, struct val v)
{
	struct buf *out = &ed->change.text;
	size_t at;
	int indent;
	if (n->kind == YML_MAP) {
		const struct yml_pair *last = &n->pairs[n->len - 1];
		at = last->to;
		indent = column_of(ed->text, n->pairs[0].key->raw->lead);
	} else {
		at = n->items[n->len - 1].to;
		indent = column_of(ed->text, n->items[0].dash);
	}
	/* The only pair behind a dash ends before its line does. */
	if (at && ed->text.s[at - 1] != '\n')
		at = yml_next_line(ed->text, at);
	if (at && ed->text.s[at - 1] != '\n')
		buf_putc(out, '\n');
	if (n->kind == YML_MAP) {
		TRY(yml_add_entry(out, &ed->manner, step->key, v, indent));
	} else {
		buf_fill(out, ' ', (size_t)indent);
		buf_putc(out, '-');
		TRY(yml_add_value(out, &ed->manner, v, indent, false, NULL));
	}
	bool at_end = at == ed->text.len && at && ed->text.s[at - 1] != '\n';
	if (!at_end)
		end_line(out);
	replace(&ed->change, at, at);
	return NULL;
}

/* Adds an entry to a flow collection, before its bracket. */
static struct err *append_flow(struct editor *ed, struct yml_node *n, const struct yml_step *step, struct val v)
{
	struct buf *out = &ed->change.text;
	size_t at = n->to - 1;
	if (n->len) {
		at = n->kind == YML_SEQ ? n->items[n->len - 1].to : n->pairs[n->len - 1].to;
		size_t comma = yml_skip_blanks(ed->text, at);
		bool trailing = comma < ed->text.len && ed->text.s[comma] == ',';
		if (trailing)
			at = comma + 1;
		buf_puts(out, trailing ? " " : ", ");
	}
	if (n->kind == YML_MAP) {
		yml_write_inline(out, step->key, true);
		buf_puts(out, ": ");
	}
	yml_write_flow(out, v, true);
	replace(&ed->change, at, n->len ? at : n->to - 1);
	if (!n->len)
		replace(&ed->change, n->from + 1, n->to - 1);
	return NULL;
}

/* Adds what is missing from step `i` on below `n`. */
static struct err *set_absent(struct editor *ed, struct yml_node *n, size_t i)
{
	const struct yml_step *step = &ed->steps.items[i];
	struct val rest;
	bool empty = is_null_scalar(n) || ((n->kind == YML_MAP || n->kind == YML_SEQ) && !n->len);
	if (n->kind == YML_ALIAS)
		return refuse(ed, n, "it comes from an alias, so other places would change too");
	if (empty && !(in_flow(n->parent)) && n->parent) {
		/* An empty value becomes a block. */
		TRY(wrap_value(ed, i, &rest));
		ed->value = rest;
		return set_block(ed, n);
	}
	TRY(wrap_value(ed, i + 1, &rest));
	if (n->kind == YML_MAP && step->kind == YML_STEP_KEY)
		return n->style == YML_FLOW ? append_flow(ed, n, step, rest) : append_block(ed, n, step, rest);
	if (n->kind == YML_SEQ && step->kind == YML_STEP_INDEX && step->index == n->len)
		return n->style == YML_FLOW ? append_flow(ed, n, step, rest) : append_block(ed, n, step, rest);
	if (empty && n->parent) {
		TRY(wrap_value(ed, i, &ed->value));
		return set_present(ed, n);
	}
	if (n->kind == YML_SEQ)
		return refuse(ed, n, "a list on the way to it does not have that item");
	return refuse(ed, n, "what it would be a part of is a scalar");
}

/* Writes a first entry into a document that has none. */
static struct err *set_in_nothing(struct editor *ed)
{
	struct val v;
	if (ed->steps.doc != SIZE_MAX && ed->steps.doc >= ed->doc.nroots && ed->steps.doc > 0)
		return refuse(ed, NULL, "there is no such document");
	if (!ed->steps.len || ed->doc.nroots > 1)
		return refuse(ed, NULL, "the document is empty");
	TRY(wrap_value(ed, 1, &v));
	if (ed->steps.items[0].kind != YML_STEP_KEY)
		return refuse(ed, NULL, "the document is empty");
	if (ed->text.len && ed->text.s[ed->text.len - 1] != '\n')
		buf_putc(&ed->change.text, '\n');
	TRY(yml_add_entry(&ed->change.text, &ed->manner, ed->steps.items[0].key, v, 0));
	end_line(&ed->change.text);
	replace(&ed->change, ed->text.len, ed->text.len);
	return NULL;
}

/* Whether a map takes the key from another map by `<<`. */
static bool is_merged(const struct editor *ed, const struct yml_node *n, size_t i)
{
	if (n->kind != YML_MAP || !yml_map_pair(n, STR("<<")) || i + 1 == ed->steps.len)
		return false;
	struct val v = yml_node_value((struct arena *)(uintptr_t)&ed->arena, &ed->doc, n);
	return val_map_find(v, ed->steps.items[i].key) != NULL;
}

static struct err *plan_set(struct editor *ed)
{
	struct yml_node *n = yml_path_root(&ed->doc, &ed->steps);
	if (!n)
		return set_in_nothing(ed);
	for (size_t i = 0; i < ed->steps.len; i++) {
		struct yml_node *down = yml_step_down(n, &ed->steps.items[i]);
		if (!down && is_merged(ed, n, i))
			return refuse(ed, n, "it comes in by a merge, so other places would change too");
		if (!down)
			return set_absent(ed, n, i);
		n = down;
	}
	return set_present(ed, n);
}

/* Splices the change into the text, line breaks as the text has them. */
static void apply(struct editor *ed, struct buf *out)
{
	struct str text = buf_str(&ed->change.text);
	buf_add(out, str_slice(ed->text, 0, ed->change.at));
	for (size_t k = 0; k < text.len; k++) {
		if (text.s[k] == '\n' && ed->manner.crlf)
			buf_putc(out, '\r');
		buf_putc(out, text.s[k]);
	}
	buf_add(out, str_skip(ed->text, ed->change.at + ed->change.del));
}

/* The value at a path once it is set; makes what is missing. */
static struct err *set_value(struct editor *ed, struct val *at, size_t i)
{
	if (i == ed->steps.len) {
		*at = ed->value;
		return NULL;
	}
	const struct yml_step *step = &ed->steps.items[i];
	if (step->kind == YML_STEP_KEY) {
		if (at->kind != VAL_MAP)
			*at = val_map(&ed->arena);
		struct val below = val_map_get(*at, step->key);
		TRY(set_value(ed, &below, i + 1));
		val_map_set(*at, step->key, below);
		return NULL;
	}
	if (at->kind != VAL_LIST)
		*at = val_list(&ed->arena, 1);
	size_t k = step->index;
	if (step->kind == YML_STEP_NAMED)
		for (k = 0; k < val_list_len(*at); k++)
			if (str_eq(val_str(val_map_get(val_list_at(*at, k), step->key)), step->value))
				break;
	if (k > val_list_len(*at))
		return refuse(ed, NULL, "a list on the way to it does not have that item");
	struct val below = k < val_list_len(*at) ? val_list_at(*at, k) : VAL_NIL;
	TRY(set_value(ed, &below, i + 1));
	if (k < val_list_len(*at))
		at->list->items[k] = below;
	else
		val_list_add(*at, below);
	return NULL;
}

static bool same(struct val a, struct val b);

static bool same_maps(struct val a, struct val b)
{
	if (val_map_len(a) != val_map_len(b))
		return false;
	for (size_t i = 0; i < val_map_len(a); i++) {
		struct val_entry *other = val_map_find(b, a.map->entries[i].key);
		if (!other || !same(a.map->entries[i].value, other->value))
			return false;
	}
	return true;
}

/* Equal but for the kinds of numbers, which YAML does not keep. */
static bool same(struct val a, struct val b)
{
	double x = a.kind == VAL_INT ? (double)a.i : a.kind == VAL_UINT ? (double)a.u : a.f;
	double y = b.kind == VAL_INT ? (double)b.i : b.kind == VAL_UINT ? (double)b.u : b.f;
	bool numbers = (a.kind == VAL_INT || a.kind == VAL_UINT || a.kind == VAL_FLOAT) &&
		       (b.kind == VAL_INT || b.kind == VAL_UINT || b.kind == VAL_FLOAT);
	if (numbers)
		return !(x < y) && !(x > y);
	if (val_is_null(a) || val_is_null(b))
		return val_is_null(a) && val_is_null(b);
	if (a.kind != b.kind)
		return false;
	if (a.kind == VAL_MAP)
		return same_maps(a, b);
	if (a.kind != VAL_LIST)
		return val_equal(a, b);
	if (val_list_len(a) != val_list_len(b))
		return false;
	for (size_t i = 0; i < val_list_len(a); i++)
		if (!same(val_list_at(a, i), val_list_at(b, i)))
			return false;
	return true;
}

/* A copy of the tree in which only what the text says itself is compared: aliases read as their names. */
static struct val own_value(struct editor *ed, const struct yml_node *n, int depth)
{
	if (!n)
		return VAL_NIL;
	if (n->kind == YML_ALIAS)
		return val_string(arena_printf(&ed->arena, "\xff*%.*s", STR_ARG(n->scalar)));
	if (n->kind == YML_SEQ) {
		struct val list = val_list(&ed->arena, n->len);
		for (size_t i = 0; i < n->len; i++)
			val_list_add(list, own_value(ed, n->items[i].value, depth + 1));
		return list;
	}
	if (n->kind != YML_MAP)
		return yml_node_value(&ed->arena, &ed->doc, n);
	struct val map = val_map(&ed->arena);
	for (size_t i = 0; i < n->len; i++) {
		const struct yml_node *k = n->pairs[i].key;
		struct str key = k->kind == YML_SCALAR ? k->scalar : arena_printf(&ed->arena, "\xff?%zu", i);
		val_map_set(map, key, own_value(ed, n->pairs[i].value, depth + 1));
	}
	return map;
}

static size_t root_index(const struct editor *ed)
{
	if (ed->steps.doc != SIZE_MAX)
		return ed->steps.doc;
	for (size_t i = 0; i < ed->doc.nroots; i++)
		if (ed->doc.roots[i])
			return i;
	return 0;
}

/* Whether the text reads as `want` in the edited document and as before in all others. */
static bool reads_as(struct editor *ed, struct str text, struct val want)
{
	struct yml_doc now;
	struct err *e = yml_doc_parse(&now, &ed->arena, text, ed->file);
	if (e) {
		err_free(e);
		return false;
	}
	size_t edited = root_index(ed);
	if (now.nroots != ed->doc.nroots && ed->doc.nroots)
		return false;
	for (size_t i = 0; i < now.nroots; i++) {
		struct val is = own_value(ed, now.roots[i], 0);
		struct val was = i == edited ? want : own_value(ed, ed->doc.roots[i], 0);
		if (!same(is, was))
			return false;
	}
	return true;
}

static struct err *begin(struct editor *ed, struct str text, const char *file, struct str path)
{
	*ed = (struct editor){ .text = text, .file = file, .path = path };
	TRY(yml_path_parse(&ed->steps, &ed->arena, path));
	TRY(yml_doc_parse(&ed->doc, &ed->arena, text, file));
	ed->manner = yml_manner_of(&ed->doc);
	return NULL;
}

static void end(struct editor *ed)
{
	buf_release(&ed->change.text);
	arena_release(&ed->arena);
}

/* Applies the plan and hands out the text when it reads as it should. */
static struct err *finish(struct editor *ed, struct buf *out, struct val want)
{
	struct buf text = BUF_INIT;
	apply(ed, &text);
	struct err *e = NULL;
	if (reads_as(ed, buf_str(&text), want))
		buf_add(out, buf_str(&text));
	else
		e = refuse(ed, NULL, "it cannot be done in place without changing anything else");
	buf_release(&text);
	return e;
}

struct err *yml_set(struct buf *out, struct str text, const char *file, struct str path, struct val value)
{
	struct editor ed;
	struct err *e = begin(&ed, text, file, path);
	ed.value = value;
	struct val want = VAL_NIL;
	if (!e) {
		size_t i = root_index(&ed);
		want = own_value(&ed, i < ed.doc.nroots ? ed.doc.roots[i] : NULL, 0);
		e = plan_set(&ed);
	}
	ed.value = value;
	if (!e)
		e = set_value(&ed, &want, 0);
	if (!e)
		e = finish(&ed, out, want);
	end(&ed);
	return e;
}

/* Without its last child a collection has to say that it is empty. */
static struct err *empty_out(struct editor *ed, struct yml_node *n)
{
	int indent;
	if (!n->parent || n->style == YML_FLOW) {
		replace(&ed->change, n->from, n->to);
		buf_puts(&ed->change.text, n->kind == YML_MAP ? "{}" : "[]");
		return NULL;
	}
	size_t begin_at = value_begin(ed, n, &indent);
	if (begin_at == SIZE_MAX)
		return refuse(ed, n, "its key has no ':'");
	if (n->start < n->from)
		begin_at = yml_line_end(ed->text, n->start);
	ed->value = n->kind == YML_MAP ? val_map(&ed->arena) : val_list(&ed->arena, 0);
	return set_block(ed, n);
}

/* Takes a child of a flow collection out, with one comma. */
static void cut_flow(struct editor *ed, struct yml_node *n, size_t i)
{
	bool seq = n->kind == YML_SEQ;
	size_t from = seq ? n->items[i].from : n->pairs[i].from, to = seq ? n->items[i].to : n->pairs[i].to;
	if (i)
		from = seq ? n->items[i - 1].to : n->pairs[i - 1].to;
	else if (i + 1 < n->len)
		to = seq ? n->items[i + 1].from : n->pairs[i + 1].from;
	replace(&ed->change, from, to);
}

static struct err *plan_remove(struct editor *ed, struct yml_node *parent, size_t i)
{
	if (parent->len == 1)
		return empty_out(ed, parent);
	if (parent->style == YML_FLOW) {
		cut_flow(ed, parent, i);
		return NULL;
	}
	size_t from = parent->kind == YML_SEQ ? parent->items[i].from : parent->pairs[i].from;
	size_t to = parent->kind == YML_SEQ ? parent->items[i].to : parent->pairs[i].to;
	replace(&ed->change, from, to);
	return NULL;
}

static void remove_value(const struct yml_node *parent, size_t i, struct val *at)
{
	if (parent->kind == YML_MAP) {
		val_map_remove(*at, parent->pairs[i].key->scalar);
		return;
	}
	struct val_list *l = at->list;
	memmove(&l->items[i], &l->items[i + 1], (l->len - i - 1) * sizeof(*l->items));
	l->len--;
}

/* The value as it should be afterwards. */
static struct val without(struct editor *ed, const struct yml_node *n)
{
	size_t i = root_index(ed);
	struct val want = own_value(ed, ed->doc.roots[i], 0), at = want;
	const struct yml_node *at_node = ed->doc.roots[i];
	for (size_t k = 0; k + 1 < ed->steps.len; k++) {
		struct yml_node *down = yml_step_down((struct yml_node *)(uintptr_t)at_node, &ed->steps.items[k]);
		at = at.kind == VAL_MAP ? val_map_get(at, at_node->pairs[down->index].key->scalar)
					: val_list_at(at, down->index);
		at_node = down;
	}
	remove_value(n->parent, n->index, &at);
	return want;
}

struct err *yml_remove(struct buf *out, struct str text, const char *file, struct str path)
{
	struct editor ed;
	struct err *e = begin(&ed, text, file, path);
	struct yml_node *n = e ? NULL : yml_path_root(&ed.doc, &ed.steps);
	for (size_t i = 0; n && i < ed.steps.len; i++)
		n = yml_step_down(n, &ed.steps.items[i]);
	if (!e && (!n || !n->parent))
		e = err_at(err_new(ERR_NOT_FOUND, "%.*s is not there", STR_ARG(path)), file, 0, 0);
	if (!e)
		e = plan_remove(&ed, n->parent, n->index);
	if (!e)
		e = finish(&ed, out, without(&ed, n));
	end(&ed);
	return e;
}
