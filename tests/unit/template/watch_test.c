/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/template/helper.h"

#include "template/exec.h"

struct counts {
	struct tmpl_watch watch; /* must be first */
	int enters, leaves, deepest, depth;
	int bodies, elses, calls, prints;
	struct buf keys;
};

static void on_enter(struct tmpl_watch *w, const struct exec_frame *f, const struct exec_frame *outer)
{
	struct counts *c = (struct counts *)w;
	(void)f;
	c->enters++;
	c->depth++;
	assert_true((outer == NULL) == (c->depth == 1));
	if (c->depth > c->deepest)
		c->deepest = c->depth;
}

static void on_leave(struct tmpl_watch *w, const struct exec_frame *f)
{
	struct counts *c = (struct counts *)w;
	(void)f;
	c->leaves++;
	c->depth--;
}

static void on_branch(struct tmpl_watch *w, const struct exec_frame *f, const struct tmpl_node *n, bool yes)
{
	struct counts *c = (struct counts *)w;
	(void)f, (void)n;
	if (yes)
		c->bodies++;
	else
		c->elses++;
}

static void on_read(struct tmpl_watch *w, const struct exec_frame *f, struct val map, struct str key)
{
	struct counts *c = (struct counts *)w;
	(void)f, (void)map;
	buf_printf(&c->keys, "%.*s ", STR_ARG(key));
}

static void on_call(struct tmpl_watch *w, const struct exec_frame *f, const struct tmpl_call *call, struct val out)
{
	struct counts *c = (struct counts *)w;
	(void)f, (void)call, (void)out;
	c->calls++;
}

static void on_print(struct tmpl_watch *w, const struct exec_frame *f, struct val v)
{
	struct counts *c = (struct counts *)w;
	(void)f, (void)v;
	c->prints++;
}

/* Executes `text` under the eyes of all callbacks. */
static struct err *watch_text(struct counts *c, struct buf *out, const char *text)
{
	struct arena a = ARENA_INIT;
	*c = (struct counts){ .watch = { .enter = on_enter,
				      .leave = on_leave,
				      .branch = on_branch,
				      .read = on_read,
				      .call = on_call,
				      .print = on_print } };
	struct tmpl_set *set = tmpl_set_new(&a, test_funcs());
	struct err *e = tmpl_parse(set, STR("t"), str_from(text));
	if (!e)
		e = tmpl_execute(
			out, &a, set, STR("t"), test_dot(&a), &(struct tmpl_limits){ .watch = &c->watch }, NULL);
	arena_release(&a);
	return e;
}

static void an_observer_sees_templates_begin_and_end(void **state)
{
	(void)state;
	struct counts c;
	struct buf out = BUF_INIT;
	assert_null(watch_text(&c, &out, "{{ define \"x\" }}x{{ end }}{{ template \"x\" }}{{ include \"x\" . }}"));
	assert_string_equal(buf_text(&out), "xx");
	assert_int_equal(c.enters, 3);
	assert_int_equal(c.leaves, 3);
	assert_int_equal(c.deepest, 2);
	assert_int_equal(c.calls, 1);
	buf_release(&out);
	buf_release(&c.keys);
}

static void templates_end_after_an_error_too(void **state)
{
	(void)state;
	struct counts c;
	struct buf out = BUF_INIT;
	struct err *e = watch_text(&c, &out, "{{ define \"x\" }}{{ fail \"no\" }}{{ end }}{{ include \"x\" . }}");
	assert_non_null(e);
	assert_int_equal(c.enters, 2);
	assert_int_equal(c.leaves, 2);
	err_free(e);
	buf_release(&out);
	buf_release(&c.keys);
}

static void an_observer_sees_branches_and_reads(void **state)
{
	(void)state;
	struct counts c;
	struct buf out = BUF_INIT;
	assert_null(watch_text(&c, &out,
		"{{ if .t }}a{{ end }}{{ with .nothing }}b{{ else }}c{{ end }}{{ range .m }}d{{ end }}"
		"{{ range .e }}e{{ end }}{{ .m.b.c }}"));
	assert_string_equal(buf_text(&out), "acddd");
	assert_int_equal(c.bodies, 2);
	assert_int_equal(c.elses, 2);
	assert_int_equal(c.prints, 1);
	assert_string_equal(buf_text(&c.keys), "t nothing m a b e m b c ");
	buf_release(&out);
	buf_release(&c.keys);
}

static void sets_that_share_parse_a_text_once(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT, first = ARENA_INIT, second = ARENA_INIT;
	struct tmpl_set *base = tmpl_set_new(&a, test_funcs());
	struct buf out = BUF_INIT;
	struct str text = STR("{{ define \"x\" }}{{ .i }}{{ end }}{{ include \"x\" . }}");
	struct tmpl_set *one = tmpl_set_share(&first, base);
	assert_null(tmpl_parse(one, arena_str(&first, STR("t")), text));
	assert_null(tmpl_execute(&out, &first, one, STR("t"), test_dot(&first), NULL, NULL));
	assert_false(tmpl_has(base, STR("x")));
	arena_release(&first);
	struct tmpl_set *two = tmpl_set_share(&second, base);
	assert_false(tmpl_has(two, STR("x")));
	assert_null(tmpl_parse(two, arena_str(&second, STR("t")), text));
	assert_null(tmpl_execute(&out, &second, two, STR("t"), test_dot(&second), NULL, NULL));
	assert_string_equal(buf_text(&out), "55");
	buf_release(&out);
	arena_release(&second);
	arena_release(&a);
}

static void memory_has_a_limit(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct buf out = BUF_INIT;
	struct tmpl_set *set = tmpl_set_new(&a, test_funcs());
	assert_null(tmpl_parse(set, STR("t"),
		STR("{{ $x := \"0123456789\" }}{{ range 60 }}{{ $x = printf \"%s%s\" $x $x }}{{ end }}")));
	struct err *e =
		tmpl_execute(&out, &a, set, STR("t"), VAL_NIL, &(struct tmpl_limits){ .max_memory = 10000000 }, NULL);
	assert_non_null(e);
	assert_int_equal(e->kind, ERR_LIMIT);
	err_free(e);
	buf_release(&out);
	arena_release(&a);
}

UNIT_MAIN(cmocka_unit_test(an_observer_sees_templates_begin_and_end),
	cmocka_unit_test(templates_end_after_an_error_too), cmocka_unit_test(an_observer_sees_branches_and_reads),
	cmocka_unit_test(sets_that_share_parse_a_text_once), cmocka_unit_test(memory_has_a_limit))
