/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "kube/api.h"

static void explains(const char *want, const char *api_version, const char *kind)
{
	const struct kube_api *api = kube_api_find(str_from(api_version), str_from(kind));
	struct buf b = BUF_INIT;

	assert_non_null(api);
	kube_api_explain(&b, api);
	assert_string_equal(buf_text(&b), want);
	buf_release(&b);
}

static void deprecations_are_worded_as_kubernetes_does(void **state)
{
	(void)state;
	explains("extensions/v1beta1 Ingress is deprecated in v1.14+, unavailable in v1.22+; use networking.k8s.io/v1 "
		 "Ingress",
		"extensions/v1beta1", "Ingress");
	explains("v1 ComponentStatus is deprecated in v1.19+", "v1", "ComponentStatus");
	explains("networking.k8s.io/v1beta1 IngressClass is deprecated in v1.19+, unavailable in v1.22+; use "
		 "networking.k8s.io/v1 IngressClassList",
		"networking.k8s.io/v1beta1", "IngressClass");
	explains("batch/v1beta1 CronJobList is deprecated in v1.21+, unavailable in v1.25+; use batch/v1 CronJobList",
		"batch/v1beta1", "CronJobList");
}

static void living_apis_are_not_found(void **state)
{
	(void)state;
	assert_null(kube_api_find(STR("apps/v1"), STR("Deployment")));
	assert_null(kube_api_find(STR("policy/v1"), STR("PodDisruptionBudget")));
	assert_null(kube_api_find(STR("example.org/v1beta1"), STR("Ingress")));
}

static void versions_decide(void **state)
{
	(void)state;
	const struct kube_api *api = kube_api_find(STR("policy/v1beta1"), STR("PodDisruptionBudget"));
	struct kube_version v;
	assert_null(kube_version_parse(&v, STR("v1.20.3")));
	assert_false(kube_api_is_deprecated(api, &v));
	assert_null(kube_version_parse(&v, STR("1.21")));
	assert_true(kube_api_is_deprecated(api, &v));
	assert_false(kube_api_is_removed(api, &v));
	assert_null(kube_version_parse(&v, STR("1.25.0-gke.1")));
	assert_true(kube_api_is_removed(api, &v));
	struct err *e = kube_version_parse(&v, STR("new"));
	assert_non_null(e);
	err_free(e);
}

static void groups_are_cut_off(void **state)
{
	(void)state;
	assert_true(str_is(kube_api_group(STR("apps/v1")), "apps"));
	assert_true(str_is(kube_api_group(STR("v1")), ""));
	assert_true(kube_group_is_builtin(STR("networking.k8s.io")));
	assert_false(kube_group_is_builtin(STR("gateway.networking.k8s.io")));
	assert_false(kube_group_is_builtin(STR("cert-manager.io")));
	assert_true(kube_kind_is_cluster_wide(STR("rbac.authorization.k8s.io/v1"), STR("ClusterRole")));
	assert_false(kube_kind_is_cluster_wide(STR("rbac.authorization.k8s.io/v1"), STR("Role")));
}

UNIT_MAIN(cmocka_unit_test(deprecations_are_worded_as_kubernetes_does), cmocka_unit_test(living_apis_are_not_found),
	cmocka_unit_test(versions_decide), cmocka_unit_test(groups_are_cut_off))
