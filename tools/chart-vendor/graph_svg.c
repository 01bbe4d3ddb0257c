/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The graph as SVG. Three columns, each node beside the middle of what belongs to it, so that no two lines cross. Widths of
 * text are estimated from above, for whatever sans-serif font there is; what does not fit its box is cut and stands
 * whole in a tooltip.
 */
#include "graph.h"

#include "base/utf8.h"

#include <string.h>

#define MARGIN 28
#define HEAD 78
#define FOOT 66
#define LANE 64 /* between columns, for the lines */
#define COPY_H 76
#define NODE_H 50
#define GAP 14      /* between copies */
#define PART_GAP 26 /* between sources */
#define PAD 14

struct drawing {
	struct buf *out;
	const struct graph *g;
	int source_w, chart_w, copy_w;
	int chart_x, copy_x, width, height;
};

/* A rune's width in thousandths of the font's size; that of wide fonts such as DejaVu Sans and Verdana. */
static int rune_width(uint32_t r)
{
	if (r > 0x2e80)
		return 1050;
	if (r > 0x7f)
		return 720;
	if (r < 0x20)
		return 0;
	if (strchr("ijlI.,:;'|!`", (int)r))
		return 380;
	if (strchr("frt()[]{}/\\ -\"*", (int)r))
		return 460;
	if (strchr("mwMW@%", (int)r))
		return 1000;
	if ((r >= 'A' && r <= 'Z') || strchr("+<>=~&#_", (int)r))
		return 800;
	return 650;
}

static int text_width(struct str s, int size, bool bold)
{
	int64_t sum = 0;

	for (size_t n; s.len; s = str_skip(s, n))
		sum += rune_width(utf8_get(s, &n));
	return (int)(sum * size * (bold ? 110 : 100) / 100000) + 1;
}

static void add_xml(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char ch = (unsigned char)s.s[i];
		if (ch == '<')
			buf_puts(out, "&lt;");
		else if (ch == '>')
			buf_puts(out, "&gt;");
		else if (ch == '&')
			buf_puts(out, "&amp;");
		else if (ch == '"')
			buf_puts(out, "&quot;");
		else
			buf_putc(out, ch < 0x20 ? ' ' : (char)ch);
	}
}

/* What is not UTF-8 must not make the drawing unreadable. */
static struct str printable(struct arena *a, struct str s)
{
	struct buf b = BUF_INIT;

	for (size_t n; s.len; s = str_skip(s, n))
		utf8_add(&b, utf8_get(s, &n));
	struct str r = arena_str(a, buf_str(&b));
	buf_release(&b);
	return r;
}

/* The text, or its end (paths tell more there) or beginning with an ellipsis. */
static struct str fit(struct arena *a, struct str s, int size, bool bold, int room, bool keep_end)
{
	struct str rest = s;
	size_t n;

	if (text_width(s, size, bold) <= room)
		return s;
	room -= text_width(STR("\xe2\x80\xa6"), size, bold);
	if (keep_end) {
		while (rest.len && text_width(rest, size, bold) > room) {
			utf8_get(rest, &n);
			rest = str_skip(rest, n);
		}
		/* Whole parts of a path read better. */
		ptrdiff_t slash = str_find_char(rest, '/');
		if (slash > 0 && (size_t)slash < rest.len / 2)
			rest = str_skip(rest, (size_t)slash);
		return arena_printf(a, "\xe2\x80\xa6%.*s", STR_ARG(rest));
	}
	while (rest.len && text_width(rest, size, bold) > room) {
		rest.len--;
		while (rest.len && ((unsigned char)s.s[rest.len] & 0xc0) == 0x80)
			rest.len--;
	}
	return arena_printf(a, "%.*s\xe2\x80\xa6", STR_ARG(str_trim_end(rest, " ")));
}

struct label {
	const char *class;
	int size;
	bool bold, keep_end;
};

static const struct label NAME = { "n", 14, true, true }, PLACE = { "n", 13, true, true },
			  SMALL = { "s", 12, false, false };

static void add_text(struct drawing *d, int x, int y, int room, struct str s, const struct label *l)
{
	s = printable(d->g->arena, s);
	struct str shown = fit(d->g->arena, s, l->size, l->bold, room, l->keep_end);

	buf_printf(d->out, "<text x=\"%d\" y=\"%d\" class=\"%s\" font-size=\"%d\">", x, y, l->class, l->size);
	if (!str_eq(shown, s)) {
		buf_puts(d->out, "<title>");
		add_xml(d->out, s);
		buf_puts(d->out, "</title>");
	}
	add_xml(d->out, shown);
	buf_puts(d->out, "</text>\n");
}

static void add_line(struct drawing *d, int x1, int y1, int x2, int y2)
{
	int half = (x2 - x1) / 2;

	buf_printf(d->out, "<path class=\"e\" d=\"M%d %dC%d %d %d %d %d %d\"/>\n", x1, y1, x1 + half, y1, x2 - half, y2,
		x2, y2);
}

static void add_box(struct drawing *d, int x, int y, int w, int h)
{
	buf_printf(d->out, "<rect class=\"b\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"8\"/>\n", x, y, w, h);
}

/* "https://host/path" without what all have in common. */
static struct str short_url(struct str s)
{
	s = str_trim_prefix(s, STR("https://"));
	return str_trim_prefix(s, STR("oci://"));
}

static void widen(int *w, int most, int n)
{
	if (n > *w)
		*w = n < most ? n : most;
}

static void measure(struct drawing *d)
{
	const struct graph *g = d->g;

	d->source_w = 170;
	d->chart_w = 130;
	d->copy_w = 300;
	d->height = HEAD + FOOT - PART_GAP;
	vec_each (const struct graph_source, s, &g->sources) {
		widen(&d->source_w, 340, text_width(short_url(s->name), PLACE.size, true) + 2 * PAD);
		d->height += PART_GAP - GAP;
		vec_each (const struct graph_chart, c, &s->charts) {
			widen(&d->chart_w, 220, text_width(c->name, NAME.size, true) + 2 * PAD);
			widen(&d->chart_w, 220, text_width(c->newest, SMALL.size, false) + 60 + 2 * PAD);
			vec_each (const struct graph_copy, k, &c->copies) {
				widen(&d->copy_w, 460, text_width(k->at.entry->path, NAME.size, true) + 2 * PAD + 8);
				widen(&d->copy_w, 460,
					text_width(graph_version_text(g, k), SMALL.size, false) +
						text_width(graph_edits_text(g, k), SMALL.size, false) + 20 + 2 * PAD +
						8);
				d->height += COPY_H + GAP;
			}
		}
	}
	d->chart_x = MARGIN + d->source_w + LANE;
	d->copy_x = d->chart_x + d->chart_w + LANE;
	d->width = d->copy_x + d->copy_w + MARGIN;
}

static const char *state_class(enum graph_state s)
{
	static const char *const names[] = { "ok", "new", "pin", "bad", "off" };

	return names[s];
}

static void draw_copy(struct drawing *d, const struct graph_copy *c, int y)
{
	const char *class = state_class(graph_state_of(d->g, c));
	int x = d->copy_x;
	int room = d->copy_w - 2 * PAD - 8;
	struct str version = graph_version_text(d->g, c);

	add_box(d, x, y, d->copy_w, COPY_H);
	buf_printf(d->out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"5\" height=\"%d\" rx=\"2.5\"/>\n", class,
		x + 7, y + 10, COPY_H - 20);
	x += PAD + 8;
	add_text(d, x, y + 24, room, c->at.entry->path, &NAME);
	add_text(d, x, y + 44, room,
		arena_printf(d->g->arena, "%.*s  \xc2\xb7  %.*s", STR_ARG(version), STR_ARG(graph_edits_text(d->g, c))),
		&SMALL);
	struct label state = { arena_printf(d->g->arena, "t %s", class).s, SMALL.size, false, false };
	add_text(d, x, y + 63, room, graph_state_text(d->g, c), &state);
}

static void draw_chart(struct drawing *d, const struct graph_chart *c, int middle)
{
	int y = middle - NODE_H / 2;
	int room = d->chart_w - 2 * PAD;
	struct str about = c->newest.len ? arena_printf(d->g->arena, "newest %.*s", STR_ARG(c->newest)) : STR("");

	add_box(d, d->chart_x, y, d->chart_w, NODE_H);
	add_text(d, d->chart_x + PAD, y + 21, room, c->name, &NAME);
	struct label deprecated = { "t bad", SMALL.size, false, false };
	if (c->deprecated)
		add_text(d, d->chart_x + PAD, y + 39, room, STR("deprecated"), &deprecated);
	else
		add_text(d, d->chart_x + PAD, y + 39, room, about, &SMALL);
}

static void draw_source(struct drawing *d, const struct graph_source *s, int middle)
{
	int y = middle - NODE_H / 2;
	int room = d->source_w - 2 * PAD;

	add_box(d, MARGIN, y, d->source_w, NODE_H);
	add_text(d, MARGIN + PAD, y + 20, room, str_from(s->what), &SMALL);
	add_text(d, MARGIN + PAD, y + 38, room, short_url(s->name), &PLACE);
}

/* Draws a source with all that is from it, from `y` on; where the next one begins. */
static int draw_part(struct drawing *d, const struct graph_source *s, int y)
{
	struct arena *a = d->g->arena;
	int *middles = arena_array(a, s->charts.len + 1, sizeof(*middles));
	int source_y;
	int top = y;

	for (size_t i = 0; i < s->charts.len; i++) {
		const struct graph_chart *c = &s->charts.items[i];
		int from = y;
		middles[i] = from + ((int)c->copies.len * (COPY_H + GAP) - GAP) / 2;
		vec_each (const struct graph_copy, k, &c->copies) {
			add_line(d, d->chart_x + d->chart_w, middles[i], d->copy_x, y + COPY_H / 2);
			draw_copy(d, k, y);
			y += COPY_H + GAP;
		}
	}
	source_y = top + (y - GAP - top) / 2;
	for (size_t i = 0; i < s->charts.len; i++) {
		add_line(d, MARGIN + d->source_w, source_y, d->chart_x, middles[i]);
		draw_chart(d, &s->charts.items[i], middles[i]);
	}
	draw_source(d, s, source_y);
	return y - GAP + PART_GAP;
}

/* Colours for light and for dark surroundings; contrast of texts is 4.5 or more in both. */
static void add_style(struct buf *out)
{
	buf_puts(out,
		"<style>\n"
		"text{font-family:system-ui,\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,\"DejaVu "
		"Sans\",sans-serif;fill:#1f2933}\n"
		".bg{fill:#f7f8fa}.b{fill:#fff;stroke:#c9d1d9}.e{fill:none;stroke:#aab4c0;stroke-width:1.5}\n"
		".n{font-weight:600}.s{fill:#566370}\n"
		".ok{fill:#1a7f45}.new{fill:#966000}.pin{fill:#1f63b5}.bad{fill:#c02b1f}.off{fill:#6b7683}\n"
		"@media(prefers-color-scheme:dark){text{fill:#e6eaee}.bg{fill:#14181d}.b{fill:#1e242b;stroke:#3b4652}"
		".e{stroke:#55616e}.s{fill:#a3afbb}.ok{fill:#5fd08c}.new{fill:#f0bc4c}.pin{fill:#7db4f5}"
		".bad{fill:#ff8f85}.off{fill:#98a4b0}}\n"
		"</style>\n");
}

/* Only what occurs is explained, and on as many lines as are needed. */
static void add_legend(struct drawing *d, int y)
{
	static const char *const words[] = { "up to date", "an update may come in", "newer, but not allowed", "trouble",
		"not asked" };
	bool seen[5] = { false };
	int x = MARGIN;

	vec_each (const struct graph_source, s, &d->g->sources)
		vec_each (const struct graph_chart, c, &s->charts)
			vec_each (const struct graph_copy, k, &c->copies)
				seen[graph_state_of(d->g, k)] = true;
	for (int i = 0; i < 5; i++) {
		int w = text_width(str_from(words[i]), SMALL.size, false);
		if (!seen[i])
			continue;
		buf_printf(d->out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"12\" height=\"12\" rx=\"3\"/>\n",
			state_class((enum graph_state)i), x, y - 10);
		add_text(d, x + 18, y, w, str_from(words[i]), &SMALL);
		x += 18 + w + 22;
	}
}

static struct str counted(const struct graph *g)
{
	size_t s = g->sources.len;

	return arena_printf(g->arena, "%zu cop%s of %zu chart%s from %zu source%s, %.*s", g->copies,
		g->copies == 1 ? "y" : "ies", g->charts, g->charts == 1 ? "" : "s", s, s == 1 ? "" : "s",
		STR_ARG(g->day));
}

void graph_svg(struct buf *out, const struct graph *g)
{
	struct drawing d = { .out = out, .g = g };
	static const struct label title = { "n", 20, true, false };
	static const struct label subtitle = { "s", 13, false, false };
	int y = HEAD;

	measure(&d);
	buf_printf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
		"role=\"img\">\n<title>Vendored charts</title>\n<desc>",
		d.width, d.height, d.width, d.height);
	add_xml(out, counted(g));
	buf_puts(out, "</desc>\n");
	add_style(out);
	buf_printf(out, "<rect class=\"bg\" width=\"%d\" height=\"%d\"/>\n", d.width, d.height);
	add_text(&d, MARGIN, 40, d.width - 2 * MARGIN, STR("Vendored charts"), &title);
	add_text(&d, MARGIN, 62, d.width - 2 * MARGIN, counted(g), &subtitle);
	vec_each (const struct graph_source, s, &g->sources)
		y = draw_part(&d, s, y);
	add_legend(&d, d.height - 26);
	buf_puts(out, "</svg>\n");
}
