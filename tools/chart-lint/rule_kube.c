/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about what the templates print. */
#include "kube/names.h"
#include "lint.h"

#include <stdio.h>
#include <string.h>

void lint_read_resources(struct lint_resources *out, struct lint *l)
{
	vec_each (const struct chart_text, t, &l->texts) {
		struct kube_manifests m = { 0 };
		struct kube_parse_opts o = { .namespace = l->opts->namespace };
		ptrdiff_t slash = str_find_char(t->path, '/');
		if (t->partial || t->error || str_ends(t->path, STR("NOTES.txt")))
			continue;
		struct err *e = kube_parse(&m, l->arena, t->text, &o);
		/* helm/yaml says it better. */
		err_free(e);
		vec_each (const struct kube_resource, r, &m) {
			struct lint_resource x = { *r, t, str_skip(t->path, (size_t)(slash + 1)),
				t->chart == l->chart };
			vec_push_in(l->arena, out, x);
		}
	}
}

/* The pod template of a workload: where its pods' metadata and spec stand, as a path; NULL for other kinds. */
static const char *pods_of(struct str kind)
{
	static const struct {
		const char *kind, *path;
	} kinds[] = {
		{ "Deployment", "spec.template" },
		{ "StatefulSet", "spec.template" },
		{ "DaemonSet", "spec.template" },
		{ "ReplicaSet", "spec.template" },
		{ "ReplicationController", "spec.template" },
		{ "Job", "spec.template" },
		{ "CronJob", "spec.jobTemplate.spec.template" },
		{ "Pod", "" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (str_is(kind, kinds[i].kind))
			return kinds[i].path;
	}
	return NULL;
}

static struct val pod_of(const struct kube_resource *r)
{
	const char *path = pods_of(r->kind);

	if (!path)
		return VAL_NOTHING;
	return *path ? kube_field(r->value, path) : r->value;
}

/* Adds a finding at a field of a document. */
static void found(struct lint *l, const struct lint_resource *x, const char *rule, const char *path, struct str message)
{
	int line;
	int column;

	lint_locate_field(l, &x->r, x->text, path, &line, &column);
	lint_add(l, rule, x->inside, line, column, "%.*s", STR_ARG(message));
}

static struct str title(struct arena *a, const struct kube_resource *r)
{
	return arena_printf(a, "%.*s \"%.*s\"", STR_ARG(r->kind), STR_ARG(r->name));
}

static bool labels_match(struct val wanted, struct val labels)
{
	val_map_each (e, wanted) {
		struct val has = val_map_get(labels, e->key);
		if (!val_is_string(has) || !val_is_string(e->value) || !str_eq(val_str(has), val_str(e->value)))
			return false;
	}
	return true;
}

static bool is_in(struct val list, struct val v)
{
	val_list_each (item, list) {
		if (val_is_string(*item) && val_is_string(v) && str_eq(val_str(*item), val_str(v)))
			return true;
	}
	return false;
}

static bool expressions_match(struct val list, struct val labels)
{
	val_list_each (x, list) {
		struct str op = val_get_str(*x, "operator");
		struct val v = val_map_get(labels, val_get_str(*x, "key"));
		bool there = !val_is_null(v);
		bool in = is_in(val_get(*x, "values"), v);
		if ((str_is(op, "In") && !in) || (str_is(op, "NotIn") && in) || (str_is(op, "Exists") && !there) ||
			(str_is(op, "DoesNotExist") && there))
			return false;
	}
	return true;
}

/* The first label that keeps a selector from matching, for the message. */
static struct str mismatch(struct arena *a, struct val wanted, struct val labels)
{
	val_map_each (e, wanted) {
		struct val has = val_map_get(labels, e->key);
		if (val_is_string(has) && val_is_string(e->value) && str_eq(val_str(has), val_str(e->value)))
			continue;
		if (val_is_null(has))
			return arena_printf(a, "the pods have no label %.*s", STR_ARG(e->key));
		return arena_printf(a, "%.*s is \"%.*s\" in the selector and \"%.*s\" in the pods", STR_ARG(e->key),
			STR_ARG(val_str(e->value)), STR_ARG(val_str(has)));
	}
	return STR("an expression does not match the labels of the pods");
}

static bool needs_selector(struct str kind)
{
	return str_is(kind, "Deployment") || str_is(kind, "StatefulSet") || str_is(kind, "DaemonSet") ||
	       str_is(kind, "ReplicaSet");
}

static void check_selector(struct lint *l, const struct lint_resource *x)
{
	struct val selector = kube_field(x->r.value, "spec.selector");
	struct val labels = kube_field(x->r.value, "spec.template.metadata.labels");
	struct val wanted = val_get(selector, "matchLabels");
	struct val list = val_get(selector, "matchExpressions");

	if (!needs_selector(x->r.kind) || !str_starts(x->r.api_version, STR("apps/")) || !val_is_map(selector))
		return;
	bool ok = (!val_is_map(wanted) || labels_match(wanted, labels)) &&
		  (!val_is_list(list) || expressions_match(list, labels));
	if (!ok)
		found(l, x, "kube/selector-mismatch", "spec.selector.matchLabels",
			arena_printf(l->arena, "the selector of %.*s does not match its own pods: %.*s",
				STR_ARG(title(l->arena, &x->r)), STR_ARG(mismatch(l->arena, wanted, labels))));
}

/* Labels that controllers give to their pods. */
static bool is_given_label(struct str key)
{
	return str_is(key, "statefulset.kubernetes.io/pod-name") || str_is(key, "apps.kubernetes.io/pod-index") ||
	       str_is(key, "controller-revision-hash") || str_is(key, "pod-template-hash") || str_is(key, "job-name") ||
	       str_starts(key, STR("batch.kubernetes.io/"));
}

/* Whether an operator may make pods from it: a custom resource that is not known to be about something else. */
static bool may_make_pods(const struct kube_resource *r)
{
	static const char *const others[] = { "ServiceMonitor", "PodMonitor", "PrometheusRule", "Probe", "Certificate",
		"Issuer", "ClusterIssuer", "ExternalSecret", "SealedSecret", "VirtualService", "DestinationRule",
		"Gateway", "HTTPRoute", "IngressRoute", "Route", "ScaledObject" };

	if (kube_group_is_builtin(kube_api_group(r->api_version)))
		return false;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		if (str_is(r->kind, others[i]))
			return false;
	}
	return true;
}

/* Whether any pod of the chart has the labels, or may have; `*pods` counts those there are. */
static bool selects_any(const struct lint *l, struct val wanted, size_t *pods)
{
	bool any = false;

	struct val asked = val_map(l->arena);

	val_map_each (e, wanted) {
		if (!is_given_label(e->key))
			val_map_set(asked, e->key, e->value);
	}
	vec_each (const struct lint_resource, x, l->resources) {
		struct val pod = pod_of(&x->r);
		any |= may_make_pods(&x->r);
		if (!val_is_map(pod))
			continue;
		++*pods;
		any |= labels_match(asked, kube_field(pod, "metadata.labels"));
	}
	return any;
}

static struct str release_namespace(const struct lint *l)
{
	return l->opts->namespace && *l->opts->namespace ? str_from(l->opts->namespace) : STR("default");
}

static void check_service(struct lint *l, const struct lint_resource *x)
{
	struct val selector = kube_field(x->r.value, "spec.selector");
	size_t pods = 0;

	if (!str_is(x->r.kind, "Service") || !str_is(x->r.api_version, "v1") || !val_map_len(selector))
		return;
	/* One that names another namespace is for pods that live there. */
	if (val_get_str(val_get(x->r.value, "metadata"), "namespace").len &&
		!str_eq(x->r.namespace, release_namespace(l)))
		return;
	if (selects_any(l, selector, &pods) || !pods)
		return;
	found(l, x, "kube/service-selector", "spec.selector",
		arena_printf(
			l->arena, "no pod of the chart matches the selector of %.*s", STR_ARG(title(l->arena, &x->r))));
}

static void check_image(struct lint *l, const struct lint_resource *x, struct val container, const char *path)
{
	struct val image = val_get(container, "image");
	struct str s = val_str(image);
	struct str last = str_base_name(s);
	ptrdiff_t colon = str_find_char(last, ':');

	if (!val_is_string(image) || !s.len || str_find_char(s, '@') >= 0)
		return;
	struct str tag = colon < 0 ? (struct str){ NULL, 0 } : str_skip(last, (size_t)colon + 1);
	if (tag.len && !str_is(tag, "latest"))
		return;
	found(l, x, "kube/image-tag", arena_printf(l->arena, "%s.image", path).s,
		arena_printf(l->arena, tag.len ? "image \"%.*s\" has the tag latest" : "image \"%.*s\" has no tag",
			STR_ARG(s)));
}

/* The API server wants strings: numbers and booleans need quotes. */
static void check_strings(
	struct lint *l, const struct lint_resource *x, struct val map, const char *path, const char *what)
{
	if (!val_is_map(map))
		return;
	val_map_each (e, map) {
		if (val_is_string(e->value) || val_is_null(e->value))
			continue;
		found(l, x, "kube/needs-string", arena_printf(l->arena, "%s.%.*s", path, STR_ARG(e->key)).s,
			arena_printf(l->arena, "%s %.*s of %.*s must be a string, but is a %s", what, STR_ARG(e->key),
				STR_ARG(title(l->arena, &x->r)), val_noun(e->value)));
	}
}

static void check_labels(struct lint *l, const struct lint_resource *x, struct val meta, const char *path)
{
	struct val labels = val_get(meta, "labels");
	const char *at = arena_printf(l->arena, "%slabels", path).s;

	check_strings(l, x, labels, at, "label");
	check_strings(
		l, x, val_get(meta, "annotations"), arena_printf(l->arena, "%sannotations", path).s, "annotation");
	if (!val_is_map(labels))
		return;
	val_map_each (e, labels) {
		if (!val_is_string(e->value) || kube_label_value_is_valid(val_str(e->value)))
			continue;
		found(l, x, "kube/label-value", at,
			arena_printf(l->arena, "label %.*s of %.*s has an invalid value: \"%.*s\"", STR_ARG(e->key),
				STR_ARG(title(l->arena, &x->r)), STR_ARG(val_str(e->value))));
	}
}

static void check_env(struct lint *l, const struct lint_resource *x, struct val container, const char *path)
{
	size_t i = 0;
	struct val env = val_get(container, "env");

	if (!val_is_list(env))
		return;
	val_list_each (e, env) {
		struct val v = val_get(*e, "value");
		const char *at = arena_printf(l->arena, "%s.env[%zu].value", path, i++).s;
		if (val_is_null(v) || val_is_string(v))
			continue;
		found(l, x, "kube/needs-string", at,
			arena_printf(l->arena, "the value of environment variable %.*s must be a string, but is a %s",
				STR_ARG(val_get_str(*e, "name")), val_noun(v)));
	}
}

static void check_pod(struct lint *l, const struct lint_resource *x)
{
	static const char *const lists[] = { "containers", "initContainers" };
	const char *root = pods_of(x->r.kind);
	struct val pod = pod_of(&x->r);

	if (!val_is_map(pod))
		return;
	if (*root)
		check_labels(l, x, val_get(pod, "metadata"), arena_printf(l->arena, "%s.metadata.", root).s);
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		struct val list = val_get(val_get(pod, "spec"), lists[i]);
		size_t n = 0;
		if (!val_is_list(list))
			continue;
		val_list_each (c, list) {
			const char *path =
				arena_printf(l->arena, "%s%sspec.%s[%zu]", root, *root ? "." : "", lists[i], n++).s;
			check_image(l, x, *c, path);
			check_env(l, x, *c, path);
		}
	}
}

static void check_data(struct lint *l, const struct lint_resource *x)
{
	if (str_is(x->r.kind, "ConfigMap") && str_is(x->r.api_version, "v1"))
		check_strings(l, x, val_get(x->r.value, "data"), "data", "key");
	if (str_is(x->r.kind, "Secret") && str_is(x->r.api_version, "v1"))
		check_strings(l, x, val_get(x->r.value, "stringData"), "stringData", "key");
}

/* Hooks are made one after the other, and may share a name. */
static void check_duplicates(struct lint *l)
{
	struct map seen = { 0 };

	vec_each (struct lint_resource, x, l->resources) {
		struct str group = kube_api_group(x->r.api_version);
		struct str key = arena_printf(l->arena, "%.*s/%.*s/%.*s/%.*s", STR_ARG(group), STR_ARG(x->r.kind),
			STR_ARG(x->r.namespace), STR_ARG(x->r.name));
		if (x->r.hooks.len || !x->r.name.len)
			continue;
		const struct lint_resource *first = map_find(&seen, key);
		if (!first) {
			map_set(&seen, l->arena, key, x);
			continue;
		}
		if (x->own)
			found(l, x, "kube/duplicate-resource", "metadata.name",
				arena_printf(l->arena, "%.*s is there twice; the other one is in %.*s",
					STR_ARG(title(l->arena, &x->r)), STR_ARG(first->inside)));
	}
}

void lint_kube(struct lint *l)
{
	if (!l->resources)
		return;
	vec_each (const struct lint_resource, x, l->resources) {
		if (!x->own)
			continue;
		check_selector(l, x);
		check_service(l, x);
		check_labels(l, x, val_get(x->r.value, "metadata"), "metadata.");
		check_pod(l, x);
		check_data(l, x);
	}
	check_duplicates(l);
}
