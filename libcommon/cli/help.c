/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/internal.h"

#include <string.h>

/* The column where the help of an option begins. */
#define HELP_AT 34

static bool has_value(const struct cli_opt *o)
{
	return o->kind != CLI_FLAG && o->kind != CLI_COUNT;
}

/* Writes "-f, --values=FILE" in the form the help shows. */
static void spelling(struct buf *out, const struct cli_opt *o)
{
	if (o->letter)
		buf_printf(out, "-%c, ", o->letter);
	else
		buf_puts(out, "    ");
	buf_printf(out, "--%s", o->name);
	if (has_value(o))
		buf_printf(out, o->optional ? "[=%s]" : "=%s", o->arg ? o->arg : "VALUE");
}

/* All options with their headings, in order. */
struct text_list {
	struct {
		const struct cli_opt *opt;
		const char *group; /* NULL once it is printed */
	} items[96];
	size_t len;
};

static void collect_opt(void *ctx, const struct cli_opt *o)
{
	struct text_list *l = ctx;
	if (!o->help)
		return;
	const char *before = l->len ? l->items[l->len - 1].group : "Options";
	if (l->len == sizeof(l->items) / sizeof(*l->items))
		return;
	l->items[l->len].opt = o;
	l->items[l->len++].group = o->group ? o->group : before;
}

static void text_opt(struct buf *out, const struct cli_opt *o)
{
	size_t from = out->len;
	buf_puts(out, "  ");
	spelling(out, o);
	size_t used = out->len - from;
	if (used + 2 > HELP_AT) {
		buf_putc(out, '\n');
		used = 0;
	}
	buf_fill(out, ' ', HELP_AT - used);
	buf_printf(out, "%s\n", o->help);
}

/* Options under one heading each, however the tables that they come from are divided. */
static void text_opts(struct buf *out, struct text_list *l)
{
	for (size_t i = 0; i < l->len; i++) {
		const char *group = l->items[i].group;
		if (!group)
			continue;
		buf_printf(out, "\n%s:\n", group);
		for (size_t k = i; k < l->len; k++) {
			if (!l->items[k].group || strcmp(l->items[k].group, group) != 0)
				continue;
			text_opt(out, l->items[k].opt);
			l->items[k].group = NULL;
		}
	}
}

static void usage_line(struct buf *out, const struct cli *c)
{
	const struct cli_tool *t = c->tool;
	if (c->verb) {
		buf_printf(out, "Usage: %s %s [OPTION...] %s\n", t->name, c->verb->name, c->verb->args);
		return;
	}
	if (t->run)
		buf_printf(out, "Usage: %s [OPTION...] %s\n", t->name, t->args);
	if (t->verbs)
		buf_printf(out, "%s %s COMMAND [OPTION...] [ARGUMENT...]\n", t->run ? "      " : "Usage:", t->name);
}

/* A table's help as a sentence. */
static void sentence(struct buf *out, const char *help)
{
	struct str s = str_trim_end(str_from(help), ".");
	char first = s.len && s.s[0] >= 'a' && s.s[0] <= 'z' ? (char)(s.s[0] - 'a' + 'A') : s.s[0];
	buf_printf(out, "\n%c%.*s.\n", first, STR_ARG(str_skip(s, 1)));
}

static void help_text(struct buf *out, const struct cli *c, const struct cli_common *common)
{
	usage_line(out, c);
	sentence(out, c->verb ? c->verb->help : c->tool->help);
	if (!c->verb && c->tool->verbs) {
		buf_puts(out, "\nCommands:\n");
		for (const struct cli_verb *v = c->tool->verbs; v->name; v++)
			buf_printf(out, "  %-12s %s\n", v->name, v->help);
	}
	struct text_list all = { .len = 0 };
	cli_each_opt(c, common, collect_opt, &all);
	text_opts(out, &all);
	if (!c->verb && c->tool->verbs)
		buf_printf(out, "\n'%s COMMAND --help' shows the options of a command.\n", c->tool->name);
}

/* mdoc takes a leading '.' or '\'' and backslashes for itself. */
static void mdoc_escape(struct buf *out, const char *text)
{
	for (; *text; text++)
		buf_puts(out, *text == '\\' ? "\\e" : (char[]){ *text, '\0' });
}

static void mdoc_opt(void *ctx, const struct cli_opt *o)
{
	struct buf *out = ctx;
	if (!o->help)
		return;
	buf_puts(out, ".It ");
	if (o->letter)
		buf_printf(out, "Fl %c , ", o->letter);
	buf_printf(out, "Fl \\-%s", o->name);
	if (has_value(o) && o->optional)
		buf_printf(out, " Ns Op = Ns Ar %s", o->arg ? o->arg : "VALUE");
	else if (has_value(o))
		buf_printf(out, " Ns = Ns Ar %s", o->arg ? o->arg : "VALUE");
	buf_putc(out, '\n');
	char first[2] = { o->help[0], '\0' };
	if (first[0] >= 'a' && first[0] <= 'z')
		first[0] = (char)(first[0] - 'a' + 'A');
	mdoc_escape(out, first);
	mdoc_escape(out, o->help + 1);
	if (o->hint && strchr(o->hint, '|')) {
		buf_puts(out, ": one of ");
		for (struct str rest = str_from(o->hint); rest.s;) {
			buf_add(out, str_cut(&rest, '|'));
			buf_puts(out, rest.s ? ", " : "");
		}
	}
	buf_puts(out, ".\n");
}

static void mdoc_list(struct buf *out, const struct cli *c, const struct cli_common *common)
{
	buf_puts(out, ".Bl -tag -width Ds\n");
	cli_each_opt(c, common, mdoc_opt, out);
	buf_puts(out, ".El\n");
}

static void help_mdoc(struct buf *out, const struct cli *c, const struct cli_common *common)
{
	const struct cli_tool *t = c->tool;
	if (t->verbs) {
		buf_puts(out, "The commands are:\n.Bl -tag -width Ds\n");
		for (const struct cli_verb *v = t->verbs; v->name; v++) {
			buf_printf(out, ".It Ic %s", v->name);
			for (struct str rest = str_from(v->args); rest.s;) {
				struct str word = str_cut(&rest, ' ');
				if (word.len)
					buf_printf(out, " Ar %.*s", STR_ARG(word));
			}
			buf_printf(out, "\n%s.\n", v->help);
			if (v->opts && v->opts->name) {
				buf_puts(out, ".Bl -tag -width Ds\n");
				for (const struct cli_opt *o = v->opts; o->name; o++)
					mdoc_opt(out, o);
				buf_puts(out, ".El\n");
			}
		}
		buf_puts(out, ".El\n.Pp\nThese options are common to all commands:\n");
	} else {
		buf_puts(out, "The options are:\n");
	}
	mdoc_list(out, c, common);
}

/* Completion: one line per option, in each shell's own tongue. */
static void bash_word(void *ctx, const struct cli_opt *o)
{
	struct buf *out = ctx;
	if (!o->help)
		return;
	if (o->letter)
		buf_printf(out, " -%c", o->letter);
	buf_printf(out, " --%s%s", o->name, has_value(o) && !o->optional ? "=" : "");
}

static void bash_value(void *ctx, const struct cli_opt *o)
{
	struct buf *out = ctx;
	if (!o->help)
		return;
	if (!has_value(o))
		return;
	buf_puts(out, "\t");
	if (o->letter)
		buf_printf(out, "-%c|", o->letter);
	buf_printf(out, "--%s) ", o->name);
	if (o->hint && strchr(o->hint, '|')) {
		buf_puts(out, "COMPREPLY=($(compgen -W '");
		for (struct str rest = str_from(o->hint); rest.s;)
			buf_printf(out, "%.*s ", STR_ARG(str_cut(&rest, '|')));
		buf_puts(out, "' -- \"$cur\"));");
	} else {
		bool dir = o->hint && strcmp(o->hint, "dir") == 0;
		buf_printf(out, "COMPREPLY=($(compgen -%c -- \"$cur\"));", dir ? 'd' : 'f');
	}
	buf_puts(out, " return ;;\n");
}

static void help_bash(struct buf *out, const struct cli *c, const struct cli_common *common)
{
	const struct cli_tool *t = c->tool;
	struct buf id = BUF_INIT;
	buf_puts(&id, t->name);
	for (size_t i = 0; i < id.len; i++)
		id.data[i] = id.data[i] == '-' ? '_' : id.data[i];
	buf_printf(out,
		"# bash completion for %s\n_%s() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} "
		"prev=${COMP_WORDS[COMP_CWORD-1]} verb=\n",
		t->name, buf_text(&id));
	buf_puts(out, "\t[ \"$prev\" != = ] || prev=${COMP_WORDS[COMP_CWORD-2]}\n\t[ \"$cur\" != = ] || { cur=; "
		      "prev=${COMP_WORDS[COMP_CWORD-1]}; }\n");
	if (t->verbs) {
		buf_puts(out, "\tlocal w; for w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do case $w in ");
		for (const struct cli_verb *v = t->verbs; v->name; v++)
			buf_printf(out, "%s%s", v == t->verbs ? "" : "|", v->name);
		buf_puts(out, ") verb=$w; break ;; esac; done\n");
	}
	struct cli one = *c;
	buf_puts(out, "\tcase $verb in\n");
	for (const struct cli_verb *v = t->verbs; v && v->name; v++) {
		one.verb = v;
		buf_printf(out, "\t%s) case $prev in\n", v->name);
		cli_each_opt(&one, common, bash_value, out);
		buf_puts(out, "\tesac; opts='");
		cli_each_opt(&one, common, bash_word, out);
		buf_puts(out, "' ;;\n");
	}
	one.verb = NULL;
	buf_puts(out, "\t*) case $prev in\n");
	cli_each_opt(&one, common, bash_value, out);
	buf_puts(out, "\tesac; opts='");
	for (const struct cli_verb *v = t->verbs; v && v->name; v++)
		buf_printf(out, " %s", v->name);
	cli_each_opt(&one, common, bash_word, out);
	buf_puts(out, "' ;;\n\tesac\n\tcase $cur in\n\t-*) COMPREPLY=($(compgen -W \"$opts\" -- \"$cur\")) ;;\n");
	buf_printf(out, "\t*) COMPREPLY=($(compgen %s-f -- \"$cur\")) ;;\n\tesac\n",
		t->verbs ? "-W \"$([ -n \"$verb\" ] || echo \"$opts\")\" " : "");
	buf_printf(out, "\t[[ ${COMPREPLY-} != *= ]] || compopt -o nospace\n}\ncomplete -o filenames -F _%s %s\n",
		buf_text(&id), t->name);
	buf_release(&id);
}

/* Single quotes of the shells: ' becomes '\''. */
static void shell_quote(struct buf *out, const char *text)
{
	buf_putc(out, '\'');
	for (; *text; text++)
		buf_puts(out, *text == '\'' ? "'\\''" : (char[]){ *text, '\0' });
	buf_putc(out, '\'');
}

static void zsh_opt(void *ctx, const struct cli_opt *o)
{
	struct buf *out = ctx, spec = BUF_INIT;
	const char *repeat = o->kind == CLI_LIST || o->kind == CLI_FIELDS || o->kind == CLI_COUNT ? "*" : "";
	if (!o->help)
		return;
	for (int i = o->letter ? 0 : 1; i < 2; i++) {
		buf_clear(&spec);
		if (i == 0)
			buf_printf(&spec, "%s-%c", repeat, o->letter);
		else
			buf_printf(&spec, "%s--%s%s", repeat, o->name, has_value(o) ? o->optional ? "=-" : "=" : "");
		buf_printf(&spec, "[%s]", o->help);
		if (has_value(o))
			buf_printf(&spec, ":%s:", o->arg ? o->arg : "value");
		if (has_value(o) && o->hint && strchr(o->hint, '|')) {
			buf_putc(&spec, '(');
			for (struct str rest = str_from(o->hint); rest.s;)
				buf_printf(&spec, "%.*s ", STR_ARG(str_cut(&rest, '|')));
			buf_putc(&spec, ')');
		} else if (has_value(o)) {
			buf_puts(&spec, o->hint && strcmp(o->hint, "dir") == 0 ? "_files -/" : "_files");
		}
		buf_puts(out, " \\\n\t\t");
		shell_quote(out, buf_text(&spec));
	}
	buf_release(&spec);
}

static void help_zsh(struct buf *out, const struct cli *c, const struct cli_common *common)
{
	const struct cli_tool *t = c->tool;
	struct cli one = *c;
	buf_printf(out, "#compdef %s\n", t->name);
	if (t->verbs) {
		buf_puts(out, "local -a verbs; verbs=(\n");
		for (const struct cli_verb *v = t->verbs; v->name; v++) {
			struct buf item = BUF_INIT;
			buf_printf(&item, "%s:%s", v->name, v->help);
			buf_putc(out, '\t');
			shell_quote(out, buf_text(&item));
			buf_putc(out, '\n');
			buf_release(&item);
		}
		buf_puts(out, ")\nlocal verb=${words[(r)(");
		for (const struct cli_verb *v = t->verbs; v->name; v++)
			buf_printf(out, "%s%s", v == t->verbs ? "" : "|", v->name);
		buf_puts(out, ")]}\ncase $verb in\n");
		for (const struct cli_verb *v = t->verbs; v->name; v++) {
			one.verb = v;
			buf_printf(out, "%s)\n\t_arguments", v->name);
			cli_each_opt(&one, common, zsh_opt, out);
			buf_puts(out, " \\\n\t\t'*: :_files' ;;\n");
		}
		one.verb = NULL;
		buf_puts(out, "*)\n");
	}
	buf_puts(out, "\t_arguments");
	cli_each_opt(&one, common, zsh_opt, out);
	buf_printf(out, " \\\n\t\t'*: :%s'", t->verbs ? "{_describe command verbs; _files}" : "_files");
	buf_puts(out, t->verbs ? " ;;\nesac\n" : "\n");
}

struct fish_ctx {
	struct buf *out;
	const char *tool;
	const char *verb; /* NULL: everywhere */
};

static void fish_opt(void *ctx, const struct cli_opt *o)
{
	struct fish_ctx *f = ctx;
	if (!o->help)
		return;
	buf_printf(f->out, "complete -c %s", f->tool);
	if (f->verb)
		buf_printf(f->out, " -n '__fish_seen_subcommand_from %s'", f->verb);
	if (o->letter)
		buf_printf(f->out, " -s %c", o->letter);
	buf_printf(f->out, " -l %s", o->name);
	if (has_value(o))
		buf_puts(f->out, o->optional ? "" : " -r");
	if (has_value(o) && o->hint && strchr(o->hint, '|')) {
		buf_puts(f->out, " -f -a '");
		for (struct str rest = str_from(o->hint); rest.s;)
			buf_printf(f->out, "%.*s ", STR_ARG(str_cut(&rest, '|')));
		buf_putc(f->out, '\'');
	}
	buf_puts(f->out, " -d ");
	shell_quote(f->out, o->help);
	buf_putc(f->out, '\n');
}

static void help_fish(struct buf *out, const struct cli *c, const struct cli_common *common)
{
	struct fish_ctx ctx = { out, c->tool->name, NULL };
	struct cli one = *c;
	one.verb = NULL;
	cli_each_opt(&one, common, fish_opt, &ctx);
	for (const struct cli_verb *v = c->tool->verbs; v && v->name; v++) {
		buf_printf(out, "complete -c %s -n __fish_use_subcommand -a %s -d ", c->tool->name, v->name);
		shell_quote(out, v->help);
		buf_putc(out, '\n');
		ctx.verb = v->name;
		for (const struct cli_opt *o = v->opts; o && o->name; o++)
			fish_opt(&ctx, o);
	}
}

struct err *cli_help(struct buf *out, const struct cli *c, const struct cli_common *common, const char *form)
{
	static const struct {
		const char *form;
		void (*write)(struct buf *, const struct cli *, const struct cli_common *);
	} forms[] = {
		{ "text", help_text },
		{ "mdoc", help_mdoc },
		{ "bash", help_bash },
		{ "zsh", help_zsh },
		{ "fish", help_fish },
	};
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		if (strcmp(form, forms[i].form) == 0) {
			forms[i].write(out, c, common);
			return NULL;
		}
	}
	return err_new(ERR_USAGE, "--help has no form \"%s\"", form);
}
