/* SPDX-License-Identifier: Apache-2.0 */
/* sprig: what Sprig's own table has that Helm takes out or puts another function in the place of. */
#include "funcs/internal.h"

#include "json/json.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static struct val variable(struct arena *a, struct str name)
{
	const char *value = getenv(arena_text(a, name));
	return val_string(arena_str(a, str_from(value ? value : "")));
}

static struct err *sprig_env(struct val *out, struct tmpl_call *c)
{
	*out = variable(c->arena, fn_arg(c, 0));
	return NULL;
}

static bool is_special(char c)
{
	return strchr("*#$@!?-0123456789", c) != NULL && c;
}

/* The name that stands behind a "$", and how much of the text it takes; empty and of length 0: the "$" is no more than that. */
static struct str shell_name(struct str s, size_t *len)
{
	size_t n = 0;
	if (s.s[0] == '{') {
		/* Of "${}" and of a brace without its end nothing stays. */
		bool special = s.len > 2 && is_special(s.s[1]) && s.s[2] == '}';
		ptrdiff_t end = special ? 2 : str_find_char(s, '}');
		*len = end < 0 ? 1 : (size_t)end + 1;
		return end < 0 ? STR("") : str_slice(s, 1, (size_t)end);
	}
	if (is_special(s.s[0]))
		n = 1;
	else
		while (n < s.len && (s.s[n] == '_' || (!(s.s[n] & 0x80) && isalnum((unsigned char)s.s[n]))))
			n++;
	*len = n;
	return str_slice(s, 0, n);
}

static struct err *sprig_expandenv(struct val *out, struct tmpl_call *c)
{
	struct buf b = BUF_INIT;
	for (struct str s = fn_arg(c, 0); s.len;) {
		char first = s.s[0];
		s = str_skip(s, 1);
		size_t len = 0;
		struct str name = first == '$' && s.len ? shell_name(s, &len) : STR("");
		if (!len)
			buf_putc(&b, first);
		else if (name.len)
			buf_add(&b, val_str(variable(c->arena, name)));
		s = str_skip(s, len);
	}
	*out = val_string(arena_str(c->arena, buf_str(&b)));
	buf_release(&b);
	return NULL;
}

static struct err *sprig_fail(struct val *out, struct tmpl_call *c)
{
	(void)out;
	return fn_fail("%.*s", STR_ARG(fn_arg(c, 0)));
}

static struct err *sprig_from_json(struct val *out, struct tmpl_call *c)
{
	struct err *e = json_load(out, c->arena, fn_arg(c, 0));
	if (e)
		*out = VAL_NIL;
	err_free(e);
	return NULL;
}

static struct err *sprig_get_host_by_name(struct val *out, struct tmpl_call *c)
{
	return fn_host_address(out, c);
}

static const struct tmpl_func own_rows[] = {
	{ "env", "s", sprig_env, NULL, NULL, "Helm" },
	{ "expandenv", "s", sprig_expandenv, NULL, NULL, "Helm" },
	{ "fail", "s", sprig_fail, NULL, NULL, "Helm" },
	{ "fromJson", "s", sprig_from_json, NULL, NULL, "Encodings" },
	{ "getHostByName", "s", sprig_get_host_by_name, NULL, NULL, "Helm" },
};

static const struct tmpl_funcs own = { .items = own_rows, .len = sizeof(own_rows) / sizeof(own_rows[0]) };

static const char *const helms[] = { "durationDays", "durationHours", "durationMicroseconds", "durationMilliseconds",
	"durationMinutes", "durationNanoseconds", "durationRoundTo", "durationSeconds", "durationTruncateTo",
	"durationWeeks", "fromJsonArray", "fromToml", "fromYaml", "fromYamlArray", "include", "lookup",
	"mustToDuration", "mustToToml", "mustToYaml", "required", "toToml", "toYaml", "toYamlPretty", "tpl", NULL };

const struct tmpl_funcs *fn_table_sprig(struct tmpl_funcs *table)
{
	*table = *fn_table();
	table->first = &own;
	table->without = helms;
	return table;
}
