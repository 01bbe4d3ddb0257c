/* SPDX-License-Identifier: Apache-2.0 */
/* chart-vendor diff: local edits against the pristine base, or what upstream changed. */
#include "vendor.h"

#include "merge/diff.h"

#include <string.h>

void diff_file(struct buf *out, struct arena *a, struct str prefix, const struct merge_file *old,
	const struct merge_file *new, bool color)
{
	struct str name = (new ? new : old)->name;
	struct str path = arena_printf(a, "%.*s%s%.*s", STR_ARG(prefix), prefix.len ? "/" : "", STR_ARG(name));
	struct str from = old ? arena_printf(a, "a/%.*s", STR_ARG(path)) : STR("/dev/null");
	struct str to = new ? arena_printf(a, "b/%.*s", STR_ARG(path)) : STR("/dev/null");
	/* A name with blanks ends in a tab, or patch(1) takes the rest for a time. */
	if (str_find_char(path, ' ') >= 0) {
		from = old ? arena_join(a, from, STR("\t")) : from;
		to = new ? arena_join(a, to, STR("\t")) : to;
	}
	struct merge_unified u = { .old_name = from.s, .new_name = to.s, .context = 3, .color = color };

	if (vendor_opts.context > 0)
		u.context = (size_t)vendor_opts.context;
	buf_printf(out, "%sdiff --git a/%.*s b/%.*s%s\n", color ? "\033[1m" : "", STR_ARG(path), STR_ARG(path),
		color ? "\033[m" : "");
	if (!old)
		buf_printf(out, "new file mode 100%o\n", new->mode & 0100 ? 0755 : 0644);
	else if (!new)
		buf_printf(out, "deleted file mode 100%o\n", old->mode & 0100 ? 0755 : 0644);
	else if ((old->mode ^ new->mode) & 0100)
		buf_printf(out, "old mode 100%o\nnew mode 100%o\n", old->mode & 0100 ? 0755 : 0644,
			new->mode & 0100 ? 0755 : 0644);
	struct str x = old ? old->data : (struct str){ 0 };
	struct str y = new ? new->data : (struct str){ 0 };
	if (merge_is_binary(x) || merge_is_binary(y))
		buf_printf(out, "Binary files %.*s and %.*s differ\n", STR_ARG(from), STR_ARG(to));
	else
		merge_diff_unified(out, x, y, &u);
}

static bool differ(const struct merge_file *x, const struct merge_file *y)
{
	return !str_eq(x->data, y->data) || ((x->mode ^ y->mode) & 0100);
}

static size_t diff_trees(struct buf *out, struct arena *a, struct str prefix, const struct merge_tree *old,
	const struct merge_tree *new, bool color)
{
	size_t i = 0;
	size_t j = 0;
	size_t n = 0;

	while (i < old->len || j < new->len) {
		int order = i == old->len ? 1 : j == new->len ? -1 : str_cmp(old->items[i].name, new->items[j].name);
		const struct merge_file *x = order <= 0 ? &old->items[i] : NULL;
		const struct merge_file *y = order >= 0 ? &new->items[j] : NULL;
		i += order <= 0;
		j += order >= 0;
		if (x && y && !differ(x, y))
			continue;
		n++;
		if (vendor_opts.stat)
			buf_printf(out, "%c %.*s%s%.*s\n",
				!x   ? 'A'
				: !y ? 'D'
				     : 'M',
				STR_ARG(prefix), prefix.len ? "/" : "", STR_ARG((y ? y : x)->name));
		else
			diff_file(out, a, prefix, x, y, color);
	}
	return n;
}

/* What upstream changed between the locked version and another. */
static struct err *upstream_tree(struct merge_tree *out, struct repo *r, const struct entry *e)
{
	struct candidates list;
	struct pristine p;
	struct str range = vendor_opts.version ? str_from(vendor_opts.version) : e->version;

	TRY(source_list(&list, r, &e->source));
	const struct candidate *c = source_newest(&list, r->arena, range);
	struct err *err = c ? source_fetch(&p, r, &e->source, &list, c)
			    : err_new(ERR_NOT_FOUND, "%.*s has no version %.*s",
				      STR_ARG(source_text(r->arena, &e->source)), STR_ARG(range));
	source_close(&list, &e->source);
	if (err)
		return err;
	tree_exclude(&p.tree, r->arena, &e->exclude);
	*out = p.tree;
	return NULL;
}

struct err *verb_diff(struct cli *c)
{
	struct repo r;
	struct entry **charts;
	size_t n;
	size_t differences = 0;
	struct buf b = BUF_INIT;

	TRY(repo_open(&r, c, false));
	TRY(repo_select(&charts, &n, &r, c->nargs, c->args));
	for (size_t i = 0; i < n; i++) {
		struct locked l;
		struct merge_tree base;
		struct merge_tree other;
		TRY(repo_locked(&l, &r, charts[i]));
		if (!l.version.len)
			return err_new(ERR_INPUT, "%.*s is not in %s", STR_ARG(charts[i]->path), LOCK);
		TRY(tree_base(&base, r.arena, &l));
		if (vendor_opts.upstream)
			TRY(upstream_tree(&other, &r, charts[i]));
		else
			TRY(tree_read(&other, r.arena, arena_text(r.arena, charts[i]->path)));
		differences += diff_trees(&b, r.arena, charts[i]->path, &base, &other, c->color_out);
	}
	if (differences && vendor_opts.exit_code)
		c->status = 1;
	struct err *e = cli_print(buf_str(&b));
	buf_release(&b);
	return e;
}
