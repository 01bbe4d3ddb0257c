/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "kube/diff.h"

#include <string.h>

/* What an upgrade from one to the other breaks: the rules, with blanks between them. */
static void breaks(const char *want, const char *old, const char *new)
{
	static const struct kube_version version = KUBE_VERSION_DEFAULT;
	struct arena a = ARENA_INIT;
	struct kube_manifests x = { 0 };
	struct kube_manifests y = { 0 };
	struct kube_diff d;
	struct kube_breaks b;
	struct buf got = BUF_INIT;

	assert_null(kube_parse(&x, &a, str_from(old), NULL));
	assert_null(kube_parse(&y, &a, str_from(new), NULL));
	assert_null(kube_diff_compare(&d, &a, &x, &y, NULL));
	kube_diff_breaks(&b, &a, &d, &y, &version);
	vec_each (struct kube_break, k, &b) {
		assert_true(k->what.len > 0);
		assert_true(k->way.len > 0);
		buf_printf(&got, "%s%s", got.len ? " " : "", k->rule);
	}
	assert_string_equal(buf_text(&got), want);
	buf_release(&got);
	arena_release(&a);
}

#define HEAD(api, kind) "apiVersion: " api "\nkind: " kind "\nmetadata: {name: a}\n"

static void stateful_sets_keep_their_claims(void **state)
{
	(void)state;
	breaks("statefulset-immutable", HEAD("apps/v1", "StatefulSet") "spec: {serviceName: a}\n",
		HEAD("apps/v1", "StatefulSet") "spec: {serviceName: b}\n");
	breaks("statefulset-immutable",
		HEAD("apps/v1", "StatefulSet") "spec: {volumeClaimTemplates: [{metadata: {name: d}, spec: {x: 1}}]}\n",
		HEAD("apps/v1", "StatefulSet") "spec: {volumeClaimTemplates: [{metadata: {name: d}, spec: {x: 2}}]}\n");
	breaks("", HEAD("apps/v1", "StatefulSet") "spec: {serviceName: a, replicas: 1}\n",
		HEAD("apps/v1",
			"StatefulSet") "spec: {serviceName: a, replicas: 2, podManagementPolicy: OrderedReady}\n");
}

static void selectors_stay(void **state)
{
	(void)state;
	breaks("selector-immutable", HEAD("apps/v1", "Deployment") "spec: {selector: {matchLabels: {a: b}}}\n",
		HEAD("apps/v1", "Deployment") "spec: {selector: {matchLabels: {a: c}}}\n");
	/* The old APIs took the labels of the pods where there was no selector. */
	breaks("", HEAD("apps/v1beta1", "Deployment") "spec: {template: {metadata: {labels: {a: b}}}}\n",
		HEAD("apps/v1", "Deployment") "spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: "
					      "{a: b}}}}\n");
}

static void cluster_addresses_stay(void **state)
{
	(void)state;
	breaks("service-cluster-ip", HEAD("v1", "Service") "spec: {ports: []}\n",
		HEAD("v1", "Service") "spec: {clusterIP: None}\n");
	breaks("service-cluster-ip", HEAD("v1", "Service") "spec: {clusterIP: None}\n",
		HEAD("v1", "Service") "spec: {ports: []}\n");
	breaks("", HEAD("v1", "Service") "spec: {clusterIP: None}\n",
		HEAD("v1", "Service") "spec: {clusterIP: None, ports: []}\n");
}

static void jobs_stay_but_for_hooks(void **state)
{
	(void)state;
	breaks("job-immutable", HEAD("batch/v1", "Job") "spec: {template: {x: 1}}\n",
		HEAD("batch/v1", "Job") "spec: {template: {x: 2}}\n");
	breaks("",
		"apiVersion: batch/v1\nkind: Job\nmetadata: {name: a, annotations: {helm.sh/hook: "
		"post-install}}\nspec: "
		"{template: {x: 1}}\n",
		"apiVersion: batch/v1\nkind: Job\nmetadata: {name: a, annotations: {helm.sh/hook: "
		"post-install}}\nspec: "
		"{template: {x: 2}}\n");
}

#define CLAIM(size) HEAD("v1", "PersistentVolumeClaim") "spec: {resources: {requests: {storage: " size "}}}\n"

static void claims_grow_and_do_not_shrink(void **state)
{
	(void)state;
	breaks("", CLAIM("8Gi"), CLAIM("9Gi"));
	breaks("", CLAIM("8Gi"), CLAIM("9000Mi"));
	breaks("pvc-shrink", CLAIM("8Gi"), CLAIM("8G"));
	breaks("pvc-removed", CLAIM("8Gi"), "");
	breaks("",
		"apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a, annotations: "
		"{helm.sh/resource-policy: keep}}\n",
		"");
}

static void crds_take_their_resources_along(void **state)
{
	(void)state;
	breaks("crd-removed", HEAD("apiextensions.k8s.io/v1", "CustomResourceDefinition"), "");
	breaks("", "# Source: c/crds/x.yaml\n" HEAD("apiextensions.k8s.io/v1", "CustomResourceDefinition"), "");
}

static void removed_apis_are_named(void **state)
{
	(void)state;
	breaks("api-removed", "", HEAD("policy/v1beta1", "PodDisruptionBudget"));
	breaks("", "", HEAD("policy/v1", "PodDisruptionBudget"));
}

static void immutable_data_stays(void **state)
{
	(void)state;
	breaks("immutable-data", HEAD("v1", "ConfigMap") "immutable: true\ndata: {a: b}\n",
		HEAD("v1", "ConfigMap") "immutable: true\ndata: {a: c}\n");
	breaks("", HEAD("v1", "ConfigMap") "data: {a: b}\n", HEAD("v1", "ConfigMap") "data: {a: c}\n");
}

UNIT_MAIN(cmocka_unit_test(stateful_sets_keep_their_claims), cmocka_unit_test(selectors_stay),
	cmocka_unit_test(cluster_addresses_stay), cmocka_unit_test(jobs_stay_but_for_hooks),
	cmocka_unit_test(claims_grow_and_do_not_shrink), cmocka_unit_test(crds_take_their_resources_along),
	cmocka_unit_test(removed_apis_are_named), cmocka_unit_test(immutable_data_stays))
