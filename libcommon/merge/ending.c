/* SPDX-License-Identifier: Apache-2.0 */
/* A text whose last line has no newline, where a block scalar stands last: the newline that a merge needs would be part of it. */
#include "merge/pieces.h"

static bool load(struct val *v, struct arena *a, struct yml_doc *d, struct str text)
{
	struct err *e = yml_doc_parse(d, a, text, NULL);
	bool fine = !e && d->nroots == 1 && d->roots[0];

	err_free(e);
	if (fine)
		*v = yml_node_value(a, d, d->roots[0]);
	return fine;
}

static bool means_same(struct arena *a, struct str x, struct str y)
{
	struct yml_doc dx;
	struct yml_doc dy;
	struct val vx;
	struct val vy;

	return load(&vx, a, &dx, x) && load(&vy, a, &dy, y) && str_eq(merge_canonical(a, vx), merge_canonical(a, vy));
}

/* Where the header of the block scalar stands that a text ends with: "|", "|2+"; false when it ends with something else. */
static bool last_header(size_t *from, size_t *to, struct arena *a, struct str text)
{
	struct yml_doc d;
	struct val v;

	if (!load(&v, a, &d, text))
		return false;
	const struct yml_node *n = d.roots[0];
	while (n && n->style != YML_FLOW && n->len && (n->kind == YML_MAP || n->kind == YML_SEQ))
		n = n->kind == YML_MAP ? n->pairs[n->len - 1].value : n->items[n->len - 1].value;
	if (!n || n->kind != YML_SCALAR || (n->style != YML_LITERAL && n->style != YML_FOLDED))
		return false;
	*from = *to = n->from;
	while (*to < text.len && text.s[*to] != ' ' && text.s[*to] != '\n')
		++*to;
	return true;
}

static struct str with_header(struct arena *a, struct str text, size_t from, size_t to, struct str header)
{
	return arena_printf(
		a, "%.*s%.*s%.*s", STR_ARG(str_slice(text, 0, from)), STR_ARG(header), STR_ARG(str_skip(text, to)));
}

bool merge_ending_close(struct str *whole, struct merge_ending *e, struct arena *a, struct str text)
{
	size_t from;
	size_t to;

	*e = (struct merge_ending){ 0 };
	*whole = text;
	if (!text.len || str_ends(text, STR("\n")))
		return true;
	*whole = arena_join(a, text, STR("\n"));
	if (!last_header(&from, &to, a, *whole) || means_same(a, text, *whole))
		return true;
	struct str written = str_slice(text, from, to);
	struct str stripped = arena_printf(a, "%.*s-", STR_ARG(str_trim_end(written, "+-")));
	*whole = with_header(a, *whole, from, to, stripped);
	*e = (struct merge_ending){ written, stripped };
	return means_same(a, text, *whole);
}

struct str merge_ending_open(struct arena *a, struct str text, const struct merge_ending *e, size_t n)
{
	struct str open = str_trim_end(text, "\n");
	size_t from;
	size_t to;

	if (!last_header(&from, &to, a, text))
		return open;
	for (size_t i = 0; i < n; i++) {
		if (!e[i].written.len || !str_eq(str_slice(text, from, to), e[i].stripped))
			continue;
		struct str as_written = with_header(a, open, from, to, e[i].written);
		if (means_same(a, as_written, text))
			return as_written;
	}
	return means_same(a, open, text) ? open : text;
}
