/* SPDX-License-Identifier: Apache-2.0 */
/* Paths, as Go's path package treats them; the os* functions are the same on Unix. */
#include "funcs/internal.h"

struct err *fn_base(struct val *out, struct tmpl_call *c)
{
	struct str s = fn_arg(c, 0);
	if (!s.len) {
		*out = val_text(".");
		return NULL;
	}
	s = str_trim_end(s, "/");
	*out = s.len ? val_string(str_base_name(s)) : val_text("/");
	return NULL;
}

/* Go's path.Clean: the shortest path that means the same, by its text alone. */
static struct val clean(struct arena *a, struct str s)
{
	if (!s.len)
		return val_text(".");
	bool rooted = s.s[0] == '/';
	char *p = arena_alloc(a, s.len + 1);
	size_t n = 0, floor = 0; /* what ".." cannot take back */
	if (rooted)
		p[n++] = '/', floor = 1;
	for (struct str rest = s; rest.s;) {
		struct str part = str_cut(&rest, '/');
		if (!part.len || str_is(part, "."))
			continue;
		if (str_is(part, "..")) {
			if (n > floor) {
				do
					n--;
				while (n > floor && p[n] != '/');
				continue;
			}
			if (rooted)
				continue;
		}
		if (n && !(rooted && n == 1))
			p[n++] = '/';
		for (size_t i = 0; i < part.len; i++)
			p[n++] = part.s[i];
		if (str_is(part, ".."))
			floor = n;
	}
	return n ? val_string((struct str){ p, n }) : val_text(".");
}

struct err *fn_clean(struct val *out, struct tmpl_call *c)
{
	*out = clean(c->arena, fn_arg(c, 0));
	return NULL;
}

struct err *fn_dir(struct val *out, struct tmpl_call *c)
{
	struct str s = fn_arg(c, 0);
	*out = clean(c->arena, str_slice(s, 0, (size_t)(str_rfind_char(s, '/') + 1)));
	return NULL;
}

struct err *fn_ext(struct val *out, struct tmpl_call *c)
{
	struct str name = str_base_name(fn_arg(c, 0));
	ptrdiff_t dot = str_rfind_char(name, '.');
	*out = val_string(dot < 0 ? STR("") : str_skip(name, (size_t)dot));
	return NULL;
}

struct err *fn_is_abs(struct val *out, struct tmpl_call *c)
{
	*out = val_bool(str_starts(fn_arg(c, 0), STR("/")));
	return NULL;
}
