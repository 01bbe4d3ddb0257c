/* SPDX-License-Identifier: Apache-2.0 */
/* The usual YAML straight into values, by the columns in which lines begin. */
#include "yaml/quick.h"

#include "yaml/bytes.h"
#include "yaml/resolve.h"

#include <math.h>
#include <string.h>

#define MAX_DEPTH 100
/* Longer keys are left to those who count their characters. */
#define MAX_KEY 1000

struct quick {
	struct yml_scan *s;
	struct arena *arena;
	const struct yml_opts *opts;
	int col;                       /* of the content at s->p, when that is the first of its line; -1 at the end */
	int depth;                     /* collections that are open */
	bool begun;                    /* no "---" may come any more */
	bool unread;                   /* nobody wants the value: it is only looked at for faults */
	VEC(struct val_entry) entries; /* of the maps that are open */
	VEC(struct val) items;         /* of the lists */
};

/* A plain or quoted scalar. */
struct word {
	struct str text;
	const unsigned char *from, *bol; /* where it began, and its line */
	bool plain;
	bool key; /* a ':' follows, which was passed */
};

/* Blanks, line feed or end: what may follow an indicator. */
static bool ends_word(unsigned char c)
{
	return c <= ' ';
}

static bool is_dash(const unsigned char *p)
{
	return *p == '-' && ends_word(p[1]);
}

static bool is_doc_mark(const unsigned char *p)
{
	return (*p == '-' || *p == '.') && p[1] == *p && p[2] == *p && ends_word(p[3]);
}

/* Passes empty lines and comments from the begin of a line on. */
static bool next_content(struct quick *q)
{
	const unsigned char *bol = q->s->p, *p;
	for (;; bol = p + 1) {
		p = yml_pass_spaces(bol);
		if (*p == '#')
			p = yml_pass_line(p);
		if (*p != '\n')
			break;
	}
	q->s->p = p;
	q->s->bol = bol;
	q->col = *p ? (int)(p - bol) : -1;
	if (*p == '\t')
		return false;
	return q->col || !is_doc_mark(p) || (*p == '-' && !q->begun);
}

/* Passes what may stand behind a value, and goes on to the next content. */
static bool end_line(struct quick *q)
{
	const unsigned char *p = yml_pass_spaces(q->s->p);
	if (*p == '#' && p > q->s->p)
		p = yml_pass_line(p);
	if (*p == '\n')
		p++;
	else if (*p)
		return false;
	q->s->p = p;
	return next_content(q);
}

/* Goes on where a function of the scanner ended, in the indentation of a line or at the end. */
static bool go_on(struct quick *q)
{
	if (*q->s->p)
		q->s->p = q->s->bol;
	return next_content(q);
}

static bool starts_plain(const unsigned char *p)
{
	switch (*p) {
	case '-':
	case '?':
	case ':':
		return !ends_word(p[1]);
	case ',':
	case '[':
	case ']':
	case '{':
	case '}':
	case '#':
	case '&':
	case '*':
	case '!':
	case '|':
	case '>':
	case '\'':
	case '"':
	case '%':
	case '@':
	case '`':
		return false;
	default:
		return *p > ' ';
	}
}

/* The end of a plain scalar on its line: ": ", " #", a tab, or the end of the line. */
static const unsigned char *plain_end(const unsigned char *from)
{
	for (const unsigned char *p = from;; p++) {
		p = yml_pass_plain(p);
		if (*p < ' ' || (*p == ':' && ends_word(p[1])) || (*p == '#' && p[-1] == ' '))
			return p;
	}
}

static bool read_quoted(struct quick *q, struct word *w)
{
	struct yml_scan *s = q->s;
	struct yml_token t;
	if (!yml_scan_quoted(s, &t, *s->p == '\''))
		return false;
	w->text = t.value;
	const unsigned char *p = yml_pass_spaces(s->p);
	w->key = *p == ':' && ends_word(p[1]);
	if (w->key)
		s->p = p + 1;
	return !w->key || (s->bol == w->bol && p - w->from <= MAX_KEY);
}

/* Reads a plain or quoted scalar, a plain one up to the end of the line. */
static bool read_word(struct quick *q, struct word *w)
{
	struct yml_scan *s = q->s;
	*w = (struct word){ .from = s->p, .bol = s->bol };
	if (*s->p == '"' || *s->p == '\'')
		return read_quoted(q, w);
	if (!starts_plain(s->p))
		return false;
	const unsigned char *p = plain_end(s->p), *end = p;
	while (end[-1] == ' ')
		end--;
	w->text = (struct str){ (const char *)s->p, (size_t)(end - s->p) };
	w->plain = true;
	w->key = *p == ':';
	s->p = w->key ? p + 1 : end;
	return !w->key || p - w->from <= MAX_KEY;
}

/* Whatever a plain scalar stands for is no string only if it begins so. */
static bool is_special(const struct word *w)
{
	return w->plain && yml_begins_special(w->text);
}

/* Keys that are strings, or numbers that stay as they are. */
static bool key_text(struct quick *q, const struct word *w, struct str *out)
{
	struct val v;
	*out = w->text;
	if (!w->plain)
		return true;
	if (str_is(w->text, "<<"))
		return false;
	if (!is_special(w) || yml_resolve_value(&v, w->text) == YML_T_STRING)
		return true;
	if (v.kind != VAL_INT || q->opts->strict || w->text.len > 18 || (w->text.s[0] == '0' && w->text.len > 1))
		return false;
	for (size_t i = 0; i < w->text.len; i++)
		if (w->text.s[i] < '0' || w->text.s[i] > '9')
			return false;
	return true;
}

/* What a scalar stands for; false for numbers that are none in JSON. */
static bool resolve(struct quick *q, const struct word *w, struct val *out)
{
	*out = val_string(w->text);
	if (!is_special(w) || (q->unread && !strchr("+-.", w->text.s[0])))
		return true;
	yml_resolve_value(out, w->text);
	if (out->kind == VAL_FLOAT)
		return isfinite(out->f);
	if (q->opts->integers)
		return true;
	if (out->kind == VAL_INT)
		*out = val_float((double)out->i);
	else if (out->kind == VAL_UINT)
		*out = val_float((double)out->u);
	return true;
}

/* Ends a scalar that is no key. Plain ones go on in the next lines if these are indented deeper than the collection. */
static bool end_scalar(struct quick *q, struct word *w, int indent, struct val *out)
{
	struct yml_scan *s = q->s;
	bool commented = *yml_pass_spaces(s->p) == '#';
	if (!end_line(q))
		return false;
	if (q->col > indent) {
		struct yml_token t;
		if (!w->plain || commented)
			return false;
		s->p = w->from;
		s->bol = w->bol;
		s->indent = indent;
		s->key_allowed = false;
		/* It must have ended with its last line. */
		if (!yml_scan_plain(s, &t) || !s->key_allowed)
			return false;
		w->text = t.value;
		if (!go_on(q))
			return false;
	}
	return resolve(q, w, out);
}

/* Passes a block scalar by the indentation of its lines; false, and nothing passed, where that is not simple. */
static bool pass_block(struct quick *q, int outside)
{
	const unsigned char *p = q->s->p + 1;
	if (*p == '-' || *p == '+')
		p++;
	if (*p != '\n')
		return false;
	while (*p == '\n')
		p++;
	const unsigned char *at = yml_pass_spaces(p);
	ptrdiff_t indent = at - p;
	if (*at <= ' ' || indent <= outside)
		return false;
	for (;;) {
		at = yml_pass_spaces(p);
		if (at - p >= indent)
			at = yml_pass_line(at);
		else if (*at == '\t')
			return false;
		else if (*at != '\n')
			break;
		p = at;
		if (!*p)
			break;
		p++;
	}
	q->s->p = p;
	return true;
}

static bool read_block_scalar(struct quick *q, struct val *out, int indent)
{
	struct yml_scan *s = q->s;
	struct yml_token t;
	const unsigned char *from = s->p;
	*out = VAL_NIL;
	if (q->unread && pass_block(q, indent))
		return next_content(q);
	s->indent = indent;
	if (!yml_scan_block(s, &t, *from == '|'))
		return false;
	*out = val_string(t.value);
	return go_on(q);
}

/* Passes blanks, line feeds and comments between the parts of a flow collection. */
static bool flow_blanks(struct quick *q)
{
	struct yml_scan *s = q->s;
	const unsigned char *p = s->p;
	for (;; s->bol = ++p) {
		const unsigned char *from = p;
		p = yml_pass_spaces(p);
		if (*p == '#' && (p > from || p == s->bol))
			p = yml_pass_line(p);
		if (*p != '\n')
			break;
	}
	s->p = p;
	return p != s->bol || !is_doc_mark(p);
}

/* What ends a plain scalar in a flow collection, or is not for sure a part of it. */
static bool ends_flow_word(const unsigned char *p)
{
	switch (*p) {
	case ',':
	case '[':
	case ']':
	case '{':
	case '}':
	case '?':
	case '"':
	case '\'':
		return true;
	case ':':
		return p[1] <= ' ' || ends_flow_word(p + 1);
	case '#':
		return p[-1] == ' ';
	default:
		return *p < ' ';
	}
}

/* Reads a plain or quoted scalar up to what stands behind it on its line. */
static bool read_flow_word(struct quick *q, struct word *w)
{
	struct yml_scan *s = q->s;
	struct yml_token t;
	*w = (struct word){ .from = s->p, .bol = s->bol };
	if (*s->p == '"' || *s->p == '\'') {
		if (!yml_scan_quoted(s, &t, *s->p == '\''))
			return false;
		w->text = t.value;
	} else {
		if (!starts_plain(s->p) || *s->p == ':' || ends_flow_word(s->p))
			return false;
		while (!ends_flow_word(s->p))
			s->p++;
		const unsigned char *end = s->p;
		while (end[-1] == ' ')
			end--;
		w->text = (struct str){ (const char *)w->from, (size_t)(end - w->from) };
		w->plain = true;
	}
	s->p = yml_pass_spaces(s->p);
	return s->bol == w->bol && s->p - w->from <= MAX_KEY;
}

static bool read_flow(struct quick *q, struct val *out);

static bool read_flow_value(struct quick *q, struct val *out)
{
	struct word w;
	if (*q->s->p == '{' || *q->s->p == '[')
		return read_flow(q, out);
	return read_flow_word(q, &w) && resolve(q, &w, out);
}

/* "key: value" of a flow map. A plain key needs the blank, as the colon would be part of it. */
static bool read_flow_pair(struct quick *q)
{
	struct word w;
	struct val_entry e;
	if (!read_flow_word(q, &w) || *q->s->p != ':' || (w.plain && q->s->p[1] != ' '))
		return false;
	q->s->p++;
	if (!key_text(q, &w, &e.key) || !flow_blanks(q) || !read_flow_value(q, &e.value))
		return false;
	if (!q->unread)
		vec_push(&q->entries, e);
	return true;
}

static bool read_flow_item(struct quick *q)
{
	struct val item;
	if (!read_flow_value(q, &item))
		return false;
	if (!q->unread)
		vec_push(&q->items, item);
	return true;
}

/* A map of the entries from `base` on, which go. */
static bool take_map(struct quick *q, struct val *out, size_t base)
{
	size_t n = q->entries.len - base;
	*out = q->unread ? VAL_NIL : val_map_copy(q->arena, n ? q->entries.items + base : NULL, n);
	q->entries.len = base;
	/* A key that is there twice is a fault to some. */
	return !q->opts->strict || val_map_len(*out) == n;
}

/* A list of the items from `base` on, which go. */
static void take_list(struct quick *q, struct val *out, size_t base)
{
	size_t n = q->items.len - base;
	*out = q->unread ? VAL_NIL : val_list_copy(q->arena, n ? q->items.items + base : NULL, n);
	q->items.len = base;
}

static bool read_flow(struct quick *q, struct val *out)
{
	size_t entries = q->entries.len, items = q->items.len;
	bool map = *q->s->p++ == '{';
	unsigned char end = map ? '}' : ']';
	if (++q->depth > MAX_DEPTH || !flow_blanks(q))
		return false;
	while (*q->s->p != end) {
		if (!(map ? read_flow_pair(q) : read_flow_item(q)) || !flow_blanks(q))
			return false;
		if (*q->s->p != ',')
			break;
		q->s->p++;
		if (!flow_blanks(q))
			return false;
	}
	if (*q->s->p++ != end)
		return false;
	q->depth--;
	if (map)
		return take_map(q, out, entries);
	take_list(q, out, items);
	return true;
}

static bool read_map(struct quick *q, struct val *out, int col, struct word *w);
static bool read_seq(struct quick *q, struct val *out, int col, bool bare);

/* A node that begins here, in a collection indented by `indent`. */
static bool read_node(struct quick *q, struct val *out, int indent)
{
	struct yml_scan *s = q->s;
	int col = (int)(s->p - s->bol);
	struct word w;
	switch (*s->p) {
	case '|':
	case '>':
		return read_block_scalar(q, out, indent);
	case '{':
	case '[':
		return read_flow(q, out) && end_line(q);
	default:
		break;
	}
	if (is_dash(s->p))
		return read_seq(q, out, col, false);
	if (!read_word(q, &w))
		return false;
	return w.key ? read_map(q, out, col, &w) : end_scalar(q, &w, indent, out);
}

/* Whether the line has nothing more than a comment. */
static bool is_bare(struct quick *q)
{
	q->s->p = yml_pass_spaces(q->s->p);
	return *q->s->p == '\n' || *q->s->p == '\0' || *q->s->p == '#';
}

/* Goes to the next line; whether it is indented deeper and so holds the value of the key or dash before it. */
static bool value_below(struct quick *q, int indent, bool *below)
{
	if (*q->s->p == '#')
		q->s->p = yml_pass_line(q->s->p);
	*below = false;
	if (!end_line(q))
		return false;
	*below = q->col > indent;
	return true;
}

/* What stands behind "key:" of a map in that column. */
static bool read_value(struct quick *q, struct val *out, int col)
{
	struct yml_scan *s = q->s;
	bool below;
	*out = VAL_NIL;
	if (is_bare(q)) {
		if (!value_below(q, col, &below))
			return false;
		if (below)
			return read_node(q, out, col);
		/* A list as a value may stand as far left as its key. */
		return q->col != col || !is_dash(s->p) || read_seq(q, out, col, true);
	}
	struct word w;
	if (*s->p == '|' || *s->p == '>' || *s->p == '{' || *s->p == '[')
		return read_node(q, out, col);
	return read_word(q, &w) && !w.key && end_scalar(q, &w, col, out);
}

/* What stands behind a dash in that column. */
static bool read_item(struct quick *q, struct val *out, int col)
{
	bool below = true;
	*out = VAL_NIL;
	if (is_bare(q) && !value_below(q, col, &below))
		return false;
	return !below || read_node(q, out, col);
}

/* `bare`: as far left as the key that it belongs to, whose map may go on behind it. */
static bool read_seq(struct quick *q, struct val *out, int col, bool bare)
{
	size_t base = q->items.len;
	if (++q->depth > MAX_DEPTH)
		return false;
	do {
		struct val item;
		q->s->p++;
		if (!read_item(q, &item, col))
			return false;
		if (!q->unread)
			vec_push(&q->items, item);
	} while (q->col == col && is_dash(q->s->p));
	q->depth--;
	take_list(q, out, base);
	return q->col < col || (q->col == col && bare);
}

/* Whether anybody asked for the value of this key at the top. */
static bool is_wanted(const struct quick *q, struct str key)
{
	for (const char *const *name = q->opts->only; *name; name++)
		if (str_eq_nocase(key, str_from(*name)))
			return true;
	/* There are letters that are the same as ASCII ones without case. */
	for (size_t i = 0; i < key.len; i++)
		if ((unsigned char)key.s[i] >= 0x80)
			return true;
	return false;
}

/* Reads a pair and what is on the way to the next one. */
static bool read_pair(struct quick *q, const struct word *w, int col)
{
	struct val_entry e;
	bool unread = q->unread;
	if (!key_text(q, w, &e.key))
		return false;
	if (q->depth == 1 && q->opts->only)
		q->unread = !is_wanted(q, e.key);
	if (!read_value(q, &e.value, col))
		return false;
	if (!q->unread)
		vec_push(&q->entries, e);
	q->unread = unread;
	return true;
}

/* A map whose first key was read. */
static bool read_map(struct quick *q, struct val *out, int col, struct word *w)
{
	size_t base = q->entries.len;
	if (++q->depth > MAX_DEPTH)
		return false;
	for (;;) {
		if (!read_pair(q, w, col))
			return false;
		if (q->col != col)
			break;
		if (!read_word(q, w) || !w->key)
			return false;
	}
	q->depth--;
	return take_map(q, out, base) && q->col < col;
}

static bool read_root(struct quick *q, struct val *out)
{
	struct word w;
	if (!next_content(q))
		return false;
	if (q->col == 0 && is_doc_mark(q->s->p)) {
		q->begun = true;
		q->s->p += 3;
		if (!end_line(q))
			return false;
	}
	q->begun = true;
	*out = VAL_NIL;
	if (q->col < 0)
		return true;
	if (is_dash(q->s->p))
		return read_seq(q, out, q->col, false) && q->col < 0;
	return read_word(q, &w) && w.key && read_map(q, out, q->col, &w) && q->col < 0;
}

/* Whether the limits cannot be met: a byte makes two nodes at most. */
static bool is_within(const struct yml_opts *o, size_t len)
{
	return (!o->max_nodes || len < o->max_nodes / 2 - 2) && (!o->max_depth || o->max_depth >= MAX_DEPTH);
}

bool yml_quick_load(struct val *out, struct yml_scan *s, const struct yml_opts *o)
{
	static const struct yml_opts none = { 0 };
	struct yml_scan start = *s;
	struct quick q = { .s = s, .arena = s->arena, .opts = o ? o : &none };
	if (s->odd || !is_within(q.opts, (size_t)(s->limit - s->text)))
		return false;
	struct arena_mark mark = arena_mark(s->arena);
	bool ok = read_root(&q, out);
	vec_release(&q.entries);
	vec_release(&q.items);
	if (ok)
		return true;
	arena_rewind(s->arena, mark);
	start.tmp = s->tmp;
	start.breaks = s->breaks;
	*s = start;
	return false;
}
