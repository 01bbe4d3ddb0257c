/* SPDX-License-Identifier: Apache-2.0 */
/* The default verb: chart folders to archives. */
#include "chart/pack.h"
#include "chart/values.h"
#include "crypto/digest.h"
#include "io/file.h"
#include "io/hold.h"
#include "semver/semver.h"
#include "tools/chart-package/deps.h"
#include "tools/chart-package/sign.h"

#include <string.h>

/* The largest file of a chart that version 3 reads. */
#define HELM3_FILE_MAX ((size_t)5242880)
/* A list of charts on standard input is no longer than this. */
#define MAX_LIST ((size_t)16 << 20)

static struct err *apply_options(struct chart *c)
{
	if (opts.version)
		c->version = str_from(opts.version);
	if (opts.app_version)
		c->app_version = str_from(opts.app_version);
	struct semver v;
	return semver_parse(&v, c->version);
}

/* Packs a chart of a folder into bytes, as the options say. */
static struct err *pack_folder(struct buf *out, struct chart **chart, struct arena *a, const char *path)
{
	TRY(chart_load_folder(chart, a, path));
	TRY(apply_options(*chart));
	TRY(chart_check_dependencies(*chart));
	return chart_pack_folder(out, *chart, a, path);
}

/* What was packed, for the result. */
struct packed {
	const char *path;
	struct chart *chart;
	struct str digest;
	size_t size;
	bool written; /* false: it was there already */
};

static struct err *write_archive(struct packed *p, struct arena *a, struct str bytes)
{
	TRY(io_make_dirs(opts.destination));
	p->written = true;
	if (io_exists(p->path)) {
		struct str old;
		TRY(io_read(&old, a, p->path, IO_FILE_MAX));
		p->written = !str_eq(old, bytes);
		if (p->written && !opts.force)
			return err_new(ERR_CONFLICT,
				"%s exists with other bytes: a published version must not change (raise the version, "
				"or --force)",
				p->path);
	}
	return p->written ? io_write_atomic(p->path, bytes, 0644) : NULL;
}

/* Signs what is as it will be read from the archive, then writes both. */
static struct err *write_signed(struct packed *p, struct arena *a, const struct signer *s, struct str bytes)
{
	struct chart *chart;
	struct buf prov = BUF_INIT;
	if (!s->keys)
		return write_archive(p, a, bytes);
	TRY(chart_load_archive(&chart, a, bytes, NULL));
	struct err *e = signer_sign(&prov, s, a, chart, str_base_name(str_from(p->path)), bytes);
	/* Both or neither. */
	struct io_hold hold;
	io_hold_begin(&hold);
	if (!e)
		e = write_archive(p, a, bytes);
	if (!e)
		e = io_write_atomic(prov_path(a, p->path), buf_str(&prov), 0644);
	io_hold_end(&hold);
	buf_release(&prov);
	return e;
}

/* Version 4 has no such limit any more. */
static void warn_of_large_files(struct cli *c, const struct chart *chart)
{
	vec_each (const struct chart_file, f, &chart->raw)
		if (f->data.len > HELM3_FILE_MAX)
			cli_warn(c, "%.*s: %.*s has %zu bytes: Helm 3 reads no chart with files of more than %zu",
				STR_ARG(chart->name), STR_ARG(f->name), f->data.len, HELM3_FILE_MAX);
}

static struct err *pack_one(struct packed *p, struct arena *a, struct cli *c, const struct signer *s, const char *path)
{
	struct buf b = BUF_INIT;
	struct err *e = opts.update ? update_deps(a, c, path) : NULL;
	if (!e)
		e = pack_folder(&b, &p->chart, a, path);
	if (!e) {
		const char *name =
			arena_printf(a, "%.*s-%.*s.tgz", STR_ARG(p->chart->name), STR_ARG(p->chart->version)).s;
		p->path = io_path(a, opts.destination, name);
		if (strcmp(opts.destination, ".") == 0)
			p->path = name;
		warn_of_large_files(c, p->chart);
		p->digest = digest_hex(a, DIGEST_SHA256, buf_str(&b));
		p->size = b.len;
		e = write_signed(p, a, s, buf_str(&b));
	}
	buf_release(&b);
	return e ? err_wrap(e, "%s", path) : NULL;
}

static struct val as_value(struct arena *a, const struct packed *p)
{
	struct val v = val_map(a);
	val_set(v, "path", val_text(p->path));
	val_set(v, "name", val_string(arena_str(a, p->chart->name)));
	val_set(v, "version", val_string(arena_str(a, p->chart->version)));
	val_set(v, "digest", val_string(arena_str(a, p->digest)));
	val_set(v, "size", val_int((int64_t)p->size));
	val_set(v, "written", val_bool(p->written));
	return v;
}

static struct err *check_one(struct cli *c, struct arena *a, const char *path)
{
	struct buf b = BUF_INIT;
	struct chart *chart;
	bool same = false;
	struct err *e = pack_folder(&b, &chart, a, path);
	if (!e)
		e = check_archive(&same, c, a, opts.check, buf_str(&b));
	buf_release(&b);
	if (!e && !same)
		c->status = 1;
	return e ? err_wrap(e, "%s", path) : NULL;
}

/* The charts named on the command line, "-" replaced by the list on standard input. */
static struct err *chart_list(struct str_vec *out, struct cli *c)
{
	for (int i = 0; i < c->nargs; i++) {
		struct str text;
		if (strcmp(c->args[i], "-") != 0) {
			vec_push_in(c->arena, out, str_from(c->args[i]));
			continue;
		}
		TRY(io_read(&text, c->arena, "-", MAX_LIST));
		while (text.s) {
			struct str line = str_trim_end(str_cut(&text, '\n'), "\r");
			if (line.len)
				vec_push_in(c->arena, out, arena_str(c->arena, line));
		}
	}
	return NULL;
}

static struct err *pack_all(struct cli *c, const struct signer *s, const struct str_vec *charts, struct val results)
{
	struct cli_progress progress;
	struct err *e = NULL;
	cli_progress_start(&progress, c, "packing", charts->len);
	/* Signing may hold signals back until its keys are gone. */
	for (size_t i = 0; i < charts->len && !e && !io_stop_asked(); i++) {
		struct arena a = ARENA_INIT;
		struct packed p = { 0 };
		cli_progress_set(&progress, i, charts->items[i].s);
		e = pack_one(&p, &a, c, s, charts->items[i].s);
		if (!e) {
			p.path = arena_text(c->arena, str_from(p.path));
			val_list_add(results, as_value(c->arena, &p));
			if (!p.written)
				cli_say(c, "%s is the same already", p.path);
		}
		arena_release(&a);
	}
	cli_progress_end(&progress);
	return e;
}

struct err *run_package(struct cli *c)
{
	struct str_vec charts = { 0 };
	TRY(chart_list(&charts, c));
	if (!charts.len && !c->nargs)
		return err_new(ERR_USAGE, "need at least one argument, the path to a chart");
	if (opts.check) {
		if (charts.len != 1)
			return err_new(ERR_USAGE, "--check compares one chart with one archive");
		return check_one(c, c->arena, charts.items[0].s);
	}
	struct val results = val_list(c->arena, charts.len);
	struct signer s = { 0 };
	struct err *e = opts.sign ? signer_open(&s, c->arena) : NULL;
	if (e)
		return e;
	e = pack_all(c, &s, &charts, results);
	signer_close(&s);
	/* What was written before an error is told too. */
	struct err *print = NULL;
	if (wants_json())
		print = print_json(c, results);
	else
		val_list_each (one, results)
			if (!print)
				print = print_line(val_get_str(*one, "path"));
	if (e)
		err_free(print);
	return e ? e : print;
}
