/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/decode.h"

#include "base/deep.h"
#include "base/num.h"
#include "base/quote.h"
#include "base/utf8.h"
#include "yaml/doc.h"
#include "yaml/gosyntax.h"
#include "yaml/quick.h"
#include "yaml/resolve.h"

#include <math.h>
#include <string.h>

#define TAG_PREFIX "tag:yaml.org,2002:"

/* go-yaml's bounds on what aliases may blow up: 99 % of the nodes up to LOW, falling to 10 % at HIGH. */
#define RATIO_LOW 400000
#define RATIO_HIGH 4000000
/* encoding/json's limit on nesting. */
#define JSON_DEPTH 10000

struct decoder {
	struct arena *arena;
	const struct yml_opts *opts;
	struct deep deep;
	struct err *failed;    /* go-yaml gave up: nothing else counts */
	bool typed;            /* maps are only printed: keys that are no strings go in as Go prints them */
	bool unjson;           /* something was there that cannot be JSON, unless it was replaced later */
	struct buf duplicates; /* messages of strict mode */
	size_t nodes, aliased;
	int alias_depth, depth, max_depth;
};

static bool fail(struct decoder *d, const struct yml_raw *n, struct err *e)
{
	if (d->failed)
		err_free(e);
	else
		d->failed = err_at(e, NULL, (int)n->start.line + 1, (int)n->start.col + 1);
	return false;
}

static double allowed_ratio(size_t nodes)
{
	if (nodes <= RATIO_LOW)
		return 0.99;
	if (nodes >= RATIO_HIGH)
		return 0.10;
	return 0.99 - 0.89 * ((double)(nodes - RATIO_LOW) / (double)(RATIO_HIGH - RATIO_LOW));
}

static bool count_node(struct decoder *d, const struct yml_raw *n)
{
	d->nodes++;
	if (d->alias_depth)
		d->aliased++;
	if (d->aliased > 100 && d->nodes > 1000 && (double)d->aliased / (double)d->nodes > allowed_ratio(d->nodes))
		return fail(d, n, err_new(ERR_LIMIT, "yaml: document contains excessive aliasing"));
	if (d->opts->max_nodes && d->nodes > d->opts->max_nodes)
		return fail(d, n, err_new(ERR_LIMIT, "yaml: document has more than %zu nodes", d->opts->max_nodes));
	return true;
}

static int base64_digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

/* Standard base64 with padding; line breaks are passed over. */
static bool decode_base64(struct buf *out, struct str s)
{
	uint32_t word = 0;
	int n = 0, pad = 0;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];
		if (c == '\n' || c == '\r')
			continue;
		int digit = base64_digit(c);
		if (c == '=' && n >= 2)
			pad++;
		else if (digit < 0 || pad)
			return false;
		word = word << 6 | (uint32_t)(digit < 0 ? 0 : digit);
		if (++n < 4)
			continue;
		for (int k = 0; k < 3 - pad; k++)
			buf_putc(out, (char)(word >> (16 - 8 * k)));
		word = 0;
		n = 0;
		if (pad)
			return str_trim_end(str_skip(s, i + 1), "\r\n").len == 0;
	}
	return n == 0;
}

static bool decode_binary(struct decoder *d, const struct yml_raw *n, struct val *out)
{
	struct buf bytes = BUF_INIT;
	bool ok = decode_base64(&bytes, n->value);
	struct buf clean = BUF_INIT;
	for (struct str rest = buf_str(&bytes); ok && rest.len;) {
		size_t width;
		utf8_add(&clean, utf8_get(rest, &width));
		rest = str_skip(rest, width);
	}
	/* JSON has no such bytes, Go's messages have. */
	*out = val_string(arena_str(d->arena, buf_str(d->typed ? &bytes : &clean)));
	buf_release(&bytes);
	buf_release(&clean);
	return ok || fail(d, n, err_new(ERR_INPUT, "yaml: !!binary value contains invalid base64 data"));
}

/* A scalar with one of the tags whose meaning go-yaml knows. */
static bool decode_tagged(struct decoder *d, const struct yml_raw *n, struct val *out)
{
	struct str tag = str_skip(n->tag, sizeof(TAG_PREFIX) - 1);
	if (str_is(tag, "str")) {
		*out = val_string(n->value);
		return true;
	}
	enum yml_scalar kind =
		str_is(tag, "timestamp") && yml_is_time(n->value) ? YML_T_TIME : yml_resolve_value(out, n->value);
	if (kind == YML_T_TIME)
		*out = val_string(n->value);
	const char *got = yml_scalar_tag(kind);
	if (str_is(tag, got + 2))
		return true;
	if (str_is(tag, "float") && kind == YML_T_INT) {
		*out = val_float((double)out->i);
		return true;
	}
	return fail(d, n,
		err_new(ERR_INPUT, "yaml: cannot decode %s `%.*s` as a !!%.*s", got, STR_ARG(n->value), STR_ARG(tag)));
}

/* A scalar as go-yaml has it: integers are still such. */
static bool decode_scalar(struct decoder *d, const struct yml_raw *n, struct val *out)
{
	static const char *const known[] = { "str", "bool", "int", "float", "null", "timestamp" };
	if (!n->tag.len) {
		if (n->implicit)
			yml_resolve_value(out, n->value);
		else
			*out = val_string(n->value);
		return true;
	}
	*out = val_string(n->value);
	if (!str_starts(n->tag, STR(TAG_PREFIX)))
		return true;
	struct str tag = str_skip(n->tag, sizeof(TAG_PREFIX) - 1);
	if (str_is(tag, "binary"))
		return decode_binary(d, n, out);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_is(tag, known[i]))
			return decode_tagged(d, n, out);
	return true;
}

/* What a scalar becomes on the way through JSON. */
static struct val through_json(struct decoder *d, struct val v)
{
	if (v.kind == VAL_FLOAT && (isnan(v.f) || isinf(v.f)))
		d->unjson = true;
	if (d->opts->integers || d->typed)
		return v;
	if (v.kind == VAL_INT)
		return val_float((double)v.i);
	if (v.kind == VAL_UINT)
		return val_float((double)v.u);
	return v;
}

static char kind_letter(struct val key)
{
	static const char kinds[] = { [VAL_NULL] = '~',
		[VAL_BOOL] = 'b',
		[VAL_INT] = 'i',
		[VAL_UINT] = 'u',
		[VAL_FLOAT] = 'f',
		[VAL_STRING] = 's' };
	return kinds[key.kind];
}

/* The string that a key becomes. */
static void key_text(struct decoder *d, struct val key, struct str *out)
{
	struct buf b = BUF_INIT;
	if (d->typed && (key.kind != VAL_STRING || str_starts(val_str(key), STR(YML_GO_KEY)))) {
		buf_puts(&b, YML_GO_KEY);
		buf_putc(&b, kind_letter(key));
		if (key.kind == VAL_STRING)
			buf_add(&b, val_str(key));
		else
			yml_add_go_syntax(&b, key);
		*out = arena_str(d->arena, buf_str(&b));
		buf_release(&b);
		return;
	}
	switch ((enum val_kind)key.kind) {
	case VAL_STRING:
		*out = val_str(key);
		return;
	case VAL_BOOL:
		*out = key.b ? STR("true") : STR("false");
		return;
	case VAL_INT:
		num_add_int(&b, key.i);
		break;
	case VAL_FLOAT:
		if (isnan(key.f) || isinf(key.f))
			buf_puts(&b, isnan(key.f) ? ".nan" : key.f > 0 ? ".inf" : "-.inf");
		else
			num_add_float(&b, key.f, 32);
		break;
	case VAL_UINT:
		/* No JSON key can be made of it: bad_key() tells. */
		num_add_uint(&b, key.u);
		d->unjson = true;
		break;
	case VAL_INVALID:
	case VAL_NULL:
	case VAL_COMPLEX:
	case VAL_LIST:
	case VAL_MAP:
	case VAL_OBJECT:
	case VAL_FUNC:
		buf_putc(&b, '~');
		d->unjson = true;
		break;
	}
	*out = arena_str(d->arena, buf_str(&b));
	buf_release(&b);
}

/* A map while it is filled. In strict mode keys that are one string but two Go values, 1 and "1", are told apart. */
struct filling {
	struct val map;
	struct map seen;
};

/* Whether a key is in the map as go-yaml has it; notes it. */
static bool key_is_known(struct decoder *d, struct filling *f, struct val key)
{
	struct buf id = BUF_INIT;
	struct str text;
	buf_putc(&id, kind_letter(key));
	if (key.kind == VAL_FLOAT) {
		num_add_float(&id, key.f, 64);
	} else {
		key_text(d, key, &text);
		buf_add(&id, text);
	}
	bool known = (key.kind != VAL_FLOAT || !isnan(key.f)) && map_find(&f->seen, buf_str(&id));
	if (!known)
		map_set(&f->seen, d->arena, arena_str(d->arena, buf_str(&id)), f);
	buf_release(&id);
	return known;
}

static void note_duplicate(struct decoder *d, const struct yml_raw *value, struct val key)
{
	buf_printf(&d->duplicates, "%sline %u: key ", d->duplicates.len ? "\n  " : "", value->start.line + 1);
	yml_add_go_syntax(&d->duplicates, key);
	buf_puts(&d->duplicates, " already set in map");
}

static void set_entry(struct decoder *d, struct filling *f, const struct yml_raw *n, struct val key, struct val value)
{
	if (d->opts->strict && key_is_known(d, f, key)) {
		note_duplicate(d, n, key);
		return;
	}
	struct str text;
	key_text(d, key, &text);
	val_map_set(f->map, text, value);
}

static bool decode_node(struct decoder *d, struct yml_raw *n, struct val *out, struct filling *into);
static bool fill_map(struct decoder *d, struct yml_raw *n, struct filling *f);

static bool wants_map(struct decoder *d, const struct yml_raw *n)
{
	return fail(d, n, err_new(ERR_INPUT, "yaml: map merge requires map or sequence of maps as the value"));
}

static bool merge_one(struct decoder *d, struct yml_raw *n, struct filling *f)
{
	struct val ignored;
	if (n->kind != YML_MAP && !(n->kind == YML_ALIAS && n->target->kind == YML_MAP))
		return wants_map(d, n);
	return decode_node(d, n, &ignored, f);
}

/* `<<`: the map, or the list of maps of which the earlier ones win, goes in where it stands. */
static bool merge(struct decoder *d, struct yml_raw *n, struct filling *f)
{
	if (n->kind != YML_SEQ)
		return merge_one(d, n, f);
	if (!n->len)
		return true;
	struct yml_raw **items = arena_array(d->arena, n->len, sizeof(*items));
	size_t len = 0;
	for (struct yml_raw *item = n->first; item; item = item->next)
		items[len++] = item;
	while (len--)
		if (!merge_one(d, items[len], f))
			return false;
	return true;
}

static bool is_merge(const struct yml_raw *n)
{
	return n->kind == YML_SCALAR && str_is(n->value, "<<") && (n->implicit || str_is(n->tag, TAG_PREFIX "merge"));
}

static bool decode_key(struct decoder *d, struct yml_raw *n, struct val *key)
{
	const struct yml_raw *real = n->kind == YML_ALIAS ? n->target : n;
	if (real->kind == YML_SCALAR) {
		if (n->kind == YML_ALIAS) {
			d->alias_depth++;
			bool ok = count_node(d, real);
			d->alias_depth--;
			if (!ok)
				return false;
		}
		return count_node(d, n) && decode_scalar(d, real, key);
	}
	d->typed = true;
	if (!decode_node(d, n, key, NULL))
		return false;
	struct buf words = BUF_INIT;
	yml_add_go_syntax(&words, *key);
	fail(d, n, err_new(ERR_INPUT, "yaml: invalid map key: %s", buf_text(&words)));
	buf_release(&words);
	return false;
}

static bool fill_map(struct decoder *d, struct yml_raw *n, struct filling *f)
{
	for (struct yml_raw *k = n->first; k; k = k->next->next) {
		struct val key, value;
		if (is_merge(k)) {
			if (!merge(d, k->next, f))
				return false;
			continue;
		}
		if (!decode_key(d, k, &key) || !decode_node(d, k->next, &value, NULL))
			return false;
		set_entry(d, f, k->next, key, value);
	}
	return true;
}

static bool decode_seq(struct decoder *d, struct yml_raw *n, struct val *out)
{
	*out = val_list(d->arena, n->len);
	for (struct yml_raw *item = n->first; item; item = item->next) {
		struct val v;
		if (!decode_node(d, item, &v, NULL))
			return false;
		val_list_add(*out, v);
	}
	return true;
}

/* The same anchor may be followed twice, but not from within itself. */
static bool decode_alias(struct decoder *d, struct yml_raw *n, struct val *out, struct filling *into)
{
	if (n->busy)
		return fail(d, n, err_new(ERR_INPUT, "yaml: anchor '%.*s' value contains itself", STR_ARG(n->value)));
	n->busy = true;
	d->alias_depth++;
	bool ok = decode_node(d, n->target, out, into);
	d->alias_depth--;
	n->busy = false;
	return ok;
}

static bool decode_any(struct decoder *d, struct yml_raw *n, struct val *out, struct filling *into)
{
	bool ok;
	if (!count_node(d, n))
		return false;
	switch ((enum yml_kind)n->kind) {
	case YML_SCALAR:
		if (!decode_scalar(d, n, out))
			return false;
		*out = through_json(d, *out);
		return true;
	case YML_ALIAS:
		return decode_alias(d, n, out, into);
	case YML_SEQ:
	case YML_MAP:
		break;
	}
	if (++d->depth > d->max_depth)
		return fail(d, n,
			err_new(ERR_LIMIT,
				"error unmarshaling JSON: while decoding JSON: invalid character '%c' exceeded max "
				"depth",
				n->kind == YML_SEQ ? '[' : '{'));
	if (n->kind == YML_SEQ) {
		ok = decode_seq(d, n, out);
	} else if (into) {
		ok = fill_map(d, n, into);
	} else {
		struct filling f = { .map = val_map(d->arena) };
		*out = f.map;
		ok = fill_map(d, n, &f);
	}
	d->depth--;
	return ok;
}

struct far_decode {
	struct decoder *d;
	struct yml_raw *n;
	struct val *out;
	struct filling *into;
	bool ok;
};

static void decode_far(void *ctx)
{
	struct far_decode *f = ctx;
	f->ok = decode_any(f->d, f->n, f->out, f->into);
}

/* `into`: a map to merge into instead of making one. */
static bool decode_node(struct decoder *d, struct yml_raw *n, struct val *out, struct filling *into)
{
	if (!deep_is_low(&d->deep))
		return decode_any(d, n, out, into);
	struct far_decode far = { d, n, out, into, false };
	if (!deep_call(&d->deep, decode_far, &far))
		return fail(d, n, err_new(ERR_LIMIT, "yaml: document nests too deep"));
	return far.ok;
}

#define CONVERTING "error converting YAML to JSON"

/* Of a map with typed keys; NULL for a key that JSON can have. */
static struct err *bad_key(const struct val_entry *e)
{
	bool number = str_starts(e->key, STR(YML_GO_KEY "u"));
	if (!number && !str_starts(e->key, STR(YML_GO_KEY "~")))
		return NULL;
	struct buf words = BUF_INIT;
	buf_add(&words, str_skip(e->key, 2));
	buf_puts(&words, ", value: ");
	yml_add_go_syntax(&words, e->value);
	struct err *bad = err_new(ERR_INPUT, CONVERTING ": unsupported map key of type: %s, key: %s",
		number ? "uint64" : "%!s(<nil>)", buf_text(&words));
	buf_release(&words);
	return bad;
}

/* The first key in the result that cannot be one of JSON; keys are typed. */
static struct err *check_keys(struct val v)
{
	for (size_t i = 0; i < val_list_len(v); i++)
		TRY(check_keys(val_list_at(v, i)));
	for (size_t i = 0; i < val_map_len(v); i++) {
		TRY(bad_key(&v.map->entries[i]));
		TRY(check_keys(v.map->entries[i].value));
	}
	return NULL;
}

/* The first number in the result that cannot be one of JSON. */
static struct err *check_numbers(struct val v)
{
	if (v.kind == VAL_FLOAT && (isnan(v.f) || isinf(v.f)))
		return err_new(ERR_INPUT, CONVERTING ": json: unsupported value: %s",
			isnan(v.f) ? "NaN"
			: v.f > 0  ? "+Inf"
				   : "-Inf");
	for (size_t i = 0; i < val_list_len(v); i++)
		TRY(check_numbers(val_list_at(v, i)));
	const uint32_t *order = v.kind == VAL_MAP ? val_map_sorted(v) : NULL;
	for (size_t i = 0; i < val_map_len(v); i++)
		TRY(check_numbers(v.map->entries[order[i]].value));
	return NULL;
}

/* Something is not JSON: reads anew what was read without fault, with keys as Go has them, to tell of the first such key. */
static struct err *check_typed(const struct decoder *d, struct yml_raw *root)
{
	struct decoder typed = {
		.arena = d->arena, .opts = d->opts, .max_depth = d->max_depth, .nodes = 1, .typed = true
	};
	struct val v;
	deep_init(&typed.deep);
	decode_node(&typed, root, &v, NULL);
	buf_release(&typed.duplicates);
	return typed.failed ? typed.failed : check_keys(v);
}

/* The errors in the order in which Helm's libraries would come to them. */
static struct err *outcome(struct decoder *d, struct yml_raw *root, struct val v)
{
	struct err *e = NULL;
	if (d->failed) {
		bool json = str_starts(str_from(d->failed->message), STR("error "));
		e = json ? d->failed : err_wrap(d->failed, CONVERTING);
	} else if (d->duplicates.len) {
		e = err_new(ERR_INPUT, CONVERTING ": yaml: unmarshal errors:\n  %s", buf_text(&d->duplicates));
	} else if (d->unjson) {
		e = check_typed(d, root);
		if (!e)
			e = check_numbers(v);
	}
	buf_release(&d->duplicates);
	return e;
}

struct err *yml_decode(struct val *out, struct arena *a, struct yml_raw *root, const struct yml_opts *o)
{
	static const struct yml_opts none = { 0 };
	struct decoder d = { .arena = a, .opts = o ? o : &none };
	d.max_depth = d.opts->max_depth ? d.opts->max_depth : JSON_DEPTH;
	d.nodes = 1; /* the document itself */
	*out = VAL_NIL;
	if (!root)
		return NULL;
	deep_init(&d.deep);
	decode_node(&d, root, out, NULL);
	return outcome(&d, root, *out);
}

struct err *yml_load(struct val *out, struct arena *a, struct str text, const struct yml_opts *o)
{
	struct yml_parse p;
	struct yml_raw *root;
	bool more;
	*out = VAL_NIL;
	yml_parse_init(&p, a, text, o && o->padded);
	if (yml_quick_load(out, &p.scan, o)) {
		yml_parse_release(&p);
		return NULL;
	}
	struct err *e = yml_parse_doc(&p, &root, &more);
	yml_parse_release(&p);
	return e ? err_wrap(e, CONVERTING ": yaml") : yml_decode(out, a, root, o);
}
