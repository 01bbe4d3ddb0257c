/* SPDX-License-Identifier: Apache-2.0 */
/* Helm's rules about values.yaml. */
#include "lint.h"
#include "yaml/yaml.h"
#include "json/json.h"

#define VALUES STR("values.yaml")

/* Reads the first document, as Helm's own reader of values files does. */
static struct err *read_values(struct val *out, struct lint *l)
{
	struct str text;

	TRY(lint_read(&text, l->arena, &l->source, "values.yaml"));
	TRY(yml_load(out, l->arena, text, NULL));
	if (val_is_null(*out))
		*out = val_map(l->arena);
	if (val_is_map(*out))
		return NULL;
	const char *noun = val_is_list(*out)         ? "array"
			   : out->kind == VAL_STRING ? "string"
			   : out->kind == VAL_BOOL   ? "bool"
						     : "number";
	return err_new(ERR_INPUT,
		"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal %s into Go value of type "
		"%s.Values",
		noun, l->opts->helm3 ? "chartutil" : "common");
}

/* Checks values against one schema: a chart that has nothing else. Gives the text below the heading, or an empty one. */
static struct str check_schema(struct lint *l, struct str schema, struct val values)
{
	struct chart alone = { .name = STR("chart"), .schema = schema, .has_schema = true, .values = VAL_NIL };
	struct err *e = chart_check_schema(l->arena, &alone, values, &l->warnings);
	struct str why;

	if (!e)
		return (struct str){ NULL, 0 };
	why = lint_take_error(l->arena, e);
	ptrdiff_t heading = str_find(why, STR("chart(s):\nchart:\n"));
	return heading < 0 ? why : str_skip(why, (size_t)heading + sizeof("chart(s):\nchart:\n") - 1);
}

static void found(struct lint *l, const char *rule, enum lint_severity severity, struct str message, int line)
{
	lint_helm(l, rule, severity, VALUES, message, VALUES, line, line ? 1 : 0);
}

/* The place in values.yaml that a schema error is about: "- at '/a/b': ...". */
static void locate_schema(struct lint *l, struct str why, int *line, int *column)
{
	struct buf path = BUF_INIT;
	ptrdiff_t at = str_find(why, STR("at '/"));

	*line = *column = 1;
	if (at >= 0) {
		struct str rest = str_skip(why, (size_t)at + 5);
		struct str pointer = str_cut(&rest, '\'');
		while (pointer.s) {
			struct str part = str_cut(&pointer, '/');
			if (path.len)
				buf_putc(&path, '.');
			buf_add(&path, part);
		}
		lint_locate(l, "values.yaml", buf_text(&path), false, line, column);
	}
	buf_release(&path);
}

void lint_helm_values(struct lint *l)
{
	struct val defaults;
	struct str schema = { NULL, 0 };

	if (lint_stat(&l->source, l->arena, "values.yaml") == LINT_NONE) {
		found(l, "helm/values-presence", LINT_INFO, STR("file does not exist"), 0);
		return;
	}
	struct err *e = read_values(&defaults, l);
	if (e) {
		int line = lint_error_line(e);
		struct str why = lint_take_error(l->arena, e);
		found(l, "helm/values-parse", LINT_ERROR,
			arena_printf(l->arena, "unable to parse YAML: %.*s", STR_ARG(why)), line ? line : 1);
		return;
	}
	/* Helm fills the tables that the user gave with the defaults: nulls among them are the user's from then on, and stay. */
	struct val values = val_map(l->arena);
	chart_coalesce_tables(values, l->user, false, &l->warnings);
	chart_coalesce_tables(values, defaults, false, &l->warnings);
	if (lint_stat(&l->source, l->arena, "values.schema.json") == LINT_NONE ||
		(l->opts->skip_schema && !l->opts->helm3))
		return;
	e = lint_read(&schema, l->arena, &l->source, "values.schema.json");
	if (e) {
		/* Helm takes a schema that it cannot read for none. */
		err_free(e);
		return;
	}
	if (!schema.len)
		return;
	struct str why = check_schema(l, schema, values);
	if (why.len) {
		int line = 1;
		int column = 1;
		if (!l->opts->helm_only)
			locate_schema(l, why, &line, &column);
		lint_helm(l, "helm/values-schema", LINT_ERROR, VALUES, why, VALUES, line, column);
	}
}
