/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "kube/manifest.h"

struct parsed {
	struct arena arena;
	struct kube_manifests m;
};

static struct err *parse(struct parsed *p, const char *text, const struct kube_parse_opts *o)
{
	*p = (struct parsed){ .arena = ARENA_INIT };
	return kube_parse(&p->m, &p->arena, str_from(text), o);
}

static void a_stream_is_cut_into_resources(void **state)
{
	(void)state;
	struct parsed p;
	assert_null(parse(&p,
		"---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: x\n"
		"---\n# nothing here\n--- # more\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: y, "
		"namespace: z}\n",
		NULL));
	assert_int_equal(p.m.len, 2);
	assert_true(str_is(p.m.items[0].source, "c/templates/a.yaml"));
	assert_true(str_is(p.m.items[0].kind, "Service"));
	assert_true(str_is(p.m.items[0].namespace, "default"));
	assert_int_equal(p.m.items[0].line, 2);
	assert_true(str_is(p.m.items[1].api_version, "apps/v1"));
	assert_true(str_is(p.m.items[1].namespace, "z"));
	assert_int_equal(p.m.items[1].line, 10);
	arena_release(&p.arena);
}

static void dashes_inside_a_block_do_not_end_it(void **state)
{
	(void)state;
	struct parsed p;
	assert_null(parse(
		&p, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  a: |\n    ---\n    b\n", NULL));
	assert_int_equal(p.m.len, 1);
	arena_release(&p.arena);
}

static void lists_are_taken_apart(void **state)
{
	(void)state;
	struct parsed p;
	assert_null(parse(&p,
		"apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n"
		"- {apiVersion: v1, kind: Secret, metadata: {name: b}}\n",
		NULL));
	assert_int_equal(p.m.len, 2);
	assert_true(str_is(p.m.items[1].name, "b"));
	assert_true(str_is(p.m.items[1].text, "apiVersion: v1\nkind: Secret\nmetadata:\n  name: b"));
	arena_release(&p.arena);
}

static void hooks_and_tests_can_be_left_out(void **state)
{
	(void)state;
	static const char text[] =
		"apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations: {helm.sh/hook: test-success}\n"
		"---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: b\n  annotations: {helm.sh/hook: pre-install}\n"
		"---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: c\n";
	struct kube_parse_opts no_tests = { .no_tests = true };
	struct kube_parse_opts no_hooks = { .no_hooks = true };
	struct parsed p;
	assert_null(parse(&p, text, &no_tests));
	assert_int_equal(p.m.len, 2);
	assert_true(kube_is_hook(&p.m.items[0], "pre-install"));
	arena_release(&p.arena);
	assert_null(parse(&p, text, &no_hooks));
	assert_int_equal(p.m.len, 1);
	arena_release(&p.arena);
}

static void a_broken_document_names_its_line(void **state)
{
	(void)state;
	struct parsed p;
	struct kube_parse_opts o = { .file = "f.yaml" };
	struct err *e = parse(&p, "apiVersion: v1\n---\nkind: [\n  a: b\n", &o);
	assert_non_null(e);
	assert_string_equal(e->file, "f.yaml");
	assert_true(e->line >= 3);
	err_free(e);
	arena_release(&p.arena);
}

UNIT_MAIN(cmocka_unit_test(a_stream_is_cut_into_resources), cmocka_unit_test(dashes_inside_a_block_do_not_end_it),
	cmocka_unit_test(lists_are_taken_apart), cmocka_unit_test(hooks_and_tests_can_be_left_out),
	cmocka_unit_test(a_broken_document_names_its_line))
