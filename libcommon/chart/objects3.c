/* SPDX-License-Identifier: Apache-2.0 */
/* objects3: .Chart as Helm 3 has it: a struct, where Helm 4 has a map. */
#include "chart/objects.h"

/*
 * struct { chart.Metadata; IsRoot bool }: the fields of the metadata are those of the whole, too. Maintainers and dependencies are
 * pointers to structs. What each holds is kept in a map under the names of the fields.
 */
static bool find_field(struct val *out, struct arena *a, const struct val_object *o, struct str name)
{
	(void)a;
	const struct val *fields = o->data;
	*out = val_map_get(*fields, name);
	return out->kind != VAL_INVALID;
}

/* The fields of `map` as an object. */
static struct val make(struct arena *a, const struct val_class *class, struct val map)
{
	struct val *data = ARENA_NEW(a, struct val);
	*data = map;
	return val_object(a, class, data);
}

static bool is_empty(struct val v)
{
	return v.kind == VAL_BOOL ? !v.b : v.kind == VAL_STRING ? !v.len : !val_map_len(v) && !val_list_len(v);
}

/* What Go's JSON has of it: names in lower case, empty fields left out but for those with an exclamation mark. */
static struct val plain(struct arena *a, const struct val_object *o, const char *const (*names)[2], size_t n)
{
	const struct val *fields = o->data;
	struct val m = val_map(a);
	for (size_t i = 0; i < n; i++) {
		struct val v = val_get(*fields, names[i][0]);
		bool always = names[i][1][0] == '!';
		if (always || !is_empty(v))
			val_set(m, names[i][1] + always, v);
	}
	return m;
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct val maintainer_plain(struct arena *a, const struct val_object *o)
{
	static const char *const names[][2] = { { "Name", "name" }, { "Email", "email" }, { "URL", "url" } };
	return plain(a, o, names, COUNT(names));
}

static struct val dependency_plain(struct arena *a, const struct val_object *o)
{
	static const char *const names[][2] = { { "Name", "!name" }, { "Version", "version" },
		{ "Repository", "!repository" }, { "Condition", "condition" }, { "Tags", "tags" },
		{ "Enabled", "enabled" }, { "ImportValues", "import-values" }, { "Alias", "alias" } };
	return plain(a, o, names, COUNT(names));
}

static struct val metadata_plain(struct arena *a, const struct val_object *o)
{
	static const char *const names[][2] = { { "Name", "name" }, { "Home", "home" }, { "Sources", "sources" },
		{ "Version", "version" }, { "Description", "description" }, { "Keywords", "keywords" },
		{ "Maintainers", "maintainers" }, { "Icon", "icon" }, { "APIVersion", "apiVersion" },
		{ "Condition", "condition" }, { "Tags", "tags" }, { "AppVersion", "appVersion" },
		{ "Deprecated", "deprecated" }, { "Annotations", "annotations" }, { "KubeVersion", "kubeVersion" },
		{ "Dependencies", "dependencies" }, { "Type", "type" } };
	return plain(a, o, names, COUNT(names));
}

static const char *const maintainer_fields[] = { "Name", "Email", "URL", NULL };
static const char *const dependency_fields[] = { "Name", "Version", "Repository", "Condition", "Tags", "Enabled",
	"ImportValues", "Alias", NULL };
static const char *const metadata_fields[] = { "Name", "Home", "Sources", "Version", "Description", "Keywords",
	"Maintainers", "Icon", "APIVersion", "Condition", "Tags", "AppVersion", "Deprecated", "Annotations",
	"KubeVersion", "Dependencies", "Type", NULL };
static const char *const chart_fields[] = { "Metadata", "IsRoot", NULL };

static const struct val_class maintainer_class = {
	.name = "*chart.Maintainer",
	.kind = "ptr",
	.fields = maintainer_fields,
	.field = find_field,
	.plain = maintainer_plain,
};

static const struct val_class dependency_class = {
	.name = "*chart.Dependency",
	.kind = "ptr",
	.fields = dependency_fields,
	.field = find_field,
	.plain = dependency_plain,
};

static const struct val_class metadata_class = {
	.name = "chart.Metadata",
	.incomparable = true,
	.kind = "struct",
	.fields = metadata_fields,
	.field = find_field,
	.plain = metadata_plain,
};

static bool chart_field(struct val *out, struct arena *a, const struct val_object *o, struct str name)
{
	const struct val *fields = o->data;
	return find_field(out, a, o, name) || find_field(out, a, val_get(*fields, "Metadata").object, name);
}

static struct val chart_plain(struct arena *a, const struct val_object *o)
{
	const struct val *fields = o->data;
	struct val m = metadata_plain(a, val_get(*fields, "Metadata").object);
	val_set(m, "IsRoot", val_get(*fields, "IsRoot"));
	return m;
}

static const struct val_class chart_class = {
	.name = "struct { chart.Metadata; IsRoot bool }",
	.incomparable = true,
	.kind = "struct",
	.fields = chart_fields,
	.field = chart_field,
	.plain = chart_plain,
};

static struct val objects(struct arena *a, const struct val_class *class, struct val maps)
{
	struct val list = val_list(a, val_list_len(maps));
	val_list_each (map, maps)
		val_list_add(list, make(a, class, *map));
	return list;
}

struct val chart_metadata_object3(struct arena *a, struct val metadata)
{
	struct val fields = val_map(a);
	val_set(fields, "IsRoot", val_get(metadata, "IsRoot"));
	val_map_remove(metadata, STR("IsRoot"));
	val_set(metadata, "Maintainers", objects(a, &maintainer_class, val_get(metadata, "Maintainers")));
	val_set(metadata, "Dependencies", objects(a, &dependency_class, val_get(metadata, "Dependencies")));
	val_set(fields, "Metadata", make(a, &metadata_class, metadata));
	return make(a, &chart_class, fields);
}
