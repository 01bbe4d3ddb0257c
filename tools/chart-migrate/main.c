/* SPDX-License-Identifier: Apache-2.0 */
/* chart-migrate: runs a migration from a plan: journalled, resumable, reversible. */
#include "migrate.h"

static const struct cli_tool tool = {
	.name = "chart-migrate",
	.args = "VERB",
	.help = "Run a migration from a plan: journalled, resumable, reversible",
	.opts = mig_common_opts,
	.verbs = mig_verbs,
};

int main(int argc, char **argv)
{
	return cli_main(&tool, argc, argv);
}
