/* SPDX-License-Identifier: Apache-2.0 */
/* html: text that becomes a part of an HTML page. */
#pragma once

#include "base/buf.h"

/*
 * Adds text so that it is text in HTML, between tags and inside of a quoted attribute: & < > " ' become references, bytes that
 * are not UTF-8 and control characters but for tab and line feed become U+FFFD. Carriage returns are left out.
 */
void html_add(struct buf *out, struct str text);
/*
 * Adds JSON text so that it can stand in a script element: < > & and the separators U+2028 and U+2029 become \u escapes, which mean
 * the same inside of strings, and outside of strings valid JSON has none of them.
 */
void html_add_json(struct buf *out, struct str json);
