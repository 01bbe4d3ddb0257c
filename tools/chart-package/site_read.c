/* SPDX-License-Identifier: Apache-2.0 */
/* What archives say for their page. */
#include "base/html.h"
#include "chart/compare.h"
#include "chart/prov.h"
#include "crypto/digest.h"
#include "io/file.h"
#include "markdown/markdown.h"
#include "tools/chart-package/sign.h"
#include "tools/chart-package/site.h"

#include <string.h>

#define MAX_PROV ((size_t)16 << 20)

/* What is known of one version while the next is read. */
struct reading {
	struct arena a;
	struct chart *chart; /* NULL: no archive */
	struct chart_value_rows rows;
};

struct chart_reading {
	struct site *s;
	struct site_chart *chart;
	struct map readmes; /* digest -> number + 1 */
	struct arena a;
	int nreadmes;
};

static struct str message_of(struct arena *a, struct err *e)
{
	struct buf b = BUF_INIT;
	err_message(&b, e);
	err_free(e);
	struct str s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}

static struct str names_of(struct arena *a, const struct openpgp_verified *v)
{
	struct buf b = BUF_INIT;
	vec_each (const struct openpgp_signer, s, v)
		if (s->uids.len) {
			buf_puts(&b, b.len ? ", " : "");
			buf_add(&b, s->uids.items[0]);
		}
	struct str s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}

/* Holds an archive against the provenance beside it. */
static struct err *read_signature(struct site *s, struct site_version *v, struct str bytes)
{
	const char *file = prov_path(s->a, v->file);
	struct openpgp_verified checked = { 0 };
	struct str text, digest;
	if (!io_exists(file))
		return NULL;
	v->signature.state = SITE_UNCHECKED;
	if (!s->keys)
		return NULL;
	TRY(io_read(&text, s->a, file, MAX_PROV));
	struct err *e = openpgp_verify(&checked, s->a, s->keys, text);
	if (!e)
		e = chart_prov_check(&digest, s->a, checked.text, str_base_name(str_from(v->file)), bytes);
	if (e) {
		v->signature.state = SITE_REFUSED;
		v->signature.who = message_of(s->a, e);
		return NULL;
	}
	s->signatures++;
	v->signature.state = SITE_VERIFIED;
	v->signature.who = names_of(s->a, &checked);
	v->signature.fingerprint = checked.items[0].fingerprint;
	v->signature.day = site_day(sign_stamp(s->a, checked.items[0].time));
	return NULL;
}

static struct err *check_entry(const struct site_version *v, const struct chart *chart, struct str digest)
{
	const struct index_entry *e = v->entry;
	struct str promised = str_trim_prefix(e->digest, STR("sha256:"));
	if (promised.len && !str_eq(promised, digest))
		return err_new(ERR_DIGEST,
			"not the archive that " INDEX_NAME " lists as %.*s %.*s (digest %.12s..., "
			"there %.12s...): index the folder anew",
			STR_ARG(e->name), STR_ARG(e->version), digest.s, promised.len >= 12 ? promised.s : "");
	if (!str_eq(chart->name, e->name) || !str_eq(chart->version, e->version))
		return err_new(ERR_INPUT, "holds %.*s %.*s, but " INDEX_NAME " says %.*s %.*s", STR_ARG(chart->name),
			STR_ARG(chart->version), STR_ARG(e->name), STR_ARG(e->version));
	return NULL;
}

static struct err *read_archive(struct reading *r, struct site *s, struct site_version *v)
{
	struct str bytes;
	struct tarball archive;
	TRY(io_read(&bytes, &r->a, v->file, IO_FILE_MAX));
	TRY(chart_load_strict(&r->chart, &archive, &r->a, bytes));
	TRY(check_entry(v, r->chart, digest_hex(&r->a, DIGEST_SHA256, bytes)));
	v->size = bytes.len;
	s->read++;
	TRY(read_signature(s, v, bytes));
	struct err *e = chart_describe_values(&r->rows, &r->a, r->chart);
	if (e) {
		cli_warn(s->c, "%s: values without table: %s", v->file, message_of(&r->a, e).s);
		r->rows.len = 0;
	}
	return NULL;
}

static const struct chart_file *readme_of(const struct chart *chart)
{
	static const char *const names[] = { "readme.md", "readme.txt", "readme" };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		vec_each (const struct chart_file, f, &chart->files)
			if (str_eq_nocase(f->name, str_from(names[i])))
				return f;
	return NULL;
}

/* The README of a version: one that is in the page already, or a new one where it is among the newest. */
static struct err *take_readme(struct chart_reading *cr, struct site_version *v, const struct chart *chart, size_t i)
{
	const struct chart_file *f = readme_of(chart);
	if (!f)
		return NULL;
	struct str digest = digest_hex(&cr->a, DIGEST_SHA256, f->data);
	const int *known = map_find(&cr->readmes, digest);
	if (known) {
		v->readme = *known;
		return NULL;
	}
	if (i >= (size_t)opts.readmes)
		return NULL;
	int *number = ARENA_NEW(&cr->a, int);
	*number = v->readme = cr->nreadmes++;
	map_set(&cr->readmes, &cr->a, digest, number);
	struct buf *b = &cr->chart->readmes;
	struct markdown_opts o = { .shift = 2 };
	o.prefix = arena_printf(&cr->a, "r%zu-%d-", cr->chart->number, *number);
	buf_printf(b, "<div class=\"readme\" data-readme=\"%d\"%s>\n", *number, *number || i ? " hidden" : "");
	TRY(markdown_html(b, f->data, &o));
	buf_puts(b, "</div>\n");
	return NULL;
}

static bool is_branch(struct val v)
{
	return val_is_map(v) && val_map_len(v);
}

static size_t leaves(struct val v)
{
	size_t n = 0;
	if (!is_branch(v))
		return v.kind != VAL_INVALID;
	val_map_each (e, v)
		n += leaves(e->value);
	return n;
}

/* An empty map that gets something in it has not gone. */
static size_t lost(struct val v, struct val other)
{
	return val_is_map(v) && is_branch(other) ? 0 : leaves(v);
}

/* Counts what differs between the own values of two charts. */
static void count(struct site_counts *out, struct arena *a, struct val old, struct val new)
{
	struct chart_value_changes changes = { 0 };
	struct chart before = { .values = old }, after = { .values = new };
	chart_compare_values(&changes, a, &before, &after, VAL_NIL);
	out->known = true;
	vec_each (struct chart_value_change, c, &changes) {
		bool both = c->old.kind != VAL_INVALID && c->new.kind != VAL_INVALID;
		if (both && !is_branch(c->old) && !is_branch(c->new)) {
			out->changed++;
			continue;
		}
		out->removed += lost(c->old, c->new);
		out->added += lost(c->new, c->old);
	}
}

static struct err *read_version(struct chart_reading *cr, struct reading *now, const struct reading *newer, size_t i)
{
	struct site_chart *chart = cr->chart;
	struct site_version *v = &chart->versions[i];
	if (v->file) {
		struct err *e = read_archive(now, cr->s, v);
		if (!e)
			e = take_readme(cr, v, now->chart, i);
		if (e)
			return err_wrap(e, "%s", v->file);
		if (newer->chart)
			count(&chart->versions[i - 1].counts, &now->a, now->chart->values, newer->chart->values);
	}
	if (i == 0) {
		chart->icon = site_icon(cr->s, now->chart, val_get_str(v->entry->fields, "icon"));
		site_add_values(&chart->values, &now->rows);
		chart->nvalues = now->rows.len;
	}
	return NULL;
}

struct err *site_read_chart(struct site *s, struct site_chart *chart)
{
	struct reading readings[2] = { { .a = ARENA_INIT }, { .a = ARENA_INIT } };
	struct chart_reading cr = { .s = s, .chart = chart, .a = ARENA_INIT };
	struct reading *now = &readings[0], *newer = &readings[1];
	const struct reading *last = NULL;
	struct err *e = NULL;
	for (size_t i = 0; i < chart->n && !e; i++) {
		/* A version whose archive is not here leaves the one before as what the next differs from. */
		if (last && last == now) {
			struct reading *other = newer;
			newer = now;
			now = other;
		}
		arena_clear(&now->a);
		now->chart = NULL;
		now->rows = (struct chart_value_rows){ 0 };
		bool follows = i && chart->versions[i - 1].file;
		struct reading none = { .chart = NULL };
		e = read_version(&cr, now, follows ? newer : &none, i);
		if (!e)
			e = site_add_data(s, chart, i, &now->rows, last ? &newer->rows : NULL);
		if (now->chart)
			last = now;
	}
	arena_release(&readings[0].a);
	arena_release(&readings[1].a);
	arena_release(&cr.a);
	return e;
}
