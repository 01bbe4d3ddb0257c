/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/edit.h"

#include "yaml/emit.h"

#include <string.h>

/* Looks at the first collections below a node; what was found already stays. */
static void look(const struct yml_node *n, struct yml_manner *m)
{
	if (n->style == YML_FLOW || (m->step && m->inset >= 0))
		return;
	for (size_t i = 0; i < n->len; i++) {
		const struct yml_node *child = n->kind == YML_SEQ ? n->items[i].value : n->pairs[i].value;
		if (n->kind == YML_MAP && yml_is_block(child) && child->len && child->line > n->pairs[i].key->line) {
			int key = n->pairs[i].key->column;
			if (child->kind == YML_MAP && !m->step)
				m->step = child->pairs[0].key->column - key;
			if (child->kind == YML_SEQ && m->inset < 0)
				m->inset = child->column - key;
		}
		if (child->kind == YML_MAP || child->kind == YML_SEQ)
			look(child, m);
	}
}

struct yml_manner yml_manner_of(const struct yml_doc *doc)
{
	struct yml_manner m = { .step = 0, .inset = -1 };
	for (size_t i = 0; i < doc->nroots; i++)
		if (doc->roots[i] && (doc->roots[i]->kind == YML_MAP || doc->roots[i]->kind == YML_SEQ))
			look(doc->roots[i], &m);
	if (m.step < 1 || m.step > 8)
		m.step = 2;
	if (m.inset < 0 || m.inset > 8)
		m.inset = 2;
	ptrdiff_t lf = str_find_char(doc->text, '\n');
	m.crlf = lf > 0 && doc->text.s[lf - 1] == '\r';
	return m;
}

bool yml_wants_lines(struct val v)
{
	return (v.kind == VAL_MAP && val_map_len(v)) || (v.kind == VAL_LIST && val_list_len(v));
}

static bool has_lines(struct val v)
{
	return v.kind == VAL_STRING && v.len && memchr(v.s, '\n', v.len);
}

void yml_add_scalar_like(struct buf *out, struct val v, const struct yml_node *like, bool flow)
{
	struct yml_analysis an;
	if (v.kind != VAL_STRING || !like || like->kind != YML_SCALAR ||
		(like->style != YML_SINGLE && like->style != YML_DOUBLE)) {
		yml_write_flow(out, v, flow);
		return;
	}
	yml_analyze(&an, val_str(v), true);
	yml_write_quoted(out, val_str(v), like->style == YML_SINGLE && an.single && !an.multiline);
}

/* A block scalar or collection, which the writer sets out in lines. */
static struct err *add_lines(struct buf *out, const struct yml_manner *m, struct val v, int indent, bool in_map)
{
	struct arena scratch = ARENA_INIT;
	struct yml_writer w = {
		.out = out,
		.scratch = &scratch,
		.column = indent + 2,
		.indent = indent,
		.width = INT32_MAX,
		.v3 = true,
		.edit = true,
		.step = m->step,
		.inset = m->inset,
		/* Behind a dash a collection begins on the same line. */
		.indention = !in_map,
	};
	if (!in_map)
		w.column = indent + 1;
	struct err *e = yml_write_edit(&w, v, in_map);
	arena_release(&scratch);
	/* The line break of the last line is there already. */
	if (out->len && out->data[out->len - 1] == '\n')
		buf_cut(out, out->len - 1);
	return e;
}

struct err *yml_add_value(
	struct buf *out, const struct yml_manner *m, struct val v, int indent, bool in_map, const struct yml_node *like)
{
	if (yml_wants_lines(v) || has_lines(v)) {
		bool quoted = like && like->kind == YML_SCALAR && like->style == YML_DOUBLE;
		if (!quoted || yml_wants_lines(v))
			return add_lines(out, m, v, indent, in_map);
	}
	buf_putc(out, ' ');
	yml_add_scalar_like(out, v, like, false);
	return NULL;
}

struct err *yml_add_entry(struct buf *out, const struct yml_manner *m, struct str key, struct val v, int indent)
{
	buf_fill(out, ' ', (size_t)indent);
	yml_write_inline(out, key, false);
	buf_putc(out, ':');
	return yml_add_value(out, m, v, indent, true, NULL);
}
