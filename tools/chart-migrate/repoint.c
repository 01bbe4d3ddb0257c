/* SPDX-License-Identifier: Apache-2.0 */
/* repoint: which files name the old service, and the edits that make them name the new one. */
#include "migrate.h"
#include "refs.h"

#include "io/file.h"
#include "merge/diff.h"

#include <string.h>

struct repoint {
	struct mig *m;
	struct mig_file *f;
	struct val step, spec;
	struct mig_query q;
	struct val files; /* of the step */
	struct buf patch;
	bool shared; /* an edited file serves other environments too */
	size_t found;
};

static bool is_yaml(const char *name)
{
	struct str s = str_from(name);
	return str_ends(s, STR(".yaml")) || str_ends(s, STR(".yml"));
}

/* Whether a part of the name, cut at - . _ and /, is the name of `env`. */
static bool mentions(struct str name, struct str env)
{
	size_t from = 0;
	for (size_t i = 0; i <= name.len; i++) {
		if (i < name.len && !strchr("-._/", name.s[i]))
			continue;
		if (str_eq(str_slice(name, from, i), env))
			return true;
		from = i + 1;
	}
	return false;
}

/* Whether a file (a path inside its chart) belongs to other environments only; `*own` when it belongs to this one. */
static bool is_elsewhere(struct repoint *r, struct str name, bool *own)
{
	bool other = false;
	*own = mentions(name, str_from(r->m->env));
	val_map_each (t, r->f->targets)
		other |= !str_is(t->key, r->m->env) && mentions(name, t->key);
	return other && !*own;
}

static struct val splice_edit(struct arena *a, size_t at, struct str from, struct str to)
{
	struct val e = val_map(a);
	val_set(e, "at", val_int((int64_t)at));
	val_set(e, "from", val_string(from));
	val_set(e, "to", val_string(to));
	return e;
}

static void add_edit(
	struct repoint *r, struct val edits, const struct mig_ref *ref, size_t at, struct str from, struct str to)
{
	struct arena *a = r->m->a;
	if (str_eq(from, to))
		return;
	struct val e;
	if (ref->exact) {
		e = splice_edit(a, ref->offset + (at - ref->at), from, to);
	} else {
		e = val_map(a);
		val_set(e, "within", val_int((int64_t)at));
		val_set(e, "from", val_string(from));
		val_set(e, "to", val_string(to));
	}
	if (ref->path.len)
		val_set(e, "path", val_string(ref->path));
	val_set(e, "line", val_int(ref->line));
	val_set(e, "column", val_int(ref->column));
	val_list_add(edits, e);
}

/* The edits for one reference: the name, the port behind it, or the port beside it. */
static void edit_ref(struct repoint *r, struct val edits, struct val later, const struct mig_ref *ref)
{
	struct arena *a = r->m->a;
	struct val set = val_get(r->spec, "set");
	bool service = strcmp(ref->kind, "service") == 0;
	struct str host = val_get_str(set, service ? "host" : "name");
	size_t host_len = ref->found.len - (ref->port_len ? ref->port_len + 1 : 0);
	/* A full name replaces a full name; a short one keeps namespace and domain. */
	size_t len = str_find_char(host, '.') >= 0 ? host_len : ref->len;
	if (host.len)
		add_edit(r, edits, ref, ref->at, str_slice(ref->found, 0, len), host);
	int64_t port = mig_int(set, "port", 0);
	if (!port || !service)
		return;
	struct str text = arena_printf(a, "%lld", (long long)port);
	if (ref->port_len)
		add_edit(r, edits, ref, ref->port_at, str_skip(ref->found, ref->found.len - ref->port_len), text);
	if (!ref->port_path.len || str_eq(ref->port_value, text))
		return;
	struct val e = val_map(a);
	val_set(e, "path", val_string(ref->port_path));
	val_set(e, "to", ref->port_quoted ? val_string(text) : val_int(port));
	val_list_add(later, e);
}

static struct err *note_file(struct repoint *r, const char *path, struct str before, struct str after, struct val edits)
{
	struct arena *a = r->m->a;
	struct val one = val_map(a);
	val_set(one, "file", val_string(io_clean(a, str_from(path))));
	val_set(one, "before", val_string(mig_digest(a, before)));
	val_set(one, "after", val_string(mig_digest(a, after)));
	val_set(one, "edits", edits);
	val_list_add(r->files, one);
	struct merge_unified look = {
		.old_name = arena_printf(a, "a/%s", path).s,
		.new_name = arena_printf(a, "b/%s", path).s,
		.context = 2,
	};
	struct buf diff = BUF_INIT;
	merge_diff_unified(&diff, before, after, &look);
	mig_add_masked(&r->patch, buf_str(&diff));
	buf_release(&diff);
	mig_pretend(r->m, str_from(path), after);
	return NULL;
}

static struct err *edit_file(struct repoint *r, const char *path, bool template)
{
	struct mig *m = r->m;
	struct str text, after;
	struct mig_refs refs = { 0 };
	TRY(mig_read(&text, m, path));
	if (template)
		mig_refs_text(&refs, m->a, &r->q, text, path);
	else
		TRY(mig_refs_yaml(&refs, m->a, &r->q, text, path));
	struct val edits = val_list(m->a, refs.len), later = val_list(m->a, refs.len);
	for (size_t i = 0; i < refs.len; i++)
		edit_ref(r, edits, later, &refs.items[i]);
	val_list_each (e, later)
		val_list_add(edits, *e);
	r->found += refs.len;
	if (!val_list_len(edits))
		return NULL;
	TRY(mig_edit(&after, m->a, text, path, edits));
	if (!template) {
		struct yml_doc doc;
		TRY(yml_doc_parse(&doc, m->a, after, path));
	}
	return note_file(r, path, text, after, edits);
}

struct visit {
	struct repoint *r;
	const char *dir;
};

static struct err *visit_file(void *ctx, const struct io_entry *e, bool *skip)
{
	struct visit *v = ctx;
	struct str name = str_from(e->path + strlen(v->dir) + 1);
	if (e->type == IO_DIR) {
		/* Subcharts are other people's, CRDs name no service. */
		*skip = e->name[0] == '.' || str_is(name, "charts") || str_is(name, "crds");
		return NULL;
	}
	if (e->type != IO_FILE || e->name[0] == '.')
		return NULL;
	bool own;
	if (str_starts(name, STR("templates/"))) {
		if (is_yaml(e->name) || str_ends(name, STR(".tpl")))
			return edit_file(v->r, e->path, true);
		return NULL;
	}
	if (!is_yaml(e->name) || str_is(name, "Chart.yaml") || str_is(name, "requirements.yaml"))
		return NULL;
	if (is_elsewhere(v->r, name, &own))
		return NULL;
	size_t before = val_list_len(v->r->files);
	TRY(edit_file(v->r, e->path, false));
	v->r->shared |= !own && val_list_len(v->r->files) > before && val_map_len(v->r->f->targets) > 1;
	return NULL;
}

static struct err *edit_path(struct repoint *r, struct str path)
{
	const char *p = arena_text(r->m->a, path);
	if (io_is_dir(p))
		return io_walk(r->m->a, p, visit_file, &(struct visit){ r, p });
	bool own;
	if (is_yaml(p) && !is_elsewhere(r, path, &own))
		return edit_file(r, p, false);
	return NULL;
}

static struct err *make_query(struct repoint *r)
{
	struct val find = val_get(r->spec, "find"), set = val_get(r->spec, "set");
	const char *const kinds[] = { "service", "host", "secret", "configmap" };
	size_t n = 0;
	for (size_t i = 0; i < 4; i++) {
		struct str name = val_get_str(find, kinds[i]);
		if (!name.len)
			continue;
		n++;
		r->q.name = name;
		r->q.host = i < 2;
		r->q.secret = i == 2;
		r->q.configmap = i == 3;
	}
	if (n != 1)
		return err_new(ERR_INPUT, "find names one of service, host, secret and configmap");
	if (r->q.host ? !val_get_str(set, "host").len && !mig_int(set, "port", 0) : !val_get_str(set, "name").len)
		return err_new(ERR_INPUT, "set needs %s", r->q.host ? "host or port" : "name");
	struct str ns = val_get_str(r->m->target, "namespace");
	if (ns.len)
		vec_push_in(r->m->a, &r->q.namespaces, ns);
	for (size_t i = 0; i < r->m->world.len; i++)
		if (r->m->world.items[i]->namespace.len)
			vec_push_in(r->m->a, &r->q.namespaces, r->m->world.items[i]->namespace);
	return NULL;
}

struct err *mig_resolve_repoint(struct mig *m, struct mig_file *f, struct val step)
{
	struct repoint r = { .m = m, .f = f, .step = step, .spec = val_get(step, "spec") };
	r.files = val_list(m->a, 8);
	TRY(make_query(&r));
	struct str_vec paths = { 0 };
	val_list_each (pattern, val_get(r.spec, "in")) {
		size_t before = paths.len;
		TRY(mig_glob(&paths, m->a, val_str(*pattern)));
		if (paths.len == before)
			mig_list_printf(m->a, val_get(m->plan, "warnings"), "%.*s: nothing matches \"%.*s\"",
				STR_ARG(val_get_str(step, "id")), STR_ARG(val_str(*pattern)));
	}
	struct err *e = NULL;
	struct map seen = { 0 };
	for (size_t i = 0; i < paths.len && !e; i++)
		if (!map_set(&seen, m->a, paths.items[i], &r))
			e = edit_path(&r, paths.items[i]);
	val_set(step, "files", r.files);
	val_set(step, "patch", val_string(arena_str(m->a, buf_str(&r.patch))));
	buf_release(&r.patch);
	TRY(e);
	if (!r.found)
		mig_list_printf(m->a, val_get(m->plan, "warnings"), "%.*s: nothing refers to %.*s",
			STR_ARG(val_get_str(step, "id")), STR_ARG(r.q.name));
	if (r.shared)
		mig_list_printf(m->a, val_get(m->plan, "warnings"),
			"%.*s: edits files that serve all environments; the others change when they are next deployed",
			STR_ARG(val_get_str(step, "id")));
	return NULL;
}
