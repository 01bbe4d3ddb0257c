/* SPDX-License-Identifier: Apache-2.0 */
/* chart-vendor: keeps copies of upstream charts with their origin on record. */
#include "vendor.h"

static const struct cli_tool tool = {
	.name = "chart-vendor",
	.args = "VERB ...",
	.help = "keep copies of upstream charts, and merge upstream's updates with local edits",
	.opts = vendor_tool_opts,
	.verbs = vendor_verbs,
};

int main(int argc, char **argv)
{
	return cli_main(&tool, argc, argv);
}
