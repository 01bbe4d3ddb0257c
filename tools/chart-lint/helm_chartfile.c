/* SPDX-License-Identifier: Apache-2.0 */
/* Helm's rules about Chart.yaml. */
#include "base/quote.h"
#include "chart/metadata.h"
#include "lint.h"
#include "semver/semver.h"
#include "url.h"
#include "yaml/yaml.h"

/* What the rules about one file share. */
struct chartfile {
	struct lint *lint;
	struct str text;
	struct chart_meta meta;
	struct val raw; /* for the types of what stands there */
};

/* Adds a finding at a key of Chart.yaml; a key that is not there puts it at the first line. */
static void found(
	struct chartfile *c, const char *rule, enum lint_severity severity, const char *key, struct str message)
{
	struct lint *l = c->lint;
	int line = 1;
	int column = 1;

	if (!l->opts->helm_only && key)
		lint_locate(l, "Chart.yaml", key, false, &line, &column);
	lint_helm(l, rule, severity, STR("Chart.yaml"), message, STR("Chart.yaml"), line, column);
}

static const struct json_field *find_field(const struct json_shape *shape, struct str name)
{
	for (size_t i = 0; i < shape->nfields; i++) {
		if (str_eq_nocase(str_from(shape->fields[i].name), name))
			return &shape->fields[i];
	}
	return NULL;
}

/* The first key that the shape does not have, in the order in which Go meets them: keys sorted, depth first. */
static struct str unknown_field(struct val v, const struct json_shape *shape)
{
	const uint32_t *order = val_map_sorted(v);

	for (size_t i = 0; i < val_map_len(v); i++) {
		const struct val_entry *e = &v.map->entries[order[i]];
		const struct json_field *f = find_field(shape, e->key);
		if (!f)
			return e->key;
		if (f->kind != JSON_POINTERS || !val_is_list(e->value))
			continue;
		val_list_each (item, e->value) {
			struct str inner = { NULL, 0 };
			if (val_is_map(*item))
				inner = unknown_field(*item, f->shape);
			if (inner.s)
				return inner;
		}
	}
	return (struct str){ NULL, 0 };
}

static void check_strictly(struct chartfile *c)
{
	struct lint *l = c->lint;
	struct yml_opts strict = { .strict = true };
	struct val v = VAL_NIL;
	struct str why = { NULL, 0 };
	struct str key = { NULL, 0 };
	struct err *e = yml_load(&v, l->arena, c->text, &strict);

	if (e) {
		why = lint_take_error(l->arena, e);
	} else if (val_is_map(v)) {
		key = unknown_field(v, &chart_meta_shape);
		if (key.s) {
			struct buf b = BUF_INIT;
			quote_add(&b, key);
			why = arena_printf(l->arena,
				"error unmarshaling JSON: while decoding JSON: json: unknown field %s", buf_text(&b));
			buf_release(&b);
		}
	}
	if (why.s)
		found(c, "helm/chartfile-strict", LINT_WARNING, key.s ? arena_text(l->arena, key) : NULL,
			arena_printf(l->arena, "failed to strictly parse chart metadata file\n\t%.*s", STR_ARG(why)));
}

/* The last part of a path as Go's filepath.Base gives it. */
static struct str base_name(struct str path)
{
	struct str s = str_trim_end(path, "/");

	if (!path.len)
		return STR(".");
	return s.len ? str_base_name(s) : STR("/");
}

static void check_name(struct chartfile *c)
{
	struct str name = c->meta.name;

	if (!name.len) {
		found(c, "helm/chart-name", LINT_ERROR, NULL, STR("name is required"));
	} else if (!str_eq(base_name(name), name)) {
		struct buf b = BUF_INIT;
		quote_add(&b, name);
		found(c, "helm/chart-name", LINT_ERROR, "name",
			arena_printf(c->lint->arena, "chart name %s is invalid", buf_text(&b)));
		buf_release(&b);
	}
}

static void check_api_version(struct chartfile *c)
{
	struct str v = c->meta.api_version;

	if (!v.len)
		found(c, "helm/chart-api-version", LINT_ERROR, NULL,
			STR("apiVersion is required. The value must be either \"v1\" or \"v2\""));
	else if (!str_is(v, "v1") && !str_is(v, "v2"))
		found(c, "helm/chart-api-version", LINT_ERROR, "apiVersion",
			arena_printf(c->lint->arena,
				"apiVersion '%.*s' is not valid. The value must be either \"v1\" or \"v2\"",
				STR_ARG(v)));
}

static void check_type_of(struct chartfile *c, const char *key)
{
	struct val_entry *e = val_map_find(c->raw, str_from(key));

	if (e && !val_is_string(e->value))
		found(c, "helm/chart-value-type", LINT_ERROR, key,
			arena_printf(c->lint->arena, "%s should be of type string but it's of type %s", key,
				val_type_name(e->value)));
}

static void check_version(struct chartfile *c)
{
	struct arena *a = c->lint->arena;
	struct str text = c->meta.version;
	struct semver v;
	struct semver_range *range;

	if (!text.len) {
		found(c, "helm/chart-version", LINT_ERROR, NULL, STR("version is required"));
		return;
	}
	struct err *e = semver_parse(&v, text);
	if (e) {
		err_free(e);
		found(c, "helm/chart-version", LINT_ERROR, "version",
			arena_printf(a, "version '%.*s' is not a valid SemVer", STR_ARG(text)));
		return;
	}
	e = semver_range_parse(&range, a, STR(">0.0.0-0"));
	if (e) {
		found(c, "helm/chart-version", LINT_ERROR, "version", lint_take_error(a, e));
		return;
	}
	struct buf why = BUF_INIT;
	semver_range_explain(&why, range, &v);
	if (why.len)
		found(c, "helm/chart-version", LINT_ERROR, "version", arena_printf(a, "version %s", buf_text(&why)));
	buf_release(&why);
}

static void check_strict_version(struct chartfile *c)
{
	struct semver v;
	struct err *e = semver_parse_strict(&v, c->meta.version);

	if (!e)
		return;
	err_free(e);
	found(c, "helm/chart-version-strict", LINT_WARNING, "version",
		arena_printf(c->lint->arena, "version '%.*s' is not a valid SemVerV2", STR_ARG(c->meta.version)));
}

/* Helm stops at the first maintainer that is wrong. */
static void check_maintainers(struct chartfile *c)
{
	struct arena *a = c->lint->arena;

	for (size_t i = 0; i < c->meta.maintainers.len; i++) {
		const struct chart_maintainer *m = c->meta.maintainers.items[i];
		struct str why = { NULL, 0 };
		if (!m)
			why = STR("a maintainer entry is empty");
		else if (!m->name.len)
			why = STR("each maintainer requires a name");
		else if (m->email.len && !lint_is_email(m->email))
			why = arena_printf(
				a, "invalid email '%.*s' for maintainer '%.*s'", STR_ARG(m->email), STR_ARG(m->name));
		else if (m->url.len && !lint_is_url(m->url))
			why = arena_printf(
				a, "invalid url '%.*s' for maintainer '%.*s'", STR_ARG(m->url), STR_ARG(m->name));
		if (!why.s)
			continue;
		found(c, "helm/chart-maintainers", LINT_ERROR, arena_printf(a, "maintainers[%zu]", i).s, why);
		return;
	}
}

static void check_urls(struct chartfile *c)
{
	struct arena *a = c->lint->arena;

	for (size_t i = 0; i < c->meta.sources.len; i++) {
		struct str url = c->meta.sources.items[i];
		if (lint_is_request_url(url))
			continue;
		found(c, "helm/chart-sources", LINT_ERROR, arena_printf(a, "sources[%zu]", i).s,
			arena_printf(a, "invalid source URL '%.*s'", STR_ARG(url)));
		break;
	}
	if (!c->meta.icon.len)
		found(c, "helm/chart-icon-presence", LINT_INFO, NULL, STR("icon is recommended"));
	else if (!lint_is_request_url(c->meta.icon))
		found(c, "helm/chart-icon", LINT_ERROR, "icon",
			arena_printf(a, "invalid icon URL '%.*s'", STR_ARG(c->meta.icon)));
}

static void check_v1(struct chartfile *c)
{
	struct arena *a = c->lint->arena;
	struct str v = c->meta.api_version;

	if (str_is(v, "v2"))
		return;
	if (c->meta.type.len)
		found(c, "helm/chart-type", LINT_ERROR, "type",
			arena_printf(a, "chart type is not valid in apiVersion '%.*s'. It is valid in apiVersion 'v2'",
				STR_ARG(v)));
	if (c->meta.dependencies.len)
		found(c, "helm/chart-dependencies", LINT_ERROR, "dependencies",
			arena_printf(a,
				"dependencies are not valid in the Chart file with apiVersion '%.*s'. They are valid "
				"in "
				"apiVersion 'v2'",
				STR_ARG(v)));
}

/* Reads the metadata twice: as a struct, and as it stands. */
static struct err *load(struct chartfile *c)
{
	struct arena *a = c->lint->arena;

	TRY(lint_read(&c->text, a, &c->lint->source, "Chart.yaml"));
	TRY(chart_metadata_read(&c->meta, a, c->text, NULL));
	return yml_load(&c->raw, a, c->text, NULL);
}

void lint_helm_chartfile(struct lint *l)
{
	struct chartfile c = { .lint = l };

	if (lint_stat(&l->source, l->arena, "Chart.yaml") == LINT_DIR)
		found(&c, "helm/chartfile-type", LINT_ERROR, NULL, STR("should be a file, not a directory"));
	struct err *e = load(&c);
	if (e) {
		int line = lint_error_line(e);
		struct str why = lint_take_error(l->arena, e);
		lint_helm(l, "helm/chartfile-parse", LINT_ERROR, STR("Chart.yaml"),
			arena_printf(l->arena, "unable to parse YAML\n\t%.*s", STR_ARG(why)), STR("Chart.yaml"),
			line ? line : 1, 1);
		return;
	}
	if (!l->opts->helm3)
		check_strictly(&c);
	check_name(&c);
	check_api_version(&c);
	check_type_of(&c, "version");
	check_version(&c);
	check_type_of(&c, "appVersion");
	check_maintainers(&c);
	check_urls(&c);
	check_v1(&c);
	if (!l->opts->helm3)
		check_strict_version(&c);
}
