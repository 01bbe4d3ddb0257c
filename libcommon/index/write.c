/* SPDX-License-Identifier: Apache-2.0 */
#include "index/write.h"

#include "base/num.h"
#include "semver/semver.h"
#include "yaml/yaml.h"
#include "json/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct val url_list(struct arena *a, const struct str_vec *urls)
{
	struct val list = val_list(a, urls->len);
	for (size_t i = 0; i < urls->len; i++)
		val_list_add(list, val_string(urls->items[i]));
	return list;
}

/* The entry's place decides where long lines are folded, so it is written where it will stand. */
static struct err *yaml_text(struct buf *out, struct arena *a, struct val entry)
{
	struct val list = val_list(a, 1), chart = val_map(a), root = val_map(a);
	val_list_add(list, entry);
	val_set(chart, "x", list);
	val_set(root, "entries", chart);
	struct buf whole = BUF_INIT;
	struct err *e = yml_emit(&whole, a, root);
	if (!e)
		buf_add(out, str_skip(buf_str(&whole), sizeof("entries:\n  x:\n") - 1));
	buf_release(&whole);
	return e;
}

static struct err *json_text(struct buf *out, struct arena *a, struct val entry)
{
	struct buf whole = BUF_INIT;
	struct err *e = json_add(&whole, a, entry, JSON_PRETTY | JSON_ORDERED);
	for (struct str rest = buf_str(&whole); !e && rest.s;) {
		struct str line = str_cut(&rest, '\n');
		buf_puts(out, "      ");
		buf_add(out, line);
		buf_puts(out, rest.s ? "\n" : "");
	}
	buf_release(&whole);
	return e;
}

struct err *index_entry_text(struct buf *out, struct arena *scratch, struct val metadata, const struct str_vec *urls,
	struct str created, struct str digest, bool json)
{
	struct arena_mark mark = arena_mark(scratch);
	struct val entry = val_map(scratch);
	val_map_each (field, metadata)
		val_map_set(entry, field->key, field->value);
	val_set(entry, "urls", url_list(scratch, urls));
	val_set(entry, "created", val_string(created));
	if (digest.len)
		val_set(entry, "digest", val_string(digest));
	struct err *e = json ? json_text(out, scratch, entry) : yaml_text(out, scratch, entry);
	arena_rewind(scratch, mark);
	return e;
}

size_t index_created_at(struct str text, bool json)
{
	/* Nothing else begins a line so: what is deeper is indented further. */
	struct str first = STR("  - created: \"\""), other = STR("\n    created: \"\"");
	if (json)
		other = STR("\n        \"created\": \"\"");
	else if (str_starts(text, first))
		return first.len - 1;
	ptrdiff_t at = str_find(text, other);
	return at < 0 ? text.len : (size_t)at + other.len - 1;
}

int index_chart_cmp(struct str a, struct str b, bool json)
{
	int c = json ? 0 : yml_key_cmp(a, b);
	return c ? c : str_cmp(a, b);
}

/* A number whose bytes, inverted later, are ordered as it is. */
static void add_number(struct buf *out, uint64_t n)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		buf_putc(out, (char)(n >> shift & 0xFF));
}

/* The parts of a prerelease, each told from the next and from the end: 1 and a number, 2 and text, 0. */
static void add_prerelease(struct buf *out, struct str pre)
{
	while (pre.s) {
		struct str part = str_cut(&pre, '.');
		uint64_t n;
		bool number = num_parse_uint(&n, part, 10) == NUM_OK;
		buf_putc(out, number ? 1 : 2);
		if (number) {
			add_number(out, n);
		} else {
			buf_add(out, part);
			buf_putc(out, 0);
		}
	}
	buf_putc(out, 0);
}

bool index_version_key(struct buf *out, struct str version)
{
	struct semver v;
	struct err *e = semver_parse(&v, version);
	size_t from = out->len;
	if (e) {
		err_free(e);
		return false;
	}
	add_number(out, v.major);
	add_number(out, v.minor);
	add_number(out, v.patch);
	if (v.pre.len)
		add_prerelease(out, v.pre);
	else
		buf_putc(out, (char)0xFF);
	/* No key is the beginning of another, so that inverting them turns the order around. */
	for (size_t i = from; i < out->len; i++)
		out->data[i] = (char)~out->data[i];
	buf_add(out, version);
	return true;
}

/* The chart's name as a key of the map, colon included. */
static struct err *add_key(struct buf *out, struct arena *scratch, struct str name)
{
	struct arena_mark mark = arena_mark(scratch);
	struct val map = val_map(scratch);
	val_map_set(map, name, VAL_NIL);
	struct buf b = BUF_INIT;
	struct err *e = yml_emit(&b, scratch, map);
	buf_add(out, str_trim_suffix(buf_str(&b), STR(" null\n")));
	buf_release(&b);
	arena_rewind(scratch, mark);
	return e;
}

static void put(struct index_out *o, const char *text)
{
	o->put(o->ctx, str_from(text), false);
}

static void put_time(struct index_out *o)
{
	struct buf b = BUF_INIT;
	if (o->json)
		json_add_str(&b, o->generated, 0);
	else
		buf_printf(&b, "\"%.*s\"", STR_ARG(o->generated));
	o->put(o->ctx, buf_str(&b), true);
	buf_release(&b);
}

void index_out_begin(struct index_out *o, bool any)
{
	o->charts = o->rows = 0;
	if (!o->json) {
		put(o, any ? "apiVersion: v1\nentries:\n" : "apiVersion: v1\nentries: {}\n");
		return;
	}
	put(o, "{\n  \"apiVersion\": \"v1\",\n  \"generated\": ");
	put_time(o);
	put(o, ",\n  \"entries\": {");
}

struct err *index_out_chart(struct index_out *o, struct arena *scratch, struct str name)
{
	struct buf b = BUF_INIT;
	struct err *e = NULL;
	if (o->json) {
		buf_puts(&b, o->charts ? "\n    ],\n    " : "\n    ");
		json_add_str(&b, name, 0);
		buf_puts(&b, ": [\n");
	} else {
		buf_puts(&b, "  ");
		e = add_key(&b, scratch, name);
		buf_putc(&b, '\n');
	}
	o->put(o->ctx, buf_str(&b), false);
	buf_release(&b);
	o->charts++;
	o->rows = 0;
	return e;
}

void index_out_row(struct index_out *o)
{
	if (o->json && o->rows)
		put(o, ",\n");
	o->rows++;
}

void index_out_end(struct index_out *o)
{
	if (o->json) {
		put(o, o->charts ? "\n    ]\n  }\n}" : "}\n}");
		return;
	}
	put(o, "generated: ");
	put_time(o);
	put(o, "\n");
}

/* A row with what it is sorted by, taken apart once. */
struct ranked {
	struct index_row row;
	struct semver version;
	size_t order;
	bool json;
};

static int by_rank(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;
	int c = str_eq(a->row.name, b->row.name) ? 0 : index_chart_cmp(a->row.name, b->row.name, a->json);
	c = c ? c : semver_cmp(&b->version, &a->version);
	return c ? c : a->order < b->order ? -1 : 1;
}

static void sort(struct index_rows *rows, bool json)
{
	struct arena scratch = ARENA_INIT;
	struct ranked *ranked = arena_array(&scratch, rows->len, sizeof(*ranked));
	for (size_t i = 0; i < rows->len; i++) {
		ranked[i] = (struct ranked){ .row = rows->items[i], .order = i, .json = json };
		err_free(semver_parse(&ranked[i].version, rows->items[i].version));
	}
	qsort(ranked, rows->len, sizeof(*ranked), by_rank);
	for (size_t i = 0; i < rows->len; i++)
		rows->items[i] = ranked[i].row;
	arena_release(&scratch);
}

static void put_in_buf(void *ctx, struct str piece, bool is_time)
{
	(void)is_time;
	buf_add(ctx, piece);
}

struct err *index_write(struct buf *out, struct index_rows *rows, struct str generated, bool json)
{
	struct index_out o = { .put = put_in_buf, .ctx = out, .json = json, .generated = generated };
	struct arena scratch = ARENA_INIT;
	struct err *e = NULL;
	sort(rows, json);
	index_out_begin(&o, rows->len > 0);
	for (size_t i = 0; i < rows->len && !e; i++) {
		const struct index_row *row = &rows->items[i];
		if (!i || !str_eq(row->name, row[-1].name))
			e = index_out_chart(&o, &scratch, row->name);
		index_out_row(&o);
		buf_add(out, row->text);
	}
	index_out_end(&o);
	arena_release(&scratch);
	return e;
}

void index_now(struct buf *out)
{
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	int64_t fixed;
	if (epoch && *epoch && num_parse_int(&fixed, str_from(epoch), 10) == NUM_OK && fixed >= 0)
		ts = (struct timespec){ .tv_sec = (time_t)fixed };
	struct tm tm;
	char text[64], fraction[16];
	gmtime_r(&ts.tv_sec, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	buf_puts(out, text);
	if (ts.tv_nsec) {
		/* As many digits as there are, without zeros at the end. */
		snprintf(fraction, sizeof(fraction), ".%09ld", ts.tv_nsec);
		buf_add(out, str_trim_end(str_from(fraction), "0"));
	}
	buf_putc(out, 'Z');
}
