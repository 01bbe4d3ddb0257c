/* SPDX-License-Identifier: Apache-2.0 */
/* Three-way merge by lines: diff3 over two line diffs. */
#include "merge/docs.h"

#include <string.h>

/* Walks the hunks between base and one side. */
struct cursor {
	const struct merge_hunks *hunks;
	size_t next;     /* hunk not used yet */
	ptrdiff_t shift; /* line of the side - line of base, behind the hunks used */
};

static const struct merge_hunk *peek(const struct cursor *c)
{
	return c->next < c->hunks->len ? &c->hunks->items[c->next] : NULL;
}

static void take(struct cursor *c)
{
	const struct merge_hunk *h = &c->hunks->items[c->next++];

	c->shift += (ptrdiff_t)h->new_len - (ptrdiff_t)h->old_len;
}

/* The text of lines [from, to), which are neighbours in one text. */
static struct str stretch(const struct merge_lines *l, size_t from, size_t to)
{
	if (from >= to)
		return (struct str){ from < l->len ? l->items[from].s : "", 0 };
	const char *begin = l->items[from].s;
	struct str last = l->items[to - 1];
	return (struct str){ begin, (size_t)(last.s + last.len - begin) };
}

static struct merge_lines part(const struct merge_lines *l, size_t from, size_t to)
{
	return (struct merge_lines){ l->items + from, to - from, to - from };
}

struct merge3 {
	struct merge_chunks *out;
	struct arena *arena;
	struct merge_lines base, ours, theirs;
	enum merge_depth depth;
};

/* Lines [x0, x1) of base, of ours and of theirs. */
struct range3 {
	size_t b0, b1, o0, o1, t0, t1;
};

static void add_changed(struct merge3 *m, const struct range3 *r, bool by_ours, bool by_theirs)
{
	struct merge_chunk c = { .base = stretch(&m->base, r->b0, r->b1),
		.ours = stretch(&m->ours, r->o0, r->o1),
		.theirs = stretch(&m->theirs, r->t0, r->t1) };

	if (by_ours != by_theirs) {
		c.side = by_ours ? MERGE_SIDE_OURS : MERGE_SIDE_THEIRS;
		c.merged = by_ours ? c.ours : c.theirs;
	} else if (str_eq(c.ours, c.theirs)) {
		c.side = MERGE_SIDE_BOTH;
		c.merged = c.ours;
	} else {
		struct merge_lines b = part(&m->base, r->b0, r->b1);
		struct merge_lines o = part(&m->ours, r->o0, r->o1);
		struct merge_lines t = part(&m->theirs, r->t0, r->t1);
		bool fuller = false;
		bool came_together =
			m->depth != MERGE_LINES && merge_fine(&c.merged, &fuller, m->arena, &b, &o, &t, m->depth);
		c.side = came_together ? MERGE_SIDE_FINE : MERGE_SIDE_CONFLICT;
		if (came_together)
			m->out->fine = true;
		else
			m->out->clean = false;
		m->out->fuller |= fuller;
	}
	vec_push_in(m->arena, m->out, c);
}

static void add_same(struct merge3 *m, size_t b0, size_t b1, ptrdiff_t to_ours)
{
	if (b0 == b1)
		return;
	struct merge_chunk c = { .side = MERGE_SIDE_NONE, .base = stretch(&m->base, b0, b1) };
	c.ours = c.theirs = c.base;
	c.merged = stretch(&m->ours, (size_t)((ptrdiff_t)b0 + to_ours), (size_t)((ptrdiff_t)b1 + to_ours));
	vec_push_in(m->arena, m->out, c);
}

/* Whether a hunk begins at or before `end`: touching hunks are one group, as in git. */
static bool reaches(const struct merge_hunk *h, size_t end)
{
	return h && h->old_from <= end;
}

/* Gathers the hunks of both sides that touch each other into one group and adds it; returns its end in base. */
static size_t add_group(struct merge3 *m, struct cursor *o, struct cursor *t)
{
	const struct merge_hunk *ho = peek(o);
	const struct merge_hunk *ht = peek(t);
	size_t from = !ht || (ho && ho->old_from <= ht->old_from) ? ho->old_from : ht->old_from;
	size_t end = from;
	struct range3 r = {
		.b0 = from, .o0 = (size_t)((ptrdiff_t)from + o->shift), .t0 = (size_t)((ptrdiff_t)from + t->shift)
	};
	bool by_ours = false;
	bool by_theirs = false;

	for (;;) {
		ho = peek(o);
		ht = peek(t);
		if (reaches(ho, end)) {
			if (ho->old_from + ho->old_len > end)
				end = ho->old_from + ho->old_len;
			take(o);
			by_ours = true;
		} else if (reaches(ht, end)) {
			if (ht->old_from + ht->old_len > end)
				end = ht->old_from + ht->old_len;
			take(t);
			by_theirs = true;
		} else {
			break;
		}
	}
	r.b1 = end;
	r.o1 = (size_t)((ptrdiff_t)end + o->shift);
	r.t1 = (size_t)((ptrdiff_t)end + t->shift);
	add_changed(m, &r, by_ours, by_theirs);
	return end;
}

void merge_chunks3(struct merge_chunks *out, struct arena *a, struct str base, struct str ours, struct str theirs,
	enum merge_depth depth)
{
	struct merge3 m = { .out = out, .arena = a, .depth = depth };
	struct merge_hunks to_ours;
	struct merge_hunks to_theirs;

	*out = (struct merge_chunks){ .clean = true };
	merge_split_lines(&m.base, a, base);
	merge_split_lines(&m.ours, a, ours);
	merge_split_lines(&m.theirs, a, theirs);
	merge_diff_lines(&to_ours, a, &m.base, &m.ours);
	merge_diff_lines(&to_theirs, a, &m.base, &m.theirs);
	merge_slide(&to_ours, &m.base, &m.ours);
	merge_slide(&to_theirs, &m.base, &m.theirs);
	struct cursor o = { .hunks = &to_ours };
	struct cursor t = { .hunks = &to_theirs };
	size_t at = 0;
	while (peek(&o) || peek(&t)) {
		const struct merge_hunk *ho = peek(&o);
		const struct merge_hunk *ht = peek(&t);
		size_t next = !ht || (ho && ho->old_from <= ht->old_from) ? ho->old_from : ht->old_from;
		add_same(&m, at, next, o.shift);
		at = add_group(&m, &o, &t);
	}
	add_same(&m, at, m.base.len, o.shift);
}

void merge_add_line(struct buf *out, struct str line)
{
	if (line.len && out->len && out->data[out->len - 1] != '\n')
		buf_putc(out, '\n');
	buf_add(out, line);
}

/* Adds `text` so that it ends its line. */
static void add_lines(struct buf *out, struct str text)
{
	buf_add(out, text);
	if (text.len && text.s[text.len - 1] != '\n')
		buf_putc(out, '\n');
}

void merge_add_conflict(
	struct buf *out, struct str base, struct str ours, struct str theirs, const struct merge_opts *o)
{
	enum merge_favor favor = o ? o->favor : MERGE_FAVOR_NONE;

	if (favor != MERGE_FAVOR_NONE) {
		buf_add(out, favor == MERGE_FAVOR_OURS ? ours : theirs);
		return;
	}
	buf_printf(out, "<<<<<<< %s\n", o && o->ours_name ? o->ours_name : "ours");
	add_lines(out, ours);
	buf_puts(out, "||||||| base\n");
	add_lines(out, base);
	buf_puts(out, "=======\n");
	add_lines(out, theirs);
	buf_printf(out, ">>>>>>> %s\n", o && o->theirs_name ? o->theirs_name : "upstream");
}

void merge_refuse(struct str *text, struct merge_result *out, struct arena *a, const struct merge_input *in,
	enum merge_kind kind, const struct merge_opts *o)
{
	merge_conflict_add(out, a, in->name, (struct str){ 0 }, 0, kind);
	if (o && o->favor != MERGE_FAVOR_NONE)
		*text = o->favor == MERGE_FAVOR_OURS ? in->ours : in->theirs;
}

/* Lists one conflict per chunk, with the line its marker is on. */
static void format_chunks(struct buf *out, const struct merge_chunks *chunks, struct merge_result *r, struct arena *a,
	const struct merge_input *in, const struct merge_opts *o)
{
	int line = 1;
	size_t counted = 0;

	for (size_t i = 0; i < chunks->len; i++) {
		const struct merge_chunk *c = &chunks->items[i];
		if (c->side != MERGE_SIDE_CONFLICT) {
			merge_add_line(out, c->merged);
			continue;
		}
		if (out->len && out->data[out->len - 1] != '\n')
			buf_putc(out, '\n');
		line += (int)str_count_char(str_skip(buf_str(out), counted), '\n');
		counted = out->len;
		merge_conflict_add(r, a, in->name, (struct str){ 0 }, line, MERGE_TEXT);
		merge_add_conflict(out, c->base, c->ours, c->theirs, o);
	}
}

static bool well_formed(const struct merge_opts *o, struct str name, struct str text)
{
	if (!o || !o->check)
		return true;
	struct err *e = o->check(o->check_ctx, name, text);
	bool fine = !e;
	err_free(e);
	return fine;
}

/* Files whose lines mean the same in any order, or that only people read. */
static bool is_prose(struct str name)
{
	struct str last = str_base_name(name);

	return str_ends(last, STR(".md")) || str_is(last, "OWNERS") || str_is(last, "LICENSE") ||
	       str_ends(last, STR("ignore"));
}

/* A conflict that a rule knows about: the namespace of an object, rows of a table, badges. */
static bool settle_chunk(struct merge_chunk *c, struct merge_result *out, struct arena *a, const struct merge_input *in,
	const struct merge_opts *o)
{
	struct str none = { 0 };

	if (merge_rule_on(o, MERGE_RULE_PLACE) && merge_places(&c->merged, a, c->base, c->ours, c->theirs)) {
		merge_note_add(out, a, in->name, none, MERGE_RULE_PLACE,
			"a namespace that was set here stays, where upstream has another now");
		return true;
	}
	if (!merge_rule_on(o, MERGE_RULE_DOCS) || !merge_is_document(in->name) ||
		(!merge_rows(&c->merged, a, c, in->facts) && !merge_badges(&c->merged, a, c, in->facts)))
		return false;
	merge_note_add(out, a, in->name, none, MERGE_RULE_DOCS, "rows or badges were merged one by one");
	return true;
}

static void settle_chunks(struct merge_chunks *chunks, struct merge_result *out, struct arena *a,
	const struct merge_input *in, const struct merge_opts *o)
{
	bool clean = true;

	for (size_t i = 0; i < chunks->len; i++) {
		struct merge_chunk *c = &chunks->items[i];
		if (c->side != MERGE_SIDE_CONFLICT)
			continue;
		if (settle_chunk(c, out, a, in, o))
			c->side = MERGE_SIDE_FINE;
		else
			clean = false;
	}
	chunks->clean = clean;
}

/* What is wrong with a clean result, if anything. A broken one says nothing when a side was broken already. */
static bool is_wrong(enum merge_kind *kind, struct arena *a, const struct merge_input *in, const struct merge_opts *o,
	struct str merged)
{
	*kind = MERGE_BROKEN;
	if (!well_formed(o, in->name, merged))
		return well_formed(o, in->name, in->ours) && well_formed(o, in->name, in->theirs);
	*kind = MERGE_BOTH_ADDED;
	return !is_prose(in->name) && merge_is_doubled(a, in, merged);
}

bool merge_text(struct str *text, struct merge_result *out, struct arena *a, const struct merge_input *in,
	const struct merge_opts *o)
{
	struct merge_chunks chunks;
	struct buf merged = BUF_INIT;
	enum merge_depth fine = is_prose(in->name) ? MERGE_PROSE : MERGE_FINE;
	enum merge_depth depth = merge_rule_on(o, MERGE_RULE_FINE) ? fine : MERGE_LINES;

	merge_chunks3(&chunks, a, in->base, in->ours, in->theirs, depth);
	settle_chunks(&chunks, out, a, in, o);
	format_chunks(&merged, &chunks, out, a, in, o);
	bool clean = chunks.clean;
	enum merge_kind kind;
	bool refused = false;
	if (clean && is_wrong(&kind, a, in, o, buf_str(&merged))) {
		clean = false;
		if (chunks.fine) {
			buf_clear(&merged);
			merge_chunks3(&chunks, a, in->base, in->ours, in->theirs, MERGE_LINES);
			format_chunks(&merged, &chunks, out, a, in, o);
		} else {
			refused = true;
		}
	} else if (clean && chunks.fine) {
		merge_note_add(out, a, in->name, (struct str){ 0 }, MERGE_RULE_FINE,
			chunks.fuller ? "where one side made the other's change and more, its change was taken"
				      : "changes on neighbouring lines, or to different words of a line, were merged");
	}
	*text = arena_str(a, buf_str(&merged));
	buf_release(&merged);
	if (refused)
		merge_refuse(text, out, a, in, kind, o);
	return clean;
}
