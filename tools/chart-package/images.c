/* SPDX-License-Identifier: Apache-2.0 */
/* The images that a rendered chart uses. */
#include "chart/render.h"
#include "kube/manifest.h"
#include "tools/chart-package/package.h"

#include <stdlib.h>

/* Manifests nested deeper have no images. */
#define MAX_DEPTH 100

/* Containers, image volumes and what operators read: all of them call it "image". */
static void collect(struct str_vec *out, struct arena *a, struct val v, int depth)
{
	if (depth > MAX_DEPTH)
		return;
	if (val_is_list(v)) {
		val_list_each (item, v)
			collect(out, a, *item, depth + 1);
		return;
	}
	if (!val_is_map(v))
		return;
	val_map_each (e, v) {
		struct str text = { NULL, 0 };
		if (str_is(e->key, "image") && val_is_string(e->value))
			text = val_str(e->value);
		else if (str_is(e->key, "image") && val_is_map(e->value))
			text = val_get_str(e->value, "reference");
		if (text.len)
			vec_push_in(a, out, text);
		collect(out, a, e->value, depth + 1);
	}
}

static int by_bytes(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

struct err *chart_images(struct str_vec *out, struct arena *a, struct chart *chart)
{
	struct chart_value_flags flags = { .files = opts.value_files, .set = opts.set };
	struct chart_render_opts o = { 0 };
	struct chart_rendered r = { 0 };
	struct kube_manifests manifests = { 0 };
	struct buf b = BUF_INIT;
	struct val values;
	TRY(chart_values_from_flags(&values, a, &flags, false));
	struct err *e = chart_render(&r, a, chart, values, &o, NULL);
	if (!e)
		chart_rendered_format(&b, &r, &o);
	chart_texts_release(&r.texts);
	struct str stream = arena_str(a, buf_str(&b));
	buf_release(&b);
	if (e)
		return e;
	TRY(kube_parse(&manifests, a, stream, NULL));
	vec_each (struct kube_resource, x, &manifests)
		collect(out, a, x->value, 0);
	if (!out->len)
		return NULL;
	qsort(out->items, out->len, sizeof(*out->items), by_bytes);
	size_t n = 1;
	for (size_t i = 1; i < out->len; i++)
		if (!str_eq(out->items[i], out->items[n - 1]))
			out->items[n++] = out->items[i];
	out->len = n;
	return NULL;
}
