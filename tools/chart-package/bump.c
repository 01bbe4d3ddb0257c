/* SPDX-License-Identifier: Apache-2.0 */
/* The verb bump: the next version, written into Chart.yaml. */
#include "tools/chart-package/bump.h"

#include "io/file.h"
#include "value/path.h"
#include "yaml/doc.h"

#include <string.h>

struct bumped {
	const char *path; /* the chart's folder */
	struct str name, old, new, since;
	enum bump_level level;
	struct bump_reasons reasons;
	struct str changes; /* the new content of the annotation; empty: it stays */
};

/* The version after `from`. A prerelease of the very version that would come becomes that version. */
static struct err *next_version(struct str *out, struct arena *a, struct str from, enum bump_level level)
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

/* The level that the difference asks for, and the version that it leads to: never below what is there. */
static struct err *decide(struct bumped *b, struct arena *a, struct cli *c, struct chart *chart)
{
	struct chart *released;
	struct semver now, next;
	TRY(bump_released(&released, a, c, chart, b->path));
	b->since = released->version;
	TRY(bump_reasons_find(&b->reasons, a, c, released, chart));
	b->level = b->reasons.len ? b->reasons.items[0].level : BUMP_NONE;
	if (b->level == BUMP_NONE)
		return NULL;
	TRY(next_version(&b->new, a, b->since, b->level));
	TRY(semver_parse(&now, b->old));
	TRY(semver_parse(&next, b->new));
	/* Raised enough since: doing it twice is doing it once. */
	if (semver_cmp(&now, &next) >= 0)
		b->new = b->old;
	return NULL;
}

static struct err *set(struct str *text, struct arena *a, const char *file, struct str path, struct str value)
{
	struct buf out = BUF_INIT;
	struct err *e = yml_set(&out, *text, file, path, val_string(value));
	if (!e)
		*text = arena_str(a, buf_str(&out));
	buf_release(&out);
	return e;
}

/* Both in one go: there is no moment with the new version and the old list of changes. */
static struct err *write_chart(struct arena *a, const struct bumped *b)
{
	const char *file = io_path(a, b->path, "Chart.yaml");
	struct str text, old;
	TRY(io_read(&text, a, file, IO_FILE_MAX));
	old = text;
	if (!str_eq(b->old, b->new))
		TRY(set(&text, a, file, STR("version"), b->new));
	if (b->changes.len)
		TRY(set(&text, a, file, val_path_key(a, STR("annotations"), STR(BUMP_CHANGES)), b->changes));
	return str_eq(text, old) ? NULL : io_write_atomic(file, text, 0644);
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
	TRY(opts.bump_auto ? decide(b, a, c, chart) : next_version(&b->new, a, b->old, level));
	if (opts.changelog || opts.change.len)
		TRY(bump_changes(&b->changes, a, chart, !str_eq(b->old, b->new), opts.changelog ? &b->reasons : NULL,
			&opts.change));
	return opts.dry_run ? NULL : write_chart(a, b);
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
	if (b->changes.len)
		val_set(v, "changes", val_string(b->changes));
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
	if (b->changes.len && opts.dry_run)
		buf_printf(&out, "%s:\n%.*s", BUMP_CHANGES, STR_ARG(b->changes));
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
	if ((opts.since != NULL) + (opts.repo != NULL) + (opts.base != NULL) > 1)
		return err_new(ERR_USAGE, "the last release is named by one of --since, --repo and --base");
	if (opts.changelog && !opts.bump_auto)
		return err_new(ERR_USAGE, "--changelog writes what --auto finds: with others, say it with --change");
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
