/* SPDX-License-Identifier: Apache-2.0 */
#include "json/schema_root.h"

#include "base/num.h"
#include "base/quote.h"
#include "json/url.h"

#include <string.h>

/* Nesting of subschemas, and chains of metaschemas. */
#define MAX_DEPTH 2000
#define MAX_CHAIN 16

/* Where subschemas stand: a keyword, and below it one ('1'), all of a map ('*'), all of a list ('['). From which draft on. */
static const struct {
	const char *keyword;
	char shape;
	int since;
} places[] = {
	{ "definitions", '*', 4 },
	{ "not", '1', 4 },
	{ "allOf", '[', 4 },
	{ "anyOf", '[', 4 },
	{ "oneOf", '[', 4 },
	{ "properties", '*', 4 },
	{ "additionalProperties", '1', 4 },
	{ "patternProperties", '*', 4 },
	{ "items", '1', 4 },
	{ "items", '[', 4 },
	{ "additionalItems", '1', 4 },
	{ "dependencies", '*', 4 },
	{ "propertyNames", '1', 6 },
	{ "contains", '1', 6 },
	{ "if", '1', 7 },
	{ "then", '1', 7 },
	{ "else", '1', 7 },
	{ "$defs", '*', 2019 },
	{ "dependentSchemas", '*', 2019 },
	{ "unevaluatedProperties", '1', 2019 },
	{ "unevaluatedItems", '1', 2019 },
	{ "contentSchema", '1', 2019 },
	{ "prefixItems", '[', 2020 },
};

static const char *const vocab_names[] = {
	"core",
	"applicator",
	"unevaluated",
	"validation",
	"meta-data",
	"format",
	"format-annotation",
	"format-assertion",
	"content",
};
#define NVOCABS (sizeof(vocab_names) / sizeof(vocab_names[0]))

const char *json_draft_url(int draft)
{
	switch (draft) {
	case 4:
		return "http://json-schema.org/draft-04/schema";
	case 6:
		return "http://json-schema.org/draft-06/schema";
	case 7:
		return "http://json-schema.org/draft-07/schema";
	case 2019:
		return "https://json-schema.org/draft/2019-09/schema";
	default:
		return "https://json-schema.org/draft/2020-12/schema";
	}
}

static struct str without_scheme(struct str url)
{
	return str_starts(url, STR("https://")) ? str_skip(url, 8) : str_trim_prefix(url, STR("http://"));
}

int json_draft_of(struct str url)
{
	static const int drafts[] = { 4, 6, 7, 2019, 2020 };
	struct str fragment = url, base = str_cut(&fragment, '#');
	if (fragment.len)
		return 0;
	base = without_scheme(base);
	if (str_is(base, "json-schema.org/schema"))
		return 2020;
	for (size_t i = 0; i < sizeof(drafts) / sizeof(drafts[0]); i++)
		if (str_eq(base, without_scheme(str_from(json_draft_url(drafts[i])))))
			return drafts[i];
	return 0;
}

bool json_has_vocab(const struct json_resource *r, const char *name)
{
	if (r->draft < 2019 || !strcmp(name, "core"))
		return true;
	if (!r->own_vocabs)
		return !strcmp(name, "applicator") || !strcmp(name, "validation") ||
		       (r->draft >= 2020 && !strcmp(name, "unevaluated"));
	for (size_t i = 0; i < NVOCABS; i++)
		if (!strcmp(vocab_names[i], name))
			return r->vocabs >> i & 1;
	return false;
}

void json_pointer_add(struct buf *out, struct str token)
{
	buf_putc(out, '/');
	for (size_t i = 0; i < token.len; i++) {
		if (token.s[i] == '~')
			buf_puts(out, "~0");
		else if (token.s[i] == '/')
			buf_puts(out, "~1");
		else
			buf_putc(out, token.s[i]);
	}
}

struct str json_pointer_join(struct arena *a, struct str ptr, struct str token)
{
	struct buf b = BUF_INIT;
	if (str_find_char(token, '~') < 0 && str_find_char(token, '/') < 0)
		return arena_join3(a, ptr, STR("/"), token);
	buf_add(&b, ptr);
	json_pointer_add(&b, token);
	struct str joined = arena_str(a, buf_str(&b));
	buf_release(&b);
	return joined;
}

struct str json_location(struct arena *a, struct str url, struct str ptr)
{
	struct buf b = BUF_INIT;
	buf_add(&b, url);
	buf_putc(&b, '#');
	json_url_escape(&b, ptr);
	struct str text = arena_str(a, buf_str(&b));
	buf_release(&b);
	return text;
}

/* An error that quotes its subject as Go's %q does. */
static struct err *words(const char *before, struct str quoted, const char *after)
{
	struct buf b = BUF_INIT;
	buf_puts(&b, before);
	quote_add(&b, quoted);
	buf_puts(&b, after);
	struct err *e = err_new(ERR_SCHEMA, "%s", buf_text(&b));
	buf_release(&b);
	return e;
}

static struct err *words_of(struct err *cause, const char *before, struct str quoted)
{
	struct buf b = BUF_INIT, c = BUF_INIT;
	buf_puts(&b, before);
	quote_add(&b, quoted);
	err_message(&c, cause);
	struct err *e = err_new(ERR_SCHEMA, "%s: %s", buf_text(&b), buf_text(&c));
	err_free(cause);
	buf_release(&b);
	buf_release(&c);
	return e;
}

/* Cuts a reference into URL and unescaped fragment. */
static struct err *split(struct arena *a, struct str ref, struct str *url, struct str *fragment)
{
	*fragment = ref;
	*url = str_cut(fragment, '#');
	struct err *e = json_url_unescape(fragment, a, *fragment);
	return e ? words_of(e, "error in parsing ", ref) : NULL;
}

/* Joins a reference to a base. */
static struct err *join(struct arena *a, struct str base, struct str ref, struct str *url, struct str *fragment)
{
	struct json_url b, r;
	struct err *e = json_url_parse(&b, a, base);
	if (e)
		return words_of(e, "error in parsing ", base);
	TRY(split(a, ref, &ref, fragment));
	e = json_url_parse(&r, a, ref);
	if (e)
		return words_of(e, "error in parsing ", ref);
	b = json_url_resolve(a, &b, &r);
	*url = json_url_text(a, &b);
	return NULL;
}

static struct str string_of(struct val obj, const char *key)
{
	struct val v = val_get(obj, key);
	return val_is_string(v) ? val_str(v) : (struct str){ NULL, 0 };
}

void json_root_add_doc(struct json_compiler *c, struct str url, struct val doc)
{
	struct val *kept = ARENA_NEW(c->arena, struct val);
	*kept = doc;
	map_set(&c->docs, c->arena, arena_str(c->arena, url), kept);
}

static struct err *load_doc(struct val *out, struct json_compiler *c, struct str url)
{
	struct val *known = map_find(&c->docs, url);
	if (known) {
		*out = *known;
		return NULL;
	}
	const char *meta = json_meta_text(url);
	struct str text = meta ? str_from(meta) : (struct str){ NULL, 0 };
	struct err *e = NULL;
	if (!meta && (!c->opts || !c->opts->load))
		e = words("no URLLoader registered for ", url, "");
	else if (!meta)
		e = c->opts->load(&text, c->arena, url, c->opts->ctx);
	if (!e)
		e = json_load_exact(out, c->arena, text);
	if (e)
		return words_of(e, "failing loading ", url);
	json_root_add_doc(c, url, *out);
	return NULL;
}

/* The draft of a document, through the metaschemas that its "$schema" names. */
static struct err *find_draft(
	int *out, struct json_compiler *c, struct str url, struct str ptr, struct val doc, int fallback)
{
	struct str seen[MAX_CHAIN], own_url = url, own_ptr = ptr;
	*out = fallback;
	for (int n = 0;; n++) {
		struct str schema = string_of(doc, "$schema");
		if (!schema.s)
			return NULL;
		int draft = json_draft_of(schema);
		if (draft) {
			*out = draft;
			return NULL;
		}
		struct json_url parsed;
		struct str rest = schema;
		schema = str_cut(&rest, '#');
		struct err *e = json_url_parse(&parsed, c->arena, schema);
		if (e)
			return words_of(e, "invalid $schema in ", json_location(c->arena, own_url, own_ptr));
		if (!n && !ptr.len && str_eq(schema, url))
			return words("draft ", schema, " is not supported");
		for (int i = 0; i < n; i++)
			if (str_eq(seen[i], schema))
				return words("cycle in resolving $schema in ", schema, "");
		if (n == MAX_CHAIN)
			return words("cycle in resolving $schema in ", schema, "");
		seen[n] = schema;
		TRY(load_doc(&doc, c, schema));
		ptr = STR("");
		url = schema;
	}
}

/* The vocabularies of a metaschema that is not one of the drafts' own. */
static struct err *find_vocabs(struct json_resource *r, struct json_compiler *c, struct val obj)
{
	struct str schema = string_of(obj, "$schema"), rest = schema;
	struct val doc;
	if (!schema.s || json_draft_of(schema))
		return NULL;
	schema = str_cut(&rest, '#');
	TRY(load_doc(&doc, c, schema));
	struct val vocabs = val_get(doc, "$vocabulary");
	if (r->draft < 2019 || vocabs.kind != VAL_MAP)
		return NULL;
	struct str prefix = str_from(json_draft_url(r->draft));
	prefix = arena_join(c->arena, str_slice(prefix, 0, prefix.len - 6), STR("vocab/"));
	r->own_vocabs = true;
	r->vocabs = 1;
	for (size_t i = 0; i < val_map_len(vocabs); i++) {
		struct val_entry *e = &vocabs.map->entries[i];
		if (e->value.kind != VAL_BOOL || !e->value.b)
			continue;
		struct str name = str_trim_prefix(e->key, prefix);
		size_t k = 0;
		while (k < NVOCABS && (name.len == e->key.len || !str_is(name, vocab_names[k])))
			k++;
		if (k == NVOCABS) {
			struct buf b = BUF_INIT;
			buf_puts(&b, "unsupported vocabulary ");
			quote_add(&b, e->key);
			buf_puts(&b, " in ");
			quote_add(&b, schema);
			struct err *bad = err_new(ERR_SCHEMA, "%s", buf_text(&b));
			buf_release(&b);
			return bad;
		}
		r->vocabs |= 1u << k;
	}
	return NULL;
}

static struct str id_of(struct val obj, int draft)
{
	if (draft < 2019 && val_map_find(obj, STR("$ref")))
		return (struct str){ NULL, 0 };
	struct str id = string_of(obj, draft == 4 ? "id" : "$id");
	return str_cut(&id, '#');
}

struct json_resource *json_resource_at(const struct json_root *root, struct str ptr)
{
	for (struct json_resource *r = root->resources; r; r = r->next)
		if (str_eq(r->ptr, ptr))
			return r;
	return NULL;
}

struct json_resource *json_resource_of(const struct json_root *root, struct str ptr)
{
	while (ptr.len) {
		struct json_resource *r = json_resource_at(root, ptr);
		if (r)
			return r;
		ptr = str_dir_name(ptr);
		/* The directory of "/a" is the empty pointer, whatever str_dir_name says of it. */
		if (str_is(ptr, "/"))
			ptr = STR("");
	}
	return json_resource_at(root, STR(""));
}

static struct json_resource *resource_by_id(const struct json_root *root, struct str id)
{
	for (struct json_resource *r = root->resources; r; r = r->next)
		if (str_eq(r->id, id))
			return r;
	return NULL;
}

static struct err *add_anchor(
	struct json_compiler *c, struct json_root *root, struct json_resource *r, struct str anchor, struct str ptr)
{
	struct str *known = map_find(&r->anchors, anchor);
	if (known && str_eq(*known, ptr))
		return NULL;
	if (known) {
		struct buf b = BUF_INIT;
		buf_puts(&b, "duplicate anchor ");
		quote_add(&b, anchor);
		buf_puts(&b, " in ");
		quote_add(&b, root->url);
		buf_puts(&b, " at ");
		quote_add(&b, *known);
		buf_puts(&b, " and ");
		quote_add(&b, ptr);
		struct err *e = err_new(ERR_SCHEMA, "%s", buf_text(&b));
		buf_release(&b);
		return e;
	}
	struct str *at = ARENA_NEW(c->arena, struct str);
	*at = ptr;
	map_set(&r->anchors, c->arena, anchor, at);
	return NULL;
}

static struct err *add_anchors(
	struct json_compiler *c, struct json_root *root, struct json_resource *r, struct val obj, struct str ptr)
{
	if (r->draft < 2019) {
		struct str id = string_of(obj, r->draft == 4 ? "id" : "$id"), url, fragment;
		if (!id.s || val_map_find(obj, STR("$ref")))
			return NULL;
		struct err *e = split(c->arena, id, &url, &fragment);
		if (e) {
			err_free(e);
			return words("error in parsing anchor at ", json_location(c->arena, root->url, ptr), "");
		}
		if (fragment.len && fragment.s[0] != '/')
			return add_anchor(c, root, r, fragment, ptr);
		return NULL;
	}
	struct str anchor = string_of(obj, "$anchor"), dynamic = string_of(obj, "$dynamicAnchor");
	if (anchor.s)
		TRY(add_anchor(c, root, r, anchor, ptr));
	if (r->draft < 2020 || !dynamic.s)
		return NULL;
	TRY(add_anchor(c, root, r, dynamic, ptr));
	vec_push_in(c->arena, &r->dynamic, dynamic);
	return NULL;
}

struct collect {
	struct json_compiler *c;
	struct json_root *root;
	int depth;
};

static struct err *collect(
	struct collect *k, struct val sch, struct str base, struct str ptr, const struct json_resource *fallback);

/* Looks through what stands under one keyword. */
static struct err *collect_place(
	struct collect *k, struct val obj, size_t place, struct str base, struct str ptr, const struct json_resource *r)
{
	struct str key = str_from(places[place].keyword);
	struct val v = val_map_get(obj, key);
	if (v.kind == VAL_INVALID)
		return NULL;
	struct arena *a = k->c->arena;
	struct str below = json_pointer_join(a, ptr, key);
	if (places[place].shape == '1')
		return collect(k, v, base, below, r);
	if (places[place].shape == '[')
		for (size_t i = 0; i < val_list_len(v); i++)
			TRY(collect(
				k, val_list_at(v, i), base, json_pointer_join(a, below, arena_printf(a, "%zu", i)), r));
	if (places[place].shape == '*')
		for (size_t i = 0; i < val_map_len(v); i++)
			TRY(collect(k, v.map->entries[i].value, base,
				json_pointer_join(a, below, v.map->entries[i].key), r));
	return NULL;
}

static void add_resource(struct json_root *root, struct json_resource *r)
{
	struct json_resource **at = &root->resources;
	while (*at)
		at = &(*at)->next;
	*at = r;
}

/* Makes the resource that begins at this subschema, when it has an ID or is the root. */
static struct err *begin_resource(struct collect *k, struct val obj, struct str *base, struct str ptr,
	const struct json_resource *fallback, int *draft)
{
	struct json_compiler *c = k->c;
	bool has_schema = string_of(obj, "$schema").s != NULL;
	TRY(find_draft(draft, c, k->root->url, ptr, obj, fallback->draft));
	struct str id = id_of(obj, *draft), fragment;
	if (!id.len && ptr.len) {
		*draft = fallback->draft;
		has_schema = false;
		id = id_of(obj, *draft);
	}
	if (!id.len && ptr.len)
		return NULL;
	if (id.len) {
		struct err *e = join(c->arena, *base, id, base, &fragment);
		if (e) {
			err_free(e);
			return words("error in parsing id at ", json_location(c->arena, k->root->url, ptr), "");
		}
	}
	struct json_resource *same = resource_by_id(k->root, *base);
	if (same && !str_eq(same->ptr, ptr)) {
		struct buf b = BUF_INIT;
		buf_puts(&b, "duplicate id ");
		quote_add(&b, *base);
		buf_puts(&b, " in ");
		quote_add(&b, k->root->url);
		buf_puts(&b, " at ");
		quote_add(&b, ptr);
		buf_puts(&b, " and ");
		quote_add(&b, same->ptr);
		struct err *e = err_new(ERR_SCHEMA, "%s", buf_text(&b));
		buf_release(&b);
		return e;
	}
	if (same)
		return NULL;
	struct json_resource *r = ARENA_NEW(c->arena, struct json_resource);
	*r = (struct json_resource){
		.ptr = ptr, .id = *base, .draft = fallback->draft, .own_vocabs = fallback->own_vocabs
	};
	r->vocabs = fallback->vocabs;
	if (has_schema) {
		r->draft = *draft;
		r->own_vocabs = false;
		TRY(find_vocabs(r, c, obj));
	}
	add_resource(k->root, r);
	return NULL;
}

static struct err *collect(
	struct collect *k, struct val sch, struct str base, struct str ptr, const struct json_resource *fallback)
{
	struct json_compiler *c = k->c;
	if (map_find(&k->root->processed, ptr))
		return NULL;
	if (k->depth > MAX_DEPTH)
		return err_new(ERR_LIMIT, "schema nests too deep");
	if (sch.kind != VAL_MAP) {
		if (!ptr.len) {
			struct json_resource *r = ARENA_NEW(c->arena, struct json_resource);
			*r = (struct json_resource){ .ptr = ptr, .id = base, .draft = fallback->draft };
			add_resource(k->root, r);
		}
		map_set(&k->root->processed, c->arena, ptr, k->root);
		return NULL;
	}
	int draft;
	TRY(begin_resource(k, sch, &base, ptr, fallback, &draft));
	struct json_resource *r = resource_by_id(k->root, base);
	TRY(add_anchors(c, k->root, r, sch, ptr));
	k->depth++;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (places[i].since <= draft)
			TRY(collect_place(k, sch, i, base, ptr, r));
	k->depth--;
	map_set(&k->root->processed, c->arena, ptr, k->root);
	return NULL;
}

/* Holds a document, or the part at a pointer, against the metaschema of its dialect. */
static struct err *check_meta(struct json_compiler *c, struct json_root *root, struct val v, struct str ptr)
{
	struct json_node *meta;
	struct buf why = BUF_INIT;
	const struct json_resource *r = json_resource_of(root, ptr);
	if (json_is_plain(c->arena, r, v))
		return NULL;
	TRY(json_meta_node(&meta, c, r));
	bool ok = json_node_check(&why, c->arena, c->opts, meta, v, c, root, true);
	struct err *e = NULL;
	if (!ok) {
		struct buf b = BUF_INIT;
		quote_add(&b, json_location(c->arena, root->url, ptr));
		e = err_new(ERR_SCHEMA, "%s is not valid against metaschema: %s", buf_text(&b), buf_text(&why));
		buf_release(&b);
	}
	buf_release(&why);
	return e;
}

struct err *json_root_get(struct json_root **out, struct json_compiler *c, struct str url)
{
	struct val doc;
	*out = map_find(&c->roots, url);
	if (*out)
		return NULL;
	TRY(load_doc(&doc, c, url));
	struct json_root *root = ARENA_NEW(c->arena, struct json_root);
	root->url = arena_str(c->arena, url);
	root->doc = doc;
	struct json_resource fallback = { .draft = c->draft };
	struct collect k = { c, root, 0 };
	TRY(collect(&k, doc, root->url, STR(""), &fallback));
	if (!str_starts(url, STR("http://json-schema.org/")) && !str_starts(url, STR("https://json-schema.org/")))
		TRY(check_meta(c, root, doc, STR("")));
	map_set(&c->roots, c->arena, root->url, root);
	*out = root;
	return NULL;
}

/* Undoes the escapes of one token of a pointer. */
static bool unescape(struct arena *a, struct str token, struct str *out)
{
	*out = token;
	if (str_find_char(token, '~') < 0)
		return true;
	char *copy = arena_alloc(a, token.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < token.len; i++) {
		char c = token.s[i];
		if (c == '~') {
			if (++i == token.len || (token.s[i] != '0' && token.s[i] != '1'))
				return false;
			c = token.s[i] == '0' ? '~' : '/';
		}
		copy[n++] = c;
	}
	*out = (struct str){ copy, n };
	return true;
}

struct err *json_root_lookup(struct val *out, struct json_compiler *c, const struct json_root *root, struct str ptr)
{
	struct str rest = ptr;
	*out = root->doc;
	(void)str_cut(&rest, '/');
	while (rest.s) {
		struct str token = str_cut(&rest, '/');
		struct val below = VAL_NOTHING;
		int64_t index;
		if (!unescape(c->arena, token, &token))
			return words("invalid json-pointer ", json_location(c->arena, root->url, ptr), "");
		if (out->kind == VAL_MAP)
			below = val_map_get(*out, token);
		else if (out->kind == VAL_LIST && num_parse_int(&index, token, 10) == NUM_OK && index >= 0 &&
			 (size_t)index < val_list_len(*out))
			below = val_list_at(*out, (size_t)index);
		if (below.kind == VAL_INVALID)
			return words("json-pointer in ", json_location(c->arena, root->url, ptr), " not found");
		*out = below;
	}
	return NULL;
}

struct err *json_root_ensure(struct json_compiler *c, struct json_root *root, struct str ptr)
{
	struct val v;
	if (map_find(&root->processed, ptr))
		return NULL;
	TRY(json_root_lookup(&v, c, root, ptr));
	struct json_resource *base = json_resource_of(root, ptr);
	struct collect k = { c, root, 0 };
	TRY(collect(&k, v, base->id, ptr, base));
	if (!json_resource_at(root, ptr) && v.kind == VAL_MAP)
		TRY(add_anchors(c, root, json_resource_of(root, ptr), v, ptr));
	return check_meta(c, root, v, ptr);
}

static struct err *resolve_fragment(struct str *ptr, struct json_compiler *c, const struct json_root *root,
	const struct json_resource *res, struct str fragment)
{
	if (!fragment.len || fragment.s[0] == '/') {
		*ptr = arena_join(c->arena, res->ptr, fragment);
		return NULL;
	}
	struct str *at = map_find(&res->anchors, fragment);
	if (at) {
		*ptr = *at;
		return NULL;
	}
	struct buf b = BUF_INIT;
	buf_puts(&b, "anchor in ");
	quote_add(&b, json_location(c->arena, res->id, fragment));
	buf_puts(&b, " not found in schema ");
	quote_add(&b, root->url);
	struct err *e = err_new(ERR_SCHEMA, "%s", buf_text(&b));
	buf_release(&b);
	return e;
}

struct err *json_root_resolve(struct json_root **root_out, struct str *ptr_out, struct json_compiler *c,
	struct json_root *root, const struct json_resource *res, struct str ref)
{
	struct str url, fragment;
	TRY(join(c->arena, res->id, ref, &url, &fragment));
	const struct json_resource *target =
		str_eq(url, root->url) ? json_resource_at(root, STR("")) : resource_by_id(root, url);
	if (!target) {
		TRY(json_root_get(&root, c, url));
		target = json_resource_at(root, STR(""));
	}
	*root_out = root;
	return resolve_fragment(ptr_out, c, root, target, fragment);
}
