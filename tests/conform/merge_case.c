/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge_case BASE OURS THEIRS OUT [ours|theirs]: merges three folders into a fourth. Conflicts go to standard output as
 * "FILE\tKEY.PATH\tKIND\tLINE", notes to standard error. The last argument settles conflicts.
 */
#include "io/file.h"
#include "merge/merge.h"
#include "template/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena arena;

struct reading {
	struct merge_tree *tree;
	size_t skip;
};

static struct err *read_entry(void *ctx, const struct io_entry *e, bool *skip)
{
	struct reading *r = ctx;
	struct merge_file f = { .mode = e->mode };

	(void)skip;
	if (e->type != IO_FILE)
		return NULL;
	f.name = arena_str(&arena, str_from(e->path + r->skip));
	TRY(io_read(&f.data, &arena, e->path, IO_FILE_MAX));
	vec_push_in(&arena, r->tree, f);
	return NULL;
}

static struct err *read_tree(struct merge_tree *t, const char *dir)
{
	struct reading r = { t, strlen(dir) + 1 };

	return io_walk(&arena, dir, read_entry, &r);
}

static struct err *write_tree(const struct merge_tree *t, const char *dir)
{
	for (size_t i = 0; i < t->len; i++) {
		const char *path = io_path(&arena, dir, arena_text(&arena, t->items[i].name));
		TRY(io_make_dirs(arena_text(&arena, str_dir_name(str_from(path)))));
		TRY(io_write_atomic(path, t->items[i].data, t->items[i].mode & 0777));
	}
	return NULL;
}

static struct err *run(char **argv)
{
	struct merge_tree trees[3] = { 0 };
	struct merge_result r;
	struct merge_opts o = { .theirs_name = "upstream new" };

	if (argv[5])
		o.favor = strcmp(argv[5], "ours") == 0 ? MERGE_FAVOR_OURS : MERGE_FAVOR_THEIRS;
	for (int i = 0; i < 3; i++)
		TRY(read_tree(&trees[i], argv[i + 1]));
	TRY(merge_trees(&r, &arena, &trees[0], &trees[1], &trees[2], &o));
	for (size_t i = 0; i < r.conflicts.len; i++) {
		const struct merge_conflict *c = &r.conflicts.items[i];
		printf("%.*s\t%.*s\t%s\t%d\n", STR_ARG(c->file), STR_ARG(c->path), merge_kind_text(c->kind), c->line);
	}
	for (size_t i = 0; i < r.notes.len; i++) {
		const struct merge_note *n = &r.notes.items[i];
		fprintf(stderr, "%.*s\t%.*s\t%s\t%.*s\n", STR_ARG(n->file), STR_ARG(n->path), merge_rule_name(n->rule),
			STR_ARG(n->text));
	}
	return write_tree(&r.tree, argv[4]);
}

int main(int argc, char **argv)
{
	if (argc < 5) {
		fputs("usage: merge_case BASE OURS THEIRS OUT [ours|theirs]\n", stderr);
		return 2;
	}
	struct err *e = run(argv);
	if (!e) {
		arena_release(&arena);
		return 0;
	}
	struct buf b = BUF_INIT;
	err_format(&b, e);
	fprintf(stderr, "merge_case: %s\n", buf_text(&b));
	return 2;
}
