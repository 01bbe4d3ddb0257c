/* SPDX-License-Identifier: Apache-2.0 */
/* functions: prints docs/functions.md, made of the tables of functions. */
#include "funcs/funcs.h"
#include "template/exec.h"

#include <stdio.h>
#include <string.h>

static const char *const families[] = { "Text", "Defaults and logic", "Types", "Numbers", "Lists", "Dictionaries",
	"Encodings", "Regular expressions", "Dates and durations", "Versions", "Paths", "URLs", "Digests and secrets",
	"Certificates", "Random", "Helm", "Go's own" };

struct row {
	const struct tmpl_func *func;
	const char *family;
};

struct rows {
	struct row *items;
	size_t len, cap;
};

static void add_all(struct rows *rows, struct arena *a, const struct tmpl_funcs *table)
{
	for (size_t i = 0; i < table->len; i++) {
		const struct tmpl_func *f = &table->items[i];
		struct row row = { f, f->family };
		vec_push_in(a, rows, row);
	}
}

/* The parameters as Go writes them: "string, ...interface {}". */
static void add_params(struct buf *b, const char *params)
{
	size_t n = strlen(params);
	bool variadic = n && params[n - 1] == '*';
	if (variadic)
		n--;
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s%s%s", i ? ", " : "", variadic && i + 1 == n ? "..." : "", tmpl_param_type(params[i]));
}

/* As code that may hold backquotes and stand in a table. */
static void add_code(struct buf *b, const char *text)
{
	const char *fence = strchr(text, '`') ? "``" : "`";
	if (!*text)
		return;
	buf_puts(b, fence);
	for (const char *p = text; *p; p++) {
		if (*p == '|')
			buf_puts(b, "\\|");
		else if (*p == '\n')
			buf_puts(b, "\\n");
		else
			buf_putc(b, *p);
	}
	buf_puts(b, fence);
}

static void add_row(struct buf *b, const struct tmpl_func *f)
{
	buf_printf(b, "| `%s` | `(", f->name);
	add_params(b, f->params);
	buf_puts(b, ")` | ");
	if (f->example)
		add_code(b, f->example);
	buf_puts(b, " | ");
	if (f->example)
		add_code(b, f->result);
	buf_puts(b, " |\n");
}

static void add_family(struct buf *b, const struct rows *rows, const char *family)
{
	buf_printf(b, "\n## %s\n| Function | Parameters | Example | Prints |\n|---|---|---|---|\n", family);
	vec_each (const struct row, row, rows)
		if (strcmp(row->family, family) == 0)
			add_row(b, row->func);
}

int main(void)
{
	struct arena a = ARENA_INIT;
	struct rows rows = { 0 };
	struct buf b = BUF_INIT;
	add_all(&rows, &a, fn_table());
	add_all(&rows, &a, builtin_table());
	buf_printf(&b,
		"# Functions\n"
		"<!-- Written by `make docs` from libcommon/funcs/rows.h and libcommon/template/builtins.c; do not "
		"edit. -->\n"
		"All %zu functions that templates can call, as Helm has them. Parameters are Go's: the types that a "
		"value must "
		"have or a constant is converted to; `...` takes any number. A pipe gives its value to the last one. "
		"Every "
		"example is run as a test.\n"
		"\n"
		"`and`, `or`, `not`, `eq` and their like are Go's own; a name that stands in two tables is Helm's. "
		"There is "
		"no `env` and no `expandenv`, as in Helm. `getHostByName` gives an empty text without `--enable-dns`, "
		"`lookup` an empty map.\n",
		rows.len);
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		add_family(&b, &rows, families[i]);
	fputs(buf_text(&b), stdout);
	buf_release(&b);
	arena_release(&a);
	return 0;
}
