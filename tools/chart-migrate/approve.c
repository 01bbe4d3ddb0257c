/* SPDX-License-Identifier: Apache-2.0 */
/* approve PLAN: lets a plan run on a target that asks for approval. */
#include "migrate.h"
#include "verbs.h"

#include "io/file.h"
#include "json/json.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct err *mig_verb_approve(struct cli *c)
{
	struct mig m;
	struct str text, json;
	char when[32];
	time_t now = time(NULL);
	struct tm tm;
	if (c->nargs != 1)
		return err_new(ERR_USAGE, "approve needs one plan");
	TRY(mig_begin(&m, c));
	TRY(io_read(&text, m.a, c->args[0], IO_FILE_MAX));
	TRY(mig_plan_load(&m, text, c->args[0]));
	const char *by = mig_opts.by ? mig_opts.by : getenv("USER");
	if (!by || !*by)
		return err_new(ERR_USAGE, "say who approves: --by NAME");
	gmtime_r(&now, &tm);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	struct val v = val_map(m.a);
	val_set(v, "digest", val_get(m.plan, "digest"));
	val_set(v, "by", val_text(by));
	val_set(v, "time", val_text(when));
	const char *dir = io_path(m.a, io_path(m.a, ".chart-migrate", m.name), m.env);
	TRY(io_make_dirs(dir));
	TRY(mig_json(&json, m.a, v, JSON_PRETTY | JSON_RAW | JSON_ORDERED));
	TRY(io_write_atomic(io_path(m.a, dir, "approval.json"), json, 0644));
	cli_say(c, "plan %.12s of %s is approved for %s", val_get_str(m.plan, "digest").s, m.name, m.env);
	return NULL;
}
