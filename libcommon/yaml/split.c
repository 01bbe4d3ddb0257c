/* SPDX-License-Identifier: Apache-2.0 */
/* Cutting a file of several documents, as Kubernetes' reader does for Helm 4. */
#include "base/utf8.h"
#include "yaml/yaml.h"

/* One line without its end, CR dropped. */
static struct str next_line(struct str *rest)
{
	struct str line = str_cut(rest, '\n');
	if (line.len && line.s[line.len - 1] == '\r' && rest->s)
		line.len--;
	return line;
}

struct err *yml_split_docs(struct str_vec *docs, struct arena *a, struct str text)
{
	struct buf doc = BUF_INIT;
	struct err *e = NULL;
	while (text.len && !e) {
		struct str line = next_line(&text);
		if (str_starts(line, STR("---"))) {
			struct str tail = utf8_trim(str_skip(line, 3));
			if (tail.len && tail.s[0] != '#') {
				e = err_new(ERR_INPUT, "invalid Yaml document separator: %.*s", STR_ARG(tail));
				break;
			}
			if (doc.len) {
				vec_push_in(a, docs, arena_str(a, buf_str(&doc)));
				buf_clear(&doc);
				continue;
			}
		}
		buf_add(&doc, line);
		buf_putc(&doc, '\n');
	}
	if (doc.len && !e)
		vec_push_in(a, docs, arena_str(a, buf_str(&doc)));
	buf_release(&doc);
	return e;
}
