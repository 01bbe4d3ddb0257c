/* SPDX-License-Identifier: Apache-2.0 */
/* Versions that both sides raised, and what goes along with them. */
#include "merge/pieces.h"

#include "semver/semver.h"

/* The value of an entry beside this one on one side, NULL when there is none. */
static const struct yml_node *beside(const struct merge_kids *kids, const char *id)
{
	const struct merge_kid *k = kids ? map_find(&kids->by_id, str_from(id)) : NULL;

	return k ? k->value : NULL;
}

static struct str text_beside(const struct merge_kids *kids, const char *id)
{
	const struct yml_node *n = beside(kids, id);

	return n && n->kind == YML_SCALAR ? n->scalar : (struct str){ 0 };
}

/* Whether an entry beside this one was changed here. */
static bool changed_beside(struct merge_yaml_run *r, const struct merge_frame *f, const char *id)
{
	return !str_eq(merge_node_canonical(r->arena, &r->base, beside(f->base_kids, id)),
		merge_node_canonical(r->arena, &r->ours, beside(f->our_kids, id)));
}

static struct str image_name(struct str image)
{
	return str_skip(image, (size_t)(str_rfind_char(image, '/') + 1));
}

/* Whether the image was changed to another one here, not just to a mirror of it ("mirror.example.org/x", "mirror/mirrored-x"). */
static bool is_other_image(struct merge_yaml_run *r, const struct merge_frame *f)
{
	static const char *const keys[] = { "repository", "image" };

	if (changed_beside(r, f, "name"))
		return true;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct str b = image_name(text_beside(f->base_kids, keys[i]));
		struct str o = image_name(text_beside(f->our_kids, keys[i]));
		struct str with_dash = arena_printf(r->arena, "-%.*s", STR_ARG(b));
		bool same = str_eq(b, o) || (b.len && str_ends(o, with_dash));
		if (changed_beside(r, f, keys[i]) && !same)
			return true;
	}
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes a run of digits off as a number. */
static uint64_t next_number(struct str *v)
{
	uint64_t n = 0;
	size_t i = 0;

	while (i < v->len && i < 18 && is_digit(v->s[i]))
		n = n * 10 + (uint64_t)(v->s[i++] - '0');
	*v = str_skip(*v, i);
	return n;
}

/*
 * Compares "RELEASE.2020-03-06" with "RELEASE.2020-06-14", "0.10.*" with "0.12.*": the same but for numbers. False when they differ
 * in more.
 */
static bool compare_numbers(int *order, struct str x, struct str y)
{
	bool any = false;

	*order = 0;
	while (x.len && y.len) {
		if (is_digit(x.s[0]) && is_digit(y.s[0])) {
			uint64_t m = next_number(&x);
			uint64_t n = next_number(&y);
			any = true;
			if (*order == 0)
				*order = (m > n) - (m < n);
			continue;
		}
		if (x.s[0] != y.s[0])
			return false;
		x = str_skip(x, 1);
		y = str_skip(y, 1);
	}
	return any && !x.len && !y.len;
}

/* Whether what stands behind the numbers of a version is a usual mark of a version before a release, not a build of somebody's. */
static bool is_known_mark(struct str pre)
{
	static const char *const marks[] = { "alpha", "beta", "rc", "pre", "dev", "snapshot" };
	size_t n = 0;

	while (n < pre.len && !is_digit(pre.s[n]) && pre.s[n] != '.')
		n++;
	struct str rest = str_skip(pre, n);
	while (rest.len && (is_digit(rest.s[0]) || rest.s[0] == '.'))
		rest = str_skip(rest, 1);
	if (rest.len)
		return false;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (str_is(str_slice(pre, 0, n), marks[i]))
			return true;
	return false;
}

static bool read_version(struct semver *v, struct str text)
{
	struct err *e = semver_parse(v, text);
	bool fine = !e;

	err_free(e);
	return fine && !v->meta.len && (!v->pre.len || is_known_mark(v->pre));
}

/* Compares two versions; false when they are of different schemes. */
static bool compare_versions(int *order, struct str x, struct str y)
{
	struct semver a;
	struct semver b;

	if (str_starts(x, STR("v")) != str_starts(y, STR("v")))
		return false;
	if (compare_numbers(order, x, y))
		return true;
	if (!read_version(&a, x) || !read_version(&b, y))
		return false;
	*order = semver_cmp(&a, &b);
	return true;
}

static uint64_t major_of(struct str v)
{
	while (v.len && !is_digit(v.s[0]))
		v = str_skip(v, 1);
	return next_number(&v);
}

/* Whether upstream went to another major version, where it was raised here without: that is no mere bump. */
static bool is_leap(struct str base, struct str ours, struct str theirs)
{
	return major_of(ours) == major_of(base) && major_of(theirs) != major_of(base);
}

/* Which side's version is higher when both raised it: 1 ours, -1 theirs; 0 when that cannot be said. */
static int higher_side(struct str base, struct str ours, struct str theirs)
{
	int by_ours;
	int by_theirs;
	int order;

	if (!compare_versions(&by_ours, ours, base) || !compare_versions(&by_theirs, theirs, base) ||
		!compare_versions(&order, ours, theirs) || by_ours <= 0 || by_theirs <= 0)
		return 0;
	if (is_leap(base, ours, theirs))
		return 0;
	return order > 0 ? 1 : -1;
}

static bool is_one_of(struct str id, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(id, keys[i]))
			return true;
	return false;
}

/* A digest goes with the tag beside it. */
static bool merge_digest(struct buf *out, struct merge_yaml_run *r, const struct merge_trio *k,
	const struct merge_frame *f, struct str path)
{
	static const char *const keys[] = { "digest", "digestChroot", "sha" };
	struct str id = k->ours->id;

	if (!is_one_of(id, keys, sizeof(keys) / sizeof(keys[0])) || !k->ours->value->scalar.len || is_other_image(r, f))
		return false;
	int side = higher_side(
		text_beside(f->base_kids, "tag"), text_beside(f->our_kids, "tag"), text_beside(f->their_kids, "tag"));
	if (!side || !k->theirs->value->scalar.len)
		return false;
	buf_add(out, side > 0 ? k->ours->value->scalar : k->theirs->value->scalar);
	merge_note_add(&r->found, r->arena, r->file, path, MERGE_RULE_BUMP, "goes with the tag that is taken");
	return true;
}

/* "1.8.23-build2" where upstream has come to 1.8.23: a build of one's own of the same version. */
static bool is_own_build(struct str ours, struct str theirs)
{
	struct str more = str_skip(ours, theirs.len);

	return str_starts(ours, theirs) && more.len && (more.s[0] == '-' || more.s[0] == '+');
}

/* Versions of a chart's app are told with or without a "v", as the side likes it that changed that. */
static struct str v_as_here(struct arena *a, struct str theirs, struct str base, struct str ours)
{
	bool here = str_starts(ours, STR("v"));

	if (here == str_starts(base, STR("v")) || here == str_starts(theirs, STR("v")))
		return theirs;
	return here ? arena_join(a, STR("v"), theirs) : str_skip(theirs, 1);
}

bool merge_bump(struct buf *out, struct merge_yaml_run *r, const struct merge_trio *k, const struct merge_frame *f,
	struct str path)
{
	static const char *const keys[] = { "appVersion", "tag", "imageTag", "version" };
	struct str b = k->base->value->scalar;
	struct str o = k->ours->value->scalar;
	struct str t = k->theirs->value->scalar;
	bool app = str_is(path, "appVersion");

	if (!merge_rule_on(r->opts, MERGE_RULE_BUMP))
		return false;
	if (merge_digest(out, r, k, f, path))
		return true;
	if (!is_one_of(k->ours->id, keys, sizeof(keys) / sizeof(keys[0])))
		return false;
	if (!app && is_own_build(o, t) && !is_own_build(o, b)) {
		buf_add(out, o);
		merge_note_add(&r->found, r->arena, r->file, path, MERGE_RULE_BUMP,
			"%.*s here is a build of upstream's %.*s and stays", STR_ARG(o), STR_ARG(t));
		return true;
	}
	if (!app && is_other_image(r, f))
		return false;
	if (app) {
		b = str_trim_prefix(b, STR("v"));
		o = str_trim_prefix(o, STR("v"));
		t = str_trim_prefix(t, STR("v"));
	}
	int side = higher_side(b, o, t);
	if (!side)
		return false;
	t = app ? v_as_here(r->arena, k->theirs->value->scalar, k->base->value->scalar, k->ours->value->scalar) : t;
	o = k->ours->value->scalar;
	buf_add(out, side > 0 ? o : t);
	merge_note_add(&r->found, r->arena, r->file, path, MERGE_RULE_BUMP,
		"raised to %.*s here and to %.*s upstream: the higher one", STR_ARG(o), STR_ARG(t));
	return true;
}

bool merge_local(struct buf *out, struct merge_yaml_run *r, const struct merge_trio *k, const struct merge_frame *f,
	struct str path)
{
	struct str file = str_base_name(r->file);
	bool place = str_is(k->ours->id, "repository");

	if (!merge_rule_on(r->opts, MERGE_RULE_MIRROR) ||
		(!str_is(file, "Chart.yaml") && !str_is(file, "requirements.yaml")) ||
		!str_starts(path, STR("dependencies[")) || (!place && !str_is(k->ours->id, "version")))
		return false;
	if (!str_starts(text_beside(f->our_kids, "repository"), STR("file://")))
		return false;
	buf_add(out, k->ours->value->scalar);
	merge_note_add(&r->found, r->arena, r->file, path, MERGE_RULE_MIRROR,
		"upstream has %.*s; the chart in a folder here stays", STR_ARG(k->theirs->value->scalar));
	return true;
}
