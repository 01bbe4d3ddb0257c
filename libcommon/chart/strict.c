/* SPDX-License-Identifier: Apache-2.0 */
/* Archives from elsewhere, held to more than Helm asks of them. */
#include "chart/strict.h"
#include "yaml/events.h"

/* What other programs that make archives write now and then, and Helm does not read. */
static struct err *check_for_helm(struct str name)
{
	struct str rest = name, first = str_cut(&rest, '/');
	if (str_is(first, "."))
		return err_new(ERR_INPUT, "file \"%.*s\" begins with \"./\", which Helm takes for the chart's folder",
			STR_ARG(name));
	if (rest.len && rest.s[0] == '/')
		return err_new(ERR_INPUT, "file \"%.*s\" has \"//\" behind the chart's folder: Helm refuses it",
			STR_ARG(name));
	return NULL;
}

/* Values nested deeper are loaded to see whether they load. */
#define MAX_DEPTH 100

/* What walking through values has met. */
struct values_walk {
	bool map[MAX_DEPTH + 1]; /* the open collections: whether a map, and whether a key is next */
	bool key[MAX_DEPTH + 1];
	size_t depth, documents;
};

/* Whether an event is one that surely loads. */
static bool is_plain_event(struct values_walk *w, const struct yml_event *ev)
{
	bool begins = ev->kind == YML_EV_MAP || ev->kind == YML_EV_SEQ;
	if (ev->kind == YML_EV_DOC)
		return ++w->documents < 2;
	if (ev->kind == YML_EV_DOC_END)
		return true;
	if (ev->kind == YML_EV_MAP_END || ev->kind == YML_EV_SEQ_END) {
		w->depth--;
		return true;
	}
	bool is_key = w->depth && w->map[w->depth] && w->key[w->depth];
	if (ev->anchored || ev->kind == YML_EV_ALIAS || (begins && is_key) || (!w->depth && ev->kind != YML_EV_MAP))
		return false;
	if (ev->kind == YML_EV_SCALAR && ev->plain && str_is(ev->text, "<<"))
		return false;
	w->key[w->depth] = !is_key;
	if (begins) {
		if (++w->depth > MAX_DEPTH)
			return false;
		w->map[w->depth] = ev->kind == YML_EV_MAP;
		w->key[w->depth] = true;
	}
	return true;
}

/*
 * Whether values surely load, found out without loading them: one document, a map, and nothing in it that could mean more than it
 * says. False is no verdict.
 */
static bool are_plain_values(struct str text)
{
	if (str_starts(text, STR("---")) || str_has(text, STR("\n---")))
		return false;
	struct yml_events *in = yml_events_open(text, NULL);
	struct values_walk w = { .depth = 0 };
	struct yml_event ev;
	struct err *e = NULL;
	bool plain = true, more = true;
	while (plain && more) {
		e = yml_events_next(&ev, in);
		more = !e && ev.kind != YML_EV_END;
		plain = !e && (!more || is_plain_event(&w, &ev));
	}
	err_free(e);
	yml_events_close(in);
	return plain;
}

/* Whether a file holds the values of the chart or of one below it. */
static bool holds_values(struct str name)
{
	while (str_starts(name, STR("charts/"))) {
		name = str_skip(name, sizeof("charts/") - 1);
		str_cut(&name, '/');
	}
	return str_is(name, "values.yaml");
}

static bool is_template(struct str name)
{
	return str_starts(name, STR("templates/")) || str_starts(name, STR("crds/")) || str_starts(name, STR("files/"));
}

/* Whether loading looks into a file: not into templates and the like, of charts in charts neither. */
static bool is_looked_into(struct str name, size_t size, struct str begin)
{
	(void)size, (void)begin;
	/* Names that are not clean yet. */
	if (str_has(name, STR("//")) || str_has(name, STR("/./")) || str_starts(name, STR("./")))
		return true;
	str_cut(&name, '/');
	while (str_starts(name, STR("charts/"))) {
		name = str_skip(name, sizeof("charts/") - 1);
		if (str_find_char(name, '/') < 0)
			return true;
		str_cut(&name, '/');
	}
	return !is_template(name);
}

static struct err *load(struct chart **out, struct tarball *archive, struct arena *a, struct str bytes, bool for_index)
{
	struct chart_files files = { 0 };
	if (!tarball_is_gzip(bytes))
		return err_new(ERR_INPUT, "not a gzip archive");
	struct tarball_limits limits = { .keep = for_index ? is_looked_into : NULL };
	TRY(tarball_read(archive, a, bytes, &limits));
	TRY(tarball_check(archive, 1));
	vec_each (struct tarball_entry, e, archive) {
		if (e->type != 'f')
			continue;
		TRY(check_for_helm(e->name));
		struct str name = tarball_strip(a, e->name, 1);
		if (!name.len)
			return err_new(ERR_INPUT, "file \"%.*s\" is outside the chart's folder", STR_ARG(e->name));
		struct str data = str_trim_prefix(e->data, STR("\xef\xbb\xbf"));
		if (for_index && holds_values(name) && are_plain_values(data))
			data = (struct str){ "", 0 };
		vec_push_in(a, &files, (struct chart_file){ .name = name, .data = data, .mtime = e->mtime });
	}
	if (!files.len)
		return err_new(ERR_INPUT, "archive has no files");
	TRY(chart_from_files(out, a, &files, NULL));
	return chart_validate(*out);
}

struct err *chart_load_strict(struct chart **out, struct tarball *archive, struct arena *a, struct str bytes)
{
	return load(out, archive, a, bytes, false);
}

struct err *chart_load_for_index(struct chart **out, struct arena *a, struct str bytes)
{
	struct tarball archive;
	return load(out, &archive, a, bytes, true);
}
