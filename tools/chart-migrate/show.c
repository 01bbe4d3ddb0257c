/* SPDX-License-Identifier: Apache-2.0 */
/* show: a plan for people, for reviews, for programs. */
#include "migrate.h"

#include "json/json.h"

#include <string.h>

struct val mig_public(struct arena *a, struct val v)
{
	if (val_is_list(v)) {
		struct val copy = val_list(a, val_list_len(v));
		val_list_each (item, v)
			val_list_add(copy, mig_public(a, *item));
		return copy;
	}
	if (!val_is_map(v))
		return v;
	struct val copy = val_map(a);
	val_map_each (e, v)
		if (!str_starts(e->key, STR("_")))
			val_map_set(copy, e->key, mig_public(a, e->value));
	return copy;
}

struct err *mig_show_json(struct buf *out, struct mig *m)
{
	TRY(json_add(out, m->a, mig_public(m->a, m->plan), JSON_PRETTY | JSON_RAW | JSON_ORDERED));
	buf_putc(out, '\n');
	return NULL;
}

/* "3 added, 1 changed" */
static void add_counts(struct buf *out, struct val resources)
{
	static const char *const words[] = { "added", "changed", "removed" };
	size_t shown = 0;
	for (size_t w = 0; w < 3; w++) {
		size_t n = 0;
		val_list_each (r, resources)
			n += str_is(val_get_str(*r, "change"), words[w]);
		if (n)
			buf_printf(out, "%s%zu %s", shown++ ? ", " : "", n, words[w]);
	}
	if (!shown)
		buf_puts(out, "no difference");
}

static void add_indented(struct buf *out, struct str text, const char *indent)
{
	for (struct str rest = text; rest.len;) {
		struct str line = str_cut(&rest, '\n');
		buf_printf(out, "%s%.*s\n", line.len ? indent : "", STR_ARG(line));
	}
}

static void add_patch(struct buf *out, struct str patch, bool color)
{
	for (struct str rest = patch; rest.len;) {
		struct str line = str_cut(&rest, '\n');
		enum cli_color c = str_starts(line, STR("---")) || str_starts(line, STR("+++")) ? CLI_BOLD
				   : str_starts(line, STR("-"))                                 ? CLI_RED
				   : str_starts(line, STR("+"))                                 ? CLI_GREEN
				   : str_starts(line, STR("@@"))                                ? CLI_CYAN
												: CLI_RESET;
		bool on = color && c != CLI_RESET;
		buf_printf(out, "     %s%.*s%s\n", on ? cli_color(true, c) : "", STR_ARG(line),
			on ? cli_color(true, CLI_RESET) : "");
	}
}

static void add_releases(struct buf *out, struct val step, bool color)
{
	val_list_each (c, val_get(step, "changes")) {
		buf_printf(out, "   %.*s", STR_ARG(val_get_str(*c, "release")));
		struct str chart = val_get_str(*c, "chart");
		if (chart.len)
			buf_printf(out, " (%.*s)", STR_ARG(chart));
		val_list_each (v, val_get(*c, "values"))
			buf_printf(out, " -f %.*s", STR_ARG(val_str(*v)));
		buf_puts(out, ": ");
		add_counts(out, val_get(*c, "resources"));
		buf_putc(out, '\n');
		/* A new release is new from end to end: its names say enough. */
		bool install = str_is(val_get_str(step, "kind"), "install");
		if (install)
			val_list_each (r, val_get(*c, "resources"))
				buf_printf(out, "     %s+ %.*s %.*s%s\n", cli_color(color, CLI_GREEN),
					STR_ARG(val_get_str(*r, "kind")), STR_ARG(val_get_str(*r, "name")),
					cli_color(color, CLI_RESET));
		else if (str_is(val_get_str(step, "kind"), "purge"))
			val_list_each (r, val_get(*c, "resources"))
				buf_printf(out, "     %s- %.*s %.*s%s\n", cli_color(color, CLI_RED),
					STR_ARG(val_get_str(*r, "kind")), STR_ARG(val_get_str(*r, "name")),
					cli_color(color, CLI_RESET));
		else
			add_indented(out, val_get_str(*c, color ? "_color" : "_diff"), "     ");
	}
}

static void add_list(struct buf *out, struct val list, const char *word, bool on, enum cli_color c)
{
	val_list_each (item, list)
		buf_printf(out, "%s%s%s: %.*s\n", cli_color(on, c), word, cli_color(on, CLI_RESET),
			STR_ARG(val_str(*item)));
}

static struct str target_text(struct mig *m)
{
	struct str path = val_get_str(m->target, "path"), context = val_get_str(m->target, "context");
	struct str ns = val_get_str(m->target, "namespace");
	return arena_printf(m->a, "%.*s driver%s%.*s%s%.*s%s%.*s", STR_ARG(val_get_str(m->target, "driver")),
		path.len ? ", " : "", STR_ARG(path), context.len ? ", context " : "", STR_ARG(context),
		ns.len ? ", namespace " : "", STR_ARG(ns));
}

struct err *mig_show_text(struct buf *out, struct mig *m, bool color)
{
	struct val steps = val_get(m->plan, "steps");
	buf_printf(out, "%s%s%s for %s (%.*s), %zu steps\n\n", cli_color(color, CLI_BOLD), m->name,
		cli_color(color, CLI_RESET), m->env, STR_ARG(target_text(m)), val_list_len(steps));
	for (size_t i = 0; i < val_list_len(steps); i++) {
		struct val step = val_list_at(steps, i);
		buf_printf(out, "%zu. %s%.*s%s\n", i + 1, cli_color(color, CLI_BOLD),
			STR_ARG(val_get_str(step, "title")), cli_color(color, CLI_RESET));
		add_releases(out, step, color);
		add_patch(out, val_get_str(step, "patch"), color);
		buf_printf(out, "   %sback: %.*s%s\n", cli_color(color, CLI_DIM), STR_ARG(val_get_str(step, "undo")),
			cli_color(color, CLI_RESET));
	}
	if (val_list_len(val_get(m->plan, "warnings")) + val_list_len(val_get(m->plan, "blockers")))
		buf_putc(out, '\n');
	add_list(out, val_get(m->plan, "warnings"), "warning", color, CLI_YELLOW);
	add_list(out, val_get(m->plan, "blockers"), "blocked", color, CLI_RED);
	return NULL;
}

static void add_fenced(struct buf *out, struct str text)
{
	if (text.len)
		buf_printf(out, "\n```diff\n%.*s\n```\n", STR_ARG(str_trim_end(text, "\n")));
}

struct err *mig_show_markdown(struct buf *out, struct mig *m)
{
	struct val steps = val_get(m->plan, "steps");
	buf_printf(out, "# %s for %s\n\n%.*s. Digest `%.*s`.\n", m->name, m->env, STR_ARG(target_text(m)),
		STR_ARG(val_get_str(m->plan, "digest")));
	for (size_t i = 0; i < val_list_len(steps); i++) {
		struct val step = val_list_at(steps, i);
		buf_printf(out, "\n## %zu. %.*s\n\nTaking it back: %.*s.\n", i + 1, STR_ARG(val_get_str(step, "title")),
			STR_ARG(val_get_str(step, "undo")));
		add_fenced(out, val_get_str(step, "patch"));
		val_list_each (c, val_get(step, "changes")) {
			buf_printf(out, "\n**%.*s**: ", STR_ARG(val_get_str(*c, "release")));
			add_counts(out, val_get(*c, "resources"));
			buf_putc(out, '\n');
			if (str_is(val_get_str(step, "kind"), "upgrade"))
				add_fenced(out, val_get_str(*c, "_diff"));
		}
	}
	struct val lists[] = { val_get(m->plan, "warnings"), val_get(m->plan, "blockers") };
	for (size_t i = 0; i < 2; i++) {
		if (val_list_len(lists[i]))
			buf_printf(out, "\n## %s\n\n", i ? "Blocked" : "Warnings");
		val_list_each (item, lists[i])
			buf_printf(out, "- %.*s\n", STR_ARG(val_str(*item)));
	}
	return NULL;
}
