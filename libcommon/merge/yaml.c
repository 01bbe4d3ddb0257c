/* SPDX-License-Identifier: Apache-2.0 */
/* Three-way merge of YAML by structure: the way in, and the check of what comes out. */
#include "merge/pieces.h"

#include "yaml/yaml.h"

#include <string.h>

/*
 * Two ways lead to a result. The line merge is tried too: where it is clean and means the same as the merge by structure, it
 * is taken, since it is what people know from git. Otherwise the merge by structure is. Either is parsed again and
 * compared with the three inputs before it is returned.
 */

/* Parses one side; whether it is one document that holds a map. */
static bool load_map(struct merge_doc *d, struct arena *a, struct str text)
{
	d->text = text;
	struct err *e = yml_doc_parse(&d->doc, a, text, NULL);
	bool fine = !e;
	err_free(e);
	return fine && d->doc.nroots == 1 && d->doc.roots[0] && d->doc.roots[0]->kind == YML_MAP;
}

bool merge_doc_load(struct merge_doc *d, struct arena *a, struct str text)
{
	return load_map(d, a, text) && d->doc.roots[0]->style != YML_FLOW && d->doc.roots[0]->len &&
	       !merge_has_twins(a, d->doc.roots[0]);
}

static struct val value_of(struct arena *a, const struct merge_doc *d)
{
	return yml_node_value(a, &d->doc, d->doc.roots[0]);
}

static bool same(struct arena *a, struct val x, struct val y)
{
	return str_eq(merge_canonical(a, x), merge_canonical(a, y));
}

/* The map that a block of text holds as YAML ("config.yml: |"), or `v` itself. */
static struct val unwrap(struct arena *a, struct val v)
{
	struct val inside;

	if (!val_is_string(v) || !str_has(val_str(v), STR("\n")))
		return v;
	struct err *e = yml_load(&inside, a, val_str(v), NULL);
	bool is_map = !e && val_is_map(inside);
	err_free(e);
	return is_map ? inside : v;
}

static bool holds(struct arena *a, struct val result, struct val base, struct val ours, struct val theirs, int depth,
	size_t *unwrapped);

/* The same where upstream (or ours) took a text's "|" away, so that what was text is now a map. */
static bool holds_unwrapped(struct arena *a, struct val result, struct val base, struct val ours, struct val theirs,
	int depth, size_t *unwrapped)
{
	struct val r = unwrap(a, result);
	struct val b = unwrap(a, base);
	struct val o = unwrap(a, ours);
	struct val t = unwrap(a, theirs);

	if (!val_is_map(r) || !val_is_map(b) || !val_is_map(o) || !val_is_map(t) ||
		val_is_map(ours) == val_is_map(theirs))
		return true;
	++*unwrapped;
	return holds(a, r, b, o, t, depth + 1, unwrapped);
}

/*
 * Whether a result holds what only one side changed, wherever that can be told without merging again. `*unwrapped` counts
 * texts that had to be looked into.
 */
static bool holds(struct arena *a, struct val result, struct val base, struct val ours, struct val theirs, int depth,
	size_t *unwrapped)
{
	if (same(a, theirs, base))
		return same(a, result, ours);
	if (same(a, ours, base) || same(a, ours, theirs))
		return same(a, result, theirs);
	if (depth > 200)
		return true;
	if (!val_is_map(result) || !val_is_map(ours) || !val_is_map(theirs))
		return holds_unwrapped(a, result, base, ours, theirs, depth, unwrapped);
	val_map_each (e, ours) {
		if (!holds(a, val_map_get(result, e->key), val_map_get(base, e->key), e->value,
			    val_map_get(theirs, e->key), depth + 1, unwrapped))
			return false;
	}
	val_map_each (e, theirs) {
		if (val_map_find(ours, e->key))
			continue;
		if (!holds(a, val_map_get(result, e->key), val_map_get(base, e->key), VAL_NOTHING, e->value, depth + 1,
			    unwrapped))
			return false;
	}
	val_map_each (e, result) {
		if (!val_map_find(ours, e->key) && !val_map_find(theirs, e->key))
			return false;
	}
	return true;
}

/* Reads a result back; whether it is whole and right. */
static bool check(struct merge_doc *d, struct merge_yaml_run *r, struct str text, size_t *unwrapped)
{
	struct arena *a = r->arena;

	*unwrapped = 0;
	return merge_doc_load(d, a, text) && holds(a, value_of(a, d), value_of(a, &r->base), value_of(a, &r->ours),
						     value_of(a, &r->theirs), 0, unwrapped);
}

/* What stands behind the last entry of a document. */
static struct str tail_of(const struct merge_doc *d, const struct merge_kids *k)
{
	return str_skip(d->text, k->items[k->len - 1].end);
}

/* A tag or an anchor on the root stands before its first entry, which may go elsewhere. */
static bool has_properties(const struct yml_node *n)
{
	return n->tag.len || n->anchor.len;
}

/* Merges the roots; false when one of them cannot be taken apart. */
static bool merge_roots(struct str *text, struct merge_yaml_run *r)
{
	struct merge_kids kids[3];
	struct merge_pieces pieces = { 0 };
	const struct merge_doc *docs[3] = { &r->base, &r->ours, &r->theirs };

	for (int i = 0; i < 3; i++) {
		merge_kids_of(&kids[i], r->arena, docs[i], docs[i]->doc.roots[0], true, NULL);
		if (!kids[i].fit || has_properties(docs[i]->doc.roots[0]))
			return false;
	}
	struct merge_frame f = { .base = kids[0].column,
		.ours = kids[1].column,
		.theirs = kids[2].column,
		.column = kids[1].column,
		.base_kids = &kids[0],
		.our_kids = &kids[1],
		.their_kids = &kids[2],
		.base_tail = tail_of(&r->base, &kids[0]),
		.our_tail = tail_of(&r->ours, &kids[1]),
		.their_tail = tail_of(&r->theirs, &kids[2]) };
	if (!merge_gather(&pieces, r, &kids[0], &kids[1], &kids[2], &f))
		return false;
	struct buf out = BUF_INIT;
	for (size_t i = 0; i < pieces.len; i++) {
		const struct merge_piece *p = &pieces.items[i];
		if (p->kind == MERGE_PIECE_BODY)
			buf_fill(&out, ' ', (size_t)f.column);
		buf_add(&out, p->text);
		if (out.len && out.data[out.len - 1] != '\n')
			buf_putc(&out, '\n');
	}
	*text = arena_str(r->arena, buf_str(&out));
	buf_release(&out);
	return true;
}

/* Takes the hidden numbers out of the markers and gives each conflict the line of its marker. */
static struct str place_conflicts(struct merge_yaml_run *r, struct str text)
{
	int *lines = arena_array(r->arena, (size_t)r->markers + 1, sizeof(int));
	struct buf out = BUF_INIT;
	int line = 1;

	for (size_t at = 0; at < text.len; line++) {
		size_t next = merge_line_end(text, at);
		struct str l = str_slice(text, at, next);
		ptrdiff_t hidden = str_starts(l, STR("<<<<<<< ")) ? str_find_char(l, '\1') : -1;
		if (hidden >= 0) {
			int n = 0;
			for (size_t i = (size_t)hidden + 1; i < l.len && l.s[i] >= '0' && l.s[i] <= '9'; i++)
				n = n * 10 + l.s[i] - '0';
			if (n <= r->markers)
				lines[n] = line;
			buf_add(&out, str_slice(l, 0, (size_t)hidden));
			buf_putc(&out, '\n');
		} else {
			buf_add(&out, l);
		}
		at = next;
	}
	for (size_t i = 0; i < r->found.conflicts.len; i++) {
		struct merge_conflict *c = &r->found.conflicts.items[i];
		c->line = c->line <= r->markers ? lines[c->line] : 0;
	}
	struct str placed = arena_str(r->arena, buf_str(&out));
	buf_release(&out);
	return placed;
}

static void hand_over(struct merge_result *out, struct arena *a, const struct merge_yaml_run *r)
{
	for (size_t i = 0; i < r->found.conflicts.len; i++)
		vec_push_in(a, &out->conflicts, r->found.conflicts.items[i]);
	for (size_t i = 0; i < r->found.notes.len; i++)
		vec_push_in(a, &out->notes, r->found.notes.items[i]);
}

static bool has_newline(struct str s)
{
	return !s.len || s.s[s.len - 1] == '\n';
}

/* Parses the three sides, each ended by a newline. */
static bool load_sides(struct merge_yaml_run *r, struct merge_ending endings[3], const struct merge_input *in)
{
	struct merge_doc *docs[3] = { &r->base, &r->ours, &r->theirs };
	struct str texts[3] = { in->base, in->ours, in->theirs };

	for (int i = 0; i < 3; i++) {
		struct str whole;
		if (!merge_ending_close(&whole, &endings[i], r->arena, texts[i]) ||
			!merge_doc_load(docs[i], r->arena, whole))
			return false;
	}
	return true;
}

/* The line merge, when it is clean and right. */
static bool by_lines(struct str *text, struct merge_yaml_run *r, size_t *unwrapped)
{
	struct merge_chunks chunks;
	struct merge_doc d;
	struct buf out = BUF_INIT;

	merge_chunks3(&chunks, r->arena, r->base.text, r->ours.text, r->theirs.text, MERGE_LINES);
	for (size_t i = 0; i < chunks.len; i++)
		merge_add_line(&out, chunks.items[i].merged);
	*text = arena_str(r->arena, buf_str(&out));
	buf_release(&out);
	return check(&d, r, *text, unwrapped) && chunks.clean;
}

/* Whether all that the merge by structure stopped at are texts that became maps. */
static bool only_types(const struct merge_yaml_run *r)
{
	for (size_t i = 0; i < r->found.conflicts.len; i++)
		if (r->found.conflicts.items[i].kind != MERGE_TYPE_CHANGED)
			return false;
	return true;
}

/* Chooses between the two ways; `*wrong` says that no clean result could be trusted. */
static bool choose_way(struct str *text, bool *wrong, struct merge_yaml_run *r)
{
	struct merge_doc structural;
	struct merge_doc lined;
	struct str lines;
	bool apart = merge_roots(text, r);
	bool conflict = r->found.conflicts.len > 0;
	size_t unwrapped;
	bool good = apart && !conflict && check(&structural, r, *text, &unwrapped);
	bool lines_good = by_lines(&lines, r, &unwrapped);

	*wrong = false;
	if (apart && conflict && !(lines_good && only_types(r) && unwrapped == r->found.conflicts.len))
		return true;
	if (good && lines_good && merge_doc_load(&lined, r->arena, lines) &&
		same(r->arena, value_of(r->arena, &structural), value_of(r->arena, &lined))) {
		*text = lines;
		return true;
	}
	if (good)
		return true;
	r->found = (struct merge_result){ 0 };
	if (lines_good) {
		*text = lines;
		return true;
	}
	*wrong = true;
	return false;
}

/* The value of a text as charts read it, VAL_NOTHING when it cannot be read. */
static struct val value_as_read(struct arena *a, struct str text)
{
	struct val v;
	struct err *e = yml_load(&v, a, text, NULL);
	bool fine = !e;

	err_free(e);
	return fine ? v : VAL_NOTHING;
}

/* Conflicts settled line by line may add up to what nobody can read: then the favoured side stands whole. */
static void keep_readable(struct str *text, struct arena *a, const struct merge_input *in, const struct merge_opts *o)
{
	if (!o || o->favor == MERGE_FAVOR_NONE)
		return;
	struct str favored = o->favor == MERGE_FAVOR_OURS ? in->ours : in->theirs;
	if (val_is_map(value_as_read(a, favored)) && !val_is_map(value_as_read(a, *text)))
		*text = favored;
}

/*
 * Merges by line what cannot be taken apart (a key twice, say). What comes out clean must still hold what the sides meant: lines
 * may merge into something else, and that must not pass in silence.
 */
static void merge_checked_lines(struct str *text, struct arena *a, struct merge_result *out,
	const struct merge_input *in, const struct merge_opts *o)
{
	struct val base = value_as_read(a, in->base);
	struct val ours = value_as_read(a, in->ours);
	struct val theirs = value_as_read(a, in->theirs);
	size_t unwrapped = 0;
	bool maps = val_is_map(base) && val_is_map(ours) && val_is_map(theirs);

	if (!merge_text(text, out, a, in, o)) {
		keep_readable(text, a, in, o);
		return;
	}
	if (!maps)
		return;
	struct val merged = value_as_read(a, *text);
	if (!val_is_map(merged) || !holds(a, merged, base, ours, theirs, 0, &unwrapped))
		merge_refuse(text, out, a, in, MERGE_BROKEN, o);
}

/* Merges by structure, or by line where that means the same. False: no result can be trusted, or a side cannot be taken apart. */
static bool take_apart(struct str *text, bool *wrong, struct merge_yaml_run *r, const struct merge_input *in)
{
	struct merge_ending endings[3];

	*wrong = false;
	if (!load_sides(r, endings, in) || !choose_way(text, wrong, r))
		return false;
	*text = place_conflicts(r, *text);
	bool whole = has_newline(in->ours) == has_newline(in->base) ? has_newline(in->theirs) : has_newline(in->ours);
	if (!whole)
		*text = merge_ending_open(r->arena, *text, endings + 1, 2);
	return true;
}

/*
 * The same with the sides changed over: what both put at one place then stands in the other order, which can be the one in which
 * each still means what it did. Only what comes out clean, and without a rule that speaks of a side.
 */
static bool turned(struct str *text, struct arena *a, const struct merge_input *in, const struct merge_opts *o)
{
	static const unsigned of_sides =
		1u << MERGE_RULE_MIRROR | 1u << MERGE_RULE_REMOVED | 1u << MERGE_RULE_CHART | 1u << MERGE_RULE_PLACE;
	struct merge_opts even = o ? *o : (struct merge_opts){ 0 };
	struct merge_input back = *in;
	struct merge_yaml_run r = { .arena = a, .opts = &even, .file = in->name };
	bool wrong;

	even.rules_off |= of_sides;
	even.removed = NULL;
	even.favor = MERGE_FAVOR_NONE;
	back.ours = in->theirs;
	back.theirs = in->ours;
	return take_apart(text, &wrong, &r, &back) && !r.found.conflicts.len && !r.found.notes.len;
}

void merge_yaml(struct str *text, struct merge_result *out, struct arena *a, const struct merge_input *in,
	const struct merge_opts *o)
{
	struct merge_yaml_run r = { .arena = a, .opts = o, .file = in->name };
	bool wrong;

	if (take_apart(text, &wrong, &r, in)) {
		if (r.found.conflicts.len)
			keep_readable(text, a, in, o);
		merge_hint_moved(&r);
		hand_over(out, a, &r);
		return;
	}
	if (!wrong) {
		merge_checked_lines(text, a, out, in, o);
		return;
	}
	if (turned(text, a, in, o))
		return;
	/* Lines may merge cleanly into something else than both sides meant: that must not pass in silence. */
	if (merge_text(text, out, a, in, o))
		merge_refuse(text, out, a, in, MERGE_BROKEN, o);
	else
		keep_readable(text, a, in, o);
}
