/* SPDX-License-Identifier: Apache-2.0 */
/* Documentation: tables of values, badges, and what was written anew here. */
#include "merge/docs.h"

#include "base/map.h"
#include "semver/semver.h"
#include "yaml/yaml.h"

/* With less of base left than this (per cent of its lines), a document is another one. */
#define REWRITTEN_MAX 20
#define LINES_MIN 5
#define ROWS_MAX 4000
#define CELLS_MAX 16

bool merge_is_document(struct str name)
{
	return str_ends(name, STR(".md")) || str_ends(name, STR(".md.gotmpl"));
}

bool merge_was_rewritten(struct arena *a, struct str base, struct str ours)
{
	struct map here = { 0 };
	struct map seen = { 0 };
	size_t kept = 0;

	while (ours.s) {
		struct str line = str_trim(str_cut(&ours, '\n'));
		if (line.len)
			map_set(&here, a, line, &here);
	}
	while (base.s) {
		struct str line = str_trim(str_cut(&base, '\n'));
		if (line.len && !map_set(&seen, a, line, &seen))
			kept += map_find(&here, line) != NULL;
	}
	return seen.len >= LINES_MIN && here.len && kept * 100 < seen.len * REWRITTEN_MAX;
}

struct row {
	struct str line;
	struct str cells[CELLS_MAX]; /* without the blanks that align them */
	size_t len;
	bool ruler; /* "|---|---|" */
};

struct rows {
	struct row *items;
	size_t len;
	struct map by_key; /* first cell -> struct row */
};

static bool is_ruler(struct str line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.s[i] != '|' && line.s[i] != '-' && line.s[i] != ':' && line.s[i] != ' ')
			return false;
	return true;
}

/* Cuts a row into cells; a bar behind '\' or inside a code span does not end one. False: no row. */
static bool split_row(struct row *r, struct str line)
{
	struct str s = str_trim(line);
	bool code = false;
	size_t from = 1;

	*r = (struct row){ .line = line, .ruler = is_ruler(s) };
	if (s.len < 2 || s.s[0] != '|' || s.s[s.len - 1] != '|')
		return false;
	for (size_t i = 1; i < s.len; i++) {
		if (s.s[i] == '`')
			code = !code;
		if (s.s[i] != '|' || s.s[i - 1] == '\\' || (code && i + 1 < s.len))
			continue;
		if (r->len == CELLS_MAX)
			return false;
		r->cells[r->len++] = str_trim(str_slice(s, from, i));
		from = i + 1;
	}
	if (r->ruler)
		r->cells[0] = STR("---");
	return r->len > 0;
}

/* Reads a stretch of a table; false when other lines are in it, or two rows of one name. */
static bool read_rows(struct rows *out, struct arena *a, struct str text)
{
	struct merge_lines l;

	merge_split_lines(&l, a, text);
	*out = (struct rows){ .items = arena_array(a, l.len + 1, sizeof(*out->items)) };
	if (l.len > ROWS_MAX)
		return false;
	for (size_t i = 0; i < l.len; i++) {
		struct row *r = &out->items[out->len++];
		if (!split_row(r, l.items[i]) || map_set(&out->by_key, a, r->cells[0], r))
			return false;
	}
	return true;
}

static bool same_row(const struct row *x, const struct row *y)
{
	if (!x || !y || x->len != y->len)
		return x == y;
	if (x->ruler && y->ruler)
		return true;
	for (size_t i = 0; i < x->len; i++)
		if (!str_eq(x->cells[i], y->cells[i]))
			return false;
	return true;
}

/* The value under a key as a table names it: "a.b", `a.b`, a."b.c". False when there is none. */
static bool value_at(struct val *out, struct val values, struct str key)
{
	struct val v = values;

	key = str_trim_end(str_trim_prefix(key, STR("`")), "`");
	while (key.len) {
		struct str part;
		if (key.s[0] == '"') {
			key = str_skip(key, 1);
			part = str_cut(&key, '"');
			key = str_trim_prefix(key, STR("."));
		} else {
			part = str_cut(&key, '.');
		}
		if (!val_is_map(v) || !val_map_find(v, part))
			return false;
		v = val_map_get(v, part);
	}
	*out = v;
	return true;
}

/* Whether a cell says a value, as generators of such tables write it: `"v1.2"`, `nil`, `{}`. */
static bool says(struct arena *a, struct str cell, struct val v)
{
	struct val said;

	if (cell.len < 3 || cell.s[0] != '`' || cell.s[cell.len - 1] != '`')
		return false;
	struct str text = str_slice(cell, 1, cell.len - 1);
	if (str_is(text, "nil"))
		return val_is_null(v);
	struct err *e = yml_load(&said, a, text, NULL);
	bool same = !e && val_equal(said, v);
	err_free(e);
	return same;
}

static bool is_open(const struct merge_facts *f, struct str key)
{
	key = str_trim_end(str_trim_prefix(key, STR("`")), "`");
	for (size_t i = 0; i < f->open.len; i++)
		if (str_eq(f->open.items[i], key) || (str_starts(f->open.items[i], key) &&
							     str_starts(str_skip(f->open.items[i], key.len), STR("."))))
			return true;
	return false;
}

/* A cell that both sides changed is that of the side whose value the merge came to. */
static bool settle_cell(struct str *out, struct arena *a, const struct row *ours, const struct row *theirs, size_t i,
	const struct merge_facts *f)
{
	struct val v;

	if (!f || is_open(f, ours->cells[0]) || !value_at(&v, f->values, ours->cells[0]))
		return false;
	if (says(a, ours->cells[i], v))
		*out = ours->cells[i];
	else if (says(a, theirs->cells[i], v))
		*out = theirs->cells[i];
	else
		return false;
	return true;
}

static bool merge_cells(struct buf *out, struct arena *a, const struct row *base, const struct row *ours,
	const struct row *theirs, const struct merge_facts *f)
{
	struct row r = { .len = ours->len };

	if (!base || base->len != ours->len || theirs->len != ours->len)
		return false;
	for (size_t i = 0; i < r.len; i++)
		if (!merge_choose(&r.cells[i], base->cells[i], ours->cells[i], theirs->cells[i]) &&
			!settle_cell(&r.cells[i], a, ours, theirs, i, f))
			return false;
	if (same_row(&r, ours)) {
		buf_add(out, ours->line);
		return true;
	}
	if (same_row(&r, theirs)) {
		buf_add(out, theirs->line);
		return true;
	}
	buf_puts(out, "|");
	for (size_t i = 0; i < r.len; i++)
		buf_printf(out, r.cells[i].len ? " %.*s |" : "  |", STR_ARG(r.cells[i]));
	buf_puts(out, "\n");
	return true;
}

/* One row by its name; false when both sides changed it and nothing tells which is right. */
static bool merge_row(struct buf *out, struct arena *a, const struct row *base, const struct row *ours,
	const struct row *theirs, const struct merge_facts *f)
{
	if (same_row(ours, theirs) || same_row(theirs, base)) {
		if (ours)
			merge_add_line(out, ours->line);
		return true;
	}
	if (same_row(ours, base)) {
		if (theirs)
			merge_add_line(out, theirs->line);
		return true;
	}
	return ours && theirs && merge_cells(out, a, base, ours, theirs, f);
}

struct row_list {
	const struct row **items;
	size_t len, cap;
};

/*
 * Upstream's new rows follow the row they follow there, but for new rows of ours that come first in the order of the
 * alphabet. False when upstream edited a row that was removed here.
 */
static bool place_new_rows(struct row_list *behind, struct arena *a, const struct rows *base, const struct rows *ours,
	const struct rows *theirs)
{
	size_t place = 0;

	for (size_t i = 0; i < theirs->len; i++) {
		const struct row *r = &theirs->items[i];
		const struct row *o = map_find(&ours->by_key, r->cells[0]);
		const struct row *b = map_find(&base->by_key, r->cells[0]);
		if (o)
			place = (size_t)(o - ours->items) + 1;
		else if (b && !same_row(b, r))
			return false;
		if (o || b)
			continue;
		size_t at = place;
		while (at < ours->len && !map_find(&theirs->by_key, ours->items[at].cells[0]) &&
			str_cmp(ours->items[at].cells[0], r->cells[0]) < 0)
			at++;
		vec_push_in(a, &behind[at], r);
	}
	return true;
}

bool merge_rows(struct str *text, struct arena *a, const struct merge_chunk *c, const struct merge_facts *f)
{
	struct rows base;
	struct rows ours;
	struct rows theirs;
	struct buf out = BUF_INIT;

	if (!read_rows(&base, a, c->base) || !read_rows(&ours, a, c->ours) || !read_rows(&theirs, a, c->theirs))
		return false;
	struct row_list *behind = arena_array(a, ours.len + 1, sizeof(*behind));
	bool fine = place_new_rows(behind, a, &base, &ours, &theirs);
	for (size_t i = 0; fine && i <= ours.len; i++) {
		for (size_t k = 0; k < behind[i].len; k++)
			merge_add_line(&out, behind[i].items[k]->line);
		if (i == ours.len)
			break;
		struct row *o = &ours.items[i];
		fine = merge_row(
			&out, a, map_find(&base.by_key, o->cells[0]), o, map_find(&theirs.by_key, o->cells[0]), f);
	}
	if (fine)
		*text = arena_str(a, buf_str(&out));
	buf_release(&out);
	return fine;
}

/* The next badge of a line, "![Name: value](url)" and the blanks behind it; false when something else stands there. */
static bool next_badge(struct str *badge, struct str *name, struct str *rest)
{
	ptrdiff_t end = str_find(*rest, STR(")"));

	if (!str_starts(*rest, STR("![")) || end < 0)
		return false;
	size_t to = (size_t)end + 1;
	while (to < rest->len && (rest->s[to] == ' ' || rest->s[to] == '\n'))
		to++;
	*badge = str_slice(*rest, 0, to);
	*name = str_skip(str_cut(&(struct str){ badge->s, badge->len }, ':'), 2);
	*rest = str_skip(*rest, to);
	return true;
}

/* Whether a badge gives that version. */
static bool shows(struct arena *a, struct str badge, struct str version)
{
	return version.len && str_has(badge, arena_printf(a, ": %.*s]", STR_ARG(version)));
}

/* The version between ": " and "]"; false when it is none. */
static bool read_badge(struct semver *out, struct str badge)
{
	ptrdiff_t from = str_find(badge, STR(": "));
	ptrdiff_t to = str_find_char(badge, ']');

	if (from < 0 || to < from)
		return false;
	struct err *e = semver_parse(out, str_slice(badge, (size_t)from + 2, (size_t)to));
	bool fine = !e;
	err_free(e);
	return fine;
}

/* Of two badges that upstream made, both later than base's, the later one. */
static bool later_badge(struct str *out, const struct str *badge)
{
	struct semver v[3];

	for (int i = 0; i < 3; i++)
		if (!read_badge(&v[i], badge[i]))
			return false;
	if (semver_cmp(&v[1], &v[0]) <= 0 || semver_cmp(&v[2], &v[0]) <= 0)
		return false;
	*out = semver_cmp(&v[1], &v[2]) > 0 ? badge[1] : badge[2];
	return true;
}

/* Base's, ours' and theirs' badge of one name. */
static bool settle_badge(
	struct str *out, struct arena *a, struct str name, const struct str *badge, const struct merge_facts *f)
{
	bool app = str_is(name, "AppVersion");

	if (!f || (!app && !str_is(name, "Version")))
		return false;
	struct str merged = app ? f->app_version : f->version;
	struct str ours = app ? f->our_app_version : f->our_version;
	/* A badge that never followed the local version is upstream's own. */
	if (ours.len && !shows(a, badge[1], ours))
		return later_badge(out, badge);
	*out = shows(a, badge[1], merged) ? badge[1] : badge[2];
	return shows(a, *out, merged);
}

bool merge_badges(struct str *text, struct arena *a, const struct merge_chunk *c, const struct merge_facts *f)
{
	struct str rest[3] = { c->base, c->ours, c->theirs };
	struct buf out = BUF_INIT;
	bool fine = c->ours.len > 0;

	while (fine && rest[1].len) {
		struct str badge[3];
		struct str name[3];
		for (int i = 0; i < 3; i++)
			fine = fine && next_badge(&badge[i], &name[i], &rest[i]);
		fine = fine && str_eq(name[0], name[1]) && str_eq(name[0], name[2]);
		struct str chosen;
		if (fine)
			fine = merge_choose(&chosen, badge[0], badge[1], badge[2]) ||
			       settle_badge(&chosen, a, name[1], badge, f);
		if (fine)
			buf_add(&out, chosen);
	}
	fine = fine && !rest[0].len && !rest[2].len;
	if (fine)
		*text = arena_str(a, buf_str(&out));
	buf_release(&out);
	return fine;
}

/* Merges a file of the chart that documentation is made from; its conflicts become `open`. */
static struct val merged_file(struct merge_facts *f, struct arena *a, const struct merge_side_trees *trees,
	struct str name, const struct merge_opts *o)
{
	struct merge_opts settle = o ? *o : (struct merge_opts){ 0 };
	const struct merge_file *b = merge_tree_find(trees->base, name);
	const struct merge_file *l = merge_tree_find(trees->ours, name);
	const struct merge_file *t = merge_tree_find(trees->theirs, name);
	struct merge_result r = { 0 };
	struct val v = VAL_NOTHING;
	struct str text;

	if (!b || !l || !t)
		return v;
	/* Markers would leave nothing to read. */
	settle.favor = MERGE_FAVOR_OURS;
	struct merge_input in = { .name = name, .base = b->data, .ours = l->data, .theirs = t->data };
	struct err *e = merge_file(&text, &r, a, &in, &settle);
	if (!e)
		e = yml_load(&v, a, text, NULL);
	bool fine = !e;
	err_free(e);
	for (size_t i = 0; i < r.conflicts.len; i++) {
		/* A conflict at no key leaves all open. */
		if (!r.conflicts.items[i].path.len)
			return VAL_NOTHING;
		vec_push_in(a, &f->open, r.conflicts.items[i].path);
	}
	return fine ? v : VAL_NOTHING;
}

static struct str version_of(struct merge_facts *f, struct val chart, const char *key)
{
	struct val v = val_map_get(chart, str_from(key));

	for (size_t i = 0; i < f->open.len; i++)
		if (str_is(f->open.items[i], key))
			return (struct str){ 0 };
	return val_is_string(v) ? val_str(v) : (struct str){ 0 };
}

static void find_our_versions(
	struct merge_facts *f, struct arena *a, const struct merge_side_trees *trees, struct str name)
{
	const struct merge_file *ours = merge_tree_find(trees->ours, name);
	struct val v;
	struct err *e = ours ? yml_load(&v, a, ours->data, NULL) : NULL;

	if (ours && !e) {
		struct val version = val_map_get(v, STR("version"));
		struct val app = val_map_get(v, STR("appVersion"));
		f->our_version = val_is_string(version) ? val_str(version) : f->our_version;
		f->our_app_version = val_is_string(app) ? val_str(app) : f->our_app_version;
	}
	err_free(e);
}

void merge_find_facts(struct merge_facts *out, struct arena *a, struct str document,
	const struct merge_side_trees *trees, const struct merge_opts *o)
{
	struct str dir = str_dir_name(document);
	struct str prefix = dir.len ? arena_join(a, dir, STR("/")) : dir;

	*out = (struct merge_facts){ 0 };
	struct val chart = merged_file(out, a, trees, arena_join(a, prefix, STR("Chart.yaml")), o);
	out->version = version_of(out, chart, "version");
	out->app_version = version_of(out, chart, "appVersion");
	find_our_versions(out, a, trees, arena_join(a, prefix, STR("Chart.yaml")));
	out->open.len = 0;
	out->values = merged_file(out, a, trees, arena_join(a, prefix, STR("values.yaml")), o);
}
