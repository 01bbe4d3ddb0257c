/* SPDX-License-Identifier: Apache-2.0 */
/* schema: values held against values.schema.json. */
#include "json/schema.h"
#include "base/quote.h"
#include "chart/log.h"
#include "chart/values.h"
#include "funcs/regex.h"
#include "io/file.h"
#include "json/url.h"

#include <string.h>

static struct err *compile_pattern(void **out, struct arena *a, struct str pattern, void *ctx)
{
	(void)ctx;
	struct fn_regex *r;
	TRY(fn_regex_compile(&r, a, pattern));
	*out = r;
	return NULL;
}

static bool match_pattern(void *pattern, struct arena *scratch, struct str text, void *ctx)
{
	(void)ctx;
	struct fn_regex_text t = fn_regex_text(scratch, text);
	bool found = false;
	struct err *e = fn_regex_find(&found, pattern, &t, 0, NULL, 0);
	/* Too much work for the limit counts as no match. */
	err_free(e);
	return found && !e;
}

/*
 * What a schema refers to. Helm opens files and asks servers; here a chart reaches nothing outside of it. An unresolved URN allows
 * everything, as in Helm.
 */
static struct err *load_reference(struct str *text, struct arena *a, struct str url, void *ctx)
{
	struct chart_warnings *w = ctx;
	if (str_starts(url, STR("urn:"))) {
		chart_log(w, "WARN", "unresolved URN reference ignored; using permissive schema", "urn",
			arena_text(a, url), NULL);
		chart_log3(w, "jsonschema.go:192",
			"WARNING: unresolved URN reference ignored; using permissive schema: %.*s", STR_ARG(url));
		*text = STR("true");
		return NULL;
	}
	struct json_url u;
	struct str path_part;
	TRY(json_url_parse(&u, a, url));
	if (str_is(u.scheme, "file")) {
		TRY(json_url_unescape(&path_part, a, u.path));
		const char *path = arena_text(a, path_part);
		if (!io_exists(path))
			return err_new(ERR_NOT_FOUND, "open %s: no such file or directory", path);
	} else if (!str_is(u.scheme, "http") && !str_is(u.scheme, "https")) {
		struct buf b = BUF_INIT;
		quote_add(&b, url);
		struct err *e = err_new(ERR_SCHEMA, "no URLLoader registered for %s", buf_text(&b));
		buf_release(&b);
		return e;
	}
	return err_new(ERR_SCHEMA, "a schema may not refer to anything outside of the chart");
}

/* The text of one chart's faults goes to `out`. */
static void check_one(struct buf *out, struct arena *a, struct str schema, struct val values, struct chart_warnings *w)
{
	const struct json_schema_opts o = {
		.compile = compile_pattern, .match = match_pattern, .load = load_reference, .ctx = w
	};
	struct json_schema *s;
	/* A schema is as large as all values of its chart, and nothing of it is needed any more. */
	struct arena scratch = { .max = a->max };
	if (w && w->debug)
		chart_log(w, "DEBUG", "unmarshalled JSON schema", "schema", arena_text(a, schema), NULL);
	struct err *e = json_schema_compile(&s, &scratch, schema, "file:///values.schema.json", &o);
	if (e)
		err_message(out, e);
	else if (!json_schema_check(out, &scratch, s, values))
		buf_putc(out, '\n');
	err_free(e);
	arena_release(&scratch);
}

struct err *chart_check_values(struct arena *a, struct str schema, struct val values, struct chart_warnings *w)
{
	struct buf b = BUF_INIT;
	check_one(&b, a, schema, values, w);
	struct err *e = b.len ? err_new(ERR_SCHEMA, "%s", buf_text(&b)) : NULL;
	buf_release(&b);
	return e;
}

static void check_tree(
	struct buf *out, struct arena *a, const struct chart *c, struct val values, struct chart_warnings *w)
{
	if (c->has_schema) {
		chart_log(w, "DEBUG", "chart name", "chart-name", arena_text(a, c->name), NULL);
		struct buf faults = BUF_INIT;
		check_one(&faults, a, c->schema, values, w);
		if (faults.len) {
			buf_printf(out, "%.*s:\n", STR_ARG(c->name));
			buf_add(out, buf_str(&faults));
		}
		buf_release(&faults);
	}
	if (w && w->debug)
		chart_log(w, "DEBUG", "number of dependencies in the chart", "chart", arena_text(a, c->name),
			"dependencies", arena_printf(a, "%zu", c->nsubcharts).s, NULL);
	for (size_t i = 0; i < c->nsubcharts; i++) {
		const struct chart *sub = c->subcharts[i];
		struct val own = val_map_get(values, sub->name);
		if (val_is_map(own))
			check_tree(out, a, sub, own, w);
		else if (!val_is_null(own))
			buf_printf(out, "%.*s:\ninvalid type for values: expected object (map), got %s\n",
				STR_ARG(sub->name), val_type_name(own));
	}
}

struct err *chart_check_schema(struct arena *a, const struct chart *c, struct val values, struct chart_warnings *w)
{
	struct buf b = BUF_INIT;
	check_tree(&b, a, c, values, w);
	struct err *e = NULL;
	if (b.len)
		e = err_new(ERR_SCHEMA,
			"values don't meet the specifications of the schema(s) in the following chart(s):\n%s",
			buf_text(&b));
	buf_release(&b);
	return e;
}
