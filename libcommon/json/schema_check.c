/* SPDX-License-Identifier: Apache-2.0 */
/* Holding values against compiled schemas, and saying why they do not fit. */
#include "base/num.h"
#include "base/quote.h"
#include "base/utf8.h"
#include "json/json.h"
#include "json/schema_root.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Where in the value we are. */
struct place {
	const struct place *up;
	struct str token;
};

/* What was wrong; a tree. */
struct fault {
	struct str where; /* pointer into the value */
	struct str text;
	bool group;     /* several at one place */
	bool reference; /* found through a $ref: shown only when it holds several */
	struct fault *first, *last, *next;
};

/* Which schema is being applied to which value, outwards: for cycles and dynamic references. */
struct scope {
	const struct scope *up;
	struct json_node *node;
	const char *keyword; /* $ref and its like, or NULL */
	int value;           /* number of the value */
};

/* Properties or items that nothing has looked at yet; NULL: none are left, or nobody asks. */
struct uneval {
	bool *left;
	size_t n, count;
};

struct checker {
	struct arena *arena;
	const struct json_schema_opts *opts;
	struct json_compiler *compiler;    /* when a schema is checked */
	const struct json_root *meta_root; /* whose resources have dialects of their own */
	struct deep deep;
};

/* The application of one node to one value. */
struct check {
	struct checker *c;
	struct json_node *node, *meta;
	struct val v;
	const struct place *place;
	const struct scope *scope;
	struct uneval uneval;
	bool quiet; /* only whether, not why */
	struct fault *first, *last;
	size_t faults;
};

void json_quote(struct buf *out, struct str s)
{
	struct buf q = BUF_INIT;
	quote_add(&q, s);
	buf_putc(out, '\'');
	struct str in = str_slice(buf_str(&q), 1, q.len - 1);
	for (size_t i = 0; i < in.len; i++) {
		if (in.s[i] == '\\' && i + 1 < in.len && in.s[i + 1] == '"')
			continue;
		if (in.s[i] == '\\' && i + 1 < in.len) {
			buf_putc(out, in.s[i++]);
		} else if (in.s[i] == '\'') {
			buf_putc(out, '\\');
		}
		buf_putc(out, in.s[i]);
	}
	buf_putc(out, '\'');
	buf_release(&q);
}

static void add_place(struct buf *out, const struct place *p)
{
	if (!p)
		return;
	add_place(out, p->up);
	json_pointer_add(out, p->token);
}

static struct fault *fault_new(struct check *k, const char *text)
{
	struct fault *f = ARENA_NEW(k->c->arena, struct fault);
	if (k->quiet)
		return f;
	struct buf where = BUF_INIT;
	add_place(&where, k->place);
	f->where = arena_str(k->c->arena, buf_str(&where));
	f->text = str_from(text);
	buf_release(&where);
	return f;
}

static void link_fault(struct fault **first, struct fault **last, struct fault *f)
{
	if (*last)
		(*last)->next = f;
	else
		*first = f;
	*last = f;
}

static void add_fault(struct check *k, struct fault *f)
{
	if (!f)
		return;
	link_fault(&k->first, &k->last, f);
	k->faults++;
}

/* Adds what a buffer says and releases it. */
static void say(struct check *k, struct buf *text)
{
	struct fault *f = fault_new(k, "");
	if (!k->quiet)
		f->text = arena_str(k->c->arena, buf_str(text));
	buf_release(text);
	add_fault(k, f);
}

static void say_word(struct check *k, const char *text)
{
	add_fault(k, fault_new(k, text));
}

/* "word: got 1,000, want 2" */
static void say_counts(struct check *k, const char *word, int64_t got, int64_t want)
{
	struct buf b = BUF_INIT;
	buf_printf(&b, "%s: got ", word);
	json_count_add(&b, got);
	buf_puts(&b, ", want ");
	json_count_add(&b, want);
	say(k, &b);
}

static void add_names(struct buf *out, const struct str_vec *names)
{
	for (size_t i = 0; i < names->len; i++) {
		buf_puts(out, i ? ", " : "");
		json_quote(out, names->items[i]);
	}
}

static unsigned type_of(struct val v)
{
	switch ((enum val_kind)v.kind) {
	case VAL_NULL:
		return JSON_IS_NULL;
	case VAL_BOOL:
		return JSON_IS_BOOLEAN;
	case VAL_STRING:
		return v.type == VAL_T_BYTES ? 0 : JSON_IS_STRING;
	case VAL_LIST:
		return JSON_IS_ARRAY;
	case VAL_MAP:
		return JSON_IS_OBJECT;
	case VAL_FLOAT:
		return isnan(v.f) || isinf(v.f) ? 0 : JSON_IS_NUMBER;
	case VAL_INT:
	case VAL_UINT:
		return JSON_IS_NUMBER;
	case VAL_OBJECT:
		return json_is_number(v) ? JSON_IS_NUMBER : 0;
	case VAL_INVALID:
	case VAL_COMPLEX:
	case VAL_FUNC:
		break;
	}
	return 0;
}

static const char *const type_names[] = { "null", "boolean", "number", "integer", "string", "array", "object" };

static const char *type_name(unsigned bit)
{
	for (unsigned i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++)
		if (bit == 1u << i)
			return type_names[i];
	return "";
}

static bool is_equal(struct arena *a, struct val x, struct val y)
{
	unsigned tx = type_of(x), ty = type_of(y);
	if (tx != ty)
		return false;
	if (tx == JSON_IS_NUMBER) {
		struct json_decimal dx = json_decimal(a, x), dy = json_decimal(a, y);
		return json_decimal_cmp(&dx, &dy) == 0;
	}
	if (tx == JSON_IS_ARRAY) {
		if (val_list_len(x) != val_list_len(y))
			return false;
		for (size_t i = 0; i < val_list_len(x); i++)
			if (!is_equal(a, val_list_at(x, i), val_list_at(y, i)))
				return false;
		return true;
	}
	if (tx == JSON_IS_OBJECT) {
		if (val_map_len(x) != val_map_len(y))
			return false;
		for (size_t i = 0; i < val_map_len(x); i++) {
			struct val_entry *other = val_map_find(y, x.map->entries[i].key);
			if (!other || !is_equal(a, x.map->entries[i].value, other->value))
				return false;
		}
		return true;
	}
	if (tx == JSON_IS_STRING)
		return str_eq(val_str(x), val_str(y));
	return tx == JSON_IS_NULL || (tx == JSON_IS_BOOLEAN && x.b == y.b);
}

/* A scalar as messages show it. */
static void display(struct buf *out, struct arena *a, struct val v)
{
	switch (type_of(v)) {
	case JSON_IS_STRING:
		json_quote(out, val_str(v));
		break;
	case JSON_IS_NULL:
		buf_puts(out, "<nil>");
		break;
	case JSON_IS_BOOLEAN:
		buf_puts(out, v.b ? "true" : "false");
		break;
	case JSON_IS_NUMBER:
		buf_add(out, json_number_text(a, v));
		break;
	default:
		buf_puts(out, "value");
		break;
	}
}

static struct fault *check_node(struct check *k);

/* Which properties or items are still to be looked at when a node is applied. */
static struct uneval uneval_of(struct arena *a, struct val v, const struct json_node *n, bool wanted)
{
	struct uneval u = { NULL, 0, 0 };
	size_t from = 0;
	if (v.kind == VAL_MAP && !n->all_props && (wanted || n->uneval_props)) {
		u.n = val_map_len(v);
	} else if (v.kind == VAL_LIST && !n->all_items && (wanted || n->uneval_items)) {
		u.n = val_list_len(v);
		from = n->items_evaluated;
	}
	if (u.n <= from)
		return (struct uneval){ NULL, 0, 0 };
	u.left = arena_zalloc(a, u.n);
	for (size_t i = from; i < u.n; i++)
		u.left[i] = true;
	u.count = u.n - from;
	return u;
}

static void evaluated(struct uneval *u, size_t i)
{
	if (i < u->n && u->left && u->left[i]) {
		u->left[i] = false;
		u->count--;
	}
}

/* What the other has looked at counts here too. */
static void merge(struct uneval *u, const struct uneval *other)
{
	for (size_t i = 0; i < u->n && u->count; i++)
		if (!other->left || i >= other->n || !other->left[i])
			evaluated(u, i);
}

/* A schema within a schema document may have a dialect of its own. */
static void use_dialect(struct check *k)
{
	if (!k->c->meta_root || k->node != k->meta)
		return;
	struct buf ptr = BUF_INIT;
	add_place(&ptr, k->place);
	struct json_resource *r = json_resource_at(k->c->meta_root, buf_str(&ptr));
	struct json_node *meta;
	if (r) {
		struct err *e = json_meta_node(&meta, k->c->compiler, r);
		if (!e)
			k->node = k->meta = meta;
		err_free(e);
	}
	buf_release(&ptr);
}

struct far_check {
	struct check *k;
	struct fault *fault;
};

static void check_far(void *ctx)
{
	struct far_check *far = ctx;
	far->fault = check_node(far->k);
}

static struct fault *run(struct check *k)
{
	if (!deep_is_low(&k->c->deep))
		return check_node(k);
	struct far_check far = { k, NULL };
	if (!deep_call(&k->c->deep, check_far, &far))
		return fault_new(k, "schema nests too deep");
	return far.fault;
}

/* Applies another schema to the same value. */
static struct fault *check_self(struct check *k, struct json_node *node, const char *keyword, bool quiet)
{
	struct scope scope = { k->scope, node, keyword, k->scope->value };
	struct check sub = {
		.c = k->c,
		.node = node,
		.meta = k->meta,
		.v = k->v,
		.place = k->place,
		.scope = &scope,
		.uneval = uneval_of(k->c->arena, k->v, node, k->uneval.count > 0),
		.quiet = k->quiet || quiet,
	};
	use_dialect(&sub);
	struct fault *f = run(&sub);
	if (!f)
		merge(&k->uneval, &sub.uneval);
	return f;
}

/* Applies a schema to a property or item. */
static struct fault *check_below(struct check *k, struct json_node *node, struct val v, struct str token)
{
	struct place place = { k->place, token };
	struct scope scope = { k->scope, node, NULL, k->scope->value + 1 };
	struct check sub = {
		.c = k->c,
		.node = node,
		.meta = k->meta,
		.v = v,
		.place = &place,
		.scope = &scope,
		.uneval = uneval_of(k->c->arena, v, node, false),
		.quiet = k->quiet,
	};
	use_dialect(&sub);
	return run(&sub);
}

static struct fault *check_item(struct check *k, struct json_node *node, size_t i)
{
	char token[24];
	snprintf(token, sizeof(token), "%zu", i);
	return check_below(k, node, val_list_at(k->v, i), str_from(token));
}

/* Puts the faults of a list under one that says `text`. */
static void add_under(struct check *k, struct fault *first, struct fault *last, const char *text)
{
	struct fault *f = fault_new(k, text);
	f->first = first;
	f->last = last;
	add_fault(k, f);
}

static struct fault *check_ref(struct check *k, struct json_node *node, const char *keyword)
{
	struct fault *f = check_self(k, node, keyword, false);
	if (!f)
		return NULL;
	struct fault *ref = fault_new(k, "validation failed");
	ref->reference = true;
	if (f->group) {
		ref->first = f->first;
		ref->last = f->last;
	} else {
		link_fault(&ref->first, &ref->last, f);
	}
	return ref;
}

/* The names that are required and missing; nothing when all are there. */
static struct str_vec missing(struct check *k, const struct str_vec *names)
{
	struct str_vec out = { NULL, 0, 0 };
	for (size_t i = 0; i < names->len; i++)
		if (!val_map_find(k->v, names->items[i]))
			vec_push_in(k->c->arena, &out, names->items[i]);
	return out;
}

static void check_required(struct check *k)
{
	struct str_vec names = missing(k, &k->node->required);
	if (!names.len)
		return;
	struct buf b = BUF_INIT;
	buf_puts(&b, names.len == 1 ? "missing property " : "missing properties ");
	add_names(&b, &names);
	say(k, &b);
}

static void check_dependents(struct check *k, const struct json_rules *rules)
{
	for (size_t i = 0; i < rules->len; i++) {
		const struct json_rule *r = &rules->items[i];
		if (!val_map_find(k->v, r->name))
			continue;
		if (r->node) {
			add_fault(k, check_self(k, r->node, NULL, false));
			continue;
		}
		struct str_vec names = missing(k, &r->names);
		if (!names.len)
			continue;
		struct buf b = BUF_INIT;
		buf_puts(&b, "properties ");
		add_names(&b, &names);
		buf_puts(&b, " required, if ");
		json_quote(&b, r->name);
		buf_puts(&b, " exists");
		say(k, &b);
	}
}

static bool matches(struct check *k, const struct json_regex *r, struct str text)
{
	const struct json_schema_opts *o = k->c->opts;
	return !o || !o->match || !r->compiled || o->match(r->compiled, k->c->arena, text, o->ctx);
}

/* One property against properties, patternProperties, additionalProperties. */
static void check_property(struct check *k, size_t i, struct str_vec *extra)
{
	const struct json_node *n = k->node;
	const struct val_entry *e = &k->v.map->entries[i];
	const struct json_rule *own = map_find(&n->properties.by_name, e->key);
	bool seen = own != NULL;
	if (own)
		add_fault(k, check_below(k, own->node, e->value, e->key));
	for (size_t p = 0; p < n->patterns.len; p++) {
		if (!matches(k, &n->patterns.items[p].regex, e->key))
			continue;
		seen = true;
		add_fault(k, check_below(k, n->patterns.items[p].node, e->value, e->key));
	}
	if (!seen && n->more_props.present) {
		seen = true;
		if (n->more_props.node)
			add_fault(k, check_below(k, n->more_props.node, e->value, e->key));
		else if (!n->more_props.allowed)
			vec_push_in(k->c->arena, extra, e->key);
	}
	if (seen)
		evaluated(&k->uneval, i);
}

/* A name is a value of its own, so its faults say nothing of where it stands. */
static void check_name(struct check *k, struct str name)
{
	struct json_node *node = k->node->property_names;
	struct scope scope = { NULL, node, NULL, 0 };
	struct check sub = {
		.c = k->c, .node = node, .meta = k->meta, .v = val_string(name), .scope = &scope, .quiet = k->quiet
	};
	struct fault *f = run(&sub);
	if (!f)
		return;
	struct buf b = BUF_INIT;
	buf_puts(&b, "invalid propertyName ");
	json_quote(&b, name);
	struct fault *named = fault_new(k, "");
	named->text = arena_str(k->c->arena, buf_str(&b));
	buf_release(&b);
	if (f->group) {
		named->first = f->first;
		named->last = f->last;
	} else {
		link_fault(&named->first, &named->last, f);
	}
	add_fault(k, named);
}

static void check_object(struct check *k)
{
	const struct json_node *n = k->node;
	int64_t len = (int64_t)val_map_len(k->v);
	if (n->min_props.present && len < n->min_props.value)
		say_counts(k, "minProperties", len, n->min_props.value);
	if (n->max_props.present && len > n->max_props.value)
		say_counts(k, "maxProperties", len, n->max_props.value);
	check_required(k);
	if (k->quiet && k->faults)
		return;
	check_dependents(k, &n->dependencies);
	struct str_vec extra = { NULL, 0, 0 };
	const uint32_t *order = val_map_sorted(k->v);
	bool any = n->properties.len || n->patterns.len || n->more_props.present;
	for (size_t i = 0; any && i < (size_t)len; i++) {
		if (k->quiet && k->faults)
			return;
		check_property(k, order[i], &extra);
	}
	if (extra.len) {
		struct buf b = BUF_INIT;
		buf_puts(&b, "additional properties ");
		add_names(&b, &extra);
		buf_puts(&b, " not allowed");
		say(k, &b);
	}
	if (n->draft == 4)
		return;
	for (size_t i = 0; n->property_names && i < (size_t)len; i++)
		check_name(k, k->v.map->entries[order[i]].key);
	if (n->draft == 6)
		return;
	check_dependents(k, &n->dependent_schemas);
	check_dependents(k, &n->dependent_required);
}

/* The first two equal items, if any. */
static bool find_twins(struct check *k, size_t *x, size_t *y)
{
	size_t len = val_list_len(k->v);
	struct map seen = { 0 };
	for (*y = 1; len <= 20 && *y < len; ++*y)
		for (*x = 0; *x < *y; ++*x)
			if (is_equal(k->c->arena, val_list_at(k->v, *y), val_list_at(k->v, *x)))
				return true;
	if (len <= 20)
		return false;
	/* Long lists go by their JSON text, in which equal numbers may still differ: those are compared one by one. */
	for (*y = 0; *y < len; ++*y) {
		struct val item = val_list_at(k->v, *y);
		unsigned type = type_of(item);
		struct buf json = BUF_INIT;
		if (type == JSON_IS_STRING || type == JSON_IS_BOOLEAN || type == JSON_IS_NULL) {
			err_free(json_add(&json, k->c->arena, item, 0));
			size_t *at = map_find(&seen, buf_str(&json));
			if (!at) {
				at = ARENA_NEW(k->c->arena, size_t);
				*at = *y;
				map_set(&seen, k->c->arena, arena_str(k->c->arena, buf_str(&json)), at);
				at = NULL;
			}
			buf_release(&json);
			if (at) {
				*x = *at;
				return true;
			}
			continue;
		}
		for (*x = 0; *x < *y; ++*x)
			if (is_equal(k->c->arena, item, val_list_at(k->v, *x)))
				return true;
	}
	return false;
}

static void check_unique(struct check *k)
{
	size_t x, y;
	if (!k->node->unique || val_list_len(k->v) < 2 || !find_twins(k, &x, &y))
		return;
	struct buf b = BUF_INIT;
	buf_puts(&b, "items at ");
	json_count_add(&b, (int64_t)x);
	buf_puts(&b, " and ");
	json_count_add(&b, (int64_t)y);
	buf_puts(&b, " are equal");
	say(k, &b);
}

static void check_items(struct check *k)
{
	const struct json_node *n = k->node;
	size_t len = val_list_len(k->v), tuple = n->tuple.len < len ? n->tuple.len : len;
	for (size_t i = 0; i < tuple; i++)
		add_fault(k, check_item(k, n->tuple.items[i], i));
	for (size_t i = tuple; n->items && i < len; i++)
		add_fault(k, check_item(k, n->items, i));
	if (n->items || !n->more_items.present)
		return;
	for (size_t i = tuple; n->more_items.node && i < len; i++)
		add_fault(k, check_item(k, n->more_items.node, i));
	if (n->more_items.node || n->more_items.allowed || tuple == len)
		return;
	struct buf b = BUF_INIT;
	buf_puts(&b, "last ");
	json_count_add(&b, (int64_t)(len - tuple));
	buf_puts(&b, " additionalItem(s) not allowed");
	say(k, &b);
}

/* "min 2 items required to match contains schema, but matched 1 items at 0" */
static void add_contains(struct buf *b, const char *word, int64_t want, const bool *matched, size_t len, int64_t got)
{
	buf_printf(b, "%s ", word);
	json_count_add(b, want);
	buf_puts(b, " items required to match contains schema, but ");
	if (!got && !strcmp(word, "min")) {
		buf_puts(b, "none matched");
		return;
	}
	buf_puts(b, "matched ");
	json_count_add(b, got);
	buf_puts(b, " items at ");
	bool first = true;
	for (size_t i = 0; i < len; i++) {
		if (!matched[i])
			continue;
		buf_printf(b, "%s%zu", first ? "" : " ", i);
		first = false;
	}
}

static void check_contains(struct check *k)
{
	const struct json_node *n = k->node;
	struct fault *first = NULL, *last = NULL;
	size_t len = val_list_len(k->v);
	int64_t got = 0;
	if (!n->contains)
		return;
	bool *matched = arena_zalloc(k->c->arena, len + 1);
	for (size_t i = 0; i < len; i++) {
		struct fault *f = check_item(k, n->contains, i);
		if (f) {
			link_fault(&first, &last, f);
			continue;
		}
		matched[i] = true;
		got++;
		if (n->draft >= 2020)
			evaluated(&k->uneval, i);
	}
	struct buf b = BUF_INIT;
	if (n->min_contains.present && got < n->min_contains.value) {
		add_contains(&b, "min", n->min_contains.value, matched, len, got);
		add_under(k, first, last, "");
		k->last->text = arena_str(k->c->arena, buf_str(&b));
	} else if (!n->min_contains.present && !got) {
		add_under(k, first, last, "no items match contains schema");
	}
	buf_clear(&b);
	if (n->max_contains.present && got > n->max_contains.value) {
		add_contains(&b, "max", n->max_contains.value, matched, len, got);
		say_word(k, "");
		k->last->text = arena_str(k->c->arena, buf_str(&b));
	}
	buf_release(&b);
}

static void check_array(struct check *k)
{
	const struct json_node *n = k->node;
	int64_t len = (int64_t)val_list_len(k->v);
	if (n->min_items.present && len < n->min_items.value)
		say_counts(k, "minItems", len, n->min_items.value);
	if (n->max_items.present && len > n->max_items.value)
		say_counts(k, "maxItems", len, n->max_items.value);
	check_unique(k);
	check_items(k);
	check_contains(k);
}

/* Decodes standard base64; the index of the byte that is wrong, or SIZE_MAX. */
static size_t decode_base64(struct buf *out, struct str s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t word = 0;
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		const char *at = s.s[i] ? strchr(digits, s.s[i]) : NULL;
		if (s.s[i] == '\n' || s.s[i] == '\r')
			continue;
		if (!at && (s.s[i] != '=' || n < 2))
			return i;
		if (!at) {
			/* "=" after three digits, "==" after two, then nothing. */
			struct str rest = str_skip(s, i + 1);
			for (size_t k = n; k < 4; k++) {
				while (rest.len && (rest.s[0] == '\n' || rest.s[0] == '\r'))
					rest = str_skip(rest, 1);
				if (k == 3)
					break;
				if (!rest.len || rest.s[0] != '=')
					return rest.len ? s.len - rest.len - 1 : s.len;
				rest = str_skip(rest, 1);
			}
			if (rest.len)
				return s.len - rest.len;
			for (size_t k = 0; k + 1 < n; k++)
				buf_putc(out, (char)(word >> (6 * n - 8 * (k + 1))));
			return SIZE_MAX;
		}
		word = word << 6 | (uint32_t)(at - digits);
		if (++n < 4)
			continue;
		for (int k = 0; k < 3; k++)
			buf_putc(out, (char)(word >> (16 - 8 * k)));
		n = 0;
		word = 0;
	}
	return n ? s.len - n : SIZE_MAX;
}

/* contentEncoding, contentMediaType, contentSchema: only when asked for. */
static void check_content(struct check *k, struct str s)
{
	const struct json_node *n = k->node;
	struct buf bytes = BUF_INIT;
	struct val inner = VAL_NIL;
	size_t wrong = n->base64 ? decode_base64(&bytes, s) : SIZE_MAX;
	if (wrong != SIZE_MAX) {
		struct buf b = BUF_INIT;
		buf_puts(&b, "value is not 'base64' encoded: illegal base64 data at input byte ");
		num_add_uint(&b, wrong);
		say(k, &b);
		buf_release(&bytes);
		return;
	}
	struct err *e = NULL;
	if (n->media_json)
		e = json_load_exact(&inner, k->c->arena, n->base64 ? arena_str(k->c->arena, buf_str(&bytes)) : s);
	buf_release(&bytes);
	if (e) {
		struct buf b = BUF_INIT;
		buf_puts(&b, "value is not of mediatype 'application/json': ");
		err_message(&b, e);
		say(k, &b);
		err_free(e);
		return;
	}
	if (!n->media_json || !n->content)
		return;
	struct scope scope = { NULL, n->content, NULL, 0 };
	struct check sub = {
		.c = k->c, .node = n->content, .meta = k->meta, .v = inner, .scope = &scope, .quiet = k->quiet
	};
	struct fault *f = run(&sub);
	if (f)
		add_under(k, f, f, "'contentSchema' failed");
}

static void check_string(struct check *k)
{
	const struct json_node *n = k->node;
	struct str s = val_str(k->v);
	if (n->min_length.present || n->max_length.present) {
		int64_t len = (int64_t)utf8_count(s);
		if (n->min_length.present && len < n->min_length.value)
			say_counts(k, "minLength", len, n->min_length.value);
		if (n->max_length.present && len > n->max_length.value)
			say_counts(k, "maxLength", len, n->max_length.value);
	}
	if (n->has_pattern && !matches(k, &n->pattern, s)) {
		struct buf b = BUF_INIT;
		json_quote(&b, s);
		buf_puts(&b, " does not match pattern ");
		json_quote(&b, n->pattern.text);
		say(k, &b);
	}
	if (n->base64 || n->media_json)
		check_content(k, s);
}

static void say_bound(struct check *k, const char *word, const struct json_decimal *got, const struct json_bound *want)
{
	struct buf b = BUF_INIT;
	buf_printf(&b, "%s: got ", word);
	json_decimal_add(&b, got);
	buf_puts(&b, ", want ");
	json_decimal_add(&b, &want->value);
	say(k, &b);
}

static void check_number(struct check *k)
{
	const struct json_node *n = k->node;
	if (!n->minimum.present && !n->maximum.present && !n->above.present && !n->below.present &&
		!n->multiple_of.present)
		return;
	struct json_decimal d = json_decimal(k->c->arena, k->v);
	if (n->minimum.present && json_decimal_cmp(&d, &n->minimum.value) < 0)
		say_bound(k, "minimum", &d, &n->minimum);
	if (n->maximum.present && json_decimal_cmp(&d, &n->maximum.value) > 0)
		say_bound(k, "maximum", &d, &n->maximum);
	if (n->above.present && json_decimal_cmp(&d, &n->above.value) <= 0)
		say_bound(k, "exclusiveMinimum", &d, &n->above);
	if (n->below.present && json_decimal_cmp(&d, &n->below.value) >= 0)
		say_bound(k, "exclusiveMaximum", &d, &n->below);
	if (n->multiple_of.present && !json_decimal_divides(&d, &n->multiple_of.value))
		say_bound(k, "multipleOf", &d, &n->multiple_of);
}

static void check_all_of(struct check *k)
{
	struct fault *first = NULL, *last = NULL;
	for (size_t i = 0; i < k->node->all_of.len; i++) {
		struct fault *f = check_self(k, k->node->all_of.items[i], NULL, false);
		if (!f)
			continue;
		link_fault(&first, &last, f);
		if (k->quiet)
			break;
	}
	if (first)
		add_under(k, first, last, "'allOf' failed");
}

static void check_any_of(struct check *k)
{
	struct fault *first = NULL, *last = NULL;
	bool matched = !k->node->any_of.len;
	for (size_t i = 0; i < k->node->any_of.len; i++) {
		struct fault *f = check_self(k, k->node->any_of.items[i], NULL, false);
		if (f) {
			link_fault(&first, &last, f);
			continue;
		}
		matched = true;
		/* While properties are still to be looked at every branch that fits counts. */
		if (!k->uneval.count)
			break;
	}
	if (!matched)
		add_under(k, first, last, "'anyOf' failed");
}

static void check_one_of(struct check *k)
{
	struct fault *first = NULL, *last = NULL;
	const struct json_nodes *nodes = &k->node->one_of;
	size_t matched = SIZE_MAX;
	for (size_t i = 0; i < nodes->len; i++) {
		struct fault *f = check_self(k, nodes->items[i], NULL, matched != SIZE_MAX);
		if (f && matched == SIZE_MAX)
			link_fault(&first, &last, f);
		if (f)
			continue;
		if (matched == SIZE_MAX) {
			matched = i;
			continue;
		}
		struct buf b = BUF_INIT;
		buf_puts(&b, "'oneOf' failed, subschemas ");
		json_count_add(&b, (int64_t)matched);
		buf_puts(&b, ", ");
		json_count_add(&b, (int64_t)i);
		buf_puts(&b, " matched");
		say(k, &b);
		break;
	}
	if (nodes->len && matched == SIZE_MAX)
		add_under(k, first, last, "'oneOf' failed, none matched");
}

static void check_conditions(struct check *k)
{
	const struct json_node *n = k->node;
	if (n->not_ && !check_self(k, n->not_, NULL, true))
		say_word(k, "'not' failed");
	check_all_of(k);
	check_any_of(k);
	check_one_of(k);
	if (!n->if_)
		return;
	if (!check_self(k, n->if_, NULL, true)) {
		if (n->then_)
			add_fault(k, check_self(k, n->then_, NULL, false));
	} else if (n->else_) {
		add_fault(k, check_self(k, n->else_, NULL, false));
	}
}

/* The outermost schema that stands in for a recursive or dynamic one. */
static void check_dynamic_refs(struct check *k)
{
	struct json_node *target = k->node->recursive_ref;
	if (target) {
		if (target->recursive_anchor)
			for (const struct scope *s = k->scope; s; s = s->up)
				if (s->node->resource->recursive_anchor)
					target = s->node;
		add_fault(k, check_ref(k, target, "$recursiveRef"));
	}
	target = k->node->dynamic_ref;
	if (!target)
		return;
	struct str name = k->node->dynamic_name;
	if (name.len && str_eq(target->dynamic_anchor, name))
		for (const struct scope *s = k->scope; s; s = s->up) {
			const struct json_rule *r = map_find(&s->node->resource->dynamic.by_name, name);
			if (r)
				target = r->node;
		}
	add_fault(k, check_ref(k, target, "$dynamicRef"));
}

static void check_unevaluated(struct check *k)
{
	const struct json_node *n = k->node;
	if (k->v.kind == VAL_MAP && n->uneval_props) {
		const uint32_t *order = val_map_sorted(k->v);
		for (size_t i = 0; i < k->uneval.n; i++) {
			const struct val_entry *e = &k->v.map->entries[order[i]];
			if (k->uneval.left[order[i]])
				add_fault(k, check_below(k, n->uneval_props, e->value, e->key));
		}
		k->uneval = (struct uneval){ NULL, 0, 0 };
	}
	if (k->v.kind == VAL_LIST && n->uneval_items) {
		for (size_t i = 0; i < k->uneval.n; i++)
			if (k->uneval.left[i])
				add_fault(k, check_item(k, n->uneval_items, i));
		k->uneval = (struct uneval){ NULL, 0, 0 };
	}
}

static struct fault *fault_text(struct check *k, struct buf *text)
{
	struct fault *f = fault_new(k, "");
	if (!k->quiet)
		f->text = arena_str(k->c->arena, buf_str(text));
	buf_release(text);
	return f;
}

static struct fault *check_type(struct check *k, unsigned type)
{
	const struct json_node *n = k->node;
	if (!n->types || n->types & type)
		return NULL;
	if (type == JSON_IS_NUMBER && n->types & JSON_IS_INTEGER) {
		struct json_decimal d = json_decimal(k->c->arena, k->v);
		if (json_decimal_is_integer(&d))
			return NULL;
	}
	struct buf b = BUF_INIT;
	bool first = true;
	buf_printf(&b, "got %s, want ", type_name(type));
	for (unsigned i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++) {
		if (!(n->types >> i & 1))
			continue;
		buf_printf(&b, "%s%s", first ? "" : " or ", type_names[i]);
		first = false;
	}
	return fault_text(k, &b);
}

static struct fault *check_const(struct check *k)
{
	const struct json_node *n = k->node;
	if (!n->has_const || is_equal(k->c->arena, k->v, n->constant))
		return NULL;
	if (n->constant.kind == VAL_LIST || n->constant.kind == VAL_MAP)
		return fault_new(k, "'const' failed");
	struct buf b = BUF_INIT;
	buf_puts(&b, "value must be ");
	display(&b, k->c->arena, n->constant);
	return fault_text(k, &b);
}

static struct fault *check_enum(struct check *k, unsigned type)
{
	struct val values = k->node->enum_values;
	bool simple = true;
	if (values.kind != VAL_LIST)
		return NULL;
	for (size_t i = 0; i < val_list_len(values); i++) {
		struct val item = val_list_at(values, i);
		if (k->node->enum_types & type && is_equal(k->c->arena, k->v, item))
			return NULL;
		simple = simple && item.kind != VAL_LIST && item.kind != VAL_MAP;
	}
	if (!simple)
		return fault_new(k, "'enum' failed");
	struct buf b = BUF_INIT;
	buf_puts(&b, val_list_len(values) == 1 ? "value must be " : "value must be one of ");
	for (size_t i = 0; i < val_list_len(values); i++) {
		buf_puts(&b, i ? ", " : "");
		display(&b, k->c->arena, val_list_at(values, i));
	}
	return fault_text(k, &b);
}

static struct fault *check_format(struct check *k)
{
	const struct json_format *format = k->node->format;
	const struct json_schema_opts *o = k->c->opts;
	struct err *e = NULL;
	void *compiled;
	if (!format || !val_is_string(k->v))
		return NULL;
	if (format->check)
		e = format->check(val_str(k->v));
	else if (o && o->compile)
		e = o->compile(&compiled, k->c->arena, val_str(k->v), o->ctx);
	if (!e)
		return NULL;
	struct buf b = BUF_INIT;
	json_quote(&b, val_str(k->v));
	buf_printf(&b, " is not valid %s: ", format->name);
	err_message(&b, e);
	err_free(e);
	return fault_text(k, &b);
}

/* The keywords from an outer scope on, as a pointer. */
static void add_keywords(struct buf *out, const struct scope *s)
{
	if (!s->up)
		return;
	add_keywords(out, s->up);
	if (s->keyword)
		json_pointer_add(out, str_from(s->keyword));
	else
		buf_add(out, str_skip(s->node->location, s->up->node->location.len));
}

/* The same schema on the same value once more would go on for ever. */
static struct fault *check_cycle(struct check *k)
{
	const struct scope *s = k->scope->up;
	while (s && s->value == k->scope->value && s->node != k->scope->node)
		s = s->up;
	if (!s || s->value != k->scope->value)
		return NULL;
	struct buf b = BUF_INIT;
	buf_puts(&b, "both ");
	add_keywords(&b, k->scope);
	buf_puts(&b, " and ");
	add_keywords(&b, s);
	buf_puts(&b, " resolve to ");
	quote_add(&b, k->node->location);
	buf_puts(&b, " causing reference cycle");
	return fault_text(k, &b);
}

static void check_by_type(struct check *k, unsigned type)
{
	if (type == JSON_IS_OBJECT)
		check_object(k);
	else if (type == JSON_IS_ARRAY)
		check_array(k);
	else if (type == JSON_IS_STRING)
		check_string(k);
	else if (type == JSON_IS_NUMBER)
		check_number(k);
}

static struct fault *gather(struct check *k)
{
	if (k->faults <= 1)
		return k->first;
	struct fault *group = fault_new(k, "validation failed");
	group->group = true;
	group->first = k->first;
	group->last = k->last;
	return group;
}

static struct fault *check_node(struct check *k)
{
	const struct json_node *n = k->node;
	struct fault *f;
	if (n->always)
		return NULL;
	if (n->never)
		return fault_new(k, "false schema");
	f = check_cycle(k);
	unsigned type = type_of(k->v);
	if (!f && !type) {
		struct buf b = BUF_INIT;
		buf_printf(&b, "invalid jsonType %s", val_type_name(k->v));
		return fault_text(k, &b);
	}
	f = f ? f : check_type(k, type);
	f = f ? f : check_const(k);
	f = f ? f : check_enum(k, type);
	f = f ? f : check_format(k);
	if (f)
		return f;
	if (n->ref) {
		f = check_ref(k, n->ref, "$ref");
		if (n->draft < 2019)
			return f;
		add_fault(k, f);
	}
	check_by_type(k, type);
	if (!k->faults || !k->quiet) {
		if (n->draft >= 2019)
			check_dynamic_refs(k);
		check_conditions(k);
		if (n->draft >= 2019)
			check_unevaluated(k);
	}
	return gather(k);
}

static void show(struct buf *out, const struct fault *f, int indent)
{
	bool hidden = f->reference && f->first && f->first == f->last;
	if (!hidden) {
		if (out->len)
			buf_putc(out, '\n');
		buf_fill(out, ' ', (size_t)indent * 2);
		buf_puts(out, "- at ");
		json_quote(out, f->where);
		buf_puts(out, ": ");
		buf_add(out, f->text);
		indent++;
	}
	for (const struct fault *c = f->first; c; c = c->next)
		show(out, c, indent);
}

bool json_node_check(struct buf *why, struct arena *scratch, const struct json_schema_opts *o, struct json_node *node,
	struct val v, struct json_compiler *c, const struct json_root *meta_root, bool titled)
{
	struct checker ck = { .arena = scratch, .opts = o, .compiler = c, .meta_root = meta_root };
	struct scope scope = { NULL, node, NULL, 0 };
	struct check k = { .c = &ck, .node = node, .meta = meta_root ? node : NULL, .v = v, .scope = &scope };
	k.quiet = !why;
	k.uneval = uneval_of(scratch, v, node, false);
	deep_init(&ck.deep);
	struct fault *f = run(&k);
	if (!f || !why)
		return !f;
	struct buf text = BUF_INIT;
	if (titled) {
		buf_puts(&text, "jsonschema validation failed with ");
		json_quote(&text, node->location);
	}
	if (f->group)
		for (const struct fault *c1 = f->first; c1; c1 = c1->next)
			show(&text, c1, 0);
	else
		show(&text, f, 0);
	buf_add(why, buf_str(&text));
	buf_release(&text);
	return false;
}

bool json_schema_check(struct buf *why, struct arena *scratch, const struct json_schema *s, struct val v)
{
	return json_node_check(why, scratch, s->opts, s->node, v, NULL, NULL, false);
}
