/* SPDX-License-Identifier: Apache-2.0 */
/* Merging one entry of a YAML collection: who has it, and what kind of value it is. */
#include "merge/pieces.h"

#include <string.h>

#define DEPTH_MAX 200

bool merge_choose(struct str *out, struct str base, struct str ours, struct str theirs)
{
	if (str_eq(ours, theirs) || str_eq(theirs, base))
		*out = ours;
	else if (str_eq(ours, base))
		*out = theirs;
	else
		return false;
	return true;
}

struct str merge_entry_text(
	struct merge_yaml_run *r, const struct merge_doc *d, const struct merge_kid *k, int from, int column)
{
	return merge_shift(r->arena, str_slice(d->text, k->from, k->end), column - from);
}

struct str merge_entry_path(struct merge_yaml_run *r, const struct merge_frame *f, const struct merge_kid *k)
{
	struct buf b = BUF_INIT;

	buf_add(&b, f->path);
	if (f->list) {
		buf_printf(&b, "[%.*s]", STR_ARG(k->id));
	} else {
		if (b.len)
			buf_putc(&b, '.');
		for (size_t i = 0; i < k->id.len; i++) {
			if (k->id.s[i] == '.' || k->id.s[i] == '[' || k->id.s[i] == '\\')
				buf_putc(&b, '\\');
			buf_putc(&b, k->id.s[i]);
		}
	}
	struct str path = arena_str(r->arena, buf_str(&b));
	buf_release(&b);
	return path;
}

struct merge_opts merge_marker_opts(struct merge_yaml_run *r, int marker)
{
	struct merge_opts o = r->opts ? *r->opts : (struct merge_opts){ 0 };
	struct str name = arena_printf(r->arena, "%s\1%d", o.ours_name ? o.ours_name : "ours", marker);

	o.ours_name = name.s;
	return o;
}

static enum merge_favor favor_of(const struct merge_yaml_run *r)
{
	return r->opts ? r->opts->favor : MERGE_FAVOR_NONE;
}

/* An entry as whole lines in the column it shall have; empty when there is none. */
static struct str whole_lines(
	struct merge_yaml_run *r, const struct merge_doc *d, const struct merge_kid *k, int from, int column)
{
	if (!k)
		return (struct str){ 0 };
	struct buf b = BUF_INIT;
	buf_fill(&b, ' ', (size_t)column);
	buf_add(&b, merge_entry_text(r, d, k, from, column));
	if (b.data[b.len - 1] != '\n')
		buf_putc(&b, '\n');
	struct str s = arena_str(r->arena, buf_str(&b));
	buf_release(&b);
	return s;
}

/* Writes markers around an entry for the conflicts recorded from number `first` on. */
static enum merge_outcome mark_entry(struct str *text, struct merge_yaml_run *r, const struct merge_trio *k,
	const struct merge_frame *f, size_t first)
{
	enum merge_favor favor = favor_of(r);

	if (favor != MERGE_FAVOR_NONE) {
		bool ours = favor == MERGE_FAVOR_OURS;
		const struct merge_kid *kid = ours ? k->ours : k->theirs;
		if (!kid)
			return MERGE_GONE;
		*text = merge_entry_text(r, ours ? &r->ours : &r->theirs, kid, ours ? f->ours : f->theirs, f->column);
		return MERGE_BODY;
	}
	if (f->flow)
		return MERGE_RAISE;
	struct buf b = BUF_INIT;
	int marker = ++r->markers;
	for (size_t i = first; i < r->found.conflicts.len; i++)
		r->found.conflicts.items[i].line = marker;
	struct merge_opts o = merge_marker_opts(r, marker);
	merge_add_conflict(&b, whole_lines(r, &r->base, k->base, f->base, f->column),
		whole_lines(r, &r->ours, k->ours, f->ours, f->column),
		whole_lines(r, &r->theirs, k->theirs, f->theirs, f->column), &o);
	*text = arena_str(r->arena, buf_str(&b));
	buf_release(&b);
	return MERGE_MARKED;
}

enum merge_outcome merge_entry_conflict(struct str *text, struct merge_yaml_run *r, const struct merge_trio *k,
	const struct merge_frame *f, struct str path, enum merge_kind kind)
{
	size_t first = r->found.conflicts.len;

	merge_conflict_add(&r->found, r->arena, r->file, path, 0, kind);
	return mark_entry(text, r, k, f, first);
}

static bool same_value(struct merge_yaml_run *r, const struct merge_doc *dx, const struct yml_node *x,
	const struct merge_doc *dy, const struct yml_node *y)
{
	return str_eq(merge_node_canonical(r->arena, dx, x), merge_node_canonical(r->arena, dy, y));
}

/* Names the leaves that were edited here below an entry that is gone there. */
static void report_edits(
	struct merge_yaml_run *r, const struct yml_node *base, const struct yml_node *ours, struct str path, int depth)
{
	struct merge_frame f = { .path = path };
	struct merge_kids b;
	struct merge_kids o;
	size_t before = r->found.conflicts.len;

	if (base->kind == YML_MAP && ours->kind == YML_MAP && depth < DEPTH_MAX) {
		merge_kids_of(&b, r->arena, &r->base, base, false, NULL);
		merge_kids_of(&o, r->arena, &r->ours, ours, false, NULL);
		for (size_t i = 0; i < o.len; i++) {
			const struct merge_kid *old = map_find(&b.by_id, o.items[i].id);
			struct str inner = merge_entry_path(r, &f, &o.items[i]);
			if (!old)
				merge_conflict_add(&r->found, r->arena, r->file, inner, 0, MERGE_REMOVED_THERE);
			else if (!same_value(r, &r->base, old->value, &r->ours, o.items[i].value))
				report_edits(r, old->value, o.items[i].value, inner, depth + 1);
		}
	}
	if (before == r->found.conflicts.len)
		merge_conflict_add(&r->found, r->arena, r->file, path, 0, MERGE_REMOVED_THERE);
}

static enum merge_outcome gone_there(struct str *text, struct merge_yaml_run *r, const struct merge_trio *k,
	const struct merge_frame *f, struct str path)
{
	size_t first = r->found.conflicts.len;

	if (same_value(r, &r->base, k->base->value, &r->ours, k->ours->value))
		return MERGE_GONE;
	report_edits(r, k->base->value, k->ours->value, path, 0);
	return mark_entry(text, r, k, f, first);
}

static bool removal_on_record(const struct merge_yaml_run *r, struct str path)
{
	const struct str_vec *list = r->opts ? r->opts->removed : NULL;
	struct str want = arena_printf(r->arena, "%.*s:%.*s", STR_ARG(r->file), STR_ARG(path));

	for (size_t i = 0; list && i < list->len; i++)
		if (str_eq(list->items[i], want))
			return true;
	return false;
}

/* Fields of Chart.yaml that no manifest depends on: that one is gone here harms nobody. */
static bool is_for_people(const struct merge_yaml_run *r, struct str path)
{
	static const char *const fields[] = { "maintainers", "keywords", "sources", "home", "icon", "description",
		"annotations.artifacthub" };

	if (!str_is(str_base_name(r->file), "Chart.yaml"))
		return false;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (str_starts(path, str_from(fields[i])))
			return true;
	return false;
}

static enum merge_outcome gone_here(struct str *text, struct merge_yaml_run *r, const struct merge_trio *k,
	const struct merge_frame *f, struct str path)
{
	if (same_value(r, &r->base, k->base->value, &r->theirs, k->theirs->value))
		return MERGE_GONE;
	if ((is_for_people(r, path) || removal_on_record(r, path)) && merge_rule_on(r->opts, MERGE_RULE_REMOVED)) {
		merge_note_add(&r->found, r->arena, r->file, path, MERGE_RULE_REMOVED,
			"removed here, edited upstream: stays removed");
		return MERGE_GONE;
	}
	return merge_entry_conflict(text, r, k, f, path, MERGE_REMOVED_HERE);
}

static void add_piece_lines(struct buf *out, const struct merge_piece *p, int column)
{
	if (p->kind == MERGE_PIECE_BODY)
		buf_fill(out, ' ', (size_t)column);
	buf_add(out, p->text);
	if (out->len && out->data[out->len - 1] != '\n')
		buf_putc(out, '\n');
}

/* The pieces one below the other; the first entry stands behind what is in `out` when `inside`. */
static bool stack(struct buf *out, const struct merge_pieces *p, int column, bool inside)
{
	size_t first = 0;

	if (inside) {
		while (first < p->len && p->items[first].kind == MERGE_PIECE_LINE)
			first++;
		if (first == p->len || p->items[first].kind == MERGE_PIECE_MARKED)
			return false;
		buf_add(out, p->items[first].text);
		if (out->data[out->len - 1] != '\n')
			buf_putc(out, '\n');
		/* Comments that came before it cannot stand inside its line. */
		for (size_t i = 0; i < first; i++)
			add_piece_lines(out, &p->items[i], column);
		first++;
	}
	for (size_t i = first; i < p->len; i++)
		add_piece_lines(out, &p->items[i], column);
	return true;
}

/* What stands behind a value on its line: blanks, a comment, the newline. */
static struct str behind(const struct merge_doc *d, const struct merge_kid *k)
{
	return str_slice(d->text, k->value->to, k->end);
}

struct collection {
	const struct merge_trio *k;
	struct merge_kids base, ours, theirs;
	struct merge_frame frame;
	bool map;
};

/* The line of the key or dash above a block collection. */
static struct str head_of(struct merge_yaml_run *r, const struct collection *c, bool *inside)
{
	const struct merge_trio *k = c->k;
	const struct merge_kids *o = &c->ours;

	*inside = false;
	if (!o->block) {
		struct str comment = str_trim(behind(&r->ours, k->ours));
		*inside = !k->ours->key;
		if (*inside)
			return STR("- ");
		return arena_printf(r->arena, "%.*s:%s%.*s\n",
			STR_ARG(str_slice(r->ours.text, k->ours->from, k->ours->key->to)), comment.len ? " " : "",
			STR_ARG(comment));
	}
	struct str ours = str_slice(r->ours.text, k->ours->from, o->items[0].gap);
	*inside = o->items[0].line == o->items[0].from && !str_ends(ours, STR("\n"));
	if (*inside || !k->base || !c->base.block || !c->theirs.block)
		return ours;
	struct str base = str_slice(r->base.text, k->base->from, c->base.items[0].gap);
	struct str theirs = str_slice(r->theirs.text, k->theirs->from, c->theirs.items[0].gap);
	struct str head;
	return merge_choose(&head, base, ours, theirs) ? head : ours;
}

static bool has_bodies(const struct merge_pieces *p)
{
	for (size_t i = 0; i < p->len; i++)
		if (p->items[i].kind != MERGE_PIECE_LINE)
			return true;
	return false;
}

/* "key: {}" when nothing is left, "key: {a: 1, b: 2}" in flow. */
static void format_flow(
	struct buf *out, struct merge_yaml_run *r, const struct collection *c, const struct merge_pieces *p)
{
	const struct merge_kid *k = c->k->ours;
	bool flow = !c->ours.block;
	bool any = false;

	if (flow)
		buf_add(out, str_slice(r->ours.text, k->from, k->value->from));
	else if (k->key)
		buf_printf(out, "%.*s: ", STR_ARG(str_slice(r->ours.text, k->from, k->key->to)));
	else
		buf_puts(out, "- ");
	buf_putc(out, c->map ? '{' : '[');
	for (size_t i = 0; i < p->len; i++) {
		if (p->items[i].kind == MERGE_PIECE_LINE)
			continue;
		buf_puts(out, any ? ", " : "");
		buf_add(out, str_trim(p->items[i].text));
		any = true;
	}
	buf_putc(out, c->map ? '}' : ']');
	if (flow)
		buf_add(out, behind(&r->ours, k));
	else
		buf_putc(out, '\n');
}

static void set_frame(struct collection *c, const struct merge_frame *outer, struct str path, bool list)
{
	struct merge_frame *f = &c->frame;

	*f = (struct merge_frame){ .path = path,
		.list = list,
		.depth = outer->depth + 1,
		.base_kids = &c->base,
		.our_kids = &c->ours,
		.their_kids = &c->theirs };
	f->flow = !c->ours.block && !c->theirs.block;
	f->column = c->ours.block ? c->ours.column : outer->column + 2;
	f->base = c->base.block ? c->base.column : f->column;
	f->ours = c->ours.block ? c->ours.column : f->column;
	f->theirs = c->theirs.block ? c->theirs.column : f->column;
}

/* Merges two maps, or two lists; `*fit` is false when they have to be taken whole. */
static enum merge_outcome merge_collection(struct str *text, bool *fit, struct merge_yaml_run *r,
	const struct merge_trio *k, const struct merge_frame *f, struct str path)
{
	struct collection c = { .k = k, .map = k->ours->value->kind == YML_MAP };
	const struct yml_node *base = k->base ? k->base->value : NULL;
	const struct yml_node *lists[3] = { base, k->ours->value, k->theirs->value };
	const char *name = c.map ? NULL : merge_naming_key(lists, 3);
	size_t first = r->found.conflicts.len;
	struct merge_pieces pieces = { 0 };

	if (base && base->kind != k->ours->value->kind)
		base = NULL;
	merge_kids_of(&c.base, r->arena, &r->base, base, false, name);
	merge_kids_of(&c.ours, r->arena, &r->ours, k->ours->value, false, name);
	merge_kids_of(&c.theirs, r->arena, &r->theirs, k->theirs->value, false, name);
	*fit = c.base.fit && c.ours.fit && c.theirs.fit && f->depth < DEPTH_MAX;
	/* Items of a flow list, and of an emptied one, are not edited one by one. */
	if (!c.map && (!c.ours.block || !c.theirs.block))
		*fit = false;
	if (!*fit)
		return MERGE_RAISE;
	set_frame(&c, f, path, !c.map);
	if (c.map || name) {
		if (!merge_gather(&pieces, r, &c.base, &c.ours, &c.theirs, &c.frame))
			return mark_entry(text, r, k, f, first);
	} else if (!merge_gather_items(&pieces, r, &c.base, &c.ours, &c.theirs, &c.frame)) {
		return merge_entry_conflict(text, r, k, f, path, MERGE_BOTH_CHANGED);
	}
	struct buf out = BUF_INIT;
	bool placed = true;
	if (c.frame.flow || !has_bodies(&pieces)) {
		format_flow(&out, r, &c, &pieces);
	} else {
		bool inside;
		buf_add(&out, head_of(r, &c, &inside));
		placed = stack(&out, &pieces, c.frame.column, inside);
	}
	*text = arena_str(r->arena, buf_str(&out));
	buf_release(&out);
	return placed ? MERGE_BODY : mark_entry(text, r, k, f, first);
}

static bool is_collection(const struct yml_node *n)
{
	return n->kind == YML_MAP || n->kind == YML_SEQ;
}

/* Both sides have the entry, and its text differs. */
static enum merge_outcome merge_both(struct str *text, struct merge_yaml_run *r, const struct merge_trio *k,
	const struct merge_frame *f, struct str path)
{
	const struct yml_node *o = k->ours->value;
	const struct yml_node *t = k->theirs->value;

	if (is_collection(o) && o->kind == t->kind && (k->base || o->kind == YML_MAP) && !o->anchor.len) {
		bool fit;
		enum merge_outcome outcome = merge_collection(text, &fit, r, k, f, path);
		if (fit)
			return outcome;
	}
	return merge_atoms(text, r, k, f, path);
}

enum merge_outcome merge_entry(
	struct str *text, struct merge_yaml_run *r, const struct merge_trio *k, const struct merge_frame *f)
{
	struct str path = merge_entry_path(r, f, k->ours ? k->ours : k->theirs ? k->theirs : k->base);
	struct str b = k->base ? merge_entry_text(r, &r->base, k->base, f->base, 0) : (struct str){ 0 };
	struct str o = k->ours ? merge_entry_text(r, &r->ours, k->ours, f->ours, 0) : (struct str){ 0 };
	struct str t = k->theirs ? merge_entry_text(r, &r->theirs, k->theirs, f->theirs, 0) : (struct str){ 0 };

	if (k->ours && k->theirs) {
		if (str_eq(o, t) || str_eq(t, b)) {
			*text = merge_entry_text(r, &r->ours, k->ours, f->ours, f->column);
			return MERGE_BODY;
		}
		if (str_eq(o, b)) {
			*text = merge_entry_text(r, &r->theirs, k->theirs, f->theirs, f->column);
			return MERGE_BODY;
		}
		return merge_both(text, r, k, f, path);
	}
	if (k->ours && !k->base) {
		*text = merge_entry_text(r, &r->ours, k->ours, f->ours, f->column);
		return MERGE_BODY;
	}
	if (k->theirs && !k->base) {
		*text = merge_entry_text(r, &r->theirs, k->theirs, f->theirs, f->column);
		return MERGE_BODY;
	}
	if (k->ours)
		return gone_there(text, r, k, f, path);
	if (k->theirs)
		return gone_here(text, r, k, f, path);
	return MERGE_GONE;
}
