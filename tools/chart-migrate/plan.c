/* SPDX-License-Identifier: Apache-2.0 */
/* plan FILE --env ENV: shows what a migration would do. */
#include "migrate.h"
#include "verbs.h"

#include <string.h>
#include <unistd.h>

struct err *mig_verb_plan(struct cli *c)
{
	struct mig m;
	struct mig_file f;
	struct buf out = BUF_INIT;
	if (c->nargs != 1)
		return err_new(ERR_USAGE, "plan needs one plan file");
	if (!mig_opts.env)
		return err_new(ERR_USAGE, "plan needs --env, one of the targets of the plan file");
	TRY(mig_begin(&m, c));
	m.env = mig_opts.env;
	TRY(mig_file_load(&f, &m, c->args[0], m.env));
	TRY(mig_resolve(&m, &f));
	/* For a person where one looks, for the next program where not. */
	const char *form = mig_opts.output ? mig_opts.output : isatty(STDOUT_FILENO) ? "text" : "json";
	struct err *e = strcmp(form, "json") == 0       ? mig_show_json(&out, &m)
			: strcmp(form, "markdown") == 0 ? mig_show_markdown(&out, &m)
							: mig_show_text(&out, &m, c->color_out);
	if (!e)
		e = cli_print(buf_str(&out));
	buf_release(&out);
	if (strcmp(form, "json") == 0)
		val_list_each (w, val_get(m.plan, "warnings"))
			cli_warn(c, "%.*s", STR_ARG(val_str(*w)));
	if (val_list_len(val_get(m.plan, "blockers")))
		c->status = 1;
	return e;
}
