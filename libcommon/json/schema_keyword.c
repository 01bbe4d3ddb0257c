/* SPDX-License-Identifier: Apache-2.0 */
/* The keywords of objects, arrays, strings and numbers. */
#include "base/b64.h"
#include "base/num.h"
#include "base/utf8.h"
#include "json/json.h"
#include "json/schema_check.h"

#include <string.h>

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
	json_names_add(&b, &names);
	json_fault_say(k, &b);
}

static void check_dependents(struct check *k, const struct json_rules *rules)
{
	for (size_t i = 0; i < rules->len; i++) {
		const struct json_rule *r = &rules->items[i];
		if (!val_map_find(k->v, r->name))
			continue;
		if (r->node) {
			json_fault_add(k, json_check_self(k, r->node, NULL, false));
			continue;
		}
		struct str_vec names = missing(k, &r->names);
		if (!names.len)
			continue;
		struct buf b = BUF_INIT;
		buf_puts(&b, "properties ");
		json_names_add(&b, &names);
		buf_puts(&b, " required, if ");
		json_quote(&b, r->name);
		buf_puts(&b, " exists");
		json_fault_say(k, &b);
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
		json_fault_add(k, json_check_below(k, own->node, e->value, e->key));
	for (size_t p = 0; p < n->patterns.len; p++) {
		if (!matches(k, &n->patterns.items[p].regex, e->key))
			continue;
		seen = true;
		json_fault_add(k, json_check_below(k, n->patterns.items[p].node, e->value, e->key));
	}
	if (!seen && n->more_props.present) {
		seen = true;
		if (n->more_props.node)
			json_fault_add(k, json_check_below(k, n->more_props.node, e->value, e->key));
		else if (!n->more_props.allowed)
			vec_push_in(k->c->arena, extra, e->key);
	}
	if (seen)
		json_evaluated(&k->uneval, i);
}

/* A name is a value of its own, so its faults say nothing of where it stands. */
static void check_name(struct check *k, struct str name)
{
	struct json_node *node = k->node->property_names;
	struct scope scope = { NULL, node, NULL, 0 };
	struct check sub = {
		.c = k->c, .node = node, .meta = k->meta, .v = val_string(name), .scope = &scope, .quiet = k->quiet
	};
	struct fault *f = json_check_run(&sub);
	if (!f)
		return;
	struct buf b = BUF_INIT;
	buf_puts(&b, "invalid propertyName ");
	json_quote(&b, name);
	struct fault *named = json_fault_new(k, "");
	named->text = arena_str(k->c->arena, buf_str(&b));
	buf_release(&b);
	if (f->group) {
		named->first = f->first;
		named->last = f->last;
	} else {
		json_fault_link(&named->first, &named->last, f);
	}
	json_fault_add(k, named);
}

void json_check_object(struct check *k)
{
	const struct json_node *n = k->node;
	int64_t len = (int64_t)val_map_len(k->v);
	if (n->min_props.present && len < n->min_props.value)
		json_fault_counts(k, "minProperties", len, n->min_props.value);
	if (n->max_props.present && len > n->max_props.value)
		json_fault_counts(k, "maxProperties", len, n->max_props.value);
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
		json_names_add(&b, &extra);
		buf_puts(&b, " not allowed");
		json_fault_say(k, &b);
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
			if (json_is_equal(k->c->arena, val_list_at(k->v, *y), val_list_at(k->v, *x)))
				return true;
	if (len <= 20)
		return false;
	/* Long lists go by their JSON text, in which equal numbers may still differ: those are compared one by one. */
	for (*y = 0; *y < len; ++*y) {
		struct val item = val_list_at(k->v, *y);
		unsigned type = json_type_of(item);
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
			if (json_is_equal(k->c->arena, item, val_list_at(k->v, *x)))
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
	json_fault_say(k, &b);
}

static void check_items(struct check *k)
{
	const struct json_node *n = k->node;
	size_t len = val_list_len(k->v), tuple = n->tuple.len < len ? n->tuple.len : len;
	for (size_t i = 0; i < tuple; i++)
		json_fault_add(k, json_check_item(k, n->tuple.items[i], i));
	for (size_t i = tuple; n->items && i < len; i++)
		json_fault_add(k, json_check_item(k, n->items, i));
	if (n->items || !n->more_items.present)
		return;
	for (size_t i = tuple; n->more_items.node && i < len; i++)
		json_fault_add(k, json_check_item(k, n->more_items.node, i));
	if (n->more_items.node || n->more_items.allowed || tuple == len)
		return;
	struct buf b = BUF_INIT;
	buf_puts(&b, "last ");
	json_count_add(&b, (int64_t)(len - tuple));
	buf_puts(&b, " additionalItem(s) not allowed");
	json_fault_say(k, &b);
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
		struct fault *f = json_check_item(k, n->contains, i);
		if (f) {
			json_fault_link(&first, &last, f);
			continue;
		}
		matched[i] = true;
		got++;
		if (n->draft >= 2020)
			json_evaluated(&k->uneval, i);
	}
	struct buf b = BUF_INIT;
	if (n->min_contains.present && got < n->min_contains.value) {
		add_contains(&b, "min", n->min_contains.value, matched, len, got);
		json_fault_under(k, first, last, "");
		k->last->text = arena_str(k->c->arena, buf_str(&b));
	} else if (!n->min_contains.present && !got) {
		json_fault_under(k, first, last, "no items match contains schema");
	}
	buf_clear(&b);
	if (n->max_contains.present && got > n->max_contains.value) {
		add_contains(&b, "max", n->max_contains.value, matched, len, got);
		json_fault_word(k, "");
		k->last->text = arena_str(k->c->arena, buf_str(&b));
	}
	buf_release(&b);
}

void json_check_array(struct check *k)
{
	const struct json_node *n = k->node;
	int64_t len = (int64_t)val_list_len(k->v);
	if (n->min_items.present && len < n->min_items.value)
		json_fault_counts(k, "minItems", len, n->min_items.value);
	if (n->max_items.present && len > n->max_items.value)
		json_fault_counts(k, "maxItems", len, n->max_items.value);
	check_unique(k);
	check_items(k);
	check_contains(k);
}

/* contentEncoding, contentMediaType, contentSchema: only when asked for. */
static void check_content(struct check *k, struct str s)
{
	const struct json_node *n = k->node;
	struct str bytes = s;
	struct val inner = VAL_NIL;
	int64_t wrong = n->base64 ? b64_decode(&bytes, k->c->arena, s) : -1;
	if (wrong >= 0) {
		struct buf b = BUF_INIT;
		buf_puts(&b, "value is not 'base64' encoded: illegal base64 data at input byte ");
		num_add_int(&b, wrong);
		json_fault_say(k, &b);
		return;
	}
	struct err *e = NULL;
	if (n->media_json)
		e = json_load_exact(&inner, k->c->arena, bytes);
	if (e) {
		struct buf b = BUF_INIT;
		buf_puts(&b, "value is not of mediatype 'application/json': ");
		err_message(&b, e);
		json_fault_say(k, &b);
		err_free(e);
		return;
	}
	if (!n->media_json || !n->content)
		return;
	struct scope scope = { NULL, n->content, NULL, 0 };
	struct check sub = {
		.c = k->c, .node = n->content, .meta = k->meta, .v = inner, .scope = &scope, .quiet = k->quiet
	};
	struct fault *f = json_check_run(&sub);
	if (f)
		json_fault_under(k, f, f, "'contentSchema' failed");
}

void json_check_string(struct check *k)
{
	const struct json_node *n = k->node;
	struct str s = val_str(k->v);
	if (n->min_length.present || n->max_length.present) {
		int64_t len = (int64_t)utf8_count(s);
		if (n->min_length.present && len < n->min_length.value)
			json_fault_counts(k, "minLength", len, n->min_length.value);
		if (n->max_length.present && len > n->max_length.value)
			json_fault_counts(k, "maxLength", len, n->max_length.value);
	}
	if (n->has_pattern && !matches(k, &n->pattern, s)) {
		struct buf b = BUF_INIT;
		json_quote(&b, s);
		buf_puts(&b, " does not match pattern ");
		json_quote(&b, n->pattern.text);
		json_fault_say(k, &b);
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
	json_fault_say(k, &b);
}

void json_check_number(struct check *k)
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
