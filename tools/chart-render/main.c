/* SPDX-License-Identifier: Apache-2.0 */
/* chart-render: what `helm template` prints, without Helm. */
#include "render.h"

#include "options.h"

#include <stdio.h>

/* As Helm reports errors, and always with status 1. */
static int fail(struct cli *c, const struct err *e)
{
	(void)c;
	struct buf text = BUF_INIT;
	err_message(&text, e);
	fprintf(stderr, "Error: %s\n", buf_text(&text));
	buf_release(&text);
	return 1;
}

int main(int argc, char **argv)
{
	static const struct cli_tool tool = {
		.name = "chart-render",
		.args = "[NAME] CHART",
		.help = "render a chart as helm template does",
		.opts = option_table,
		.run = render_run,
		.fail = fail,
	};
	return cli_main(&tool, argc, argv);
}
