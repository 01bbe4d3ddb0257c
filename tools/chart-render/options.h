/* SPDX-License-Identifier: Apache-2.0 */
/* options: what chart-render was asked for. */
#pragma once

#include "chart/render.h"
#include "cli/cli.h"
#include "net/access.h"

struct options {
	struct chart_value_flags values;
	struct chart_render_opts render;
	struct cli_list show_only, post_renderer_args;
	const char *name_template, *output_dir, *post_renderer, *repo, *version, *compat, *timeout, *max_output,
		*max_memory;
	const char *matrix, *matrix_dir, *profile;
	struct net_access access;
	const char *dry_run, *keyring;
	bool validate, verify, dependency_update;
	bool atomic, force, hide_notes, subchart_notes; /* only told to be old */
	int jobs;
	const char *explain;
	bool generate_name, release_name, debug, devel, values_used, coverage;
};

extern struct options options;
extern const struct cli_opt option_table[];
