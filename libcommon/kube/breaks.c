/* SPDX-License-Identifier: Apache-2.0 */
/* Changes that an upgrade will refuse or that lose data. */
#include "base/num.h"
#include "kube/diff.h"

#include <string.h>

/* A field that the API server does not let anybody change. */
struct immutable {
	const char *kind; /* of the resource */
	const char *rule;
	const char *path; /* from the root of the resource */
	const char *way;
};

#define ORPHAN "delete it with `kubectl delete --cascade=orphan` (pods and volumes stay), then upgrade"
#define OTHER_NAME "delete it before the upgrade (its pods stop), or let the new one have another name"
#define NEW_JOB "put the revision or a hash into the name of the Job, or delete the old Job before the upgrade"
#define NEW_CLAIM "make a new claim and copy the data, or keep the old value in the values"

static const struct immutable immutables[] = {
	{ "StatefulSet", "statefulset-immutable", "spec.serviceName", ORPHAN },
	{ "StatefulSet", "statefulset-immutable", "spec.podManagementPolicy", ORPHAN },
	{ "StatefulSet", "statefulset-immutable", "spec.volumeClaimTemplates",
		ORPHAN "; existing volumes keep what they have" },
	{ "Job", "job-immutable", "spec.template", NEW_JOB },
	{ "Job", "job-immutable", "spec.completions", NEW_JOB },
	{ "Job", "job-immutable", "spec.completionMode", NEW_JOB },
	{ "PersistentVolumeClaim", "pvc-immutable", "spec.storageClassName", NEW_CLAIM },
	{ "PersistentVolumeClaim", "pvc-immutable", "spec.accessModes", NEW_CLAIM },
	{ "PersistentVolumeClaim", "pvc-immutable", "spec.volumeName", NEW_CLAIM },
	{ "PersistentVolumeClaim", "pvc-immutable", "spec.volumeMode", NEW_CLAIM },
	{ "RoleBinding", "rolebinding-immutable", "roleRef", "delete the binding before the upgrade" },
	{ "ClusterRoleBinding", "rolebinding-immutable", "roleRef", "delete the binding before the upgrade" },
	{ "StorageClass", "storageclass-immutable", "provisioner", "give the new class another name" },
	{ "StorageClass", "storageclass-immutable", "parameters", "give the new class another name" },
	{ "StorageClass", "storageclass-immutable", "reclaimPolicy", "give the new class another name" },
	{ "StorageClass", "storageclass-immutable", "volumeBindingMode", "give the new class another name" },
};

struct search {
	struct kube_breaks *out;
	struct arena *arena;
};

static struct str name_of(struct arena *a, const struct kube_resource *r)
{
	if (!r->namespace.len)
		return arena_printf(a, "%.*s %.*s", STR_ARG(r->kind), STR_ARG(r->name));
	return arena_printf(a, "%.*s %.*s/%.*s", STR_ARG(r->kind), STR_ARG(r->namespace), STR_ARG(r->name));
}

static struct kube_break *add_break(struct search *s, const char *rule, const struct kube_resource *r)
{
	struct kube_break b = { .rule = rule, .resource = name_of(s->arena, r), .at = r };

	vec_push_in(s->arena, s->out, b);
	return &s->out->items[s->out->len - 1];
}

/* A scalar in few words; empty for what is not one. */
static struct str in_words(struct arena *a, struct val v)
{
	struct buf b = BUF_INIT;

	if (v.kind == VAL_STRING && v.len <= 60)
		buf_printf(&b, "\"%.*s\"", STR_ARG(val_str(v)));
	else if (v.kind == VAL_FLOAT)
		num_add_json(&b, v.f);
	else if (v.kind == VAL_BOOL)
		buf_puts(&b, v.b ? "true" : "false");
	else if (val_is_null(v))
		buf_puts(&b, "nothing");
	struct str out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return out;
}

static struct str change_in_words(struct arena *a, const char *path, struct val old, struct val new)
{
	struct str x = in_words(a, old);
	struct str y = in_words(a, new);

	if (!x.len || !y.len)
		return arena_printf(a, "%s changes, which the API server refuses", path);
	return arena_printf(
		a, "%s changes from %.*s to %.*s, which the API server refuses", path, STR_ARG(x), STR_ARG(y));
}

static void add_refused(struct search *s, const char *rule, const struct kube_change *k, const char *path,
	struct val old, struct val new, const char *way)
{
	struct kube_break *b = add_break(s, rule, k->new);

	b->path = str_from(path);
	b->what = change_in_words(s->arena, path, old, new);
	b->way = str_from(way);
}

/* What the API server fills in when nobody sets it; comparing without it would see changes that are none. */
static struct val or_default(const char *path, struct val v)
{
	if (!val_is_null(v))
		return v;
	if (strcmp(path, "spec.podManagementPolicy") == 0)
		return val_text("OrderedReady");
	if (strcmp(path, "spec.completionMode") == 0)
		return val_text("NonIndexed");
	if (strcmp(path, "spec.volumeMode") == 0)
		return val_text("Filesystem");
	if (strcmp(path, "reclaimPolicy") == 0)
		return val_text("Delete");
	if (strcmp(path, "volumeBindingMode") == 0)
		return val_text("Immediate");
	if (strcmp(path, "spec.completions") == 0)
		return val_float(1);
	return v;
}

static void check_immutables(struct search *s, const struct kube_change *k)
{
	for (size_t i = 0; i < sizeof(immutables) / sizeof(*immutables); i++) {
		const struct immutable *m = &immutables[i];
		if (!str_is(k->new->kind, m->kind) || !str_is(k->old->kind, m->kind))
			continue;
		struct val old = or_default(m->path, kube_field(k->old->value, m->path));
		struct val new = or_default(m->path, kube_field(k->new->value, m->path));
		if (val_is_null(old) && val_is_null(new))
			continue;
		/* A claim without a class gets the cluster's; leaving it out later is no change. */
		if (str_is(k->new->kind, "PersistentVolumeClaim") && val_is_null(new))
			continue;
		if (!val_equal(old, new))
			add_refused(s, m->rule, k, m->path, old, new, m->way);
	}
}

/* The labels that select: matchLabels, or where the old APIs fill them in, those of the pods. */
static struct val selector_of(const struct kube_resource *r)
{
	struct val selector = kube_field(r->value, "spec.selector");

	return val_is_null(selector) ? kube_field(r->value, "spec.template.metadata.labels")
				     : (val_is_map(val_get(selector, "matchLabels")) && val_map_len(selector) == 1
						       ? val_get(selector, "matchLabels")
						       : selector);
}

static void check_selector(struct search *s, const struct kube_change *k)
{
	static const char *const kinds[] = { "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct val old = selector_of(k->old);
		struct val new = selector_of(k->new);
		if (!str_is(k->new->kind, kinds[i]) || val_equal(old, new))
			continue;
		bool stateful = str_is(k->new->kind, "StatefulSet");
		add_refused(s, stateful ? "statefulset-immutable" : "selector-immutable", k, "spec.selector", old, new,
			stateful ? "delete it before the upgrade (volumes stay, pods stop)" : OTHER_NAME);
	}
}

static void check_service(struct search *s, const struct kube_change *k)
{
	struct val old = kube_field(k->old->value, "spec.clusterIP");
	struct val new = kube_field(k->new->value, "spec.clusterIP");
	bool external = str_is(val_get_str(val_get(k->new->value, "spec"), "type"), "ExternalName") ||
			str_is(val_get_str(val_get(k->old->value, "spec"), "type"), "ExternalName");

	if (!str_is(k->new->kind, "Service") || kube_api_group(k->new->api_version).len || external)
		return;
	bool was_set = !val_is_null(old) && val_str(old).len;
	bool is_set = !val_is_null(new) && val_str(new).len;
	if (is_set && !val_equal(old, new)) {
		add_refused(s, "service-cluster-ip", k, "spec.clusterIP", old, new,
			"delete the Service before the upgrade, or let the new one have another name");
	} else if (was_set && !is_set) {
		struct kube_break *b = add_break(s, "service-cluster-ip", k->new);
		b->path = STR("spec.clusterIP");
		b->what = arena_printf(s->arena, "spec.clusterIP is taken out, but the Service silently keeps %.*s",
			STR_ARG(in_words(s->arena, old)));
		b->way = STR("delete the Service before the upgrade");
	}
}

/* A quantity such as "8Gi" or "500M" in bytes; negative when it is none. */
static double quantity(struct val v)
{
	static const struct {
		const char *suffix;
		double factor;
	} units[] = { { "", 1 }, { "m", 1e-3 }, { "k", 1e3 }, { "M", 1e6 }, { "G", 1e9 }, { "T", 1e12 }, { "P", 1e15 },
		{ "E", 1e18 }, { "Ki", 1024.0 }, { "Mi", 1048576.0 }, { "Gi", 1073741824.0 }, { "Ti", 1099511627776.0 },
		{ "Pi", 1125899906842624.0 }, { "Ei", 1152921504606846976.0 } };
	struct str s = val_str(v);
	double n;

	if (v.kind == VAL_FLOAT)
		return v.f;
	size_t digits = 0;
	while (digits < s.len && ((s.s[digits] >= '0' && s.s[digits] <= '9') || s.s[digits] == '.'))
		digits++;
	if (v.kind != VAL_STRING || num_parse_float(&n, str_slice(s, 0, digits)) != NUM_OK)
		return -1;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (str_is(str_skip(s, digits), units[i].suffix))
			return n * units[i].factor;
	}
	return -1;
}

static void check_claim_size(struct search *s, const struct kube_change *k)
{
	static const char path[] = "spec.resources.requests.storage";
	struct val old = kube_field(k->old->value, path);
	struct val new = kube_field(k->new->value, path);

	if (!str_is(k->new->kind, "PersistentVolumeClaim"))
		return;
	if (quantity(old) >= 0 && quantity(new) >= 0 && quantity(new) < quantity(old))
		add_refused(s, "pvc-shrink", k, path, old, new, NEW_CLAIM);
}

static void check_immutable_data(struct search *s, const struct kube_change *k)
{
	static const char *const fields[] = { "data", "binaryData", "stringData", "immutable" };
	struct val flag = val_get(k->old->value, "immutable");

	if (!str_is(k->new->kind, "ConfigMap") && !str_is(k->new->kind, "Secret"))
		return;
	if (flag.kind != VAL_BOOL || !flag.b)
		return;
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		struct val old = val_get(k->old->value, fields[i]);
		struct val new = val_get(k->new->value, fields[i]);
		if ((val_is_null(old) && val_is_null(new)) || val_equal(old, new))
			continue;
		struct kube_break *b = add_break(s, "immutable-data", k->new);
		b->path = str_from(fields[i]);
		b->what = arena_printf(s->arena, "%s changes, but the old one is marked immutable", fields[i]);
		b->way = STR("put a hash of the content into its name");
		return;
	}
}

static bool is_kept(const struct kube_resource *r)
{
	struct val policy = val_get(kube_field(r->value, "metadata.annotations"), "helm.sh/resource-policy");

	return policy.kind == VAL_STRING && str_is(val_str(policy), "keep");
}

static void add_loss(
	struct search *s, const char *rule, const struct kube_resource *r, const char *what, const char *way, bool loss)
{
	struct kube_break *b = add_break(s, rule, r);

	b->what = str_from(what);
	b->way = str_from(way);
	b->loses_data = loss;
}

static void check_removed(struct search *s, const struct kube_resource *r)
{
	static const char keep[] =
		"set the annotation helm.sh/resource-policy: keep on it in a release before this one";

	if (is_kept(r) || r->hooks.len)
		return;
	/* Helm never deletes what came from crds/. */
	if (str_is(r->kind, "CustomResourceDefinition") && !str_has(r->source, STR("/crds/")))
		add_loss(s, "crd-removed", r, "is removed, and with it every resource of its kind in the cluster", keep,
			true);
	else if (str_is(r->kind, "PersistentVolumeClaim"))
		add_loss(s, "pvc-removed", r, "is removed; with reclaim policy Delete its data is gone", keep, true);
	else if (str_is(r->kind, "Namespace"))
		add_loss(s, "namespace-removed", r, "is removed, and with it everything in it", keep, true);
	else if (str_is(r->kind, "StatefulSet") && !val_is_null(kube_field(r->value, "spec.volumeClaimTemplates")))
		add_loss(s, "statefulset-removed", r, "is removed; its volumes stay behind, unused",
			"copy the data first; delete the claims when they are no longer wanted", false);
}

static void check_apis(struct search *s, const struct kube_manifests *new, const struct kube_version *version)
{
	vec_each (const struct kube_resource, r, new) {
		const struct kube_api *api = kube_api_find(r->api_version, r->kind);
		if (!api || !kube_api_is_removed(api, version))
			continue;
		struct kube_break *b = add_break(s, "api-removed", r);
		b->path = STR("apiVersion");
		b->what = arena_printf(s->arena, "%s %s is not served by Kubernetes v%d.%d", api->api_version,
			api->kind, version->major, version->minor);
		if (api->use_version)
			b->way = arena_printf(s->arena, "use %s %s", api->use_version, api->use_kind);
		else
			b->way = STR("nothing replaces it");
	}
}

void kube_diff_breaks(struct kube_breaks *out, struct arena *a, const struct kube_diff *d,
	const struct kube_manifests *new, const struct kube_version *version)
{
	struct search s = { out, a };

	*out = (struct kube_breaks){ 0 };
	vec_each (const struct kube_change, k, d) {
		if (k->kind == KUBE_REMOVED)
			check_removed(&s, k->old);
		if (k->kind == KUBE_CHANGED && k->renamed)
			check_removed(&s, k->old);
		/* Hooks are deleted and made anew by most delete policies, and never patched. */
		if (k->kind != KUBE_CHANGED || k->renamed || k->new->hooks.len)
			continue;
		check_immutables(&s, k);
		check_selector(&s, k);
		check_service(&s, k);
		check_claim_size(&s, k);
		check_immutable_data(&s, k);
	}
	check_apis(&s, new, version);
}

void kube_breaks_format(struct buf *out, const struct kube_breaks *b, bool color)
{
	vec_each (const struct kube_break, k, b) {
		buf_printf(out, "%s%.*s: %.*s%s%s [%s]\n", color ? "\033[0;31m" : "", STR_ARG(k->resource),
			STR_ARG(k->what), k->loses_data ? " (data is lost)" : "", color ? "\033[0m" : "", k->rule);
		buf_printf(out, "  way round: %.*s\n", STR_ARG(k->way));
	}
}
