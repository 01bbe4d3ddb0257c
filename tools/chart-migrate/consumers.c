/* SPDX-License-Identifier: Apache-2.0 */
/* consumers NAME [PATH...]: who uses a Service, Secret, ConfigMap or host. */
#include "migrate.h"
#include "refs.h"
#include "verbs.h"

#include "io/file.h"
#include "json/json.h"

#include <string.h>
#include <unistd.h>

struct search {
	struct mig *m;
	struct mig_query q;
	struct mig_refs refs;
};

static bool has_suffix(const char *name, const char *const *suffixes)
{
	for (; *suffixes; suffixes++)
		if (str_ends(str_from(name), str_from(*suffixes)))
			return true;
	return false;
}

static struct err *search_file(struct search *s, const char *path)
{
	static const char *const yaml[] = { ".yaml", ".yml", NULL };
	static const char *const templates[] = { ".yaml", ".yml", ".tpl", ".txt", NULL };
	struct str text;
	bool template = str_has(str_from(path), STR("/templates/")) || str_starts(str_from(path), STR("templates/"));
	if (!has_suffix(path, template ? templates : yaml))
		return NULL;
	TRY(io_read(&text, s->m->a, path, IO_FILE_MAX));
	if (!template || !str_has(text, STR("{{"))) {
		size_t before = s->refs.len;
		struct err *e = mig_refs_yaml(&s->refs, s->m->a, &s->q, text, path);
		if (!e)
			return NULL;
		/* Not YAML: a template outside templates/, or broken; read as text like one. */
		err_free(e);
		s->refs.len = before;
	}
	mig_refs_text(&s->refs, s->m->a, &s->q, text, path);
	return NULL;
}

static struct err *visit(void *ctx, const struct io_entry *e, bool *skip)
{
	*skip = e->type == IO_DIR && (e->name[0] == '.' || strcmp(e->name, "node_modules") == 0);
	return e->type == IO_FILE && e->name[0] != '.' ? search_file(ctx, e->path) : NULL;
}

/* The live releases of a namespace, as helm has them. */
static struct err *search_live(struct search *s)
{
	struct mig *m = s->m;
	struct val target = val_map(m->a);
	val_set(target, "driver", val_text("helm"));
	if (*mig_opts.context)
		val_set(target, "context", val_text(mig_opts.context));
	if (mig_opts.namespace)
		val_set(target, "namespace", val_text(mig_opts.namespace));
	m->target = target;
	m->env = "live";
	TRY(mig_open_target(m));
	TRY(m->driver->load(m));
	for (size_t i = 0; i < m->world.len; i++) {
		struct mig_release *r = m->world.items[i];
		for (size_t k = 0; k < r->files.len; k++) {
			const char *name = arena_printf(m->a, "release %.*s", STR_ARG(r->name)).s;
			TRY(mig_refs_yaml(&s->refs, m->a, &s->q, r->files.items[k].data, name));
		}
	}
	return NULL;
}

static void add_text(struct buf *out, const struct mig_ref *r, bool on)
{
	buf_printf(out, "%s%.*s%s:%d:%d: %s%.*s%s%s%.*s (%s, %s)\n", cli_color(on, CLI_MAGENTA), STR_ARG(r->file),
		cli_color(on, CLI_RESET), r->line, r->column, cli_color(on, CLI_BOLD), STR_ARG(r->path),
		cli_color(on, CLI_RESET), r->path.len ? ": " : "", STR_ARG(r->found), r->kind, r->form);
}

static struct err *add_json(struct buf *out, struct arena *a, const struct mig_ref *r)
{
	struct val v = val_map(a);
	val_set(v, "file", val_string(r->file));
	val_set(v, "line", val_int(r->line));
	val_set(v, "column", val_int(r->column));
	if (r->path.len)
		val_set(v, "path", val_string(r->path));
	val_set(v, "kind", val_text(r->kind));
	val_set(v, "form", val_text(r->form));
	val_set(v, "found", val_string(r->found));
	if (r->port_path.len)
		val_set(v, "port", val_string(r->port_path));
	TRY(json_add(out, a, v, JSON_RAW | JSON_ORDERED));
	buf_putc(out, '\n');
	return NULL;
}

static struct err *print(struct search *s, struct cli *c)
{
	bool text = mig_opts.output ? strcmp(mig_opts.output, "text") == 0 : isatty(STDOUT_FILENO) || c->color_out;
	struct buf out = BUF_INIT;
	struct err *e = NULL;
	for (size_t i = 0; i < s->refs.len && !e; i++) {
		if (text)
			add_text(&out, &s->refs.items[i], c->color_out);
		else
			e = add_json(&out, s->m->a, &s->refs.items[i]);
	}
	if (!e)
		e = cli_print(buf_str(&out));
	buf_release(&out);
	return e;
}

struct err *mig_verb_consumers(struct cli *c)
{
	struct mig m;
	const char *kind = mig_opts.kind ? mig_opts.kind : "any";
	bool any = strcmp(kind, "any") == 0;
	if (c->nargs < 1)
		return err_new(ERR_USAGE, "consumers needs a name");
	TRY(mig_begin(&m, c));
	struct search s = { .m = &m, .q = { .name = str_from(c->args[0]) } };
	s.q.host = any || strcmp(kind, "service") == 0 || strcmp(kind, "host") == 0;
	s.q.secret = any || strcmp(kind, "secret") == 0;
	s.q.configmap = any || strcmp(kind, "configmap") == 0;
	if (!s.q.name.len)
		return err_new(ERR_USAGE, "consumers needs a name");
	if (mig_opts.namespace)
		vec_push_in(m.a, &s.q.namespaces, str_from(mig_opts.namespace));
	static char here[] = ".";
	char *fallback[] = { NULL, here };
	bool given = c->nargs > 1 || mig_opts.context;
	char **paths = given ? c->args : fallback;
	for (int i = 1; i < (given ? c->nargs : 2); i++) {
		if (!io_exists(paths[i]))
			return err_new(ERR_NOT_FOUND, "%s: no such file or directory", paths[i]);
		TRY(io_is_dir(paths[i]) ? io_walk(m.a, strcmp(paths[i], ".") == 0 ? "" : paths[i], visit, &s)
					: search_file(&s, paths[i]));
	}
	if (mig_opts.context)
		TRY(search_live(&s));
	return print(&s, c);
}
