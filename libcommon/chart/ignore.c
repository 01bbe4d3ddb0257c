/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/ignore.h"

#include "base/utf8.h"
#include "base/vec.h"
#include "chart/glob.h"

/* Go's bufio.Scanner takes no longer line. */
enum { MAX_LINE = 65536 };

struct chart_ignore_rule {
	struct str glob;
	bool negated;  /* began with '!' */
	bool dir_only; /* ended with '/' */
	bool base;     /* no '/' left in it: the last part of a path is matched */
};

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
	vec_push_in(a, out, r);
	return NULL;
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
	for (size_t i = 0; i < rules->len; i++) {
		const struct chart_ignore_rule *r = &rules->items[i];
		if (r->dir_only && !is_dir) {
			if (r->negated)
				return true;
			continue;
		}
		struct str name = r->base ? str_base_name(path) : path;
		if ((chart_match(r->glob, name) == 1) != r->negated)
			return true;
	}
	return false;
}
