/* SPDX-License-Identifier: Apache-2.0 */
/* Archives from elsewhere, held to more than Helm asks of them. */
#include "tools/chart-package/package.h"

/* What other programs that make archives write now and then, and Helm does not read. */
static struct err *check_for_helm(struct str name)
{
	struct str rest = name, first = str_cut(&rest, '/');
	if (str_is(first, "."))
		return err_new(ERR_INPUT, "file \"%.*s\" begins with \"./\", which Helm takes for the chart's folder",
			STR_ARG(name));
	if (rest.len && rest.s[0] == '/')
		return err_new(ERR_INPUT, "file \"%.*s\" has \"//\" behind the chart's folder: Helm refuses it",
			STR_ARG(name));
	return NULL;
}

struct err *load_strict(struct chart **out, struct tarball *archive, struct arena *a, struct str bytes)
{
	struct chart_files files = { 0 };
	if (!tarball_is_gzip(bytes))
		return err_new(ERR_INPUT, "not a gzip archive");
	TRY(tarball_read(archive, a, bytes, NULL));
	TRY(tarball_check(archive, 1));
	vec_each (struct tarball_entry, e, archive) {
		if (e->type != 'f')
			continue;
		TRY(check_for_helm(e->name));
		struct str name = tarball_strip(a, e->name, 1);
		if (!name.len)
			return err_new(ERR_INPUT, "file \"%.*s\" is outside the chart's folder", STR_ARG(e->name));
		struct str data = str_trim_prefix(e->data, STR("\xef\xbb\xbf"));
		vec_push_in(a, &files, (struct chart_file){ .name = name, .data = data, .mtime = e->mtime });
	}
	if (!files.len)
		return err_new(ERR_INPUT, "archive has no files");
	TRY(chart_from_files(out, a, &files, NULL));
	return chart_validate(*out);
}
