/* SPDX-License-Identifier: Apache-2.0 */
/* Holding values against compiled schemas, and saying why they do not fit. */
#include "json/schema_check.h"
#include "base/num.h"
#include "base/quote.h"
#include "base/utf8.h"
#include "json/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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

struct fault *json_fault_new(struct check *k, const char *text)
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

void json_fault_link(struct fault **first, struct fault **last, struct fault *f)
{
	if (*last)
		(*last)->next = f;
	else
		*first = f;
	*last = f;
}

void json_fault_add(struct check *k, struct fault *f)
{
	if (!f)
		return;
	json_fault_link(&k->first, &k->last, f);
	k->faults++;
}

/* Adds what a buffer says and releases it. */
void json_fault_say(struct check *k, struct buf *text)
{
	struct fault *f = json_fault_new(k, "");
	if (!k->quiet)
		f->text = arena_str(k->c->arena, buf_str(text));
	buf_release(text);
	json_fault_add(k, f);
}

void json_fault_word(struct check *k, const char *text)
{
	json_fault_add(k, json_fault_new(k, text));
}

/* "word: got 1,000, want 2" */
void json_fault_counts(struct check *k, const char *word, int64_t got, int64_t want)
{
	struct buf b = BUF_INIT;
	buf_printf(&b, "%s: got ", word);
	json_count_add(&b, got);
	buf_puts(&b, ", want ");
	json_count_add(&b, want);
	json_fault_say(k, &b);
}

void json_names_add(struct buf *out, const struct str_vec *names)
{
	for (size_t i = 0; i < names->len; i++) {
		buf_puts(out, i ? ", " : "");
		json_quote(out, names->items[i]);
	}
}

unsigned json_type_of(struct val v)
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

bool json_is_equal(struct arena *a, struct val x, struct val y)
{
	unsigned tx = json_type_of(x), ty = json_type_of(y);
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
			if (!json_is_equal(a, val_list_at(x, i), val_list_at(y, i)))
				return false;
		return true;
	}
	if (tx == JSON_IS_OBJECT) {
		if (val_map_len(x) != val_map_len(y))
			return false;
		for (size_t i = 0; i < val_map_len(x); i++) {
			struct val_entry *other = val_map_find(y, x.map->entries[i].key);
			if (!other || !json_is_equal(a, x.map->entries[i].value, other->value))
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
	switch (json_type_of(v)) {
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

void json_evaluated(struct uneval *u, size_t i)
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
			json_evaluated(u, i);
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

struct fault *json_check_run(struct check *k)
{
	if (!deep_is_low(&k->c->deep))
		return check_node(k);
	struct far_check far = { k, NULL };
	if (!deep_call(&k->c->deep, check_far, &far))
		return json_fault_new(k, "schema nests too deep");
	return far.fault;
}

/* Applies another schema to the same value. */
struct fault *json_check_self(struct check *k, struct json_node *node, const char *keyword, bool quiet)
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
	struct fault *f = json_check_run(&sub);
	if (!f)
		merge(&k->uneval, &sub.uneval);
	return f;
}

/* Applies a schema to a property or item. */
struct fault *json_check_below(struct check *k, struct json_node *node, struct val v, struct str token)
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
	return json_check_run(&sub);
}

struct fault *json_check_item(struct check *k, struct json_node *node, size_t i)
{
	char token[24];
	snprintf(token, sizeof(token), "%zu", i);
	return json_check_below(k, node, val_list_at(k->v, i), str_from(token));
}

/* Puts the faults of a list under one that says `text`. */
void json_fault_under(struct check *k, struct fault *first, struct fault *last, const char *text)
{
	struct fault *f = json_fault_new(k, text);
	f->first = first;
	f->last = last;
	json_fault_add(k, f);
}

static struct fault *check_ref(struct check *k, struct json_node *node, const char *keyword)
{
	struct fault *f = json_check_self(k, node, keyword, false);
	if (!f)
		return NULL;
	struct fault *ref = json_fault_new(k, "validation failed");
	ref->reference = true;
	if (f->group) {
		ref->first = f->first;
		ref->last = f->last;
	} else {
		json_fault_link(&ref->first, &ref->last, f);
	}
	return ref;
}

static void check_all_of(struct check *k)
{
	struct fault *first = NULL, *last = NULL;
	for (size_t i = 0; i < k->node->all_of.len; i++) {
		struct fault *f = json_check_self(k, k->node->all_of.items[i], NULL, false);
		if (!f)
			continue;
		json_fault_link(&first, &last, f);
		if (k->quiet)
			break;
	}
	if (first)
		json_fault_under(k, first, last, "'allOf' failed");
}

static void check_any_of(struct check *k)
{
	struct fault *first = NULL, *last = NULL;
	bool matched = !k->node->any_of.len;
	for (size_t i = 0; i < k->node->any_of.len; i++) {
		struct fault *f = json_check_self(k, k->node->any_of.items[i], NULL, false);
		if (f) {
			json_fault_link(&first, &last, f);
			continue;
		}
		matched = true;
		/* While properties are still to be looked at every branch that fits counts. */
		if (!k->uneval.count)
			break;
	}
	if (!matched)
		json_fault_under(k, first, last, "'anyOf' failed");
}

static void check_one_of(struct check *k)
{
	struct fault *first = NULL, *last = NULL;
	const struct json_nodes *nodes = &k->node->one_of;
	size_t matched = SIZE_MAX;
	for (size_t i = 0; i < nodes->len; i++) {
		struct fault *f = json_check_self(k, nodes->items[i], NULL, matched != SIZE_MAX);
		if (f && matched == SIZE_MAX)
			json_fault_link(&first, &last, f);
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
		json_fault_say(k, &b);
		break;
	}
	if (nodes->len && matched == SIZE_MAX)
		json_fault_under(k, first, last, "'oneOf' failed, none matched");
}

static void check_conditions(struct check *k)
{
	const struct json_node *n = k->node;
	if (n->not_ && !json_check_self(k, n->not_, NULL, true))
		json_fault_word(k, "'not' failed");
	check_all_of(k);
	check_any_of(k);
	check_one_of(k);
	if (!n->if_)
		return;
	if (!json_check_self(k, n->if_, NULL, true)) {
		if (n->then_)
			json_fault_add(k, json_check_self(k, n->then_, NULL, false));
	} else if (n->else_) {
		json_fault_add(k, json_check_self(k, n->else_, NULL, false));
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
		json_fault_add(k, check_ref(k, target, "$recursiveRef"));
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
	json_fault_add(k, check_ref(k, target, "$dynamicRef"));
}

static void check_unevaluated(struct check *k)
{
	const struct json_node *n = k->node;
	if (k->v.kind == VAL_MAP && n->uneval_props) {
		const uint32_t *order = val_map_sorted(k->v);
		for (size_t i = 0; i < k->uneval.n; i++) {
			const struct val_entry *e = &k->v.map->entries[order[i]];
			if (k->uneval.left[order[i]])
				json_fault_add(k, json_check_below(k, n->uneval_props, e->value, e->key));
		}
		k->uneval = (struct uneval){ NULL, 0, 0 };
	}
	if (k->v.kind == VAL_LIST && n->uneval_items) {
		for (size_t i = 0; i < k->uneval.n; i++)
			if (k->uneval.left[i])
				json_fault_add(k, json_check_item(k, n->uneval_items, i));
		k->uneval = (struct uneval){ NULL, 0, 0 };
	}
}

static struct fault *fault_text(struct check *k, struct buf *text)
{
	struct fault *f = json_fault_new(k, "");
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
	if (!n->has_const || json_is_equal(k->c->arena, k->v, n->constant))
		return NULL;
	if (n->constant.kind == VAL_LIST || n->constant.kind == VAL_MAP)
		return json_fault_new(k, "'const' failed");
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
		if (k->node->enum_types & type && json_is_equal(k->c->arena, k->v, item))
			return NULL;
		simple = simple && item.kind != VAL_LIST && item.kind != VAL_MAP;
	}
	if (!simple)
		return json_fault_new(k, "'enum' failed");
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

/* As messages name a node: put together when it is asked for, since few are. */
static struct str location_of(struct arena *a, const struct json_node *n)
{
	return n->location.len ? n->location : json_location(a, n->url, n->ptr);
}

/* The keywords from an outer scope on, as a pointer. */
static void add_keywords(struct buf *out, struct arena *a, const struct scope *s)
{
	if (!s->up)
		return;
	add_keywords(out, a, s->up);
	if (s->keyword)
		json_pointer_add(out, str_from(s->keyword));
	else
		buf_add(out, str_skip(location_of(a, s->node), location_of(a, s->up->node).len));
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
	add_keywords(&b, k->c->arena, k->scope);
	buf_puts(&b, " and ");
	add_keywords(&b, k->c->arena, s);
	buf_puts(&b, " resolve to ");
	quote_add(&b, location_of(k->c->arena, k->node));
	buf_puts(&b, " causing reference cycle");
	return fault_text(k, &b);
}

static void check_by_type(struct check *k, unsigned type)
{
	if (type == JSON_IS_OBJECT)
		json_check_object(k);
	else if (type == JSON_IS_ARRAY)
		json_check_array(k);
	else if (type == JSON_IS_STRING)
		json_check_string(k);
	else if (type == JSON_IS_NUMBER)
		json_check_number(k);
}

static struct fault *gather(struct check *k)
{
	if (k->faults <= 1)
		return k->first;
	struct fault *group = json_fault_new(k, "validation failed");
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
		return json_fault_new(k, "false schema");
	f = check_cycle(k);
	unsigned type = json_type_of(k->v);
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
		json_fault_add(k, f);
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
	struct fault *f = json_check_run(&k);
	if (!f || !why)
		return !f;
	struct buf text = BUF_INIT;
	if (titled) {
		buf_puts(&text, "jsonschema validation failed with ");
		json_quote(&text, location_of(scratch, node));
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
