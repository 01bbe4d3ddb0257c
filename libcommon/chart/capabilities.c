/* SPDX-License-Identifier: Apache-2.0 */
/* capabilities: what a cluster of some Kubernetes version can do, as far as Helm knows without one. */
#include "base/num.h"
#include "base/quote.h"
#include "base/utf8.h"
#include "chart/objects.h"

#include <string.h>

/* The Kubernetes version that Helm v4.3 is built for, and what its own build says of itself. */
#define KUBE_VERSION "v1.37.0"
#define HELM_VERSION "v4.3"
#define HELM3_VERSION "v3.22"
#define GO_VERSION "go1.26.8"
#define KUBE_CLIENT "v1.37"

/* In the order of Kubernetes' own scheme, which is Helm's. */
static const char *const api_versions[] = {
	"v1",
	"admissionregistration.k8s.io/v1",
	"admissionregistration.k8s.io/v1alpha1",
	"admissionregistration.k8s.io/v1beta1",
	"internal.apiserver.k8s.io/v1alpha1",
	"apps/v1",
	"apps/v1beta1",
	"apps/v1beta2",
	"authentication.k8s.io/v1",
	"authentication.k8s.io/v1alpha1",
	"authentication.k8s.io/v1beta1",
	"authorization.k8s.io/v1",
	"authorization.k8s.io/v1beta1",
	"autoscaling/v1",
	"autoscaling/v2",
	"batch/v1",
	"batch/v1beta1",
	"certificates.k8s.io/v1",
	"certificates.k8s.io/v1beta1",
	"certificates.k8s.io/v1alpha1",
	"coordination.k8s.io/v1alpha2",
	"coordination.k8s.io/v1beta1",
	"coordination.k8s.io/v1",
	"discovery.k8s.io/v1",
	"discovery.k8s.io/v1beta1",
	"events.k8s.io/v1",
	"events.k8s.io/v1beta1",
	"extensions/v1beta1",
	"flowcontrol.apiserver.k8s.io/v1",
	"flowcontrol.apiserver.k8s.io/v1beta1",
	"flowcontrol.apiserver.k8s.io/v1beta2",
	"flowcontrol.apiserver.k8s.io/v1beta3",
	"lifecycle.k8s.io/v1alpha1",
	"networking.k8s.io/v1",
	"networking.k8s.io/v1beta1",
	"node.k8s.io/v1",
	"node.k8s.io/v1alpha1",
	"node.k8s.io/v1beta1",
	"policy/v1",
	"policy/v1beta1",
	"rbac.authorization.k8s.io/v1",
	"rbac.authorization.k8s.io/v1beta1",
	"rbac.authorization.k8s.io/v1alpha1",
	"resource.k8s.io/v1",
	"resource.k8s.io/v1beta2",
	"resource.k8s.io/v1beta1",
	"resource.k8s.io/v1alpha3",
	"scheduling.k8s.io/v1alpha3",
	"scheduling.k8s.io/v1beta1",
	"scheduling.k8s.io/v1",
	"storage.k8s.io/v1beta1",
	"storage.k8s.io/v1",
	"storage.k8s.io/v1alpha1",
	"storagemigration.k8s.io/v1",
	"storagemigration.k8s.io/v1beta1",
	"apiextensions.k8s.io/v1beta1",
	"apiextensions.k8s.io/v1",
};

struct kube_version {
	struct str version; /* as given, with 'v' */
	struct str normal;  /* the numbers alone */
	struct str major, minor;
};

struct capabilities {
	struct kube_version kube;
	struct val kube_object, api_versions, helm_object;
	bool helm3;
};

static bool has_field(const struct val_object *o, struct str name)
{
	const char *const *field = o->class->fields;
	while (*field && !str_is(name, *field))
		field++;
	return *field;
}

/* struct common.KubeVersion */

static bool kube_field(struct val *out, struct arena *a, const struct val_object *o, struct str name)
{
	(void)a;
	const struct kube_version *k = o->data;
	if (!has_field(o, name))
		return false;
	if (str_is(name, "Version"))
		*out = val_string(k->version);
	else if (str_is(name, "normalizedVersion"))
		*out = val_string(k->normal);
	else if (str_is(name, "Major"))
		*out = val_string(k->major);
	else
		*out = val_string(k->minor);
	return true;
}

static struct err *kube_string(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)a, (void)args, (void)nargs;
	const struct kube_version *k = self.object->data;
	*out = val_string(k->normal);
	return NULL;
}

static struct err *kube_git_version(
	struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)a, (void)args, (void)nargs;
	const struct kube_version *k = self.object->data;
	*out = val_string(k->version);
	return NULL;
}

/* String() has a pointer receiver. */
static void kube_show(struct buf *out, const struct val_object *o)
{
	const struct kube_version *k = o->data;
	buf_add(out, k->normal);
}

static struct val kube_plain(struct arena *a, const struct val_object *o)
{
	const struct kube_version *k = o->data;
	struct val m = val_map(a);
	val_set(m, "Version", val_string(k->version));
	val_set(m, "Major", val_string(k->major));
	val_set(m, "Minor", val_string(k->minor));
	return m;
}

static const struct val_method kube_methods[] = {
	{ "String", "", kube_string },
	{ "GitVersion", "", kube_git_version },
};

/* struct version.BuildInfo; its commit and tree state are those of a plain build: empty */

static bool helm_field(struct val *out, struct arena *a, const struct val_object *o, struct str name)
{
	(void)a;
	const bool *helm3 = o->data;
	if (!has_field(o, name))
		return false;
	if (str_is(name, "Version"))
		*out = val_text(*helm3 ? HELM3_VERSION : HELM_VERSION);
	else if (str_is(name, "GoVersion"))
		*out = val_text(GO_VERSION);
	else if (str_is(name, "KubeClientVersion"))
		*out = val_text(KUBE_CLIENT);
	else
		*out = val_text("");
	return true;
}

static struct val helm_plain(struct arena *a, const struct val_object *o)
{
	const bool *helm3 = o->data;
	struct val m = val_map(a);
	val_set(m, "version", val_text(*helm3 ? HELM3_VERSION : HELM_VERSION));
	val_set(m, "go_version", val_text(GO_VERSION));
	if (!*helm3)
		val_set(m, "kube_client_version", val_text(KUBE_CLIENT));
	return m;
}

/* *common.Capabilities */

static bool caps_field(struct val *out, struct arena *a, const struct val_object *o, struct str name)
{
	(void)a;
	const struct capabilities *c = o->data;
	if (!has_field(o, name))
		return false;
	if (str_is(name, "KubeVersion"))
		*out = c->kube_object;
	else if (str_is(name, "APIVersions"))
		*out = c->api_versions;
	else
		*out = c->helm_object;
	return true;
}

static struct err *caps_copy(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)a, (void)args, (void)nargs;
	*out = self;
	return NULL;
}

static struct val caps_plain(struct arena *a, const struct val_object *o)
{
	const struct capabilities *c = o->data;
	struct val m = val_map(a);
	val_set(m, "KubeVersion", kube_plain(a, c->kube_object.object));
	val_set(m, "APIVersions", c->api_versions);
	val_set(m, "HelmVersion", helm_plain(a, c->helm_object.object));
	return m;
}

static const struct val_method caps_methods[] = {
	{ "Copy", "", caps_copy },
};

/* The types by Helm's major version: they differ in their names and in some fields. */
struct classes {
	struct val_class kube, helm, caps;
};

static const char *const kube_fields[] = { "Version", "normalizedVersion", "Major", "Minor", NULL };
static const char *const kube3_fields[] = { "Version", "Major", "Minor", NULL };
static const char *const helm_fields[] = { "Version", "GitCommit", "GitTreeState", "GoVersion", "KubeClientVersion",
	NULL };
static const char *const helm3_fields[] = { "Version", "GitCommit", "GitTreeState", "GoVersion", NULL };
static const char *const caps_fields[] = { "KubeVersion", "APIVersions", "HelmVersion", NULL };

#define CLASSES(package, fields_of_kube, fields_of_helm) \
	{ \
		.kube = { \
			.name = package ".KubeVersion", \
			.kind = "struct", \
			.fields = fields_of_kube, \
			.field = kube_field, \
			.methods = kube_methods, \
			.nmethods = sizeof(kube_methods) / sizeof(*kube_methods), \
			.show = kube_show, \
			.plain = kube_plain, \
		}, \
		.helm = { \
			.name = "version.BuildInfo", \
			.kind = "struct", \
			.fields = fields_of_helm, \
			.field = helm_field, \
			.plain = helm_plain, \
		}, \
		.caps = { \
			.name = "*" package ".Capabilities", \
			.kind = "ptr", \
			.fields = caps_fields, \
			.field = caps_field, \
			.methods = caps_methods, \
			.nmethods = sizeof(caps_methods) / sizeof(*caps_methods), \
			.plain = caps_plain, \
		}, \
	}

static const struct classes classes = CLASSES("common", kube_fields, helm_fields);
static const struct classes classes3 = CLASSES("chartutil", kube3_fields, helm3_fields);

static struct val make_api_versions(struct arena *a, const struct cli_list *more, bool helm3)
{
	size_t n = sizeof(api_versions) / sizeof(api_versions[0]);
	struct val list = val_list_of(a, n + more->len, helm3 ? VAL_T_VERSIONS3 : VAL_T_VERSIONS);
	for (size_t i = 0; i < n; i++)
		val_list_add(list, val_text(api_versions[i]));
	for (size_t i = 0; i < more->len; i++)
		val_list_add(list, val_text(more->items[i]));
	return list;
}

static struct err *bad_version(const char *before, struct str part, const char *text)
{
	struct buf b = BUF_INIT;
	buf_puts(&b, before);
	if (part.s) {
		quote_add(&b, part);
		buf_puts(&b, " in ");
	}
	quote_add(&b, str_from(text));
	struct err *e = err_new(ERR_INPUT, "%s", buf_text(&b));
	buf_release(&b);
	return e;
}

static struct err *unparsable(const char *text)
{
	struct buf b = BUF_INIT;
	quote_add(&b, str_from(text));
	struct err *e = err_new(ERR_INPUT, "could not parse %s as version", buf_text(&b));
	buf_release(&b);
	return e;
}

/* Reads two or more numbers divided by dots, whatever follows: Kubernetes' ParseGeneric. */
static struct err *parse_kube(struct kube_version *k, struct arena *a, const char *text)
{
	struct str s = utf8_trim_left(str_from(text));
	s = str_trim_prefix(s, STR("v"));
	size_t end = 0, digits = 0;
	for (size_t i = 0; i < s.len; i++) {
		bool digit = s.s[i] >= '0' && s.s[i] <= '9';
		if (!digit && !(s.s[i] == '.' && digits))
			break;
		digits = digit ? digits + 1 : 0;
		if (digit)
			end = i + 1;
	}
	if (!end || str_find_char(str_skip(s, end), '\n') >= 0)
		return unparsable(text);
	struct str numbers = str_slice(s, 0, end);
	if (str_find_char(numbers, '.') < 0)
		return bad_version("illegal version string ", (struct str){ NULL, 0 }, text);
	struct buf normal = BUF_INIT;
	buf_putc(&normal, 'v');
	struct str rest = numbers;
	struct err *e = NULL;
	for (int i = 0; !e && rest.s; i++) {
		struct str part = str_cut(&rest, '.');
		uint64_t n;
		if (i == 0 && part.len > 1 && part.s[0] == '0')
			e = bad_version("illegal zero-prefixed version component ", part, text);
		else if (num_parse_uint(&n, part, 10) != NUM_OK)
			e = bad_version("illegal non-numeric version component ", part, text);
		if (e)
			break;
		if (i)
			buf_putc(&normal, '.');
		size_t at = normal.len;
		num_add_uint(&normal, n);
		struct str shown = arena_str(a, str_skip(buf_str(&normal), at));
		if (i == 0)
			k->major = shown;
		else if (i == 1)
			k->minor = shown;
	}
	k->normal = arena_str(a, buf_str(&normal));
	buf_release(&normal);
	k->version = text[0] == 'v' ? str_from(text) : arena_printf(a, "v%s", text);
	return e;
}

struct err *chart_capabilities(struct val *out, struct arena *a, const struct chart_render_opts *o)
{
	struct capabilities *c = ARENA_NEW(a, struct capabilities);
	c->helm3 = o->helm3;
	TRY(parse_kube(&c->kube, a, o->kube_version ? o->kube_version : KUBE_VERSION));
	if (o->helm3)
		c->kube.version = c->kube.normal;
	const struct classes *types = o->helm3 ? &classes3 : &classes;
	c->kube_object = val_object(a, &types->kube, &c->kube);
	c->helm_object = val_object(a, &types->helm, &c->helm3);
	c->api_versions = make_api_versions(a, &o->api_versions, o->helm3);
	*out = val_object(a, &types->caps, c);
	return NULL;
}

void chart_kube_version(struct str *normal, struct str *given, struct val capabilities)
{
	const struct capabilities *c = capabilities.object->data;
	*normal = c->kube.normal;
	*given = c->kube.version;
}

struct err *chart_check_kube_version(struct arena *a, const char *version)
{
	struct kube_version k = { 0 };
	struct err *e = parse_kube(&k, a, version);
	return e ? err_wrap(e, "invalid kube version '%s'", version) : NULL;
}
