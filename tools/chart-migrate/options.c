/* SPDX-License-Identifier: Apache-2.0 */
#include "migrate.h"
#include "verbs.h"

struct mig_options mig_opts;

const struct cli_opt mig_common_opts[] = {
	{ 'C', "directory", CLI_TEXT, &mig_opts.dir, "DIR", "work in this folder; all paths are relative to it", NULL,
		"dir", NULL },
	CLI_END,
};

/* Rows that several verbs have. */
#define ENV_OPT \
	{ \
		'e', "env", CLI_TEXT, &mig_opts.env, "ENV", "which environment", NULL, NULL, NULL \
	}
#define HELM_OPT \
	{ \
		0, "helm", CLI_TEXT, &mig_opts.helm, "PROGRAM", "helm of the helm driver (helm)", NULL, "file", NULL \
	}
#define RUN_OPTS \
	{ 0, "until", CLI_TEXT, &mig_opts.until, "STEP", "stop behind this step", NULL, NULL, NULL }, \
		{ 'y', "yes", CLI_FLAG, &mig_opts.yes, NULL, "do not ask", NULL, NULL, NULL }, \
	{ \
		0, "ignore-window", CLI_FLAG, &mig_opts.ignore_window, NULL, "run outside the target's window, too", \
			NULL, NULL, NULL \
	}

static const struct cli_opt plan_opts[] = {
	{ 'e', "env", CLI_TEXT, &mig_opts.env, "ENV", "the target of the plan file", NULL, NULL, NULL },
	{ 'o', "output", CLI_TEXT, &mig_opts.output, "FORMAT", "form of the plan (text on a terminal, else json)", NULL,
		"text|json|markdown", NULL },
	{ 0, "var", CLI_LIST, &mig_opts.vars, "NAME=VALUE", "set a variable of the plan file", NULL, NULL, NULL },
	HELM_OPT,
	CLI_END,
};

static const struct cli_opt apply_opts[] = {
	RUN_OPTS,
	HELM_OPT,
	CLI_END,
};

static const struct cli_opt resume_opts[] = {
	ENV_OPT,
	RUN_OPTS,
	HELM_OPT,
	CLI_END,
};

static const struct cli_opt rollback_opts[] = {
	ENV_OPT,
	{ 0, "to", CLI_TEXT, &mig_opts.to, "STEP", "go back to where this step was just done", NULL, NULL, NULL },
	{ 'y', "yes", CLI_FLAG, &mig_opts.yes, NULL, "do not ask", NULL, NULL, NULL },
	{ 0, "force", CLI_FLAG, &mig_opts.force, NULL, "overwrite what others changed since", NULL, NULL, NULL },
	HELM_OPT,
	CLI_END,
};

static const struct cli_opt status_opts[] = {
	ENV_OPT,
	{ 'o', "output", CLI_TEXT, &mig_opts.output, "FORMAT", "form of the answer (text)", NULL, "text|json", NULL },
	CLI_END,
};

static const struct cli_opt approve_opts[] = {
	{ 0, "by", CLI_TEXT, &mig_opts.by, "NAME", "who approves ($USER)", NULL, NULL, NULL },
	CLI_END,
};

static const struct cli_opt consumers_opts[] = {
	{ 'n', "namespace", CLI_TEXT, &mig_opts.namespace, "NAME", "NAME.NAMESPACE is a reference, too", NULL, NULL,
		NULL },
	{ 0, "kind", CLI_TEXT, &mig_opts.kind, "KIND", "what the name is (any)", NULL,
		"service|host|secret|configmap|any", NULL },
	{ 'o', "output", CLI_TEXT, &mig_opts.output, "FORMAT", "form of the list (text on a terminal, else jsonl)",
		NULL, "text|jsonl", NULL },
	{ 0, "context", CLI_TEXT, &mig_opts.context, "NAME", "also look at the live releases of a cluster", NULL, NULL,
		"" },
	{ 0, "helm", CLI_TEXT, &mig_opts.helm, "PROGRAM", "helm for --context (helm)", NULL, "file", NULL },
	CLI_END,
};

static const struct cli_opt set_opts[] = {
	{ 's', "string", CLI_FLAG, &mig_opts.string, NULL, "values are strings, whatever they look like", NULL, NULL,
		NULL },
	{ 0, "remove", CLI_LIST, &mig_opts.remove, "KEY", "remove a key and the comments that belong to it", NULL, NULL,
		NULL },
	{ 'n', "dry-run", CLI_FLAG, &mig_opts.dry_run, NULL, "print the result, change nothing", NULL, NULL, NULL },
	CLI_END,
};

static const struct cli_opt init_opts[] = {
	{ 0, "schema", CLI_FLAG, &mig_opts.schema, NULL, "print the JSON Schema of plan files instead", NULL, NULL,
		NULL },
	{ 0, "new", CLI_TEXT, &mig_opts.new_name, "NAME", "the release that takes over (NAME-ha)", NULL, NULL, NULL },
	CLI_END,
};

const struct cli_verb mig_verbs[] = {
	{ "plan", "FILE --env ENV", "show what a migration would do, touching nothing", plan_opts, mig_verb_plan },
	{ "apply", "[PLAN|-]", "carry a plan out", apply_opts, mig_verb_apply },
	{ "resume", "[FILE|NAME]", "go on after a failure, a stop or a crash", resume_opts, mig_verb_resume },
	{ "rollback", "[FILE|NAME]", "take a run back", rollback_opts, mig_verb_rollback },
	{ "status", "[FILE|NAME]", "show where a run stands", status_opts, mig_verb_status },
	{ "log", "[FILE|NAME]", "show what a run did, record by record", status_opts, mig_verb_log },
	{ "approve", "PLAN", "approve a plan for a target that asks for it", approve_opts, mig_verb_approve },
	{ "consumers", "NAME [PATH...]", "find who uses a Service, Secret, ConfigMap or host", consumers_opts,
		mig_verb_consumers },
	{ "set", "FILE KEY=VALUE...", "edit YAML in place, comments kept", set_opts, mig_verb_set },
	{ "init", "[NAME]", "write a first plan for moving off a service", init_opts, mig_verb_init },
	{ NULL, NULL, NULL, NULL, NULL },
};
