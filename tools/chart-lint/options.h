/* SPDX-License-Identifier: Apache-2.0 */
/* options: what chart-lint can be told. */
#pragma once

#include "chart/values.h"
#include "cli/cli.h"
#include "net/access.h"

/* Where the option table writes to. */
extern struct lint_settings {
	const char *format;
	const char *kube_version;
	const char *namespace;
	const char *explain;
	const char *compat;
	bool strict, with_subcharts, skip_schema, list_rules;
	struct net_access access;
	struct chart_value_flags values;
} settings;

/* The tool: its options and what runs. */
extern const struct cli_tool tool;
/* Lints what the command line names. */
struct err *run(struct cli *c) ERR_MUST;
/* Prints an error as Helm does with --format helm. */
int fail(struct cli *c, const struct err *e);
