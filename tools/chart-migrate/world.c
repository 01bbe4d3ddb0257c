/* SPDX-License-Identifier: Apache-2.0 */
/* world: charts and releases as they are, or as they would be. */
#include "migrate.h"

#include "base/vec.h"
#include "io/file.h"
#include "kube/manifest.h"

#include <string.h>

struct err *mig_read(struct str *out, struct mig *m, const char *path)
{
	const struct str *pretended = map_find(&m->overlay, io_clean(m->a, str_from(path)));
	if (pretended) {
		*out = *pretended;
		return NULL;
	}
	return io_read(out, m->a, path, IO_FILE_MAX);
}

void mig_pretend(struct mig *m, struct str path, struct str content)
{
	struct str *kept = ARENA_NEW(m->a, struct str);
	*kept = content;
	map_set(&m->overlay, m->a, io_clean(m->a, path), kept);
}

/* Loads a chart (folder or archive) with pretended contents in place. */
static struct err *load_chart(struct chart **out, struct mig *m, const char *path)
{
	if (!io_is_dir(path))
		return chart_load(out, m->a, path, NULL);
	struct chart_files files = { 0 };
	TRY(chart_read_dir(&files, m->a, path, NULL));
	for (size_t i = 0; i < files.len; i++) {
		const char *name = arena_text(m->a, files.items[i].name);
		const struct str *pretended =
			map_find(&m->overlay, io_clean(m->a, str_from(io_path(m->a, path, name))));
		if (pretended)
			files.items[i].data = *pretended;
	}
	return chart_from_files(out, m->a, &files, NULL);
}

/* Where a manifest goes in a release: its path in the chart. */
static struct str place_of(const struct chart_manifest *x)
{
	ptrdiff_t slash = str_find_char(x->path, '/');
	struct str inner = str_skip(x->path, (size_t)(slash + 1));
	if (x->crd && !str_has(x->path, STR("crds/")))
		return x->path;
	return str_starts(x->path, STR("crds/")) ? x->path : inner;
}

static struct chart_file *file_of(struct arena *a, struct chart_files *files, struct str name)
{
	for (size_t i = 0; i < files->len; i++)
		if (str_eq(files->items[i].name, name))
			return &files->items[i];
	vec_push_in(a, files, (struct chart_file){ .name = name });
	return &files->items[files->len - 1];
}

static void note_hook(struct arena *a, struct mig_change *c, const struct chart_manifest *x)
{
	struct val one = val_map(a);
	val_set(one, "kind", val_string(x->head.kind));
	val_set(one, "name", val_string(x->head.name));
	val_set(one, "events", val_string(val_get_str(x->head.annotations, "helm.sh/hook")));
	val_list_add(c->hooks, one);
}

/* Sorts manifests into files, as a folder of rendered manifests has them. */
static void sort_out(struct mig *m, struct mig_change *c, const struct chart_rendered *r)
{
	c->files = (struct chart_files){ 0 };
	c->hooks = val_list(m->a, 4);
	c->crds = val_list(m->a, 4);
	for (size_t i = 0; i < r->len; i++) {
		const struct chart_manifest *x = &r->items[i];
		if (x->test || !str_trim(x->text).len)
			continue;
		struct str place = place_of(x);
		struct chart_file *f = file_of(m->a, &c->files, place);
		struct str text = str_trim_end(x->text, "\n");
		f->data = arena_printf(
			m->a, "%.*s---\n# Source: %.*s\n%.*s\n", STR_ARG(f->data), STR_ARG(x->path), STR_ARG(text));
		if (x->hook)
			note_hook(m->a, c, x);
		if (x->crd)
			val_list_add(c->crds, val_string(place));
	}
}

struct err *mig_user_values(struct val *out, struct mig *m, const struct mig_change *c)
{
	*out = val_map(m->a);
	val_list_each (item, c->values) {
		const char *path = arena_text(m->a, val_str(*item));
		struct str text;
		struct val one;
		TRY(mig_read(&text, m, path));
		struct err *e = chart_values_load(&one, m->a, text, false);
		if (e)
			return err_wrap(e, "values file %s", path);
		*out = chart_values_merge(m->a, *out, one);
	}
	if (val_is_map(c->set))
		*out = chart_values_merge(m->a, *out, val_copy(m->a, c->set));
	return NULL;
}

struct err *mig_render(struct mig *m, struct mig_change *c, bool is_upgrade)
{
	const char *path = arena_text(m->a, c->chart);
	struct chart *chart;
	struct val values;
	struct chart_rendered r = { 0 };
	TRY(chart_check_release_name(arena_text(m->a, c->release)));
	TRY(mig_user_values(&values, m, c));
	TRY(load_chart(&chart, m, path));
	struct chart_render_opts o = {
		.release = arena_text(m->a, c->release),
		.namespace = arena_text(m->a, c->namespace),
		.kube_version = mig_text(m->a, m->target, "kubeVersion", NULL),
		.include_crds = true,
		.skip_tests = true,
		.is_upgrade = is_upgrade,
	};
	c->head = arena_printf(m->a, "%.*s-%.*s", STR_ARG(chart->name), STR_ARG(chart->version));
	struct err *e = chart_render(&r, m->a, chart, values, &o, NULL);
	if (e)
		return err_wrap(e, "render %s as release %.*s", path, STR_ARG(c->release));
	sort_out(m, c, &r);
	return NULL;
}

struct str mig_stream(struct arena *a, const struct chart_files *files)
{
	struct buf all = BUF_INIT;
	for (size_t i = 0; i < files->len; i++)
		buf_add(&all, files->items[i].data);
	struct str s = arena_str(a, buf_str(&all));
	buf_release(&all);
	return s;
}

struct mig_release *mig_find_release(const struct mig_world *w, struct str name)
{
	for (size_t i = 0; i < w->len; i++)
		if (str_eq(w->items[i]->name, name))
			return w->items[i];
	return NULL;
}

struct mig_release *mig_world_put(struct mig *m, struct str name)
{
	struct mig_release *r = mig_find_release(&m->world, name);
	if (r)
		return r;
	r = ARENA_NEW(m->a, struct mig_release);
	r->name = name;
	r->values = r->set = r->entry = VAL_NIL;
	vec_push_in(m->a, &m->world, r);
	return r;
}

void mig_world_remove(struct mig_world *w, struct str name)
{
	size_t kept = 0;
	for (size_t i = 0; i < w->len; i++)
		if (!str_eq(w->items[i]->name, name))
			w->items[kept++] = w->items[i];
	w->len = kept;
}

struct err *mig_open_target(struct mig *m)
{
	struct str driver = val_get_str(m->target, "driver");
	if (str_is(driver, "files"))
		m->driver = &mig_files;
	else if (str_is(driver, "helm"))
		m->driver = &mig_helm;
	else
		return err_new(
			ERR_INPUT, "target %s: unknown driver \"%.*s\" (known: files, helm)", m->env, STR_ARG(driver));
	return m->driver->check(m);
}

static bool is_one_of(struct str word, struct val list)
{
	val_list_each (item, list)
		if (str_eq_nocase(word, val_str(*item)))
			return true;
	return false;
}

struct err *mig_kept(struct chart_files *out, struct arena *a, const struct chart_files *files, struct val keep)
{
	*out = (struct chart_files){ 0 };
	for (size_t i = 0; i < files->len && val_list_len(keep); i++) {
		struct kube_manifests docs = { 0 };
		TRY(kube_parse(&docs, a, files->items[i].data, NULL));
		struct buf text = BUF_INIT;
		for (size_t k = 0; k < docs.len; k++)
			if (is_one_of(docs.items[k].kind, keep))
				buf_printf(&text, "---\n%.*s\n", STR_ARG(docs.items[k].text));
		if (text.len)
			vec_push_in(a, out,
				(struct chart_file){
					.name = files->items[i].name, .data = arena_str(a, buf_str(&text)) });
		buf_release(&text);
	}
	return NULL;
}
