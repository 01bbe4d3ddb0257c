/* SPDX-License-Identifier: Apache-2.0 */
/* The option table of chart-lint. */
#include "options.h"

#include "cli/ignored.h"

struct lint_settings settings = { .access = NET_ACCESS_INIT };

static const struct cli_opt opts[] = {
	{ 0, "format", CLI_TEXT, &settings.format, "FORMAT", "how findings are printed (text; github in its runs)",
		"Output", "text|helm|json|jsonl|sarif|github|junit|tap|checkstyle", NULL },
	{ 0, "compat", CLI_TEXT, &settings.compat, "RELEASE", "act as this release of Helm (helm4)", NULL,
		"helm3|helm4", NULL },
	{ 0, "strict", CLI_FLAG, &settings.strict, NULL, "warnings fail too", NULL, NULL, NULL },
	{ 0, "list-rules", CLI_FLAG, &settings.list_rules, NULL, "print all rules and their severities", NULL, NULL,
		NULL },
	{ 0, "explain", CLI_TEXT, &settings.explain, "RULE", "say what a rule is about", NULL, NULL, NULL },
	{ 0, "with-subcharts", CLI_FLAG, &settings.with_subcharts, NULL, "lint the charts in charts/ too", "Charts",
		NULL, NULL },
	{ 0, "kube-version", CLI_TEXT, &settings.kube_version, "VERSION", "Kubernetes version to check against (v1.37)",
		NULL, NULL, NULL },
	{ 0, "skip-schema-validation", CLI_FLAG, &settings.skip_schema, NULL, "do not check values against schemas",
		NULL, NULL, NULL },
	{ 'n', "namespace", CLI_TEXT, &settings.namespace, "NAME", "namespace of the pretended release (default)", NULL,
		NULL, NULL },
	{ 'f', "values", CLI_FIELDS, &settings.values.files, "FILE", "values file; can be repeated", "Values", "file",
		NULL },
	{ 0, "set", CLI_LIST, &settings.values.set, "KEY=VALUE", "set values; several with commas", NULL, NULL, NULL },
	{ 0, "set-string", CLI_LIST, &settings.values.set_string, "KEY=VALUE", "set values that stay strings", NULL,
		NULL, NULL },
	{ 0, "set-file", CLI_LIST, &settings.values.set_file, "KEY=FILE", "set values from files", NULL, NULL, NULL },
	{ 0, "set-json", CLI_LIST, &settings.values.set_json, "KEY=JSON", "set values given as JSON", NULL, NULL,
		NULL },
	{ 0, "set-literal", CLI_LIST, &settings.values.set_literal, "KEY=TEXT", "set a value, taken literally", NULL,
		NULL, NULL },
	NET_ACCESS_OPTS(settings.access),
	NET_PATIENCE_OPTS(settings.access),
	CLI_IGNORED_FLAG("debug"),
	CLI_HELM_GLOBALS,
	CLI_END,
};

const struct cli_tool tool = {
	.name = "chart-lint",
	.args = "[PATH...]",
	.help = "check charts",
	.opts = opts,
	.run = run,
	.fail = fail,
};
