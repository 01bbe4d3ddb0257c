/* SPDX-License-Identifier: Apache-2.0 */
/* matrix: many renders of one chart. */
#include "base/map.h"
#include "io/file.h"
#include "render.h"
#include "yaml/yaml.h"

#include <glob.h>
#include <string.h>

#define MAX_CELLS 100000

struct matrix {
	struct arena *arena;
	const char *path, *dir; /* of the file; paths in it are relative to the folder */
	const struct cell *base;
	struct val environments, versions, sets;
};

static const char *text_of(struct arena *a, struct val v)
{
	return arena_text(a, val_str(v));
}

static void add_item(struct cli_list *list, struct arena *a, const char *text)
{
	vec_push_in(a, list, text);
}

static struct cli_list join(struct arena *a, const struct cli_list *x, const struct cli_list *y)
{
	struct cli_list all = { 0 };
	for (size_t i = 0; i < x->len; i++)
		add_item(&all, a, x->items[i]);
	for (size_t i = 0; i < y->len; i++)
		add_item(&all, a, y->items[i]);
	return all;
}

static const char *below(const struct matrix *m, const char *path)
{
	return *path == '/' || !*m->dir || strstr(path, "://") ? path : io_path(m->arena, m->dir, path);
}

/* Strings of a list, or one alone. */
static struct err *texts(struct cli_list *out, const struct matrix *m, struct val v, const char *what)
{
	*out = (struct cli_list){ 0 };
	if (val_is_null(v))
		return NULL;
	if (val_is_string(v)) {
		add_item(out, m->arena, text_of(m->arena, v));
		return NULL;
	}
	if (!val_is_list(v))
		return err_new(ERR_INPUT, "%s: %s must be a list of strings", m->path, what);
	val_list_each (item, v) {
		if (!val_is_string(*item))
			return err_new(ERR_INPUT, "%s: %s must be strings (quote numbers)", m->path, what);
		add_item(out, m->arena, text_of(m->arena, *item));
	}
	return NULL;
}

/* What an environment says beside its name. What the command line sets goes over it, its files lie below. */
static struct err *environment_key(struct cell *cell, const struct matrix *m, struct str key, struct val v)
{
	struct chart_value_flags *f = &cell->values;
	const struct {
		const char *key;
		struct cli_list *list;
	} lists[] = { { "set", &f->set }, { "set-string", &f->set_string }, { "set-json", &f->set_json },
		{ "set-file", &f->set_file }, { "set-literal", &f->set_literal } };
	struct cli_list own;
	if (str_is(key, "name"))
		return NULL;
	if (str_is(key, "namespace") || str_is(key, "release")) {
		if (!val_is_string(v))
			return err_new(ERR_INPUT, "%s: %.*s must be a string", m->path, STR_ARG(key));
		*(str_is(key, "release") ? &cell->opts.release : &cell->opts.namespace) = text_of(m->arena, v);
		return NULL;
	}
	if (str_is(key, "values")) {
		TRY(texts(&own, m, v, "values"));
		for (size_t i = 0; i < own.len; i++)
			own.items[i] = below(m, own.items[i]);
		f->files = join(m->arena, &f->files, &own);
		return NULL;
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (!str_is(key, lists[i].key))
			continue;
		TRY(texts(&own, m, v, lists[i].key));
		*lists[i].list = join(m->arena, &own, lists[i].list);
		return NULL;
	}
	return err_new(ERR_INPUT, "%s: unknown key \"%.*s\" in an environment", m->path, STR_ARG(key));
}

static struct err *environment(struct cell *out, const struct matrix *m, struct val v)
{
	*out = *m->base;
	if (!val_is_map(v) || !val_get_str(v, "name").len)
		return err_new(ERR_INPUT, "%s: an environment must be a map with a name", m->path);
	out->name = text_of(m->arena, val_get(v, "name"));
	val_map_each (e, v)
		TRY(environment_key(out, m, e->key, e->value));
	return NULL;
}

/* A cell for each Kubernetes version and API set; its name says what it is a combination of. */
static struct err *combine(struct cells *out, const struct matrix *m, const struct cell *env)
{
	size_t versions = val_list_len(m->versions), sets = val_list_len(m->sets);
	for (size_t i = 0; i < (versions ? versions : 1); i++) {
		for (size_t k = 0; k < (sets ? sets : 1); k++) {
			struct cell cell = *env;
			struct buf name = BUF_INIT;
			struct cli_list apis;
			buf_puts(&name, env->name);
			if (versions) {
				cell.opts.kube_version = text_of(m->arena, val_list_at(m->versions, i));
				buf_printf(&name, " kubernetes=%s", cell.opts.kube_version);
			}
			if (sets) {
				TRY(texts(&apis, m, val_list_at(m->sets, k), "api-versions"));
				buf_puts(&name, " api-versions=");
				for (size_t j = 0; j < apis.len; j++)
					buf_printf(&name, "%s%s", j ? "," : "", apis.items[j]);
				cell.opts.api_versions = join(m->arena, &cell.opts.api_versions, &apis);
			}
			cell.name = arena_text(m->arena, buf_str(&name));
			buf_release(&name);
			if (out->len == MAX_CELLS)
				return err_new(ERR_LIMIT, "%s: more than %d combinations", m->path, MAX_CELLS);
			vec_push_in(m->arena, out, cell);
		}
	}
	return NULL;
}

static struct err *check_keys(const struct matrix *m, struct val v)
{
	static const char *const known[] = { "environments", "kubernetes", "api-versions" };
	val_map_each (e, v) {
		bool found = false;
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			found = found || str_is(e->key, known[i]);
		if (!found)
			return err_new(ERR_INPUT, "%s: unknown key \"%.*s\"", m->path, STR_ARG(e->key));
		if (!val_is_list(e->value))
			return err_new(ERR_INPUT, "%s: %.*s must be a list", m->path, STR_ARG(e->key));
	}
	val_list_each (item, m->versions) {
		if (!val_is_string(*item))
			return err_new(ERR_INPUT, "%s: a Kubernetes version must be a string (quote numbers)", m->path);
		struct err *e = chart_check_kube_version(m->arena, text_of(m->arena, *item));
		if (e)
			return err_wrap(e, "%s", m->path);
	}
	return NULL;
}

static struct err *read_file(struct cells *out, struct arena *a, const char *path, const struct cell *base)
{
	struct matrix m = { .arena = a, .path = path, .base = base };
	struct str text;
	struct val v;
	TRY(io_read(&text, a, path, IO_FILE_MAX));
	struct err *e = yml_load(&v, a, text, &(struct yml_opts){ .strict = true });
	if (e)
		return err_wrap(e, "%s", path);
	if (!val_is_map(v))
		return err_new(ERR_INPUT, "%s: a matrix must be a map", path);
	m.dir = arena_text(a, str_dir_name(str_from(path)));
	m.environments = val_get(v, "environments");
	m.versions = val_get(v, "kubernetes");
	m.sets = val_get(v, "api-versions");
	TRY(check_keys(&m, v));
	struct cell cell = *base;
	cell.name = "default";
	if (!val_list_len(m.environments))
		return combine(out, &m, &cell);
	val_list_each (item, m.environments) {
		TRY(environment(&cell, &m, *item));
		TRY(combine(out, &m, &cell));
	}
	return NULL;
}

static struct err *read_glob(struct cells *out, struct arena *a, const char *pattern, const struct cell *base)
{
	glob_t found;
	if (glob(pattern, 0, NULL, &found) != 0)
		return err_new(ERR_NOT_FOUND, "--matrix: no file matches \"%s\"", pattern);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct cell cell = *base;
		struct cli_list own = { 0 };
		const char *path = arena_text(a, str_from(found.gl_pathv[i]));
		add_item(&own, a, path);
		cell.name = path;
		cell.values.files = join(a, &base->values.files, &own);
		vec_push_in(a, out, cell);
	}
	globfree(&found);
	return NULL;
}

const char *matrix_file_name(struct arena *a, const char *name)
{
	char *file = arena_text(a, str_from(name));
	for (char *p = file; *p; p++)
		if (strchr("/ ,", *p) || (p == file && *p == '.'))
			*p = '_';
	return arena_printf(a, "%s.yaml", file).s;
}

/* Two cells of one name could not be told apart, and one file would replace the other. */
static struct err *check_names(const struct cells *cells, struct arena *a)
{
	struct map names = { 0 };
	vec_each (struct cell, cell, cells) {
		for (const char *p = cell->name; *p; p++)
			if ((unsigned char)*p < ' ')
				return err_new(ERR_INPUT, "--matrix: a name holds a control character");
		if (map_set(&names, a, str_from(matrix_file_name(a, cell->name)), cell))
			return err_new(ERR_INPUT, "--matrix: two renders are named \"%s\"", cell->name);
	}
	return NULL;
}

struct err *matrix_read(struct cells *out, struct arena *a, const char *what, const struct cell *base)
{
	if (strpbrk(what, "*?["))
		TRY(read_glob(out, a, what, base));
	else
		TRY(read_file(out, a, what, base));
	return check_names(out, a);
}
