/* SPDX-License-Identifier: Apache-2.0 */
#include "index/oci.h"

#include "index/internal.h"
#include "io/file.h"
#include "semver/semver.h"

#include <string.h>

#define OLD_ARCHIVE_TYPE "application/tar+gzip"
#define MAX_PROVENANCE ((uint64_t)1 << 20)

static void add_version(struct index *out, struct arena *a, const struct oci_ref *ref, struct str tag)
{
	struct semver v;
	struct index_entry one = { .name = str_base_name(ref->path), .version = oci_version_of(a, tag) };
	struct err *e = semver_parse_strict(&v, one.version);
	if (!e) {
		vec_push_in(a, &one.urls,
			arena_printf(a, "oci://%.*s/%.*s:%.*s", STR_ARG(ref->host), STR_ARG(ref->path), STR_ARG(tag)));
		index_add(out, a, one.name, &one);
	}
	err_free(e);
}

static struct err *list_versions(struct index *out, struct arena *a, struct oci *c)
{
	struct str_vec tags;
	*out = (struct index){ 0 };
	TRY(oci_tags(&tags, c));
	vec_each (struct str, tag, &tags)
		add_version(out, a, &c->ref, *tag);
	index_sort(out);
	const struct index_chart *chart = index_find(out, str_base_name(c->ref.path));
	if (chart)
		vec_push_in(a, out, *chart);
	return NULL;
}

struct err *index_oci_versions(struct index *out, struct arena *a, const struct oci_ref *ref, const struct oci_opts *o)
{
	struct oci c;
	TRY(oci_open(&c, a, ref, o, false));
	return list_versions(out, a, &c);
}

/* "v1.2.3" is no version in a list, but may be a tag. */
static bool is_tag_of(struct str want)
{
	struct semver v;
	struct err *e = semver_parse(&v, want);
	bool is = !e && str_count_char(want, '.') >= 2 && str_find_char(want, '+') < 0;
	err_free(e);
	return is;
}

/* The tag that a version or constraint means; a whole version is its tag, without looking at the others. */
static struct err *choose(struct str *tag, struct oci *c, const char *constraint, bool devel)
{
	struct str want = str_trim(str_from(constraint));
	struct semver v;
	struct index ix;
	const struct index_entry *entry;
	struct err *e = semver_parse_strict(&v, want);
	bool exact = !e;
	err_free(e);
	if (exact) {
		*tag = oci_tag_of(c->a, want);
		return NULL;
	}
	TRY(list_versions(&ix, c->a, c));
	struct str name = str_base_name(c->ref.path);
	if (!ix.len && !is_tag_of(want))
		return err_new(
			ERR_NOT_FOUND, "no tag of oci://%.*s is a version", STR_ARG(oci_ref_text(c->a, &c->ref)));
	e = index_resolve(&entry, &ix, name, want, devel);
	if (e && e->kind == ERR_NOT_FOUND && is_tag_of(want)) {
		err_free(e);
		*tag = want;
		return NULL;
	}
	if (e)
		return err_wrap(e, "oci://%.*s", STR_ARG(oci_ref_text(c->a, &c->ref)));
	*tag = oci_tag_of(c->a, entry->version);
	return NULL;
}

static const struct oci_blob *layer(const struct oci_manifest *m, const char *type)
{
	vec_each (struct oci_blob, b, &m->layers)
		if (str_is(b->media_type, type))
			return b;
	return NULL;
}

static const struct oci_blob *archive_layer(const struct oci_manifest *m)
{
	const struct oci_blob *b = layer(m, INDEX_OCI_ARCHIVE);
	return b ? b : layer(m, OLD_ARCHIVE_TYPE);
}

static bool is_chart(const struct oci_manifest *m)
{
	return str_is(m->config.media_type, INDEX_OCI_CONFIG) && archive_layer(m);
}

/* By way of the cache, in which archives are named by their digest. */
static struct err *get_archive(struct index_oci *out, struct oci *c, const struct oci_blob *blob)
{
	struct str hex = str_skip(blob->digest, strlen("sha256:"));
	const char *dir = c->o.net.no_cache ? "" : net_cache_dir(c->a, &c->o.net);
	const char *path = *dir ? arena_printf(c->a, "%s/archives/%.*s.tgz", dir, STR_ARG(hex)).s : NULL;
	uint64_t max = c->o.net.max_size ? c->o.net.max_size : IO_FILE_MAX;
	out->chart.digest = hex;
	if (path && io_is_file(path)) {
		struct err *e = io_read(&out->chart.bytes, c->a, path, IO_FILE_MAX);
		out->chart.from_cache = !e && str_eq(oci_digest(c->a, out->chart.bytes), blob->digest);
		err_free(e);
		if (out->chart.from_cache)
			return NULL;
		err_free(io_remove(path));
	}
	if (path) {
		err_free(io_make_dirs(arena_text(c->a, str_dir_name(str_from(path)))));
		struct err *e = oci_blob_get(&out->chart.bytes, c, blob, path, max);
		/* A cache that cannot be written, or that another process is filling, must not keep from fetching. */
		if (!e || (e->kind != ERR_IO && e->kind != ERR_LOCKED))
			return e;
		err_free(e);
	}
	return oci_blob_get(&out->chart.bytes, c, blob, NULL, max);
}

static struct err *pull(struct index_oci *out, struct oci *c, struct str what)
{
	struct oci_manifest m;
	TRY(oci_manifest_get(&m, c, what));
	if (!is_chart(&m))
		return err_new(ERR_INPUT, "%.*s is no chart: its config is %.*s", STR_ARG(out->ref),
			STR_ARG(m.config.media_type));
	out->manifest = m.digest;
	TRY(get_archive(out, c, archive_layer(&m)));
	const struct oci_blob *prov = layer(&m, INDEX_OCI_PROVENANCE);
	return prov ? oci_blob_get(&out->chart.provenance, c, prov, NULL, MAX_PROVENANCE) : NULL;
}

struct err *index_oci_archive(
	struct str *out, struct arena *a, const struct oci_ref *ref, struct str version, const struct oci_opts *o)
{
	struct oci c;
	struct oci_manifest m;
	TRY(oci_open(&c, a, ref, o, false));
	TRY(oci_manifest_get(&m, &c, oci_tag_of(a, version)));
	const struct oci_blob *blob = archive_layer(&m);
	*out = blob ? blob->digest : (struct str){ NULL, 0 };
	return NULL;
}

struct err *index_oci_pull(struct index_oci *out, struct arena *a, const char *ref, const char *constraint, bool devel,
	const struct oci_opts *o)
{
	struct oci c;
	struct oci_ref r;
	*out = (struct index_oci){ 0 };
	TRY(oci_ref_parse(&r, str_from(ref)));
	r.tag = oci_tag_of(a, r.tag);
	TRY(oci_open(&c, a, &r, o, false));
	struct str want = oci_tag_of(a, str_trim(str_from(constraint)));
	if (r.tag.len && want.len && !str_eq(r.tag, want))
		return err_new(ERR_USAGE, "%s: version \"%s\" was asked for beside the tag", ref, constraint);
	struct str what = r.digest.len ? r.digest : r.tag;
	if (!what.len) {
		TRY(choose(&r.tag, &c, constraint, devel));
		what = r.tag;
	}
	out->ref = oci_ref_text(a, &r);
	out->chart.url = arena_join(a, STR("oci://"), out->ref);
	out->chart.name = str_base_name(r.path);
	out->chart.version = oci_version_of(a, r.tag);
	return pull(out, &c, what);
}
