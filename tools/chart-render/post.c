/* SPDX-License-Identifier: Apache-2.0 */
/* post: a program between rendering and sorting. */
#include "render.h"

#include "io/run.h"
#include "options.h"

#include <string.h>

/* All documents in one stream, each telling by its comment where it came from. */
static void make_stream(struct buf *out, struct arena *a, const struct chart_rendered *r)
{
	for (size_t i = 0; i < r->texts.len; i++) {
		const struct chart_text *t = &r->texts.items[i];
		if (t->partial || str_ends(t->path, STR("NOTES.txt")))
			continue;
		struct str_vec docs = { 0 };
		chart_split(&docs, a, t->text, options.render.helm3);
		vec_each (struct str, doc, &docs)
			buf_printf(out, "---\n# Source: %.*s\n%.*s\n", STR_ARG(t->path),
				STR_ARG(str_trim_end(*doc, "\n")));
	}
}

static struct err *run_program(struct str *out, struct arena *a, struct str input)
{
	const struct cli_list *args = &options.post_renderer_args;
	const char **argv = arena_array(a, args->len + 2, sizeof(*argv));
	argv[0] = options.post_renderer;
	for (size_t i = 0; i < args->len; i++)
		argv[i + 1] = args->items[i];
	struct io_run run = { .argv = argv, .input = input };
	struct io_run_result result;
	struct err *e = io_run(&result, a, &run);
	if (e)
		return err_wrap(e, "error while running post render on files");
	if (result.status != 0)
		return err_new(ERR_COMMAND,
			"error while running post render on files: error while running command %s. error output:\n"
			"%.*s: exit status %d",
			options.post_renderer, STR_ARG(result.err), result.status);
	if (!str_trim(result.out).len)
		return err_new(ERR_COMMAND,
			"error while running post render on files: post-renderer %s produced empty output",
			options.post_renderer);
	*out = result.out;
	return NULL;
}

/* Where a document says that it came from; the comment is taken off it. */
static struct str take_source(struct arena *a, struct str *doc, size_t i)
{
	static const struct str mark = { "# Source: ", 10 };
	if (!str_starts(*doc, mark))
		return arena_printf(a, "generated-by-postrender-%zu.yaml", i);
	struct str rest = str_skip(*doc, mark.len);
	struct str path = str_trim(str_cut(&rest, '\n'));
	*doc = rest.s ? rest : STR("");
	return path;
}

static void add_text(struct chart_texts *texts, struct arena *a, struct str path, struct str doc)
{
	vec_each (struct chart_text, t, texts) {
		if (!str_eq(t->path, path))
			continue;
		t->text = arena_printf(a, "%.*s\n---\n%.*s", STR_ARG(str_trim_end(t->text, "\n")), STR_ARG(doc));
		return;
	}
	struct chart_text t = { .path = path, .text = doc };
	vec_push_in(a, texts, t);
}

struct err *render_post(struct chart_rendered *r, struct arena *a, struct chart_warnings *w)
{
	struct buf stream = BUF_INIT;
	make_stream(&stream, a, r);
	struct str out;
	struct err *e = run_program(&out, a, buf_str(&stream));
	buf_release(&stream);
	if (e)
		return e;
	struct str_vec docs = { 0 };
	struct chart_texts texts = { 0 };
	chart_split(&docs, a, out, options.render.helm3);
	for (size_t i = 0; i < docs.len; i++) {
		struct str path = take_source(a, &docs.items[i], i);
		if (str_trim(docs.items[i]).len)
			add_text(&texts, a, path, docs.items[i]);
	}
	return chart_rendered_replace(r, a, &texts, &options.render, w);
}
