/* SPDX-License-Identifier: Apache-2.0 */
/* Reading one side. */
#define _GNU_SOURCE
#include "side.h"

#include "chart/ignore.h"
#include "chart/render.h"
#include "git/git.h"
#include "index/source.h"
#include "io/file.h"
#include "io/run.h"
#include "options.h"

#include <stdlib.h>
#include <string.h>

#define STREAM_MAX ((size_t)256 << 20)
#define HELM_TIMEOUT_MS 60000

static bool is_archive(const char *path)
{
	struct str s = str_from(path);

	return str_ends(s, STR(".tgz")) || str_ends(s, STR(".tar.gz"));
}

/* Asks helm for a part of a release: its manifest or its hooks. */
static struct err *ask_helm(struct buf *out, struct arena *a, const char *what, const char *release)
{
	const char *argv[] = { getenv("HELM") ? getenv("HELM") : "helm", "get", what, release, NULL, NULL, NULL };
	struct io_run run = { .argv = argv, .max_output = STREAM_MAX, .timeout_ms = HELM_TIMEOUT_MS };
	struct io_run_result r;

	if (settings.namespace) {
		argv[4] = "--namespace";
		argv[5] = settings.namespace;
	}
	TRY(io_run(&r, a, &run));
	if (r.timed_out)
		return err_new(ERR_COMMAND, "helm get %s %s took longer than a minute", what, release);
	if (r.status)
		return err_new(ERR_COMMAND, "helm get %s %s: %.*s", what, release, STR_ARG(str_trim(r.err)));
	buf_add(out, r.out);
	buf_putc(out, '\n');
	return NULL;
}

static struct err *open_release(struct diff_side *out, struct arena *a, const char *release)
{
	struct buf b = BUF_INIT;
	struct err *e = ask_helm(&b, a, "manifest", release);

	if (!e && !settings.no_hooks)
		e = ask_helm(&b, a, "hooks", release);
	out->stream = arena_str(a, buf_str(&b));
	buf_release(&b);
	return e;
}

static bool is_hidden(const struct chart_ignore *rules, struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.s[i] == '/' && chart_ignored(rules, str_slice(name, 0, i), true))
			return true;
	}
	return chart_ignored(rules, name, false);
}

/* Makes a chart of the files of a folder in git, as if they lay on disk. */
static struct err *chart_of_tree(struct chart **out, struct arena *a, const struct vcs_files *tree)
{
	struct chart_files files = { 0 };
	struct chart_ignore rules = { 0 };

	vec_each (const struct vcs_file, f, tree) {
		if (str_is(f->name, ".helmignore"))
			TRY(chart_ignore_parse(&rules, a, f->data));
	}
	chart_ignore_defaults(&rules, a);
	vec_each (const struct vcs_file, f, tree) {
		if (!is_hidden(&rules, f->name))
			vec_push_in(a, &files, (struct chart_file){ .name = f->name, .data = f->data });
	}
	return chart_from_files(out, a, &files, NULL);
}

/* Fills a side from a folder, or a file in it, of a revision. */
static struct err *read_revision(
	struct diff_side *out, struct arena *a, struct vcs *v, const char *rev, struct str path)
{
	struct vcs_files tree;
	struct str file = { NULL, 0 };
	struct err *e = vcs_tree_at(&tree, a, v, rev, arena_text(a, path), 0);

	if (e && path.len) {
		/* Not a folder, then perhaps a file in one. */
		struct err *other = vcs_tree_at(&tree, a, v, rev, arena_text(a, str_dir_name(path)), 0);
		file = str_base_name(path);
		bool found = false;
		for (size_t i = 0; !other && i < tree.len; i++) {
			if (!str_eq(tree.items[i].name, file))
				continue;
			found = true;
			out->stream = tree.items[i].data;
		}
		err_free(other);
		if (!found)
			return e;
		err_free(e);
		if (!is_archive(arena_text(a, file)))
			return NULL;
		return chart_load_archive(&out->chart, a, out->stream, NULL);
	}
	return e ? e : chart_of_tree(&out->chart, a, &tree);
}

/* "REV:PATH"; a path that begins with "./" is relative to the working folder, others to the top, as for git. */
static struct err *open_revision(struct diff_side *out, struct arena *a, const char *name)
{
	const char *colon = strchr(name, ':');
	const char *rev = arena_text(a, str_slice(str_from(name), 0, (size_t)(colon - name)));
	struct str path = str_trim_end(str_from(colon + 1), "/");
	struct vcs *v = NULL;

	TRY(vcs_open(&v, "."));
	struct err *e = NULL;
	if (str_starts(path, STR("./")) || str_is(path, ".")) {
		char *here = realpath(".", NULL);
		char *top = vcs_top(v) ? realpath(vcs_top(v), NULL) : NULL;
		struct str below = { NULL, 0 };
		if (here && top && str_starts(str_from(here), str_from(top)))
			below = str_trim_prefix(str_skip(str_from(here), strlen(top)), STR("/"));
		path = io_clean(a, arena_printf(a, "%.*s/%.*s", STR_ARG(below.len ? below : STR(".")), STR_ARG(path)));
		if (str_is(path, "."))
			path = (struct str){ NULL, 0 };
		free(here);
		free(top);
	}
	e = read_revision(out, a, v, rev, path);
	vcs_close(v);
	return e ? err_wrap(e, "%s", name) : NULL;
}

struct err *diff_side_open(struct diff_side *out, struct arena *a, const char *name)
{
	struct str s = str_from(name);

	*out = (struct diff_side){ .name = name };
	if (strcmp(name, "-") == 0)
		return io_read(&out->stream, a, "-", STREAM_MAX);
	if (str_starts(s, STR("release:")))
		return open_release(out, a, name + 8);
	if (io_is_dir(name) || (io_exists(name) && is_archive(name)))
		return chart_load(&out->chart, a, name, NULL);
	if (!io_exists(name) && source_is_remote(name)) {
		TRY(net_access_read(&settings.access, a));
		struct source_opts o = { .plain_http = settings.access.plain_http,
			.net = net_access_opts(&settings.access) };
		return source_load(&out->chart, a, name, &o, NULL);
	}
	if (!io_exists(name) && str_find_char(s, ':') > 0)
		return open_revision(out, a, name);
	return io_read(&out->stream, a, name, STREAM_MAX);
}

/* The value flags of both sides and the files of this one, which come after the common ones. */
static struct err *values_of(struct val *out, struct arena *a, const struct diff_side *s)
{
	struct chart_value_flags flags = settings.values;
	size_t more = s->more_values ? s->more_values->len : 0;

	flags.fetch = source_fetch_values;
	flags.files.len = settings.values.files.len + more;
	flags.files.items = arena_array(a, flags.files.len + 1, sizeof(*flags.files.items));
	for (size_t i = 0; i < settings.values.files.len; i++)
		flags.files.items[i] = settings.values.files.items[i];
	for (size_t i = 0; i < more; i++)
		flags.files.items[settings.values.files.len + i] = s->more_values->items[i];
	return chart_values_from_flags(out, a, &flags, false);
}

static struct err *render(struct str *out, struct arena *a, struct diff_side *s, struct chart_warnings *said)
{
	struct chart_render_opts o = {
		.release = settings.release,
		.namespace = settings.namespace,
		.kube_version = settings.kube_version,
		.api_versions = settings.api_versions,
		.include_crds = settings.include_crds,
		.is_upgrade = settings.is_upgrade,
		.skip_schema_validation = settings.skip_schema,
	};
	struct chart_rendered r = { 0 };
	struct buf b = BUF_INIT;
	struct val values;

	TRY(values_of(&values, a, s));
	struct err *e = chart_render(&r, a, s->chart, values, &o, said);
	if (!e)
		chart_rendered_format(&b, &r, &o);
	chart_texts_release(&r.texts);
	*out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return e ? err_wrap(e, "%s", s->name) : NULL;
}

struct err *diff_side_manifests(
	struct kube_manifests *out, struct arena *a, struct diff_side *s, struct chart_warnings *said)
{
	struct kube_parse_opts o = {
		.file = s->name,
		.namespace = settings.namespace,
		.no_hooks = settings.no_hooks,
		.no_tests = !settings.include_tests,
		.normalize = settings.normalize,
	};

	if (s->chart)
		TRY(render(&s->stream, a, s, said));
	return kube_parse(out, a, s->stream, &o);
}
