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

/* A row with what it is sorted by, taken apart once. */
struct ranked {
	struct index_row row;
	struct semver version;
	size_t order;
};

static int by_version(const struct ranked *a, const struct ranked *b)
{
	int c = semver_cmp(&b->version, &a->version);
	return c ? c : a->order < b->order ? -1 : 1;
}

static int for_yaml(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;
	if (str_eq(a->row.name, b->row.name))
		return by_version(a, b);
	int c = yml_key_cmp(a->row.name, b->row.name);
	return c ? c : str_cmp(a->row.name, b->row.name);
}

static int for_json(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;
	int c = str_cmp(a->row.name, b->row.name);
	return c ? c : by_version(a, b);
}

static void sort(struct index_rows *rows, bool json)
{
	struct arena scratch = ARENA_INIT;
	struct ranked *ranked = arena_array(&scratch, rows->len, sizeof(*ranked));
	for (size_t i = 0; i < rows->len; i++) {
		ranked[i].row = rows->items[i];
		ranked[i].order = i;
		err_free(semver_parse(&ranked[i].version, rows->items[i].version));
	}
	qsort(ranked, rows->len, sizeof(*ranked), json ? for_json : for_yaml);
	for (size_t i = 0; i < rows->len; i++)
		rows->items[i] = ranked[i].row;
	arena_release(&scratch);
}

/* The chart's name as a key of the map, colon included. */
static struct err *add_key(struct buf *out, struct arena *scratch, struct str name)
{
	struct val map = val_map(scratch);
	val_map_set(map, name, VAL_NIL);
	struct buf b = BUF_INIT;
	struct err *e = yml_emit(&b, scratch, map);
	buf_add(out, str_trim_suffix(buf_str(&b), STR(" null\n")));
	buf_release(&b);
	return e;
}

static struct err *write_yaml(struct buf *out, const struct index_rows *rows, struct str generated)
{
	struct arena scratch = ARENA_INIT;
	struct err *e = NULL;
	buf_puts(out, rows->len ? "apiVersion: v1\nentries:\n" : "apiVersion: v1\nentries: {}\n");
	for (size_t i = 0; i < rows->len && !e; i++) {
		const struct index_row *row = &rows->items[i];
		if (!i || !str_eq(row->name, row[-1].name)) {
			buf_puts(out, "  ");
			e = add_key(out, &scratch, row->name);
			buf_putc(out, '\n');
		}
		buf_add(out, row->text);
	}
	buf_printf(out, "generated: \"%.*s\"\n", STR_ARG(generated));
	arena_release(&scratch);
	return e;
}

static void write_json(struct buf *out, const struct index_rows *rows, struct str generated)
{
	buf_puts(out, "{\n  \"apiVersion\": \"v1\",\n  \"generated\": ");
	json_add_str(out, generated, 0);
	buf_puts(out, ",\n  \"entries\": {");
	for (size_t i = 0; i < rows->len; i++) {
		const struct index_row *row = &rows->items[i];
		bool first = !i || !str_eq(row->name, row[-1].name);
		if (first) {
			buf_puts(out, i ? "\n    ],\n    " : "\n    ");
			json_add_str(out, row->name, 0);
			buf_puts(out, ": [\n");
		} else {
			buf_puts(out, ",\n");
		}
		buf_add(out, row->text);
	}
	buf_puts(out, rows->len ? "\n    ]\n  }\n}" : "}\n}");
}

struct err *index_write(struct buf *out, struct index_rows *rows, struct str generated, bool json)
{
	sort(rows, json);
	if (!json)
		return write_yaml(out, rows, generated);
	write_json(out, rows, generated);
	return NULL;
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
