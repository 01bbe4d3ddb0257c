/* SPDX-License-Identifier: Apache-2.0 */
/* chart-vendor status and list: where every copy stands. */
#include "vendor.h"

#include "cli/columns.h"
#include "json/json.h"

#include <string.h>
#include <unistd.h>

struct rows {
	struct standing *items;
	size_t len, cap;
};

static struct str local_text(struct arena *a, const struct standing *row)
{
	const struct edits *e = &row->edits;

	if (row->missing)
		return row->locked.version.len ? STR("the copy is missing") : STR("not locked: run `chart-vendor add`");
	if (!e->files)
		return (struct str){ 0 };
	return arena_printf(
		a, "%zu file%s edited (+%zu -%zu)", e->files, e->files == 1 ? "" : "s", e->added, e->removed);
}

static struct str or_dash(struct str s)
{
	return s.len ? s : STR("-");
}

static struct str newest_text(struct arena *a, const struct standing *row)
{
	if (row->deprecated)
		return arena_printf(a, "%.*s, deprecated", STR_ARG(row->newest));
	return or_dash(row->newest);
}

/* What needs more words than a column has: below the row. */
static void add_remarks(struct buf *out, const struct standing *row, bool color)
{
	const char *red = cli_color(color, CLI_RED);
	const char *end = cli_color(color, CLI_RESET);

	if (row->republished)
		buf_printf(out, "  %sALARM: upstream published %.*s again with other content%s\n", red,
			STR_ARG(row->locked.version), end);
	if (row->fault.len)
		buf_printf(out, "  %s%.*s%s\n", red, STR_ARG(row->fault), end);
}

static void table(struct buf *out, struct arena *a, const struct rows *rows, bool color)
{
	struct columns t;

	columns_start(&t, a, color);
	columns_head(&t, "PATH|CHART|LOCKED|AGE|ALLOWED|NEWEST|LOCAL");
	for (size_t i = 0; i < rows->len; i++) {
		const struct standing *row = &rows->items[i];
		bool pinned = row->newest.len && row->allowed.len && !str_eq(row->newest, row->allowed);
		columns_row(&t);
		columns_cell(&t, row->entry->path, CLI_RESET);
		columns_cell(&t, or_dash(row->locked.chart), CLI_DIM);
		columns_cell(&t, or_dash(row->locked.version), CLI_RESET);
		columns_cell(&t, or_dash(standing_age_text(a, standing_age(row->created))), CLI_DIM);
		columns_cell(&t, or_dash(row->allowed), row->outdated ? CLI_YELLOW : CLI_GREEN);
		columns_cell(&t, newest_text(a, row), row->deprecated ? CLI_YELLOW : pinned ? CLI_CYAN : CLI_DIM);
		columns_cell(&t, local_text(a, row), row->missing ? CLI_RED : CLI_RESET);
		add_remarks(columns_below(&t), row, color);
	}
	columns_print(out, &t, cli_width(STDOUT_FILENO));
}

static struct val row_json(struct arena *a, const struct standing *row)
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
			table(&b, c->arena, rows, c->color_out);
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
	ahead_list(&r, charts, n);
	for (size_t i = 0; i < n; i++) {
		struct standing row;
		TRY(standing_get(&row, &r, charts[i], true));
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

/* One chart in a line of JSON, or as a member of a list. */
static struct val list_json(struct arena *a, const struct standing *row, struct str source)
{
	struct val v = val_map(a);

	val_set(v, "path", val_string(row->entry->path));
	val_set(v, "chart", val_string(row->locked.chart));
	val_set(v, "version", val_string(row->locked.version));
	val_set(v, "source", val_string(source));
	return v;
}

static struct err *list_all(struct buf *out, struct repo *r, const char *how)
{
	struct arena *a = r->arena;
	struct columns t;
	struct val list = val_list(a, r->charts.len);

	columns_start(&t, a, r->cli->color_out);
	columns_head(&t, "PATH|CHART|VERSION|SOURCE");
	for (size_t i = 0; i < r->charts.len; i++) {
		struct standing row = { .entry = &r->charts.items[i] };
		TRY(repo_locked(&row.locked, r, row.entry));
		struct str source = source_text(a, &row.entry->source);
		struct val v = list_json(a, &row, source);
		val_list_add(list, v);
		columns_row(&t);
		columns_cell(&t, row.entry->path, CLI_RESET);
		columns_cell(&t, or_dash(row.locked.chart), CLI_RESET);
		columns_cell(&t, or_dash(row.locked.version), CLI_GREEN);
		columns_cell(&t, source, CLI_DIM);
		if (strcmp(how, "paths") == 0)
			buf_printf(out, "%.*s\n", STR_ARG(row.entry->path));
		if (strcmp(how, "jsonl") == 0) {
			TRY(json_add(out, a, v, JSON_RAW | JSON_ORDERED));
			buf_putc(out, '\n');
		}
	}
	if (strcmp(how, "table") == 0 && r->charts.len)
		columns_print(out, &t, cli_width(STDOUT_FILENO));
	if (strcmp(how, "json") != 0)
		return NULL;
	TRY(json_add(out, a, list, JSON_RAW | JSON_ORDERED | JSON_PRETTY));
	buf_putc(out, '\n');
	return NULL;
}

struct err *verb_list(struct cli *c)
{
	struct repo r;
	struct buf b = BUF_INIT;

	TRY(repo_open(&r, c, false));
	struct err *e = list_all(&b, &r, vendor_opts.output ? vendor_opts.output : "table");
	if (!e)
		e = cli_print(buf_str(&b));
	buf_release(&b);
	return e;
}
