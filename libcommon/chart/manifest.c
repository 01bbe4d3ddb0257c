/* SPDX-License-Identifier: Apache-2.0 */
/* manifest: rendered text becomes documents, in the order of installing. */
#include "base/quote.h"
#include "base/utf8.h"
#include "chart/internal.h"
#include "chart/render.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

static void add_document(struct str_vec *out, struct arena *a, struct str doc)
{
	if (utf8_trim(doc).len)
		vec_push_in(a, out, utf8_trim_left(doc));
}

/*
 * Helm 4 splits at "---" at the beginning of any line, with the blanks behind it; what else is on that line belongs to the next
 * document. White space before a document goes, white space behind it stays.
 */
static void split4(struct str_vec *out, struct arena *a, struct str text)
{
	text = utf8_trim_left(text);
	size_t start = 0, at = 0;
	bool marked = str_starts(text, STR("---"));
	for (;;) {
		if (marked) {
			add_document(out, a, str_slice(text, start, at));
			at += 3;
			while (at < text.len && (text.s[at] == ' ' || text.s[at] == '\t'))
				at++;
			start = at;
		}
		ptrdiff_t next = str_find(str_skip(text, at), STR("\n---"));
		if (next < 0)
			break;
		marked = true;
		at += (size_t)next + 1;
	}
	add_document(out, a, str_skip(text, start));
}

static bool is_re_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/* Helm 3 splits at (?:^|\s*\n)---\s* and trims both ends; what follows the blanks is never again the start of a line. */
static void split3(struct str_vec *out, struct arena *a, struct str text)
{
	text = utf8_trim(text);
	size_t start = 0, at = 0;
	for (;;) {
		bool first = at == 0 && str_starts(text, STR("---"));
		ptrdiff_t found = first ? 0 : str_find(str_skip(text, at), STR("\n---"));
		struct str doc = str_skip(text, start);
		if (found >= 0) {
			size_t cut = at + (size_t)found;
			doc = str_slice(text, start, cut);
			at = cut + (first ? 3 : 4);
			while (at < text.len && is_re_space(text.s[at]))
				at++;
			start = at;
		}
		doc = utf8_trim(doc);
		if (doc.len)
			vec_push_in(a, out, doc);
		if (found < 0)
			return;
	}
}

void chart_split(struct str_vec *out, struct arena *a, struct str text, bool helm3)
{
	if (helm3)
		split3(out, a, text);
	else
		split4(out, a, text);
}

struct head {
	struct str api_version, kind;
	struct head_metadata {
		struct str name;
		struct val annotations;
	} * metadata;
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct json_field metadata_fields[] = {
	JSON_FIELD("name", JSON_TEXT, head_metadata, name),
	JSON_FIELD("annotations", JSON_TEXT_MAP, head_metadata, annotations),
};

static const struct json_shape metadata_shape =
	JSON_SHAPE("struct { Name string \"json:\\\"name\\\"\"; Annotations map[string]string "
		   "\"json:\\\"annotations\\\"\" }",
		"", head_metadata, metadata_fields);

static const struct json_field head_fields[] = {
	JSON_FIELD("apiVersion", JSON_TEXT, head, api_version),
	JSON_FIELD("kind", JSON_TEXT, head, kind),
	JSON_FIELD_OF("metadata", JSON_POINTER, head, metadata, &metadata_shape),
};

static const struct json_shape head_shape = JSON_SHAPE("util.SimpleHead", "SimpleHead", head, head_fields);
static const struct json_shape head3_shape = JSON_SHAPE("releaseutil.SimpleHead", "SimpleHead", head, head_fields);

static struct str kept(struct arena *a, struct str s)
{
	return s.len ? arena_str(a, s) : STR("");
}

struct err *chart_head_load(
	struct chart_head *out, struct arena *a, struct arena *scratch, struct str document, bool helm3)
{
	/* The whole document has to be read to find its faults; only the head is kept. */
	static const char *const wanted[] = { "apiVersion", "kind", "metadata", NULL };
	struct yml_opts o = { .integers = true, .only = wanted };
	struct val v;
	struct head h = { 0 };
	*out = (struct chart_head){ .annotations = VAL_NIL };
	struct err *e = yml_load(&v, scratch, document, &o);
	if (!e) {
		e = json_decode(&h, scratch, v, helm3 ? &head3_shape : &head_shape);
		if (e)
			e = err_wrap(e, "error unmarshaling JSON: while decoding JSON");
	}
	if (!e) {
		out->api_version = kept(a, h.api_version);
		out->kind = kept(a, h.kind);
		out->namespace = kept(a, val_get_str(val_get(v, "metadata"), "namespace"));
	}
	if (!e && h.metadata) {
		out->name = kept(a, h.metadata->name);
		if (val_map_len(h.metadata->annotations)) {
			out->annotations = val_map(a);
			val_map_each (it, h.metadata->annotations)
				val_map_set(
					out->annotations, kept(a, it->key), val_string(kept(a, val_str(it->value))));
		}
	}
	arena_clear(scratch);
	return e;
}

/* The order of installing; Helm 3 does not know the last two. */
static const char *const install_order[] = {
	"PriorityClass",
	"Namespace",
	"NetworkPolicy",
	"ResourceQuota",
	"LimitRange",
	"PodSecurityPolicy",
	"PodDisruptionBudget",
	"ServiceAccount",
	"Secret",
	"SecretList",
	"ConfigMap",
	"StorageClass",
	"PersistentVolume",
	"PersistentVolumeClaim",
	"CustomResourceDefinition",
	"ClusterRole",
	"ClusterRoleList",
	"ClusterRoleBinding",
	"ClusterRoleBindingList",
	"Role",
	"RoleList",
	"RoleBinding",
	"RoleBindingList",
	"Service",
	"DaemonSet",
	"Pod",
	"ReplicationController",
	"ReplicaSet",
	"Deployment",
	"HorizontalPodAutoscaler",
	"StatefulSet",
	"Job",
	"CronJob",
	"IngressClass",
	"Ingress",
	"APIService",
	"MutatingWebhookConfiguration",
	"ValidatingWebhookConfiguration",
};

struct ranked {
	size_t rank, index;
	const struct chart_manifest *manifest;
};

static size_t rank_of(struct str kind, size_t known)
{
	for (size_t i = 0; i < known; i++)
		if (str_is(kind, install_order[i]))
			return i;
	return known;
}

static int by_rank(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	int c = str_cmp(a->manifest->head.kind, b->manifest->head.kind);
	return c ? c : a->index < b->index ? -1 : 1;
}

void chart_sort(struct chart_manifest *items, size_t n, struct arena *a, bool helm3)
{
	if (n < 2)
		return;
	struct ranked *order = arena_array(a, n, sizeof(*order));
	struct chart_manifest *sorted = arena_array(a, n, sizeof(*sorted));
	size_t known = COUNT(install_order) - (helm3 ? 2 : 0);
	for (size_t i = 0; i < n; i++)
		order[i] = (struct ranked){ rank_of(items[i].head.kind, known), i, &items[i] };
	qsort(order, n, sizeof(*order), by_rank);
	for (size_t i = 0; i < n; i++)
		sorted[i] = *order[i].manifest;
	memcpy(items, sorted, n * sizeof(*items));
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Labels of letters and digits with '-' inside, joined by dots. */
static bool valid_name(struct str s)
{
	while (s.s) {
		struct str label = str_cut(&s, '.');
		if (!label.len || !is_alnum(label.s[0]) || !is_alnum(label.s[label.len - 1]))
			return false;
		for (size_t i = 0; i < label.len; i++)
			if (!is_alnum(label.s[i]) && label.s[i] != '-')
				return false;
	}
	return true;
}

struct err *chart_check_release_name(const char *name)
{
	struct buf b = BUF_INIT;
	quote_add(&b, str_from(name));
	struct err *e = NULL;
	if (!name[0])
		e = err_new(ERR_INPUT, "release name %s: no name provided", buf_text(&b));
	else if (strlen(name) > 53 || !valid_name(str_from(name)))
		e = err_new(ERR_INPUT,
			"release name %s: invalid release name, must match regex "
			"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must "
			"not be longer than 53",
			buf_text(&b));
	buf_release(&b);
	return e;
}
