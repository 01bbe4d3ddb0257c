/* SPDX-License-Identifier: Apache-2.0 */
#include "merge/kids.h"

#include "base/num.h"

#include <stdlib.h>
#include <string.h>

size_t merge_line_end(struct str text, size_t at)
{
	ptrdiff_t nl = str_find_char(str_skip(text, at), '\n');

	return nl < 0 ? text.len : at + (size_t)nl + 1;
}

/* The start of the line that holds byte `at`. */
static size_t line_start(struct str text, size_t at)
{
	while (at > 0 && text.s[at - 1] != '\n')
		at--;
	return at;
}

static size_t indent_at(struct str text, size_t line)
{
	size_t n = 0;

	while (line + n < text.len && text.s[line + n] == ' ')
		n++;
	return n;
}

static bool blank_at(struct str text, size_t line)
{
	size_t at = line + indent_at(text, line);

	return at >= text.len || text.s[at] == '\n';
}

static bool is_block_scalar(const struct yml_node *n)
{
	return n->kind == YML_SCALAR && (n->style == YML_LITERAL || n->style == YML_FOLDED);
}

/* Lines of a block scalar are indented deeper than its parent; blank ones at the end count only with "|+". */
static size_t block_scalar_end(struct str text, const struct yml_node *n, size_t column)
{
	size_t end = merge_line_end(text, n->from);
	struct str head = str_slice(text, n->from, end);
	ptrdiff_t mark = str_find_char(head, '#');
	bool keep = str_find_char(mark < 0 ? head : str_slice(head, 0, (size_t)mark), '+') >= 0;
	size_t at = end;

	while (at < text.len) {
		size_t next = merge_line_end(text, at);
		if (blank_at(text, at)) {
			if (keep)
				end = next;
		} else if (indent_at(text, at) > column) {
			end = next;
		} else {
			break;
		}
		at = next;
	}
	return end;
}

/* Where the text of an entry that begins at `from`, in `column`, ends: behind the newline of its last line. */
static size_t entry_end(
	struct str text, const struct yml_node *key, const struct yml_node *value, size_t from, size_t column)
{
	size_t at = key ? key->to : from;

	if (is_block_scalar(value))
		return block_scalar_end(text, value, column);
	if (value->kind == YML_MAP && value->style != YML_FLOW && value->len) {
		const struct yml_pair *last = &value->pairs[value->len - 1];
		size_t at_key = last->key->start;
		return entry_end(text, last->key, last->value, at_key, at_key - line_start(text, at_key));
	}
	if (value->kind == YML_SEQ && value->style != YML_FLOW && value->len) {
		const struct yml_item *last = &value->items[value->len - 1];
		size_t col = last->dash - line_start(text, last->dash);
		return entry_end(text, NULL, last->value, last->dash, col);
	}
	/* An empty value may be said to stand behind the comments that follow it; its line is the key's. */
	if (value->to > value->from && value->to > at)
		at = value->to - 1;
	return merge_line_end(text, at);
}

static void add_kid(struct merge_kids *out, struct arena *a, struct merge_kid k)
{
	if (map_find(&out->by_id, k.id) && k.key)
		out->fit = false;
	vec_push_in(a, out, k);
}

static void index_kids(struct merge_kids *out, struct arena *a)
{
	for (size_t i = 0; i < out->len; i++)
		map_set(&out->by_id, a, out->items[i].id, &out->items[i]);
	if (out->len && out->items[0].key && out->by_id.len != out->len)
		out->fit = false;
}

static void flow_kids(struct merge_kids *out, struct arena *a, const struct merge_doc *d, const struct yml_node *n)
{
	for (size_t i = 0; i < n->len; i++) {
		const struct yml_pair *p = &n->pairs[i];
		if (p->key->kind != YML_SCALAR) {
			out->fit = false;
			return;
		}
		size_t end = p->value->to > p->key->to ? p->value->to : p->key->to;
		add_kid(out, a,
			(struct merge_kid){ .id = p->key->scalar,
				.key = p->key,
				.value = p->value,
				.gap = p->key->from,
				.line = p->key->from,
				.from = p->key->from,
				.end = end });
		/* `{a}` has no text for its value that could stand in a block map. */
		if (str_find_char(str_slice(d->text, p->key->to, end), ':') < 0)
			out->fit = false;
	}
}

static void map_kids(
	struct merge_kids *out, struct arena *a, const struct merge_doc *d, const struct yml_node *n, bool top)
{
	size_t gap = 0;

	for (size_t i = 0; i < n->len; i++) {
		const struct yml_pair *p = &n->pairs[i];
		size_t from = p->key->start;
		size_t line = line_start(d->text, from);
		size_t column = from - line;
		if (p->key->kind != YML_SCALAR || (i && (int)column != out->column)) {
			out->fit = false;
			return;
		}
		bool inside = !blank_at(str_slice(d->text, 0, from), line);
		if (inside && i) {
			out->fit = false;
			return;
		}
		if (i == 0) {
			out->column = (int)column;
			gap = inside ? from : line;
			if (top)
				gap = 0;
			/* Comments between "key:" and its first entry are the entry's. */
			while (!top && !inside && gap > 0) {
				size_t before = line_start(d->text, gap - 1);
				size_t at = before + indent_at(d->text, before);
				if (d->text.s[at] != '#' && d->text.s[at] != '\n')
					break;
				gap = before;
			}
		}
		size_t end = entry_end(d->text, p->key, p->value, from, column);
		add_kid(out, a,
			(struct merge_kid){ .id = p->key->scalar,
				.key = p->key,
				.value = p->value,
				.gap = gap,
				.line = inside ? from : line,
				.from = from,
				.end = end });
		gap = end;
	}
}

static struct str item_name(struct arena *a, const struct merge_doc *d, struct yml_node *item, const char *name)
{
	for (size_t i = 0; name && i < item->len; i++)
		if (str_is(item->pairs[i].key->scalar, name))
			return item->pairs[i].value->scalar;
	return merge_node_canonical(a, d, item);
}

static void seq_kids(struct merge_kids *out, struct arena *a, const struct merge_doc *d, const struct yml_node *n,
	bool top, const char *name)
{
	size_t gap = 0;

	for (size_t i = 0; i < n->len; i++) {
		struct yml_node *item = n->items[i].value;
		size_t dash = n->items[i].dash;
		size_t line = line_start(d->text, dash);
		size_t column = indent_at(d->text, line);
		/* "- - a": the inner list begins in the middle of a line; it moves as a whole. */
		if (dash != line + column || (i && (int)column != out->column)) {
			out->fit = false;
			return;
		}
		if (i == 0) {
			out->column = (int)column;
			gap = top ? 0 : line;
			while (!top && gap > 0) {
				size_t before = line_start(d->text, gap - 1);
				size_t at = before + indent_at(d->text, before);
				if (d->text.s[at] != '#' && d->text.s[at] != '\n')
					break;
				gap = before;
			}
		}
		size_t end = entry_end(d->text, NULL, item, dash, column);
		add_kid(out, a,
			(struct merge_kid){ .id = item_name(a, d, item, name),
				.value = item,
				.gap = gap,
				.line = line,
				.from = dash,
				.end = end });
		gap = end;
	}
}

void merge_kids_of(struct merge_kids *out, struct arena *a, const struct merge_doc *d, const struct yml_node *n,
	bool top, const char *name)
{
	*out = (struct merge_kids){ .fit = true };
	if (!n || n->kind == YML_SCALAR || n->kind == YML_ALIAS)
		return;
	out->block = n->style != YML_FLOW && n->len;
	if (n->kind == YML_MAP && !out->block)
		flow_kids(out, a, d, n);
	else if (n->kind == YML_MAP)
		map_kids(out, a, d, n, top);
	else if (out->block)
		seq_kids(out, a, d, n, top, name);
	else
		out->fit = n->len == 0;
	index_kids(out, a);
}

static bool names_all(const struct yml_node *list, const char *name, struct arena *a)
{
	struct map seen = { 0 };

	for (size_t i = 0; i < list->len; i++) {
		const struct yml_node *item = list->items[i].value;
		const struct yml_node *found = NULL;
		if (item->kind != YML_MAP)
			return false;
		for (size_t k = 0; k < item->len; k++)
			if (item->pairs[k].key->kind == YML_SCALAR && str_is(item->pairs[k].key->scalar, name))
				found = item->pairs[k].value;
		if (!found || found->kind != YML_SCALAR || map_set(&seen, a, found->scalar, &seen))
			return false;
	}
	return true;
}

const char *merge_naming_key(const struct yml_node *const *lists, size_t n)
{
	static const char *const names[] = { "name", "job_name", "alert", "record", "id", "key", "containerPort",
		"host", "mountPath", "it", "url", "path" };
	struct arena a = ARENA_INIT;
	const char *found = NULL;

	for (size_t k = 0; !found && k < sizeof(names) / sizeof(names[0]); k++) {
		size_t items = 0;
		bool all = true;
		for (size_t i = 0; all && i < n; i++) {
			if (!lists[i] || lists[i]->kind != YML_SEQ)
				continue;
			items += lists[i]->len;
			all = names_all(lists[i], names[k], &a);
		}
		if (all && items)
			found = names[k];
	}
	arena_release(&a);
	return found;
}

struct str merge_shift_line(struct arena *a, struct str line, int delta)
{
	size_t spaces = 0;

	if (delta == 0 || !str_trim(line).len)
		return line;
	if (delta > 0) {
		char *moved = arena_alloc(a, line.len + (size_t)delta + 1);
		memset(moved, ' ', (size_t)delta);
		memcpy(moved + delta, line.s, line.len);
		moved[line.len + (size_t)delta] = '\0';
		return (struct str){ moved, line.len + (size_t)delta };
	}
	while (spaces < line.len && line.s[spaces] == ' ' && (int)spaces < -delta)
		spaces++;
	return str_skip(line, spaces);
}

struct str merge_shift(struct arena *a, struct str text, int delta)
{
	size_t first = merge_line_end(text, 0);

	if (delta == 0 || first == text.len)
		return text;
	struct buf out = BUF_INIT;
	buf_add(&out, str_slice(text, 0, first));
	for (size_t at = first; at < text.len;) {
		size_t next = merge_line_end(text, at);
		buf_add(&out, merge_shift_line(a, str_slice(text, at, next), delta));
		at = next;
	}
	struct str moved = arena_str(a, buf_str(&out));
	buf_release(&out);
	return moved;
}

static void add_canonical(struct buf *out, struct val v, int depth)
{
	if (depth > 1000)
		return;
	switch ((enum val_kind)v.kind) {
	case VAL_INVALID:
		return;
	case VAL_NULL:
		buf_putc(out, 'n');
		return;
	case VAL_BOOL:
		buf_putc(out, v.b ? 't' : 'f');
		return;
	case VAL_STRING:
		buf_printf(out, "s%u:", v.len);
		buf_add(out, val_str(v));
		return;
	case VAL_LIST:
		buf_putc(out, '[');
		val_list_each (item, v) {
			add_canonical(out, *item, depth + 1);
			buf_putc(out, ',');
		}
		buf_putc(out, ']');
		return;
	case VAL_MAP: {
		const uint32_t *order = val_map_sorted(v);
		buf_putc(out, '{');
		for (size_t i = 0; i < val_map_len(v); i++) {
			const struct val_entry *e = &v.map->entries[order[i]];
			buf_printf(out, "%zu:", e->key.len);
			buf_add(out, e->key);
			buf_putc(out, '=');
			add_canonical(out, e->value, depth + 1);
			buf_putc(out, ',');
		}
		buf_putc(out, '}');
		return;
	}
	case VAL_INT:
		num_add_float(out, (double)v.i, 64);
		return;
	case VAL_UINT:
		num_add_float(out, (double)v.u, 64);
		return;
	case VAL_FLOAT:
		num_add_float(out, v.f, 64);
		return;
	case VAL_COMPLEX:
	case VAL_OBJECT:
	case VAL_FUNC:
		buf_putc(out, '?');
		return;
	}
}

struct str merge_canonical(struct arena *a, struct val v)
{
	struct buf b = BUF_INIT;

	add_canonical(&b, v, 0);
	struct str s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}

struct str merge_node_canonical(struct arena *a, const struct merge_doc *d, const struct yml_node *n)
{
	return n ? merge_canonical(a, yml_node_value(a, &d->doc, n)) : (struct str){ 0 };
}

bool merge_has_twins(struct arena *a, const struct yml_node *n)
{
	struct map seen = { 0 };

	for (size_t i = 0; n && i < n->len; i++) {
		if (n->kind == YML_SEQ && merge_has_twins(a, n->items[i].value))
			return true;
		if (n->kind != YML_MAP)
			continue;
		const struct yml_node *key = n->pairs[i].key;
		if (key->kind == YML_SCALAR && map_set(&seen, a, key->scalar, &seen))
			return true;
		if (merge_has_twins(a, n->pairs[i].value))
			return true;
	}
	return false;
}
