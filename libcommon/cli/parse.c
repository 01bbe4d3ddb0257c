/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"
#include "base/vec.h"
#include "cli/internal.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void common_init(struct cli_common *common, struct cli *c)
{
	const struct cli_opt opts[] = {
		{ 'q', "quiet", CLI_FLAG, &c->quiet, NULL, "say nothing but results and errors", "General", NULL,
			NULL },
		{ 'v', "verbose", CLI_COUNT, &c->verbose, NULL, "say more (twice: much more)", "General", NULL, NULL },
		{ 0, "color", CLI_TEXT, &common->color, "WHEN", "colour the output (NO_COLOR is heeded)", "General",
			"auto|always|never", "always" },
		{ 'h', "help", CLI_TEXT, &common->help, "FORM", "show this help, or mdoc, bash, zsh, fish", "General",
			"text|mdoc|bash|zsh|fish", "text" },
		{ 0, "version", CLI_FLAG, &common->version, NULL, "show the version", "General", NULL, NULL },
		CLI_END,
	};
	memcpy(common->opts, opts, sizeof(opts));
}

/* Takes back what the tool or the verb uses for itself, as --version for a chart's version. */
static void yield_names(struct cli_common *common, const struct cli_opt *table)
{
	for (; table && table->name; table++) {
		struct cli_opt *kept = common->opts;
		for (struct cli_opt *o = common->opts; o->name; o++) {
			if (strcmp(o->name, table->name) == 0)
				continue;
			*kept = *o;
			if (kept->letter == table->letter)
				kept->letter = 0;
			kept++;
		}
		*kept = (struct cli_opt)CLI_END;
	}
}

static void each_in(const struct cli_opt *table, cli_opt_fn each, void *ctx)
{
	for (; table && table->name; table++)
		each(ctx, table);
}

void cli_each_opt(const struct cli *c, const struct cli_common *common, cli_opt_fn each, void *ctx)
{
	each_in(c->verb ? c->verb->opts : NULL, each, ctx);
	each_in(c->tool->opts, each, ctx);
	each_in(common->opts, each, ctx);
}

/* What find_opt() looks for and has found. */
struct search {
	char letter;
	struct str name;
	const struct cli_opt *found;
	bool negated;        /* found as --no-NAME */
	const char *nearest; /* the option most like it */
	size_t distance;
};

/* Levenshtein distance, cut off at small lengths: names are short. */
static size_t distance(struct str a, const char *b)
{
	size_t n = strlen(b), row[64];
	if (n >= 63 || a.len >= 63)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t change = diagonal + (a.s[i - 1] != b[j - 1]);
			diagonal = row[j];
			size_t best = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
			row[j] = change < best ? change : best;
		}
	}
	return row[n];
}

static void try_opt(void *ctx, const struct cli_opt *o)
{
	struct search *s = ctx;
	if (s->found)
		return;
	if (s->letter ? o->letter == s->letter : str_is(s->name, o->name)) {
		s->found = o;
		return;
	}
	if (s->letter)
		return;
	if (o->kind == CLI_FLAG && str_starts(s->name, STR("no-")) && str_is(str_skip(s->name, 3), o->name)) {
		s->found = o;
		s->negated = true;
	}
	size_t d = distance(s->name, o->name);
	if (d < s->distance) {
		s->distance = d;
		s->nearest = o->name;
	}
}

static struct err *check_choice(const struct cli_opt *o, const char *value)
{
	if (!o->hint || !strchr(o->hint, '|'))
		return NULL;
	for (struct str rest = str_from(o->hint); rest.s;)
		if (str_is(str_cut(&rest, '|'), value))
			return NULL;
	return err_new(ERR_USAGE, "invalid value \"%s\" for --%s: must be one of %s", value, o->name, o->hint);
}

static struct err *set(struct cli *c, const struct cli_opt *o, const char *value, bool negated)
{
	switch (o->kind) {
	case CLI_FLAG: {
		bool on = !value || strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
		if (!on && strcmp(value, "false") != 0 && strcmp(value, "0") != 0)
			return err_new(
				ERR_USAGE, "invalid value \"%s\" for --%s: must be true or false", value, o->name);
		if (o->target)
			*(bool *)o->target = on != negated;
		return NULL;
	}
	case CLI_COUNT:
		++*(int *)o->target;
		return NULL;
	case CLI_TEXT:
		TRY(check_choice(o, value));
		if (o->target)
			*(const char **)o->target = value;
		return NULL;
	case CLI_INT: {
		int64_t n;
		if (num_parse_int(&n, str_from(value), 10) != NUM_OK || n > INT_MAX || n < INT_MIN)
			return err_new(ERR_USAGE, "invalid value \"%s\" for --%s: not a whole number", value, o->name);
		*(int *)o->target = (int)n;
		return NULL;
	}
	case CLI_LIST: {
		struct cli_list *list = o->target;
		TRY(check_choice(o, value));
		vec_push_in(c->arena, list, value);
		return NULL;
	}
	case CLI_FIELDS:
		return cli_add_fields(c, o, value);
	}
	return err_new(ERR_INTERNAL, "option --%s has no kind", o->name);
}

static bool takes_value(const struct cli_opt *o)
{
	return o->kind != CLI_FLAG && o->kind != CLI_COUNT;
}

/* Words that are still to be read. */
struct words {
	char **at;
	char **end;
};

static struct err *parse_long(struct cli *c, const struct cli_common *common, const char *word, struct words *rest)
{
	const char *equals = strchr(word, '=');
	struct search s = { .name = { word + 2, equals ? (size_t)(equals - word) - 2 : strlen(word) - 2 },
		.distance = 4 };
	cli_each_opt(c, common, try_opt, &s);
	if (!s.found) {
		if (s.nearest && s.distance <= s.name.len / 2)
			return err_new(
				ERR_USAGE, "unknown flag: --%.*s (did you mean --%s?)", STR_ARG(s.name), s.nearest);
		return err_new(ERR_USAGE, "unknown flag: --%.*s", STR_ARG(s.name));
	}
	const char *value = equals ? equals + 1 : NULL;
	if (!value && takes_value(s.found)) {
		value = s.found->optional;
		if (!value && rest->at == rest->end)
			return err_new(ERR_USAGE, "flag needs an argument: --%s", s.found->name);
		if (!value)
			value = *rest->at++;
	}
	return set(c, s.found, value, s.negated);
}

static struct err *parse_short(struct cli *c, const struct cli_common *common, const char *word, struct words *rest)
{
	for (const char *p = word + 1; *p; p++) {
		struct search s = { .letter = *p };
		cli_each_opt(c, common, try_opt, &s);
		if (!s.found)
			return err_new(ERR_USAGE, "unknown shorthand flag: '%c' in %s", *p, word);
		if (!takes_value(s.found) || (s.found->optional && p[1] != '=')) {
			TRY(set(c, s.found, s.found->optional, false));
			continue;
		}
		const char *value = p[1] == '=' ? p + 2 : p + 1;
		if (!p[1]) {
			if (rest->at == rest->end)
				return err_new(ERR_USAGE, "flag needs an argument: '%c' in %s", *p, word);
			value = *rest->at++;
		}
		return set(c, s.found, value, false);
	}
	return NULL;
}

/* Sorts the words into options, which are set, and arguments, which are kept in order. */
static struct err *parse(struct cli *c, const struct cli_common *common, int argc, char **argv)
{
	struct words rest = { argv + 1, argv + argc };
	bool options = true;
	while (rest.at < rest.end) {
		char *word = *rest.at++;
		if (options && strcmp(word, "--") == 0) {
			options = false;
		} else if (options && word[0] == '-' && word[1] == '-') {
			TRY(parse_long(c, common, word, &rest));
		} else if (options && word[0] == '-' && word[1]) {
			TRY(parse_short(c, common, word, &rest));
		} else {
			c->args[c->nargs++] = word;
		}
	}
	return NULL;
}

/* Whether `word` is an option of the tool whose value is the next word: no verb is known yet. */
static bool wants_next(struct cli *c, const struct cli_common *common, const char *word)
{
	bool is_long = word[0] == '-' && word[1] == '-';
	struct search s = { .letter = word[strlen(word) - 1], .distance = 0 };
	if (word[0] != '-' || !word[1] || strchr(word, '='))
		return false;
	if (is_long)
		s = (struct search){ .name = str_from(word + 2) };
	cli_each_opt(c, common, try_opt, &s);
	return s.found && takes_value(s.found) && !s.found->optional;
}

/* The verb is the first word that names one; options may stand before it. */
static void find_verb(struct cli *c, const struct cli_common *common, int *argc, char **argv)
{
	for (int i = 1; c->tool->verbs && i < *argc; i++) {
		if (strcmp(argv[i], "--") == 0)
			return;
		if (argv[i][0] == '-') {
			i += wants_next(c, common, argv[i]);
			continue;
		}
		for (const struct cli_verb *v = c->tool->verbs; v->name; v++) {
			if (strcmp(v->name, argv[i]) != 0)
				continue;
			c->verb = v;
			memmove(argv + i, argv + i + 1, (size_t)(*argc - i) * sizeof(*argv));
			--*argc;
			return;
		}
		/* A tool that has a default verb takes any other first word as its argument. */
		return;
	}
}

static struct err *unknown_verb(const struct cli *c)
{
	struct buf list = BUF_INIT;
	for (const struct cli_verb *v = c->tool->verbs; v->name; v++)
		buf_printf(&list, "%s%s", list.len ? ", " : "", v->name);
	struct err *e =
		c->nargs ? err_new(ERR_USAGE, "unknown command \"%s\": must be one of %s", c->args[0], buf_text(&list))
			 : err_new(ERR_USAGE, "a command is needed: one of %s", buf_text(&list));
	buf_release(&list);
	return e;
}

static bool wants_color(const char *when, int fd)
{
	if (when && strcmp(when, "auto") != 0)
		return strcmp(when, "always") == 0;
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	return !(no && *no) && !(term && strcmp(term, "dumb") == 0) && isatty(fd);
}

static struct err *run(struct cli *c, const struct cli_common *common)
{
	if (common->help) {
		struct buf text = BUF_INIT;
		struct err *e = cli_help(&text, c, common, common->help);
		if (!e)
			e = cli_print(buf_str(&text));
		buf_release(&text);
		return e;
	}
	if (common->version) {
		struct str text = arena_printf(c->arena, "%s %s\n", c->tool->name, CHART_TOOLS_VERSION);
		return cli_print(text);
	}
	cli_run_fn fn = c->verb ? c->verb->run : c->tool->run;
	if (!fn)
		return unknown_verb(c);
	return fn(c);
}

static int report(struct cli *c, const struct err *e)
{
	if (c->tool->fail)
		return c->tool->fail(c, e);
	struct buf text = BUF_INIT;
	err_format(&text, e);
	fprintf(stderr, "%s%s:%s %s\n", cli_color(c->color_err, CLI_RED), c->tool->name,
		cli_color(c->color_err, CLI_RESET), buf_text(&text));
	if (e->kind == ERR_USAGE && !e->file)
		fprintf(stderr, "See '%s %s--help'.\n", c->tool->name,
			c->verb ? arena_printf(c->arena, "%s ", c->verb->name).s : "");
	buf_release(&text);
	return err_status(e);
}

int cli_main(const struct cli_tool *tool, int argc, char **argv)
{
	struct arena arena = ARENA_INIT;
	struct cli c = { .tool = tool, .arena = &arena };
	struct cli_common common = { 0 };
	common_init(&common, &c);
	c.args = arena_array(&arena, (size_t)argc + 1, sizeof(*c.args));
	find_verb(&c, &common, &argc, argv);
	yield_names(&common, tool->opts);
	yield_names(&common, c.verb ? c.verb->opts : NULL);
	struct err *e = parse(&c, &common, argc, argv);
	/* Help is given even when something else is wrong with the words. */
	if (e && common.help) {
		err_free(e);
		e = NULL;
	}
	c.color_out = wants_color(common.color, STDOUT_FILENO);
	c.color_err = wants_color(common.color, STDERR_FILENO);
	if (!e)
		e = run(&c, &common);
	int status = e ? report(&c, e) : c.status;
	err_free(e);
	arena_release(&arena);
	return status;
}
