/* SPDX-License-Identifier: Apache-2.0 */
/* Whether an archive holds what its folder would be packed to. */
#include "base/map.h"
#include "io/file.h"
#include "tools/chart-package/package.h"

static struct err *say(const char *what, struct str name)
{
	struct buf b = BUF_INIT;
	buf_printf(&b, "%s %.*s", what, STR_ARG(name));
	struct err *e = print_line(buf_str(&b));
	buf_release(&b);
	return e;
}

static void by_name(struct map *out, struct arena *a, struct tarball *t)
{
	vec_each (struct tarball_entry, e, t) {
		if (e->type != 'd')
			map_set(out, a, e->name, e);
	}
}

static struct err *compare(size_t *found, struct arena *a, struct tarball *archive, struct tarball *folder)
{
	struct map have = { 0 }, want = { 0 };
	by_name(&have, a, archive);
	by_name(&want, a, folder);
	for (size_t i = 0; i < want.len; i++) {
		struct tarball_entry *w = want.entries[i].value, *h = map_find(&have, w->name);
		if (h && h->type == 'f' && str_eq(h->data, w->data))
			continue;
		++*found;
		TRY(say(h ? "differs:" : "only in the folder:", w->name));
	}
	for (size_t i = 0; i < have.len; i++) {
		struct tarball_entry *h = have.entries[i].value;
		if (map_find(&want, h->name))
			continue;
		++*found;
		TRY(say("only in the archive:", h->name));
	}
	return NULL;
}

struct err *check_archive(bool *same, struct arena *a, const char *archive, struct str packed)
{
	struct str bytes;
	struct tarball have, want;
	size_t found = 0;
	TRY(io_read(&bytes, a, archive, IO_FILE_MAX));
	if (str_eq(bytes, packed)) {
		*same = true;
		return say("same bytes:", str_from(archive));
	}
	struct err *e = tarball_read(&have, a, bytes, NULL);
	if (e)
		return err_wrap(e, "%s", archive);
	TRY(tarball_read(&want, a, packed, NULL));
	TRY(compare(&found, a, &have, &want));
	*same = found == 0;
	return *same ? say("same files, packed otherwise:", str_from(archive)) : NULL;
}
