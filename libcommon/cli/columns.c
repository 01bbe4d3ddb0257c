/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/columns.h"

#include "base/utf8.h"

#include <string.h>

#define GAP 2
/* A last column narrower than this is not worth folding. */
#define NARROW 20

void columns_start(struct columns *t, struct arena *a, bool color)
{
	*t = (struct columns){ .arena = a, .color = color };
}

void columns_head(struct columns *t, const char *heads)
{
	struct str rest = str_from(heads);

	while (rest.s && t->n < COLUMNS_MAX)
		t->heads[t->n++] = arena_text(t->arena, str_cut(&rest, '|'));
}

void columns_row(struct columns *t)
{
	vec_push_in(t->arena, &t->rows, (struct columns_row){ .below = BUF_INIT });
}

static struct columns_row *last(struct columns *t)
{
	return &t->rows.items[t->rows.len - 1];
}

void columns_cell(struct columns *t, struct str text, enum cli_color paint)
{
	struct columns_row *r = last(t);
	char *copy = arena_text(t->arena, text);

	/* A name that somebody else chose must not move the cursor. */
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)copy[i] < 0x20 || copy[i] == 0x7f)
			copy[i] = '?';
	if (r->n == COLUMNS_MAX)
		return;
	r->cell[r->n] = (struct str){ copy, text.len };
	r->paint[r->n++] = paint;
}

struct buf *columns_below(struct columns *t)
{
	return &last(t)->below;
}

static void measure(int *wide, const struct columns *t)
{
	for (int i = 0; i < t->n; i++)
		wide[i] = (int)strlen(t->heads[i]);
	for (size_t k = 0; k < t->rows.len; k++) {
		const struct columns_row *r = &t->rows.items[k];
		for (int i = 0; i < r->n; i++) {
			int n = (int)utf8_count(r->cell[i]);
			if (n > wide[i])
				wide[i] = n;
		}
	}
}

/* As many bytes of `s` as fit, cut after a blank or a '/' where there is one. */
static struct str piece_of(struct str *s, size_t room)
{
	size_t at = 0;
	size_t good = 0;

	for (size_t n = 0, size; at < s->len && n < room; n++, at += size) {
		utf8_get(str_skip(*s, at), &size);
		if (s->s[at] == ' ' || s->s[at] == '/')
			good = at + 1;
	}
	if (at < s->len && good)
		at = good;
	struct str piece = str_trim(str_slice(*s, 0, at));
	*s = str_skip(*s, at);
	return piece;
}

static void add_cell(struct buf *out, const struct columns *t, struct str text, enum cli_color paint)
{
	bool color = t->color && paint != CLI_RESET;

	buf_printf(out, "%s%.*s%s", cli_color(color, paint), STR_ARG(text), cli_color(color, CLI_RESET));
}

static void add_row(struct buf *out, const struct columns *t, const struct columns_row *r, const int *wide, int width)
{
	int used = r->n;
	int at = 0;

	while (used > 0 && !r->cell[used - 1].len)
		used--;
	for (int i = 0; i < used; i++) {
		struct str rest = r->cell[i];
		int room = width - at;
		bool fold = i == t->n - 1 && room >= NARROW;
		add_cell(out, t, fold ? piece_of(&rest, (size_t)room) : rest, r->paint[i]);
		while (fold && rest.len) {
			buf_putc(out, '\n');
			buf_fill(out, ' ', (size_t)at);
			add_cell(out, t, piece_of(&rest, (size_t)room), r->paint[i]);
		}
		if (i + 1 < used)
			buf_fill(out, ' ', (size_t)(wide[i] - (int)utf8_count(r->cell[i]) + GAP));
		at += wide[i] + GAP;
	}
	buf_putc(out, '\n');
}

void columns_print(struct buf *out, struct columns *t, int width)
{
	int wide[COLUMNS_MAX] = { 0 };

	measure(wide, t);
	for (int i = 0; i < t->n; i++) {
		add_cell(out, t, str_from(t->heads[i]), CLI_BOLD);
		if (i + 1 < t->n)
			buf_fill(out, ' ', (size_t)(wide[i] - (int)strlen(t->heads[i]) + GAP));
	}
	buf_putc(out, '\n');
	for (size_t k = 0; k < t->rows.len; k++) {
		add_row(out, t, &t->rows.items[k], wide, width);
		buf_add(out, buf_str(&t->rows.items[k].below));
		buf_release(&t->rows.items[k].below);
	}
}
