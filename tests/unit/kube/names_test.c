/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "kube/names.h"

#include <string.h>

static size_t reasons(const char *kind, const char *name)
{
	struct arena a = ARENA_INIT;
	struct str_vec out = { 0 };

	kube_name_check(&out, &a, str_from(kind), str_from(name));
	arena_release(&a);
	return out.len;
}

static void most_names_are_subdomains(void **state)
{
	(void)state;
	assert_int_equal(reasons("ConfigMap", "a.b-c.9"), 0);
	assert_int_equal(reasons("ConfigMap", "A"), 1);
	assert_int_equal(reasons("ConfigMap", ""), 1);
	assert_int_equal(reasons("ConfigMap", "a..b"), 1);
	assert_int_equal(reasons("ConfigMap", "-a"), 1);
	assert_int_equal(reasons("ConfigMap", "a."), 1);
}

static void names_have_a_longest_length(void **state)
{
	(void)state;
	char name[300];
	memset(name, 'a', sizeof(name));
	name[253] = 0;
	assert_int_equal(reasons("Deployment", name), 0);
	name[253] = 'a';
	name[254] = 0;
	assert_int_equal(reasons("Deployment", name), 1);
	name[63] = 0;
	assert_int_equal(reasons("Service", name), 0);
	name[63] = 'A';
	name[64] = 0;
	assert_int_equal(reasons("Service", name), 2);
}

static void services_begin_with_a_letter(void **state)
{
	(void)state;
	assert_int_equal(reasons("Service", "a9"), 0);
	assert_int_equal(reasons("service", "9a"), 1);
	assert_int_equal(reasons("Service", "a.b"), 1);
}

static void namespaces_have_no_dots(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct str_vec out = { 0 };
	kube_name_check(&out, &a, STR("Namespace"), STR("a.b"));
	assert_int_equal(out.len, 1);
	assert_true(str_is(out.items[0], "must not contain dots"));
	arena_release(&a);
}

static void rbac_names_are_path_segments(void **state)
{
	(void)state;
	assert_int_equal(reasons("ClusterRole", "system:A b"), 0);
	assert_int_equal(reasons("ClusterRole", ".."), 1);
	assert_int_equal(reasons("role", "a/%"), 2);
	assert_int_equal(reasons("CertificateSigningRequest", "///"), 0);
}

static void label_values_are_short_words(void **state)
{
	(void)state;
	assert_true(kube_label_value_is_valid(STR("")));
	assert_true(kube_label_value_is_valid(STR("A_b-c.9")));
	assert_false(kube_label_value_is_valid(STR("-a")));
	assert_false(kube_label_value_is_valid(STR("a b")));
	assert_false(
		kube_label_value_is_valid(STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")));
}

UNIT_MAIN(cmocka_unit_test(most_names_are_subdomains), cmocka_unit_test(names_have_a_longest_length),
	cmocka_unit_test(services_begin_with_a_letter), cmocka_unit_test(namespaces_have_no_dots),
	cmocka_unit_test(rbac_names_are_path_segments), cmocka_unit_test(label_values_are_short_words))
