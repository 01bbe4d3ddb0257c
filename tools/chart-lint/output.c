/* SPDX-License-Identifier: Apache-2.0 */
/* Printing findings. */
#include "output.h"

#include "cli/cli.h"
#include "json/json.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *x, const void *y)
{
	const struct lint_finding *a = x;
	const struct lint_finding *b = y;
	int order = str_cmp(a->file, b->file);

	if (!order)
		order = (a->line > b->line) - (a->line < b->line);
	if (!order)
		order = (a->column > b->column) - (a->column < b->column);
	if (!order)
		order = strcmp(a->rule->id, b->rule->id);
	return order ? order : str_cmp(a->message, b->message);
}

void lint_sort(struct lint_findings *f)
{
	size_t n = 0;

	if (!f->len)
		return;
	qsort(f->items, f->len, sizeof(*f->items), compare);
	for (size_t i = 0; i < f->len; i++) {
		if (!n || compare(&f->items[n - 1], &f->items[i]) != 0)
			f->items[n++] = f->items[i];
	}
	f->len = n;
}

struct lint_totals lint_count(const struct lint_findings *f, size_t charts)
{
	struct lint_totals t = { .charts = charts };

	vec_each (const struct lint_finding, x, f) {
		t.errors += x->severity == LINT_ERROR;
		t.warnings += x->severity == LINT_WARNING;
		t.infos += x->severity == LINT_INFO;
	}
	return t;
}

/* Charts are untrusted: nothing that a terminal would obey. */
static void add_char(struct buf *out, char c)
{
	buf_putc(out, (unsigned char)c < 0x20 || c == 0x7f ? '?' : c);
}

/* One line: Helm's messages may have several. */
static void add_flat(struct buf *out, struct str s)
{
	bool blank = false;

	s = str_trim(s);
	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];
		if (c == '\n' || c == '\t' || c == '\r' || (c == ' ' && blank)) {
			if (!blank)
				buf_putc(out, ' ');
			blank = true;
			continue;
		}
		add_char(out, c);
		blank = c == ' ';
	}
}

static enum cli_color color_of(enum lint_severity s)
{
	return s == LINT_ERROR ? CLI_RED : s == LINT_WARNING ? CLI_YELLOW : CLI_CYAN;
}

static void add_place(struct buf *out, const struct lint_finding *f)
{
	for (size_t i = 0; i < f->file.len; i++)
		add_char(out, f->file.s[i]);
	if (f->line)
		buf_printf(out, ":%d:%d", f->line, f->column ? f->column : 1);
}

static void print_text(struct buf *out, const struct lint_findings *f, const struct str_vec *charts, bool color)
{
	(void)charts;
	vec_each (const struct lint_finding, x, f) {
		buf_puts(out, cli_color(color, CLI_BOLD));
		add_place(out, x);
		buf_printf(out, ":%s %s%s:%s ", cli_color(color, CLI_RESET), cli_color(color, color_of(x->severity)),
			lint_severity_name(x->severity), cli_color(color, CLI_RESET));
		add_flat(out, x->message);
		buf_printf(out, " %s[%s]%s\n", cli_color(color, CLI_DIM), x->rule->id, cli_color(color, CLI_RESET));
	}
}

static void add_object(struct buf *out, const struct lint_finding *f)
{
	buf_puts(out, "{\"file\":");
	json_add_str(out, f->file, JSON_RAW);
	buf_printf(out, ",\"line\":%d,\"column\":%d,\"severity\":\"%s\",\"rule\":\"%s\",\"message\":", f->line,
		f->column, lint_severity_name(f->severity), f->rule->id);
	json_add_str(out, f->message, JSON_RAW);
	buf_putc(out, '}');
}

static void print_jsonl(struct buf *out, const struct lint_findings *f, const struct str_vec *charts, bool color)
{
	(void)charts;
	(void)color;
	vec_each (const struct lint_finding, x, f) {
		add_object(out, x);
		buf_putc(out, '\n');
	}
}

static void print_json(struct buf *out, const struct lint_findings *f, const struct str_vec *charts, bool color)
{
	struct lint_totals t = lint_count(f, charts->len);

	(void)color;
	buf_puts(out, "{\n  \"findings\": [");
	vec_each (const struct lint_finding, x, f) {
		buf_puts(out, x == f->items ? "\n    " : ",\n    ");
		add_object(out, x);
	}
	buf_printf(out, "%s],\n  \"charts\": %zu,\n  \"errors\": %zu,\n  \"warnings\": %zu,\n  \"infos\": %zu\n}\n",
		f->len ? "\n  " : "", t.charts, t.errors, t.warnings, t.infos);
}

/* GitHub's workflow commands: '%', line ends, and in properties ':' and ',' are escaped. */
static void add_escaped(struct buf *out, struct str s, bool property)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];
		if (c == '%' || c == '\n' || c == '\r' || (property && (c == ':' || c == ',')))
			buf_printf(out, "%%%02X", (unsigned char)c);
		else
			add_char(out, c);
	}
}

static void print_github(struct buf *out, const struct lint_findings *f, const struct str_vec *charts, bool color)
{
	(void)charts;
	(void)color;
	vec_each (const struct lint_finding, x, f) {
		buf_printf(out, "::%s file=", x->severity == LINT_INFO ? "notice" : lint_severity_name(x->severity));
		add_escaped(out, x->file, true);
		if (x->line)
			buf_printf(out, ",line=%d,col=%d", x->line, x->column ? x->column : 1);
		buf_puts(out, ",title=");
		add_escaped(out, str_from(x->rule->id), true);
		buf_puts(out, "::");
		add_escaped(out, str_trim(x->message), false);
		buf_putc(out, '\n');
	}
}

static void print_tap(struct buf *out, const struct lint_findings *f, const struct str_vec *charts, bool color)
{
	size_t n = 0;

	(void)color;
	(void)charts;
	buf_printf(out, "1..%zu\n", f->len ? f->len : 1);
	if (!f->len)
		buf_puts(out, "ok 1 - nothing found\n");
	vec_each (const struct lint_finding, x, f) {
		buf_printf(out, "%s %zu - ", x->severity == LINT_ERROR ? "not ok" : "ok", ++n);
		add_place(out, x);
		buf_puts(out, ": ");
		struct buf flat = BUF_INIT;
		add_flat(&flat, x->message);
		for (size_t i = 0; i < flat.len; i++) {
			if (flat.data[i] == '#')
				buf_putc(out, '\\');
			buf_putc(out, flat.data[i]);
		}
		buf_release(&flat);
		buf_printf(out, " [%s]\n", x->rule->id);
	}
}

static void add_xml(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.s[i];
		if (c == '<')
			buf_puts(out, "&lt;");
		else if (c == '>')
			buf_puts(out, "&gt;");
		else if (c == '&')
			buf_puts(out, "&amp;");
		else if (c == '"')
			buf_puts(out, "&quot;");
		else if (c == '\n' || c == '\t')
			buf_printf(out, "&#%d;", c);
		else
			buf_putc(out, c < 0x20 ? '?' : (char)c);
	}
}

static void print_junit(struct buf *out, const struct lint_findings *f, const struct str_vec *charts, bool color)
{
	struct lint_totals t = lint_count(f, charts->len);

	(void)color;
	buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	buf_printf(
		out, "<testsuite name=\"chart-lint\" tests=\"%zu\" failures=\"%zu\">\n", f->len ? f->len : 1, t.errors);
	if (!f->len)
		buf_puts(out, "  <testcase classname=\"chart-lint\" name=\"nothing found\"/>\n");
	vec_each (const struct lint_finding, x, f) {
		buf_printf(out, "  <testcase classname=\"%s\" name=\"", x->rule->id);
		struct buf place = BUF_INIT;
		add_place(&place, x);
		add_xml(out, buf_str(&place));
		buf_release(&place);
		const char *tag = x->severity == LINT_ERROR ? "failure" : "system-out";
		buf_puts(out, x->severity == LINT_ERROR ? "\">\n    <failure message=\"" : "\">\n    <system-out>");
		add_xml(out, str_trim(x->message));
		buf_printf(out, x->severity == LINT_ERROR ? "\"/>\n" : "</%s>\n", tag);
		buf_puts(out, "  </testcase>\n");
	}
	buf_puts(out, "</testsuite>\n");
}

static void print_checkstyle(struct buf *out, const struct lint_findings *f, const struct str_vec *charts, bool color)
{
	struct str file = { NULL, 0 };

	(void)charts;
	(void)color;
	buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n");
	vec_each (const struct lint_finding, x, f) {
		if (!file.s || !str_eq(file, x->file)) {
			buf_puts(out, file.s ? "  </file>\n  <file name=\"" : "  <file name=\"");
			add_xml(out, x->file);
			buf_puts(out, "\">\n");
			file = x->file;
		}
		buf_printf(out, "    <error line=\"%d\" column=\"%d\" severity=\"%s\" message=\"", x->line, x->column,
			lint_severity_name(x->severity));
		add_xml(out, str_trim(x->message));
		buf_printf(out, "\" source=\"%s\"/>\n", x->rule->id);
	}
	buf_puts(out, file.s ? "  </file>\n</checkstyle>\n" : "</checkstyle>\n");
}

static void add_sarif_rules(struct buf *out)
{
	for (size_t i = 0; i < lint_rule_count(); i++) {
		const struct lint_rule *r = &lint_rules[i];
		buf_printf(out, "%s\n          {\"id\":\"%s\",\"shortDescription\":{\"text\":", i ? "," : "", r->id);
		json_add_str(out, str_from(r->help), JSON_RAW);
		buf_puts(out, "},\"help\":{\"text\":");
		json_add_str(out, str_from(r->explain), JSON_RAW);
		buf_puts(out, "}}");
	}
}

static void print_sarif(struct buf *out, const struct lint_findings *f, const struct str_vec *charts, bool color)
{
	(void)charts;
	(void)color;
	buf_puts(out,
		"{\n  \"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\",\n  \"version\": \"2.1.0\",\n"
		"  \"runs\": [{\n    \"tool\": {\"driver\": {\"name\": \"chart-lint\", \"version\": "
		"\"" CHART_TOOLS_VERSION "\", \"rules\": [");
	add_sarif_rules(out);
	buf_puts(out, "\n    ]}},\n    \"results\": [");
	vec_each (const struct lint_finding, x, f) {
		buf_printf(out, "%s\n      {\"ruleId\":\"%s\",\"level\":\"%s\",\"message\":{\"text\":",
			x == f->items ? "" : ",", x->rule->id,
			x->severity == LINT_INFO ? "note" : lint_severity_name(x->severity));
		json_add_str(out, str_trim(x->message), JSON_RAW);
		buf_puts(out, "},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
		json_add_str(out, x->file, JSON_RAW);
		buf_putc(out, '}');
		if (x->line)
			buf_printf(out, ",\"region\":{\"startLine\":%d,\"startColumn\":%d}", x->line,
				x->column ? x->column : 1);
		buf_puts(out, "}}]}");
	}
	buf_puts(out, f->len ? "\n    ]\n  }]\n}\n" : "]\n  }]\n}\n");
}

static const struct lint_format formats[] = {
	{ "text", print_text },
	{ "json", print_json },
	{ "jsonl", print_jsonl },
	{ "sarif", print_sarif },
	{ "github", print_github },
	{ "junit", print_junit },
	{ "tap", print_tap },
	{ "checkstyle", print_checkstyle },
};

const struct lint_format *lint_format_find(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	}
	return NULL;
}
