/* SPDX-License-Identifier: Apache-2.0 */
/* Versions: objects of Go's types *semver.Version and semver.Version, with their methods. */
#include "funcs/internal.h"

#include "semver/semver.h"

static const struct val_class pointer_class, value_class;

static const struct semver *version_of(struct val v)
{
	return v.object->data;
}

static void print(struct buf *out, const struct val_object *o, bool plus)
{
	(void)plus;
	semver_format(out, o->data);
}

static struct val format(struct arena *a, const struct semver *v)
{
	struct buf b = BUF_INIT;
	semver_format(&b, v);
	return fn_take(a, &b);
}

static struct val plain(struct arena *a, const struct val_object *o)
{
	return format(a, o->data);
}

#define METHOD(name) \
	static struct err *name(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)

METHOD(major)
{
	(void)a, (void)args, (void)nargs;
	*out = val_uint(version_of(self)->major);
	return NULL;
}

METHOD(minor)
{
	(void)a, (void)args, (void)nargs;
	*out = val_uint(version_of(self)->minor);
	return NULL;
}

METHOD(patch)
{
	(void)a, (void)args, (void)nargs;
	*out = val_uint(version_of(self)->patch);
	return NULL;
}

METHOD(prerelease)
{
	(void)a, (void)args, (void)nargs;
	*out = val_string(version_of(self)->pre);
	return NULL;
}

METHOD(metadata)
{
	(void)a, (void)args, (void)nargs;
	*out = val_string(version_of(self)->meta);
	return NULL;
}

METHOD(original)
{
	(void)a, (void)args, (void)nargs;
	*out = val_string(version_of(self)->original);
	return NULL;
}

METHOD(string)
{
	(void)args, (void)nargs;
	*out = format(a, version_of(self));
	return NULL;
}

METHOD(marshal_text)
{
	(void)args, (void)nargs;
	*out = val_bytes(val_str(format(a, version_of(self))));
	return NULL;
}

METHOD(marshal_json)
{
	(void)args, (void)nargs;
	struct val text = format(a, version_of(self));
	*out = val_bytes(arena_printf(a, "\"%.*s\"", STR_ARG(val_str(text))));
	return NULL;
}

/* A copy of `v` with Go's idea of its original text. */
static struct val derived(struct arena *a, const struct semver *from, struct semver v)
{
	struct semver *copy = ARENA_NEW(a, struct semver);
	struct str text = val_str(format(a, &v));
	v.original = str_starts(from->original, STR("v")) ? arena_join(a, STR("v"), text) : text;
	*copy = v;
	return val_object(a, &value_class, copy);
}

enum part { MAJOR, MINOR, PATCH };

static struct err *increment(struct val *out, struct arena *a, const struct semver *from, enum part part)
{
	static const char *const names[] = { "major", "minor", "patch" };
	struct semver v = *from;
	uint64_t *number = part == MAJOR ? &v.major : part == MINOR ? &v.minor : &v.patch;
	if (part != PATCH || !v.pre.len) {
		if (*number == UINT64_MAX)
			return fn_fail("%s version increment would overflow uint64", names[part]);
		++*number;
	}
	if (part == MAJOR)
		v.minor = 0;
	if (part != PATCH)
		v.patch = 0;
	v.pre = v.meta = STR("");
	*out = derived(a, from, v);
	return NULL;
}

METHOD(inc_major)
{
	(void)args, (void)nargs;
	return increment(out, a, version_of(self), MAJOR);
}

METHOD(inc_minor)
{
	(void)args, (void)nargs;
	return increment(out, a, version_of(self), MINOR);
}

METHOD(inc_patch)
{
	(void)args, (void)nargs;
	return increment(out, a, version_of(self), PATCH);
}

/* Checks "rc.1": parts of letters, digits and hyphens; numbers without leading zero when `numbers`. */
static struct err *check_parts(struct str text, bool numbers, const char *what)
{
	for (struct str rest = text; rest.s;) {
		struct str part = str_cut(&rest, '.');
		bool digits = true, ok = part.len > 0;
		for (size_t i = 0; i < part.len; i++) {
			char ch = part.s[i];
			bool digit = ch >= '0' && ch <= '9';
			digits &= digit;
			ok &= digit || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '-';
		}
		if (!ok)
			return fn_fail("invalid %s string", what);
		if (numbers && digits && part.len > 1 && part.s[0] == '0')
			return fn_fail("version segment starts with 0");
	}
	return NULL;
}

METHOD(set_prerelease)
{
	(void)nargs;
	struct semver v = *version_of(self);
	v.pre = val_str(args[0]);
	if (v.pre.len)
		TRY(check_parts(v.pre, true, "prerelease"));
	*out = derived(a, version_of(self), v);
	return NULL;
}

METHOD(set_metadata)
{
	(void)nargs;
	struct semver v = *version_of(self);
	v.meta = val_str(args[0]);
	if (v.meta.len)
		TRY(check_parts(v.meta, false, "metadata"));
	*out = derived(a, version_of(self), v);
	return NULL;
}

/* Compares with an argument, which may be a nil pointer. */
static struct err *compare_with(int *cmp, struct val self, struct val other)
{
	if (val_is_null(other))
		return fn_nil_panic();
	*cmp = semver_cmp(version_of(self), version_of(other));
	return NULL;
}

METHOD(compare)
{
	(void)a, (void)nargs;
	int cmp;
	TRY(compare_with(&cmp, self, args[0]));
	*out = val_int(cmp < 0 ? -1 : cmp > 0);
	return NULL;
}

METHOD(equal)
{
	(void)a, (void)nargs;
	int cmp;
	TRY(compare_with(&cmp, self, args[0]));
	*out = val_bool(cmp == 0);
	return NULL;
}

METHOD(less_than)
{
	(void)a, (void)nargs;
	int cmp;
	TRY(compare_with(&cmp, self, args[0]));
	*out = val_bool(cmp < 0);
	return NULL;
}

METHOD(less_than_equal)
{
	(void)a, (void)nargs;
	int cmp;
	TRY(compare_with(&cmp, self, args[0]));
	*out = val_bool(cmp <= 0);
	return NULL;
}

METHOD(greater_than)
{
	(void)a, (void)nargs;
	int cmp;
	TRY(compare_with(&cmp, self, args[0]));
	*out = val_bool(cmp > 0);
	return NULL;
}

METHOD(greater_than_equal)
{
	(void)a, (void)nargs;
	int cmp;
	TRY(compare_with(&cmp, self, args[0]));
	*out = val_bool(cmp >= 0);
	return NULL;
}

/* The first ones have value receivers in Go: a semver.Version has those alone, a pointer all of them. */
static const struct val_method methods[] = {
	{ "IncMajor", "", inc_major },
	{ "IncMinor", "", inc_minor },
	{ "IncPatch", "", inc_patch },
	{ "Major", "", major },
	{ "MarshalJSON", "", marshal_json },
	{ "MarshalText", "", marshal_text },
	{ "Metadata", "", metadata },
	{ "Minor", "", minor },
	{ "Patch", "", patch },
	{ "Prerelease", "", prerelease },
	{ "SetMetadata", "s", set_metadata },
	{ "SetPrerelease", "s", set_prerelease },
	{ "String", "", string },
	{ "Value", "", string },
	{ "Compare", "V", compare },
	{ "Equal", "V", equal },
	{ "GreaterThan", "V", greater_than },
	{ "GreaterThanEqual", "V", greater_than_equal },
	{ "LessThan", "V", less_than },
	{ "LessThanEqual", "V", less_than_equal },
	{ "Original", "", original },
};
#define VALUE_METHODS 14

static bool same(const struct val_object *x, const struct val_object *y)
{
	const struct semver *v = x->data, *w = y->data;
	return v->major == w->major && v->minor == w->minor && v->patch == w->patch && str_eq(v->pre, w->pre) &&
	       str_eq(v->meta, w->meta) && str_eq(v->original, w->original);
}

static const struct val_class pointer_class = {
	.name = "*semver.Version",
	.kind = "ptr",
	.stringer = true,
	.methods = methods,
	.nmethods = sizeof(methods) / sizeof(methods[0]),
	.print = print,
	.plain = plain,
	.equal = same,
};

static const struct val_class value_class = {
	.name = "semver.Version",
	.kind = "struct",
	.stringer = true,
	.methods = methods,
	.nmethods = VALUE_METHODS,
	.print = print,
	.plain = plain,
	.equal = same,
};

struct err *fn_semver(struct val *out, struct tmpl_call *c)
{
	struct semver *v = ARENA_NEW(c->arena, struct semver);
	TRY(semver_parse(v, fn_arg(c, 0)));
	*out = val_object(c->arena, &pointer_class, v);
	return NULL;
}

struct err *fn_semver_compare(struct val *out, struct tmpl_call *c)
{
	struct semver_range *range;
	struct semver v;
	TRY(semver_range_parse(&range, c->arena, fn_arg(c, 0)));
	TRY(semver_parse(&v, fn_arg(c, 1)));
	*out = val_bool(semver_range_has(range, &v));
	return NULL;
}
