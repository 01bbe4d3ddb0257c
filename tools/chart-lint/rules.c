/* SPDX-License-Identifier: Apache-2.0 */
/* The rules: what --list-rules and --explain print. Sorted by id. */
#include "lint.h"

#include <string.h>

/* clang-format off */
const struct lint_rule lint_rules[] = {
	{ "helm/chart-api-version", LINT_ERROR, false, "apiVersion of Chart.yaml is v1 or v2",
	  "Helm does not load charts of other versions. New charts are v2." },
	{ "helm/chart-dependencies", LINT_ERROR, false, "dependencies stand in Chart.yaml of version v2 only",
	  "Charts of apiVersion v1 list them in requirements.yaml. Set apiVersion: v2." },
	{ "helm/chart-icon", LINT_ERROR, false, "the icon is a URL", "Give a URL with a scheme, or a data: URL." },
	{ "helm/chart-icon-presence", LINT_INFO, false, "charts have an icon",
	  "Pages that list charts show it. Charts for inner use do well without: switch the rule off." },
	{ "helm/chart-maintainers", LINT_ERROR, false, "maintainers have a name, valid mail addresses and URLs",
	  "The first entry that is wrong is reported." },
	{ "helm/chart-name", LINT_ERROR, false, "the chart has a name without slashes", "The name is part of file names and URLs." },
	{ "helm/chart-sources", LINT_ERROR, false, "sources are URLs", "Each entry needs a scheme such as https://." },
	{ "helm/chart-type", LINT_ERROR, false, "type stands in Chart.yaml of version v2 only",
	  "Charts of apiVersion v1 have no type. Set apiVersion: v2." },
	{ "helm/chart-value-type", LINT_ERROR, false, "version and appVersion are strings",
	  "YAML takes 1.10 for the number 1.1. Write \"1.10\"." },
	{ "helm/chart-version", LINT_ERROR, false, "the version is a semantic version above 0.0.0-0",
	  "Helm orders and selects charts by it." },
	{ "helm/chart-version-strict", LINT_WARNING, false, "the version is X.Y.Z", "Helm 4 warns about v1.2.3 and 1.2." },
	{ "helm/chartfile-parse", LINT_ERROR, false, "Chart.yaml is valid YAML", "Nothing else can be said about the chart." },
	{ "helm/chartfile-strict", LINT_WARNING, false, "Chart.yaml has no unknown or repeated keys",
	  "Helm ignores keys that it does not know: a misspelt one has no effect." },
	{ "helm/chartfile-type", LINT_ERROR, false, "Chart.yaml is a file", "It is a folder." },
	{ "helm/crd-api-version", LINT_ERROR, false, "files in crds/ hold CRDs", "Other resources belong into templates/." },
	{ "helm/crd-hook", LINT_WARNING, false, "no hook crd-install (--compat helm3)",
		"It is Helm 2's; Helm 3 ignores it. CRDs belong into crds/." },
	{ "helm/crd-kind", LINT_ERROR, false, "files in crds/ hold CRDs", "Other resources belong into templates/." },
	{ "helm/crd-yaml", LINT_ERROR, false, "files in crds/ are YAML, not templates", "Helm does not render them." },
	{ "helm/crds-dir", LINT_ERROR, false, "crds is a folder", "Helm looks for CRDs in it." },
	{ "helm/dependencies-listed", LINT_ERROR, false, "subcharts are listed in Chart.yaml",
	  "What lies in charts/ without being listed has no conditions, no alias and no version to update." },
	{ "helm/dependencies-present", LINT_WARNING, false, "listed dependencies are in charts/",
	  "Run `helm dependency update`, or vendor the subchart." },
	{ "helm/dependencies-unique", LINT_ERROR, false, "dependencies have different names or aliases",
	  "Two of one name share their values; give one an alias." },
	{ "helm/deprecated-api", LINT_WARNING, true, "no deprecated Kubernetes APIs (Helm's wording)",
	  "kube/deprecated-api and kube/removed-api say it with the place." },
	{ "helm/list-annotation", LINT_ERROR, false, "no resource policy inside a List", "Helm does not see annotations of items." },
	{ "helm/load", LINT_ERROR, false, "the chart can be loaded", "Helm could not install it." },
	{ "helm/object-name", LINT_WARNING, false, "names are valid for their kind", "The API server would refuse the object." },
	{ "helm/release-time", LINT_ERROR, false, "no .Release.Time (--compat helm3)", "It is Helm 2's; use now." },
	{ "helm/selector", LINT_ERROR, false, "workloads have a selector", "apps/v1 requires spec.selector." },
	{ "helm/template-error", LINT_ERROR, true, "templates render (Helm's wording, the first error only)",
	  "template/parse and template/exec name every template that fails." },
	{ "helm/template-extension", LINT_ERROR, false, "templates are .yaml, .yml, .tpl or .txt",
	  "Helm renders other files too, which is rarely meant." },
	{ "helm/template-indent", LINT_WARNING, false, "rendered documents do not begin indented",
	  "A first line that is indented deeper than the rest breaks the document." },
	{ "helm/templates-dir", LINT_WARNING, false, "templates is a folder", "A chart without templates installs nothing." },
	{ "helm/templates-schema", LINT_ERROR, false, "values fit the schemas of the chart and its subcharts",
	  "The install would be refused." },
	{ "helm/values-coalesce", LINT_ERROR, false, "values and subcharts can be put together", "Helm's lint silently stops here." },
	{ "helm/values-parse", LINT_ERROR, false, "values.yaml is valid YAML", "Helm does not load the chart." },
	{ "helm/values-presence", LINT_INFO, false, "there is a values.yaml", "It documents what can be set." },
	{ "helm/values-schema", LINT_ERROR, false, "values fit values.schema.json", "The install would be refused." },
	{ "helm/yaml", LINT_ERROR, false, "rendered templates are valid YAML", "The install would fail." },
	{ "kube/deprecated-api", LINT_WARNING, false, "no API that Kubernetes is going to drop",
	  "Move to the replacement before the cluster is upgraded past the version named." },
	{ "kube/duplicate-resource", LINT_ERROR, false, "no resource is there twice",
	  "One kind and name in two templates: the later apply wins, or the install fails." },
	{ "kube/hidden-api", LINT_WARNING, false, "no removed API in branches that were not taken",
	  "The resource fails the install once the branch is taken. Where the branch asks the cluster for the old API, "
	  "the resource silently is not there on newer ones: add a branch for its replacement." },
	{ "kube/hook", LINT_ERROR, false, "hook annotations are ones that Helm knows",
	  "Helm skips a hook with an unknown event: the resource is never created." },
	{ "kube/image-tag", LINT_WARNING, false, "images have a tag other than latest",
	  "latest and no tag at all mean another image after the next pull; nobody can go back." },
	{ "kube/label-value", LINT_ERROR, false, "label values are valid",
	  "At most 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit." },
	{ "kube/needs-string", LINT_ERROR, false, "labels, annotations, env values and ConfigMap data are strings",
	  "The API server refuses numbers and booleans there: pipe the value to quote." },
	{ "kube/removed-api", LINT_ERROR, false, "no API that the Kubernetes version no longer serves",
	  "The install fails. The version is that of --kube-version." },
	{ "kube/selector-mismatch", LINT_ERROR, false, "a workload's selector matches its own pods",
	  "The API server refuses a workload whose selector does not match the labels of its pod template." },
	{ "kube/service-selector", LINT_INFO, false, "a Service selects pods of the chart",
	  "A Service whose selector matches no pod of the chart has no endpoints, unless its pods come from elsewhere." },
	{ "template/exec", LINT_ERROR, false, "templates execute", "Every template that fails is reported, not the first one only." },
	{ "template/parse", LINT_ERROR, false, "templates parse", "Every file is reported, not the first one only." },
	{ "template/undefined", LINT_ERROR, false, "included templates are defined",
	  "`include` or `template` names a template that no file of the chart or its subcharts defines; "
	  "found in branches that are not taken too." },
	{ "values/required", LINT_INFO, false, "values that must be given",
	  "`required` fails the install without them; Helm's lint does not tell." },
	{ "values/unknown-override", LINT_WARNING, false, "values files set keys that the chart knows",
	  "A key that neither values.yaml has nor any template reads has no effect: most often it is misspelt." },
};
/* clang-format on */

size_t lint_rule_count(void)
{
	return sizeof(lint_rules) / sizeof(*lint_rules);
}

const struct lint_rule *lint_rule_find(struct str id)
{
	for (size_t i = 0; i < lint_rule_count(); i++) {
		if (str_is(id, lint_rules[i].id))
			return &lint_rules[i];
	}
	return NULL;
}

static const char *const severities[] = { "off", "info", "warning", "error" };

const char *lint_severity_name(enum lint_severity s)
{
	return severities[s];
}

bool lint_severity_parse(enum lint_severity *out, struct str name)
{
	for (size_t i = 0; i < sizeof(severities) / sizeof(*severities); i++) {
		if (str_is(name, severities[i])) {
			*out = (enum lint_severity)i;
			return true;
		}
	}
	/* YAML's own word for it. */
	if (str_is(name, "false")) {
		*out = LINT_OFF;
		return true;
	}
	return false;
}
