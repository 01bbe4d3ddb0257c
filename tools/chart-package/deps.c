/* SPDX-License-Identifier: Apache-2.0 */
/* The verb deps: update and build. */
#include "tools/chart-package/deps.h"

#include "index/deps.h"

#include <string.h>

static void say(void *ctx, const struct deps_told *t)
{
	struct cli *c = ctx;
	if (t->what == DEPS_FETCH)
		cli_say(c, "fetching %.*s %.*s", STR_ARG(t->name), STR_ARG(t->version));
	else if (t->what == DEPS_REPLACED)
		cli_warn(c, "%s was published again with other bytes", t->text);
	else if (t->what == DEPS_REMOVED)
		cli_say(c, "removing %s", t->text);
	else if (t->what == DEPS_KEPT)
		cli_say(c, "%s is no chart and stays", t->text);
}

static struct err *run(struct arena *a, struct cli *c, const char *path, bool building, bool print)
{
	struct cli_progress progress;
	struct val told = VAL_NIL;
	cli_progress_start(&progress, c, "fetching", 0);
	opts.progress = &progress;
	struct deps_opts o = { .net = net_options(c), .oci = oci_options(c), .sums = true, .tell = say, .ctx = c };
	struct err *e = building ? deps_build(&told, a, path, &o) : deps_update(&told, a, path, &o);
	opts.progress = NULL;
	cli_progress_end(&progress);
	return !e && print && wants_json() ? print_json(c, told) : e;
}

struct err *update_deps(struct arena *a, struct cli *c, const char *path)
{
	return run(a, c, path, false, false);
}

static struct err *run_update(struct arena *a, struct cli *c, const char *path)
{
	return run(a, c, path, false, true);
}

static struct err *run_build(struct arena *a, struct cli *c, const char *path)
{
	return run(a, c, path, true, true);
}

struct err *run_deps(struct cli *c)
{
	static const struct {
		const char *name;
		struct err *(*run)(struct arena *a, struct cli *c, const char *path);
	} what[] = { { "list", deps_list }, { "update", run_update }, { "build", run_build } };
	if (!c->nargs || c->nargs > 2)
		return err_new(ERR_USAGE, "deps takes list, update or build, and a chart folder");
	const char *path = c->nargs == 2 ? c->args[1] : ".";
	TRY(read_password(c));
	for (size_t i = 0; i < sizeof(what) / sizeof(*what); i++) {
		if (strcmp(c->args[0], what[i].name) != 0)
			continue;
		struct err *e = what[i].run(c->arena, c, path);
		return e ? err_wrap(e, "%s", path) : NULL;
	}
	return err_new(ERR_USAGE, "deps cannot \"%s\": must be one of list, update, build", c->args[0]);
}
