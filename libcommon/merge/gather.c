/* SPDX-License-Identifier: Apache-2.0 */
/* The order of entries and the comments between them, for three versions of one YAML collection. */
#include "merge/pieces.h"

#include <stdlib.h>
#include <string.h>

/*
 * Entries that all three sides have in the same order are anchors. Between two anchors each side has a run of tokens:
 * comment lines, and entries of that side. The runs are merged by token; an entry itself is merged by merge_entry(),
 * wherever its three versions stand. An entry that one side moved keeps ours' place and takes no part in the runs of
 * the other sides.
 */
struct token {
	struct str line;             /* a comment or blank line as it stands */
	const struct merge_kid *kid; /* or an entry */
};

struct run {
	struct token *items;
	size_t len, cap;
};

struct gather {
	struct merge_yaml_run *r;
	const struct merge_frame *f;
	struct merge_pieces *out;
	struct merge_kids *base, *ours, *theirs;
	bool raised;
};

static struct merge_trio trio_of(struct gather *g, struct str id)
{
	return (struct merge_trio){ map_find(&g->base->by_id, id), map_find(&g->ours->by_id, id),
		map_find(&g->theirs->by_id, id) };
}

static void add_line(struct gather *g, struct str line, int delta)
{
	if (g->f->flow)
		return;
	struct merge_piece p = { MERGE_PIECE_LINE, merge_shift_line(g->r->arena, line, delta) };
	vec_push_in(g->r->arena, g->out, p);
}

/* Merges an entry and adds it, once; `lead` are comment lines that go with it when it is not gone. */
static void add_entry(struct gather *g, struct str id, const struct token *lead, size_t nlead, int delta)
{
	struct merge_trio k = trio_of(g, id);
	struct merge_kid *mine = map_find(k.ours     ? &g->ours->by_id
					  : k.theirs ? &g->theirs->by_id
						     : &g->base->by_id,
		id);
	struct str text = { 0 };

	if (mine->matched)
		return;
	mine->matched = true;
	enum merge_outcome o = merge_entry(&text, g->r, &k, g->f);
	if (o == MERGE_RAISE)
		g->raised = true;
	if (o == MERGE_GONE || o == MERGE_RAISE)
		return;
	for (size_t i = 0; i < nlead; i++)
		add_line(g, lead[i].line, delta);
	struct merge_piece p = { o == MERGE_BODY ? MERGE_PIECE_BODY : MERGE_PIECE_MARKED, text };
	vec_push_in(g->r->arena, g->out, p);
}

/* Marks the anchors: a longest run of common entries that stands in the same order on all sides. */
static struct merge_kid **find_anchors(struct gather *g, size_t *count)
{
	struct arena *a = g->r->arena;
	size_t n = g->ours->len;
	struct merge_kid **common = arena_array(a, n + 1, sizeof(struct merge_kid *));
	size_t *in_base = arena_array(a, n + 1, sizeof(size_t));
	size_t *in_theirs = arena_array(a, n + 1, sizeof(size_t));
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		struct merge_trio k = trio_of(g, g->ours->items[i].id);
		if (!k.base || !k.theirs)
			continue;
		common[len] = &g->ours->items[i];
		in_base[len] = (size_t)(k.base - g->base->items);
		in_theirs[len++] = (size_t)(k.theirs - g->theirs->items);
	}
	/* Longest chain that rises on both other sides. */
	size_t *best = arena_array(a, len + 1, sizeof(size_t));
	size_t *next = arena_array(a, len + 1, sizeof(size_t));
	size_t first = len;
	for (size_t i = len; i-- > 0;) {
		best[i] = 1;
		next[i] = len;
		for (size_t j = i + 1; j < len && j < i + 2000; j++) {
			if (in_base[j] > in_base[i] && in_theirs[j] > in_theirs[i] && best[j] + 1 > best[i]) {
				best[i] = best[j] + 1;
				next[i] = j;
			}
		}
		if (first == len || best[i] >= best[first])
			first = i;
	}
	*count = 0;
	struct merge_kid **chain = arena_array(a, len + 1, sizeof(struct merge_kid *));
	for (size_t i = first; i < len; i = next[i])
		chain[(*count)++] = common[i];
	return chain;
}

static void add_line_tokens(struct run *run, struct arena *a, struct str lines)
{
	for (size_t at = 0; at < lines.len;) {
		size_t end = merge_line_end(lines, at);
		vec_push_in(a, run, (struct token){ .line = str_slice(lines, at, end) });
		at = end;
	}
}

static void add_gap_tokens(struct run *run, struct arena *a, struct str text, const struct merge_kid *k)
{
	add_line_tokens(run, a, str_slice(text, k->gap, k->line));
}

/* Whether an entry is common to all but no anchor: it was moved by somebody. */
static bool is_moved(struct gather *g, const struct merge_kid *k, const struct map *anchors)
{
	struct merge_trio t = trio_of(g, k->id);

	return t.base && t.ours && t.theirs && !map_find(anchors, k->id);
}

/* The tokens of one side between the entries `from` and `to` (indexes; `to` is an anchor or the end). */
static struct run tokens_between(struct gather *g, const struct merge_kids *side, const struct merge_doc *d,
	size_t from, size_t to, const struct map *anchors)
{
	struct run run = { 0 };
	struct arena *a = g->r->arena;

	for (size_t i = from; i < to; i++) {
		const struct merge_kid *k = &side->items[i];
		bool moved = is_moved(g, k, anchors);
		if (moved && side != g->ours)
			continue;
		if (!moved)
			add_gap_tokens(&run, a, d->text, k);
		vec_push_in(a, &run, (struct token){ .kid = k });
	}
	if (to < side->len)
		add_gap_tokens(&run, a, d->text, &side->items[to]);
	else
		add_line_tokens(&run, a,
			side == g->base   ? g->f->base_tail
			: side == g->ours ? g->f->our_tail
					  : g->f->their_tail);
	return run;
}

/* The run as a text of one line per token, so that equal tokens are equal lines. */
static struct str run_text(struct arena *a, const struct run *run)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < run->len; i++) {
		const struct token *t = &run->items[i];
		if (t->kid) {
			buf_putc(&b, '\1');
			for (size_t k = 0; k < t->kid->id.len; k++)
				buf_putc(&b, t->kid->id.s[k] == '\n' ? '\2' : t->kid->id.s[k]);
		} else {
			buf_add(&b, str_trim(t->line));
		}
		buf_putc(&b, '\n');
	}
	struct str s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}

static bool holds_line(const struct token *items, size_t n, struct str line)
{
	struct str want = str_trim(line);

	for (size_t i = 0; i < n; i++)
		if (!items[i].kid && str_eq(str_trim(items[i].line), want))
			return true;
	return false;
}

struct part {
	const struct token *items;
	size_t len;
};

/* Adds the tokens of a side as they are; entries that stand elsewhere in ours are left for there. */
static void add_tokens(struct gather *g, struct part p, int delta, bool theirs)
{
	for (size_t i = 0; i < p.len; i++) {
		const struct merge_kid *k = p.items[i].kid;
		if (!k)
			add_line(g, p.items[i].line, delta);
		else if (!theirs || !map_find(&g->ours->by_id, k->id))
			add_entry(g, k->id, NULL, 0, 0);
	}
}

/* Entries of a part that have to be looked at although the part itself is dropped: perhaps they are in conflict. */
static void add_dropped(struct gather *g, struct part p, int delta)
{
	size_t lead = 0;

	for (size_t i = 0; i < p.len; i++) {
		if (!p.items[i].kid)
			continue;
		while (lead < i && p.items[lead].kid)
			lead++;
		add_entry(g, p.items[i].kid->id, p.items + lead, i - lead, delta);
		lead = i + 1;
	}
}

/* Whether an entry of theirs is in ours too. */
static bool is_shared(struct gather *g, const struct merge_kid *k)
{
	return map_find(&g->ours->by_id, k->id) != NULL;
}

/* Adds the new entries of theirs from token `from` up to the next one that ours has too, with the lines above them. */
static void add_new(struct gather *g, struct part b, struct part t, size_t from, int to_theirs)
{
	size_t end = from;
	size_t last = from; /* behind the last new entry: lines up to there lead to entries */

	for (; end < t.len && !(t.items[end].kid && is_shared(g, t.items[end].kid)); end++)
		if (t.items[end].kid)
			last = end + 1;
	struct run lead = { 0 };
	for (size_t i = from; i < last; i++) {
		struct str line = t.items[i].line;
		if (t.items[i].kid) {
			/* Comments above an entry that stays gone here stay out with it. */
			add_entry(g, t.items[i].kid->id, lead.items, lead.len, to_theirs);
			lead.len = 0;
		} else if (!holds_line(b.items, b.len, line) || !str_trim(line).len) {
			vec_push_in(g->r->arena, &lead, t.items[i]);
		}
	}
}

/* The token of an entry in a part, or its length. */
static size_t find_entry(struct part p, struct str id)
{
	size_t i = 0;

	while (i < p.len && !(p.items[i].kid && str_eq(p.items[i].kid->id, id)))
		i++;
	return i;
}

static bool holds_comment(struct part p)
{
	for (size_t i = 0; i < p.len; i++)
		if (!p.items[i].kid && str_trim(p.items[i].line).len)
			return true;
	return false;
}

/* Comment lines that upstream reworded: those that lead to no new entry and that nobody else has. */
static void add_reworded(struct gather *g, struct part b, struct part o, struct part t, int to_theirs)
{
	size_t from = t.len;

	while (from > 0 && !t.items[from - 1].kid)
		from--;
	for (size_t i = from; i < t.len; i++) {
		struct str line = t.items[i].line;
		if (str_trim(line).len && !holds_line(b.items, b.len, line) && !holds_line(o.items, o.len, line))
			add_line(g, line, to_theirs);
	}
}

/*
 * Both sides changed the same run. Comments never conflict: what upstream reworded is taken, what was written here
 * stays, what was taken out here stays out. New entries of theirs go behind the entry that they follow there.
 */
static void add_mixed(struct gather *g, struct part b, struct part o, struct part t, int to_ours, int to_theirs)
{
	bool has_comments = !holds_comment(b);
	bool shares = false;
	bool begun = false;

	for (size_t i = 0; i < o.len; i++) {
		has_comments |= !o.items[i].kid && str_trim(o.items[i].line).len;
		shares |= o.items[i].kid && find_entry(t, o.items[i].kid->id) < t.len;
	}
	if (has_comments)
		add_reworded(g, b, o, t, to_theirs);
	for (size_t i = 0; i < o.len; i++) {
		struct str line = o.items[i].line;
		if (o.items[i].kid) {
			size_t at = find_entry(t, o.items[i].kid->id);
			if (at < t.len && !begun)
				add_new(g, b, t, 0, to_theirs);
			begun |= at < t.len;
			add_entry(g, o.items[i].kid->id, NULL, 0, 0);
			if (at < t.len)
				add_new(g, b, t, at + 1, to_theirs);
			continue;
		}
		bool dropped_there =
			str_trim(line).len && holds_line(b.items, b.len, line) && !holds_line(t.items, t.len, line);
		if (!dropped_there)
			add_line(g, line, to_ours);
	}
	if (!shares)
		add_new(g, b, t, 0, to_theirs);
	/* Whatever is left: entries behind ones that stand elsewhere here. */
	for (size_t i = 0; i < t.len; i++)
		if (t.items[i].kid && !is_shared(g, t.items[i].kid))
			add_entry(g, t.items[i].kid->id, NULL, 0, 0);
	/* What is only in base was removed on both sides or is removed here: that may be a conflict. */
	add_dropped(g, b, to_ours);
}

static struct part next_part(const struct run *run, size_t *at, struct str lines)
{
	size_t n = str_count_char(lines, '\n');
	struct part p = { run->items ? run->items + *at : NULL, n };

	*at += n;
	return p;
}

static void merge_runs(struct gather *g, const struct run *b, const struct run *o, const struct run *t)
{
	struct arena *a = g->r->arena;
	struct merge_chunks chunks;
	size_t at[3] = { 0, 0, 0 };
	int to_ours = g->f->column - g->f->ours;
	int to_theirs = g->f->column - g->f->theirs;

	merge_chunks3(&chunks, a, run_text(a, b), run_text(a, o), run_text(a, t), MERGE_LINES);
	for (size_t i = 0; i < chunks.len; i++) {
		const struct merge_chunk *c = &chunks.items[i];
		struct part pb = next_part(b, &at[0], c->base);
		struct part po = next_part(o, &at[1], c->ours);
		struct part pt = next_part(t, &at[2], c->theirs);
		switch (c->side) {
		case MERGE_SIDE_NONE:
			add_tokens(g, po, to_ours, false);
			break;
		case MERGE_SIDE_OURS:
		case MERGE_SIDE_BOTH:
			add_tokens(g, po, to_ours, false);
			add_dropped(g, pb, to_ours);
			break;
		case MERGE_SIDE_THEIRS:
			add_tokens(g, pt, to_theirs, true);
			add_dropped(g, po, to_ours);
			break;
		case MERGE_SIDE_FINE:
		case MERGE_SIDE_CONFLICT:
			add_mixed(g, pb, po, pt, to_ours, to_theirs);
			break;
		}
	}
}

/* The gap of an anchor is part of the runs; that of a moved entry is merged here, where ours has it. */
static void add_moved_gaps(struct gather *g, struct run *run, const struct map *anchors)
{
	struct arena *a = g->r->arena;
	struct run out = { 0 };

	for (size_t i = 0; i < run->len; i++) {
		const struct merge_kid *k = run->items[i].kid;
		if (k && is_moved(g, k, anchors))
			add_gap_tokens(&out, a, g->r->ours.text, k);
		vec_push_in(a, &out, run->items[i]);
	}
	*run = out;
}

bool merge_gather(struct merge_pieces *out, struct merge_yaml_run *r, struct merge_kids *base, struct merge_kids *ours,
	struct merge_kids *theirs, const struct merge_frame *f)
{
	struct gather g = { .r = r, .f = f, .out = out, .base = base, .ours = ours, .theirs = theirs };
	struct map anchors = { 0 };
	size_t n;
	struct merge_kid **chain = find_anchors(&g, &n);
	size_t at[3] = { 0, 0, 0 };

	for (size_t i = 0; i < n; i++)
		map_set(&anchors, r->arena, chain[i]->id, chain[i]);
	for (size_t i = 0; i <= n; i++) {
		size_t to[3] = { base->len, ours->len, theirs->len };
		if (i < n) {
			struct merge_trio k = trio_of(&g, chain[i]->id);
			to[0] = (size_t)(k.base - base->items);
			to[1] = (size_t)(k.ours - ours->items);
			to[2] = (size_t)(k.theirs - theirs->items);
		}
		struct run b = tokens_between(&g, base, &r->base, at[0], to[0], &anchors);
		struct run o = tokens_between(&g, ours, &r->ours, at[1], to[1], &anchors);
		struct run t = tokens_between(&g, theirs, &r->theirs, at[2], to[2], &anchors);
		add_moved_gaps(&g, &o, &anchors);
		merge_runs(&g, &b, &o, &t);
		if (i < n)
			add_entry(&g, chain[i]->id, NULL, 0, 0);
		for (int s = 0; s < 3; s++)
			at[s] = to[s] + 1;
	}
	return !g.raised;
}

static void add_items(struct merge_pieces *out, struct merge_yaml_run *r, struct part p, const struct merge_doc *d,
	int from, int column)
{
	for (size_t i = 0; i < p.len; i++) {
		const struct merge_kid *k = p.items[i].kid;
		struct merge_piece piece = { MERGE_PIECE_LINE, { 0 } };
		if (k) {
			piece.kind = MERGE_PIECE_BODY;
			piece.text = merge_entry_text(r, d, k, from, column);
		} else {
			piece.text = merge_shift_line(r->arena, p.items[i].line, column - from);
		}
		vec_push_in(r->arena, out, piece);
	}
}

static struct run all_tokens(struct merge_yaml_run *r, const struct merge_kids *side, const struct merge_doc *d)
{
	struct run run = { 0 };

	for (size_t i = 0; i < side->len; i++) {
		add_gap_tokens(&run, r->arena, d->text, &side->items[i]);
		vec_push_in(r->arena, &run, (struct token){ .kid = &side->items[i] });
	}
	return run;
}

static bool has_item(struct part p)
{
	for (size_t i = 0; i < p.len; i++)
		if (p.items[i].kid)
			return true;
	return false;
}

/* The name that a setting in a list has ("--level" of "--level=debug"); empty for other scalars. */
static struct str setting_of(struct str item)
{
	ptrdiff_t at = str_find_char(item, '=');

	return at < 0 ? (struct str){ 0 } : str_slice(item, 0, (size_t)at);
}

/* Whether an item of `p` says something else about what `k` sets; `*same` says that it says the same. */
static bool sets_otherwise(bool *same, struct part p, const struct merge_kid *k)
{
	struct str name = setting_of(k->value->scalar);

	*same = false;
	for (size_t i = 0; i < p.len; i++) {
		const struct merge_kid *other = p.items[i].kid;
		if (!other)
			continue;
		*same |= str_eq(other->id, k->id);
		if (!str_eq(other->id, k->id) && name.len && str_eq(setting_of(other->value->scalar), name))
			return true;
	}
	return false;
}

/* Items that stand by themselves: scalars, none of them an option whose value is the next item. */
static bool stands_alone(struct part p)
{
	for (size_t i = 0; i < p.len; i++) {
		const struct merge_kid *k = p.items[i].kid;
		if (k && (k->value->kind != YML_SCALAR ||
				 (str_starts(k->value->scalar, STR("-")) && !setting_of(k->value->scalar).len)))
			return false;
	}
	return true;
}

/* Both sides put items in at one place: upstream's first, then those of ours that upstream has not. */
static bool unite_items(
	struct merge_pieces *out, struct merge_yaml_run *r, struct part o, struct part t, const struct merge_frame *f)
{
	struct run rest = { 0 };

	if (!merge_rule_on(r->opts, MERGE_RULE_LIST) || !stands_alone(o) || !stands_alone(t))
		return false;
	for (size_t i = 0; i < o.len; i++) {
		bool same;
		if (!o.items[i].kid)
			continue;
		if (sets_otherwise(&same, t, o.items[i].kid))
			return false;
		if (!same)
			vec_push_in(r->arena, &rest, o.items[i]);
	}
	add_items(out, r, t, &r->theirs, f->theirs, f->column);
	add_items(out, r, (struct part){ rest.items, rest.len }, &r->ours, f->ours, f->column);
	merge_note_add(&r->found, r->arena, r->file, f->path, MERGE_RULE_LIST,
		"both added items at one place: upstream's come first");
	return true;
}

bool merge_gather_items(struct merge_pieces *out, struct merge_yaml_run *r, struct merge_kids *base,
	struct merge_kids *ours, struct merge_kids *theirs, const struct merge_frame *f)
{
	struct run b = all_tokens(r, base, &r->base);
	struct run o = all_tokens(r, ours, &r->ours);
	struct run t = all_tokens(r, theirs, &r->theirs);
	struct merge_chunks chunks;
	size_t at[3] = { 0, 0, 0 };

	merge_chunks3(
		&chunks, r->arena, run_text(r->arena, &b), run_text(r->arena, &o), run_text(r->arena, &t), MERGE_LINES);
	for (size_t i = 0; i < chunks.len; i++) {
		const struct merge_chunk *c = &chunks.items[i];
		struct part pb = next_part(&b, &at[0], c->base);
		struct part po = next_part(&o, &at[1], c->ours);
		struct part pt = next_part(&t, &at[2], c->theirs);
		bool both = c->side == MERGE_SIDE_CONFLICT && has_item(po) && has_item(pt);
		if (c->side == MERGE_SIDE_CONFLICT && has_item(pb))
			return false;
		if (both && !unite_items(out, r, po, pt, f))
			return false;
		if (both)
			continue;
		if (c->side == MERGE_SIDE_THEIRS || (c->side == MERGE_SIDE_CONFLICT && has_item(pt)))
			add_items(out, r, pt, &r->theirs, f->theirs, f->column);
		else
			add_items(out, r, po, &r->ours, f->ours, f->column);
	}
	return true;
}
