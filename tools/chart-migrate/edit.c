/* SPDX-License-Identifier: Apache-2.0 */
/* edit: carries out the edits that a plan lists for one file. */
#include "migrate.h"

/*
 * Three kinds: {at, from, to} puts `to` in the place of the bytes `from` at offset `at` of the text as it was planned
 * (offsets ascend); {path, within, from, to} does so inside the scalar under a key, where escapes or folding keep it from
 * being found in the text; {path, to} sets a key. Offsets come first, then keys. What stands there must be what the
 * plan saw. No edit holds more of a value than the name, because values can hold passwords.
 */
static struct err *splice(struct buf *text, struct val edit, const char *file)
{
	size_t at = (size_t)mig_int(edit, "at", 0);
	struct str from = val_get_str(edit, "from");
	if (at > text->len || from.len > text->len - at || !str_eq(str_slice(buf_str(text), at, at + from.len), from))
		return err_new(ERR_CONFLICT, "%s: \"%.*s\" is not where the plan saw it", file, STR_ARG(from));
	buf_splice(text, at, from.len, val_get_str(edit, "to"));
	return NULL;
}

static struct err *set_key(struct buf *out, struct arena *a, struct str text, const char *file, struct val edit)
{
	struct str path = val_get_str(edit, "path");
	if (val_get(edit, "within").kind == VAL_INVALID)
		return yml_set(out, text, file, path, val_get(edit, "to"));
	struct yml_doc doc;
	TRY(yml_doc_parse(&doc, a, text, file));
	const struct yml_node *n = yml_find(&doc, path);
	size_t at = (size_t)mig_int(edit, "within", 0);
	struct str from = val_get_str(edit, "from");
	if (!n || n->kind != YML_SCALAR || !str_eq(str_slice(n->scalar, at, at + from.len), from))
		return err_new(ERR_CONFLICT, "%s: %.*s is not what the plan saw", file, STR_ARG(path));
	struct str head = arena_join(a, str_slice(n->scalar, 0, at), val_get_str(edit, "to"));
	return yml_set(out, text, file, path, val_string(arena_join(a, head, str_skip(n->scalar, at + from.len))));
}

struct err *mig_edit(struct str *out, struct arena *a, struct str text, const char *file, struct val edits)
{
	struct buf now = BUF_INIT, next = BUF_INIT;
	struct err *e = NULL;
	buf_add(&now, text);
	for (size_t i = val_list_len(edits); i-- > 0 && !e;) {
		struct val edit = val_list_at(edits, i);
		if (val_get(edit, "at").kind != VAL_INVALID)
			e = splice(&now, edit, file);
	}
	for (size_t i = val_list_len(edits); i-- > 0 && !e;) {
		struct val edit = val_list_at(edits, i);
		if (val_get(edit, "at").kind != VAL_INVALID)
			continue;
		buf_clear(&next);
		e = set_key(&next, a, buf_str(&now), file, edit);
		struct buf swap = now;
		now = next;
		next = swap;
	}
	*out = arena_str(a, buf_str(&now));
	buf_release(&now);
	buf_release(&next);
	return e;
}
