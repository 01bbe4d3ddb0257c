/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TOML documents to values. The order of steps is that of BurntSushi/toml, because it decides which error is
 * reported, for which line and with which "last key".
 */
#include "base/quote.h"
#include "base/utf8.h"
#include "funcs/toml.h"

#include <string.h>

/* Nested arrays and inline tables. */
#define MAX_DEPTH 1000

static char yes, no;

void toml_escape(struct buf *out, struct str s)
{
	static const char letters[] = "btn\vfr";
	for (size_t i = 0; i < s.len; i++) {
		unsigned char ch = (unsigned char)s.s[i];
		if (ch == '"' || ch == '\\')
			buf_printf(out, "\\%c", ch);
		else if (ch >= '\b' && ch <= '\r' && ch != '\v')
			buf_printf(out, "\\%c", letters[ch - '\b']);
		else if (ch < ' ' || ch == 0x7F)
			buf_printf(out, "\\u%04x", ch);
		else
			buf_putc(out, (char)ch);
	}
}

void fn_toml_add_key(struct buf *out, struct str key)
{
	bool bare = key.len > 0;
	for (size_t i = 0; i < key.len; i++) {
		char c = key.s[i];
		bare &= (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
			c == '-';
	}
	if (bare) {
		buf_add(out, key);
		return;
	}
	buf_putc(out, '"');
	toml_escape(out, key);
	buf_putc(out, '"');
}

/* "a.b" of a key's parts, and one more unless `last` is NULL. */
static struct str joined(struct arena *a, const struct str *parts, size_t n, const struct str *last)
{
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_putc(&b, '.');
		fn_toml_add_key(&b, parts[i]);
	}
	if (last) {
		if (n)
			buf_putc(&b, '.');
		fn_toml_add_key(&b, *last);
	}
	struct str s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}

/* The key that errors name. */
static struct str last_key(struct toml_parser *p)
{
	struct str context = joined(p->arena, p->context.items, p->context.len, NULL);
	if (!p->key.len)
		return context;
	if (!p->context.len)
		return p->key;
	return arena_printf(p->arena, "%.*s.%.*s", STR_ARG(context), STR_ARG(p->key));
}

struct err *toml_refuse(struct toml_parser *p, int line, const char *message)
{
	struct str key = last_key(p);
	if (!key.len)
		return err_new(ERR_INPUT, "toml: line %d: %s", line, message);
	struct buf b = BUF_INIT;
	quote_add(&b, key);
	struct err *e = err_new(ERR_INPUT, "toml: line %d (last key %s): %s", line, buf_text(&b), message);
	buf_release(&b);
	return e;
}

/* The error that the lexer noted. */
static struct err *lexer_error(struct toml_parser *p)
{
	return toml_refuse(p, p->lx.error_line, p->lx.error);
}

static struct err *refuse_key(struct toml_parser *p, const char *fmt, struct str key)
{
	struct str s = arena_printf(p->arena, "Key '%.*s' %s", STR_ARG(key), fmt);
	return toml_refuse(p, p->line, arena_text(p->arena, s));
}

struct err *toml_refuse_text(struct toml_parser *p, const struct toml_item *it, const char *before, const char *after)
{
	struct buf b = BUF_INIT;
	buf_puts(&b, before);
	quote_add(&b, it->text);
	buf_puts(&b, after);
	struct err *e = toml_refuse(p, it->line, buf_text(&b));
	buf_release(&b);
	return e;
}

static bool is_tables(struct val v)
{
	return v.kind == VAL_LIST && v.type == VAL_T_MAPS;
}

/* The table that a value is or, of an array of tables, its last; false for anything else. */
static bool as_table(struct val *table, struct val v)
{
	if (is_tables(v) && val_list_len(v))
		v = val_list_at(v, val_list_len(v) - 1);
	*table = v;
	return v.kind == VAL_MAP;
}

static void mark(struct toml_parser *p, struct map *m, struct str key, bool on)
{
	map_set(m, p->arena, key, on ? &yes : &no);
}

static bool marked(const struct map *m, struct str key)
{
	return map_find(m, key) == &yes;
}

/* Sets a key of the table in scope; a table that was only implied may be named once. */
static struct err *set_value(struct toml_parser *p, struct str key, struct val value)
{
	struct val hash = p->root;
	for (size_t i = 0; i < p->context.len; i++) {
		if (!as_table(&hash, val_map_get(hash, p->context.items[i])))
			return refuse_key(
				p, "has already been defined.", joined(p->arena, p->context.items, i + 1, NULL));
	}
	struct str full = joined(p->arena, p->context.items, p->context.len, &key);
	if (!val_map_find(hash, key)) {
		val_map_set(hash, key, value);
		return NULL;
	}
	bool implicit = marked(&p->implicit, full);
	if (!implicit)
		return refuse_key(p, "has already been defined.", full);
	mark(p, &p->implicit, full, false);
	if (marked(&p->arrays, full))
		val_map_set(hash, key, value);
	return NULL;
}

/* Notes whether what a key holds is an array; with an empty key that of the scope. */
static void set_type(struct toml_parser *p, struct str key, bool array)
{
	struct str empty = STR("");
	const struct str *last = key.len || !p->context.len ? (key.len ? &key : &empty) : NULL;
	mark(p, &p->arrays, joined(p->arena, p->context.items, p->context.len, last), array);
}

/* A copy, since contexts are kept and restored. */
static struct str_vec copy_key(struct arena *a, const struct str_vec *key, size_t n)
{
	struct str_vec copy = { NULL, 0, 0 };
	for (size_t i = 0; i < n; i++)
		vec_push_in(a, &copy, key->items[i]);
	return copy;
}

/* Opens the table `key`, or one more of the array of tables of that name, as the scope. */
static struct err *add_context(struct toml_parser *p, const struct str_vec *key, bool array)
{
	struct val hash = p->root;
	for (size_t i = 0; i + 1 < key->len; i++) {
		struct str part = key->items[i];
		if (!val_map_find(hash, part)) {
			mark(p, &p->implicit, joined(p->arena, key->items, i + 1, NULL), true);
			val_map_set(hash, part, val_map(p->arena));
		}
		if (!as_table(&hash, val_map_get(hash, part)))
			return refuse_key(
				p, "was already created as a hash.", joined(p->arena, key->items, i + 1, NULL));
	}
	struct str last = key->items[key->len - 1];
	struct str_vec context = copy_key(p->arena, key, key->len - 1);
	p->context = context;
	if (array) {
		if (!val_map_find(hash, last))
			val_map_set(hash, last, val_list_of(p->arena, 0, VAL_T_MAPS));
		struct val list = val_map_get(hash, last);
		if (!is_tables(list))
			return refuse_key(p, "was already created and cannot be used as an array.",
				joined(p->arena, key->items, key->len, NULL));
		val_list_add(list, val_map(p->arena));
	} else {
		TRY(set_value(p, last, val_map(p->arena)));
	}
	vec_push_in(p->arena, &p->context, last);
	return NULL;
}

static struct err *value(struct val *out, struct toml_parser *p, const struct toml_item *it, bool in_array);

static struct err *next_value(struct val *out, struct toml_parser *p, bool in_array, int *line)
{
	struct toml_item it;
	if (!toml_take_value(&it, &p->lx))
		return lexer_error(p);
	*line = it.line;
	return value(out, p, &it, in_array);
}

static const char *rune_or_end(struct toml_parser *p, uint32_t r)
{
	if (!r)
		return "end of file";
	struct buf b = BUF_INIT;
	buf_putc(&b, '\'');
	utf8_add(&b, r);
	buf_putc(&b, '\'');
	const char *text = arena_text(p->arena, buf_str(&b));
	buf_release(&b);
	return text;
}

/* Blanks, newlines and comments; the rune behind them. */
static uint32_t skip_space(struct toml_lexer *lx)
{
	for (;;) {
		uint32_t r = toml_next(lx);
		if (r == '#') {
			toml_ignore(lx);
			toml_take_comment(lx);
		} else if (r == ' ' || r == '\t' || r == '\n' || r == '\r') {
			toml_ignore(lx);
		} else {
			return r;
		}
		if (lx->error)
			return UTF8_BAD;
	}
}

static struct err *array(struct val *out, struct toml_parser *p)
{
	struct toml_lexer *lx = &p->lx;
	int line;
	set_type(p, p->key, true);
	*out = val_list(p->arena, 2);
	for (;;) {
		uint32_t r = skip_space(lx);
		if (r == ']')
			break;
		if (r == ',')
			toml_fail(lx, "unexpected comma");
		if (lx->error)
			return lexer_error(p);
		toml_backup(lx);
		struct val v;
		TRY(next_value(&v, p, true, &line));
		val_list_add(*out, v);
		r = skip_space(lx);
		if (r == ']')
			break;
		if (r != ',')
			toml_fail(
				lx, "expected a comma (',') or array terminator (']'), but got %s", rune_or_end(p, r));
		if (lx->error)
			return lexer_error(p);
		toml_ignore(lx);
	}
	toml_ignore(lx);
	return NULL;
}

/* All parts of a key up to '='. */
static struct err *take_key(struct str_vec *key, struct toml_parser *p)
{
	struct toml_lexer *lx = &p->lx;
	struct toml_item it;
	*key = (struct str_vec){ NULL, 0, 0 };
	toml_skip_blanks(lx);
	uint32_t r = toml_peek(lx);
	if (r == '=' || r == 0)
		toml_fail(lx, "unexpected '=': key name appears blank");
	else if (r == '.')
		toml_fail(lx, "unexpected '.': keys cannot start with a '.'");
	for (;;) {
		struct str part;
		if (lx->error || !toml_take_name(&it, lx))
			return lexer_error(p);
		if (!key->len)
			p->line = it.line;
		TRY(toml_text_of(&part, p, &it));
		vec_push_in(p->arena, key, part);
		toml_skip_blanks(lx);
		r = toml_next(lx);
		if (r == '=')
			break;
		if (r == 0)
			toml_fail(lx, "unexpected EOF; expected key separator '='");
		else if (r == '\n')
			toml_fail_before(lx, "expected '.' or '=', but got %s instead", toml_quoted(lx, r));
		else if (r != '.')
			toml_fail(lx, "expected '.' or '=', but got %s instead", toml_quoted(lx, r));
		toml_ignore(lx);
		toml_skip_blanks(lx);
		r = toml_peek(lx);
		if (r == '=' || r == 0)
			toml_fail(lx, "unexpected '='");
		else if (r == '.')
			toml_fail(lx, "unexpected '.'");
	}
	toml_ignore(lx);
	return NULL;
}

/* KEY = VALUE in the scope; the parts before the last are implied tables. `dotted` gets them. */
static struct err *key_value(struct val *out, struct str_vec *key, struct toml_parser *p, int line)
{
	int value_line;
	TRY(take_key(key, p));
	p->key = key->items[key->len - 1];
	for (size_t i = 0; i + 1 < key->len; i++) {
		struct str_vec inner = copy_key(p->arena, &p->context, p->context.len);
		vec_push_in(p->arena, &inner, key->items[i]);
		mark(p, &p->implicit, joined(p->arena, inner.items, inner.len, NULL), true);
		TRY(add_context(p, &inner, false));
	}
	(void)line;
	struct str name = p->key;
	TRY(next_value(out, p, false, &value_line));
	TRY(set_value(p, name, *out));
	set_type(p, name, out->kind == VAL_LIST);
	return NULL;
}

/* Puts a value of an inline table under its dotted key. */
static struct err *put_inline(struct toml_parser *p, struct val table, const struct str_vec *key, struct val v)
{
	for (size_t i = 0; i + 1 < key->len; i++) {
		struct val_entry *e = val_map_find(table, key->items[i]);
		if (!e) {
			val_map_set(table, key->items[i], val_map(p->arena));
			e = val_map_find(table, key->items[i]);
		}
		if (e->value.kind != VAL_MAP) {
			struct toml_item it = { .text = joined(p->arena, p->context.items, p->context.len, NULL),
				.line = p->line };
			return toml_refuse_text(p, &it, "", " is not a table");
		}
		table = e->value;
	}
	val_map_set(table, key->items[key->len - 1], v);
	return NULL;
}

static struct err *inline_pairs(struct val table, struct toml_parser *p)
{
	struct toml_lexer *lx = &p->lx;
	struct str_vec scope = p->context, key;
	for (;;) {
		uint32_t r = skip_space(lx);
		if (r == '}')
			return NULL;
		if (r == ',')
			toml_fail(lx, "unexpected comma");
		if (lx->error)
			return lexer_error(p);
		toml_backup(lx);
		struct val v;
		TRY(key_value(&v, &key, p, lx->line));
		TRY(put_inline(p, table, &key, v));
		p->context = scope;
		r = skip_space(lx);
		if (r == ',') {
			toml_ignore(lx);
			toml_skip_blanks(lx);
			if (toml_peek(lx) != '}')
				continue;
			r = toml_next(lx);
		}
		if (lx->error)
			return lexer_error(p);
		if (r == '}')
			return NULL;
		toml_fail(lx, "expected a comma or an inline table terminator '}', but got %s instead",
			rune_or_end(p, r));
		return lexer_error(p);
	}
}

static struct err *inline_table(struct val *out, struct toml_parser *p, bool in_array)
{
	struct str_vec outer = p->context;
	struct str outer_key = p->key;
	struct str_vec scope = copy_key(p->arena, &p->context, p->context.len);
	*out = val_map(p->arena);
	vec_push_in(p->arena, &scope, p->key);
	p->context = scope;
	p->key = STR("");
	mark(p, &p->implicit, joined(p->arena, scope.items, scope.len, NULL), true);
	TRY(add_context(p, &scope, in_array));
	TRY(inline_pairs(*out, p));
	toml_ignore(&p->lx);
	p->context = outer;
	p->key = outer_key;
	return NULL;
}

static struct err *value(struct val *out, struct toml_parser *p, const struct toml_item *it, bool in_array)
{
	struct str text;
	struct err *e;
	switch (it->kind) {
	case TOML_STRING:
	case TOML_ESCAPED:
	case TOML_MULTILINE:
	case TOML_RAW:
	case TOML_RAW_MULTILINE:
		TRY(toml_text_of(&text, p, it));
		*out = val_string(text);
		return NULL;
	case TOML_BOOL:
		*out = val_bool(str_is(it->text, "true"));
		return NULL;
	case TOML_INTEGER:
		return toml_integer(out, p, it);
	case TOML_FLOAT:
		return toml_floating(out, p, it);
	case TOML_DATETIME:
		return toml_datetime(out, p, it);
	case TOML_ARRAY:
	case TOML_INLINE:
		if (++p->depth > MAX_DEPTH)
			return err_new(ERR_LIMIT, "toml: line %d: values are nested too deeply", it->line);
		e = it->kind == TOML_ARRAY ? array(out, p) : inline_table(out, p, in_array);
		p->depth--;
		return e;
	}
	return NULL;
}

/* "[a.b]" or "[[a.b]]", the first bracket read. */
static struct err *table_header(struct toml_parser *p)
{
	struct toml_lexer *lx = &p->lx;
	struct str_vec key = { NULL, 0, 0 };
	bool array = toml_peek(lx) == '[';
	uint32_t r;
	if (array)
		toml_next(lx);
	toml_ignore(lx);
	do {
		struct toml_item it;
		struct str part;
		toml_skip_blanks(lx);
		r = toml_peek(lx);
		if (r == ']' || r == 0)
			toml_fail(lx, "unexpected end of table name (table names cannot be empty)");
		else if (r == '.')
			toml_fail(lx, "unexpected table separator (table names cannot be empty)");
		if (lx->error || !toml_take_name(&it, lx))
			return lexer_error(p);
		if (!key.len)
			p->line = it.line;
		TRY(toml_text_of(&part, p, &it));
		vec_push_in(p->arena, &key, part);
		toml_skip_blanks(lx);
		r = toml_next(lx);
		if (r == '.')
			toml_ignore(lx);
		else if (r != ']')
			toml_fail(lx, "expected '.' or ']' to end table name, but got %s instead", toml_quoted(lx, r));
	} while (r == '.');
	if (array && !lx->error && (r = toml_next(lx)) != ']')
		toml_fail(lx, "expected end of table array name delimiter ']', but got %s instead", toml_quoted(lx, r));
	if (lx->error)
		return lexer_error(p);
	toml_ignore(lx);
	TRY(add_context(p, &key, array));
	set_type(p, STR(""), false);
	return NULL;
}

/* What may follow a header or a key with its value; false at the end of the text. */
static struct err *end_of_item(struct toml_parser *p, bool *more)
{
	struct toml_lexer *lx = &p->lx;
	uint32_t r;
	do
		r = toml_next(lx);
	while (r == ' ' || r == '\t');
	*more = r != 0;
	if (r == '#') {
		toml_ignore(lx);
		toml_take_comment(lx);
	} else if (r == '\n' || r == '\r') {
		toml_ignore(lx);
	} else if (r) {
		toml_fail(lx, "expected a top-level item to end with a newline, comment, or EOF, but got %s instead",
			toml_quoted(lx, r));
	}
	return lx->error ? lexer_error(p) : NULL;
}

static struct err *document(struct toml_parser *p)
{
	struct toml_lexer *lx = &p->lx;
	for (bool more = true; more;) {
		uint32_t r = skip_space(lx);
		if (lx->error)
			return lexer_error(p);
		if (r == 0)
			return NULL;
		if (r == '[') {
			TRY(table_header(p));
		} else {
			struct str_vec outer = p->context, key;
			struct val v;
			toml_backup(lx);
			TRY(key_value(&v, &key, p, lx->line));
			p->context = outer;
			p->key = STR("");
		}
		TRY(end_of_item(p, &more));
	}
	return NULL;
}

struct err *fn_toml_load(struct val *out, struct arena *a, struct str text)
{
	if (str_starts(text, STR("\xff\xfe")) || str_starts(text, STR("\xfe\xff")))
		text = str_skip(text, 2);
	else if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_skip(text, 3);
	if (str_find_char(str_slice(text, 0, 6), '\0') >= 0)
		return err_new(ERR_INPUT, "toml: line 1: files cannot contain NULL bytes; probably using UTF-16; TOML "
					  "files must be UTF-8");
	struct toml_parser p = { .arena = a, .lx = { .in = text, .line = 1, .arena = a }, .root = val_map(a) };
	*out = p.root;
	return document(&p);
}
