/* SPDX-License-Identifier: Apache-2.0 */
/* JSON that stands in a block of text of a YAML file or template: "dashboard.json: |-". */
#include "merge/internal.h"

#include "base/map.h"

/*
 * Such a block is merged apart from the file around it. A line that is the same on all sides stands for it meanwhile, so
 * that the rest merges as if the block were not there.
 */
#define STAND_IN "@@merge-json-"

struct block {
	struct str id;     /* the keys that lead to it */
	struct str indent; /* of its first line */
	size_t from, to;   /* its whole lines */
	size_t column;     /* of its key */
};

struct blocks {
	struct block *items;
	size_t len, cap;
	struct map by_id;
};

/* One block in three texts. */
struct block3 {
	const struct block *side[3];
	struct str text; /* what it became */
	struct merge_result found;
};

struct open_key {
	size_t column;
	struct str id;
};

struct scanner {
	struct arena *arena;
	struct str text;
	struct blocks *out;
	struct open_key open[64];
	size_t depth;
	size_t docs;
};

static size_t line_end(struct str text, size_t at)
{
	ptrdiff_t nl = str_find_char(str_skip(text, at), '\n');

	return nl < 0 ? text.len : at + (size_t)nl + 1;
}

static size_t indent_of(struct str line)
{
	size_t n = 0;

	while (n < line.len && line.s[n] == ' ')
		n++;
	return n;
}

/* The key of a line "key:" or "key: |"; false for other lines. */
static bool key_of(struct str *key, bool *block, struct str line)
{
	struct str s = str_trim(line);

	if (!s.len || s.s[0] == '#')
		return false;
	ptrdiff_t colon = str_rfind_char(s, ':');
	if (colon <= 0)
		return false;
	struct str rest = str_trim(str_skip(s, (size_t)colon + 1));
	*key = str_slice(s, 0, (size_t)colon);
	*block = rest.len && rest.len < 4 && rest.s[0] == '|';
	return !rest.len || *block;
}

/* Finds where the lines below a key end; those that are blank at the end are not of the block. */
static size_t block_end(struct str text, size_t at, size_t column)
{
	size_t end = at;

	while (at < text.len) {
		size_t next = line_end(text, at);
		struct str line = str_slice(text, at, next);
		bool blank = !str_trim(line).len;
		if (!blank && indent_of(line) <= column)
			break;
		if (!blank)
			end = next;
		at = next;
	}
	return end;
}

/* Whether a block's text begins as JSON does, perhaps in a string of the template's. */
static bool looks_like_json(struct str s)
{
	s = str_trim(s);
	if (str_starts(s, STR("{{")))
		s = str_trim_prefix(str_trim(str_skip(s, 2)), STR("`"));
	return s.len > 1 && (s.s[0] == '{' || s.s[0] == '[') && !str_starts(s, STR("{{"));
}

static struct str outer_id(struct scanner *s, size_t column)
{
	while (s->depth && s->open[s->depth - 1].column >= column)
		s->depth--;
	return s->depth ? s->open[s->depth - 1].id : (struct str){ 0 };
}

static void add_block(struct scanner *s, struct str id, size_t from, size_t to, size_t column)
{
	struct str text = str_slice(s->text, from, to);
	struct block b = { id, str_slice(text, 0, indent_of(text)), from, to, column };

	if (from == to || !looks_like_json(text))
		return;
	/* Two of one name cannot be told apart. */
	if (map_find(&s->out->by_id, id))
		b.id = (struct str){ 0 };
	vec_push_in(s->arena, s->out, b);
}

static void find_blocks(struct blocks *out, struct arena *a, struct str text)
{
	struct scanner s = { .arena = a, .text = text, .out = out };

	for (size_t at = 0; at < text.len;) {
		size_t next = line_end(text, at);
		struct str line = str_slice(text, at, next);
		struct str key;
		bool block;
		if (str_starts(line, STR("---")))
			s.docs++;
		if (key_of(&key, &block, line)) {
			size_t column = indent_of(line);
			struct str id =
				arena_printf(a, "%.*s\1%.*s\1%zu", STR_ARG(outer_id(&s, column)), STR_ARG(key), s.docs);
			if (block) {
				size_t end = block_end(text, next, column);
				add_block(&s, id, next, end, column);
				next = end > next ? end : next;
			} else if (s.depth < sizeof(s.open) / sizeof(s.open[0])) {
				s.open[s.depth++] = (struct open_key){ column, id };
			}
		}
		at = next;
	}
	for (size_t i = 0; i < out->len; i++)
		if (out->items[i].id.len)
			map_set(&out->by_id, a, out->items[i].id, &out->items[i]);
}

static struct str block_text(const struct str *texts, const struct block3 *b, int side)
{
	return str_slice(texts[side], b->side[side]->from, b->side[side]->to);
}

/* Merges one block; false when it is no JSON and the lines have to do. */
static bool merge_block(
	struct block3 *b, struct arena *a, const struct str *texts, struct str name, const struct merge_opts *o)
{
	struct merge_input in = { .name = name,
		.base = block_text(texts, b, 0),
		.ours = block_text(texts, b, 1),
		.theirs = block_text(texts, b, 2) };

	if (merge_choose(&b->text, in.base, in.ours, in.theirs))
		return !str_eq(in.ours, in.base) || !str_eq(in.theirs, in.base);
	return merge_json(&b->text, &b->found, a, &in, o, true);
}

struct merged_blocks {
	struct block3 *items;
	size_t len, cap;
};

static void merge_blocks(struct merged_blocks *out, struct arena *a, const struct str *texts, struct str name,
	const struct merge_opts *o)
{
	struct blocks found[3] = { { 0 }, { 0 }, { 0 } };

	for (int i = 0; i < 3; i++)
		find_blocks(&found[i], a, texts[i]);
	for (size_t i = 0; i < found[1].len; i++) {
		struct str id = found[1].items[i].id;
		struct block3 b = { .side = { map_find(&found[0].by_id, id), &found[1].items[i],
					    map_find(&found[2].by_id, id) } };
		if (id.len && b.side[0] && b.side[2] && merge_block(&b, a, texts, name, o))
			vec_push_in(a, out, b);
	}
}

/* A text with a line in the place of each block. */
static struct str with_stand_ins(struct arena *a, struct str text, const struct merged_blocks *blocks, int side)
{
	struct buf out = BUF_INIT;
	size_t at = 0;

	/* Blocks stand in ours' order in the list; on the other sides they may not. */
	for (;;) {
		const struct block3 *next = NULL;
		for (size_t i = 0; i < blocks->len; i++)
			if (blocks->items[i].side[side]->from >= at &&
				(!next || blocks->items[i].side[side]->from < next->side[side]->from))
				next = &blocks->items[i];
		if (!next)
			break;
		const struct block *b = next->side[side];
		buf_add(&out, str_slice(text, at, b->from));
		buf_add(&out, b->indent);
		buf_printf(&out, STAND_IN "%zu@@\n", (size_t)(next - blocks->items));
		at = b->to;
	}
	buf_add(&out, str_skip(text, at));
	struct str s = arena_str(a, buf_str(&out));
	buf_release(&out);
	return s;
}

/* Where the line that stands for a block is in a merged text; false when it is not there just once. */
static bool find_stand_in(size_t *from, size_t *to, struct str text, struct str needle)
{
	ptrdiff_t at = str_find(text, needle);

	if (at < 0 || str_find(str_skip(text, (size_t)at + 1), needle) >= 0)
		return false;
	*from = (size_t)at;
	while (*from > 0 && text.s[*from - 1] != '\n')
		--*from;
	*to = line_end(text, (size_t)at);
	return true;
}

/* Lines below a place move by the lines that come in there. */
static void move_lines(struct merge_result *r, size_t from, int line, int delta)
{
	for (size_t i = from; i < r->conflicts.len; i++)
		if (r->conflicts.items[i].line > line)
			r->conflicts.items[i].line += delta;
}

/* Puts the blocks back; false when a line that stood for one is gone. */
static bool put_back(struct str *text, struct merge_result *out, struct arena *a, const struct merged_blocks *blocks)
{
	for (size_t i = 0; i < blocks->len; i++) {
		const struct block3 *b = &blocks->items[i];
		size_t from;
		size_t to;
		if (!find_stand_in(&from, &to, *text, arena_printf(a, STAND_IN "%zu@@", i)))
			return false;
		int line = merge_line_of(*text, from);
		struct str rest = str_skip(*text, to);
		bool newline = !b->text.len || b->text.s[b->text.len - 1] == '\n';
		struct str whole = newline || !rest.len ? b->text : arena_join(a, b->text, STR("\n"));
		*text = arena_join(a, arena_join(a, str_slice(*text, 0, from), whole), rest);
		move_lines(out, 0, line, (int)str_count_char(whole, '\n') - 1);
		for (size_t k = 0; k < b->found.conflicts.len; k++) {
			struct merge_conflict c = b->found.conflicts.items[k];
			c.line += c.line ? line - 1 : 0;
			vec_push_in(a, &out->conflicts, c);
		}
		for (size_t k = 0; k < b->found.notes.len; k++)
			vec_push_in(a, &out->notes, b->found.notes.items[k]);
	}
	return true;
}

static bool fine(const struct merge_opts *o, struct str name, struct str text)
{
	struct err *e = o->check(o->check_ctx, name, text);
	bool good = !e;

	err_free(e);
	return good;
}

/* Whether a clean result is well formed, as far as its sides are. */
static bool passes(
	const struct merge_input *in, const struct merge_result *found, struct str text, const struct merge_opts *o)
{
	if (!o || !o->check || found->conflicts.len)
		return true;
	return fine(o, in->name, text) || !fine(o, in->name, in->ours) || !fine(o, in->name, in->theirs);
}

struct err *merge_with_blocks(struct str *text, bool *done, struct merge_result *out, struct arena *a,
	const struct merge_input *in, const struct merge_opts *o, merge_rest_fn rest)
{
	const struct str texts[3] = { in->base, in->ours, in->theirs };
	struct merged_blocks blocks = { 0 };
	struct merge_result found = { 0 };
	struct merge_input around = *in;

	*done = false;
	if (in->no_base || !merge_rule_on(o, MERGE_RULE_JSON) || str_find(in->ours, STR("|")) < 0)
		return NULL;
	for (int i = 0; i < 3; i++)
		if (str_has(texts[i], STR(STAND_IN)))
			return NULL;
	merge_blocks(&blocks, a, texts, in->name, o);
	if (!blocks.len)
		return NULL;
	around.base = with_stand_ins(a, in->base, &blocks, 0);
	around.ours = with_stand_ins(a, in->ours, &blocks, 1);
	around.theirs = with_stand_ins(a, in->theirs, &blocks, 2);
	TRY(rest(text, &found, a, &around, o));
	if (!put_back(text, &found, a, &blocks) || !passes(in, &found, *text, o))
		return NULL;
	for (size_t i = 0; i < found.conflicts.len; i++)
		vec_push_in(a, &out->conflicts, found.conflicts.items[i]);
	for (size_t i = 0; i < found.notes.len; i++)
		vec_push_in(a, &out->notes, found.notes.items[i]);
	*done = true;
	return NULL;
}
