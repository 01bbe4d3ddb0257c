/* SPDX-License-Identifier: Apache-2.0 */
/* Whether an archive holds what its folder would be packed to. */
#include "base/map.h"
#include "io/file.h"
#include "tools/chart-package/package.h"

/* Where they differ. */
struct found {
	struct val differs, folder, archive; /* lists of names */
};

static void by_name(struct map *out, struct arena *a, struct tarball *t)
{
	vec_each (struct tarball_entry, e, t) {
		if (e->type != 'd')
			map_set(out, a, e->name, e);
	}
}

static void compare(struct found *f, struct arena *a, struct tarball *archive, struct tarball *folder)
{
	struct map have = { 0 }, want = { 0 };
	by_name(&have, a, archive);
	by_name(&want, a, folder);
	for (size_t i = 0; i < want.len; i++) {
		struct tarball_entry *w = want.entries[i].value, *h = map_find(&have, w->name);
		if (!h || h->type != 'f' || !str_eq(h->data, w->data))
			val_list_add(h ? f->differs : f->folder, val_string(w->name));
	}
	for (size_t i = 0; i < have.len; i++) {
		struct tarball_entry *h = have.entries[i].value;
		if (!map_find(&want, h->name))
			val_list_add(f->archive, val_string(h->name));
	}
}

static void add_lines(struct buf *out, const char *what, struct val names)
{
	val_list_each (name, names)
		buf_printf(out, "%s %.*s\n", what, STR_ARG(val_str(*name)));
}

static struct err *report(struct cli *c, const char *archive, bool bytes, const struct found *f)
{
	bool same = !val_list_len(f->differs) && !val_list_len(f->folder) && !val_list_len(f->archive);
	if (wants_json()) {
		struct val v = val_map(c->arena);
		val_set(v, "archive", val_text(archive));
		val_set(v, "same", val_text(bytes ? "bytes" : same ? "files" : "no"));
		val_set(v, "differs", f->differs);
		val_set(v, "onlyInFolder", f->folder);
		val_set(v, "onlyInArchive", f->archive);
		return print_json(c, v);
	}
	struct buf b = BUF_INIT;
	if (same)
		buf_printf(&b, "%s %s\n", bytes ? "same bytes:" : "same files, packed otherwise:", archive);
	add_lines(&b, "differs:", f->differs);
	add_lines(&b, "only in the folder:", f->folder);
	add_lines(&b, "only in the archive:", f->archive);
	struct err *e = cli_print(buf_str(&b));
	buf_release(&b);
	return e;
}

struct err *check_archive(bool *same, struct cli *c, struct arena *a, const char *archive, struct str packed)
{
	struct str bytes;
	struct tarball have, want;
	struct found f = { val_list(a, 0), val_list(a, 0), val_list(a, 0) };
	TRY(io_read(&bytes, a, archive, IO_FILE_MAX));
	bool equal = str_eq(bytes, packed);
	if (!equal) {
		struct err *e = tarball_read(&have, a, bytes, NULL);
		if (e)
			return err_wrap(e, "%s", archive);
		TRY(tarball_read(&want, a, packed, NULL));
		compare(&f, a, &have, &want);
	}
	*same = !val_list_len(f.differs) && !val_list_len(f.folder) && !val_list_len(f.archive);
	return report(c, archive, equal, &f);
}
