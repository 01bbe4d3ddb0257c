/* SPDX-License-Identifier: Apache-2.0 */
/* Which rules count where. */
#define _GNU_SOURCE
#include "config.h"

#include "base/map.h"
#include "io/file.h"

#include <stdlib.h>
#include <string.h>

#define CONFIG_NAME ".chart-lint.yaml"
#define CONFIG_MAX ((size_t)1 << 20)
#define MARK STR("chart-lint: ignore")

struct reading {
	struct lint_config *out;
	struct arena *arena;
	const struct yml_doc *doc;
};

static struct err *wrong(const struct reading *r, const struct yml_node *n, const char *what)
{
	return err_at(err_new(ERR_INPUT, "%s", what), r->out->file, n->line, n->column);
}

/* Sets the severity of one rule, or of all whose id begins with a name that ends in '/'. */
static struct err *set_rules(struct reading *r, const struct yml_pair *p)
{
	struct str name = p->key->scalar;
	enum lint_severity severity;
	bool known = false;

	if (p->value->kind != YML_SCALAR || !lint_severity_parse(&severity, p->value->scalar))
		return wrong(r, p->value, "a rule is off, info, warning or error");
	bool group = name.len && name.s[name.len - 1] == '/';
	for (size_t i = 0; i < lint_rule_count(); i++) {
		struct str id = str_from(lint_rules[i].id);
		if (!str_eq(id, name) && !(group && str_starts(id, name)))
			continue;
		r->out->severities[i] = severity;
		known = true;
	}
	return known ? NULL
		     : wrong(r, p->key, arena_printf(r->arena, "no rule \"%.*s\" (see --list-rules)", STR_ARG(name)).s);
}

static struct err *add_exception(struct reading *r, const struct chart_glob *path, const struct yml_node *n)
{
	struct str rule = n ? n->scalar : (struct str){ NULL, 0 };
	bool known = !rule.len || rule.s[rule.len - 1] == '/' || lint_rule_find(rule);

	if (!known)
		return wrong(r, n, arena_printf(r->arena, "no rule \"%.*s\" (see --list-rules)", STR_ARG(rule)).s);
	vec_push_in(r->arena, r->out, (struct lint_exception){ path, rule });
	return NULL;
}

static struct err *set_exception(struct reading *r, const struct yml_node *n)
{
	const struct chart_glob *path = NULL;
	const struct yml_node *rules = NULL;

	if (n->kind != YML_MAP)
		return wrong(r, n, "an exception has a path, a rule or both");
	for (size_t i = 0; i < n->len; i++) {
		const struct yml_pair *p = &n->pairs[i];
		if (str_is(p->key->scalar, "path")) {
			path = chart_glob_compile(r->arena, arena_str(r->arena, p->value->scalar));
			if (!path)
				return wrong(r, p->value, "the path is no pattern");
		} else if (str_is(p->key->scalar, "rule") || str_is(p->key->scalar, "rules")) {
			rules = p->value;
		} else {
			return wrong(r, p->key, "an exception has a path, a rule or both");
		}
	}
	if (!rules || rules->kind != YML_SEQ)
		return add_exception(r, path, rules);
	for (size_t i = 0; i < rules->len; i++)
		TRY(add_exception(r, path, rules->items[i].value));
	return NULL;
}

static struct err *set_pair(struct reading *r, const struct yml_pair *p)
{
	struct str key = p->key->scalar;

	if (str_is(key, "kube-version")) {
		r->out->kube_text = arena_text(r->arena, p->value->scalar);
		struct err *e = kube_version_parse(&r->out->kube, p->value->scalar);
		return e ? err_at(e, r->out->file, p->value->line, p->value->column) : NULL;
	}
	if (str_is(key, "rules") && p->value->kind == YML_MAP) {
		for (size_t i = 0; i < p->value->len; i++)
			TRY(set_rules(r, &p->value->pairs[i]));
		return NULL;
	}
	if (str_is(key, "ignore") && p->value->kind == YML_SEQ) {
		for (size_t i = 0; i < p->value->len; i++)
			TRY(set_exception(r, p->value->items[i].value));
		return NULL;
	}
	return wrong(r, p->key, "the settings are kube-version, rules (a map) and ignore (a list)");
}

static struct err *read_config(struct lint_config *out, struct arena *a, const char *file)
{
	struct yml_doc doc;
	struct str text;
	struct reading r = { out, a, &doc };

	out->file = file;
	out->severities = arena_array(a, lint_rule_count(), sizeof(*out->severities));
	for (size_t i = 0; i < lint_rule_count(); i++)
		out->severities[i] = lint_rules[i].severity;
	TRY(io_read(&text, a, file, CONFIG_MAX));
	TRY(yml_doc_parse(&doc, a, text, file));
	const struct yml_node *root = doc.nroots ? doc.roots[0] : NULL;
	if (!root)
		return NULL;
	if (root->kind != YML_MAP)
		return wrong(&r, root, "the settings are kube-version, rules (a map) and ignore (a list)");
	for (size_t i = 0; i < root->len; i++)
		TRY(set_pair(&r, &root->pairs[i]));
	return NULL;
}

struct err *lint_config_find(struct lint_config *out, struct arena *a, const struct lint_source *s)
{
	char *real = realpath(s->path, NULL);

	if (!real)
		return NULL;
	struct str dir = arena_str(a, str_from(real));
	free(real);
	if (s->archive)
		dir = str_dir_name(dir);
	for (;;) {
		const char *file = io_path(a, dir.len ? arena_text(a, dir) : "/", CONFIG_NAME);
		if (io_is_file(file))
			return read_config(out, a, file);
		if (!dir.len || str_is(dir, "/"))
			return NULL;
		dir = str_dir_name(dir);
	}
}

void lint_config_apply(const struct lint_config *c, struct lint_opts *opts, struct lint *l)
{
	l->severities = c->severities;
	l->exceptions = c->items;
	l->nexceptions = c->len;
	if (c->kube_text && !opts->kube_text) {
		opts->kube_text = c->kube_text;
		opts->kube = c->kube;
	}
}

/* Whether a line names the rule, its group or nothing after the mark. `file` wants the form for whole files. */
static bool line_excepts(struct str line, const char *rule, bool file)
{
	ptrdiff_t at = str_find(line, MARK);

	if (at < 0)
		return false;
	struct str rest = str_skip(line, (size_t)at + MARK.len);
	if (str_starts(rest, STR("-file")) != file)
		return false;
	rest = str_trim(file ? str_skip(rest, 5) : rest);
	/* Inside a template comment the end of the comment follows. */
	ptrdiff_t end = str_find(rest, STR("*/"));
	rest = str_trim(end < 0 ? rest : str_slice(rest, 0, (size_t)end));
	if (!rest.len)
		return true;
	while (rest.s) {
		struct str id = str_trim_end(str_trim(str_cut(&rest, ' ')), ",");
		bool group = id.len && id.s[id.len - 1] == '/';
		if (str_is(id, rule) || (group && str_starts(str_from(rule), id)))
			return true;
	}
	return false;
}

static bool is_excepted(struct str text, const struct lint_finding *f)
{
	struct str before = { NULL, 0 };
	int number = 0;

	while (text.s) {
		struct str line = str_cut(&text, '\n');
		number++;
		if (line_excepts(line, f->rule->id, true))
			return true;
		if (number == f->line) {
			if (line_excepts(line, f->rule->id, false))
				return true;
			/* The line above counts when it is a comment alone: one behind something is about that line. */
			struct str start = str_trim(before);
			bool alone = str_starts(start, STR("#")) || str_starts(start, STR("{{"));
			if (alone && line_excepts(before, f->rule->id, false))
				return true;
		}
		before = line;
	}
	return false;
}

static struct str source_text(struct lint *l, const struct lint_finding *f)
{
	struct str text = { NULL, 0 };
	struct err *e = f->inside.len ? lint_read(&text, l->arena, &l->source, arena_text(l->arena, f->inside))
				      : io_read(&text, l->arena, arena_text(l->arena, f->file), IO_FILE_MAX);

	if (e) {
		err_free(e);
		return (struct str){ NULL, 0 };
	}
	/* Most files say nothing about it. */
	return str_find(text, MARK) < 0 ? (struct str){ NULL, 0 } : text;
}

void lint_apply_comments(struct lint *l)
{
	struct map texts = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < l->findings->len; i++) {
		const struct lint_finding *f = &l->findings->items[i];
		struct str *text = map_find(&texts, f->file);
		if (!text) {
			text = ARENA_NEW(l->arena, struct str);
			*text = source_text(l, f);
			map_set(&texts, l->arena, f->file, text);
		}
		if (!f->rule || !is_excepted(*text, f))
			l->findings->items[n++] = *f;
	}
	l->findings->len = n;
}
