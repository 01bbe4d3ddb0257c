/* SPDX-License-Identifier: Apache-2.0 */
/* Template actions that both sides changed: by token, conditions by term. */
#include "merge/words.h"

#include <string.h>

/* Tokens looked at in one action. */
#define TOKENS_MAX 400

/* An action taken apart; `text[i]` is a token, `lead[i]` the blanks before it. */
struct tokens {
	struct merge_lines text, lead;
	struct str open, close; /* "{{" or "{{-", and the end */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* The length of the token at the beginning of `s`, which is not empty. */
static size_t token_len(struct str s)
{
	size_t n = 1;

	if (str_starts(s, STR("/*")))
		return s.len;
	if (s.s[0] == '"' || s.s[0] == '`' || s.s[0] == '\'') {
		while (n < s.len && s.s[n] != s.s[0])
			n += s.s[n] == '\\' && s.s[0] != '`' ? 2 : 1;
		return n < s.len ? n + 1 : s.len;
	}
	if (str_starts(s, STR(":=")))
		return 2;
	if (!merge_is_word_char(s.s[0]) && s.s[0] != '$')
		return 1;
	while (n < s.len && (merge_is_word_char(s.s[n]) || s.s[n] == '$'))
		n++;
	return n;
}

static bool tokenize(struct tokens *out, struct arena *a, struct str action)
{
	size_t from = str_starts(action, STR("{{-")) ? 3 : 2;
	size_t to = str_ends(action, STR("-}}")) && action.len > from + 3 ? 3 : 2;

	*out = (struct tokens){ .open = str_slice(action, 0, from), .close = str_skip(action, action.len - to) };
	struct str rest = str_slice(action, from, action.len - to);
	while (rest.len) {
		size_t blanks = 0;
		while (blanks < rest.len && is_blank(rest.s[blanks]))
			blanks++;
		struct str lead = str_slice(rest, 0, blanks);
		rest = str_skip(rest, blanks);
		if (!rest.len) {
			out->close = str_slice(action, action.len - to - blanks, action.len);
			break;
		}
		size_t n = token_len(rest);
		if (out->text.len == TOKENS_MAX)
			return false;
		vec_push_in(a, &out->text, str_slice(rest, 0, n));
		vec_push_in(a, &out->lead, lead);
		rest = str_skip(rest, n);
	}
	return true;
}

static void add_tokens(struct buf *out, const struct tokens *t, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		buf_add(out, t->lead.items[i]);
		buf_add(out, t->text.items[i]);
	}
}

/* A stage put behind something that the other side replaced ("| quote") goes with whatever stands there. */
static bool is_stage(const struct tokens *t, const struct merge_hunk *h)
{
	return !h->old_len && h->new_len && str_is(t->text.items[h->new_from], "|");
}

static bool same_hunk(
	const struct tokens *x, const struct merge_hunk *hx, const struct tokens *y, const struct merge_hunk *hy)
{
	struct merge_lines a = { x->text.items + hx->new_from, hx->new_len, hx->new_len };
	struct merge_lines b = { y->text.items + hy->new_from, hy->new_len, hy->new_len };

	return hx->old_from == hy->old_from && hx->old_len == hy->old_len && merge_same_lines(&a, &b);
}

/* Edits must have an unchanged token between them. */
static bool weave(struct buf *out, struct arena *a, const struct tokens t[3])
{
	struct merge_hunks h[2];
	size_t next[2] = { 0, 0 };
	size_t at = 0;

	merge_diff_lines(&h[0], a, &t[0].text, &t[1].text);
	merge_diff_lines(&h[1], a, &t[0].text, &t[2].text);
	while (next[0] < h[0].len || next[1] < h[1].len) {
		const struct merge_hunk *x = next[0] < h[0].len ? &h[0].items[next[0]] : NULL;
		const struct merge_hunk *y = next[1] < h[1].len ? &h[1].items[next[1]] : NULL;
		bool same = x && y && same_hunk(&t[1], x, &t[2], y);
		int side = !y || (x && x->old_from + x->old_len <= y->old_from + y->old_len) ? 0 : 1;
		if (x && y && !x->old_len != !y->old_len && x->old_from + x->old_len == y->old_from + y->old_len)
			side = x->old_len ? 0 : 1;
		const struct merge_hunk *first = side ? y : x;
		const struct merge_hunk *other = side ? x : y;
		size_t end = first->old_from + first->old_len;
		if (other && !same && other->old_from <= end) {
			bool stage = first->old_len && other->old_from == end && is_stage(&t[2 - side], other);
			if (!stage)
				return false;
		}
		add_tokens(out, &t[0], at, first->old_from);
		add_tokens(out, &t[side + 1], first->new_from, first->new_from + first->new_len);
		at = end;
		next[side]++;
		if (same)
			next[1 - side]++;
	}
	add_tokens(out, &t[0], at, t[0].text.len);
	return true;
}

/* A condition: terms that `op` holds together; one term when `op` is empty. */
struct condition {
	struct str op;
	struct merge_lines terms; /* as written */
	struct merge_lines plain; /* the same without blanks and needless parentheses, to compare */
};

static struct str join(struct arena *a, const struct tokens *t, size_t from, size_t to, bool plain)
{
	struct buf b = BUF_INIT;

	while (plain && to - from >= 3 && str_is(t->text.items[from], "(") && str_is(t->text.items[to - 1], ")") &&
		to - from == 3) {
		from++;
		to--;
	}
	for (size_t i = from; i < to; i++) {
		if (i > from)
			buf_add(&b, plain ? STR(" ") : t->lead.items[i]);
		buf_add(&b, t->text.items[i]);
	}
	struct str s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}

/* The token behind the term that begins at `from`; 0 when parentheses do not pair. */
static size_t term_end(const struct tokens *t, size_t from, size_t to)
{
	int depth = 0;

	for (size_t i = from; i < to; i++) {
		depth += str_is(t->text.items[i], "(");
		depth -= str_is(t->text.items[i], ")");
		/* ".a.b" behind a parenthesis belongs to it. */
		bool goes_on = i + 1 < to && !t->lead.items[i + 1].len && str_is(t->text.items[i], ")") &&
			       t->text.items[i + 1].s[0] == '.';
		if (depth == 0 && !goes_on)
			return i + 1;
		if (depth < 0)
			return 0;
	}
	return 0;
}

static void add_term(struct condition *c, struct arena *a, const struct tokens *t, size_t from, size_t to)
{
	struct str plain = join(a, t, from, to, true);

	for (size_t i = 0; i < c->plain.len; i++)
		if (str_eq(c->plain.items[i], plain))
			return;
	vec_push_in(a, &c->terms, join(a, t, from, to, false));
	vec_push_in(a, &c->plain, plain);
}

static bool read_condition(struct condition *c, struct arena *a, const struct tokens *t, size_t from)
{
	size_t to = t->text.len;

	*c = (struct condition){ 0 };
	for (size_t i = from; i < to; i++)
		if (str_is(t->text.items[i], "|") || str_is(t->text.items[i], ":=") || str_is(t->text.items[i], "="))
			return false;
	while (to - from > 2 && term_end(t, from, to) == to && str_is(t->text.items[from], "(") &&
		str_is(t->text.items[to - 1], ")")) {
		from++;
		to--;
	}
	if (from >= to)
		return false;
	if (to - from > 1 && (str_is(t->text.items[from], "and") || str_is(t->text.items[from], "or"))) {
		c->op = t->text.items[from];
		for (size_t i = from + 1; i < to;) {
			size_t end = term_end(t, i, to);
			if (!end)
				return false;
			add_term(c, a, t, i, end);
			i = end;
		}
		return true;
	}
	bool call = term_end(t, from, to) != to;
	struct str text = join(a, t, from, to, false);
	struct str plain = join(a, t, from, to, true);
	vec_push_in(a, &c->terms, call ? arena_printf(a, "(%.*s)", STR_ARG(text)) : text);
	vec_push_in(a, &c->plain, call ? arena_printf(a, "( %.*s )", STR_ARG(plain)) : plain);
	return true;
}

static bool has_term(const struct condition *c, struct str plain)
{
	for (size_t i = 0; i < c->plain.len; i++)
		if (str_eq(c->plain.items[i], plain))
			return true;
	return false;
}

/* How many terms `x` has that `y` has not, and which is the first of them. */
static size_t count_new(const struct condition *x, const struct condition *y)
{
	size_t n = 0;

	for (size_t i = 0; i < x->plain.len; i++)
		n += !has_term(y, x->plain.items[i]);
	return n;
}

/* Whether both sides put something in the place of a term. */
static bool both_replaced(const struct condition *b, const struct condition *o, const struct condition *t)
{
	if (!count_new(o, b) || !count_new(t, b))
		return false;
	for (size_t i = 0; i < b->plain.len; i++)
		if (!has_term(o, b->plain.items[i]) && !has_term(t, b->plain.items[i]))
			return true;
	return false;
}

/* What a merge of terms has put down so far. */
struct terms {
	struct buf *out;
	const struct condition *base, *ours, *theirs;
	size_t len;
};

static void add_ours(struct terms *t, size_t from);

static void put_term(struct terms *t, struct str term, struct str plain)
{
	buf_printf(t->out, " %.*s", STR_ARG(term));
	t->len++;
	for (size_t i = 0; i < t->ours->plain.len; i++)
		if (str_eq(t->ours->plain.items[i], plain))
			add_ours(t, i + 1);
}

/* Adds the terms that are new here, from number `from` on up to the next one that is not. */
static void add_ours(struct terms *t, size_t from)
{
	for (size_t i = from; i < t->ours->plain.len; i++) {
		struct str p = t->ours->plain.items[i];
		if (has_term(t->base, p) || has_term(t->theirs, p))
			break;
		buf_printf(t->out, " %.*s", STR_ARG(t->ours->terms.items[i]));
		t->len++;
	}
}

/* New terms of ours whose neighbour in front is not in the result. */
static void add_stray(struct terms *t)
{
	for (size_t i = 0; i < t->ours->plain.len; i++) {
		struct str p = t->ours->plain.items[i];
		bool lost = !has_term(t->theirs, p);
		if (lost && has_term(t->base, p))
			add_ours(t, i + 1);
	}
}

/* The order of terms says nothing but which is looked at first: upstream's stays, new ones here follow what they follow here. */
static bool merge_terms(struct buf *out, const struct condition c[3])
{
	struct terms t = { out, &c[0], &c[1], &c[2], 0 };
	struct str op = c[2].op.len ? c[2].op : c[1].op;

	for (int i = 0; i < 3; i++)
		if (c[i].op.len && !str_eq(c[i].op, op))
			return false;
	if (!op.len || both_replaced(&c[0], &c[1], &c[2]))
		return false;
	buf_printf(out, " %.*s", STR_ARG(op));
	add_ours(&t, 0);
	for (size_t i = 0; i < c[2].plain.len; i++) {
		struct str p = c[2].plain.items[i];
		if (!has_term(&c[0], p) || has_term(&c[1], p))
			put_term(&t, c[2].terms.items[i], p);
	}
	add_stray(&t);
	return t.len > 1;
}

/* Where the condition of an `if` or `else if` begins; 0 for other actions. */
static size_t condition_from(const struct tokens *t)
{
	const struct merge_lines *l = &t->text;

	if (l->len > 1 && str_is(l->items[0], "if"))
		return 1;
	return l->len > 2 && str_is(l->items[0], "else") && str_is(l->items[1], "if") ? 2 : 0;
}

/* Whether what an action means for the blocks around it forbids to take it apart. */
static bool opens_other_block(const struct tokens *t)
{
	static const char *const words[] = { "range", "with", "define", "block", "end", "else" };

	for (size_t i = 0; t->text.len && i < sizeof(words) / sizeof(words[0]); i++)
		if (str_is(t->text.items[0], words[i]))
			return true;
	return !t->text.len || str_starts(t->text.items[0], STR("/*"));
}

static bool merge_condition(struct buf *out, struct arena *a, const struct tokens t[3])
{
	struct condition c[3];
	size_t from = condition_from(&t[0]);

	for (int i = 0; i < 3; i++)
		if (condition_from(&t[i]) != from || !read_condition(&c[i], a, &t[i], from))
			return false;
	add_tokens(out, &t[1], 0, from);
	return merge_terms(out, c);
}

bool merge_action(struct buf *out, struct arena *a, struct str base, struct str ours, struct str theirs)
{
	struct tokens t[3];
	struct str open;
	struct str close;
	struct buf inner = BUF_INIT;
	bool together = true;

	if (!tokenize(&t[0], a, base) || !tokenize(&t[1], a, ours) || !tokenize(&t[2], a, theirs) ||
		!merge_choose(&open, t[0].open, t[1].open, t[2].open))
		return false;
	if (!merge_choose(&close, t[0].close, t[1].close, t[2].close))
		close = t[1].close;
	if (merge_same_lines(&t[0].text, &t[1].text) || merge_same_lines(&t[1].text, &t[2].text))
		add_tokens(&inner, &t[2], 0, t[2].text.len);
	else if (merge_same_lines(&t[0].text, &t[2].text))
		add_tokens(&inner, &t[1], 0, t[1].text.len);
	else if (condition_from(&t[0]))
		together = merge_condition(&inner, a, t);
	else
		together = !opens_other_block(&t[0]) && !opens_other_block(&t[1]) && !opens_other_block(&t[2]) &&
			   !condition_from(&t[1]) && !condition_from(&t[2]) && weave(&inner, a, t);
	if (together) {
		buf_add(out, open);
		buf_add(out, buf_str(&inner));
		buf_add(out, close);
	}
	buf_release(&inner);
	return together;
}
