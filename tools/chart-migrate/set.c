/* SPDX-License-Identifier: Apache-2.0 */
/* set FILE KEY=VALUE...: edits YAML in place. */
#include "migrate.h"
#include "verbs.h"

#include "io/file.h"

#include <string.h>

/* "replicas=3": the value has the type that --set of helm gives it; {a,b} is a list. */
static struct err *typed_value(struct val *out, struct arena *a, struct str text)
{
	struct val map = val_map(a);
	TRY(chart_set(map, a, arena_join(a, STR("v="), text), mig_opts.string ? CHART_SET_STRING : CHART_SET));
	*out = val_get(map, "v");
	if (out->kind == VAL_INVALID)
		*out = VAL_NIL;
	return NULL;
}

/* The first '=' that is not inside [name=x]. */
static ptrdiff_t find_equals(struct str s)
{
	int depth = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == '\\')
			i++;
		else if (s.s[i] == '[')
			depth++;
		else if (s.s[i] == ']')
			depth--;
		else if (s.s[i] == '=' && depth <= 0)
			return (ptrdiff_t)i;
	}
	return -1;
}

static void swap(struct buf *a, struct buf *b)
{
	struct buf t = *a;
	*a = *b;
	*b = t;
}

static struct err *edit(struct buf *now, struct mig *m, struct cli *c)
{
	struct buf next = BUF_INIT;
	struct err *e = NULL;
	for (int i = 1; i < c->nargs && !e; i++) {
		struct str arg = str_from(c->args[i]);
		ptrdiff_t eq = find_equals(arg);
		if (eq <= 0)
			return err_new(ERR_USAGE, "\"%s\" is not KEY=VALUE", c->args[i]);
		struct val v;
		e = typed_value(&v, m->a, str_skip(arg, (size_t)eq + 1));
		buf_clear(&next);
		if (!e)
			e = yml_set(&next, buf_str(now), c->args[0], str_slice(arg, 0, (size_t)eq), v);
		swap(now, &next);
	}
	for (size_t i = 0; i < mig_opts.remove.len && !e; i++) {
		buf_clear(&next);
		e = yml_remove(&next, buf_str(now), c->args[0], str_from(mig_opts.remove.items[i]));
		swap(now, &next);
	}
	buf_release(&next);
	return e;
}

struct err *mig_verb_set(struct cli *c)
{
	struct mig m;
	struct str text;
	struct buf now = BUF_INIT;
	if (c->nargs < 1 || (c->nargs == 1 && !mig_opts.remove.len))
		return err_new(ERR_USAGE, "set needs a file and KEY=VALUE");
	TRY(mig_begin(&m, c));
	TRY(io_read(&text, m.a, c->args[0], IO_FILE_MAX));
	buf_add(&now, text);
	struct err *e = edit(&now, &m, c);
	/* A filter: what came from standard input goes to standard output. */
	if (!e && (mig_opts.dry_run || strcmp(c->args[0], "-") == 0))
		e = cli_print(buf_str(&now));
	else if (!e && !str_eq(buf_str(&now), text))
		e = io_write_atomic(c->args[0], buf_str(&now), 0644);
	buf_release(&now);
	return e;
}
