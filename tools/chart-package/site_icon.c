/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures of charts. Only those that come with the repository are shown: as a data: URL in Chart.yaml or as a file of the archive
 * that Chart.yaml names. They become backgrounds in the page's own styles, each once; as such no picture can run anything or load
 * anything, an SVG neither.
 */
#include "base/b64.h"
#include "tools/chart-package/site.h"

#include <string.h>

#define MAX_ICON 49152

static bool begins(struct str s, const char *magic, size_t n)
{
	return s.len >= n && memcmp(s.s, magic, n) == 0;
}

/* By the bytes, whatever it calls itself; NULL: none that is shown. */
static const char *type_of(struct str bytes)
{
	if (begins(bytes, "\x89PNG\r\n\x1a\n", 8))
		return "png";
	if (begins(bytes, "\xff\xd8\xff", 3))
		return "jpeg";
	if (begins(bytes, "GIF8", 4))
		return "gif";
	if (begins(bytes, "RIFF", 4) && str_is(str_slice(bytes, 8, 12), "WEBP"))
		return "webp";
	struct str head = str_trim(str_slice(bytes, 0, 1024));
	if (str_starts(head, STR("<")) && str_has(head, STR("<svg")))
		return "svg+xml";
	return NULL;
}

static bool from_data(struct str *out, struct arena *a, struct str url)
{
	ptrdiff_t comma = str_find_char(url, ',');
	if (comma < 0 || !str_ends(str_slice(url, 0, (size_t)comma), STR(";base64")) || url.len > 2 * MAX_ICON)
		return false;
	return b64_decode(out, a, str_skip(url, (size_t)comma + 1)) < 0;
}

static bool from_chart(struct str *out, const struct chart *chart, struct str icon)
{
	icon = str_trim_prefix(str_trim_prefix(icon, STR("file://")), STR("./"));
	const struct chart_file *f = chart ? chart_find_file(&chart->files, icon) : NULL;
	if (f)
		*out = f->data;
	return f != NULL;
}

int site_icon(struct site *s, const struct chart *chart, struct str icon)
{
	struct arena a = ARENA_INIT;
	struct str bytes = { NULL, 0 };
	int number = -1;
	bool found =
		str_starts(icon, STR("data:image/")) ? from_data(&bytes, &a, icon) : from_chart(&bytes, chart, icon);
	const char *type = found && bytes.len <= MAX_ICON ? type_of(bytes) : NULL;
	if (type) {
		number = (int)s->icons++;
		buf_printf(&s->styles, ".i%d{background-image:url(data:image/%s;base64,", number, type);
		b64_add(&s->styles, bytes);
		buf_puts(&s->styles, ")}\n");
	}
	arena_release(&a);
	return number;
}
