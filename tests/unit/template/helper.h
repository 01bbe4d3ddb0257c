/* SPDX-License-Identifier: Apache-2.0 */
/* helper: templates in tests: what they print, or "ERROR" and the whole message. */
#pragma once

#include "tests/lib/unit.h"

#include "template/template.h"

/* Functions by which the tests see how arguments are checked. */
static inline struct err *test_text(struct val *out, struct tmpl_call *c)
{
	*out = c->args[0];
	return NULL;
}

static inline struct err *test_list(struct val *out, struct tmpl_call *c)
{
	*out = val_list(c->arena, c->nargs);
	for (size_t i = 0; i < c->nargs; i++)
		val_list_add(*out, c->args[i]);
	return NULL;
}

static inline struct err *test_fail(struct val *out, struct tmpl_call *c)
{
	(void)out;
	return err_new(ERR_INPUT, "failed: %.*s", STR_ARG(val_str(c->args[0])));
}

static inline struct err *test_include(struct val *out, struct tmpl_call *c)
{
	struct buf text = BUF_INIT;
	struct err *e = tmpl_execute_nested(&text, c->exec, tmpl_running_set(c->exec), val_str(c->args[0]), c->args[1]);
	*out = val_string(arena_str(c->arena, buf_str(&text)));
	buf_release(&text);
	return e;
}

static inline const struct tmpl_funcs *test_funcs(void)
{
	static const struct tmpl_func rows[] = {
		{ "fail", "s", test_fail, NULL, NULL, NULL },
		{ "include", "sa", test_include, NULL, NULL, NULL },
		{ "integer", "i", test_text, NULL, NULL, NULL },
		{ "list", "a*", test_list, NULL, NULL, NULL },
		{ "number", "f", test_text, NULL, NULL, NULL },
		{ "same", "a", test_text, NULL, NULL, NULL },
		{ "table", "D", test_text, NULL, NULL, NULL },
		{ "text", "s", test_text, NULL, NULL, NULL },
		{ "texts", "ss*", test_text, NULL, NULL, NULL },
	};
	static const struct tmpl_funcs table = { .items = rows, .len = sizeof(rows) / sizeof(*rows) };
	return &table;
}

/* .s text, .i 5 (int), .f 5.0, .n null, .t true, .l [1.0 a null], .m {a: x, b: {c: d}}, .e {} */
static inline struct val test_dot(struct arena *a)
{
	struct val dot = val_map(a), l = val_list(a, 3), m = val_map(a), b = val_map(a);
	val_list_add(l, val_float(1));
	val_list_add(l, val_text("a"));
	val_list_add(l, VAL_NIL);
	val_set(b, "c", val_text("d"));
	val_set(m, "b", b);
	val_set(m, "a", val_text("x"));
	val_set(dot, "s", val_text("text"));
	val_set(dot, "i", val_int(5));
	val_set(dot, "f", val_float(5));
	val_set(dot, "n", VAL_NIL);
	val_set(dot, "t", val_bool(true));
	val_set(dot, "l", l);
	val_set(dot, "m", m);
	val_set(dot, "e", val_map(a));
	return dot;
}

/* Executes `text` as "t" within `limits`. */
static inline void says_within(const char *text, const char *want, const struct tmpl_limits *limits)
{
	struct arena a = ARENA_INIT;
	struct buf out = BUF_INIT;
	struct tmpl_set *set = tmpl_set_new(&a, test_funcs());
	struct err *e = tmpl_parse(set, STR("t"), str_from(text));
	if (!e)
		e = tmpl_execute(&out, &a, set, STR("t"), test_dot(&a), limits, NULL);
	if (e) {
		buf_puts(&out, "ERROR ");
		err_message(&out, e);
		err_free(e);
	}
	assert_string_equal(buf_text(&out), want);
	buf_release(&out);
	arena_release(&a);
}

static inline void says(const char *text, const char *want)
{
	says_within(text, want, NULL);
}

/* What execution says of its error behind the place. */
#define AT(place, node, message) "ERROR template: t:" place ": executing \"t\" at <" node ">: " message
