/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "kube/diff.h"

#include <string.h>

struct compared {
	struct arena arena;
	struct kube_manifests old, new;
	struct kube_diff d;
};

static void compare(struct compared *c, const char *old, const char *new, const struct kube_diff_opts *o)
{
	*c = (struct compared){ .arena = ARENA_INIT };
	assert_null(kube_parse(&c->old, &c->arena, str_from(old), NULL));
	assert_null(kube_parse(&c->new, &c->arena, str_from(new), NULL));
	assert_null(kube_diff_compare(&c->d, &c->arena, &c->old, &c->new, o));
}

static void prints(const char *want, const struct compared *c, enum kube_diff_style style, int context)
{
	struct kube_diff_look look = { .style = style, .context = context };
	struct buf b = BUF_INIT;

	kube_diff_format(&b, &c->d, &look);
	assert_string_equal(buf_text(&b), want);
	buf_release(&b);
}

#define CONFIG(name, value) "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " name "\ndata:\n  k: " value "\n"

static void equal_sets_differ_in_nothing(void **state)
{
	(void)state;
	struct compared c;
	compare(&c, CONFIG("a", "x") "---\n" CONFIG("b", "y"), CONFIG("b", "y") "---\n" CONFIG("a", "x"), NULL);
	assert_int_equal(c.d.len, 0);
	arena_release(&c.arena);
}

static void changes_print_as_helm_diff_does(void **state)
{
	(void)state;
	struct compared c;
	compare(&c, CONFIG("a", "x") "---\n" CONFIG("b", "y"), CONFIG("a", "z") "---\n" CONFIG("c", "y"), NULL);
	prints("default, a, ConfigMap (v1) has changed:\n...\n  data:\n-   k: x\n+   k: z\n"
	       "default, b, ConfigMap (v1) has been removed:\n- apiVersion: v1\n- kind: ConfigMap\n- metadata:\n-   "
	       "name: b\n"
	       "- data:\n-   k: y\n"
	       "default, c, ConfigMap (v1) has been added:\n+ apiVersion: v1\n+ kind: ConfigMap\n+ metadata:\n+   "
	       "name: c\n"
	       "+ data:\n+   k: y\n",
		&c, KUBE_DIFF_LINES, 1);
	prints("default, a, ConfigMap (v1) to be changed.\ndefault, b, ConfigMap (v1) to be removed.\n"
	       "default, c, ConfigMap (v1) to be added.\n"
	       "Plan: 1 to add, 1 to change, 1 to destroy, 0 to change ownership.\n",
		&c, KUBE_DIFF_SIMPLE, -1);
	arena_release(&c.arena);
}

static void a_moved_api_is_one_change(void **state)
{
	(void)state;
	struct compared c;
	compare(&c, "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: a}\n",
		"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\n", NULL);
	assert_int_equal(c.d.len, 1);
	assert_int_equal(c.d.items[0].kind, KUBE_CHANGED);
	assert_true(c.d.items[0].api_changed);
	arena_release(&c.arena);
}

static void a_namesake_in_another_group_is_another_thing(void **state)
{
	(void)state;
	struct compared c;
	compare(&c, "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n",
		"apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}\n", NULL);
	assert_int_equal(c.d.len, 2);
	arena_release(&c.arena);
}

static void secrets_are_hidden(void **state)
{
	(void)state;
	struct compared c;
	compare(&c, "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {p: c2VjcmV0, q: YQ==}\n",
		"apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {p: b3RoZXI=, q: YQ==}\n", NULL);
	prints("default, a, Secret (v1) has changed:\n  apiVersion: v1\n  data:\n-   p: '-------- # (6 bytes)'\n"
	       "+   p: '++++++++ # (5 bytes)'\n    q: 'REDACTED # (1 bytes)'\n  kind: Secret\n  metadata:\n    name: "
	       "a\n",
		&c, KUBE_DIFF_LINES, -1);
	arena_release(&c.arena);
	struct kube_diff_opts decoded = { .show_secrets_decoded = true };
	compare(&c, "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {p: c2VjcmV0}\n",
		"apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {p: other}\n", &decoded);
	prints("default, a, Secret (v1) has changed:\n...\n-   p: secret\n+   p: other\n...\n", &c, KUBE_DIFF_LINES, 0);
	arena_release(&c.arena);
}

static void suppressed_kinds_show_their_names_only(void **state)
{
	(void)state;
	static const char *const kinds[] = { "ConfigMap", NULL };
	struct kube_diff_opts o = { .suppress = kinds };
	struct compared c;
	compare(&c, CONFIG("a", "x"), CONFIG("a", "y"), &o);
	prints("default, a, ConfigMap (v1) has changed:\n+ Changes suppressed on sensitive content of type ConfigMap\n",
		&c, KUBE_DIFF_LINES, -1);
	arena_release(&c.arena);
}

static void renames_are_found_by_likeness(void **state)
{
	(void)state;
	struct kube_diff_opts o = { .find_renames = 0.5 };
	struct compared c;
	compare(&c, CONFIG("old", "x"), CONFIG("new", "x"), &o);
	assert_int_equal(c.d.len, 1);
	assert_true(c.d.items[0].renamed);
	arena_release(&c.arena);
}

static void carriage_returns_can_be_ignored(void **state)
{
	(void)state;
	struct kube_diff_opts o = { .strip_trailing_cr = true };
	struct compared c;
	compare(&c, "apiVersion: v1\r\nkind: ConfigMap\r\nmetadata: {name: a}\r\n",
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", &o);
	assert_int_equal(c.d.len, 0);
	arena_release(&c.arena);
}

static void json_is_helm_diffs(void **state)
{
	(void)state;
	struct compared c;
	compare(&c, "", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, namespace: ns}\n", NULL);
	prints("[{\n  \"api\": \"apps\",\n  \"kind\": \"Deployment\",\n  \"namespace\": \"ns\",\n  \"name\": \"a\",\n"
	       "  \"change\": \"ADD\"\n}]\n",
		&c, KUBE_DIFF_JSON, -1);
	arena_release(&c.arena);
}

UNIT_MAIN(cmocka_unit_test(equal_sets_differ_in_nothing), cmocka_unit_test(changes_print_as_helm_diff_does),
	cmocka_unit_test(a_moved_api_is_one_change), cmocka_unit_test(a_namesake_in_another_group_is_another_thing),
	cmocka_unit_test(secrets_are_hidden), cmocka_unit_test(suppressed_kinds_show_their_names_only),
	cmocka_unit_test(renames_are_found_by_likeness), cmocka_unit_test(carriage_returns_can_be_ignored),
	cmocka_unit_test(json_is_helm_diffs))
