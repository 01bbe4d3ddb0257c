/* SPDX-License-Identifier: Apache-2.0 */
/* --dependency-update: what Helm prints while it updates, between the manifests as there. */
#include "index/deps.h"
#include "options.h"
#include "render.h"

/*
 * Helm reads the indexes of repositories that it does not know first, then those of all that it knows; ours come as dependencies need
 * them.
 */
struct update {
	struct buf *out;
	struct buf unmanaged, known; /* what is to be said of indexes */
	struct chart_warnings *w;
};

static void tell_index(struct update *u, const struct deps_told *t)
{
	bool known = t->name.len;
	struct buf *b = known ? &u->known : &u->unmanaged;
	if (!b->len)
		buf_puts(b, known ? "Hang tight while we grab the latest from your chart repositories...\n"
				  : "Getting updates for unmanaged Helm repositories...\n");
	if (t->what == DEPS_INDEX)
		buf_printf(b, "...Successfully got an update from the \"%.*s\" chart repository\n",
			STR_ARG(known ? t->name : t->repository));
	else if (known)
		buf_printf(b, "...Unable to get an update from the \"%.*s\" chart repository (%.*s):\n\t%s\n",
			STR_ARG(t->name), STR_ARG(t->repository), t->text);
	else
		buf_printf(b, "...Unable to get an update from the \"%.*s\" chart repository:\n\t%s\n",
			STR_ARG(t->repository), t->text);
}

static void flush(struct update *u)
{
	buf_add(u->out, buf_str(&u->unmanaged));
	buf_add(u->out, buf_str(&u->known));
	if (u->known.len)
		buf_puts(u->out, "Update Complete. \xE2\x8E\x88Happy Helming!\xE2\x8E\x88\n");
	buf_clear(&u->unmanaged);
	buf_clear(&u->known);
}

/* What Helm's client of registries prints on standard error. */
static void tell_pulled(struct chart_warnings *w, const struct deps_told *t)
{
	vec_push_in(w->arena, &w->lines, arena_printf(w->arena, "Pulled: %s", t->text));
	vec_push_in(w->arena, &w->lines, arena_printf(w->arena, "Digest: %.*s", STR_ARG(t->version)));
}

static void tell(void *ctx, const struct deps_told *t)
{
	struct update *u = ctx;
	switch (t->what) {
	case DEPS_PATH:
		if (options.debug)
			buf_printf(u->out, "Repository from local path: %.*s\n", STR_ARG(t->repository));
		break;
	case DEPS_INDEX:
	case DEPS_NO_INDEX:
		tell_index(u, t);
		break;
	case DEPS_SAVING:
		flush(u);
		buf_printf(u->out, "Saving %zu charts\n", t->count);
		break;
	case DEPS_LOCAL:
		buf_printf(u->out,
			"Dependency %.*s did not declare a repository. Assuming it exists in the charts directory\n",
			STR_ARG(t->name));
		break;
	case DEPS_FOLDER:
		if (options.debug)
			buf_printf(u->out, "Archiving %.*s from repo %.*s\n", STR_ARG(t->name), STR_ARG(t->repository));
		break;
	case DEPS_FETCH:
	case DEPS_AGAIN:
		buf_printf(u->out, "%s %.*s from repo %.*s\n",
			t->what == DEPS_AGAIN ? "Already downloaded" : "Downloading", STR_ARG(t->name),
			STR_ARG(t->repository));
		break;
	case DEPS_PULLED:
		tell_pulled(u->w, t);
		break;
	case DEPS_FAILED:
		buf_printf(u->out, "Save error occurred:  %s\n", t->text);
		break;
	case DEPS_REPLACED:
		chart_warn(u->w, "%s was published again with other bytes", t->text);
		break;
	case DEPS_OUTDATING:
		buf_puts(u->out, "Deleting outdated charts\n");
		break;
	case DEPS_REMOVED:
	case DEPS_KEPT:
		break;
	}
}

struct err *render_update(bool *updated, struct buf *out, struct arena *a, const struct chart *chart, const char *path,
	struct chart_warnings *w)
{
	/* What cannot be installed is told by the render, and nothing is fetched for it. */
	struct err *missing = chart_check_dependencies(chart);
	if (!missing || (chart->type.len && !str_is(chart->type, "application"))) {
		err_free(missing);
		return NULL;
	}
	err_free(missing);
	if (!path)
		return err_new(ERR_USAGE, "only unpacked charts can be updated");
	struct update u = { .out = out, .unmanaged = BUF_INIT, .known = BUF_INIT, .w = w };
	struct deps_opts o = { .tell = tell, .ctx = &u };
	/* The options' user and certificates are the registry's, as in Helm: repositories have those that it knows. */
	o.oci = (struct oci_opts){ .net = net_access_opts(&options.access), .plain_http = options.access.plain_http };
	struct err *e = deps_update(NULL, a, path, &o);
	/* Nothing is rendered that would tell of it. */
	if (e)
		chart_warn_deprecated(chart, w);
	flush(&u);
	buf_release(&u.unmanaged);
	buf_release(&u.known);
	*updated = !e;
	return e;
}
