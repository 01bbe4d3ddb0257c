/* SPDX-License-Identifier: Apache-2.0 */
#include "index/index.h"
#include "semver/semver.h"

/* How many names a message lists. */
#define MANY 8

static bool close_to(struct str have, struct str want)
{
	return str_has(have, want) || (have.len > 2 && str_has(want, have));
}

static struct err *no_chart(const struct index *ix, struct str name)
{
	struct buf b = BUF_INIT;
	size_t listed = 0, n = ix->others.len ? ix->others.len : ix->len;
	for (size_t i = 0; i < n && listed < MANY; i++) {
		struct str other = ix->others.len ? ix->others.items[i] : ix->items[i].name;
		if (close_to(other, name))
			buf_printf(&b, "%s%.*s", listed++ ? ", " : "", STR_ARG(other));
	}
	struct err *e;
	if (listed)
		e = err_new(
			ERR_NOT_FOUND, "no chart \"%.*s\" in the repository (close: %s)", STR_ARG(name), buf_text(&b));
	else
		e = err_new(ERR_NOT_FOUND, "no chart \"%.*s\" among the %zu of the repository", STR_ARG(name), n);
	buf_release(&b);
	return e;
}

static struct err *no_version(const struct index_chart *c, struct str constraint)
{
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < c->len && i < MANY; i++)
		buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(c->items[i].version));
	if (c->len > MANY)
		buf_printf(&b, " and %zu more", c->len - MANY);
	struct err *e =
		constraint.len
			? err_new(ERR_NOT_FOUND, "no version of \"%.*s\" satisfies \"%.*s\" (there are %s)",
				  STR_ARG(c->name), STR_ARG(constraint), buf_text(&b))
			: err_new(ERR_NOT_FOUND, "\"%.*s\" has prereleases only (%s)", STR_ARG(c->name), buf_text(&b));
	buf_release(&b);
	return e;
}

static const struct index_entry *best(const struct index_chart *c, const struct semver_range *range)
{
	for (size_t i = 0; i < c->len; i++) {
		struct semver v;
		struct err *e = semver_parse(&v, c->items[i].version);
		if (!e && semver_range_has(range, &v))
			return &c->items[i];
		err_free(e);
	}
	return NULL;
}

struct err *index_resolve(
	const struct index_entry **out, const struct index *ix, struct str name, struct str constraint, bool devel)
{
	const struct index_chart *c = index_find(ix, name);
	if (!c || !c->len)
		return no_chart(ix, name);
	constraint = str_trim(constraint);
	for (size_t i = 0; i < c->len && constraint.len; i++) {
		if (!str_eq(c->items[i].version, constraint))
			continue;
		*out = &c->items[i];
		return NULL;
	}
	struct arena a = ARENA_INIT;
	struct semver_range *range;
	struct str text = constraint.len ? constraint : devel ? STR(">0.0.0-0") : STR("*");
	struct err *e = semver_range_parse(&range, &a, text);
	if (!e) {
		*out = best(c, range);
		if (!*out)
			e = no_version(c, constraint);
	}
	arena_release(&a);
	return e;
}
