/* SPDX-License-Identifier: Apache-2.0 */
/* options: what chart-render was asked for. */
#pragma once

#include "chart/render.h"
#include "cli/cli.h"

struct options {
	struct chart_value_flags values;
	struct chart_render_opts render;
	struct cli_list show_only, post_renderer_args;
	const char *name_template, *output_dir, *post_renderer, *repo, *version, *compat, *timeout, *max_output,
		*max_memory;
	const char *matrix, *matrix_dir, *profile;
	const char *user, *password, *ca_file, *cert_file, *key_file, *dry_run, *keyring;
	bool insecure, pass_credentials, validate, verify, dependency_update;
	int jobs;
	const char *explain;
	bool generate_name, release_name, debug, devel, plain_http, values_used, coverage;
};

extern struct options options;
extern const struct cli_opt option_table[];
