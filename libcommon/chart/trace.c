/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/trace.h"

#include "chart/watch.h"
#include "json/json.h"

struct chart_trace *chart_trace_new(struct arena *a, unsigned what)
{
	struct chart_trace *t = ARENA_NEW(a, struct chart_trace);
	t->arena = a;
	t->what = what;
	return t;
}

struct trace_place trace_where(const struct chart_trace *t, const struct exec_frame *f)
{
	/* A text given to tpl is nowhere to be found: its caller is. */
	size_t i = t->stack.len;
	while (i > 0 && t->stack.items[i - 1].frame != f)
		i--;
	while (i > 1 && str_is(f->tree->file, "gotpl"))
		f = t->stack.items[--i - 1].frame;
	struct trace_place at = { .file = f->tree->file, .name = f->tree->name };
	if (f->node)
		ast_place(f->tree, exec_pos(f), &at.line, &at.column);
	at.column++;
	return at;
}

void trace_add_place(struct buf *out, const struct trace_place *at)
{
	buf_puts(out, "\"template\":");
	json_add_str(out, at->file, JSON_RAW);
	if (at->line)
		buf_printf(out, ",\"line\":%d,\"column\":%d", at->line, at->column);
}

static void enter(struct tmpl_watch *w, const struct exec_frame *f, const struct exec_frame *outer)
{
	struct chart_trace *t = (struct chart_trace *)w;
	struct trace_frame here = { .frame = f };
	vec_push(&t->stack, here);
	if (t->what & CHART_TRACE_BRANCHES)
		coverage_enter(t, f);
	if (t->what & CHART_TRACE_TIMES)
		profile_enter(t, f, outer);
}

static void leave(struct tmpl_watch *w, const struct exec_frame *f)
{
	struct chart_trace *t = (struct chart_trace *)w;
	if (t->what & CHART_TRACE_TIMES)
		profile_leave(t, f);
	t->stack.len--;
}

struct tmpl_watch *trace_begin(
	struct chart_trace *t, const struct chart *c, struct val values, const struct tmpl_set *set)
{
	t->watch = (struct tmpl_watch){ .enter = enter, .leave = leave };
	if (t->what & CHART_TRACE_VALUES) {
		t->watch.read = used_read;
		t->watch.call = used_call;
		t->watch.method = used_method;
		t->watch.print = used_print;
		used_begin(t, c, values);
	}
	if (t->what & CHART_TRACE_BRANCHES) {
		t->watch.branch = coverage_branch;
		coverage_begin(t, set);
	}
	return &t->watch;
}

void trace_end(struct chart_trace *t)
{
	t->paths = t->seen = t->met = (struct map){ 0 };
	arena_release(&t->render);
	vec_release(&t->stack);
}
