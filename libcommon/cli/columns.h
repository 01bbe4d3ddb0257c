/* SPDX-License-Identifier: Apache-2.0 */
/* columns: a table for people, its columns as wide as what is in them. */
#pragma once

#include "base/vec.h"
#include "cli/cli.h"

/*
 *	struct columns t;
 *	columns_start(&t, arena, c->color_out);
 *	columns_head(&t, "NAME|VERSION");
 *	columns_row(&t);
 *	columns_cell(&t, name, CLI_BOLD);
 *	columns_cell(&t, version, CLI_GREEN);
 *	columns_print(&out, &t, 80);
 *
 * Lines never end in blanks. Control characters in cells are shown as '?'. Where a row is too long, its last cell goes on in
 * the next line, under its own head, as long as there is room for a few words.
 */
#define COLUMNS_MAX 12

struct columns_row {
	struct str cell[COLUMNS_MAX];
	enum cli_color paint[COLUMNS_MAX];
	int n;
	struct buf below; /* whole lines after the row */
};

struct columns {
	struct arena *arena;
	bool color;
	const char *heads[COLUMNS_MAX];
	int n; /* of columns */
	VEC(struct columns_row) rows;
};

/* Begins a table; cells are kept in `a`. */
void columns_start(struct columns *t, struct arena *a, bool color);
/* The heads, separated by '|'. */
void columns_head(struct columns *t, const char *heads);
/* Begins the next row. */
void columns_row(struct columns *t);
/* The next cell of the row. CLI_RESET: no colour. */
void columns_cell(struct columns *t, struct str text, enum cli_color paint);
/* Where lines that belong under the row can be added; they are printed as they are. Valid until the next row begins. */
struct buf *columns_below(struct columns *t);
/* Adds the table, with lines of `width` at most where that is possible, and ends it. */
void columns_print(struct buf *out, struct columns *t, int width);
