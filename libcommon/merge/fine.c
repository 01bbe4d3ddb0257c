/* SPDX-License-Identifier: Apache-2.0 */
/* What can still be merged where lines conflict: lines paired by likeness, then words. */
#include "merge/words.h"

#include <string.h>

/* Pairs of lines looked at in one conflict; more than that is left to people. */
#define PAIRS_MAX 40000
/* Lines less alike than this are not versions of each other. */
#define LIKE_MIN 45
/* A new line this much alike to an edited one may be another copy of it. */
#define TWIN_MIN 70

/* What became of the lines of base on one side. */
struct fate {
	size_t *match; /* by line of base: its line on the side, SIZE_MAX when it is gone */
	size_t *gap;   /* by position 0..n in base: first line of the side that was put in there */
	size_t *gap_len;
};

#define GONE SIZE_MAX

static int pair_score(struct str x, struct str y)
{
	bool blank = !merge_take_apart(x).text.len;

	if (blank != !merge_take_apart(y).text.len)
		return 0;
	if (blank)
		return 5;
	int like = merge_line_likeness(x, y);
	if (str_eq(x, y))
		return 150;
	return like >= LIKE_MIN ? like : 0;
}

/*
 * Where as many lines went as came between two pairs, they took each other's place: they are pairs too, however unlike.
 */
static void pair_replaced(struct fate *f, size_t n)
{
	for (size_t i = 0; i < n;) {
		if (f->match[i] != GONE) {
			i++;
			continue;
		}
		size_t end = i;
		size_t came = f->gap_len[i];
		while (end < n && f->match[end] == GONE)
			came += f->gap_len[++end];
		if (came == end - i) {
			size_t line = f->gap[i];
			for (size_t k = i; k < end; k++) {
				f->match[k] = line++;
				f->gap_len[k] = 0;
			}
			f->gap_len[end] = 0;
		}
		i = end;
	}
}

/* Pairs the lines of base with those of the side so that the likeness of all pairs is largest. */
static void pair_lines(struct fate *f, struct arena *a, const struct merge_lines *base, const struct merge_lines *side)
{
	size_t n = base->len;
	size_t m = side->len;
	int *best = arena_array(a, (n + 1) * (m + 1), sizeof(*best));
	int *score = arena_array(a, n * m + 1, sizeof(*score));

	for (size_t i = n; i-- > 0;) {
		for (size_t j = m; j-- > 0;) {
			int pair = score[i * m + j] = pair_score(base->items[i], side->items[j]);
			int with = pair ? pair + best[(i + 1) * (m + 1) + j + 1] : 0;
			int down = best[(i + 1) * (m + 1) + j];
			int right = best[i * (m + 1) + j + 1];
			int most = down > right ? down : right;
			best[i * (m + 1) + j] = with > most ? with : most;
		}
	}
	f->match = arena_array(a, n + 1, sizeof(size_t));
	f->gap = arena_array(a, n + 1, sizeof(size_t));
	f->gap_len = arena_array(a, n + 1, sizeof(size_t));
	size_t j = 0;
	f->gap[0] = 0;
	for (size_t i = 0; i < n;) {
		int here = best[i * (m + 1) + j];
		int pair = j < m ? score[i * m + j] : 0;
		if (pair && here == pair + best[(i + 1) * (m + 1) + j + 1]) {
			f->match[i++] = j++;
			f->gap[i] = j;
		} else if (here == best[(i + 1) * (m + 1) + j]) {
			f->match[i++] = GONE;
			f->gap[i] = j;
		} else {
			f->gap_len[i]++;
			j++;
		}
	}
	f->gap_len[n] += m - j;
	pair_replaced(f, n);
}

/* Merges one line that all three have. */
static bool merge_line(struct buf *out, struct arena *a, struct str base, struct str ours, struct str theirs)
{
	struct str whole;

	if (out->len && out->data[out->len - 1] != '\n')
		buf_putc(out, '\n');
	if (merge_choose(&whole, base, ours, theirs)) {
		buf_add(out, whole);
		return true;
	}
	struct merge_line_parts b = merge_take_apart(base);
	struct merge_line_parts o = merge_take_apart(ours);
	struct merge_line_parts t = merge_take_apart(theirs);
	struct str indent;
	struct str tail;
	if (!merge_choose(&indent, b.indent, o.indent, t.indent))
		return false;
	if (!merge_choose(&tail, b.tail, o.tail, t.tail))
		tail = o.tail;
	buf_add(out, indent);
	if (merge_choose(&whole, b.text, o.text, t.text))
		buf_add(out, whole);
	else if (merge_is_action(b.text) && merge_is_action(o.text) && merge_is_action(t.text))
		return merge_action(out, a, b.text, o.text, t.text) && (buf_add(out, tail), true);
	else if (merge_line_likeness(b.text, o.text) < LIKE_MIN || merge_line_likeness(b.text, t.text) < LIKE_MIN ||
		 !merge_words(out, a, b.text, o.text, t.text))
		return false;
	buf_add(out, tail);
	return true;
}

static bool same_lines(
	const struct merge_lines *x, size_t xn, size_t xlen, const struct merge_lines *y, size_t yn, size_t ylen)
{
	if (xlen != ylen)
		return false;
	for (size_t i = 0; i < xlen; i++)
		if (!str_eq(x->items[xn + i], y->items[yn + i]))
			return false;
	return true;
}

/* Whether a side dropped the line of base before or behind position `i`: nothing may be put in there unseen. */
static bool lost_beside(const struct fate *f, size_t i, size_t n)
{
	return (i > 0 && f->match[i - 1] == GONE) || (i < n && f->match[i] == GONE);
}

static void add_lines(struct buf *out, const struct merge_lines *l)
{
	for (size_t i = 0; i < l->len; i++)
		merge_add_line(out, l->items[i]);
}

/* The lines of base that a side dropped, which end at position `i`, and what it put in their place. */
static void run_before(struct merge_lines *gone, struct merge_lines *put, const struct merge_lines *base,
	const struct fate *f, const struct merge_lines *side, size_t i)
{
	size_t from = i;
	size_t len = f->gap_len[i];

	while (from > 0 && f->match[from - 1] == GONE)
		len += f->gap_len[--from];
	*gone = (struct merge_lines){ base->items + from, i - from, i - from };
	*put = (struct merge_lines){ side->items + f->gap[from], len, len };
}

/* The same for those that begin there. */
static void run_behind(struct merge_lines *gone, struct merge_lines *put, const struct merge_lines *base,
	const struct fate *f, const struct merge_lines *side, size_t i)
{
	size_t to = i;
	size_t len = f->gap_len[i];

	while (to < base->len && f->match[to] == GONE)
		len += f->gap_len[++to];
	*gone = (struct merge_lines){ base->items + i, to - i, to - i };
	*put = (struct merge_lines){ side->items + f->gap[i], len, len };
}

/*
 * Whether lines that one side put in beside lines that the other side dropped or replaced still stand where they belong: they
 * are neither a part of what is gone nor about the same as what came for it.
 */
static bool stands_beside(struct arena *a, const struct merge_lines *in, const struct merge_lines *base,
	const struct fate *f, const struct merge_lines *side, size_t i)
{
	struct merge_lines gone;
	struct merge_lines put;
	bool before = i > 0 && f->match[i - 1] == GONE;
	bool behind = i < base->len && f->match[i] == GONE;

	if (before && behind)
		return false;
	if (before) {
		run_before(&gone, &put, base, f, side, i);
		return merge_may_follow(&gone, in) &&
		       (!put.len || (merge_may_follow(&put, in) && !merge_related(a, &put, in)));
	}
	run_behind(&gone, &put, base, f, side, i);
	return !put.len || (merge_may_follow(in, &put) && !merge_related(a, in, &put));
}

/* The blanks before what became of a line of base on one side. */
static struct str indent_of(const struct fate *f, const struct merge_lines *side, size_t i)
{
	return f->match[i] == GONE ? (struct str){ 0 } : merge_take_apart(side->items[f->match[i]]).indent;
}

/* Whether a side moved line `k` of base to another column, and the one that puts lines in beside it did not. */
static bool indents(const struct merge_lines *base, const struct fate *f, const struct merge_lines *side,
	const struct fate *fin, const struct merge_lines *in, size_t k)
{
	struct str moved = indent_of(f, side, k);

	return f->match[k] != GONE && !str_eq(moved, merge_take_apart(base->items[k]).indent) &&
	       !str_eq(moved, indent_of(fin, in, k));
}

/*
 * Whether the text next to position `i` of base was moved to another column by a side: what the other one puts in there would
 * not follow. Lines that render nothing stand in any column.
 */
static bool indents_beside(const struct merge_lines *base, const struct fate *f, const struct merge_lines *side,
	const struct fate *fin, const struct merge_lines *in, size_t i)
{
	size_t up = i;
	size_t down = i;

	while (up > 0 && merge_only_steers(base->items[up - 1]))
		up--;
	while (down < base->len && merge_only_steers(base->items[down]))
		down++;
	return (up > 0 && indents(base, f, side, fin, in, up - 1)) ||
	       (down < base->len && indents(base, f, side, fin, in, down));
}

/* What was put in at position `i` of base. */
static bool merge_gap(struct buf *out, struct arena *a, size_t i, const struct merge_lines *base, const struct fate *fo,
	const struct merge_lines *ours, const struct fate *ft, const struct merge_lines *theirs, enum merge_depth depth)
{
	struct merge_lines o = { ours->items + fo->gap[i], fo->gap_len[i], fo->gap_len[i] };
	struct merge_lines t = { theirs->items + ft->gap[i], ft->gap_len[i], ft->gap_len[i] };
	bool lost_here = lost_beside(fo, i, base->len);
	bool lost_there = lost_beside(ft, i, base->len);

	if (depth != MERGE_PROSE && ((o.len && indents_beside(base, ft, theirs, fo, ours, i)) ||
					    (t.len && indents_beside(base, fo, ours, ft, theirs, i))))
		return false;
	if (o.len && t.len && same_lines(ours, fo->gap[i], o.len, theirs, ft->gap[i], t.len))
		t.len = 0;
	else if (o.len && t.len && !lost_here && !lost_there)
		return merge_inserts(out, a, &o, &t, depth);
	else if (o.len && t.len && (depth == MERGE_PROSE || lost_here == lost_there))
		return false;
	else if ((o.len && lost_there) || (t.len && lost_here)) {
		bool by_ours = o.len && lost_there;
		if (depth == MERGE_PROSE || !(by_ours ? stands_beside(a, &o, base, ft, theirs, i)
						      : stands_beside(a, &t, base, fo, ours, i)))
			return false;
		/* What replaced dropped lines stands in their place, on the same side of what was put in. */
		const struct fate *f = by_ours ? ft : fo;
		bool dropped_before = i > 0 && f->match[i - 1] == GONE;
		if (by_ours == dropped_before) {
			add_lines(out, &t);
			t.len = 0;
		}
	}
	add_lines(out, &o);
	add_lines(out, &t);
	return true;
}

/* One side of a walk along base. */
struct walker {
	const struct fate *fate;
	const struct merge_lines *lines;
	int wrapped;   /* blocks that it has put around what follows */
	int unwrapped; /* blocks that it has taken away around what follows */
	bool steered;  /* it has changed conditions, or where blocks end, in another way */
	bool edited;   /* it has changed text */
};

/* Whether text here is under other conditions than it was, so that only a person can tell where an edit of it belongs. */
static bool is_steered(const struct walker *w)
{
	return w->steered || w->wrapped || w->unwrapped;
}

/* Goes over what a side put in at position `i`; whether that is text under a condition the other side changed. */
static bool walk_gap(struct walker *w, const struct walker *other, size_t i)
{
	int depth = 0;
	int lowest = 0;

	for (size_t k = 0; k < w->fate->gap_len[i]; k++) {
		struct str line = w->lines->items[w->fate->gap[i] + k];
		struct merge_nesting n = merge_nesting_of(line);
		if (is_steered(other) && !merge_only_steers(line))
			return true;
		w->edited |= !merge_only_steers(line);
		if (depth + n.lowest < lowest)
			lowest = depth + n.lowest;
		depth += n.change;
	}
	if ((lowest < 0 || depth) && other->fate->gap_len[i])
		return true;
	/* A block ends that was there before; its own, which it put around what it left alone, may end. */
	bool ends_other = w->wrapped + lowest < 0;
	w->steered |= ends_other;
	w->wrapped = w->wrapped + depth > 0 ? w->wrapped + depth : 0;
	return ends_other && other->edited;
}

/* A line that began or ended blocks is gone. */
static bool walk_gone(struct walker *w, const struct walker *other, struct merge_nesting n)
{
	/* Behind an end that is gone everything stands where it stood. */
	bool only_ends = n.change < 0 && n.lowest == n.change;

	if (n.change > 0)
		w->unwrapped += n.change;
	else if (only_ends)
		w->unwrapped = w->unwrapped + n.change > 0 ? w->unwrapped + n.change : 0;
	else
		w->steered = true;
	return n.lowest < 0 && other->edited;
}

/* The same for what became of line `i`. */
static bool walk_line(struct walker *w, const struct walker *other, struct str line, size_t i)
{
	size_t at = w->fate->match[i];
	struct merge_nesting n = merge_nesting_of(line);

	if (at != GONE && str_eq(merge_take_apart(line).text, merge_take_apart(w->lines->items[at]).text))
		return false;
	if (!merge_only_steers(line) && (other->steered || other->unwrapped || (other->wrapped && at == GONE)))
		return true;
	w->edited |= !merge_only_steers(line);
	if ((!n.change && !n.lowest) || (at != GONE && merge_same_blocks(line, w->lines->items[at])))
		return false;
	if (at == GONE)
		return walk_gone(w, other, n);
	w->steered = true;
	return n.lowest < 0 && other->edited;
}

/* Whether a side changed text in a block whose condition, beginning or end the other side changed nearby. */
static bool under_changed_conditions(const struct merge_lines *base, const struct fate *fo,
	const struct merge_lines *ours, const struct fate *ft, const struct merge_lines *theirs)
{
	struct walker o = { .fate = fo, .lines = ours };
	struct walker t = { .fate = ft, .lines = theirs };

	for (size_t i = 0; i <= base->len; i++) {
		struct walker before = t;
		if (walk_gap(&t, &o, i) || walk_gap(&o, &before, i))
			return true;
		before = t;
		if (i < base->len &&
			(walk_line(&t, &o, base->items[i], i) || walk_line(&o, &before, base->items[i], i)))
			return true;
	}
	return false;
}

/*
 * Whether one side edited a line that the other side made more than one of: the edit would have to go into each, and
 * only a person can tell.
 */
static bool multiplied(const struct merge_lines *base, const struct fate *edit, const struct merge_lines *edited,
	const struct fate *other, const struct merge_lines *others)
{
	for (size_t i = 0; i < base->len; i++) {
		struct str line = base->items[i];
		if (edit->match[i] == GONE ||
			str_eq(merge_take_apart(line).text, merge_take_apart(edited->items[edit->match[i]]).text))
			continue;
		for (size_t g = 0; g <= base->len; g++)
			for (size_t k = 0; k < other->gap_len[g]; k++)
				if (merge_take_apart(line).text.len &&
					merge_line_likeness(line, others->items[other->gap[g] + k]) >= TWIN_MIN)
					return true;
	}
	return false;
}

static bool merge_pairs(struct buf *out, struct arena *a, const struct merge_lines *base,
	const struct merge_lines *ours, const struct merge_lines *theirs, enum merge_depth depth)
{
	struct fate fo;
	struct fate ft;

	pair_lines(&fo, a, base, ours);
	pair_lines(&ft, a, base, theirs);
	/* An edit under conditions that the other side changed is for a person to judge. */
	if (under_changed_conditions(base, &fo, ours, &ft, theirs))
		return false;
	if (multiplied(base, &fo, ours, &ft, theirs) || multiplied(base, &ft, theirs, &fo, ours))
		return false;
	for (size_t i = 0; i <= base->len; i++) {
		if (!merge_gap(out, a, i, base, &fo, ours, &ft, theirs, depth))
			return false;
		if (i == base->len)
			break;
		struct str b = base->items[i];
		bool ours_gone = fo.match[i] == GONE;
		bool theirs_gone = ft.match[i] == GONE;
		if (ours_gone || theirs_gone) {
			struct str left =
				ours_gone ? (theirs_gone ? b : theirs->items[ft.match[i]]) : ours->items[fo.match[i]];
			if (!str_eq(left, b))
				return false;
		} else if (!merge_line(out, a, b, ours->items[fo.match[i]], theirs->items[ft.match[i]])) {
			return false;
		}
	}
	return true;
}

static struct str join_lines(struct arena *a, const struct merge_lines *l)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < l->len; i++)
		buf_add(&b, l->items[i]);
	struct str s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}

bool merge_fine(struct str *out, bool *fuller, struct arena *a, const struct merge_lines *base,
	const struct merge_lines *ours, const struct merge_lines *theirs, enum merge_depth depth)
{
	struct buf merged = BUF_INIT;

	*fuller = false;
	if (base->len * ours->len > PAIRS_MAX || base->len * theirs->len > PAIRS_MAX)
		return false;
	const struct merge_lines *one = depth == MERGE_PROSE ? NULL : merge_fuller(a, base, ours, theirs);
	bool together = !one && merge_pairs(&merged, a, base, ours, theirs, depth);
	if (together)
		*out = arena_str(a, buf_str(&merged));
	buf_release(&merged);
	if (!one && !together && depth != MERGE_PROSE)
		one = merge_by_looks(a, base, ours, theirs);
	if (one)
		*out = join_lines(a, one);
	*fuller = one;
	return together || one;
}
