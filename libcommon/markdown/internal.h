/* SPDX-License-Identifier: Apache-2.0 */
/* internal: what the files of markdown/ share; cmark shows only here. */
#pragma once

#include "base/vec.h"
#include "markdown/markdown.h"

#include <cmark.h>

/* cmark, opened on first use. */
struct markdown_lib {
	__typeof__(cmark_parse_document) *parse;
	__typeof__(cmark_consolidate_text_nodes) *consolidate;
	__typeof__(cmark_node_free) *free;
	__typeof__(cmark_iter_new) *iter_new;
	__typeof__(cmark_iter_free) *iter_free;
	__typeof__(cmark_iter_next) *iter_next;
	__typeof__(cmark_iter_reset) *iter_reset;
	__typeof__(cmark_iter_get_node) *iter_node;
	__typeof__(cmark_node_parent) *parent;
	__typeof__(cmark_node_first_child) *first_child;
	__typeof__(cmark_node_get_type) *type;
	__typeof__(cmark_node_get_literal) *literal;
	__typeof__(cmark_node_get_heading_level) *heading_level;
	__typeof__(cmark_node_get_list_type) *list_type;
	__typeof__(cmark_node_get_list_start) *list_start;
	__typeof__(cmark_node_get_list_tight) *list_tight;
	__typeof__(cmark_node_get_url) *url;
	__typeof__(cmark_node_get_title) *title;
	__typeof__(cmark_node_get_start_line) *start_line;
	__typeof__(cmark_node_get_end_line) *end_line;
};
extern struct markdown_lib markdown_lib;

/* Writes the nodes of one document. */
struct markdown_writer {
	struct buf *out;
	const struct markdown_opts *opts;
	struct arena *a;
	struct str_vec lines; /* of the text */
	struct map *slugs;    /* of headings so far -> how often */
	int depth;            /* of tags, those that are left out too */
	int links;            /* links and images around the node */
	int open_link;        /* the one of them whose tag was written, from 1; 0: none */
	size_t skip;          /* bytes of text to leave out */
	size_t limit;         /* length of `out` at which writing ends */
};

/* Writes one piece of text, which is no block, as Markdown. */
void markdown_write_inline(struct markdown_writer *w, struct str text);
/* Writes text in which bare URLs are links. */
void markdown_write_text(struct markdown_writer *w, struct str text);
/* Writes the beginning of a link when it leads somewhere that is allowed; false: nothing was written. */
bool markdown_write_link(struct markdown_writer *w, struct str url, struct str title);
/* Adds what is text in a piece of raw HTML. */
void markdown_text_of_html(struct buf *out, struct str html);
/* Writes a paragraph as a table if it is one. */
bool markdown_write_table(struct markdown_writer *w, const cmark_node *paragraph);
/* Adds the anchor that GitHub gives a heading of this text. */
void markdown_slug(struct buf *out, struct str heading);
