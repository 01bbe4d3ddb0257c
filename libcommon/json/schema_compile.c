/* SPDX-License-Identifier: Apache-2.0 */
/* Subschemas to nodes, in the order in which they are first referred to. */
#include "base/quote.h"
#include "json/schema_root.h"

#include <string.h>

struct object {
	struct json_compiler *c;
	struct val obj;
	struct json_root *root;
	struct json_resource *res;
	struct json_node *node;
};

/* The node for a place in a document, compiled later when it is new. */
static struct json_node *node_at(struct json_compiler *c, struct str url, struct str ptr)
{
	struct str key = arena_join3(c->arena, url, STR("\n"), ptr);
	struct json_node *n = map_find(&c->nodes, key);
	if (n)
		return n;
	n = ARENA_NEW(c->arena, struct json_node);
	n->url = url;
	n->ptr = ptr;
	map_set(&c->nodes, c->arena, key, n);
	vec_push_in(c->arena, &c->queue, n);
	return n;
}

static struct json_node *below(const struct object *o, const char *key)
{
	return node_at(o->c, o->node->url, json_pointer_join(o->c->arena, o->node->ptr, str_from(key)));
}

static struct json_node *below2(const struct object *o, const char *key, struct str token)
{
	struct str ptr = json_pointer_join(o->c->arena, o->node->ptr, str_from(key));
	return node_at(o->c, o->node->url, json_pointer_join(o->c->arena, ptr, token));
}

static struct json_node *prop(const struct object *o, const char *key)
{
	return val_map_find(o->obj, str_from(key)) ? below(o, key) : NULL;
}

static void array(const struct object *o, const char *key, struct json_nodes *out)
{
	struct val v = val_get(o->obj, key);
	for (size_t i = 0; i < val_list_len(v); i++)
		vec_push_in(o->c->arena, out, below2(o, key, arena_printf(o->c->arena, "%zu", i)));
}

static void index_rules(struct json_compiler *c, struct json_rules *rules)
{
	for (size_t i = 0; i < rules->len; i++)
		map_set(&rules->by_name, c->arena, rules->items[i].name, &rules->items[i]);
}

static void strings(const struct object *o, struct val list, struct str_vec *out)
{
	for (size_t i = 0; i < val_list_len(list); i++)
		if (val_is_string(val_list_at(list, i)))
			vec_push_in(o->c->arena, out, val_str(val_list_at(list, i)));
}

/* A map of subschemas; in dependencies also of lists of names. */
static void rules(const struct object *o, const char *key, struct json_rules *out, bool lists, bool schemas)
{
	struct val map = val_get(o->obj, key);
	const uint32_t *order = map.kind == VAL_MAP ? val_map_sorted(map) : NULL;
	for (size_t i = 0; i < val_map_len(map); i++) {
		const struct val_entry *e = &map.map->entries[order[i]];
		struct json_rule rule = { .name = e->key };
		if (lists && e->value.kind == VAL_LIST)
			strings(o, e->value, &rule.names);
		else if (schemas)
			rule.node = below2(o, key, e->key);
		else
			continue;
		vec_push_in(o->c->arena, out, rule);
	}
	index_rules(o->c, out);
}

static struct json_extra extra(const struct object *o, const char *key)
{
	struct val v = val_get(o->obj, key);
	struct json_extra x = { .present = v.kind != VAL_INVALID };
	if (v.kind == VAL_BOOL)
		x.allowed = v.b;
	else if (x.present)
		x.node = below(o, key);
	return x;
}

static struct json_bound bound(const struct object *o, const char *key)
{
	struct json_bound b = { 0 };
	struct val v = val_get(o->obj, key);
	if (!json_is_number(v))
		return b;
	b.present = true;
	b.value = json_decimal(o->c->arena, v);
	return b;
}

static struct json_limit limit(const struct object *o, const char *key)
{
	struct json_limit l = { 0 };
	struct json_bound b = bound(o, key);
	if (!b.present || !json_decimal_is_integer(&b.value))
		return l;
	l.present = true;
	/* Of larger integers Go keeps the lowest 64 bits; 2^64 divides 10^64, and more zeros change nothing. */
	uint64_t bits = 0;
	for (size_t i = 0; i < b.value.digits.len; i++)
		bits = bits * 10 + (uint64_t)(b.value.digits.s[i] - '0');
	for (int64_t i = 0; i < b.value.exp && i < 64; i++)
		bits *= 10;
	if (b.value.negative)
		bits = -bits;
	memcpy(&l.value, &bits, sizeof(bits));
	return l;
}

static bool flag(const struct object *o, const char *key)
{
	struct val v = val_get(o->obj, key);
	return v.kind == VAL_BOOL && v.b;
}

static struct str string_of(const struct object *o, const char *key)
{
	struct val v = val_get(o->obj, key);
	return val_is_string(v) ? val_str(v) : (struct str){ NULL, 0 };
}

static struct err *reference(const struct object *o, const char *key, struct json_node **out)
{
	struct str ref = string_of(o, key), ptr;
	struct json_root *root;
	if (!ref.s)
		return NULL;
	TRY(json_root_resolve(&root, &ptr, o->c, o->root, o->res, ref));
	*out = node_at(o->c, root->url, ptr);
	return NULL;
}

static struct err *regex(const struct object *o, const char *key, struct str text, struct json_regex *out)
{
	const struct json_schema_opts *opts = o->c->opts;
	*out = (struct json_regex){ text, NULL };
	if (!opts || !opts->compile)
		return NULL;
	struct err *e = opts->compile(&out->compiled, o->c->arena, text, opts->ctx);
	if (!e)
		return NULL;
	struct str where = json_location(o->c->arena, o->node->url, o->node->ptr);
	struct buf b = BUF_INIT, why = BUF_INIT;
	buf_puts(&b, "invalid regex ");
	quote_add(&b, text);
	buf_puts(&b, " at ");
	quote_add(&b, arena_printf(o->c->arena, "%.*s/%s", STR_ARG(where), key));
	err_message(&why, e);
	err_free(e);
	e = err_new(ERR_SCHEMA, "%s: %s", buf_text(&b), buf_text(&why));
	buf_release(&b);
	buf_release(&why);
	return e;
}

static unsigned type_bit(struct str name)
{
	static const char *const names[] = { "null", "boolean", "number", "integer", "string", "array", "object" };
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_is(name, names[i]))
			return 1u << i;
	return 0;
}

static void compile_types(const struct object *o)
{
	struct json_node *n = o->node;
	struct val v = val_get(o->obj, "type");
	if (val_is_string(v))
		n->types = type_bit(val_str(v));
	for (size_t i = 0; i < val_list_len(v); i++)
		n->types |= type_bit(val_str(val_list_at(v, i)));
	v = val_get(o->obj, "enum");
	if (v.kind != VAL_LIST)
		return;
	n->enum_values = v;
	for (size_t i = 0; i < val_list_len(v); i++)
		n->enum_types |= json_type_of(val_list_at(v, i));
}

static struct err *compile_applicator(const struct object *o)
{
	struct json_node *n = o->node;
	array(o, "allOf", &n->all_of);
	array(o, "anyOf", &n->any_of);
	array(o, "oneOf", &n->one_of);
	n->not_ = prop(o, "not");
	if (n->draft < 2020 && val_get(o->obj, "items").kind == VAL_LIST) {
		array(o, "items", &n->tuple);
		n->more_items = extra(o, "additionalItems");
	} else if (n->draft < 2020) {
		n->items = prop(o, "items");
	}
	rules(o, "properties", &n->properties, false, true);
	rules(o, "patternProperties", &n->patterns, false, true);
	for (size_t i = 0; i < n->patterns.len; i++)
		TRY(regex(o, "patternProperties", n->patterns.items[i].name, &n->patterns.items[i].regex));
	n->more_props = extra(o, "additionalProperties");
	rules(o, "dependencies", &n->dependencies, true, true);
	return NULL;
}

/* In draft 4 exclusiveMaximum is a flag beside maximum. */
static void compile_bounds(const struct object *o)
{
	struct json_node *n = o->node;
	n->multiple_of = bound(o, "multipleOf");
	n->maximum = bound(o, "maximum");
	n->minimum = bound(o, "minimum");
	n->below = bound(o, "exclusiveMaximum");
	n->above = bound(o, "exclusiveMinimum");
	if (flag(o, "exclusiveMaximum")) {
		n->below = n->maximum;
		n->maximum.present = false;
	}
	if (flag(o, "exclusiveMinimum")) {
		n->above = n->minimum;
		n->minimum.present = false;
	}
}

static struct err *compile_validation(const struct object *o)
{
	struct json_node *n = o->node;
	compile_types(o);
	compile_bounds(o);
	n->min_length = limit(o, "minLength");
	n->max_length = limit(o, "maxLength");
	n->min_items = limit(o, "minItems");
	n->max_items = limit(o, "maxItems");
	n->unique = flag(o, "uniqueItems");
	n->min_props = limit(o, "minProperties");
	n->max_props = limit(o, "maxProperties");
	strings(o, val_get(o->obj, "required"), &n->required);
	struct str pattern = string_of(o, "pattern");
	n->has_pattern = pattern.s != NULL;
	return n->has_pattern ? regex(o, "pattern", pattern, &n->pattern) : NULL;
}

static bool asserts_formats(const struct object *o)
{
	if (o->c->formats || o->node->draft < 2019)
		return true;
	return json_has_vocab(o->res, o->node->draft == 2019 ? "format" : "format-assertion");
}

static void compile_draft6_and_7(const struct object *o, bool applicator, bool validation)
{
	struct json_node *n = o->node;
	struct val_entry *e = val_map_find(o->obj, STR("const"));
	if (applicator) {
		n->contains = prop(o, "contains");
		n->property_names = prop(o, "propertyNames");
	}
	if (validation && e) {
		n->has_const = true;
		n->constant = e->value;
	}
	if (n->draft < 7)
		return;
	if (applicator)
		n->if_ = prop(o, "if");
	if (n->if_) {
		struct val v = val_get(o->obj, "if");
		n->then_ = v.kind != VAL_BOOL || v.b ? prop(o, "then") : NULL;
		n->else_ = v.kind != VAL_BOOL || !v.b ? prop(o, "else") : NULL;
	}
	if (o->c->opts && o->c->opts->assert_content) {
		n->base64 = str_is(string_of(o, "contentEncoding"), "base64");
		n->media_json = str_is(string_of(o, "contentMediaType"), "application/json");
	}
}

static struct err *compile_draft2019(const struct object *o, bool applicator, bool validation)
{
	struct json_node *n = o->node;
	TRY(reference(o, "$recursiveRef", &n->recursive_ref));
	n->recursive_anchor = flag(o, "$recursiveAnchor");
	if (validation && n->contains) {
		n->min_contains = limit(o, "minContains");
		n->max_contains = limit(o, "maxContains");
	}
	if (validation)
		rules(o, "dependentRequired", &n->dependent_required, true, false);
	if (applicator)
		rules(o, "dependentSchemas", &n->dependent_schemas, false, true);
	if (n->draft == 2019 ? applicator : json_has_vocab(o->res, "unevaluated")) {
		n->uneval_items = prop(o, "unevaluatedItems");
		n->uneval_props = prop(o, "unevaluatedProperties");
	}
	if (n->media_json)
		n->content = prop(o, "contentSchema");
	return NULL;
}

static struct err *compile_draft2020(const struct object *o, bool applicator)
{
	struct json_node *n = o->node;
	TRY(reference(o, "$dynamicRef", &n->dynamic_ref));
	if (n->dynamic_ref) {
		struct str name = string_of(o, "$dynamicRef");
		(void)str_cut(&name, '#');
		if (name.len && name.s[0] != '/')
			n->dynamic_name = name;
	}
	n->dynamic_anchor = string_of(o, "$dynamicAnchor");
	if (applicator) {
		array(o, "prefixItems", &n->tuple);
		n->items = prop(o, "items");
	}
	return NULL;
}

static struct err *compile_object(const struct object *o)
{
	struct json_node *n = o->node;
	bool applicator = json_has_vocab(o->res, "applicator"), validation = json_has_vocab(o->res, "validation");
	TRY(reference(o, "$ref", &n->ref));
	/* Up to draft 7 nothing beside a $ref counts, but what the drafts after 4 added is read all the same. */
	bool alone = n->draft < 2019 && n->ref;
	if (!alone) {
		if (applicator)
			TRY(compile_applicator(o));
		if (validation)
			TRY(compile_validation(o));
		struct str format = string_of(o, "format");
		if (asserts_formats(o) && format.s)
			n->format = json_format_find(format);
	}
	if (n->draft >= 6)
		compile_draft6_and_7(o, applicator, validation);
	if (n->draft >= 2019)
		TRY(compile_draft2019(o, applicator, validation));
	if (n->draft >= 2020)
		TRY(compile_draft2020(o, applicator));
	return NULL;
}

/* A resource knows the schemas of its dynamic anchors. */
static void compile_anchors(struct json_compiler *c, struct json_node *n, const struct json_resource *r)
{
	for (size_t i = 0; i < r->dynamic.len; i++) {
		struct str *ptr = map_find(&r->anchors, r->dynamic.items[i]);
		struct json_rule rule = { .name = r->dynamic.items[i], .node = node_at(c, n->url, *ptr) };
		vec_push_in(c->arena, &n->dynamic, rule);
	}
	index_rules(c, &n->dynamic);
}

static struct err *compile_node(struct json_compiler *c, struct json_node *n)
{
	struct json_root *root;
	struct val v;
	TRY(json_root_get(&root, c, n->url));
	TRY(json_root_ensure(c, root, n->ptr));
	TRY(json_root_lookup(&v, c, root, n->ptr));
	struct json_resource *r = json_resource_of(root, n->ptr);
	n->draft = r->draft;
	n->resource = node_at(c, n->url, r->ptr);
	if (n->draft >= 2020 && n == n->resource)
		compile_anchors(c, n, r);
	if (v.kind == VAL_BOOL) {
		n->always = v.b;
		n->never = !v.b;
	} else if (v.kind == VAL_MAP && !val_map_len(v)) {
		n->always = true;
	} else if (v.kind == VAL_MAP) {
		struct object o = { c, v, root, r, n };
		TRY(compile_object(&o));
	}
	n->all_props = n->more_props.present;
	n->all_items = n->items || (n->draft < 2020 && n->more_items.present);
	n->items_evaluated = n->tuple.len;
	return NULL;
}

/* Compiles what stands at a URL and all that it refers to. */
static struct err *compile(struct json_node **out, struct json_compiler *c, struct str url, struct str fragment)
{
	struct json_root *root;
	TRY(json_root_get(&root, c, url));
	size_t done = c->queue.len;
	*out = node_at(c, root->url, fragment);
	for (; done < c->queue.len; done++)
		TRY(compile_node(c, c->queue.items[done]));
	return NULL;
}

static struct json_compiler *compiler_new(struct arena *a, const struct json_schema_opts *o)
{
	struct json_compiler *c = ARENA_NEW(a, struct json_compiler);
	c->arena = a;
	c->opts = o;
	c->draft = o && o->draft ? o->draft : 2020;
	c->formats = o && o->assert_format;
	deep_init(&c->deep);
	return c;
}

/* The metaschema made of the vocabularies that a custom one names. */
static struct err *vocab_node(struct json_node **out, struct json_compiler *meta, const struct json_resource *r)
{
	static const char *const names[] = { "applicator", "unevaluated", "validation", "meta-data", "format",
		"format-annotation", "format-assertion", "content", "core" };
	struct json_node *n = ARENA_NEW(meta->arena, struct json_node);
	struct str prefix = str_from(json_draft_url(r->draft));
	prefix = str_slice(prefix, 0, prefix.len - 6);
	n->url = n->location = STR("urn:mem:metaschema");
	n->draft = r->draft;
	n->resource = n;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct json_node *part;
		struct str url = arena_printf(meta->arena, "%.*smeta/%s", STR_ARG(prefix), names[i]);
		if (!json_has_vocab(r, names[i]) || !json_meta_text(url))
			continue;
		TRY(compile(&part, meta, url, STR("")));
		vec_push_in(meta->arena, &n->all_of, part);
	}
	if (r->draft >= 2020) {
		n->dynamic_anchor = STR("meta");
		struct json_rule rule = { .name = STR("meta"), .node = n };
		vec_push_in(meta->arena, &n->dynamic, rule);
		index_rules(meta, &n->dynamic);
	}
	*out = n;
	return NULL;
}

struct err *json_meta_node(struct json_node **out, struct json_compiler *c, const struct json_resource *r)
{
	if (!c->meta) {
		c->meta = compiler_new(c->arena, c->opts);
		c->meta->formats = true;
		c->meta->draft = 2020;
	}
	if (r->own_vocabs)
		return vocab_node(out, c->meta, r);
	return compile(out, c->meta, str_from(json_draft_url(r->draft)), STR(""));
}

struct err *json_schema_compile_value(
	struct json_schema **out, struct arena *a, struct val schema, const char *url, const struct json_schema_opts *o)
{
	struct json_compiler *c = compiler_new(a, o);
	struct json_schema *s = ARENA_NEW(a, struct json_schema);
	json_root_add_doc(c, str_from(url), schema);
	TRY(compile(&s->node, c, arena_str(a, str_from(url)), STR("")));
	s->opts = o;
	s->arena = a;
	*out = s;
	return NULL;
}

struct err *json_schema_compile(
	struct json_schema **out, struct arena *a, struct str text, const char *url, const struct json_schema_opts *o)
{
	struct val schema;
	TRY(json_load_exact(&schema, a, text));
	return json_schema_compile_value(out, a, schema, url, o);
}
