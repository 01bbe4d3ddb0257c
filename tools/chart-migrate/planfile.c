/* SPDX-License-Identifier: Apache-2.0 */
/* planfile: reads a plan file, checks every key of it, expands templates. */
#include "migrate.h"

#include "base/vec.h"
#include "funcs/funcs.h"
#include "io/file.h"
#include "template/template.h"
#include "json/json.h"

#include <string.h>

#define PLAN_MAX ((size_t)4 << 20)

enum field_type {
	F_TEXT,  /* a string, a number or a boolean, taken as text */
	F_TEXTS, /* a list of such, or one */
	F_WORDS, /* an argument vector: a list, or a string cut at blanks */
	F_BOOL,
	F_INT,
	F_DURATION, /* "30s" */
	F_ANY,      /* whatever YAML */
	F_SUB,      /* a map with the keys of `sub` */
	F_ITEMS,    /* a list, or one, of strings or maps with the keys of `sub` */
	F_MAPS,     /* a map of maps with the keys of `sub` */
	F_STEPS,    /* the list of steps */
};

struct field {
	const char *name;
	enum field_type type;
	bool required;
	bool late;               /* {{ }} is expanded when more is known */
	const struct field *sub; /* of maps */
};
#define FIELD_END \
	{ \
		NULL, F_TEXT, false, false, NULL \
	}

/*
 * The format, one table a map. Whatever stands here is explained in the manual page; docs and JSON Schema follow it.
 */
static const struct field release_fields[] = {
	{ "name", F_TEXT, true, false, NULL },
	{ "chart", F_TEXT, false, true, NULL },
	{ "values", F_TEXTS, false, true, NULL },
	{ "set", F_ANY, false, true, NULL },
	FIELD_END,
};
static const struct field install_fields[] = {
	{ "release", F_TEXT, true, false, NULL },
	{ "chart", F_TEXT, true, false, NULL },
	{ "values", F_TEXTS, false, true, NULL },
	{ "set", F_ANY, false, true, NULL },
	{ "namespace", F_TEXT, false, false, NULL },
	{ "wait", F_DURATION, false, false, NULL },
	FIELD_END,
};
static const struct field upgrade_fields[] = {
	{ "release", F_ITEMS, true, true, release_fields },
	{ "chart", F_TEXT, false, true, NULL },
	{ "values", F_TEXTS, false, true, NULL },
	{ "set", F_ANY, false, true, NULL },
	{ "namespace", F_TEXT, false, false, NULL },
	{ "wait", F_DURATION, false, false, NULL },
	FIELD_END,
};
static const struct field exec_fields[] = {
	{ "run", F_WORDS, true, false, NULL },
	{ "expect", F_TEXT, false, false, NULL },
	{ "retry", F_DURATION, false, false, NULL },
	{ "timeout", F_DURATION, false, false, NULL },
	{ "dir", F_TEXT, false, false, NULL },
	{ "env", F_ANY, false, false, NULL },
	{ "pass", F_TEXTS, false, false, NULL },
	{ "undo", F_WORDS, false, false, NULL },
	FIELD_END,
};
static const struct field redis_fields[] = {
	{ "from", F_TEXT, true, false, NULL },
	{ "to", F_TEXT, true, false, NULL },
	{ "mode", F_TEXT, false, false, NULL },
	{ "verify", F_TEXT, false, false, NULL },
	{ "timeout", F_DURATION, false, false, NULL },
	{ "from-password-env", F_TEXT, false, false, NULL },
	{ "to-password-env", F_TEXT, false, false, NULL },
	FIELD_END,
};
static const struct field data_fields[] = {
	{ "redis", F_SUB, true, false, redis_fields },
	FIELD_END,
};
static const struct field find_fields[] = {
	{ "service", F_TEXT, false, false, NULL },
	{ "host", F_TEXT, false, false, NULL },
	{ "secret", F_TEXT, false, false, NULL },
	{ "configmap", F_TEXT, false, false, NULL },
	FIELD_END,
};
static const struct field set_fields[] = {
	{ "host", F_TEXT, false, false, NULL },
	{ "port", F_INT, false, false, NULL },
	{ "name", F_TEXT, false, false, NULL },
	FIELD_END,
};
static const struct field repoint_fields[] = {
	{ "find", F_SUB, true, false, find_fields },
	{ "set", F_SUB, true, false, set_fields },
	{ "in", F_TEXTS, true, false, NULL },
	{ "review", F_BOOL, false, false, NULL },
	FIELD_END,
};
static const struct field verify_fields[] = {
	{ "no-references-to", F_TEXTS, false, false, NULL },
	{ "ready", F_TEXTS, false, false, NULL },
	{ "wait", F_DURATION, false, false, NULL },
	FIELD_END,
};
static const struct field while_fields[] = {
	{ "exec", F_WORDS, true, false, NULL },
	{ "every", F_DURATION, false, false, NULL },
	{ "timeout", F_DURATION, false, false, NULL },
	FIELD_END,
};
static const struct field soak_fields[] = {
	{ "for", F_DURATION, true, false, NULL },
	{ "while", F_SUB, false, false, while_fields },
	FIELD_END,
};
static const struct field purge_fields[] = {
	{ "release", F_TEXT, true, false, NULL },
	{ "keep", F_TEXTS, false, false, NULL },
	{ "backup", F_TEXT, false, false, NULL },
	{ "wait", F_DURATION, false, false, NULL },
	FIELD_END,
};
/* A step has one of these and, beside it, `only`. */
static const struct field step_fields[] = {
	{ "install", F_SUB, false, false, install_fields },
	{ "exec", F_SUB, false, false, exec_fields },
	{ "data", F_SUB, false, false, data_fields },
	{ "repoint", F_SUB, false, false, repoint_fields },
	{ "upgrade", F_SUB, false, false, upgrade_fields },
	{ "verify", F_SUB, false, false, verify_fields },
	{ "soak", F_SUB, false, false, soak_fields },
	{ "purge", F_SUB, false, false, purge_fields },
	{ "only", F_TEXTS, false, false, NULL },
	FIELD_END,
};
static const struct field target_fields[] = {
	{ "driver", F_TEXT, true, false, NULL },
	{ "path", F_TEXT, false, false, NULL },
	{ "context", F_TEXT, false, false, NULL },
	{ "kubeconfig", F_TEXT, false, false, NULL },
	{ "namespace", F_TEXT, false, false, NULL },
	{ "kubeVersion", F_TEXT, false, false, NULL },
	{ "approve", F_BOOL, false, false, NULL },
	{ "window", F_TEXT, false, false, NULL },
	FIELD_END,
};
static const struct field metadata_fields[] = {
	{ "name", F_TEXT, true, false, NULL },
	{ "description", F_TEXT, false, false, NULL },
	FIELD_END,
};
static const struct field top_fields[] = {
	{ "apiVersion", F_TEXT, true, false, NULL },
	{ "kind", F_TEXT, true, false, NULL },
	{ "metadata", F_SUB, true, false, metadata_fields },
	{ "targets", F_MAPS, true, false, target_fields },
	{ "vars", F_ANY, false, false, NULL },
	{ "steps", F_STEPS, true, false, step_fields },
	FIELD_END,
};

struct reader {
	struct mig *m;
	struct mig_file *f;
	struct val vars; /* what {{ }} sees; null: nothing is expanded */
};

static struct err *at(struct reader *r, const struct yml_node *n, struct err *e)
{
	return err_at(e, r->f->path, n ? n->line : 1, n ? n->column : 1);
}

struct err *mig_expand(struct str *out, struct arena *a, struct val vars, struct str text)
{
	*out = text;
	if (!str_has(text, STR("{{")))
		return NULL;
	struct tmpl_set *set = tmpl_set_new(a, fn_table());
	struct tmpl_limits limits = { .max_output = 1 << 20, .timeout_ms = 1000 };
	struct buf got = BUF_INIT;
	struct err *e = tmpl_parse(set, STR("plan"), text);
	if (!e)
		e = tmpl_execute(&got, a, set, STR("plan"), vars, &limits, NULL);
	if (!e && str_has(buf_str(&got), STR("<no value>")))
		e = err_new(ERR_INPUT, "\"%.*s\" uses a variable that is not set", STR_ARG(text));
	*out = arena_str(a, buf_str(&got));
	buf_release(&got);
	return e;
}

/* The text of a scalar as written, expanded unless it is late. */
static struct err *read_text(struct str *out, struct reader *r, const struct yml_node *n, const struct field *f)
{
	if (!n || n->kind != YML_SCALAR)
		return at(r, n, err_new(ERR_INPUT, "%s must be a string", f->name));
	*out = n->scalar;
	if (f->late || val_is_null(r->vars))
		return NULL;
	return at(r, n, mig_expand(out, r->m->a, r->vars, n->scalar));
}

static struct err *expand_any(
	struct val *v, struct reader *r, const struct yml_node *n, const struct field *f, int depth)
{
	struct arena *a = r->m->a;
	if (depth > 100)
		return at(r, n, err_new(ERR_LIMIT, "%s is nested too deeply", f->name));
	if (val_is_string(*v) && !f->late && !val_is_null(r->vars)) {
		struct str text;
		TRY(at(r, n, mig_expand(&text, a, r->vars, val_str(*v))));
		*v = val_string(text);
	}
	if (val_is_list(*v))
		val_list_each (item, *v)
			TRY(expand_any(item, r, n, f, depth + 1));
	if (val_is_map(*v))
		val_map_each (entry, *v)
			TRY(expand_any(&entry->value, r, n, f, depth + 1));
	return NULL;
}

static struct err *unknown_key(
	struct reader *r, const struct yml_node *key, const struct field *fields, const char *where)
{
	const char *names[32];
	size_t n = 0;
	for (const struct field *f = fields; f->name && n < 31; f++)
		names[n++] = f->name;
	names[n] = NULL;
	const char *near = mig_nearest(key->scalar, names);
	struct buf all = BUF_INIT;
	for (size_t i = 0; i < n; i++)
		buf_printf(&all, "%s%s", i ? ", " : "", names[i]);
	struct err *e = near ? err_new(ERR_INPUT, "unknown key \"%.*s\" in %s, did you mean \"%s\"?",
				       STR_ARG(key->scalar), where, near)
			     : err_new(ERR_INPUT, "unknown key \"%.*s\" in %s (known: %s)", STR_ARG(key->scalar), where,
				       buf_text(&all));
	buf_release(&all);
	return at(r, key, e);
}

static struct err *read_map(
	struct val *out, struct reader *r, const struct yml_node *n, const struct field *fields, const char *where);

static struct err *read_texts(struct val *out, struct reader *r, const struct yml_node *n, const struct field *f)
{
	*out = val_list(r->m->a, 4);
	const struct yml_node *const one[] = { n };
	bool list = n->kind == YML_SEQ;
	for (size_t i = 0; i < (list ? n->len : 1); i++) {
		const struct yml_node *item = list ? n->items[i].value : one[0];
		struct str text;
		struct val v;
		if (f->type == F_ITEMS && item && item->kind == YML_MAP) {
			TRY(read_map(&v, r, item, f->sub, f->name));
			val_list_add(*out, v);
			continue;
		}
		TRY(read_text(&text, r, item, f));
		val_list_add(*out, val_string(text));
	}
	return NULL;
}

static struct err *read_words(struct val *out, struct reader *r, const struct yml_node *n, const struct field *f)
{
	if (n->kind == YML_SEQ) {
		TRY(read_texts(out, r, n, f));
	} else {
		struct str text;
		TRY(read_text(&text, r, n, f));
		*out = val_list(r->m->a, 4);
		for (struct str rest = text; rest.s;) {
			struct str word = str_cut(&rest, ' ');
			if (word.len)
				val_list_add(*out, val_string(word));
		}
	}
	if (!val_list_len(*out))
		return at(r, n, err_new(ERR_INPUT, "%s names no program", f->name));
	return NULL;
}

static struct err *read_scalar(struct val *out, struct reader *r, const struct yml_node *n, const struct field *f)
{
	struct str text;
	TRY(read_text(&text, r, n, f));
	*out = val_string(text);
	int64_t ms;
	if (f->type == F_BOOL) {
		if (!str_is(text, "true") && !str_is(text, "false"))
			return at(r, n, err_new(ERR_INPUT, "%s must be true or false", f->name));
		*out = val_bool(str_is(text, "true"));
	}
	if (f->type == F_DURATION && !mig_duration(&ms, text))
		return at(r, n,
			err_new(ERR_INPUT, "%s: \"%.*s\" is not a duration such as 30s, 10m or 1h30m", f->name,
				STR_ARG(text)));
	if (f->type == F_INT) {
		int64_t number = 0;
		bool good = text.len > 0 && text.len < 10;
		for (size_t i = 0; i < text.len && good; i++) {
			good = text.s[i] >= '0' && text.s[i] <= '9';
			number = number * 10 + (text.s[i] - '0');
		}
		if (!good)
			return at(r, n, err_new(ERR_INPUT, "%s must be a number", f->name));
		*out = val_float((double)number);
	}
	return NULL;
}

static struct err *read_maps(struct val *out, struct reader *r, const struct yml_node *n, const struct field *f)
{
	if (n->kind != YML_MAP)
		return at(r, n, err_new(ERR_INPUT, "%s must be a map", f->name));
	*out = val_map(r->m->a);
	for (size_t i = 0; i < n->len; i++) {
		struct val one;
		if (!n->pairs[i].value)
			return at(r, n->pairs[i].key, err_new(ERR_INPUT, "%s must be a map", f->name));
		TRY(read_map(&one, r, n->pairs[i].value, f->sub, f->name));
		val_map_set(*out, n->pairs[i].key->scalar, one);
	}
	return NULL;
}

/* The kind of a step: the one key of it that is not `only`. */
static struct err *read_step(struct val *out, struct reader *r, const struct yml_node *n, const struct field *fields)
{
	struct arena *a = r->m->a;
	const struct yml_node *kind = NULL;
	for (size_t i = 0; n->kind == YML_MAP && i < n->len; i++) {
		if (str_is(n->pairs[i].key->scalar, "only"))
			continue;
		if (kind)
			return at(r, n->pairs[i].key,
				err_new(ERR_INPUT, "a step is one thing: \"%.*s\" and \"%.*s\" are two",
					STR_ARG(kind->scalar), STR_ARG(n->pairs[i].key->scalar)));
		kind = n->pairs[i].key;
	}
	if (!kind)
		return at(r, n, err_new(ERR_INPUT, "a step is a map with one key: what it does"));
	struct val v;
	TRY(read_map(&v, r, n, fields, "a step"));
	*out = val_map(a);
	val_set(*out, "kind", val_string(kind->scalar));
	val_set(*out, "at", val_string(arena_printf(a, "%s:%d:%d", r->f->path, kind->line, kind->column)));
	val_set(*out, "line", val_int(kind->line));
	val_set(*out, "column", val_int(kind->column));
	val_set(*out, "spec", val_map_get(v, kind->scalar));
	val_set(*out, "only", val_get(v, "only"));
	return NULL;
}

static struct err *read_steps(struct val *out, struct reader *r, const struct yml_node *n, const struct field *f)
{
	if (n->kind != YML_SEQ || !n->len)
		return at(r, n, err_new(ERR_INPUT, "steps must be a list of steps"));
	*out = val_list(r->m->a, n->len);
	for (size_t i = 0; i < n->len; i++) {
		struct val one;
		if (!n->items[i].value)
			return at(r, n, err_new(ERR_INPUT, "step %zu is empty", i + 1));
		TRY(read_step(&one, r, n->items[i].value, f->sub));
		val_list_add(*out, one);
	}
	return NULL;
}

static struct err *read_field(struct val *out, struct reader *r, const struct yml_node *n, const struct field *f)
{
	switch (f->type) {
	case F_TEXT:
	case F_BOOL:
	case F_INT:
	case F_DURATION:
		return read_scalar(out, r, n, f);
	case F_TEXTS:
	case F_ITEMS:
		return read_texts(out, r, n, f);
	case F_WORDS:
		return read_words(out, r, n, f);
	case F_ANY:
		*out = yml_node_value(r->m->a, &r->f->doc, n);
		return expand_any(out, r, n, f, 0);
	case F_SUB:
		return read_map(out, r, n, f->sub, f->name);
	case F_MAPS:
		return read_maps(out, r, n, f);
	case F_STEPS:
		return read_steps(out, r, n, f);
	}
	return NULL;
}

static struct err *read_map(
	struct val *out, struct reader *r, const struct yml_node *n, const struct field *fields, const char *where)
{
	if (n->kind != YML_MAP)
		return at(r, n, err_new(ERR_INPUT, "%s must be a map", where));
	*out = val_map(r->m->a);
	for (size_t i = 0; i < n->len; i++) {
		const struct yml_node *key = n->pairs[i].key, *value = n->pairs[i].value;
		const struct field *f = fields;
		while (f->name && !str_is(key->scalar, f->name))
			f++;
		if (!f->name)
			return unknown_key(r, key, fields, where);
		if (val_get(*out, f->name).kind != VAL_INVALID)
			return at(r, key, err_new(ERR_INPUT, "%s stands twice in %s", f->name, where));
		if (!value || (value->kind == YML_SCALAR && value->style == YML_PLAIN && !value->scalar.len))
			return at(r, key, err_new(ERR_INPUT, "%s has no value", f->name));
		struct val v;
		TRY(read_field(&v, r, value, f));
		val_set(*out, f->name, v);
	}
	for (const struct field *f = fields; f->name; f++)
		if (f->required && val_get(*out, f->name).kind == VAL_INVALID)
			return at(r, n, err_new(ERR_INPUT, "%s needs the key \"%s\"", where, f->name));
	return NULL;
}

static const struct yml_node *child(const struct yml_node *n, const char *name)
{
	for (size_t i = 0; n && n->kind == YML_MAP && i < n->len; i++)
		if (str_is(n->pairs[i].key->scalar, name))
			return n->pairs[i].value;
	return NULL;
}

/* What {{ }} sees: the variables of the plan, those of --var, env and name; .vars holds them too. */
static struct err *make_vars(struct reader *r, const struct yml_node *root, const char *env)
{
	struct arena *a = r->m->a;
	struct val vars = val_map(a);
	const struct yml_node *given = child(root, "vars");
	if (given && given->kind != YML_MAP)
		return at(r, given, err_new(ERR_INPUT, "vars must be a map"));
	if (given)
		vars = val_copy(a, yml_node_value(a, &r->f->doc, given));
	for (size_t i = 0; i < mig_opts.vars.len; i++)
		TRY(chart_set(vars, a, str_from(mig_opts.vars.items[i]), CHART_SET_STRING));
	struct val all = val_copy(a, vars);
	val_set(all, "vars", vars);
	val_set(all, "env", val_text(env));
	const struct yml_node *name = child(child(root, "metadata"), "name");
	if (name && name->kind == YML_SCALAR)
		val_set(all, "name", val_string(name->scalar));
	r->vars = all;
	r->f->vars = all;
	return NULL;
}

static struct err *check_top(struct reader *r, const struct yml_node *root, struct val top)
{
	if (!str_is(val_get_str(top, "apiVersion"), "chart-tools/v1"))
		return at(r, child(root, "apiVersion"),
			err_new(ERR_INPUT, "apiVersion must be \"chart-tools/v1\", not \"%.*s\"",
				STR_ARG(val_get_str(top, "apiVersion"))));
	if (!str_is(val_get_str(top, "kind"), "Migration"))
		return at(r, child(root, "kind"),
			err_new(ERR_INPUT, "kind must be \"Migration\", not \"%.*s\"",
				STR_ARG(val_get_str(top, "kind"))));
	/* It names a folder. */
	struct str name = val_get_str(val_get(top, "metadata"), "name");
	bool good = name.len > 0 && name.len <= 100 && name.s[0] != '.';
	for (size_t i = 0; i < name.len && good; i++)
		good = name.s[i] == '-' || name.s[i] == '_' || name.s[i] == '.' ||
		       (name.s[i] >= '0' && name.s[i] <= '9') || (name.s[i] >= 'a' && name.s[i] <= 'z') ||
		       (name.s[i] >= 'A' && name.s[i] <= 'Z');
	if (!good)
		return at(r, child(child(root, "metadata"), "name"),
			err_new(ERR_INPUT, "the name \"%.*s\" must be letters, digits, '-', '_' and '.'",
				STR_ARG(name)));
	r->f->name = name;
	return NULL;
}

struct err *mig_file_load(struct mig_file *out, struct mig *m, const char *path, const char *env)
{
	*out = (struct mig_file){ .path = path };
	struct reader r = { m, out, VAL_NIL };
	struct str text;
	TRY(io_read(&text, m->a, path, PLAN_MAX));
	if (strcmp(path, "-") == 0)
		out->path = "standard input";
	TRY(yml_doc_parse(&out->doc, m->a, text, out->path));
	const struct yml_node *root = out->doc.nroots ? out->doc.roots[0] : NULL;
	if (!root || out->doc.nroots != 1)
		return at(&r, NULL, err_new(ERR_INPUT, "a plan file is one YAML document"));
	TRY(make_vars(&r, root, env));
	struct val top;
	TRY(read_map(&top, &r, root, top_fields, "the plan"));
	TRY(check_top(&r, root, top));
	out->targets = val_get(top, "targets");
	out->steps = val_get(top, "steps");
	return NULL;
}

/* --- JSON Schema --- */

static struct val schema_of(struct arena *a, const struct field *f);

static struct val type_schema(struct arena *a, const char *type)
{
	struct val v = val_map(a);
	val_set(v, "type", val_text(type));
	return v;
}

static struct val map_schema(struct arena *a, const struct field *fields)
{
	struct val v = type_schema(a, "object"), properties = val_map(a), required = val_list(a, 4);
	for (const struct field *f = fields; f->name; f++) {
		val_set(properties, f->name, schema_of(a, f));
		if (f->required)
			val_list_add(required, val_text(f->name));
	}
	val_set(v, "properties", properties);
	val_set(v, "additionalProperties", val_bool(false));
	if (val_list_len(required))
		val_set(v, "required", required);
	return v;
}

/* `one`, or a list of it. */
static struct val one_or_more(struct arena *a, struct val one)
{
	struct val v = val_map(a), list = type_schema(a, "array"), any = val_list(a, 2);
	val_set(list, "items", one);
	val_list_add(any, one);
	val_list_add(any, list);
	val_set(v, "anyOf", any);
	return v;
}

static struct val scalar_schema(struct arena *a)
{
	struct val v = val_map(a), types = val_list(a, 3);
	val_list_add(types, val_text("string"));
	val_list_add(types, val_text("number"));
	val_list_add(types, val_text("boolean"));
	val_set(v, "type", types);
	return v;
}

static struct val schema_of(struct arena *a, const struct field *f)
{
	struct val v = scalar_schema(a), any;
	switch (f->type) {
	case F_TEXT:
		return v;
	case F_TEXTS:
	case F_WORDS:
		return one_or_more(a, v);
	case F_BOOL:
		return type_schema(a, "boolean");
	case F_INT:
		return type_schema(a, "integer");
	case F_DURATION:
		v = type_schema(a, "string");
		val_set(v, "pattern", val_text("^([0-9]+(ms|s|m|h))+$"));
		return v;
	case F_ANY:
		return val_map(a);
	case F_SUB:
		return map_schema(a, f->sub);
	case F_ITEMS:
		any = val_list(a, 2);
		val_list_add(any, v);
		val_list_add(any, map_schema(a, f->sub));
		v = val_map(a);
		val_set(v, "anyOf", any);
		return one_or_more(a, v);
	case F_MAPS:
		v = type_schema(a, "object");
		val_set(v, "additionalProperties", map_schema(a, f->sub));
		return v;
	case F_STEPS:
		v = type_schema(a, "array");
		val_set(v, "items", map_schema(a, f->sub));
		val_set(v, "minItems", val_int(1));
		return v;
	}
	return v;
}

struct err *mig_file_schema(struct buf *out, struct arena *a)
{
	struct val v = map_schema(a, top_fields);
	struct str text;
	val_set(v, "$schema", val_text("http://json-schema.org/draft-07/schema#"));
	val_set(v, "title", val_text("A plan file of chart-migrate"));
	TRY(mig_json(&text, a, v, JSON_PRETTY | JSON_RAW | JSON_ORDERED));
	buf_add(out, text);
	buf_putc(out, '\n');
	return NULL;
}
