/* SPDX-License-Identifier: Apache-2.0 */
/* metadata: Chart.yaml, requirements.yaml and locks, in and out. */
#include "base/quote.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "chart/internal.h"
#include "semver/semver.h"
#include "yaml/yaml.h"

static const struct json_field maintainer_fields[] = {
	JSON_FIELD("name", JSON_TEXT, chart_maintainer, name),
	JSON_FIELD("email", JSON_TEXT, chart_maintainer, email),
	JSON_FIELD("url", JSON_TEXT, chart_maintainer, url),
};

static const struct json_shape maintainer_shape =
	JSON_SHAPE("v2.Maintainer", "Maintainer", chart_maintainer, maintainer_fields);

static const struct json_field dependency_fields[] = {
	JSON_FIELD("name", JSON_TEXT, chart_dependency, name),
	JSON_FIELD("version", JSON_TEXT, chart_dependency, version),
	JSON_FIELD("repository", JSON_TEXT, chart_dependency, repository),
	JSON_FIELD("condition", JSON_TEXT, chart_dependency, condition),
	JSON_FIELD("tags", JSON_TEXTS, chart_dependency, tags),
	JSON_FIELD("enabled", JSON_BOOLEAN, chart_dependency, enabled),
	JSON_FIELD("import-values", JSON_LIST, chart_dependency, import_values),
	JSON_FIELD("alias", JSON_TEXT, chart_dependency, alias),
};

static const struct json_shape dependency_shape =
	JSON_SHAPE("v2.Dependency", "Dependency", chart_dependency, dependency_fields);

#define META(name, kind, member) JSON_FIELD(name, kind, chart_meta, member)

static const struct json_field metadata_fields[] = {
	META("name", JSON_TEXT, name),
	META("home", JSON_TEXT, home),
	META("sources", JSON_TEXTS, sources),
	META("version", JSON_TEXT, version),
	META("description", JSON_TEXT, description),
	META("keywords", JSON_TEXTS, keywords),
	JSON_FIELD_OF("maintainers", JSON_POINTERS, chart_meta, maintainers, &maintainer_shape),
	META("icon", JSON_TEXT, icon),
	META("apiVersion", JSON_TEXT, api_version),
	META("condition", JSON_TEXT, condition),
	META("tags", JSON_TEXT, tags),
	META("appVersion", JSON_TEXT, app_version),
	META("deprecated", JSON_BOOLEAN, deprecated),
	META("annotations", JSON_TEXT_MAP, annotations),
	META("kubeVersion", JSON_TEXT, kube_version),
	JSON_FIELD_OF("dependencies", JSON_POINTERS, chart_meta, dependencies, &dependency_shape),
	META("type", JSON_TEXT, type),
};

const struct json_shape chart_meta_shape = JSON_SHAPE("v2.Metadata", "Metadata", chart_meta, metadata_fields);

struct lock {
	struct str generated, digest;
	struct json_pointers dependencies;
};

static const struct json_field lock_fields[] = {
	JSON_FIELD("generated", JSON_TIME, lock, generated),
	JSON_FIELD("digest", JSON_TEXT, lock, digest),
	JSON_FIELD_OF("dependencies", JSON_POINTERS, lock, dependencies, &dependency_shape),
};

static const struct json_shape lock_shape = JSON_SHAPE("v2.Lock", "Lock", lock, lock_fields);

static struct err *decode_yaml(
	void *out, struct arena *a, struct str text, const struct json_shape *shape, const char *package)
{
	struct yml_opts o = { .integers = true };
	struct val v;
	TRY(yml_load(&v, a, text, &o));
	struct err *e = json_decode_in(out, a, v, shape, package);
	return e ? err_wrap(e, "error unmarshaling JSON: while decoding JSON") : NULL;
}

struct err *chart_decode_yaml(void *out, struct arena *a, struct str text, const struct json_shape *shape)
{
	return decode_yaml(out, a, text, shape, NULL);
}

/* White space becomes a blank, what cannot be printed goes. */
static struct str sanitised(struct arena *a, struct str s)
{
	bool clean = true;
	for (size_t i = 0; clean && i < s.len; i++)
		clean = s.s[i] >= ' ' && s.s[i] < 0x7F;
	if (clean)
		return s;
	struct buf b = BUF_INIT;
	while (s.len) {
		size_t n;
		uint32_t r = utf8_get(s, &n);
		if (utf8_is_space(r))
			buf_putc(&b, ' ');
		else if (uni_is_print(r))
			utf8_add(&b, r);
		s = str_skip(s, n);
	}
	struct str out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return out;
}

static void sanitise_all(struct arena *a, struct str_vec *v)
{
	vec_each (struct str, s, v)
		*s = sanitised(a, *s);
}

static void sanitise_dependency(struct arena *a, struct chart_dependency *d)
{
	d->name = sanitised(a, d->name);
	d->version = sanitised(a, d->version);
	d->repository = sanitised(a, d->repository);
	d->condition = sanitised(a, d->condition);
	sanitise_all(a, &d->tags);
}

struct err *chart_metadata_read(struct chart_meta *m, struct arena *a, struct str text, const char *package)
{
	return decode_yaml(m, a, text, &chart_meta_shape, package);
}

void chart_metadata_apply(struct chart *c, struct arena *a, const struct chart_meta *m)
{
	c->name = sanitised(a, m->name);
	c->version = m->version;
	c->app_version = sanitised(a, m->app_version);
	c->api_version = m->api_version.len ? m->api_version : STR("v1");
	c->type = m->type;
	c->kube_version = sanitised(a, m->kube_version);
	c->description = sanitised(a, m->description);
	c->icon = sanitised(a, m->icon);
	c->home = sanitised(a, m->home);
	c->condition = sanitised(a, m->condition);
	c->tags = sanitised(a, m->tags);
	c->deprecated = m->deprecated;
	c->annotations = m->annotations;
	c->keywords = m->keywords;
	c->sources = m->sources;
	sanitise_all(a, &c->keywords);
	sanitise_all(a, &c->sources);
	c->nmaintainers = m->maintainers.len;
	c->maintainers = arena_array(a, m->maintainers.len, sizeof(*c->maintainers));
	for (size_t i = 0; i < m->maintainers.len; i++) {
		struct chart_maintainer *one = c->maintainers[i] = m->maintainers.items[i];
		if (!one)
			continue;
		one->name = sanitised(a, one->name);
		one->email = sanitised(a, one->email);
		one->url = sanitised(a, one->url);
	}
	c->deps = ARENA_NEW(a, struct chart_requirements);
	c->deps->present = m->dependencies.items != NULL;
	c->deps->len = m->dependencies.len;
	c->deps->items = arena_array(a, m->dependencies.len, sizeof(struct chart_dependency *));
	for (size_t i = 0; i < m->dependencies.len; i++) {
		c->deps->items[i] = m->dependencies.items[i];
		if (c->deps->items[i])
			sanitise_dependency(a, c->deps->items[i]);
	}
}

struct err *chart_metadata_load(struct chart **out, struct arena *a, struct str chart_yaml)
{
	struct chart_meta m = { 0 };
	TRY(chart_metadata_read(&m, a, chart_yaml, NULL));
	*out = ARENA_NEW(a, struct chart);
	chart_metadata_apply(*out, a, &m);
	return NULL;
}

struct err *chart_lock_load(struct val *out, struct arena *a, struct str text, const char *package)
{
	struct lock l = { 0 };
	TRY(decode_yaml(&l, a, text, &lock_shape, package));
	*out = val_map(a);
	struct val deps = val_list(a, l.dependencies.len);
	for (size_t i = 0; i < l.dependencies.len; i++) {
		const struct chart_dependency *d = l.dependencies.items[i];
		val_list_add(deps, d ? chart_dependency_value(a, d) : VAL_NIL);
	}
	val_set(*out, "generated", val_string(l.generated));
	val_set(*out, "digest", val_string(l.digest));
	val_set(*out, "dependencies", deps);
	return NULL;
}

static struct err *quoted(const char *before, struct str s, const char *after)
{
	struct buf b = BUF_INIT;
	quote_add(&b, s);
	struct err *e = err_new(ERR_INPUT, "validation: %s %s%s", before, buf_text(&b), after);
	buf_release(&b);
	return e;
}

static bool valid_alias(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
			    c == '-'))
			return false;
	}
	return true;
}

static struct str dependency_key(const struct chart_dependency *d)
{
	return d->alias.len ? d->alias : d->name;
}

static struct err *validate_dependencies(const struct chart *c)
{
	for (size_t i = 0; i < c->deps->len; i++) {
		const struct chart_dependency *d = c->deps->items[i];
		if (!d)
			return err_new(ERR_INPUT, "validation: dependencies must not contain empty or null nodes");
		if (!valid_alias(d->alias))
			return quoted("dependency", d->name, " has disallowed characters in the alias");
		for (size_t j = 0; j < i; j++)
			if (str_eq(dependency_key(c->deps->items[j]), dependency_key(d)))
				return quoted("more than one dependency with name or alias", dependency_key(d), "");
	}
	return NULL;
}

struct err *chart_validate(const struct chart *c)
{
	if (!c->name.len)
		return err_new(ERR_INPUT, "validation: chart.metadata.name is required");
	if (str_is(c->name, ".") || str_is(c->name, ".."))
		return quoted("chart.metadata.name", c->name, " is not allowed");
	/* filepath.Base takes trailing slashes off and then the last part: any slash makes a difference but a lone one. */
	if (str_find_char(c->name, '/') >= 0 && !str_is(c->name, "/"))
		return quoted("chart.metadata.name", c->name, " is invalid");
	if (!c->version.len)
		return err_new(ERR_INPUT, "validation: chart.metadata.version is required");
	struct semver v;
	struct err *e = semver_parse(&v, c->version);
	if (e) {
		err_free(e);
		return quoted("chart.metadata.version", c->version, " is invalid");
	}
	if (c->type.len && !str_is(c->type, "application") && !str_is(c->type, "library"))
		return err_new(ERR_INPUT, "validation: chart.metadata.type must be application or library");
	for (size_t i = 0; i < c->nmaintainers; i++)
		if (!c->maintainers[i])
			return err_new(ERR_INPUT, "validation: maintainers must not contain empty or null nodes");
	return validate_dependencies(c);
}

static void set_text(struct val map, const char *key, struct str s)
{
	if (s.len)
		val_set(map, key, val_string(s));
}

static void set_texts(struct arena *a, struct val map, const char *key, const struct str_vec *v)
{
	if (!v->len)
		return;
	struct val list = val_list(a, v->len);
	vec_each (const struct str, s, v)
		val_list_add(list, val_string(*s));
	val_set(map, key, list);
}

struct val chart_dependency_value(struct arena *a, const struct chart_dependency *d)
{
	struct val m = val_map(a);
	val_set(m, "name", val_string(d->name));
	set_text(m, "version", d->version);
	val_set(m, "repository", val_string(d->repository));
	set_text(m, "condition", d->condition);
	set_texts(a, m, "tags", &d->tags);
	if (d->enabled)
		val_set(m, "enabled", val_bool(true));
	if (val_is_list(d->import_values) && val_list_len(d->import_values))
		val_set(m, "import-values", d->import_values);
	set_text(m, "alias", d->alias);
	return m;
}

static struct val maintainer_values(struct arena *a, const struct chart *c)
{
	struct val list = val_list(a, c->nmaintainers);
	for (size_t i = 0; i < c->nmaintainers; i++) {
		const struct chart_maintainer *one = c->maintainers[i];
		struct val m = val_map(a);
		if (one) {
			set_text(m, "name", one->name);
			set_text(m, "email", one->email);
			set_text(m, "url", one->url);
		}
		val_list_add(list, one ? m : VAL_NIL);
	}
	return list;
}

struct val chart_metadata(struct arena *a, const struct chart *c)
{
	struct val m = val_map(a);
	set_text(m, "name", c->name);
	set_text(m, "home", c->home);
	set_texts(a, m, "sources", &c->sources);
	set_text(m, "version", c->version);
	set_text(m, "description", c->description);
	set_texts(a, m, "keywords", &c->keywords);
	if (c->nmaintainers)
		val_set(m, "maintainers", maintainer_values(a, c));
	set_text(m, "icon", c->icon);
	set_text(m, "apiVersion", c->api_version);
	set_text(m, "condition", c->condition);
	set_text(m, "tags", c->tags);
	set_text(m, "appVersion", c->app_version);
	if (c->deprecated)
		val_set(m, "deprecated", val_bool(true));
	if (val_map_len(c->annotations))
		val_set(m, "annotations", c->annotations);
	set_text(m, "kubeVersion", c->kube_version);
	if (c->deps->len) {
		struct val deps = val_list(a, c->deps->len);
		for (size_t i = 0; i < c->deps->len; i++)
			val_list_add(deps, c->deps->items[i] ? chart_dependency_value(a, c->deps->items[i]) : VAL_NIL);
		val_set(m, "dependencies", deps);
	}
	set_text(m, "type", c->type);
	return m;
}
