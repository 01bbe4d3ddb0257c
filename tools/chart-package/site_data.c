/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the script of the page knows: for each chart a list of its versions, highest first, each an object with short keys:
 *
 *	v version  a appVersion  d day  g digest  z bytes  u URL of the archive  n 1: the archive is not here
 *	f [state, who, fingerprint, day] of the signature   r number of the README
 *	s description  h home  o sources  m maintainers [name, email, url]  w keywords  k kubeVersion  t type  x deprecated
 *	l licence  p dependencies [name, version, repository, condition, alias]  c changes [kind, text]  e 1: security fixes
 *	+ rows of values that differ [path, type, default, text, section, flags]   - paths of rows that are gone
 *
 * s to p are left out where they are as in the newer version, null where they are gone; + and - are what makes the rows of this
 * version of the newer one's that has its archive here.
 */
#include "base/html.h"
#include "tools/chart-package/site.h"
#include "yaml/yaml.h"
#include "json/json.h"

#include <string.h>

#define MAX_CHANGES 200
#define MAX_LIST 100

static const char inherited[] = "shomwktxlp";

struct str site_day(struct str time)
{
	static const char form[] = "0000-00-00";
	if (time.len < 10)
		return (struct str){ NULL, 0 };
	for (size_t i = 0; i < 10; i++)
		if (form[i] == '-' ? time.s[i] != '-' : time.s[i] < '0' || time.s[i] > '9')
			return (struct str){ NULL, 0 };
	return str_slice(time, 0, 10);
}

static void set_text(struct val v, const char *key, struct str s)
{
	if (s.len)
		val_set(v, key, val_string(s));
}

static void set_list(struct val v, const char *key, struct val list)
{
	if (val_list_len(list))
		val_set(v, key, list);
}

static struct val texts_of(struct arena *a, struct val list)
{
	struct val out = val_list(a, 0);
	if (val_is_list(list))
		val_list_each (v, list)
			if (val_is_string(*v) && val_list_len(out) < MAX_LIST)
				val_list_add(out, *v);
	return out;
}

/* Each map of a list as a list of the texts under some keys. */
static struct val records_of(struct arena *a, struct val list, const char *const *keys)
{
	struct val out = val_list(a, 0);
	if (!val_is_list(list))
		return out;
	val_list_each (v, list) {
		struct val one = val_list(a, 5);
		if (!val_is_map(*v) || val_list_len(out) >= MAX_LIST)
			continue;
		for (size_t i = 0; keys[i]; i++)
			val_list_add(one, val_string(val_get_str(*v, keys[i])));
		val_list_add(out, one);
	}
	return out;
}

/* The changes that artifacthub.io/changes lists: texts, or maps with kind and description. */
static struct val changes_of(struct arena *a, struct val annotations)
{
	struct str text = val_get_str(annotations, "artifacthub.io/changes");
	struct yml_opts o = { .max_depth = 20, .max_nodes = 10000 };
	struct val list, out = val_list(a, 0);
	struct err *e = text.len ? yml_load(&list, a, text, &o) : NULL;
	bool usable = text.len && !e && val_is_list(list);
	err_free(e);
	if (!usable)
		return out;
	val_list_each (v, list) {
		struct val one = val_list(a, 2);
		struct str kind = val_get_str(*v, "kind");
		struct str said = val_is_string(*v) ? val_str(*v) : val_get_str(*v, "description");
		if (!said.len || val_list_len(out) >= MAX_CHANGES)
			continue;
		val_list_add(one, val_string(kind));
		val_list_add(one, val_string(said));
		val_list_add(out, one);
	}
	return out;
}

struct val site_facts(struct arena *a, const struct index_entry *e)
{
	static const char *const maintainer[] = { "name", "email", "url", NULL };
	static const char *const dependency[] = { "name", "version", "repository", "condition", "alias", NULL };
	struct val v = val_map(a), f = e->fields, notes = val_get(f, "annotations");
	set_text(v, "s", val_get_str(f, "description"));
	set_text(v, "h", val_get_str(f, "home"));
	set_list(v, "o", texts_of(a, val_get(f, "sources")));
	set_list(v, "m", records_of(a, val_get(f, "maintainers"), maintainer));
	set_list(v, "w", texts_of(a, val_get(f, "keywords")));
	set_text(v, "k", val_get_str(f, "kubeVersion"));
	set_text(v, "t", val_get_str(f, "type"));
	if (e->deprecated)
		val_set(v, "x", val_int(1));
	set_text(v, "l", val_get_str(notes, "artifacthub.io/license"));
	set_list(v, "p", records_of(a, val_get(f, "dependencies"), dependency));
	set_list(v, "c", changes_of(a, notes));
	if (str_is(val_get_str(notes, "artifacthub.io/containsSecurityUpdates"), "true"))
		val_set(v, "e", val_int(1));
	return v;
}

/* Takes out what is as in the newer version. */
static void leave_out(struct val facts, struct val newer)
{
	for (const char *k = inherited; *k; k++) {
		struct str key = { k, 1 };
		const struct val_entry *own = val_map_find(facts, key), *other = val_map_find(newer, key);
		if (own && other && val_equal(own->value, other->value))
			val_map_remove(facts, key);
		else if (!own && other)
			val_map_set(facts, key, VAL_NIL);
	}
}

static int flags_of(const struct chart_value_row *r)
{
	return (r->branch ? 1 : 0) | (r->undeclared ? 2 : 0) | (r->required ? 4 : 0);
}

static bool same_row(const struct chart_value_row *x, const struct chart_value_row *y)
{
	return str_eq(x->type, y->type) && str_eq(x->preset, y->preset) && str_eq(x->text, y->text) &&
	       str_eq(x->section, y->section) && flags_of(x) == flags_of(y);
}

static struct val row_value(struct arena *a, const struct chart_value_row *r)
{
	struct val v = val_list(a, 6);
	const struct str texts[] = { r->path, r->type, r->preset, r->text, r->section };
	size_t n = 5;
	while (n > 3 && !texts[n - 1].len && !flags_of(r))
		n--;
	for (size_t i = 0; i < n; i++)
		val_list_add(v, val_string(texts[i]));
	if (flags_of(r))
		val_list_add(v, val_int(flags_of(r)));
	return v;
}

static void map_rows(struct map *out, struct arena *a, const struct chart_value_rows *rows)
{
	vec_each (struct chart_value_row, r, rows)
		map_set(out, a, r->path, r);
}

/* What makes `rows` of `newer`, which may be NULL for none. */
static void set_difference(
	struct val v, struct arena *a, const struct chart_value_rows *rows, const struct chart_value_rows *newer)
{
	struct map mine = { 0 }, other = { 0 };
	struct val plus = val_list(a, 0), minus = val_list(a, 0);
	map_rows(&mine, a, rows);
	if (newer)
		map_rows(&other, a, newer);
	for (size_t i = 0; i < mine.len; i++) {
		const struct chart_value_row *r = mine.entries[i].value, *o = map_find(&other, r->path);
		if (!o || !same_row(r, o))
			val_list_add(plus, row_value(a, r));
	}
	for (size_t i = 0; i < other.len; i++)
		if (!map_find(&mine, other.entries[i].key))
			val_list_add(minus, val_string(other.entries[i].key));
	set_list(v, "+", plus);
	set_list(v, "-", minus);
}

static void set_signature(struct val v, struct arena *a, const struct site_signature *s)
{
	struct val list = val_list(a, 4);
	if (s->state == SITE_UNSIGNED)
		return;
	val_list_add(list, val_int((int)s->state));
	val_list_add(list, val_string(s->who));
	val_list_add(list, val_string(s->fingerprint));
	val_list_add(list, val_string(s->day));
	val_set(v, "f", list);
}

struct err *site_add_data(struct site *s, struct site_chart *chart, size_t i, const struct chart_value_rows *rows,
	const struct chart_value_rows *newer)
{
	struct arena a = ARENA_INIT;
	struct buf json = BUF_INIT;
	const struct site_version *ver = &chart->versions[i];
	struct val v = val_map(&a), facts = site_facts(&a, ver->entry);
	set_text(v, "v", ver->entry->version);
	set_text(v, "a", ver->entry->app_version);
	set_text(v, "d", site_day(ver->entry->created));
	set_text(v, "g", str_trim_prefix(ver->entry->digest, STR("sha256:")));
	if (ver->size)
		val_set(v, "z", val_int((int64_t)ver->size));
	set_text(v, "u", site_archive_url(s, ver));
	if (!ver->file)
		val_set(v, "n", val_int(1));
	set_signature(v, &a, &ver->signature);
	if (ver->readme >= 0)
		val_set(v, "r", val_int(ver->readme));
	if (i)
		leave_out(facts, site_facts(&a, chart->versions[i - 1].entry));
	val_map_each (e, facts)
		val_map_set(v, e->key, e->value);
	if (i && ver->file)
		set_difference(v, &a, rows, newer);
	struct err *e = json_add(&json, &a, v, JSON_RAW | JSON_ORDERED);
	if (!e) {
		buf_puts(&chart->data, i ? ",\n" : "");
		html_add_json(&chart->data, buf_str(&json));
	}
	buf_release(&json);
	arena_release(&a);
	return e;
}
