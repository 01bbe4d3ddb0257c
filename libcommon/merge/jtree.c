/* SPDX-License-Identifier: Apache-2.0 */
#include "merge/jtree.h"

#include "base/utf8.h"
#include "base/vec.h"

#define DEPTH_MAX 100

struct parser {
	struct arena *arena;
	const struct merge_jtext *in;
	struct str s;
	size_t at;
	struct buf said; /* scratch */
	bool prefixes;   /* actions may stand before keys */
};

static void skip_blanks(struct parser *p)
{
	while (p->at < p->s.len &&
		(p->s.s[p->at] == ' ' || p->s.s[p->at] == '\t' || p->s.s[p->at] == '\n' || p->s.s[p->at] == '\r'))
		p->at++;
}

static char peek(const struct parser *p)
{
	return p->at < p->s.len ? p->s.s[p->at] : '\0';
}

/* Goes over an action; false when it has no end. */
static bool skip_action(struct parser *p)
{
	ptrdiff_t end = str_find_char(str_skip(p->s, p->at), '\2');

	if (end < 0)
		return false;
	p->at += (size_t)end + 1;
	return true;
}

static int hex4(struct str s)
{
	int n = 0;

	if (s.len < 4)
		return -1;
	for (size_t i = 0; i < 4; i++) {
		char c = s.s[i];
		int d = c >= '0' && c <= '9'   ? c - '0'
			: c >= 'a' && c <= 'f' ? c - 'a' + 10
			: c >= 'A' && c <= 'F' ? c - 'A' + 10
					       : -1;
		if (d < 0)
			return -1;
		n = n * 16 + d;
	}
	return n;
}

/* Reads what follows "\u"; false when it is no character. */
static bool read_unicode(struct parser *p)
{
	int hi = hex4(str_skip(p->s, p->at));

	if (hi < 0)
		return false;
	p->at += 4;
	if (hi >= 0xd800 && hi < 0xdc00 && str_starts(str_skip(p->s, p->at), STR("\\u"))) {
		int lo = hex4(str_skip(p->s, p->at + 2));
		if (lo >= 0xdc00 && lo < 0xe000) {
			p->at += 6;
			utf8_add(&p->said, 0x10000 + ((uint32_t)(hi - 0xd800) << 10) + (uint32_t)(lo - 0xdc00));
			return true;
		}
	}
	/* Half a pair has no character: it stays as it is written, as do the bytes that stand for actions. */
	if ((hi >= 0xd800 && hi < 0xe000) || hi < 3)
		buf_printf(&p->said, "\\u%04x", (unsigned)hi);
	else
		utf8_add(&p->said, (uint32_t)hi);
	return true;
}

static bool read_escape(struct parser *p)
{
	static const char from[] = "\"\\/bfnrt";
	static const char to[] = "\"\\/\b\f\n\r\t";
	char c = peek(p);

	p->at++;
	if (c == 'u')
		return read_unicode(p);
	ptrdiff_t i = str_find_char(STR(from), c);
	if (i < 0 || !c)
		return false;
	buf_putc(&p->said, to[i]);
	return true;
}

/* Reads a string into p->said, behind a '"'; false when it is none. */
static bool read_string(struct parser *p)
{
	buf_clear(&p->said);
	buf_putc(&p->said, '"');
	p->at++;
	while (p->at < p->s.len && p->s.s[p->at] != '"') {
		size_t from = p->at;
		char c = p->s.s[p->at];
		if (c == '\1') {
			if (!skip_action(p))
				return false;
			buf_add(&p->said, str_slice(p->s, from, p->at));
		} else if (c == '\\') {
			p->at++;
			if (!read_escape(p))
				return false;
		} else if ((unsigned char)c < 0x20) {
			return false;
		} else {
			buf_putc(&p->said, c);
			p->at++;
		}
	}
	p->at++;
	return p->at <= p->s.len;
}

static bool is_number(struct str s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.len; i++) {
		bool digit = s.s[i] >= '0' && s.s[i] <= '9';
		digits += digit;
		if (!digit && (s.s[i] == '\0' || str_find_char(STR("+-.eE"), s.s[i]) < 0))
			return false;
	}
	return digits > 0 && ((s.s[0] >= '0' && s.s[0] <= '9') || s.s[0] == '-');
}

/* An action, or several with words between them, may stand for a whole value. */
static bool read_word(struct parser *p, struct merge_jnode *n)
{
	bool action = false;

	for (;;) {
		char c = peek(p);
		if (c == '\1') {
			action = true;
			if (!skip_action(p))
				return false;
		} else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
			   c == '-' || c == '+' || c == '_') {
			p->at++;
		} else {
			break;
		}
	}
	n->atom = str_slice(p->s, n->from, p->at);
	return action || str_is(n->atom, "true") || str_is(n->atom, "false") || str_is(n->atom, "null") ||
	       is_number(n->atom);
}

static uint64_t mix(uint64_t x, uint64_t y)
{
	x = (x ^ (y + 0x9e3779b97f4a7c15u + (x << 6) + (x >> 2))) * 0xff51afd7ed558ccdu;
	return x ^ (x >> 33);
}

static struct merge_jnode *read_value(struct parser *p, int depth);

/* What an action does to the depth of blocks. */
static int block_change(struct str action)
{
	static const char *const openers[] = { "if", "range", "with", "define", "block" };
	struct str s = str_trim(str_trim_prefix(str_trim_prefix(action, STR("\1{{")), STR("-")));

	for (size_t i = 0; i < sizeof(openers) / sizeof(openers[0]); i++) {
		struct str word = str_from(openers[i]);
		if (str_starts(s, word) && s.len > word.len && (s.s[word.len] == ' ' || s.s[word.len] == '('))
			return 1;
	}
	return str_starts(s, STR("end")) && (s.len == 3 || s.s[3] == ' ' || s.s[3] == '}' || s.s[3] == '-') ? -1 : 0;
}

/* Goes over whole blocks of actions before a key. */
static bool read_prefix(struct parser *p, struct merge_jentry *e)
{
	int depth = 0;
	size_t from = p->at;

	while (p->prefixes && (depth || peek(p) == '\1')) {
		ptrdiff_t next = str_find_char(str_skip(p->s, p->at), '\1');
		if (next < 0)
			return false;
		p->at += (size_t)next;
		size_t begin = p->at;
		if (!skip_action(p))
			return false;
		depth += block_change(str_slice(p->s, begin, p->at));
		if (depth < 0)
			return false;
		e->prefix = str_slice(p->s, from, p->at);
		skip_blanks(p);
	}
	return true;
}

static bool read_key(struct parser *p, struct merge_jentry *e)
{
	if (!read_prefix(p, e))
		return false;
	if (peek(p) != '"' || !read_string(p))
		return false;
	e->key = arena_str(p->arena, str_skip(buf_str(&p->said), 1));
	skip_blanks(p);
	if (peek(p) != ':')
		return false;
	p->at++;
	skip_blanks(p);
	return true;
}

static void hash_collection(struct merge_jnode *n)
{
	n->hash = n->kind == MERGE_JOBJECT ? 1 : 2;
	for (size_t i = 0; i < n->len; i++) {
		uint64_t h = n->items[i].value->hash;
		if (n->kind == MERGE_JOBJECT)
			n->hash += mix(mix(str_hash(n->items[i].key), h), str_hash(n->items[i].prefix));
		else
			n->hash = mix(n->hash, h);
	}
}

/* Reads what is between the brackets, and the closing one. */
static bool read_items(struct parser *p, struct merge_jnode *n, int depth)
{
	struct {
		struct merge_jentry *items;
		size_t len, cap;
	} list = { 0 };
	char close = n->kind == MERGE_JOBJECT ? '}' : ']';

	p->at++;
	for (;;) {
		struct merge_jentry e = { .sep = p->at };
		skip_blanks(p);
		if (!list.len && peek(p) == close)
			break;
		e.from = p->at;
		if (n->kind == MERGE_JOBJECT && !read_key(p, &e))
			return false;
		e.value = read_value(p, depth + 1);
		if (!e.value)
			return false;
		vec_push_in(p->arena, &list, e);
		skip_blanks(p);
		if (peek(p) == close)
			break;
		if (peek(p) != ',')
			return false;
		p->at++;
	}
	p->at++;
	n->items = list.items;
	n->len = list.len;
	for (size_t i = 0; n->kind == MERGE_JOBJECT && i < n->len; i++)
		if (map_set(&n->by_key, p->arena, n->items[i].key, &n->items[i]))
			return false;
	hash_collection(n);
	return true;
}

static struct merge_jnode *read_value(struct parser *p, int depth)
{
	struct merge_jnode *n = ARENA_NEW(p->arena, struct merge_jnode);
	bool fine = depth < DEPTH_MAX;

	n->in = p->in;
	n->from = p->at;
	n->kind = MERGE_JATOM;
	if (peek(p) == '{' || peek(p) == '[') {
		n->kind = peek(p) == '{' ? MERGE_JOBJECT : MERGE_JARRAY;
		fine = fine && read_items(p, n, depth);
	} else if (peek(p) == '"') {
		fine = read_string(p);
		n->atom = arena_str(p->arena, buf_str(&p->said));
	} else {
		fine = read_word(p, n);
	}
	n->to = p->at;
	if (n->kind == MERGE_JATOM)
		n->hash = mix(3, str_hash(n->atom));
	return fine ? n : NULL;
}

struct merge_jnode *merge_jtree_read(struct arena *a, const struct merge_jtext *text, bool prefixes)
{
	struct parser p = { .arena = a, .in = text, .s = text->text, .prefixes = prefixes };
	struct merge_jnode *n = NULL;

	skip_blanks(&p);
	if (peek(&p) == '{' || peek(&p) == '[')
		n = read_value(&p, 0);
	skip_blanks(&p);
	buf_release(&p.said);
	return n && p.at == p.s.len ? n : NULL;
}

struct merge_jnode *merge_jget(const struct merge_jnode *n, struct str key)
{
	struct merge_jentry *e = n && n->kind == MERGE_JOBJECT ? map_find(&n->by_key, key) : NULL;

	return e ? e->value : NULL;
}

bool merge_jequal(const struct merge_jnode *x, const struct merge_jnode *y)
{
	if (x == y)
		return true;
	if (!x || !y || x->hash != y->hash || x->kind != y->kind || x->len != y->len)
		return false;
	if (x->kind == MERGE_JATOM)
		return str_eq(x->atom, y->atom);
	for (size_t i = 0; i < x->len; i++) {
		const struct merge_jentry *e = &x->items[i];
		const struct merge_jentry *other =
			x->kind == MERGE_JOBJECT ? map_find(&y->by_key, e->key) : &y->items[i];
		if (!other || !str_eq(e->prefix, other->prefix) || !merge_jequal(e->value, other->value))
			return false;
	}
	return true;
}

struct leaves {
	uint64_t *items;
	size_t len, cap;
};

static void gather_leaves(struct leaves *l, struct arena *a, const struct merge_jnode *n, uint64_t path)
{
	if (n->kind == MERGE_JATOM || !n->len)
		vec_push_in(a, l, mix(path, n->hash));
	for (size_t i = 0; i < n->len; i++)
		gather_leaves(
			l, a, n->items[i].value, mix(path, n->kind == MERGE_JOBJECT ? str_hash(n->items[i].key) : 7));
}

static int by_number(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x;
	uint64_t b = *(const uint64_t *)y;

	return (a > b) - (a < b);
}

static void need_leaves(struct arena *a, struct merge_jnode *n)
{
	struct leaves l = { 0 };

	if (n->leaves)
		return;
	gather_leaves(&l, a, n, 0);
	qsort(l.items, l.len, sizeof(*l.items), by_number);
	n->leaves = l.items;
	n->nleaves = l.len;
}

int merge_jlikeness(struct arena *a, struct merge_jnode *x, struct merge_jnode *y)
{
	size_t i = 0;
	size_t k = 0;
	size_t shared = 0;

	need_leaves(a, x);
	need_leaves(a, y);
	while (i < x->nleaves && k < y->nleaves) {
		int order = by_number(&x->leaves[i], &y->leaves[k]);
		shared += order == 0;
		i += order <= 0;
		k += order >= 0;
	}
	return (int)(200 * shared / (x->nleaves + y->nleaves));
}

struct str merge_jtext_of(const struct merge_jnode *n)
{
	return str_slice(n->in->text, n->from, n->to);
}
