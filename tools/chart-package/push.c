/* SPDX-License-Identifier: Apache-2.0 */
/* The verb push: archives into a registry. */
#include "io/file.h"
#include "tools/chart-package/package.h"

#define MAX_PROVENANCE ((size_t)1 << 20)

/* The time of an archive's newest file: like all of the manifest it depends on the archive's bytes alone. */
static int64_t newest(const struct tarball *t)
{
	int64_t time = 0;
	vec_each (const struct tarball_entry, e, t)
		if (e->mtime > time)
			time = e->mtime;
	return time;
}

/* Who is told of an upload. */
struct talk {
	struct cli *c;
	struct cli_progress progress;
};

static void say_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct talk *t = ctx;
	t->progress.total = total;
	cli_progress_set(&t->progress, done, NULL);
}

static void say_note(void *ctx, const char *text)
{
	struct talk *t = ctx;
	cli_say(t->c, "%s", text);
}

static struct err *push(struct val results, struct cli *c, const char *file, const char *base)
{
	struct arena *a = c->arena;
	struct index_oci_push p = { 0 };
	struct index_oci out;
	struct chart *chart;
	struct tarball archive;
	bool stored = false;
	TRY(io_read(&p.archive, a, file, IO_FILE_MAX));
	struct err *e = load_strict(&chart, &archive, a, p.archive);
	if (e)
		return err_wrap(e, "%s", file);
	const char *prov = arena_printf(a, "%s.prov", file).s;
	if (io_is_file(prov))
		TRY(io_read(&p.provenance, a, prov, MAX_PROVENANCE));
	p.chart = chart;
	p.created = newest(&archive);
	struct oci_opts o = oci_options(c);
	struct talk talk = { .c = c };
	cli_progress_start(&talk.progress, c, "pushing", p.archive.len);
	o.net.progress = say_progress;
	o.net.note = say_note;
	o.net.ctx = &talk;
	e = index_oci_store(&out, &stored, a, base, &p, opts.force, &o);
	cli_progress_end(&talk.progress);
	if (e)
		return err_wrap(e, "%s", file);
	if (!stored)
		cli_say(c, "%.*s is there already", STR_ARG(out.ref));
	struct val v = val_map(a);
	val_set(v, "path", val_text(file));
	val_set(v, "ref", val_string(out.ref));
	val_set(v, "digest", val_string(out.manifest));
	val_set(v, "archive", val_string(oci_digest(a, p.archive)));
	val_set(v, "provenance", val_bool(p.provenance.len > 0));
	val_set(v, "stored", val_bool(stored));
	val_list_add(results, v);
	if (wants_json())
		return NULL;
	/* Helm's words. */
	return print_line(arena_printf(a, "Pushed: %.*s\nDigest: %.*s", STR_ARG(out.ref), STR_ARG(out.manifest)));
}

struct err *run_push(struct cli *c)
{
	if (c->nargs < 2 || !oci_is_ref(str_from(c->args[c->nargs - 1])))
		return err_new(ERR_USAGE, "push takes archives and oci://HOST/PATH");
	TRY(read_password(c));
	struct val results = val_list(c->arena, (size_t)c->nargs);
	for (int i = 0; i + 1 < c->nargs; i++)
		TRY(push(results, c, c->args[i], c->args[c->nargs - 1]));
	return wants_json() ? print_json(c, results) : NULL;
}
