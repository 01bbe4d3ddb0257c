/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/ignore.h"

#include "base/utf8.h"
#include "base/vec.h"
#include "chart/glob.h"

/* Go's bufio.Scanner takes no longer line. */
enum { MAX_LINE = 65536 };

/* Most rules are a name or "*.ext", which need no matcher. */
enum shape { NAME, SUFFIX, GLOB };

struct chart_ignore_rule {
	struct str glob;
	enum shape shape;
	size_t plain;  /* bytes that it begins with and that are no pattern */
	bool negated;  /* began with '!' */
	bool dir_only; /* ended with '/' */
	bool base;     /* no '/' left in it: the last part of a path is matched */
};

static size_t plain_len(struct str s)
{
	size_t n = 0;
	while (n < s.len && s.s[n] != '*' && s.s[n] != '?' && s.s[n] != '[' && s.s[n] != '\\')
		n++;
	return n;
}

static bool is_literal(struct str s)
{
	return plain_len(s) == s.len;
}

static enum shape shape_of(const struct chart_ignore_rule *r)
{
	if (is_literal(r->glob))
		return NAME;
	/* A star stops at slashes, of which a last part has none. */
	bool suffix = r->base && r->glob.s[0] == '*' && is_literal(str_skip(r->glob, 1));
	return suffix ? SUFFIX : GLOB;
}

static struct err *add_rule(struct chart_ignore *out, struct arena *a, struct str line)
{
	line = utf8_trim(line);
	if (!line.len || line.s[0] == '#')
		return NULL;
	if (str_has(line, STR("**")))
		return err_new(ERR_INPUT, "double-star (**) syntax is not supported");
	if (chart_match(line, STR("abc")) < 0)
		return err_new(ERR_INPUT, "syntax error in pattern");
	struct chart_ignore_rule r = { .glob = line };
	if (r.glob.s[0] == '!') {
		r.negated = true;
		r.glob = str_skip(r.glob, 1);
	}
	if (str_ends(r.glob, STR("/"))) {
		r.dir_only = true;
		r.glob.len--;
	}
	if (str_starts(r.glob, STR("/")))
		r.glob = str_skip(r.glob, 1);
	else
		r.base = str_find_char(r.glob, '/') < 0;
	r.shape = shape_of(&r);
	r.plain = plain_len(r.glob);
	vec_push_in(a, out, r);
	return NULL;
}

static bool matches(const struct chart_ignore_rule *r, struct str name)
{
	switch (r->shape) {
	case NAME:
		return str_eq(r->glob, name);
	case SUFFIX:
		return str_ends(name, str_skip(r->glob, 1));
	case GLOB:
		break;
	}
	return str_starts(name, str_slice(r->glob, 0, r->plain)) && chart_match(r->glob, name) == 1;
}

struct err *chart_ignore_parse(struct chart_ignore *out, struct arena *a, struct str text)
{
	text = str_trim_prefix(text, STR("\xEF\xBB\xBF"));
	while (text.s && text.len) {
		struct str line = str_cut(&text, '\n');
		if (line.len >= MAX_LINE)
			return err_new(ERR_INPUT, "bufio.Scanner: token too long");
		TRY(add_rule(out, a, line));
	}
	return NULL;
}

void chart_ignore_defaults(struct chart_ignore *out, struct arena *a)
{
	struct err *e = add_rule(out, a, STR("templates/.?*"));
	err_free(e);
}

bool chart_ignored(const struct chart_ignore *rules, struct str path, bool is_dir)
{
	if (!path.len || str_is(path, ".") || str_is(path, "./"))
		return false;
	struct str base = str_base_name(path);
	for (size_t i = 0; i < rules->len; i++) {
		const struct chart_ignore_rule *r = &rules->items[i];
		if (r->dir_only && !is_dir) {
			if (r->negated)
				return true;
			continue;
		}
		if (matches(r, r->base ? base : path) != r->negated)
			return true;
	}
	return false;
}
