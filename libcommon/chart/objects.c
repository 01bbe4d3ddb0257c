/* SPDX-License-Identifier: Apache-2.0 */
/* objects: .Chart, .Files and the methods of what templates see. */
#include "chart/objects.h"

#include "base/b64.h"
#include "base/quote.h"
#include "chart/glob.h"
#include "yaml/yaml.h"

static struct val texts(struct arena *a, const struct str_vec *v)
{
	struct val list = val_list(a, v->len);
	vec_each (const struct str, s, v)
		val_list_add(list, val_string(*s));
	return list;
}

static struct val dependency_object(struct arena *a, const struct chart_dependency *d)
{
	struct val m = val_map(a);
	val_set(m, "Name", val_string(d->name));
	val_set(m, "Version", val_string(d->version));
	val_set(m, "Repository", val_string(d->repository));
	val_set(m, "Condition", val_string(d->condition));
	val_set(m, "Tags", texts(a, &d->tags));
	val_set(m, "Enabled", val_bool(d->enabled));
	val_set(m, "ImportValues", val_is_list(d->import_values) ? d->import_values : val_list(a, 0));
	val_set(m, "Alias", val_string(d->alias));
	return m;
}

static struct val maintainers(struct arena *a, const struct chart *c)
{
	struct val list = val_list(a, c->nmaintainers);
	for (size_t i = 0; i < c->nmaintainers; i++) {
		const struct chart_maintainer *one = c->maintainers[i];
		struct val m = val_map(a);
		val_set(m, "Name", val_string(one->name));
		val_set(m, "Email", val_string(one->email));
		val_set(m, "URL", val_string(one->url));
		val_list_add(list, m);
	}
	return list;
}

struct val chart_metadata_object(struct arena *a, const struct chart *c, bool helm3)
{
	struct val m = val_map(a);
	val_set(m, "Name", val_string(c->name));
	val_set(m, "Home", val_string(c->home));
	val_set(m, "Sources", texts(a, &c->sources));
	val_set(m, "Version", val_string(c->version));
	val_set(m, "Description", val_string(c->description));
	val_set(m, "Keywords", texts(a, &c->keywords));
	val_set(m, "Maintainers", maintainers(a, c));
	val_set(m, "Icon", val_string(c->icon));
	val_set(m, "APIVersion", val_string(c->api_version));
	val_set(m, "Condition", val_string(c->condition));
	val_set(m, "Tags", val_string(c->tags));
	val_set(m, "AppVersion", val_string(c->app_version));
	val_set(m, "Deprecated", val_bool(c->deprecated));
	struct val none = { .kind = VAL_MAP, .type = VAL_T_STRING_MAP };
	val_set(m, "Annotations", val_is_map(c->annotations) ? c->annotations : none);
	val_set(m, "KubeVersion", val_string(c->kube_version));
	struct val deps = val_list(a, c->deps->len);
	for (size_t i = 0; i < c->deps->len; i++)
		val_list_add(deps, dependency_object(a, c->deps->items[i]));
	val_set(m, "Dependencies", deps);
	val_set(m, "Type", val_string(c->type));
	val_set(m, "IsRoot", val_bool(!c->parent));
	return helm3 ? chart_metadata_object3(a, m) : m;
}

static struct val new_files(struct arena *a)
{
	struct val m = val_map(a);
	m.type = VAL_T_FILES;
	return m;
}

struct late_files {
	const struct chart_files *files;
	struct err **err;
	bool done;
};

static void read_files(void *ctx)
{
	struct late_files *late = ctx;
	if (late->done)
		return;
	late->done = true;
	vec_each (const struct chart_file, f, late->files)
		if (!*late->err)
			*late->err = chart_file_need(f);
}

struct val chart_files_value(struct arena *a, const struct chart_files *files, struct err **err)
{
	struct late_files *late = ARENA_NEW(a, struct late_files);
	*late = (struct late_files){ files, err, true };
	vec_each (const struct chart_file, f, files)
		late->done = late->done && !f->later;
	struct val m = late->done ? val_map(a) : val_map_late(a, read_files, late);
	m.type = VAL_T_FILES;
	vec_each (const struct chart_file, f, files)
		val_map_set(m, f->name, val_bytes(f->data));
	return m;
}

static struct err *files_get(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)a, (void)nargs;
	*out = val_string(val_str(val_map_get(self, val_str(args[0]))));
	return NULL;
}

static struct err *files_get_bytes(
	struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)a, (void)nargs;
	*out = val_bytes(val_str(val_map_get(self, val_str(args[0]))));
	return NULL;
}

static struct err *files_glob(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)nargs;
	*out = new_files(a);
	/* A broken pattern stands for "**". */
	const struct chart_glob *g = chart_glob_compile(a, val_str(args[0]));
	val_map_each (e, self) {
		bool matches = true;
		if (g)
			TRY(chart_glob_test(&matches, g, e->key));
		if (matches)
			val_map_set(*out, e->key, e->value);
	}
	return NULL;
}

/* A YAML map from base names to what `text` makes of the content. */
static struct val as_yaml(struct arena *a, struct val self, struct str (*text)(struct arena *, struct str))
{
	struct val m = val_map(a);
	const uint32_t *order = val_map_sorted(self);
	for (size_t i = 0; i < val_map_len(self); i++) {
		const struct val_entry *e = &self.map->entries[order[i]];
		val_map_set(m, str_base_name(e->key), val_string(text(a, val_str(e->value))));
	}
	struct buf b = BUF_INIT;
	struct err *err = yml_emit(&b, a, m);
	struct str s = err ? STR("") : arena_str(a, str_trim_suffix(buf_str(&b), STR("\n")));
	err_free(err);
	buf_release(&b);
	return val_string(s);
}

static struct str same(struct arena *a, struct str s)
{
	(void)a;
	return s;
}

static struct err *files_as_config(
	struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)args, (void)nargs;
	*out = as_yaml(a, self, same);
	return NULL;
}

static struct err *files_as_secrets(
	struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)args, (void)nargs;
	*out = as_yaml(a, self, b64_encode);
	return NULL;
}

static struct err *files_lines(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)nargs;
	struct str s = val_str(val_map_get(self, val_str(args[0])));
	*out = val_list_of(a, 8, VAL_T_STRINGS);
	if (!s.len)
		return NULL;
	s = str_trim_suffix(s, STR("\n"));
	if (!s.s)
		s.s = "";
	do
		val_list_add(*out, val_string(str_cut(&s, '\n')));
	while (s.s);
	return NULL;
}

static const struct val_method files_methods[] = {
	{ "AsConfig", "", files_as_config },
	{ "AsSecrets", "", files_as_secrets },
	{ "Get", "s", files_get },
	{ "GetBytes", "s", files_get_bytes },
	{ "Glob", "s", files_glob },
	{ "Lines", "s", files_lines },
};

static struct err *versions_has(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)a, (void)nargs;
	*out = val_bool(false);
	val_list_each (item, self)
		if (str_eq(val_str(*item), val_str(args[0])))
			*out = val_bool(true);
	return NULL;
}

static const struct val_method versions_methods[] = {
	{ "Has", "s", versions_has },
};

static struct err *values_yaml(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)args, (void)nargs;
	struct buf b = BUF_INIT;
	struct err *e = yml_emit(&b, a, self);
	*out = val_string(arena_str(a, buf_str(&b)));
	buf_release(&b);
	return e;
}

static struct err *values_as_map(
	struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)args, (void)nargs;
	*out = val_map_len(self) ? self : val_map(a);
	out->type = VAL_T_DEFAULT;
	return NULL;
}

static struct err *not_found(struct str name, const char *what)
{
	struct buf b = BUF_INIT;
	quote_add(&b, name);
	struct err *e = err_new(ERR_TEMPLATE, "%s is not a %s", buf_text(&b), what);
	buf_release(&b);
	return e;
}

static struct err *values_table(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)a, (void)nargs;
	struct str path = val_str(args[0]);
	*out = self;
	if (!path.s)
		path.s = "";
	while (path.s) {
		struct str part = str_cut(&path, '.');
		*out = val_map_get(*out, part);
		if (!val_is_map(*out))
			return not_found(part, "table");
	}
	out->type = self.type;
	return NULL;
}

static struct err *values_path_value(
	struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)a, (void)nargs;
	struct str path = val_str(args[0]);
	if (!path.len)
		return err_new(ERR_TEMPLATE, "YAML path cannot be empty");
	*out = chart_path_value(self, path);
	if (out->kind == VAL_INVALID)
		return not_found(str_skip(path, (size_t)(str_rfind_char(path, '.') + 1)), "value");
	return NULL;
}

/* No template has a writer to give but nil. */
static struct err *values_encode(
	struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)out, (void)a, (void)self, (void)args, (void)nargs;
	return err_new(ERR_TEMPLATE, "runtime error: invalid memory address or nil pointer dereference");
}

static const struct val_method values_methods[] = {
	{ "AsMap", "", values_as_map },
	{ "Encode", "W", values_encode },
	{ "PathValue", "s", values_path_value },
	{ "Table", "s", values_table },
	{ "YAML", "", values_yaml },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void chart_add_methods(struct tmpl_set *set)
{
	tmpl_set_methods(set, VAL_T_FILES, files_methods, COUNT(files_methods));
	tmpl_set_methods(set, VAL_T_VERSIONS, versions_methods, COUNT(versions_methods));
	tmpl_set_methods(set, VAL_T_VERSIONS3, versions_methods, COUNT(versions_methods));
	tmpl_set_methods(set, VAL_T_VALUES, values_methods, COUNT(values_methods));
	tmpl_set_methods(set, VAL_T_VALUES3, values_methods, COUNT(values_methods));
}
