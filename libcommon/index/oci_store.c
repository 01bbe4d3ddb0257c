/* SPDX-License-Identifier: Apache-2.0 */
/* Charts into registries, as Helm puts them there. */
#include "index/oci.h"
#include "json/json.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define TITLE "org.opencontainers.image.title"
#define VERSION "org.opencontainers.image.version"

static void note(struct val notes, const char *key, struct str value)
{
	if (str_trim(value).len)
		val_set(notes, key, val_string(value));
}

/* "Name (email), ..." */
static struct str authors(struct arena *a, const struct chart *c)
{
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < c->nmaintainers; i++) {
		const struct chart_maintainer *m = c->maintainers[i];
		if (m)
			buf_add(&b, m->name);
		if (m && m->email.len)
			buf_printf(&b, " (%.*s)", STR_ARG(m->email));
		if (i + 1 < c->nmaintainers)
			buf_puts(&b, ", ");
	}
	struct str s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}

static struct str rfc3339(struct arena *a, int64_t seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;
	char text[40];
	if (!gmtime_r(&t, &tm) || !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		return (struct str){ NULL, 0 };
	return arena_str(a, str_from(text));
}

static struct val annotations(struct arena *a, const struct index_oci_push *p)
{
	const struct chart *c = p->chart;
	struct val notes = val_map(a), sorted = val_map(a);
	note(notes, "org.opencontainers.image.description", c->description);
	note(notes, TITLE, c->name);
	note(notes, VERSION, c->version);
	note(notes, "org.opencontainers.image.url", c->home);
	note(notes, "org.opencontainers.image.created", rfc3339(a, p->created));
	if (c->sources.len)
		note(notes, "org.opencontainers.image.source", c->sources.items[0]);
	note(notes, "org.opencontainers.image.authors", authors(a, c));
	val_map_each (own, c->annotations)
		if (!str_is(own->key, TITLE) && !str_is(own->key, VERSION))
			val_map_set(notes, own->key, own->value);
	const uint32_t *order = val_map_sorted(notes);
	for (size_t i = 0; i < val_map_len(notes); i++)
		val_map_set(sorted, notes.map->entries[order[i]].key, notes.map->entries[order[i]].value);
	return sorted;
}

static struct val descriptor(struct arena *a, const char *type, struct str bytes)
{
	struct val d = val_map(a);
	val_set(d, "mediaType", val_text(type));
	val_set(d, "digest", val_string(oci_digest(a, bytes)));
	val_set(d, "size", val_int((int64_t)bytes.len));
	return d;
}

static struct val layers(struct arena *a, const struct index_oci_push *p)
{
	struct val list = val_list(a, 2);
	struct val archive = descriptor(a, INDEX_OCI_ARCHIVE, p->archive);
	struct val prov = p->provenance.len ? descriptor(a, INDEX_OCI_PROVENANCE, p->provenance) : VAL_NOTHING;
	bool prov_first =
		prov.kind == VAL_MAP && str_cmp(val_get_str(prov, "digest"), val_get_str(archive, "digest")) < 0;
	if (prov_first)
		val_list_add(list, prov);
	val_list_add(list, archive);
	if (prov.kind == VAL_MAP && !prov_first)
		val_list_add(list, prov);
	return list;
}

/* Adds the manifest as Helm writes it: the same for the same archive. `config` gets the config's bytes, in `a`. */
static struct err *add_manifest(struct buf *out, struct str *config, struct arena *a, const struct index_oci_push *p)
{
	struct buf b = BUF_INIT;
	struct val m = val_map(a);
	struct err *e = json_add(&b, a, chart_metadata(a, p->chart), JSON_ORDERED);
	*config = arena_str(a, buf_str(&b));
	buf_release(&b);
	if (e)
		return e;
	val_set(m, "schemaVersion", val_int(2));
	val_set(m, "config", descriptor(a, INDEX_OCI_CONFIG, *config));
	val_set(m, "layers", layers(a, p));
	val_set(m, "annotations", annotations(a, p));
	return json_add(out, a, m, JSON_ORDERED);
}

static struct str digest_of(const struct oci_manifest *m, const char *type)
{
	vec_each (struct oci_blob, b, &m->layers)
		if (str_is(b->media_type, type))
			return b->digest;
	return (struct str){ NULL, 0 };
}

/* Looks at what the version has already: `*same` when there is nothing to be stored. */
static struct err *compare(
	bool *same, struct index_oci *out, struct oci *c, const struct index_oci_push *p, struct str manifest)
{
	struct oci_manifest there;
	*same = false;
	struct err *e = oci_manifest_get(&there, c, c->ref.tag);
	if (e && e->kind == ERR_NOT_FOUND) {
		err_free(e);
		return NULL;
	}
	TRY(e);
	*same = str_eq(there.digest, oci_digest(c->a, manifest));
	struct str archive = digest_of(&there, INDEX_OCI_ARCHIVE), prov = digest_of(&there, INDEX_OCI_PROVENANCE);
	if (*same)
		return NULL;
	if (!str_eq(archive, oci_digest(c->a, p->archive)))
		return err_new(ERR_CONFLICT, "%.*s exists with other bytes (--force replaces it)", STR_ARG(out->ref));
	if (!p->provenance.len || (prov.len && str_eq(prov, oci_digest(c->a, p->provenance)))) {
		/* The same archive, stored by another program or at another time: what was published stays. */
		*same = true;
		out->manifest = there.digest;
		return NULL;
	}
	if (prov.len)
		return err_new(ERR_CONFLICT, "%.*s exists with another provenance file (--force replaces it)",
			STR_ARG(out->ref));
	return NULL;
}

static struct err *store(struct oci *c, const struct index_oci_push *p, struct str config, struct str manifest)
{
	struct str digest;
	TRY(oci_blob_put(&digest, c, p->archive));
	if (p->provenance.len)
		TRY(oci_blob_put(&digest, c, p->provenance));
	TRY(oci_blob_put(&digest, c, config));
	return oci_manifest_put(c, c->ref.tag, STR(MANIFEST_TYPE), manifest);
}

struct err *index_oci_store(struct index_oci *out, bool *stored, struct arena *a, const char *base,
	const struct index_oci_push *p, bool force, const struct oci_opts *o)
{
	struct oci c;
	struct oci_ref r;
	struct buf b = BUF_INIT;
	struct str config;
	bool same = false;
	*out = (struct index_oci){ 0 };
	TRY(oci_ref_parse(&r, str_from(base)));
	if (r.tag.len || r.digest.len)
		return err_new(ERR_USAGE, "%s: the chart's version becomes the tag, another cannot be given", base);
	struct str whole = arena_printf(a, "%.*s/%.*s/%.*s:%.*s", STR_ARG(r.host), STR_ARG(r.path),
		STR_ARG(p->chart->name), STR_ARG(oci_tag_of(a, p->chart->version)));
	TRY(oci_ref_parse(&r, whole));
	TRY(add_manifest(&b, &config, a, p));
	struct str manifest = arena_str(a, buf_str(&b));
	buf_release(&b);
	out->ref = whole;
	out->manifest = oci_digest(a, manifest);
	TRY(oci_open(&c, a, &r, o, true));
	struct err *e = compare(&same, out, &c, p, manifest);
	/* Neither another chart nor something broken is in the way of force. */
	if (e && force && (e->kind == ERR_CONFLICT || e->kind == ERR_INPUT || e->kind == ERR_DIGEST)) {
		err_free(e);
		e = NULL;
	}
	TRY(e);
	*stored = !same;
	return same ? NULL : store(&c, p, config, manifest);
}
