/* SPDX-License-Identifier: Apache-2.0 */
/* What can still be merged where lines conflict: lines paired by likeness, then words. */
#include "merge/internal.h"

#include <string.h>

/* Pairs of lines looked at in one conflict; more than that is left to people. */
#define PAIRS_MAX 40000
/* Words looked at in one line. */
#define WORDS_MAX 400
/* Lines less alike than this are not versions of each other. */
#define LIKE_MIN 45
/* A new line this much alike to an edited one may be another copy of it. */
#define TWIN_MIN 70

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
	       c == '.' || (unsigned char)c >= 0x80;
}

/* The length of the template action that `s` begins with, 0 when it does not begin with a whole one. */
static size_t action_len(struct str s)
{
	if (s.len < 4 || s.s[0] != '{' || s.s[1] != '{')
		return 0;
	ptrdiff_t end = str_find(str_skip(s, 2), STR("}}"));
	return end < 0 ? 0 : (size_t)end + 4;
}

/*
 * Words are what a person changes as a whole: a template action, a name or number with its dots and dashes (so that
 * two bumps of one version meet in one word), a run of blanks, any other byte.
 */
static struct str next_word(struct str *rest)
{
	size_t n = action_len(*rest);

	if (!n && is_blank(rest->s[0])) {
		while (n < rest->len && is_blank(rest->s[n]))
			n++;
	} else if (!n && is_word(rest->s[0])) {
		while (n < rest->len && is_word(rest->s[n]))
			n++;
	} else if (!n) {
		n = 1;
	}
	struct str word = str_slice(*rest, 0, n);
	*rest = str_skip(*rest, n);
	return word;
}

static bool split_words(struct merge_lines *out, struct arena *a, struct str line)
{
	*out = (struct merge_lines){ 0 };
	while (line.len) {
		if (out->len == WORDS_MAX)
			return false;
		vec_push_in(a, out, next_word(&line));
	}
	return true;
}

/* A line taken apart: what stands before and behind its text. */
struct parts {
	struct str indent, text, tail; /* tail: trailing blanks and the newline */
};

static struct parts take_apart(struct str line)
{
	size_t from = 0;
	size_t to = line.len;

	while (from < line.len && is_blank(line.s[from]))
		from++;
	while (to > from && (is_blank(line.s[to - 1]) || line.s[to - 1] == '\n' || line.s[to - 1] == '\r'))
		to--;
	return (struct parts){ str_slice(line, 0, from), str_slice(line, from, to), str_skip(line, to) };
}

int merge_line_likeness(struct str x, struct str y)
{
	struct str a = take_apart(x).text;
	struct str b = take_apart(y).text;
	struct str words[WORDS_MAX];
	size_t n = 0;
	size_t total = 0;
	size_t shared = 0;

	if (str_eq(a, b))
		return 100;
	while (a.len && n < WORDS_MAX) {
		struct str w = next_word(&a);
		if (is_blank(w.s[0]))
			continue;
		words[n++] = w;
		total += w.len;
	}
	while (b.len) {
		struct str w = next_word(&b);
		if (is_blank(w.s[0]))
			continue;
		total += w.len;
		for (size_t i = 0; i < n; i++) {
			if (!str_eq(words[i], w))
				continue;
			shared += 2 * w.len;
			words[i] = words[--n];
			break;
		}
	}
	return total ? (int)(shared * 100 / total) : 100;
}

/* What became of the lines of base on one side. */
struct fate {
	size_t *match; /* by line of base: its line on the side, SIZE_MAX when it is gone */
	size_t *gap;   /* by position 0..n in base: first line of the side that was put in there */
	size_t *gap_len;
};

#define GONE SIZE_MAX

static int pair_score(struct str x, struct str y)
{
	bool blank = !take_apart(x).text.len;

	if (blank != !take_apart(y).text.len)
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

/* One of three versions by the plain rule; false when both sides changed it differently. */
static bool choose(struct str *out, struct str base, struct str ours, struct str theirs)
{
	if (str_eq(ours, theirs) || str_eq(theirs, base))
		*out = ours;
	else if (str_eq(ours, base))
		*out = theirs;
	else
		return false;
	return true;
}

static bool is_action(struct str word)
{
	return action_len(word) == word.len && word.len;
}

static bool same_words(const struct merge_lines *x, const struct merge_hunk *hx, const struct merge_lines *y,
	const struct merge_hunk *hy)
{
	if (hx->old_from != hy->old_from || hx->old_len != hy->old_len || hx->new_len != hy->new_len)
		return false;
	for (size_t i = 0; i < hx->new_len; i++)
		if (!str_eq(x->items[hx->new_from + i], y->items[hy->new_from + i]))
			return false;
	return true;
}

/*
 * Edits of one line must have an unchanged word between them. One kind may touch: something put in front of an action
 * ("{{ registry }}/", "{{ prefix }}") stays in front of it when the other side asks for another value there.
 */
static bool too_near(const struct merge_lines *base, const struct merge_lines *w, const struct merge_hunk *first,
	const struct merge_hunk *other)
{
	size_t end = first->old_from + first->old_len;

	if (other->old_from > end)
		return false;
	bool prefix = !first->old_len && other->old_from == end && other->old_len == 1 && first->new_len &&
		      is_action(base->items[end]);
	if (!prefix)
		return true;
	struct str last = w->items[first->new_from + first->new_len - 1];
	return !str_is(last, "/") && !is_action(last);
}

/* Puts two edits of a list of words together; false when they touch. */
static bool join_edits(struct buf *out, const struct merge_lines *w, const struct merge_hunks *h)
{
	size_t at = 0;
	size_t next[2] = { 0, 0 };
	while (next[0] < h[0].len || next[1] < h[1].len) {
		const struct merge_hunk *x = next[0] < h[0].len ? &h[0].items[next[0]] : NULL;
		const struct merge_hunk *y = next[1] < h[1].len ? &h[1].items[next[1]] : NULL;
		bool same = x && y && same_words(&w[1], x, &w[2], y);
		int side = !y || (x && x->old_from + x->old_len <= y->old_from + y->old_len) ? 0 : 1;
		const struct merge_hunk *first = side ? y : x;
		const struct merge_hunk *other = side ? x : y;
		if (other && !same && too_near(&w[0], &w[side + 1], first, other))
			return false;
		for (; at < first->old_from; at++)
			buf_add(out, w[0].items[at]);
		for (size_t i = 0; i < first->new_len; i++)
			buf_add(out, w[side + 1].items[first->new_from + i]);
		at = first->old_from + first->old_len;
		next[side]++;
		if (same)
			next[1 - side]++;
	}
	for (; at < w[0].len; at++)
		buf_add(out, w[0].items[at]);
	return true;
}

/* Merges the words of one line. */
static bool merge_words(struct buf *out, struct arena *a, struct str base, struct str ours, struct str theirs)
{
	struct merge_lines w[3];
	struct merge_hunks h[2];

	if (!split_words(&w[0], a, base) || !split_words(&w[1], a, ours) || !split_words(&w[2], a, theirs))
		return false;
	merge_diff_lines(&h[0], a, &w[0], &w[1]);
	merge_diff_lines(&h[1], a, &w[0], &w[2]);
	return join_edits(out, w, h);
}

/* Whether most words of base are still there. */
static bool keeps_most(const struct merge_lines *base, const struct merge_hunks *h)
{
	size_t gone = 0;

	for (size_t i = 0; i < h->len; i++)
		gone += h->items[i].old_len;
	return gone * 2 <= base->len;
}

bool merge_edits_of_words(struct buf *out, struct arena *a, struct str base, struct str ours, struct str theirs)
{
	struct merge_lines w[3];
	struct merge_hunks h[2];

	return split_words(&w[0], a, base) && split_words(&w[1], a, ours) && split_words(&w[2], a, theirs) &&
	       merge_diff_words(&h[0], a, &w[0], &w[1]) && merge_diff_words(&h[1], a, &w[0], &w[2]) &&
	       keeps_most(&w[0], &h[0]) && keeps_most(&w[0], &h[1]) && join_edits(out, w, h);
}

/* Merges one line that all three have. */
static bool merge_line(struct buf *out, struct arena *a, struct str base, struct str ours, struct str theirs)
{
	struct str whole;

	if (out->len && out->data[out->len - 1] != '\n')
		buf_putc(out, '\n');
	if (choose(&whole, base, ours, theirs)) {
		buf_add(out, whole);
		return true;
	}
	struct parts b = take_apart(base);
	struct parts o = take_apart(ours);
	struct parts t = take_apart(theirs);
	struct str indent;
	struct str tail;
	if (!choose(&indent, b.indent, o.indent, t.indent))
		return false;
	if (!choose(&tail, b.tail, o.tail, t.tail))
		tail = o.tail;
	buf_add(out, indent);
	if (choose(&whole, b.text, o.text, t.text))
		buf_add(out, whole);
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

/* What was put in at position `i` of base. */
static bool merge_gap(struct buf *out, struct arena *a, size_t i, size_t n, const struct fate *fo,
	const struct merge_lines *ours, const struct fate *ft, const struct merge_lines *theirs, enum merge_depth depth)
{
	size_t no = fo->gap_len[i];
	size_t nt = ft->gap_len[i];

	if (no && nt && !same_lines(ours, fo->gap[i], no, theirs, ft->gap[i], nt)) {
		struct merge_lines o = { ours->items + fo->gap[i], no, no };
		struct merge_lines t = { theirs->items + ft->gap[i], nt, nt };
		bool lost = lost_beside(fo, i, n) || lost_beside(ft, i, n);
		return !lost && merge_inserts(out, a, &o, &t, depth);
	}
	if ((no && !nt && lost_beside(ft, i, n)) || (nt && !no && lost_beside(fo, i, n)))
		return false;
	for (size_t k = 0; k < no; k++)
		merge_add_line(out, ours->items[fo->gap[i] + k]);
	for (size_t k = 0; !no && k < nt; k++)
		merge_add_line(out, theirs->items[ft->gap[i] + k]);
	return true;
}

/* What the template actions of a line do to the nesting of blocks. */
struct nesting {
	int change; /* blocks opened less blocks closed */
	int lowest; /* how far below its beginning the line gets; an `else` leaves its block for a moment */
};

static bool is_keyword(struct str s, const char *word)
{
	struct str w = str_from(word);

	return str_starts(s, w) && (s.len == w.len || !is_word(s.s[w.len]));
}

static struct nesting nesting_of(struct str line)
{
	static const char *const openers[] = { "if", "range", "with", "define", "block" };
	struct nesting n = { 0, 0 };
	ptrdiff_t at;

	while ((at = str_find(line, STR("{{"))) >= 0) {
		line = str_skip(line, (size_t)at + 2);
		line = str_trim(str_trim_prefix(line, STR("-")));
		int lowest = n.change;
		for (size_t i = 0; i < sizeof(openers) / sizeof(openers[0]); i++)
			n.change += is_keyword(line, openers[i]);
		if (is_keyword(line, "end"))
			lowest = --n.change;
		else if (is_keyword(line, "else"))
			lowest = n.change - 1;
		if (lowest < n.lowest)
			n.lowest = lowest;
	}
	return n;
}

/* The next action that opens or closes a block, as "if", "else if", "end"; empty behind the last one. */
static struct str next_keyword(struct str *line)
{
	static const char *const words[] = { "if", "range", "with", "define", "block", "else", "end" };
	ptrdiff_t at;

	while ((at = str_find(*line, STR("{{"))) >= 0) {
		*line = str_skip(*line, (size_t)at + 2);
		*line = str_trim(str_trim_prefix(*line, STR("-")));
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (is_keyword(*line, words[i]))
				return str_from(words[i]);
	}
	return (struct str){ 0 };
}

/* Whether all that a line says is still said, in order, by its new version ("if .a" becomes "if and .a .b"). */
static bool says_more(struct str old, struct str new)
{
	while (old.len) {
		struct str word = str_trim(str_cut(&old, ' '));
		ptrdiff_t at = word.len ? str_find(new, word) : 0;
		if (at < 0)
			return false;
		new = str_skip(new, (size_t)at + word.len);
	}
	return true;
}

/* Whether a new version of a line opens and closes the same blocks, under the same conditions or more of them. */
static bool same_blocks(struct str old, struct str new)
{
	struct str x = old;
	struct str y = new;
	struct str a;
	struct str b;

	do {
		a = next_keyword(&x);
		b = next_keyword(&y);
		if (!str_eq(a, b))
			return false;
	} while (a.len);
	return says_more(take_apart(old).text, take_apart(new).text);
}

/* Whether a line renders nothing by itself: blank, or only actions that steer. */
static bool only_steers(struct str line)
{
	struct str text = take_apart(line).text;

	if (!text.len)
		return true;
	struct nesting n = nesting_of(text);
	return action_len(text) == text.len && (n.change || n.lowest || str_has(text, STR("/*")));
}

/* One side of a walk along base. */
struct walker {
	const struct fate *fate;
	const struct merge_lines *lines;
	bool steered; /* it has changed the blocks or conditions that what follows stands in */
	bool edited;  /* it has changed text */
};

/* Goes over what a side put in at position `i`; whether that is text under a condition the other side changed. */
static bool walk_gap(struct walker *w, const struct walker *other, size_t i)
{
	int depth = 0;
	bool closes = false;

	for (size_t k = 0; k < w->fate->gap_len[i]; k++) {
		struct str line = w->lines->items[w->fate->gap[i] + k];
		struct nesting n = nesting_of(line);
		if (other->steered && !only_steers(line))
			return true;
		w->edited |= !only_steers(line);
		closes |= depth + n.lowest < 0;
		depth += n.change;
	}
	if ((closes || depth) && other->fate->gap_len[i])
		return true;
	w->steered |= closes || depth;
	return closes && other->edited;
}

/* The same for what became of line `i`. */
static bool walk_line(struct walker *w, const struct walker *other, struct str line, size_t i)
{
	size_t at = w->fate->match[i];
	struct nesting n = nesting_of(line);

	if (at != GONE && str_eq(take_apart(line).text, take_apart(w->lines->items[at]).text))
		return false;
	if (other->steered && !only_steers(line))
		return true;
	w->edited |= !only_steers(line);
	if ((!n.change && !n.lowest) || (at != GONE && same_blocks(line, w->lines->items[at])))
		return false;
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
			str_eq(take_apart(line).text, take_apart(edited->items[edit->match[i]]).text))
			continue;
		for (size_t g = 0; g <= base->len; g++)
			for (size_t k = 0; k < other->gap_len[g]; k++)
				if (take_apart(line).text.len &&
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
		if (!merge_gap(out, a, i, base->len, &fo, ours, &ft, theirs, depth))
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

bool merge_fine(struct str *out, struct arena *a, const struct merge_lines *base, const struct merge_lines *ours,
	const struct merge_lines *theirs, enum merge_depth depth)
{
	struct buf merged = BUF_INIT;

	if (base->len * ours->len > PAIRS_MAX || base->len * theirs->len > PAIRS_MAX)
		return false;
	bool together = merge_pairs(&merged, a, base, ours, theirs, depth);
	if (together)
		*out = arena_str(a, buf_str(&merged));
	buf_release(&merged);
	return together;
}
