/* SPDX-License-Identifier: Apache-2.0 */
/* The lists a merge fills, the words for what is in them, and line ends. */
#include "merge/internal.h"

#include <string.h>

const char *merge_kind_text(enum merge_kind kind)
{
	switch (kind) {
	case MERGE_TEXT:
		return "both changed these lines";
	case MERGE_BOTH_CHANGED:
		return "both changed";
	case MERGE_BOTH_ADDED:
		return "both added";
	case MERGE_REMOVED_THERE:
		return "removed upstream, edited here";
	case MERGE_REMOVED_HERE:
		return "removed here, edited upstream";
	case MERGE_TYPE_CHANGED:
		return "type changed, edited on the other side";
	case MERGE_BINARY:
		return "both changed a binary file";
	case MERGE_RENAMED:
		return "moved upstream, removed or moved elsewhere here";
	case MERGE_BROKEN:
		return "merged, but the result does not parse";
	}
	return "conflict";
}

const char *merge_rule_name(enum merge_rule rule)
{
	static const char *const names[] = { "mirror", "removed", "rename", "list", "fine", "chart", "bump", "lock",
		"json", "export", "namespace", "docs", "moved" };

	return names[rule];
}

bool merge_rule_on(const struct merge_opts *o, enum merge_rule rule)
{
	return !o || !(o->rules_off & (1u << rule));
}

void merge_conflict_add(
	struct merge_result *r, struct arena *a, struct str file, struct str path, int line, enum merge_kind kind)
{
	vec_push_in(
		a, &r->conflicts, (struct merge_conflict){ .file = file, .path = path, .line = line, .kind = kind });
}

void merge_note_add(struct merge_result *r, struct arena *a, struct str file, struct str path, enum merge_rule rule,
	const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	struct str text = arena_vprintf(a, fmt, args);
	va_end(args);
	vec_push_in(a, &r->notes, (struct merge_note){ .file = file, .path = path, .rule = rule, .text = text });
}

bool merge_is_binary(struct str data)
{
	return memchr(data.len ? data.s : "-", '\0', data.len < 8000 ? data.len : 8000) != NULL;
}

bool merge_has_crlf(struct str text)
{
	ptrdiff_t nl = str_find_char(text, '\n');

	return nl > 0 && text.s[nl - 1] == '\r';
}

struct str merge_to_lf(struct arena *a, struct str text)
{
	if (str_find(text, STR("\r\n")) < 0)
		return text;
	char *out = arena_alloc(a, text.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++)
		if (text.s[i] != '\r' || i + 1 == text.len || text.s[i + 1] != '\n')
			out[n++] = text.s[i];
	out[n] = '\0';
	return (struct str){ out, n };
}

struct str merge_to_crlf(struct arena *a, struct str text)
{
	size_t lines = str_count_char(text, '\n');
	char *out = arena_alloc(a, text.len + lines + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.s[i] == '\n' && (i == 0 || text.s[i - 1] != '\r'))
			out[n++] = '\r';
		out[n++] = text.s[i];
	}
	out[n] = '\0';
	return (struct str){ out, n };
}

int merge_line_of(struct str text, size_t at)
{
	return 1 + (int)str_count_char(str_slice(text, 0, at), '\n');
}
