/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include "cli/ignored.h"

struct options options = { .access = NET_ACCESS_INIT };

#define FLAG(letter, name, target, help, group) \
	{ \
		letter, name, CLI_FLAG, &(target), NULL, help, group, NULL, NULL \
	}
#define TEXT(letter, name, target, arg, help, group, hint) \
	{ \
		letter, name, CLI_TEXT, &(target), arg, help, group, hint, NULL \
	}
#define LIST(letter, name, target, arg, help, group, hint) \
	{ \
		letter, name, CLI_LIST, &(target), arg, help, group, hint, NULL \
	}

#define FIELDS(letter, name, target, arg, help, group, hint) \
	{ \
		letter, name, CLI_FIELDS, &(target), arg, help, group, hint, NULL \
	}

const struct cli_opt option_table[] = {
	FIELDS('f', "values", options.values.files, "FILE", "values from a YAML file (- for standard input)", "Values",
		"file"),
	LIST(0, "set", options.values.set, "KEY=VALUE,...", "set values", NULL, NULL),
	LIST(0, "set-string", options.values.set_string, "KEY=TEXT,...", "set values that are always text", NULL, NULL),
	LIST(0, "set-file", options.values.set_file, "KEY=FILE,...", "set values to the contents of files", NULL,
		"file"),
	LIST(0, "set-json", options.values.set_json, "KEY=JSON,...", "set values given as JSON", NULL, NULL),
	LIST(0, "set-literal", options.values.set_literal, "KEY=TEXT", "set one value, taken as it stands", NULL, NULL),
	FLAG(0, "skip-schema-validation", options.render.skip_schema_validation, "do not check values against schemas",
		NULL),

	TEXT('n', "namespace", options.render.namespace, "NAME", "namespace of the release", "Release", NULL),
	FLAG('g', "generate-name", options.generate_name, "generate the name (NAME must be left out)", NULL),
	TEXT(0, "name-template", options.name_template, "TEMPLATE", "template that gives the release its name", NULL,
		NULL),
	FLAG(0, "is-upgrade", options.render.is_upgrade, "set .Release.IsUpgrade instead of .Release.IsInstall", NULL),
	TEXT(0, "kube-version", options.render.kube_version, "VERSION", "Kubernetes version of .Capabilities", NULL,
		NULL),
	FIELDS('a', "api-versions", options.render.api_versions, "VERSION,...", "more API versions of .Capabilities",
		NULL, NULL),
	FLAG(0, "enable-dns", options.render.enable_dns, "let getHostByName ask the network", NULL),

	LIST('s', "show-only", options.show_only, "TEMPLATE", "print only what comes from this template", "Output",
		"file"),
	FLAG(0, "include-crds", options.render.include_crds, "print the files of crds/ too", NULL),
	FLAG(0, "skip-crds", options.render.skip_crds, "no CRDs (as without --include-crds)", NULL),
	FLAG(0, "skip-tests", options.render.skip_tests, "leave tests out", NULL),
	FLAG(0, "no-hooks", options.render.no_hooks, "leave hooks out", NULL),
	TEXT(0, "output-dir", options.output_dir, "DIR", "write a file per template below this folder", NULL, "dir"),
	FLAG(0, "release-name", options.release_name, "put a folder of the release's name into it", NULL),
	TEXT(0, "post-renderer", options.post_renderer, "PROGRAM", "pipe the manifests through a program", NULL,
		"file"),
	LIST(0, "post-renderer-args", options.post_renderer_args, "ARG", "argument for that program", NULL, NULL),
	{ 0, "explain-errors", CLI_TEXT, &options.explain, "WHEN", "show source and values behind an error (auto)",
		NULL, "auto|always|never", "always" },
	FLAG(0, "debug", options.debug, "print what was rendered even after an error", NULL),

	TEXT(0, "matrix", options.matrix, "FILE|GLOB", "render many times: a matrix file, or values files",
		"Many renders, reports", "file"),
	{ 'j', "jobs", CLI_INT, &options.jobs, "N", "how many at once (all cores)", NULL, NULL, NULL },
	TEXT('d', "matrix-dir", options.matrix_dir, "DIR", "write a file per render below this folder", NULL, "dir"),
	FLAG(0, "values-used", options.values_used, "print which values are read, where, and which never", NULL),
	FLAG(0, "coverage", options.coverage, "print which branches of templates are never taken", NULL),
	{ 0, "profile", CLI_TEXT, &options.profile, "FORM", "print how long templates take", NULL, "table|svg|folded",
		"table" },

	TEXT(0, "repo", options.repo, "URL", "chart repository in which CHART is looked up", "Chart", NULL),
	TEXT(0, "version", options.version, "RANGE", "version of the chart in a repository", NULL, NULL),
	FLAG(0, "devel", options.devel, "prereleases in a repository too", NULL),
	FLAG(0, "verify", options.verify, "take nothing but an archive that a key of the keyring signed", NULL),
	TEXT(0, "keyring", options.keyring, "PATH", "GnuPG folder or file of keys (the user's)", NULL, "file"),
	FLAG(0, "dependency-update", options.dependency_update, "fetch dependencies that are missing from charts/",
		NULL),

	NET_ACCESS_OPTS(options.access),

	TEXT(0, "compat", options.compat, "RELEASE", "act as this release of Helm (helm4)", "Limits and compatibility",
		"helm3|helm4"),
	TEXT(0, "timeout", options.timeout, "DURATION", "most time for rendering: 30s, 1m30s, 500ms", NULL, NULL),
	TEXT(0, "max-output", options.max_output, "SIZE", "most that templates may print: 64M (256M)", NULL, NULL),
	TEXT(0, "max-memory", options.max_memory, "SIZE", "most memory that a render may take: 512M (1G)", NULL, NULL),

	/* What scripts pass to helm template, and what matters only to helm install or to a cluster. */
	{ 0, "dry-run", CLI_TEXT, &options.dry_run, NULL, NULL, NULL, NULL, "unset" },
	{ 0, "validate", CLI_FLAG, &options.validate, NULL, NULL, NULL, NULL, NULL },
	CLI_IGNORED_OPTIONAL("wait"),
	CLI_IGNORED_OPTIONAL("server-side"),
	{ 0, "atomic", CLI_FLAG, &options.atomic, NULL, NULL, NULL, NULL, NULL },
	CLI_IGNORED_FLAG("create-namespace"),
	CLI_IGNORED_FLAG("disable-openapi-validation"),
	{ 0, "force", CLI_FLAG, &options.force, NULL, NULL, NULL, NULL, NULL },
	CLI_IGNORED_FLAG("force-conflicts"),
	CLI_IGNORED_FLAG("force-replace"),
	{ 0, "hide-notes", CLI_FLAG, &options.hide_notes, NULL, NULL, NULL, NULL, NULL },
	{ 0, "render-subchart-notes", CLI_FLAG, &options.subchart_notes, NULL, NULL, NULL, NULL, NULL },
	CLI_IGNORED_FLAG("replace"),
	CLI_IGNORED_FLAG("rollback-on-failure"),
	CLI_IGNORED_FLAG("take-ownership"),
	CLI_IGNORED_FLAG("wait-for-jobs"),
	CLI_IGNORED_TEXT(0, "description"),
	CLI_IGNORED_TEXT('l', "labels"),
	CLI_HELM_GLOBALS,
	CLI_END,
};
