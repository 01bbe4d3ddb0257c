/* SPDX-License-Identifier: Apache-2.0 */
/* What a chart is compared with: its last release, wherever that is kept. */
#include "tools/chart-package/bump.h"

#include "git/git.h"
#include "io/file.h"
#include "net/url.h"

/* The highest version of the chart among the archives right in a folder. */
static struct err *newest_archive(const char **out, struct arena *a, const struct chart *chart, const char *dir)
{
	struct io_listing files = { 0 };
	struct semver best = { 0 }, v;
	struct str prefix = arena_join(a, chart->name, STR("-"));
	*out = NULL;
	TRY(io_list(&files, a, dir));
	vec_each (struct io_entry, f, &files) {
		struct str name = str_from(f->name);
		if (!str_starts(name, prefix) || !str_ends(name, STR(".tgz")))
			continue;
		struct str version = str_trim_suffix(str_skip(name, prefix.len), STR(".tgz"));
		struct err *e = semver_parse(&v, version);
		if (!e && (!*out || semver_cmp(&v, &best) > 0)) {
			best = v;
			*out = f->path;
		}
		err_free(e);
	}
	return *out ? NULL : err_new(ERR_NOT_FOUND, "%s: no archive of %.*s", dir, STR_ARG(chart->name));
}

/* The version that a tag stands for: "NAME-1.2.3", "NAME/1.2.3", "NAME-v1.2.3"; for a chart at the top also "v1.2.3". */
static bool tag_version(struct semver *out, struct str tag, struct str name, bool top)
{
	if (str_starts(tag, name) && tag.len > name.len && (tag.s[name.len] == '-' || tag.s[name.len] == '/'))
		tag = str_skip(tag, name.len + 1);
	else if (!top)
		return false;
	struct err *e = semver_parse_strict(out, str_trim_prefix(tag, STR("v")));
	bool good = !e;
	err_free(e);
	return good;
}

/* The folder below the top of its repository; empty for the top itself. */
static const char *below_top(struct arena *a, const struct vcs *v, const char *path)
{
	struct str full = str_from(chart_absolute(a, path)), top = str_trim_end(str_from(vcs_top(v)), "/");
	return arena_text(a, str_trim_end(str_trim_prefix(str_trim_prefix(full, top), STR("/")), "/"));
}

/* The chart as it was in a commit. */
static struct err *load_commit(struct chart **out, struct arena *a, struct vcs *v, const char *rev, const char *dir)
{
	struct vcs_files tree = { 0 };
	struct chart_files files = { 0 };
	TRY(vcs_tree_at(&tree, a, v, rev, dir, 0));
	vec_each (struct vcs_file, f, &tree)
		if (f->mode != 0120000)
			vec_push_in(a, &files, (struct chart_file){ .name = f->name, .data = f->data });
	TRY(chart_arrange(&files, a));
	return chart_from_files(out, a, &files, NULL);
}

static struct err *load_tag(
	struct chart **out, struct arena *a, struct vcs *v, const char *dir, const struct chart *chart)
{
	struct vcs_tags tags = { 0 };
	struct semver best = { 0 }, one;
	const char *rev = NULL;
	TRY(vcs_tags(&tags, a, v));
	vec_each (struct vcs_tag, t, &tags)
		if (tag_version(&one, t->name, chart->name, !*dir) && (!rev || semver_cmp(&one, &best) > 0)) {
			best = one;
			rev = arena_text(a, t->commit);
		}
	if (!rev)
		return err_new(ERR_NOT_FOUND, "no tag such as %.*s-%.*s: name the last release with --since or --repo",
			STR_ARG(chart->name), STR_ARG(chart->version));
	return load_commit(out, a, v, rev, dir);
}

static struct err *load_merge_base(
	struct chart **out, struct arena *a, struct vcs *v, const char *dir, const char *with)
{
	struct str id;
	TRY(vcs_merge_base(&id, a, v, with, "HEAD"));
	struct err *e = load_commit(out, a, v, arena_text(a, id), dir);
	return e ? err_wrap(e, "the merge base with %s, %.*s", with, STR_ARG(str_slice(id, 0, 12))) : NULL;
}

static struct err *from_git(struct chart **out, struct arena *a, const struct chart *chart, const char *path)
{
	struct vcs *v;
	struct err *e = vcs_open(&v, path);
	if (e)
		return err_wrap(e, "--auto takes the last release from --since, --repo, --base or a tag");
	if (!vcs_top(v))
		e = err_new(ERR_NOT_FOUND, "a repository without work tree");
	else if (opts.base)
		e = load_merge_base(out, a, v, below_top(a, v, path), opts.base);
	else
		e = load_tag(out, a, v, below_top(a, v, path), chart);
	vcs_close(v);
	return e;
}

/* The newest version that a repository or registry has. */
static struct err *from_repository(struct chart **out, struct arena *a, struct cli *c, const struct chart *chart)
{
	struct index_pulled p;
	const char *ref = arena_text(a, chart->name), *repo = opts.repo;
	if (oci_is_ref(str_from(repo))) {
		ref = arena_text(a, net_url_join(a, str_from(repo), chart->name));
		opts.repo = NULL;
	}
	struct err *e = fetch_archive(&p, a, c, ref);
	opts.repo = repo;
	if (e)
		return e;
	e = chart_load_archive(out, a, p.bytes, NULL);
	return e ? err_wrap(e, "%.*s", STR_ARG(p.url)) : NULL;
}

struct err *bump_released(
	struct chart **out, struct arena *a, struct cli *c, const struct chart *chart, const char *path)
{
	const char *since = opts.since;
	if (opts.repo)
		return from_repository(out, a, c, chart);
	if (!since)
		return from_git(out, a, chart, path);
	if (!io_exists(since))
		return err_new(ERR_NOT_FOUND, "--since %s: no such file or directory", since);
	bool folder = io_is_dir(since) && !io_exists(io_path(a, since, "Chart.yaml"));
	if (folder)
		TRY(newest_archive(&since, a, chart, since));
	return chart_load(out, a, since, NULL);
}
