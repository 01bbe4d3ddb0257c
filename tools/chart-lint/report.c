/* SPDX-License-Identifier: Apache-2.0 */
/* Findings. */
#include "chart/glob.h"
#include "lint.h"

/* Whether a finding is excepted by the configuration. */
static bool is_excepted(const struct lint *l, const char *rule, struct str inside)
{
	for (size_t i = 0; i < l->nexceptions; i++) {
		const struct lint_exception *x = &l->exceptions[i];
		bool all = !x->rule.len || str_is(x->rule, rule);
		bool group = x->rule.len && x->rule.s[x->rule.len - 1] == '/' && str_starts(str_from(rule), x->rule);
		if ((all || group) && (!x->path || chart_glob_match(x->path, inside)))
			return true;
	}
	return false;
}

static void push(struct lint *l, const char *id, enum lint_severity severity, struct lint_finding f, struct str inside)
{
	f.rule = lint_rule_find(str_from(id));
	f.severity = severity;
	f.inside = arena_str(l->arena, inside);
	if (f.rule && l->severities && l->severities[f.rule - lint_rules] != f.rule->severity)
		f.severity = l->severities[f.rule - lint_rules];
	if (!l->opts->helm_only && (f.severity == LINT_OFF || is_excepted(l, id, inside)))
		return;
	vec_push_in(l->arena, l->findings, f);
}

void lint_helm(struct lint *l, const char *rule, enum lint_severity severity, struct str helm_path, struct str message,
	struct str where, int line, int column)
{
	struct lint_finding f = {
		.helm = true,
		.helm_path = arena_str(l->arena, helm_path),
		.message = message,
		.file = lint_show(l, where),
		.line = line,
		.column = column,
	};
	push(l, rule, severity, f, where);
}

static void add(struct lint *l, const char *rule, struct str file, struct str inside, int line, int column,
	const char *fmt, va_list args)
{
	const struct lint_rule *row = lint_rule_find(str_from(rule));
	struct lint_finding f = {
		.message = arena_vprintf(l->arena, fmt, args),
		.file = arena_str(l->arena, file),
		.line = line,
		.column = column,
	};

	push(l, rule, row ? row->severity : LINT_WARNING, f, inside);
}

void lint_add(struct lint *l, const char *rule, struct str inside, int line, int column, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(l, rule, lint_show(l, inside), inside, line, column, fmt, args);
	va_end(args);
}

void lint_add_outside(struct lint *l, const char *rule, struct str file, int line, int column, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(l, rule, file, (struct str){ NULL, 0 }, line, column, fmt, args);
	va_end(args);
}

int lint_error_line(const struct err *e)
{
	int n = 0;

	for (const struct err *x = e; x; x = x->cause) {
		if (x->line)
			return x->line;
	}
	for (const struct err *x = e; x; x = x->cause) {
		struct str s = str_from(x->message);
		ptrdiff_t at = str_find(s, STR("yaml: line "));
		if (at < 0)
			continue;
		for (size_t i = (size_t)at + 11; i < s.len && s.s[i] >= '0' && s.s[i] <= '9' && n < 100000000; i++)
			n = n * 10 + (s.s[i] - '0');
		return n;
	}
	return 0;
}

struct str lint_take_error(struct arena *a, struct err *e)
{
	struct buf b = BUF_INIT;

	err_message(&b, e);
	struct str out = arena_str(a, buf_str(&b));
	buf_release(&b);
	err_free(e);
	return out;
}
