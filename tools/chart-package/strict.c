/* SPDX-License-Identifier: Apache-2.0 */
/* Archives from elsewhere, held to more than Helm asks of them. */
#include "tools/chart-package/package.h"

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
