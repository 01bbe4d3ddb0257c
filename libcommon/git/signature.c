/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures in tags and commits.
 *
 *	object ID          tree ID
 *	type commit        author ...
 *	tag NAME           gpgsig -----BEGIN PGP SIGNATURE-----
 *	tagger ...          LINE (a blank in front of each)
 *	                    -----END PGP SIGNATURE-----
 *	MESSAGE
 *	-----BEGIN ...     MESSAGE
 *
 * What was signed is all of a tag up to the signature, and all of a commit but the field.
 */
#include "git/lib.h"

#include <string.h>

#define ARMOUR "-----BEGIN PGP SIGNATURE-----\n"

/* The value of a field among the lines before the message; empty: none. */
static struct str field(struct str bytes, const char *name)
{
	for (struct str rest = bytes; rest.s;) {
		struct str line = str_cut(&rest, '\n');
		if (!line.len)
			break;
		struct str word = str_cut(&line, ' ');
		if (str_is(word, name))
			return line;
	}
	return (struct str){ 0 };
}

static void split_tag(struct vcs_signed *out, struct arena *a, struct str bytes)
{
	ptrdiff_t at = str_find(bytes, STR("\n" ARMOUR));
	struct str type = field(bytes, "type");

	out->text = arena_str(a, at < 0 ? bytes : str_slice(bytes, 0, (size_t)at + 1));
	out->signature = at < 0 ? (struct str){ 0 } : arena_str(a, str_skip(bytes, (size_t)at + 1));
	out->name = arena_str(a, field(out->text, "tag"));
	if (str_is(type, "commit"))
		out->target = arena_str(a, field(out->text, "object"));
}

static void split_commit(struct vcs_signed *out, struct arena *a, struct str bytes)
{
	struct buf text = BUF_INIT;
	struct buf signature = BUF_INIT;
	bool in_field = false;
	bool in_message = false;

	for (struct str rest = bytes; rest.s && rest.len;) {
		ptrdiff_t end = str_find_char(rest, '\n');
		size_t n = end < 0 ? rest.len : (size_t)end + 1;
		struct str line = str_slice(rest, 0, n);
		rest = str_skip(rest, n);
		in_message |= str_is(line, "\n");
		bool first = !in_message && str_starts(line, STR("gpgsig "));
		in_field = !in_message && (first || (in_field && str_starts(line, STR(" "))));
		if (in_field)
			buf_add(&signature, str_skip(line, first ? strlen("gpgsig ") : 1));
		else
			buf_add(&text, line);
	}
	out->text = arena_str(a, buf_str(&text));
	out->signature = arena_str(a, buf_str(&signature));
	buf_release(&text);
	buf_release(&signature);
}

void vcs_signature_split(struct vcs_signed *out, struct arena *a, struct str bytes, bool is_tag)
{
	*out = (struct vcs_signed){ 0 };
	if (is_tag)
		split_tag(out, a, bytes);
	else
		split_commit(out, a, bytes);
}

struct err *vcs_signature(struct vcs_signed *out, struct arena *a, struct vcs *v, struct str id)
{
	git_oid oid;
	git_odb *odb;
	git_odb_object *object = NULL;

	*out = (struct vcs_signed){ 0 };
	int code = vcs_api.oid_fromstrn(&oid, id.s, id.len);
	if (!code)
		code = vcs_api.repository_odb(&odb, v->repo);
	if (code)
		return vcs_error(ERR_INPUT, code, "object %.*s", STR_ARG(id));
	code = vcs_api.odb_read(&object, odb, &oid);
	vcs_api.odb_free(odb);
	if (code)
		return vcs_error(ERR_NOT_FOUND, code, "object %.*s", STR_ARG(id));
	git_object_t type = vcs_api.odb_object_type(object);
	struct str bytes = { vcs_api.odb_object_data(object), vcs_api.odb_object_size(object) };
	struct err *e = NULL;
	if (type == GIT_OBJECT_TAG || type == GIT_OBJECT_COMMIT)
		vcs_signature_split(out, a, bytes, type == GIT_OBJECT_TAG);
	else
		e = err_new(ERR_INPUT, "object %.*s is neither a tag nor a commit", STR_ARG(id));
	if (type == GIT_OBJECT_COMMIT)
		out->target = id;
	vcs_api.odb_object_free(object);
	return e;
}
