/* SPDX-License-Identifier: Apache-2.0 */
/* options: what chart-diff can be told. */
#pragma once

#include "chart/values.h"
#include "cli/cli.h"
#include "net/access.h"

/* Where the option table writes to. */
extern struct diff_settings {
	const char *output, *find_renames;
	int context;
	bool values_only, breaking, detailed_exitcode;
	struct cli_list suppress;
	bool suppress_secrets, show_secrets, show_secrets_decoded, strip_trailing_cr, normalize;
	bool no_hooks, include_tests, include_crds, is_upgrade, skip_schema;
	struct net_access access;
	const char *release, *namespace, *kube_version;
	struct cli_list api_versions;
	struct chart_value_flags values;
	struct cli_list old_values, new_values;
} settings;

/* The tool: its options and what runs. */
extern const struct cli_tool tool;
/* Compares what the command line names. */
struct err *run(struct cli *c) ERR_MUST;
/* Prints an error; with --detailed-exitcode trouble is 1, as with helm diff. */
int fail(struct cli *c, const struct err *e);
