/* SPDX-License-Identifier: Apache-2.0 */
/* chart-vendor status and list: where every copy stands. */
#include "vendor.h"

#include "semver/semver.h"
#include "json/json.h"

#include <string.h>

struct row {
	const struct entry *entry;
	struct locked locked;
	struct str allowed, newest; /* newest that may come in; newest at all */
	bool deprecated, outdated, republished;
	struct edits edits;
	bool missing;     /* no copy, or not locked */
	struct str fault; /* why upstream could not be asked, or the base not be read */
};

struct rows {
	struct row *items;
	size_t len, cap;
};

static struct str error_text(struct arena *a, struct err *e)
{
	struct buf b = BUF_INIT;

	err_message(&b, e);
	struct str s = arena_str(a, buf_str(&b));
	buf_release(&b);
	err_free(e);
	return s;
}

static bool is_newer(struct str x, struct str y)
{
	struct semver a;
	struct semver b;
	struct err *ea = semver_parse(&a, x);
	struct err *eb = semver_parse(&b, y);
	bool newer = !ea && !eb && semver_cmp(&a, &b) > 0;

	err_free(ea);
	err_free(eb);
	return newer;
}

static void ask_upstream(struct row *row, struct repo *r)
{
	const struct source *s = &row->entry->source;
	struct candidates list;
	struct err *e = source_list(&list, r, s);

	if (e) {
		row->fault = error_text(r->arena, e);
		source_close(&list, s);
		return;
	}
	const struct candidate *allowed = source_newest(&list, r->arena, row->entry->version);
	const struct candidate *newest = source_newest(&list, r->arena, (struct str){ 0 });
	row->allowed = allowed ? allowed->version : (struct str){ 0 };
	row->newest = newest ? newest->version : (struct str){ 0 };
	row->deprecated = newest && newest->deprecated;
	row->outdated = allowed && is_newer(allowed->version, row->locked.version);
	if (allowed && allowed->commit.len && !row->outdated && str_find_char(s->ref, '*') < 0)
		row->outdated = !str_eq(allowed->commit, row->locked.commit);
	if ((s->kind == SOURCE_PATH || s->kind == SOURCE_URL) && allowed && allowed->digest.len)
		row->outdated = !str_eq(allowed->digest, row->locked.digest);
	for (size_t i = 0; i < list.len; i++) {
		if (str_eq(list.items[i].version, row->locked.version)) {
			e = source_settle(&list.items[i], r, s);
			if (e)
				row->fault = error_text(r->arena, e);
		}
		struct str now = str_trim_prefix(list.items[i].digest, STR("sha256:"));
		struct str was = str_trim_prefix(row->locked.digest, STR("sha256:"));
		if (s->kind == SOURCE_REPO && str_eq(list.items[i].version, row->locked.version) && now.len && was.len)
			row->republished = !str_eq(now, was);
	}
	source_close(&list, s);
}

static struct err *look_at_copy(struct row *row, struct repo *r)
{
	struct merge_tree base;
	struct merge_tree copy;

	TRY(repo_locked(&row->locked, r, row->entry));
	TRY(tree_read(&copy, r->arena, arena_text(r->arena, row->entry->path)));
	row->missing = !copy.len || !row->locked.version.len;
	if (row->missing)
		return NULL;
	struct err *e = tree_base(&base, r->arena, &row->locked);
	if (e)
		row->fault = error_text(r->arena, e);
	else
		tree_edits(&row->edits, &base, &copy);
	return NULL;
}

static void table_row(struct buf *out, const struct row *row, int width, bool color)
{
	const struct edits *e = &row->edits;
	struct buf about = BUF_INIT;

	if (row->missing)
		buf_puts(
			&about, row->locked.version.len ? "the copy is missing" : "not locked: run `chart-vendor add`");
	if (row->republished)
		buf_puts(&about, "ALARM: upstream published this version again with other content; ");
	if (row->deprecated)
		buf_puts(&about, "deprecated upstream; ");
	if (e->files)
		buf_printf(&about, "%zu file%s edited (+%zu -%zu)", e->files, e->files == 1 ? "" : "s", e->added,
			e->removed);
	if (row->fault.len)
		buf_printf(&about, "%s%.*s", about.len ? "; " : "", STR_ARG(row->fault));
	struct str text = str_trim_suffix(buf_str(&about), STR("; "));
	enum cli_color paint = row->outdated ? CLI_YELLOW : CLI_GREEN;
	buf_printf(out, "%-*.*s  %-12.*s %s%-12.*s%s %-12.*s %.*s\n", width, STR_ARG(row->entry->path),
		STR_ARG(row->locked.version.len ? row->locked.version : STR("-")), cli_color(color, paint),
		STR_ARG(row->allowed.len ? row->allowed : STR("-")), cli_color(color, CLI_RESET),
		STR_ARG(row->newest.len ? row->newest : STR("-")), STR_ARG(text));
	buf_release(&about);
}

static void table(struct buf *out, const struct rows *rows, bool color)
{
	int width = 4;

	for (size_t i = 0; i < rows->len; i++)
		if ((int)rows->items[i].entry->path.len > width)
			width = (int)rows->items[i].entry->path.len;
	buf_printf(out, "%s%-*s  %-12s %-12s %-12s %s%s\n", cli_color(color, CLI_BOLD), width, "PATH", "LOCKED",
		"ALLOWED", "NEWEST", "LOCAL", cli_color(color, CLI_RESET));
	for (size_t i = 0; i < rows->len; i++)
		table_row(out, &rows->items[i], width, color);
}

static struct val row_json(struct arena *a, const struct row *row)
{
	struct val v = val_map(a);
	struct val edits = val_map(a);

	val_set(v, "path", val_string(row->entry->path));
	val_set(v, "chart", val_string(row->locked.chart));
	val_set(v, "source", val_string(source_text(a, &row->entry->source)));
	val_set(v, "locked", val_string(row->locked.version));
	val_set(v, "allowed", val_string(row->allowed));
	val_set(v, "newest", val_string(row->newest));
	val_set(v, "outdated", val_bool(row->outdated));
	val_set(v, "deprecated", val_bool(row->deprecated));
	val_set(v, "republished", val_bool(row->republished));
	val_set(v, "missing", val_bool(row->missing));
	val_set(edits, "files", val_int((int64_t)row->edits.files));
	val_set(edits, "added", val_int((int64_t)row->edits.added));
	val_set(edits, "removed", val_int((int64_t)row->edits.removed));
	val_set(v, "edits", edits);
	if (row->fault.len)
		val_set(v, "error", val_string(row->fault));
	return v;
}

static struct err *as_json(struct buf *out, struct arena *a, const struct rows *rows, bool lines)
{
	struct val list = val_list(a, rows->len);

	for (size_t i = 0; i < rows->len; i++) {
		struct val v = row_json(a, &rows->items[i]);
		val_list_add(list, v);
		if (!lines)
			continue;
		TRY(json_add(out, a, v, JSON_RAW | JSON_ORDERED));
		buf_putc(out, '\n');
	}
	if (lines)
		return NULL;
	TRY(json_add(out, a, list, JSON_RAW | JSON_ORDERED | JSON_PRETTY));
	buf_putc(out, '\n');
	return NULL;
}

static struct err *print(struct cli *c, const struct rows *rows)
{
	const char *how = vendor_opts.output ? vendor_opts.output : "table";
	struct buf b = BUF_INIT;
	struct err *e = NULL;

	if (strcmp(how, "paths") == 0) {
		for (size_t i = 0; i < rows->len; i++)
			buf_printf(&b, "%.*s\n", STR_ARG(rows->items[i].entry->path));
	} else if (strcmp(how, "table") == 0) {
		if (rows->len || !vendor_opts.outdated)
			table(&b, rows, c->color_out);
	} else {
		e = as_json(&b, c->arena, rows, strcmp(how, "jsonl") == 0);
	}
	if (!e)
		e = cli_print(buf_str(&b));
	buf_release(&b);
	return e;
}

static void say_pending(struct repo *r)
{
	struct err *e = repo_must_be_idle(r);
	struct buf b = BUF_INIT;

	if (!e)
		return;
	err_message(&b, e);
	cli_warn(r->cli, "%s", buf_text(&b));
	buf_release(&b);
	err_free(e);
}

struct err *verb_status(struct cli *c)
{
	struct repo r;
	struct entry **charts;
	size_t n;
	struct rows rows = { 0 };
	bool trouble = false;

	TRY(repo_open(&r, c, false));
	say_pending(&r);
	TRY(repo_select(&charts, &n, &r, c->nargs, c->args));
	for (size_t i = 0; i < n; i++) {
		struct row row = { .entry = charts[i] };
		TRY(look_at_copy(&row, &r));
		ask_upstream(&row, &r);
		trouble |= row.fault.len > 0;
		if (row.outdated || row.republished)
			c->status = vendor_opts.exit_code ? 1 : 0;
		if (!vendor_opts.outdated || row.outdated)
			vec_push_in(c->arena, &rows, row);
	}
	TRY(print(c, &rows));
	if (trouble)
		c->status = 2;
	return NULL;
}

struct err *verb_list(struct cli *c)
{
	struct repo r;
	struct buf b = BUF_INIT;
	struct err *e = NULL;
	bool paths = vendor_opts.output && strcmp(vendor_opts.output, "paths") == 0;
	bool json = vendor_opts.output && !paths && strcmp(vendor_opts.output, "table") != 0;

	TRY(repo_open(&r, c, false));
	for (size_t i = 0; !e && i < r.charts.len; i++) {
		struct row row = { .entry = &r.charts.items[i] };
		e = repo_locked(&row.locked, &r, row.entry);
		if (e)
			break;
		struct str source = source_text(c->arena, &row.entry->source);
		if (json) {
			struct val v = val_map(c->arena);
			val_set(v, "path", val_string(row.entry->path));
			val_set(v, "chart", val_string(row.locked.chart));
			val_set(v, "version", val_string(row.locked.version));
			val_set(v, "source", val_string(source));
			e = json_add(&b, c->arena, v, JSON_RAW | JSON_ORDERED);
			buf_putc(&b, '\n');
		} else if (paths) {
			buf_printf(&b, "%.*s\n", STR_ARG(row.entry->path));
		} else {
			buf_printf(&b, "%.*s\t%.*s\t%.*s\t%.*s\n", STR_ARG(row.entry->path), STR_ARG(row.locked.chart),
				STR_ARG(row.locked.version), STR_ARG(source));
		}
	}
	if (!e)
		e = cli_print(buf_str(&b));
	buf_release(&b);
	return e;
}
