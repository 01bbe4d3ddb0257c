/* SPDX-License-Identifier: Apache-2.0 */
/* The verb pull: archives from a repository, checked, unpacked when asked for. */
#include "chart/prov.h"
#include "crypto/openpgp.h"
#include "io/file.h"
#include "io/hold.h"
#include "net/url.h"
#include "tools/chart-package/package.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct err *unpack_by_way(const char *temp, const char *path, const struct tarball *t)
{
	if (mkdir(temp, 0777) < 0)
		return err_errno(errno, "mkdir %s", temp);
	struct err *e = tarball_extract(t, temp, 1);
	if (!e && opts.force)
		e = io_remove(path);
	if (!e && rename(temp, path) < 0)
		e = err_errno(errno, "rename %s to %s", temp, path);
	if (e)
		err_free(io_remove(temp));
	return e;
}

/* Unpacks beside the place and moves it there whole. */
static struct err *unpack(const char **out, struct arena *a, const struct chart *chart, const struct tarball *t)
{
	const char *dir = opts.untar_dir ? opts.untar_dir : opts.destination;
	const char *path = io_path(a, dir, arena_text(a, chart->name));
	TRY(io_make_dirs(dir));
	if (io_exists(path) && !opts.force)
		return err_new(ERR_CONFLICT, "%s exists already (--force replaces it)", path);
	const char *temp = arena_printf(a, "%s/.%.*s.%ld", dir, STR_ARG(chart->name), (long)getpid()).s;
	TRY(io_remove(temp)); /* of a process that had the same number and was ended */
	*out = path;
	struct io_hold hold;
	io_hold_begin(&hold);
	struct err *e = unpack_by_way(temp, path, t);
	io_hold_end(&hold);
	return e;
}

static struct err *write_new(struct arena *a, const char *path, struct str bytes)
{
	struct str old;
	if (!io_exists(path) || opts.force)
		return io_write_atomic(path, bytes, 0644);
	TRY(io_read(&old, a, path, IO_FILE_MAX));
	if (str_eq(old, bytes))
		return NULL;
	return err_new(ERR_CONFLICT, "%s exists with other bytes (--force replaces it)", path);
}

/* The provenance goes beside the archive, or where that would be when it is unpacked. */
static struct err *keep_provenance(
	const char **out, struct arena *a, struct cli *c, const struct index_pulled *p, const struct chart *chart)
{
	struct str text;
	TRY(fetch_provenance(&text, a, c, p));
	const char *name = arena_printf(a, "%.*s-%.*s.tgz.prov", STR_ARG(chart->name), STR_ARG(chart->version)).s;
	*out = strcmp(opts.destination, ".") == 0 ? name : io_path(a, opts.destination, name);
	TRY(io_make_dirs(opts.destination));
	return write_new(a, *out, text);
}

/* The name of the archive's file: the URL's last part as Helm does; a name that is none gives way to the chart's own. */
static struct str file_name(struct arena *a, const struct index_pulled *p, const struct chart *chart)
{
	struct net_url u;
	struct str name = { NULL, 0 };
	struct err *e = net_url_parse(&u, p->url);
	if (!e)
		name = str_base_name(u.path);
	err_free(e);
	if (oci_is_ref(p->url) || tarball_unsafe_name(name) || str_find_char(name, '%') >= 0)
		name = arena_printf(a, "%.*s-%.*s.tgz", STR_ARG(chart->name), STR_ARG(chart->version));
	return name;
}

static struct err *keep(const char **out, struct arena *a, const struct index_pulled *p, const struct chart *chart)
{
	struct str name = file_name(a, p, chart);
	*out = strcmp(opts.destination, ".") == 0 ? arena_text(a, name)
						  : io_path(a, opts.destination, arena_text(a, name));
	TRY(io_make_dirs(opts.destination));
	return write_new(a, *out, p->bytes);
}

/* Before anything is written: whether the provenance is signed by a key of the keyring and names these bytes. */
static struct err *check_signature(
	struct arena *a, struct cli *c, const struct index_pulled *p, const struct chart *chart)
{
	struct str prov, digest;
	struct openpgp *keys;
	struct openpgp_verified v;
	TRY(fetch_provenance(&prov, a, c, p));
	struct err *e = openpgp_open(&keys, opts.keyring, OPENPGP_VERIFY);
	if (e)
		return err_wrap(e, "failed to load keyring");
	e = openpgp_verify(&v, a, keys, prov);
	if (!e)
		e = chart_prov_check(&digest, a, v.text, file_name(a, p, chart), p->bytes);
	openpgp_close(keys);
	if (!e)
		cli_say(c, "%.*s: signed by %.*s, key %.*s", STR_ARG(chart->name),
			STR_ARG(v.items[0].uids.len ? v.items[0].uids.items[0] : STR("?")),
			STR_ARG(v.items[0].fingerprint));
	return e ? err_wrap(e, "%.*s", STR_ARG(p->url)) : NULL;
}

static struct err *pull(struct val results, struct arena *a, struct cli *c, const char *ref)
{
	struct index_pulled p;
	struct chart *chart;
	const char *path = NULL, *prov = NULL;
	struct cli_progress progress;
	cli_progress_start(&progress, c, "fetching", 0);
	opts.progress = &progress;
	struct err *e = fetch_archive(&p, a, c, ref);
	opts.progress = NULL;
	cli_progress_end(&progress);
	TRY(e);
	struct tarball archive;
	e = chart_load_strict(&chart, &archive, a, p.bytes);
	if (e)
		return err_wrap(e, "%.*s", STR_ARG(p.url));
	if (p.name.len && !str_eq(p.name, chart->name))
		cli_warn(c, "the repository calls it \"%.*s\", Chart.yaml \"%.*s\"", STR_ARG(p.name),
			STR_ARG(chart->name));
	if (opts.verify)
		TRY(check_signature(a, c, &p, chart));
	TRY(opts.untar || opts.untar_dir ? unpack(&path, a, chart, &archive) : keep(&path, a, &p, chart));
	if (opts.prov)
		TRY(keep_provenance(&prov, a, c, &p, chart));
	struct val v = val_map(a);
	val_set(v, "path", val_text(path));
	val_set(v, "name", val_string(chart->name));
	val_set(v, "version", val_string(chart->version));
	val_set(v, "digest", val_string(p.digest));
	val_set(v, "url", val_string(p.url));
	if (prov)
		val_set(v, "provenance", val_text(prov));
	val_set(v, "cached", val_bool(p.from_cache));
	val_list_add(results, v);
	return NULL;
}

struct err *run_pull(struct cli *c)
{
	if (!c->nargs)
		return err_new(ERR_USAGE, "pull takes the names or URLs of charts");
	struct val results = val_list(c->arena, (size_t)c->nargs);
	for (int i = 0; i < c->nargs; i++)
		TRY(pull(results, c->arena, c, c->args[i]));
	if (wants_json())
		return print_json(c, results);
	val_list_each (one, results)
		TRY(print_line(val_get_str(*one, "path")));
	return NULL;
}
