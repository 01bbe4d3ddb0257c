/* SPDX-License-Identifier: Apache-2.0 */
/* markdown: a README from anybody as HTML that is safe in any page. Needs libcmark. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * cmark parses; the HTML is written here, node by node, out of a fixed set of tags:
 *
 *	p h1-h6 ul ol li blockquote pre code em strong a br hr table thead tbody tr th td div
 *
 * The only attributes are href, rel and title of links, id of headings, class (fixed words), start of lists and tabindex. Links lead to
 * http, https and mailto only, or to a heading of the same text. Nothing is ever loaded: an image is a link to it under its
 * alternative text. Of raw HTML the tags are dropped and the text between them is kept as text, but for comments, scripts and styles;
 * <br> is kept. Tables are read as GitHub reads them, which cmark does not; bare URLs are links.
 */
struct markdown_opts {
	struct str prefix; /* what ids begin with, so that they meet no others of the page: "r3-" */
	int shift;         /* headings become that much smaller: 1 makes h2 of h1 */
};

/* Texts above this, those with too many brackets and those whose HTML would be out of all proportion are shown as they are, cut at this. */
#define MARKDOWN_MAX ((size_t)256 << 10)

/* Adds the HTML of a text. ERR_NOT_FOUND when libcmark is not installed. */
struct err *markdown_html(struct buf *out, struct str text, const struct markdown_opts *o) ERR_MUST;
