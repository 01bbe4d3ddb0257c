/* SPDX-License-Identifier: Apache-2.0 */
/* Chart trees: folders, archives, digests. */
#include "vendor.h"

#include "chart/chart.h"
#include "chart/glob.h"
#include "crypto/digest.h"
#include "io/file.h"
#include "merge/diff.h"
#include "tarball/tarball.h"

#include <stdlib.h>
#include <string.h>

#define FILES_MAX 20000

struct reading {
	struct merge_tree *tree;
	struct arena *arena;
	size_t skip;
};

static struct err *read_entry(void *ctx, const struct io_entry *e, bool *skip)
{
	struct reading *r = ctx;
	struct merge_file f = { .mode = e->mode & 0100 ? 0755 : 0644 };

	(void)skip;
	if (e->type == IO_DIR)
		return NULL;
	if (e->type != IO_FILE)
		return err_new(ERR_INPUT, "\"%s\" is a link or device; a vendored chart has only files", e->path);
	if (r->tree->len >= FILES_MAX)
		return err_new(ERR_LIMIT, "more than %d files at \"%s\"", FILES_MAX, e->path);
	f.name = arena_str(r->arena, str_from(e->path + r->skip));
	TRY(io_read(&f.data, r->arena, e->path, IO_FILE_MAX));
	vec_push_in(r->arena, r->tree, f);
	return NULL;
}

struct err *tree_read(struct merge_tree *out, struct arena *a, const char *dir)
{
	struct reading r = { out, a, strlen(dir) + 1 };

	*out = (struct merge_tree){ 0 };
	if (!io_exists(dir))
		return NULL;
	TRY(io_walk(a, dir, read_entry, &r));
	merge_tree_sort(out);
	return NULL;
}

struct err *tree_unpack(struct merge_tree *out, struct arena *a, struct str bytes, const char *name)
{
	struct tarball t;
	struct err *e = tarball_read(&t, a, bytes, NULL);

	*out = (struct merge_tree){ 0 };
	if (e)
		return err_wrap(e, "archive %s", name);
	for (size_t i = 0; i < t.len; i++) {
		const struct tarball_entry *x = &t.items[i];
		const char *why = tarball_unsafe_name(x->name);
		if (x->type == 'd')
			continue;
		if (why)
			return err_new(ERR_INPUT, "archive %s: \"%.*s\": %s", name, STR_ARG(x->name), why);
		if (x->type != 'f')
			return err_new(ERR_INPUT, "archive %s: \"%.*s\" is a link or device", name, STR_ARG(x->name));
		struct str rest = str_trim_prefix(x->name, STR("./"));
		str_cut(&rest, '/');
		if (!rest.s)
			return err_new(
				ERR_INPUT, "archive %s: \"%.*s\" is not in the chart's folder", name, STR_ARG(x->name));
		struct merge_file f = {
			.name = io_clean(a, rest), .data = x->data, .mode = x->mode & 0100 ? 0755 : 0644
		};
		vec_push_in(a, out, f);
	}
	if (!out->len)
		return err_new(ERR_INPUT, "archive %s is empty", name);
	merge_tree_sort(out);
	return NULL;
}

void tree_exclude(struct merge_tree *t, struct arena *a, const struct str_vec *patterns)
{
	for (size_t p = 0; p < patterns->len; p++) {
		struct str pattern = patterns->items[p];
		const struct chart_glob *g = chart_glob_compile(a, pattern);
		size_t n = 0;
		for (size_t i = 0; i < t->len; i++) {
			struct str name = t->items[i].name;
			bool out = str_eq(name, pattern) || (g && chart_glob_match(g, name)) ||
				   (str_ends(pattern, STR("/")) && str_starts(name, pattern));
			if (!out)
				t->items[n++] = t->items[i];
		}
		t->len = n;
	}
}

struct str file_digest(struct arena *a, const struct merge_file *f)
{
	return digest_hex(a, DIGEST_SHA256, f->data);
}

struct str tree_digest(struct arena *a, const struct merge_tree *t)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < t->len; i++) {
		const struct merge_file *f = &t->items[i];
		buf_printf(&b, "%s ", f->mode & 0100 ? "x" : "-");
		buf_add(&b, file_digest(a, f));
		buf_putc(&b, ' ');
		buf_add(&b, f->name);
		buf_putc(&b, '\n');
	}
	struct str digest = digest_hex(a, DIGEST_SHA256, buf_str(&b));
	buf_release(&b);
	return digest;
}

struct err *tree_pack(struct str *out, struct arena *a, const struct merge_tree *t)
{
	struct tarball tar = { arena_array(a, t->len + 1, sizeof(*tar.items)), t->len, t->len };
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < t->len; i++) {
		const struct merge_file *f = &t->items[i];
		tar.items[i] = (struct tarball_entry){ .name = arena_join(a, STR("chart/"), f->name),
			.type = 'f',
			.data = f->data,
			.mode = f->mode & 0100 ? 0755 : 0644 };
	}
	struct err *e = tarball_write(&b, &tar);
	*out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return e;
}

struct err *tree_base(struct merge_tree *out, struct arena *a, const struct locked *l)
{
	struct str path = arena_printf(a, "%s/%.*s.tar.gz", BASES, STR_ARG(l->tree));
	struct str bytes;

	if (!io_exists(path.s))
		return err_new(ERR_NOT_FOUND, "the pristine tree %s is missing; take it from your git history", path.s);
	TRY(io_read(&bytes, a, path.s, IO_FILE_MAX));
	TRY(tree_unpack(out, a, bytes, path.s));
	if (!str_eq(tree_digest(a, out), l->tree))
		return err_new(ERR_DIGEST, "%s is not the tree that was locked", path.s);
	return NULL;
}

struct err *tree_chart(struct str *name, struct str *version, struct arena *a, const struct merge_tree *t)
{
	const struct merge_file *f = merge_tree_find(t, STR("Chart.yaml"));
	struct chart *c;

	if (!f)
		return err_new(ERR_INPUT, "there is no Chart.yaml in it");
	TRY(chart_metadata_load(&c, a, f->data));
	*name = c->name;
	*version = c->version;
	return NULL;
}

static void count_lines(struct edits *e, struct str old, struct str new)
{
	struct arena a = ARENA_INIT;
	struct merge_hunks h;

	if (!merge_is_binary(old) && !merge_is_binary(new)) {
		merge_diff_text(&h, &a, old, new);
		for (size_t i = 0; i < h.len; i++) {
			e->added += h.items[i].new_len;
			e->removed += h.items[i].old_len;
		}
	}
	arena_release(&a);
}

void tree_edits(struct edits *out, const struct merge_tree *base, const struct merge_tree *copy)
{
	*out = (struct edits){ 0 };
	for (size_t i = 0; i < base->len; i++) {
		const struct merge_file *b = &base->items[i];
		const struct merge_file *c = merge_tree_find(copy, b->name);
		if (c && str_eq(c->data, b->data))
			continue;
		out->files++;
		out->gone_files += !c;
		count_lines(out, b->data, c ? c->data : (struct str){ 0 });
	}
	for (size_t i = 0; i < copy->len; i++) {
		const struct merge_file *c = &copy->items[i];
		if (merge_tree_find(base, c->name))
			continue;
		out->files++;
		out->new_files++;
		count_lines(out, (struct str){ 0 }, c->data);
	}
}
