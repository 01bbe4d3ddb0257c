/* SPDX-License-Identifier: Apache-2.0 */
/* chart-vendor patch import: local edits from a series of patches, or from a package of charts-build-scripts. */
#include "vendor.h"

#include "io/file.h"
#include "merge/patch.h"
#include "yaml/yaml.h"

#include <string.h>

#define PATCH_MAX ((size_t)64 << 20)

struct importing {
	struct repo *repo;
	struct entry *entry;
	struct pristine to; /* what the edits are made to */
	struct merge_tree copy, result;
	bool is_new; /* the chart was not vendored before */
	size_t patches, moved, fuzzy;
};

static struct err *apply_file(struct importing *x, const char *path, int strip)
{
	struct arena *a = x->repo->arena;
	struct merge_patched patched;
	struct str text;

	TRY(io_read(&text, a, path, PATCH_MAX));
	TRY(merge_patch(&patched, a, &x->result, text, path, strip));
	x->result = patched.tree;
	x->patches++;
	x->moved += patched.moved;
	x->fuzzy += patched.fuzzy;
	return NULL;
}

/* A line of a series: "NAME", or "NAME -p0"; false for blank lines and comments. */
static bool read_series_line(struct str *name, int *strip, struct str line)
{
	line = str_cut(&line, '#');
	line = str_trim(line);
	*name = str_cut(&line, ' ');
	line = str_trim(line);
	*strip = 1;
	if (str_starts(line, STR("-p")) && line.len == 3 && line.s[2] >= '0' && line.s[2] <= '9')
		*strip = line.s[2] - '0';
	return name->len > 0;
}

static struct err *import_quilt(struct importing *x, const char *dir)
{
	struct arena *a = x->repo->arena;
	struct str series;
	struct str name;
	int strip;

	TRY(io_read(&series, a, io_path(a, dir, "series"), PATCH_MAX));
	for (struct str rest = series; rest.s;) {
		struct str line = str_cut(&rest, '\n');
		if (str_trim(line).len && str_has(line, STR(" -R")))
			return err_new(ERR_INPUT, "%s/series: reversed patches (-R) are not known", dir);
		if (!read_series_line(&name, &strip, line))
			continue;
		struct str clean = io_clean(a, name);
		if (clean.s[0] == '/' || str_starts(clean, STR("..")))
			return err_new(ERR_INPUT, "%s/series: \"%.*s\" is not in the folder", dir, STR_ARG(name));
		TRY(apply_file(x, io_path(a, dir, arena_text(a, name)), strip));
	}
	return NULL;
}

static void without(struct merge_tree *t, const struct merge_tree *names)
{
	size_t n = 0;

	for (size_t i = 0; i < t->len; i++)
		if (!merge_tree_find(names, t->items[i].name))
			t->items[n++] = t->items[i];
	t->len = n;
}

static struct err *import_rancher(struct importing *x, const char *dir)
{
	struct arena *a = x->repo->arena;
	const char *changes = io_path(a, dir, "generated-changes");
	const char *patches = io_path(a, changes, "patch");
	struct merge_tree exclude;
	struct merge_tree overlay;
	struct merge_tree list;

	TRY(tree_read(&exclude, a, io_path(a, changes, "exclude")));
	TRY(tree_read(&overlay, a, io_path(a, changes, "overlay")));
	TRY(tree_read(&list, a, patches));
	if (io_is_dir(io_path(a, changes, "dependencies")))
		cli_warn(x->repo->cli, "%s/dependencies is left out: dependencies are not vendored apart", changes);
	without(&x->result, &exclude);
	for (size_t i = 0; i < list.len; i++)
		if (str_ends(list.items[i].name, STR(".patch")))
			TRY(apply_file(x, io_path(a, patches, arena_text(a, list.items[i].name)), 1));
	without(&x->result, &overlay);
	for (size_t i = 0; i < overlay.len; i++)
		vec_push_in(a, &x->result, overlay.items[i]);
	merge_tree_sort(&x->result);
	return NULL;
}

static struct err *read_package(struct source *out, struct str *url, struct arena *a, const char *dir)
{
	const char *path = io_path(a, dir, "package.yaml");
	struct str text;
	struct val v;

	*out = (struct source){ 0 };
	*url = (struct str){ 0 };
	if (!io_exists(path))
		return NULL;
	TRY(io_read(&text, a, path, PATCH_MAX));
	struct err *e = yml_load(&v, a, text, NULL);
	if (e)
		return err_at(e, path, 0, 0);
	struct str sub = val_get_str(v, "subdirectory");
	*url = val_get_str(v, "url");
	if (!url->len || str_is(*url, "local"))
		return NULL;
	if (str_ends(*url, STR(".git"))) {
		struct str commit = val_get_str(v, "commit");
		*out = (struct source){ .kind = SOURCE_GIT,
			.git = *url,
			.path = sub,
			.ref = commit.len ? commit : val_get_str(v, "chartRepoBranch") };
	} else if (str_find(*url, STR("://")) > 0) {
		*out = (struct source){ .kind = SOURCE_URL, .url = *url };
	} else {
		*out = (struct source){ .kind = SOURCE_PATH, .local = *url };
	}
	return NULL;
}

/* A chart that is not vendored yet comes from where package.yaml says. */
static struct err *take_new(struct importing *x, struct entry *e, const char *dir)
{
	struct str url;

	TRY(read_package(&e->source, &url, x->repo->arena, dir));
	if (!e->source.url.len && !e->source.git.len && !e->source.local.len)
		return err_new(ERR_NOT_FOUND,
			"%.*s is not in %s, and %s has no package.yaml that says where it is from; `chart-vendor add` "
			"it first",
			STR_ARG(e->path), MANIFEST, dir);
	x->entry = e;
	x->is_new = true;
	TRY(tree_read(&x->copy, x->repo->arena, arena_text(x->repo->arena, e->path)));
	TRY(source_take(&x->to, x->repo, &e->source, (struct str){ 0 }));
	x->to.tree_digest = tree_digest(x->repo->arena, &x->to.tree);
	return NULL;
}

static struct err *take_known(struct importing *x, const char *dir)
{
	struct locked l;
	struct source said;
	struct str url;

	TRY(patch_sides(&l, &x->to.tree, &x->copy, x->repo, x->entry));
	x->to.chart = l.chart;
	x->to.version = l.version;
	x->to.url = l.url;
	x->to.commit = l.commit;
	x->to.digest = l.digest;
	x->to.signer = l.signer;
	x->to.tree_digest = l.tree;
	TRY(read_package(&said, &url, x->repo->arena, dir));
	bool other = said.kind == SOURCE_GIT ? said.ref.len && l.commit.len && !str_eq(said.ref, l.commit)
					     : said.url.len && l.url.len && !str_eq(said.url, l.url);
	if (other)
		cli_warn(x->repo->cli, "%s/package.yaml is for another version of upstream than %.*s is at", dir,
			STR_ARG(x->entry->path));
	return NULL;
}

static bool same_trees(struct arena *a, const struct merge_tree *x, const struct merge_tree *y)
{
	return str_eq(tree_digest(a, x), tree_digest(a, y));
}

static struct err *check_edits(const struct importing *x)
{
	struct arena *a = x->repo->arena;

	if (vendor_opts.force || !x->copy.len || same_trees(a, &x->copy, &x->to.tree) ||
		same_trees(a, &x->copy, &x->result))
		return NULL;
	return err_new(ERR_CONFLICT,
		"%.*s has other local edits, which would be lost: `chart-vendor patch export` them first, or say "
		"--force",
		STR_ARG(x->entry->path));
}

static struct err *apply(struct importing *x)
{
	struct repo *r = x->repo;
	bool done;
	struct change c = { .verb = "import",
		.entry = x->entry,
		.to = &x->to,
		.copy = &x->result,
		.from_version = x->is_new ? (struct str){ 0 } : x->to.version,
		.commit = vendor_opts.commit };

	if (x->is_new)
		TRY(manifest_extend(&c.manifest, r, x->entry));
	TRY(change_apply(&done, r, &c));
	return vendor_opts.commit ? commit_applied(r, &c, NULL) : NULL;
}

static bool is_rancher(struct arena *a, const char *dir)
{
	if (vendor_opts.layout)
		return strcmp(vendor_opts.layout, "rancher") == 0;
	return io_is_dir(io_path(a, dir, "generated-changes")) ||
	       (io_exists(io_path(a, dir, "package.yaml")) && !io_exists(io_path(a, dir, "series")));
}

struct err *patch_import(struct cli *c)
{
	struct repo r;
	struct importing x = { .repo = &r };
	struct entry fresh = { 0 };

	TRY(repo_open(&r, c, true));
	TRY(repo_must_be_idle(&r));
	TRY(repo_path(&fresh.path, &r, c->args[1]));
	const char *dir = arena_text(r.arena, str_trim_end(str_from(repo_outside(&r, c->args[2])), "/"));
	if (!io_is_dir(dir))
		return err_new(ERR_NOT_FOUND, "there is no folder %s", dir);
	x.entry = repo_find(&r, fresh.path);
	if (x.entry)
		TRY(take_known(&x, dir));
	else
		TRY(take_new(&x, &fresh, dir));
	x.result = x.to.tree;
	/* The array is changed in place. */
	x.result.items = arena_array(r.arena, x.to.tree.len + 1, sizeof(*x.result.items));
	memcpy(x.result.items, x.to.tree.items, x.to.tree.len * sizeof(*x.result.items));
	x.result.cap = x.to.tree.len + 1;
	TRY(is_rancher(r.arena, dir) ? import_rancher(&x, dir) : import_quilt(&x, dir));
	TRY(check_edits(&x));
	TRY(apply(&x));
	cli_say(c, "%zu patch%s applied to %.*s %.*s (hunks moved: %zu, with fuzz: %zu)", x.patches,
		x.patches == 1 ? "" : "es", STR_ARG(x.to.chart), STR_ARG(x.to.version), x.moved, x.fuzzy);
	return NULL;
}
