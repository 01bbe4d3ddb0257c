/* SPDX-License-Identifier: Apache-2.0 */
#include "index/internal.h"
#include "index/pick.h"
#include "semver/semver.h"
#include "yaml/yaml.h"
#include "json/decode.h"
#include "json/json.h"

/* What is taken out of a v1.ChartVersion; the whole stays in `fields`. */
static const struct json_field entry_fields[] = {
	JSON_FIELD("name", JSON_TEXT, index_entry, name),
	JSON_FIELD("version", JSON_TEXT, index_entry, version),
	JSON_FIELD("appVersion", JSON_TEXT, index_entry, app_version),
	JSON_FIELD("description", JSON_TEXT, index_entry, description),
	JSON_FIELD("created", JSON_TEXT, index_entry, created),
	JSON_FIELD("digest", JSON_TEXT, index_entry, digest),
	JSON_FIELD("urls", JSON_TEXTS, index_entry, urls),
	JSON_FIELD("deprecated", JSON_BOOLEAN, index_entry, deprecated),
};
static const struct json_shape entry_shape = JSON_SHAPE("v1.ChartVersion", "ChartVersion", index_entry, entry_fields);

struct head {
	struct str api_version, generated;
	struct val entries;
};

static const struct json_field head_fields[] = {
	JSON_FIELD("apiVersion", JSON_TEXT, head, api_version),
	JSON_FIELD("generated", JSON_TEXT, head, generated),
	JSON_FIELD("entries", JSON_MAP, head, entries),
};
static const struct json_shape head_shape = JSON_SHAPE("v1.IndexFile", "IndexFile", head, head_fields);

/* Why an entry is left out, or NULL. */
static const char *entry_fault(const struct index_entry *e)
{
	if (!e->name.len)
		return "it has no name";
	if (!e->version.len)
		return "it has no version";
	struct semver v;
	struct err *bad = semver_parse(&v, e->version);
	err_free(bad);
	return bad ? "its version is not a semantic version" : NULL;
}

void index_add(struct index *ix, struct arena *a, struct str key, const struct index_entry *e)
{
	const char *fault = entry_fault(e);
	if (fault) {
		if (!ix->skipped++)
			ix->first_skipped = arena_printf(a, "%.*s %.*s: %s", STR_ARG(key), STR_ARG(e->version), fault);
		return;
	}
	struct index_chart *c = map_find(&ix->by_name, key);
	if (!c) {
		c = ARENA_NEW(a, struct index_chart);
		c->name = key;
		map_set(&ix->by_name, a, key, c);
	}
	vec_push_in(a, c, *e);
}

struct rank {
	struct semver v;
	size_t order;
	struct index_entry entry;
};

static int by_rank(const void *x, const void *y)
{
	const struct rank *a = x, *b = y;
	int c = semver_cmp(&b->v, &a->v);
	return c ? c : a->order < b->order ? -1 : 1;
}

static void sort_chart(struct index_chart *c, struct arena *scratch)
{
	struct arena_mark mark = arena_mark(scratch);
	struct rank *ranks = arena_array(scratch, c->len, sizeof(*ranks));
	for (size_t i = 0; i < c->len; i++) {
		ranks[i].order = i;
		ranks[i].entry = c->items[i];
		err_free(semver_parse(&ranks[i].v, c->items[i].version));
	}
	qsort(ranks, c->len, sizeof(*ranks), by_rank);
	for (size_t i = 0; i < c->len; i++)
		c->items[i] = ranks[i].entry;
	arena_rewind(scratch, mark);
}

void index_sort(struct index *ix)
{
	struct arena scratch = ARENA_INIT;
	for (size_t i = 0; i < ix->by_name.len; i++)
		sort_chart(ix->by_name.entries[i].value, &scratch);
	arena_release(&scratch);
}

static struct err *add_version(struct index *out, struct arena *a, struct str key, struct val fields)
{
	struct index_entry e = { .fields = fields };
	if (!val_is_map(fields) && !val_is_null(fields))
		return err_new(ERR_INPUT, "version is not a map");
	if (val_is_map(fields))
		TRY(json_decode(&e, a, fields, &entry_shape));
	index_add(out, a, key, &e);
	return NULL;
}

static struct err *add_chart(struct index *out, struct arena *a, const struct val_entry *chart)
{
	if (val_is_null(chart->value))
		return NULL;
	if (!val_is_list(chart->value))
		return err_new(ERR_INPUT, "entry \"%.*s\" is not a list", STR_ARG(chart->key));
	val_list_each (item, chart->value) {
		struct err *e = add_version(out, a, chart->key, *item);
		if (e)
			return err_wrap(e, "entry \"%.*s\"", STR_ARG(chart->key));
	}
	return NULL;
}

static struct err *add_root(struct index *out, struct arena *a, struct val root)
{
	if (!val_is_map(root))
		return err_new(ERR_INPUT, "not an index");
	struct head head = { .entries = VAL_NIL };
	TRY(json_decode(&head, a, root, &head_shape));
	out->api_version = head.api_version;
	out->generated = head.generated;
	if (val_is_null(head.entries))
		return NULL;
	val_map_each (chart, head.entries)
		TRY(add_chart(out, a, chart));
	return NULL;
}

static struct err *load_full(struct index *out, struct arena *a, struct str bytes, const char *file)
{
	struct val root = VAL_NIL;
	struct err *e = yml_load(&root, a, bytes, &(struct yml_opts){ .strict = true, .integers = true });
	/* Helm reads what is JSON as JSON, where "\\/" is fine. */
	if (e && str_starts(str_trim(bytes), STR("{"))) {
		struct err *no_json = json_load(&root, a, bytes);
		if (!no_json) {
			err_free(e);
			e = NULL;
		}
		err_free(no_json);
	}
	if (!e)
		e = add_root(out, a, root);
	return err_at(e, file, 0, 0);
}

static struct err *finish(struct index *out, struct arena *a, const char *file)
{
	if (!out->api_version.len)
		return err_at(err_new(ERR_INPUT, "index has no apiVersion"), file, 0, 0);
	index_sort(out);
	for (size_t i = 0; i < out->by_name.len; i++)
		vec_push_in(a, out, *(struct index_chart *)out->by_name.entries[i].value);
	return NULL;
}

struct err *index_load(struct index *out, struct arena *a, struct str bytes, const char *file, int flags)
{
	*out = (struct index){ 0 };
	if (!str_trim(bytes).len)
		return err_at(err_new(ERR_INPUT, "empty index"), file, 0, 0);
	bool odd = false;
	struct err *e = NULL;
	if (!(flags & INDEX_FULL))
		e = index_scan(out, a, bytes, file, &odd);
	/* A scan that fails may have met JSON that is no YAML; what is neither is told of as YAML. */
	bool again = odd || (e && str_starts(str_trim(bytes), STR("{")));
	if (again || (flags & INDEX_FULL)) {
		err_free(e);
		*out = (struct index){ 0 };
		e = load_full(out, a, bytes, file);
	}
	if (e)
		return e;
	return finish(out, a, file);
}

/* The names of all charts, when the index is one that can be picked from. */
static bool pick_names(struct str_vec *out, struct arena *a, struct str text, const struct index_want *want)
{
	struct buf unused = BUF_INIT;
	bool good = index_pick(&unused,
		&(struct index_pick){ .text = text, .all = out, .arena = a, .passed = want->passed, .ctx = want->ctx });
	buf_release(&unused);
	return good;
}

/* Whether the quick way led to an answer; where it did not, the whole is to be read, which also tells what is wrong. */
static bool load_picked(
	struct index *out, struct arena *a, struct str text, const char *file, const struct index_want *want)
{
	struct buf part = BUF_INIT;
	struct index_pick pick = {
		.text = text, .names = want->names, .len = want->len, .passed = want->passed, .ctx = want->ctx
	};
	*out = (struct index){ 0 };
	bool good = index_pick(&part, &pick);
	if (good) {
		struct err *e = index_load(out, a, buf_str(&part), file, 0);
		good = !e;
		err_free(e);
	}
	buf_release(&part);
	bool missed = !want->len;
	for (size_t i = 0; good && i < want->len; i++)
		missed = missed || !index_find(out, want->names[i]);
	if (good && missed)
		good = pick_names(&out->others, a, text, want);
	return good;
}

struct err *index_load_some(
	struct index *out, struct arena *a, struct str text, const char *file, const struct index_want *want)
{
	if (load_picked(out, a, text, file, want))
		return NULL;
	TRY(index_load(out, a, text, file, 0));
	for (size_t i = 0; i < out->len; i++)
		vec_push_in(a, &out->others, out->items[i].name);
	return NULL;
}

const struct index_chart *index_find(const struct index *ix, struct str name)
{
	return map_find(&ix->by_name, name);
}
