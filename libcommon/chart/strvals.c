/* SPDX-License-Identifier: Apache-2.0 */
/* strvals: the lines of --set and its family. */
#include "base/num.h"
#include "base/quote.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "chart/values.h"
#include "json/json.h"

#include <string.h>

/*
 * line   = { key '=' value ',' }
 * key    = name { '.' name | '[' index ']' }
 * value  = scalar | '{' scalar { ',' scalar } '}'
 *
 * '\' quotes the next rune (not with --set-literal). The parser follows Helm's step by step, because what it does with
 * broken lines is known only that way: END is Go's io.EOF, which ends a line quietly wherever it shows up.
 */
enum { MAX_INDEX = 65536, MAX_LEVEL = 30 };

enum status { OK, END, FAILED };

struct parser {
	struct arena *arena;
	struct str rest;
	enum chart_set_kind kind;
	const struct chart_value_flags *flags; /* of CHART_SET_FILE */
	struct err *error;                     /* with FAILED */
};

static enum status fail(struct parser *p, struct err *e)
{
	p->error = e;
	return FAILED;
}

static struct err *about(const char *before, struct str s, const char *after)
{
	struct buf b = BUF_INIT;
	quote_add(&b, s);
	struct err *e = err_new(ERR_INPUT, "%s %s%s", before, buf_text(&b), after);
	buf_release(&b);
	return e;
}

/* What Go's failed type assertion says. */
static enum status not_a(struct parser *p, struct val v, const char *want)
{
	const char *is = val_is_null(v) ? "nil" : val_type_name(v);
	return fail(p,
		err_new(ERR_INPUT, "unable to parse key: interface conversion: interface {} is %s, not %s", is, want));
}

/* Reads up to one of the ASCII stops; `*last` is it. END when there is none, with what was read. */
static enum status read_until(struct parser *p, struct str *out, char *last, const char *stops)
{
	struct buf b = BUF_INIT;
	enum status st = END;
	while (p->rest.len) {
		size_t n;
		uint32_t r = utf8_get(p->rest, &n);
		p->rest = str_skip(p->rest, n);
		if (r && r < 0x80 && strchr(stops, (int)r)) {
			*last = (char)r;
			st = OK;
			break;
		}
		if (r == '\\' && p->kind != CHART_SET_LITERAL) {
			if (!p->rest.len)
				break;
			r = utf8_get(p->rest, &n);
			p->rest = str_skip(p->rest, n);
		}
		utf8_add(&b, r);
	}
	*out = arena_str(p->arena, buf_str(&b));
	buf_release(&b);
	return st;
}

/* Takes blanks and the comma behind them; whether nothing else stood before it. */
static bool take_blank(struct parser *p)
{
	while (p->rest.len) {
		size_t n;
		uint32_t r = utf8_get(p->rest, &n);
		if (r != ',' && !utf8_is_space(r))
			return false;
		p->rest = str_skip(p->rest, n);
		if (r == ',')
			return true;
	}
	return true;
}

static struct val typed(struct str s)
{
	if (str_eq_nocase(s, STR("true")))
		return val_bool(true);
	if (str_eq_nocase(s, STR("false")))
		return val_bool(false);
	if (str_eq_nocase(s, STR("null")))
		return VAL_NIL;
	int64_t i;
	if (str_is(s, "0"))
		return val_int64(0);
	if (s.len && s.s[0] != '0' && num_parse_int(&i, s, 10) == NUM_OK)
		return val_int64(i);
	return val_string(s);
}

/* What a scalar stands for. After an error `*out` is null, which Helm stores before it gives up. */
static enum status scalar(struct parser *p, struct val *out, struct str s)
{
	*out = VAL_NIL;
	if (p->kind == CHART_SET) {
		*out = typed(s);
		return OK;
	}
	if (p->kind != CHART_SET_FILE) {
		*out = val_string(s);
		return OK;
	}
	struct str content;
	struct err *e = chart_values_read(&content, p->arena, s, p->flags);
	if (e)
		return fail(p, e);
	*out = val_string(content);
	return OK;
}

/* Behind '{'. */
static enum status braces(struct parser *p, struct val *out)
{
	struct val list = *out = val_list(p->arena, 4);
	for (;;) {
		struct str s;
		char last = 0;
		struct val v;
		if (read_until(p, &s, &last, ",}") == END)
			return fail(p, err_new(ERR_INPUT, "list must terminate with '}'"));
		if (last == '}' && p->rest.len && p->rest.s[0] == ',')
			p->rest = str_skip(p->rest, 1);
		enum status st = scalar(p, &v, s);
		if (st != OK)
			return st;
		val_list_add(list, v);
		if (last == '}')
			return OK;
	}
}

static enum status json_value(struct parser *p, struct val *out)
{
	*out = VAL_NIL;
	if (take_blank(p))
		return OK;
	size_t n;
	struct err *e = json_load_next(out, p->arena, p->rest, &n);
	if (e)
		return fail(p, e);
	p->rest = str_skip(p->rest, n);
	take_blank(p);
	return OK;
}

/* The value behind '='. `*store` tells whether Helm stores `*out` although it stops. */
static enum status value(struct parser *p, struct val *out, bool *store)
{
	*store = true;
	if (p->kind == CHART_SET_JSON) {
		enum status st = json_value(p, out);
		*store = st == OK;
		return st;
	}
	if (p->kind == CHART_SET_LITERAL) {
		struct str s;
		char last;
		read_until(p, &s, &last, "");
		*out = val_string(s);
		return OK;
	}
	if (!p->rest.len) {
		*out = val_string(STR(""));
		return END;
	}
	if (p->rest.s[0] == '{') {
		p->rest = str_skip(p->rest, 1);
		enum status st = braces(p, out);
		*store = st == OK;
		return st;
	}
	struct str s;
	char last;
	read_until(p, &s, &last, ",");
	return scalar(p, out, s);
}

static void set(struct val data, struct str key, struct val v)
{
	if (key.len)
		val_map_set(data, key, v);
}

static enum status set_index(struct parser *p, struct val *list, int64_t i, struct val v)
{
	if (i > MAX_INDEX)
		return fail(p, err_new(ERR_INPUT, "index of %lld is greater than maximum supported index of %d",
				       (long long)i, MAX_INDEX));
	if ((size_t)i >= val_list_len(*list)) {
		struct val longer = val_list(p->arena, (size_t)i + 1);
		val_list_each (item, *list)
			val_list_add(longer, *item);
		while (val_list_len(longer) <= (size_t)i)
			val_list_add(longer, VAL_NIL);
		*list = longer;
	}
	list->list->items[i] = v;
	return OK;
}

static enum status index_number(struct parser *p, int64_t *out)
{
	struct str s;
	char last;
	if (read_until(p, &s, &last, "]") == END)
		return END;
	enum num_fault fault = num_parse_int(out, s, 10);
	if (fault == NUM_OK)
		return OK;
	const char *why = fault == NUM_RANGE ? ": value out of range" : ": invalid syntax";
	return fail(p, about("error parsing index: strconv.Atoi: parsing", s, why));
}

static enum status key(struct parser *p, struct val data, int level);

/* Behind "[i]." */
static enum status item_map(struct parser *p, struct val *list, int64_t i, int level)
{
	struct val inner = val_map(p->arena);
	if ((size_t)i < val_list_len(*list)) {
		struct val *item = &list->list->items[i];
		if (!val_is_map(*item))
			*item = inner;
		inner = *item;
	}
	enum status st = key(p, inner, level);
	return st == OK ? set_index(p, list, i, inner) : st;
}

static enum status item(struct parser *p, struct val *list, int64_t i, int level);

/* Behind "[i][" */
static enum status item_list(struct parser *p, struct val *list, int64_t i, int level)
{
	int64_t next;
	enum status st = index_number(p, &next);
	if (st != OK)
		return st;
	struct val inner = val_list(p->arena, 0);
	if ((size_t)i < val_list_len(*list)) {
		struct val old = val_list_at(*list, (size_t)i);
		if (!val_is_null(old) && !val_is_list(old))
			return not_a(p, old, "[]interface {}");
		if (!val_is_null(old))
			inner = old;
	}
	if (level > MAX_LEVEL)
		return fail(p, err_new(ERR_LIMIT, "lists are nested more than %d deep", MAX_LEVEL));
	st = item(p, &inner, next, level + 1);
	return st == OK ? set_index(p, list, i, inner) : st;
}

static enum status trailing(struct parser *p, struct str k)
{
	struct buf b = BUF_INIT;
	while (k.len) {
		size_t n;
		quote_add_rune(&b, utf8_get(k, &n));
		k = str_skip(k, n);
		if (k.len)
			buf_putc(&b, ' ');
	}
	enum status st = fail(p, err_new(ERR_INPUT, "unexpected data at end of array index: [%s]", buf_text(&b)));
	buf_release(&b);
	return st;
}

/* Behind "[i]": stores into `*list`, which may be replaced by a longer one. */
static enum status item(struct parser *p, struct val *list, int64_t i, int level)
{
	if (i < 0)
		return fail(p, err_new(ERR_INPUT, "negative %lld index not allowed", (long long)i));
	struct str k;
	char last = 0;
	enum status st = read_until(p, &k, &last, "[.=");
	if (k.len)
		return trailing(p, k);
	if (st == END)
		return END;
	if (last == '.')
		return item_map(p, list, i, level);
	if (last == '[')
		return item_list(p, list, i, level);
	struct val v;
	bool store;
	st = value(p, &v, &store);
	if (st == FAILED)
		return st;
	return set_index(p, list, i, v);
}

/* Behind "name[". */
static enum status key_list(struct parser *p, struct val data, struct str k, int level)
{
	int64_t i;
	enum status st = index_number(p, &i);
	if (st != OK)
		return st;
	struct val list = val_list(p->arena, 0);
	struct val_entry *old = val_map_find(data, k);
	if (old && !val_is_list(old->value))
		return not_a(p, old->value, "[]interface {}");
	if (old)
		list = old->value;
	st = item(p, &list, i, level);
	set(data, k, list);
	return st;
}

/* Behind "name.". */
static enum status key_map(struct parser *p, struct val data, struct str k, int level)
{
	if (level + 1 > MAX_LEVEL)
		return fail(p, err_new(ERR_INPUT,
				       "value name nested level is greater than maximum supported nested level of %d",
				       MAX_LEVEL));
	struct val inner = val_map(p->arena);
	struct val_entry *old = val_map_find(data, k);
	if (old && !val_is_map(old->value))
		return not_a(p, old->value, "map[string]interface {}");
	if (old)
		inner = old->value;
	enum status st = key(p, inner, level + 1);
	if (st == OK && !val_map_len(inner))
		return fail(p, about("key map", k, " has no value"));
	if (val_map_len(inner))
		set(data, k, inner);
	return st;
}

static enum status key(struct parser *p, struct val data, int level)
{
	struct str k;
	char last = 0;
	if (read_until(p, &k, &last, p->kind == CHART_SET_LITERAL ? "=[." : "=[,.") == END)
		return k.len ? fail(p, about("key", k, " has no value")) : END;
	if (last == '[')
		return key_list(p, data, k, level);
	if (last == '.')
		return key_map(p, data, k, level);
	if (last == ',') {
		set(data, k, val_string(STR("")));
		return fail(p, about("key", k, " has no value (cannot end with ,)"));
	}
	struct val v;
	bool store;
	enum status st = value(p, &v, &store);
	if (store)
		set(data, k, v);
	return st;
}

static struct err *apply(struct parser *p, struct val dest)
{
	enum status st;
	while ((st = key(p, dest, 0)) == OK)
		;
	return st == FAILED ? p->error : NULL;
}

struct err *chart_set(struct val dest, struct arena *a, struct str line, enum chart_set_kind kind)
{
	return apply(&(struct parser){ .arena = a, .rest = line, .kind = kind }, dest);
}

struct err *chart_set_files(struct val dest, struct arena *a, struct str line, const struct chart_value_flags *flags)
{
	return apply(&(struct parser){ .arena = a, .rest = line, .kind = CHART_SET_FILE, .flags = flags }, dest);
}
