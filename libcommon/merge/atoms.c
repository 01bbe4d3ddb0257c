/* SPDX-License-Identifier: Apache-2.0 */
/* Merging YAML values that are taken whole: scalars, block scalars by line, and what cannot be taken apart. */
#include "merge/pieces.h"

#include <string.h>

/* An entry on one line: what stands before its value, the value as written, what stands behind. */
struct written {
	struct str before, value, behind;
};

static struct written take_apart(const struct merge_doc *d, const struct merge_kid *k)
{
	const struct yml_node *v = k->value;
	size_t from = v->start;
	size_t to = v->to;

	if (to <= from || from < k->from || to > k->end) {
		/* An empty value: it would stand right behind the colon or dash. */
		from = k->key ? k->key->to : k->from + 1;
		while (k->key && from < k->end && d->text.s[from] != ':')
			from++;
		if (k->key && from < k->end)
			from++;
		to = from;
	}
	return (struct written){ str_slice(d->text, k->from, from), str_slice(d->text, from, to),
		str_slice(d->text, to, k->end) };
}

static bool is_block(const struct yml_node *n)
{
	if (n->kind == YML_SCALAR)
		return n->style == YML_LITERAL || n->style == YML_FOLDED;
	return (n->kind == YML_MAP || n->kind == YML_SEQ) && n->style != YML_FLOW && n->len;
}

static void add_value(struct buf *out, struct str before, struct str value, struct str behind)
{
	buf_add(out, str_trim_end(before, " "));
	if (value.len) {
		size_t trimmed = str_trim_end(before, " ").len;
		if (trimmed < before.len)
			buf_add(out, str_skip(before, trimmed));
		else
			buf_putc(out, ' ');
		buf_add(out, value);
	}
	buf_add(out, behind);
}

static struct str keep(struct merge_yaml_run *r, struct buf *b)
{
	struct str s = arena_str(r->arena, buf_str(b));

	buf_release(b);
	return s;
}

/* A comment that was added here to the line of a value which upstream replaces by a block moves to the block's first line. */
static struct str with_comment(struct merge_yaml_run *r, struct str entry, struct str comment)
{
	size_t end = merge_line_end(entry, 0);
	struct str line = str_trim_end(str_slice(entry, 0, end), "\n");

	if (!comment.len || str_has(line, STR(" #")))
		return entry;
	return arena_printf(
		r->arena, "%.*s %.*s\n%.*s", STR_ARG(line), STR_ARG(comment), STR_ARG(str_skip(entry, end)));
}

/* Ours' entry with theirs' value, and the comment behind it merged. */
static struct str put_theirs(struct merge_yaml_run *r, const struct merge_trio *k, const struct merge_frame *f)
{
	struct written o = take_apart(&r->ours, k->ours);
	struct written t = take_apart(&r->theirs, k->theirs);
	struct written b = k->base ? take_apart(&r->base, k->base) : t;
	bool comment_is_ours = !str_eq(str_trim(o.behind), str_trim(b.behind));

	if (is_block(k->theirs->value) || is_block(k->ours->value)) {
		struct str whole = merge_entry_text(r, &r->theirs, k->theirs, f->theirs, f->column);
		bool local = comment_is_ours && !is_block(k->ours->value);
		return local ? with_comment(r, whole, str_trim(o.behind)) : whole;
	}
	struct buf out = BUF_INIT;
	add_value(&out, o.before, merge_shift(r->arena, t.value, f->column - f->theirs),
		comment_is_ours || f->flow ? o.behind : t.behind);
	return keep(r, &out);
}

/* Ours' entry, with the comment behind it taken from theirs when only they changed it. */
static struct str put_ours(struct merge_yaml_run *r, const struct merge_trio *k, const struct merge_frame *f)
{
	struct str whole = merge_entry_text(r, &r->ours, k->ours, f->ours, f->column);

	if (!k->base || f->flow || is_block(k->ours->value) || is_block(k->theirs->value) || is_block(k->base->value))
		return whole;
	struct written o = take_apart(&r->ours, k->ours);
	struct written t = take_apart(&r->theirs, k->theirs);
	struct written b = take_apart(&r->base, k->base);
	if (!str_eq(str_trim(o.behind), str_trim(b.behind)))
		return whole;
	struct buf out = BUF_INIT;
	add_value(&out, o.before, o.value, t.behind);
	return keep(r, &out);
}

/* The lines of a block scalar without their indentation; false when it has an indicator that forbids that. */
static bool scalar_lines(struct str *head, struct str *lines, int *indent, struct merge_yaml_run *r,
	const struct merge_doc *d, const struct merge_kid *k)
{
	if (k->value->kind != YML_SCALAR || !is_block(k->value))
		return false;
	size_t end = merge_line_end(d->text, k->value->from);
	struct str sign = str_slice(d->text, k->value->from, end);
	for (size_t i = 0; i < sign.len && sign.s[i] != '#'; i++)
		if (sign.s[i] >= '0' && sign.s[i] <= '9')
			return false;
	*head = str_slice(d->text, k->from, end);
	*indent = 0;
	struct str content = str_slice(d->text, end, k->end);
	for (size_t at = 0; at < content.len; at = merge_line_end(content, at)) {
		struct str line = str_slice(content, at, merge_line_end(content, at));
		if (!str_trim(line).len)
			continue;
		while ((size_t)*indent < line.len && line.s[*indent] == ' ')
			++*indent;
		break;
	}
	/* merge_shift() leaves the first line alone, so one is put in front. */
	struct str framed = arena_join(r->arena, STR("\n"), content);
	*lines = str_skip(merge_shift(r->arena, framed, -*indent), 1);
	return true;
}

static void add_indented(struct buf *out, struct merge_yaml_run *r, struct str lines, int indent)
{
	for (size_t at = 0; at < lines.len;) {
		size_t next = merge_line_end(lines, at);
		buf_add(out, merge_shift_line(r->arena, str_slice(lines, at, next), indent));
		at = next;
	}
}

static struct str indented(struct merge_yaml_run *r, struct str lines, int indent)
{
	struct buf b = BUF_INIT;

	add_indented(&b, r, lines, indent);
	return keep(r, &b);
}

/* Block scalars merge by line; false when one of the three is none. */
static bool merge_block_scalars(struct str *text, struct merge_yaml_run *r, const struct merge_trio *k,
	const struct merge_frame *f, struct str path)
{
	struct str head[3];
	struct str lines[3];
	int indent[3];
	struct merge_chunks chunks;

	if (!k->base || f->flow || !scalar_lines(&head[0], &lines[0], &indent[0], r, &r->base, k->base) ||
		!scalar_lines(&head[1], &lines[1], &indent[1], r, &r->ours, k->ours) ||
		!scalar_lines(&head[2], &lines[2], &indent[2], r, &r->theirs, k->theirs))
		return false;
	merge_chunks3(&chunks, r->arena, lines[0], lines[1], lines[2],
		merge_rule_on(r->opts, MERGE_RULE_FINE) ? MERGE_FINE : MERGE_LINES);
	struct str first = head[1];
	if (!merge_choose(&first, head[0], head[1], head[2]))
		first = head[1];
	struct buf out = BUF_INIT;
	buf_add(&out, first);
	int in = indent[1] ? indent[1] : f->column + 2;
	for (size_t i = 0; i < chunks.len; i++) {
		const struct merge_chunk *c = &chunks.items[i];
		if (c->side != MERGE_SIDE_CONFLICT) {
			add_indented(&out, r, c->merged, in);
			continue;
		}
		struct merge_opts o = merge_marker_opts(r, ++r->markers);
		merge_conflict_add(&r->found, r->arena, r->file, path, r->markers, MERGE_BOTH_CHANGED);
		merge_add_conflict(
			&out, indented(r, c->base, in), indented(r, c->ours, in), indented(r, c->theirs, in), &o);
	}
	*text = keep(r, &out);
	return true;
}

/* "registry/a/b" and "image:tag" of an image name. */
static void split_image(struct str image, struct str *where, struct str *what)
{
	ptrdiff_t slash = str_rfind_char(image, '/');

	*where = str_slice(image, 0, (size_t)(slash + 1));
	*what = str_skip(image, (size_t)(slash + 1));
}

static bool is_digest(struct str id)
{
	return str_is(id, "digest") || str_is(id, "sha") || str_is(id, "digestChroot");
}

/*
 * A mirror that was set here stays while upstream's image and tag come in: the place of an image (registry and folders)
 * and what it is called there are merged apart. Only for keys that hold images, and only where that settles it.
 */
static bool merge_image(struct buf *out, struct merge_yaml_run *r, const struct merge_trio *k, struct str path)
{
	struct str id = k->ours->id;
	struct str v[3] = { k->base->value->scalar, k->ours->value->scalar, k->theirs->value->scalar };
	struct str where[3];
	struct str what[3];

	if (!merge_rule_on(r->opts, MERGE_RULE_MIRROR))
		return false;
	if (str_is(id, "registry") || str_is(id, "imageRegistry") || (is_digest(id) && !v[1].len)) {
		buf_add(out, v[1]);
	} else if (str_is(id, "repository") || str_is(id, "image")) {
		for (int i = 0; i < 3; i++)
			split_image(v[i], &where[i], &what[i]);
		struct str name;
		/* Upstream's own move to another place is news that a person must see. */
		bool only_ours_moved = !str_eq(where[0], where[1]) && str_eq(where[0], where[2]);
		if (!only_ours_moved || !merge_choose(&name, what[0], what[1], what[2]))
			return false;
		buf_add(out, where[1]);
		buf_add(out, name);
	} else {
		return false;
	}
	merge_note_add(&r->found, r->arena, r->file, path, MERGE_RULE_MIRROR,
		is_digest(id) ? "upstream pins %.*s; no digest is pinned here"
			      : "upstream has %.*s; the registry set here stays",
		STR_ARG(v[2]));
	return true;
}

/* "4.10.0-infra.1" over 4.10.0 carries its suffix on to the new version; any other local version or name stays. */
static bool merge_chart_field(struct buf *out, struct merge_yaml_run *r, const struct merge_trio *k, struct str path)
{
	struct str base = k->base->value->scalar;
	struct str ours = k->ours->value->scalar;
	struct str theirs = k->theirs->value->scalar;

	if (!str_is(str_base_name(r->file), "Chart.yaml") || !merge_rule_on(r->opts, MERGE_RULE_CHART))
		return false;
	if (!str_is(path, "version") && !str_is(path, "name"))
		return false;
	struct str suffix = str_skip(ours, base.len);
	bool scheme = str_is(path, "version") && str_starts(ours, base) && suffix.len &&
		      (suffix.s[0] == '-' || suffix.s[0] == '+');
	buf_add(out, scheme ? theirs : ours);
	if (scheme)
		buf_add(out, suffix);
	merge_note_add(&r->found, r->arena, r->file, path, MERGE_RULE_CHART,
		scheme ? "upstream's %.*s with the local suffix" : "upstream has %.*s; the one set here stays",
		STR_ARG(theirs));
	return true;
}

/* Ours' entry with another text in the place of its scalar, quotes kept; false when that cannot be done. */
static bool put_scalar(struct str *text, struct merge_yaml_run *r, const struct merge_trio *k, struct str scalar)
{
	struct written o = take_apart(&r->ours, k->ours);

	if (str_eq(scalar, k->ours->value->scalar)) {
		*text = str_slice(r->ours.text, k->ours->from, k->ours->end);
		return true;
	}

	ptrdiff_t at = str_find(o.value, k->ours->value->scalar);

	if (at < 0 || !k->ours->value->scalar.len)
		return false;
	struct buf out = BUF_INIT;
	buf_add(&out, o.before);
	buf_add(&out, str_slice(o.value, 0, (size_t)at));
	buf_add(&out, scalar);
	buf_add(&out, str_skip(o.value, (size_t)at + k->ours->value->scalar.len));
	buf_add(&out, o.behind);
	*text = keep(r, &out);
	return true;
}

/* A local name or version that is not even a scalar ("[[ .Version ]]", filled in by some tool) stays too. */
static bool keep_chart_field(struct str *text, struct merge_yaml_run *r, const struct merge_trio *k,
	const struct merge_frame *f, struct str path)
{
	if (!str_is(str_base_name(r->file), "Chart.yaml") || !merge_rule_on(r->opts, MERGE_RULE_CHART) ||
		(!str_is(path, "version") && !str_is(path, "name")) || k->ours->value->kind == YML_SCALAR)
		return false;
	merge_note_add(&r->found, r->arena, r->file, path, MERGE_RULE_CHART, "the one set here stays");
	*text = merge_entry_text(r, &r->ours, k->ours, f->ours, f->column);
	return true;
}

static bool merge_by_rule(struct str *text, struct merge_yaml_run *r, const struct merge_trio *k,
	const struct merge_frame *f, struct str path)
{
	struct buf scalar = BUF_INIT;

	if (keep_chart_field(text, r, k, f, path))
		return true;

	if (!k->base || k->base->value->kind != YML_SCALAR || k->ours->value->kind != YML_SCALAR ||
		k->theirs->value->kind != YML_SCALAR || is_block(k->ours->value))
		return false;
	size_t notes = r->found.notes.len;
	bool ruled = (merge_chart_field(&scalar, r, k, path) || merge_image(&scalar, r, k, path) ||
			     merge_bump(&scalar, r, k, f, path) || merge_local(&scalar, r, k, f, path)) &&
		     put_scalar(text, r, k, buf_str(&scalar));
	if (!ruled)
		r->found.notes.len = notes;
	buf_release(&scalar);
	return ruled;
}

static bool null_scalar(const struct yml_node *n)
{
	return n->kind == YML_SCALAR && n->style == YML_PLAIN && !n->scalar.len;
}

/* What a version of the chart changed: upstream tells of the version that comes in, ours of one that goes. */
static bool is_change_list(const struct merge_yaml_run *r, const struct merge_trio *k, struct str path)
{
	return merge_rule_on(r->opts, MERGE_RULE_CHART) && str_is(str_base_name(r->file), "Chart.yaml") &&
	       str_is(path, "annotations.artifacthub\\.io/changes") && k->base && k->ours->value->kind == YML_SCALAR &&
	       k->theirs->value->kind == YML_SCALAR;
}

static enum merge_kind kind_of(const struct merge_trio *k)
{
	if (!k->base)
		return MERGE_BOTH_ADDED;
	const struct yml_node *b = k->base->value;
	bool changed = b->kind != k->ours->value->kind || b->kind != k->theirs->value->kind;
	return changed && !null_scalar(b) ? MERGE_TYPE_CHANGED : MERGE_BOTH_CHANGED;
}

enum merge_outcome merge_atoms(struct str *text, struct merge_yaml_run *r, const struct merge_trio *k,
	const struct merge_frame *f, struct str path)
{
	struct str b = merge_node_canonical(r->arena, &r->base, k->base ? k->base->value : NULL);
	struct str o = merge_node_canonical(r->arena, &r->ours, k->ours->value);
	struct str t = merge_node_canonical(r->arena, &r->theirs, k->theirs->value);

	if (str_eq(t, b) || str_eq(o, t)) {
		*text = put_ours(r, k, f);
		return MERGE_BODY;
	}
	if (str_eq(o, b)) {
		*text = put_theirs(r, k, f);
		return MERGE_BODY;
	}
	if (is_change_list(r, k, path)) {
		merge_note_add(
			&r->found, r->arena, r->file, path, MERGE_RULE_CHART, "upstream's list of changes is taken");
		*text = put_theirs(r, k, f);
		return MERGE_BODY;
	}
	if (merge_block_scalars(text, r, k, f, path) || merge_by_rule(text, r, k, f, path))
		return MERGE_BODY;
	return merge_entry_conflict(text, r, k, f, path, kind_of(k));
}
