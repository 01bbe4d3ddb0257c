/* SPDX-License-Identifier: Apache-2.0 */
/* What was published before, and what other index is to be merged. */
#include "tools/chart-package/index.h"

#include "io/file.h"
#include "io/map.h"
#include "yaml/yaml.h"

struct err *index_row_of(struct index_row *out, struct arena *a, const struct index_entry *e, bool json)
{
	struct arena scratch = ARENA_INIT;
	struct buf yaml = BUF_INIT, text = BUF_INIT;
	struct chart *chart;
	struct err *err = yml_emit(&yaml, &scratch, e->fields);
	if (!err)
		err = chart_metadata_load(&chart, &scratch, arena_str(&scratch, buf_str(&yaml)));
	if (!err)
		err = index_entry_text(
			&text, &scratch, chart_metadata(&scratch, chart), &e->urls, e->created, e->digest, json);
	if (!err)
		*out = (struct index_row){ e->name, e->version, arena_str(a, buf_str(&text)) };
	buf_release(&yaml);
	buf_release(&text);
	arena_release(&scratch);
	return err;
}

static struct row row_of(const struct index_entry *e)
{
	return (struct row){ .f = { [ROW_NAME] = e->name,
				     [ROW_VERSION] = e->version,
				     [ROW_DIGEST] = e->digest,
				     [ROW_CREATED] = e->created } };
}

static struct err *take_published(void *ctx, const struct index_chart *c)
{
	for (size_t i = 0; i < c->len; i++) {
		struct row row = row_of(&c->items[i]);
		row_add(ctx, &row);
	}
	return NULL;
}

static struct err *take_merged(void *ctx, const struct index_chart *c)
{
	struct arena a = ARENA_INIT;
	struct err *e = NULL;
	for (size_t i = 0; i < c->len && !e; i++) {
		struct index_entry entry = c->items[i];
		struct row row = row_of(&entry);
		struct index_row text;
		entry.created = (struct str){ NULL, 0 };
		e = index_row_of(&text, &a, &entry, opts.json);
		if (e)
			break;
		size_t at = index_created_at(text.text, opts.json);
		row.f[ROW_HEAD] = str_slice(text.text, 0, at);
		row.f[ROW_TAIL] = str_skip(text.text, at);
		row_add(ctx, &row);
		arena_clear(&a);
	}
	arena_release(&a);
	return e;
}

static void forget(void *ctx)
{
	io_sort_release(ctx);
}

static struct err *read_index(struct io_sort *to, struct indexing *ix, const char *file, bool merge)
{
	struct io_map map;
	struct str generated = { NULL, 0 };
	struct index_visit v = { .chart = merge ? take_merged : take_published,
		.forget = forget,
		.ctx = to,
		.passed = io_map_passed,
		.passed_ctx = &map };
	TRY(io_map_file(&map, file, MAX_INDEX));
	struct err *e = NULL;
	/* An empty file is an index that somebody is about to make. */
	if (merge || str_trim(map.text).len)
		e = index_each(&generated, ix->a, map.text, file, merge ? INDEX_FULL : 0, &v);
	if (!merge)
		ix->generated = generated;
	io_map_close(&map);
	return e;
}

struct err *index_learn(struct indexing *ix)
{
	struct str state;
	ix->present = io_exists(ix->file);
	if (ix->present) {
		TRY(memory_state(&state, ix->a, ix->file));
		ix->is_known =
			!opts.no_cache && memory_open_published(&ix->known, &ix->generated, ix->a, &ix->memory, state);
		if (!ix->is_known)
			TRY(read_index(&ix->published, ix, ix->file, false));
	}
	if (opts.merge && !io_exists(opts.merge))
		cli_say(ix->c, "%s is not there yet: nothing to merge", opts.merge);
	else if (opts.merge)
		TRY(read_index(&ix->merged, ix, opts.merge, true));
	TRY(io_sort_start(&ix->published));
	return io_sort_start(&ix->merged);
}
