/* SPDX-License-Identifier: Apache-2.0 */
/* internal: what the files of cli/ share. */
#pragma once

#include "cli/cli.h"

/* The options that every tool has, ended by CLI_END; their targets lie in `c` and `v`. */
struct cli_common {
	const char *help;  /* --help[=FORM] */
	bool version;      /* --version */
	const char *color; /* --color */
	struct cli_opt opts[6];
};

/* Calls `each` for every option in the order of help: the verb's, the tool's, the common ones. */
typedef void (*cli_opt_fn)(void *ctx, const struct cli_opt *o);
void cli_each_opt(const struct cli *c, const struct cli_common *common, cli_opt_fn each, void *ctx);

/* Adds the values of one argument to the list of an option of kind CLI_FIELDS. */
struct err *cli_add_fields(struct cli *c, const struct cli_opt *o, const char *value) ERR_MUST;

/* The text of --help, --help=mdoc, bash, zsh and fish. Error: an unknown form. */
struct err *cli_help(struct buf *out, const struct cli *c, const struct cli_common *common, const char *form) ERR_MUST;
