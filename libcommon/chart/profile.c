/* SPDX-License-Identifier: Apache-2.0 */
/* profile: how long templates run and how much they print. */
#include "chart/watch.h"

#include <inttypes.h>
#include <stdlib.h>

static uint64_t since(const struct timespec *began)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	int64_t ns = (int64_t)(now.tv_sec - began->tv_sec) * 1000000000 + (now.tv_nsec - began->tv_nsec);
	return ns > 0 ? (uint64_t)ns : 0;
}

/* "a.yaml", "template x", "include x" or "tpl". */
static struct str call_name(struct arena *a, const struct exec_frame *f, const struct exec_frame *outer)
{
	if (!outer)
		return f->tree->name;
	if (str_is(f->tree->name, "gotpl"))
		return STR("tpl");
	const char *how = f->node && f->node->kind == NODE_TEMPLATE ? "template" : "include";
	return arena_printf(a, "%s %.*s", how, STR_ARG(f->tree->name));
}

void profile_enter(struct chart_trace *t, const struct exec_frame *f, const struct exec_frame *outer)
{
	struct trace_frame *here = &t->stack.items[t->stack.len - 1];
	struct trace_call *up = t->stack.len > 1 ? here[-1].call : &t->root;
	if (!up || t->stack.len > TRACE_DEEPEST)
		return;
	struct str name = call_name(&t->render, f, outer);
	struct trace_call *call = map_find(&up->by_name, name);
	if (!call) {
		call = ARENA_NEW(t->arena, struct trace_call);
		call->name = arena_str(t->arena, name);
		call->up = up;
		*(up->last ? &up->last->next : &up->first) = call;
		up->last = call;
		map_set(&up->by_name, t->arena, call->name, call);
	}
	here->call = call;
	here->before = f->out->len;
	clock_gettime(CLOCK_MONOTONIC, &here->began);
}

void profile_leave(struct chart_trace *t, const struct exec_frame *f)
{
	struct trace_frame *here = &t->stack.items[t->stack.len - 1];
	if (!here->call)
		return;
	uint64_t ns = since(&here->began);
	here->call->calls++;
	here->call->total_ns += ns;
	here->call->bytes += f->out->len - here->before;
	here->call->up->inner_ns += ns;
}

/* All calls of one name. */
struct row {
	struct str name;
	uint64_t calls, total_ns, own_ns, bytes;
};

struct rows {
	struct row **items;
	size_t len, cap;
	struct map by_name;
};

static uint64_t own_time(const struct trace_call *c)
{
	return c->total_ns > c->inner_ns ? c->total_ns - c->inner_ns : 0;
}

/* Whether a call of that name is open above: its time holds this one's already. */
static bool is_inside(const struct trace_call *c)
{
	for (const struct trace_call *up = c->up; up; up = up->up)
		if (str_eq(up->name, c->name))
			return true;
	return false;
}

/* The tree is at most TRACE_DEEPEST deep. */
static void gather(struct rows *rows, struct arena *a, const struct trace_call *c)
{
	for (const struct trace_call *in = c->first; in; in = in->next) {
		struct row *row = map_find(&rows->by_name, in->name);
		if (!row) {
			row = ARENA_NEW(a, struct row);
			row->name = in->name;
			vec_push_in(a, rows, row);
			map_set(&rows->by_name, a, in->name, row);
		}
		row->calls += in->calls;
		row->own_ns += own_time(in);
		row->bytes += in->bytes;
		if (!is_inside(in))
			row->total_ns += in->total_ns;
		gather(rows, a, in);
	}
}

static int by_own_time(const void *x, const void *y)
{
	const struct row *a = *(struct row *const *)x, *b = *(struct row *const *)y;
	if (a->own_ns != b->own_ns)
		return a->own_ns > b->own_ns ? -1 : 1;
	return str_cmp(a->name, b->name);
}

static void add_ms(struct buf *out, uint64_t ns)
{
	buf_printf(out, "%10" PRIu64 ".%03u", ns / 1000000, (unsigned)(ns / 1000 % 1000));
}

static void add_table(struct buf *out, const struct chart_trace *t)
{
	struct arena a = ARENA_INIT;
	struct rows rows = { 0 };
	gather(&rows, &a, &t->root);
	if (rows.len)
		qsort(rows.items, rows.len, sizeof(*rows.items), by_own_time);
	buf_printf(out, "%14s %14s %9s %11s  %s\n", "own ms", "total ms", "calls", "bytes", "template");
	for (size_t i = 0; i < rows.len; i++) {
		const struct row *row = rows.items[i];
		add_ms(out, row->own_ns);
		buf_putc(out, ' ');
		add_ms(out, row->total_ns);
		buf_printf(out, " %9" PRIu64 " %11" PRIu64 "  %.*s\n", row->calls, row->bytes, STR_ARG(row->name));
	}
	arena_release(&a);
}

static void add_folded(struct buf *out, struct buf *stack, const struct trace_call *c)
{
	size_t len = stack->len;
	for (const struct trace_call *in = c->first; in; in = in->next) {
		if (len)
			buf_putc(stack, ';');
		buf_add(stack, in->name);
		buf_printf(out, "%s %" PRIu64 "\n", buf_text(stack), own_time(in) / 1000);
		add_folded(out, stack, in);
		buf_cut(stack, len);
	}
}

#define SVG_WIDTH 1200.0
#define SVG_ROW 18

static void add_xml(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.s[i];
		if (c == '<' || c == '>' || c == '&' || c == '"')
			buf_printf(out, "&#%d;", c);
		else
			buf_putc(out, c < ' ' ? '?' : (char)c);
	}
}

static int depth_of(const struct trace_call *c, double per_ns)
{
	int deepest = 0;
	for (const struct trace_call *in = c->first; in; in = in->next) {
		int d = (double)in->total_ns * per_ns >= 0.1 ? 1 + depth_of(in, per_ns) : 0;
		deepest = d > deepest ? d : deepest;
	}
	return deepest;
}

/* One box and those on it; boxes too narrow to be seen are left out. */
static void add_boxes(struct buf *out, const struct trace_call *c, double x, int row, double per_ns)
{
	for (const struct trace_call *in = c->first; in; in = in->next) {
		double width = (double)in->total_ns * per_ns;
		int y = 30 + row * SVG_ROW;
		if (width < 0.1)
			continue;
		unsigned hue = (unsigned)(str_hash(in->name) % 50);
		buf_printf(out, "<g><title>");
		add_xml(out, in->name);
		buf_printf(out, " (%.3f ms, own %.3f ms, %" PRIu64 " calls, %" PRIu64 " bytes)</title>",
			(double)in->total_ns / 1e6, (double)own_time(in) / 1e6, in->calls, in->bytes);
		buf_printf(out,
			"<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" fill=\"hsl(%u,80%%,65%%)\"/>",
			x, y, width, SVG_ROW - 1, hue);
		size_t room = (size_t)(width / 7);
		if (room >= 3) {
			struct str s =
				in->name.len > room ? str_slice(in->name, in->name.len - room, in->name.len) : in->name;
			buf_printf(out, "<text x=\"%.1f\" y=\"%d\">", x + 2, y + 13);
			add_xml(out, s);
			buf_puts(out, "</text>");
		}
		buf_puts(out, "</g>\n");
		add_boxes(out, in, x, row + 1, per_ns);
		x += width;
	}
}

static void add_svg(struct buf *out, const struct chart_trace *t)
{
	uint64_t total = t->root.inner_ns;
	double per_ns = SVG_WIDTH / (double)(total ? total : 1);
	int height = 40 + SVG_ROW * depth_of(&t->root, per_ns);
	buf_printf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%d\" viewBox=\"0 0 %.0f %d\" "
		"font-family=\"monospace\" font-size=\"11\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
		"<text x=\"4\" y=\"18\" font-size=\"14\">Templates: %.3f ms</text>\n",
		SVG_WIDTH, height, SVG_WIDTH, height, (double)total / 1e6);
	add_boxes(out, &t->root, 0, 0, per_ns);
	buf_puts(out, "</svg>\n");
}

void chart_trace_add_profile(struct buf *out, const struct chart_trace *t, enum chart_profile how)
{
	struct buf stack = BUF_INIT;
	switch (how) {
	case CHART_PROFILE_TABLE:
		add_table(out, t);
		break;
	case CHART_PROFILE_FOLDED:
		add_folded(out, &stack, &t->root);
		break;
	case CHART_PROFILE_SVG:
		add_svg(out, t);
		break;
	}
	buf_release(&stack);
}
