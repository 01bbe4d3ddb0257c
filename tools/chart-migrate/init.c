/* SPDX-License-Identifier: Apache-2.0 */
/* init NAME: writes a first plan for the charts that it finds. */
#include "migrate.h"
#include "refs.h"
#include "verbs.h"

#include "base/vec.h"
#include "io/file.h"

#include <string.h>

struct found {
	struct mig *m;
	struct mig_query q;
	const char *new_name;
	struct str new_chart;     /* its folder; empty when there is none */
	struct str_vec consumers; /* folders of charts that use it */
	struct str_vec names;     /* and their names */
	bool used;                /* the chart looked at uses it */
};

static struct err *uses(void *ctx, const struct io_entry *e, bool *skip)
{
	struct found *f = ctx;
	struct str name = str_from(e->name), text;
	struct mig_refs refs = { 0 };
	*skip = e->type == IO_DIR && (e->name[0] == '.' || str_is(name, "charts") || str_is(name, "templates"));
	if (e->type != IO_FILE || (!str_ends(name, STR(".yaml")) && !str_ends(name, STR(".yml"))))
		return NULL;
	TRY(io_read(&text, f->m->a, e->path, IO_FILE_MAX));
	struct err *bad = mig_refs_yaml(&refs, f->m->a, &f->q, text, e->path);
	err_free(bad);
	f->used |= !bad && refs.len;
	return NULL;
}

static struct err *look_at_chart(struct found *f, struct str dir)
{
	struct arena *a = f->m->a;
	struct str text;
	struct chart *c;
	TRY(io_read(&text, a, io_path(a, arena_text(a, dir), "Chart.yaml"), IO_FILE_MAX));
	TRY(chart_metadata_load(&c, a, text));
	if (str_eq(c->name, f->q.name))
		return NULL;
	if (str_is(c->name, f->new_name)) {
		f->new_chart = dir;
		return NULL;
	}
	f->used = false;
	TRY(io_walk(a, arena_text(a, dir), uses, f));
	if (f->used) {
		vec_push_in(a, &f->consumers, dir);
		vec_push_in(a, &f->names, c->name);
	}
	return NULL;
}

static struct err *visit(void *ctx, const struct io_entry *e, bool *skip)
{
	struct found *f = ctx;
	*skip = e->type == IO_DIR && (e->name[0] == '.' || strcmp(e->name, "charts") == 0);
	if (e->type == IO_FILE && strcmp(e->name, "Chart.yaml") == 0)
		return look_at_chart(f, str_dir_name(str_from(e->path)));
	return NULL;
}

static void write_plan(struct buf *out, const struct found *f)
{
	struct str old = f->q.name;
	buf_printf(out,
		"# Moves everything that uses %.*s over to %s. Look through every line before the first plan.\n"
		"apiVersion: chart-tools/v1\n"
		"kind: Migration\n"
		"metadata: {name: %.*s-to-%s}\n\n"
		"targets:\n"
		"  dev: {driver: files, path: clusters/dev}\n"
		"  # stage: {driver: helm, context: stage, namespace: default}\n\n"
		"vars: {old: %.*s, new: %s}\n\n"
		"steps:\n",
		STR_ARG(old), f->new_name, STR_ARG(old), f->new_name, STR_ARG(old), f->new_name);
	buf_puts(out, "  - install:\n      release: \"{{ .new }}\"\n");
	if (f->new_chart.len)
		buf_printf(out, "      chart: %.*s\n", STR_ARG(f->new_chart));
	else
		buf_printf(out, "      chart: CHART-OF-%s   # none was found: say where it is\n", f->new_name);
	buf_puts(out, "      wait: 10m\n");
	buf_puts(out, "  - repoint:\n      find: {service: \"{{ .old }}\"}\n      set: {host: \"{{ .new }}\", port: "
		      "6379}\n      in:\n");
	for (size_t i = 0; i < f->consumers.len; i++)
		buf_printf(out, "        - %.*s\n", STR_ARG(f->consumers.items[i]));
	buf_puts(out, "      review: true\n  - upgrade: {release: [");
	for (size_t i = 0; i < f->names.len; i++)
		buf_printf(out, "%s%.*s", i ? ", " : "", STR_ARG(f->names.items[i]));
	buf_puts(out, "]}\n  - verify: {no-references-to: \"{{ .old }}\", ready: [");
	for (size_t i = 0; i < f->names.len; i++)
		buf_printf(out, "%s%.*s", i ? ", " : "", STR_ARG(f->names.items[i]));
	buf_puts(out, "]}\n  - soak: {for: 30m}\n"
		      "  - purge: {release: \"{{ .old }}\", keep: [PersistentVolumeClaim], backup: backups/}\n");
}

struct err *mig_verb_init(struct cli *c)
{
	struct mig m;
	struct buf out = BUF_INIT;
	if (mig_opts.schema) {
		struct err *bad = mig_file_schema(&out, c->arena);
		if (!bad)
			bad = cli_print(buf_str(&out));
		buf_release(&out);
		return bad;
	}
	if (c->nargs != 1)
		return err_new(ERR_USAGE, "init needs the name of the service that is to go");
	TRY(mig_begin(&m, c));
	struct found f = { .m = &m, .q = { .name = str_from(c->args[0]), .host = true } };
	f.new_name = mig_opts.new_name ? mig_opts.new_name : arena_printf(m.a, "%s-ha", c->args[0]).s;
	TRY(io_walk(m.a, "", visit, &f));
	if (!f.consumers.len)
		return err_new(ERR_NOT_FOUND, "no chart here uses a service %s", c->args[0]);
	write_plan(&out, &f);
	struct err *e = cli_print(buf_str(&out));
	buf_release(&out);
	return e;
}
