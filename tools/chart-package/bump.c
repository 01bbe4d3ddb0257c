/* SPDX-License-Identifier: Apache-2.0 */
/* The verb bump: the next version, written into Chart.yaml. */
#include "tools/chart-package/bump.h"

#include "git/git.h"
#include "io/file.h"
#include "yaml/doc.h"

#include <string.h>

struct bumped {
	const char *path; /* the chart's folder */
	struct str name, old, new, since;
	enum bump_level level;
	struct bump_reasons reasons;
};

struct err *bump_version(struct str *out, struct arena *a, struct str from, enum bump_level level)
{
	struct semver v;
	TRY(semver_parse(&v, from));
	bool pre = v.pre.len > 0;
	uint64_t *part = level == BUMP_MAJOR ? &v.major : level == BUMP_MINOR ? &v.minor : &v.patch;
	/* 2.0.0-rc.1 leads to 2.0.0, be it called major, minor or patch. */
	bool arrives = pre && (level < BUMP_MINOR || v.patch == 0) && (level < BUMP_MAJOR || v.minor == 0);
	if (!arrives) {
		if (*part == UINT64_MAX)
			return err_new(ERR_LIMIT, "version %.*s cannot be raised", STR_ARG(from));
		++*part;
		if (level >= BUMP_MINOR)
			v.patch = 0;
		if (level >= BUMP_MAJOR)
			v.minor = 0;
	}
	*out = arena_printf(a, "%s%llu.%llu.%llu", str_starts(from, STR("v")) ? "v" : "", (unsigned long long)v.major,
		(unsigned long long)v.minor, (unsigned long long)v.patch);
	return NULL;
}

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

static struct err *load_tag(
	struct chart **out, struct arena *a, struct vcs *v, const char *dir, const struct chart *chart)
{
	struct vcs_tags tags = { 0 };
	struct vcs_files tree = { 0 };
	struct chart_files files = { 0 };
	struct semver best = { 0 }, one;
	const char *rev = NULL;
	TRY(vcs_tags(&tags, a, v));
	vec_each (struct vcs_tag, t, &tags)
		if (tag_version(&one, t->name, chart->name, !*dir) && (!rev || semver_cmp(&one, &best) > 0)) {
			best = one;
			rev = arena_text(a, t->commit);
		}
	if (!rev)
		return err_new(ERR_NOT_FOUND, "no tag such as %.*s-%.*s: name the last release with --since",
			STR_ARG(chart->name), STR_ARG(chart->version));
	TRY(vcs_tree_at(&tree, a, v, rev, dir, 0));
	vec_each (struct vcs_file, f, &tree)
		if (f->mode != 0120000)
			vec_push_in(a, &files, (struct chart_file){ .name = f->name, .data = f->data });
	TRY(chart_arrange(&files, a));
	return chart_from_files(out, a, &files, NULL);
}

struct err *bump_released(
	struct chart **out, struct arena *a, const struct chart *chart, const char *path, const char *since)
{
	if (since) {
		bool folder = io_is_dir(since) && !io_exists(io_path(a, since, "Chart.yaml"));
		if (folder)
			TRY(newest_archive(&since, a, chart, since));
		return chart_load(out, a, since, NULL);
	}
	struct vcs *v;
	struct err *e = vcs_open(&v, path);
	if (e)
		return err_wrap(e, "--auto takes the last release from --since or from a tag");
	e = vcs_top(v) ? load_tag(out, a, v, below_top(a, v, path), chart)
		       : err_new(ERR_NOT_FOUND, "a repository without work tree");
	vcs_close(v);
	return e;
}

/* The level that the difference asks for, and the version that it leads to: never below what is there. */
static struct err *decide(struct bumped *b, struct arena *a, struct cli *c, struct chart *chart)
{
	struct chart *released;
	struct semver now, next;
	TRY(bump_released(&released, a, chart, b->path, opts.since));
	b->since = released->version;
	TRY(bump_reasons_find(&b->reasons, a, c, released, chart));
	b->level = b->reasons.len ? b->reasons.items[0].level : BUMP_NONE;
	if (b->level == BUMP_NONE)
		return NULL;
	TRY(bump_version(&b->new, a, b->since, b->level));
	TRY(semver_parse(&now, b->old));
	TRY(semver_parse(&next, b->new));
	/* Raised enough since: doing it twice is doing it once. */
	if (semver_cmp(&now, &next) >= 0)
		b->new = b->old;
	return NULL;
}

static struct err *write_version(struct arena *a, const char *dir, struct str version)
{
	const char *file = io_path(a, dir, "Chart.yaml");
	struct str text;
	struct buf out = BUF_INIT;
	TRY(io_read(&text, a, file, IO_FILE_MAX));
	struct err *e = yml_set(&out, text, file, STR("version"), val_string(version));
	if (!e)
		e = io_write_atomic(file, buf_str(&out), 0644);
	buf_release(&out);
	return e;
}

static struct err *bump(struct bumped *b, struct arena *a, struct cli *c, enum bump_level level)
{
	struct chart *chart;
	if (!io_is_dir(b->path))
		return err_new(ERR_USAGE, "%s is not a chart folder", b->path);
	TRY(chart_load(&chart, a, b->path, NULL));
	TRY(chart_validate(chart));
	b->name = chart->name;
	b->old = b->new = chart->version;
	b->level = level;
	TRY(opts.bump_auto ? decide(b, a, c, chart) : bump_version(&b->new, a, b->old, level));
	return opts.dry_run || str_eq(b->old, b->new) ? NULL : write_version(a, b->path, b->new);
}

static struct val as_value(struct arena *a, const struct bumped *b)
{
	struct val v = val_map(a), reasons = val_list(a, b->reasons.len);
	vec_each (struct bump_reason, r, &b->reasons) {
		struct val one = val_map(a);
		val_set(one, "level", val_text(bump_level_name(r->level)));
		val_set(one, "what", val_string(r->what));
		val_list_add(reasons, one);
	}
	val_set(v, "path", val_text(b->path));
	val_set(v, "name", val_string(b->name));
	val_set(v, "old", val_string(b->old));
	val_set(v, "new", val_string(b->new));
	if (b->since.len)
		val_set(v, "since", val_string(b->since));
	val_set(v, "level", val_text(bump_level_name(b->level)));
	val_set(v, "reasons", reasons);
	return v;
}

static struct err *print_bumped(const struct bumped *b)
{
	struct buf out = BUF_INIT;
	if (str_eq(b->old, b->new))
		buf_printf(&out, "%.*s stays %.*s: %s\n", STR_ARG(b->name), STR_ARG(b->old),
			b->level == BUMP_NONE ? "nothing changed" : "it is raised enough already");
	else
		buf_printf(&out, "%.*s %.*s -> %.*s\n", STR_ARG(b->name), STR_ARG(b->old), STR_ARG(b->new));
	vec_each (struct bump_reason, r, &b->reasons)
		buf_printf(&out, "  %s: %.*s\n", bump_level_name(r->level), STR_ARG(r->what));
	struct err *e = cli_print(buf_str(&out));
	buf_release(&out);
	return e;
}

struct err *run_bump(struct cli *c)
{
	int ways = opts.major + opts.minor + opts.patch + opts.bump_auto;
	enum bump_level level = opts.major ? BUMP_MAJOR : opts.minor ? BUMP_MINOR : BUMP_PATCH;
	if (!c->nargs)
		return err_new(ERR_USAGE, "bump takes chart folders");
	if (ways != 1)
		return err_new(ERR_USAGE, "bump takes one of --major, --minor, --patch and --auto");
	struct val results = val_list(c->arena, (size_t)c->nargs);
	for (int i = 0; i < c->nargs; i++) {
		struct bumped b = { .path = c->args[i] };
		struct err *e = bump(&b, c->arena, c, level);
		if (e)
			return err_wrap(e, "%s", c->args[i]);
		val_list_add(results, as_value(c->arena, &b));
		if (!wants_json())
			TRY(print_bumped(&b));
	}
	return wants_json() ? print_json(c, results) : NULL;
}
