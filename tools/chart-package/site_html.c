/* SPDX-License-Identifier: Apache-2.0 */
/* The page as HTML: what is there without scripts. */
#include "base/b64.h"
#include "base/html.h"
#include "crypto/digest.h"
#include "net/url.h"
#include "tools/chart-package/site_parts.h"
#include "json/json.h"

#include <string.h>

typedef void (*slot_fn)(void *ctx, struct buf *out, struct str name);

/* Puts what `slot` adds in the place of each "@NAME@" of a template. */
static void fill(struct buf *out, struct str text, slot_fn slot, void *ctx)
{
	while (text.len) {
		struct str before = text;
		ptrdiff_t at = str_find_char(text, '@');
		if (at < 0)
			break;
		buf_add(out, str_slice(before, 0, (size_t)at));
		text = str_skip(text, (size_t)at + 1);
		ptrdiff_t end = str_find_char(text, '@');
		if (end < 0)
			break;
		slot(ctx, out, str_slice(text, 0, (size_t)end));
		text = str_skip(text, (size_t)end + 1);
	}
	buf_add(out, text);
}

struct filling {
	struct site *s;
	const struct site_chart *chart;
	const struct site_version *newest;
	struct val facts;
	struct arena a;
};

/* One of the 12 colours, the same for a name in every version of this program. */
static unsigned hue(struct str name)
{
	uint32_t h = 0;
	for (size_t i = 0; i < name.len; i++)
		h = h * 31 + (unsigned char)name.s[i];
	return h % 12;
}

static void add_icon(struct buf *out, const struct site_chart *chart)
{
	size_t n = 1;
	if (chart->icon >= 0) {
		buf_printf(out, "<span class=\"icon i%d\" aria-hidden=\"true\"></span>", chart->icon);
		return;
	}
	while (n < chart->name.len && ((unsigned char)chart->name.s[n] & 0xc0) == 0x80)
		n++;
	buf_printf(out, "<span class=\"icon h%u\" aria-hidden=\"true\">", hue(chart->name));
	html_add(out, str_slice(chart->name, 0, n));
	buf_puts(out, "</span>");
}

static void add_words(struct buf *out, struct val list)
{
	val_list_each (v, list) {
		buf_putc(out, ' ');
		html_add(out, val_is_list(*v) ? val_str(val_list_at(*v, 0)) : val_str(*v));
	}
}

static void add_card(struct buf *out, const struct filling *f)
{
	const struct index_entry *e = f->newest->entry;
	struct str day = site_day(e->created);
	buf_printf(out, "<li class=\"card\" data-day=\"%.*s\" data-words=\"", STR_ARG(day));
	add_words(out, val_get(f->facts, "w"));
	add_words(out, val_get(f->facts, "m"));
	buf_puts(out, "\">\n");
	add_icon(out, f->chart);
	buf_printf(out, "\n<div><h2><a href=\"#c%zu\">", f->chart->number);
	html_add(out, f->chart->name);
	buf_puts(out, "</a></h2>\n<p class=\"at\">");
	html_add(out, e->version);
	if (day.len)
		buf_printf(out, " &middot; <time>%.*s</time>", STR_ARG(day));
	buf_puts(out, "</p></div>\n<p class=\"what\">");
	html_add(out, val_get_str(f->facts, "s"));
	buf_puts(out, "</p>\n<p class=\"badges\">");
	if (e->app_version.len) {
		buf_puts(out, "<span class=\"badge\">app ");
		html_add(out, e->app_version);
		buf_puts(out, "</span>");
	}
	site_add_badges(out, f->newest, f->facts);
	buf_puts(out, "</p>\n</li>\n");
}

static void add_readme(struct buf *out, const struct site_chart *chart)
{
	if (chart->readmes.len)
		buf_add(out, buf_str(&chart->readmes));
	buf_printf(out, "<p class=\"none\" data-slot=\"no-readme\"%s>There is no README.</p>\n",
		chart->versions[0].readme >= 0 ? " hidden" : "");
}

static void add_values(struct buf *out, const struct site_chart *chart)
{
	bool none = !chart->nvalues;
	buf_printf(out,
		"<table class=\"stack values\"%s>\n<thead><tr><th scope=\"col\">Path</th><th scope=\"col\">Type</th>"
		"<th scope=\"col\">Default</th><th scope=\"col\">Description</th></tr></thead>\n<tbody>\n",
		none ? " hidden" : "");
	buf_add(out, buf_str(&chart->values));
	buf_printf(out, "</tbody>\n</table>\n<p class=\"none\" data-slot=\"no-values\"%s>There are no values.</p>\n",
		none ? "" : " hidden");
}

static void fill_chart(void *ctx, struct buf *out, struct str name)
{
	struct filling *f = ctx;
	const struct site_chart *chart = f->chart;
	if (str_is(name, "NUMBER"))
		buf_printf(out, "%zu", chart->number);
	else if (str_is(name, "NAME"))
		html_add(out, chart->name);
	else if (str_is(name, "VERSION"))
		html_add(out, f->newest->entry->version);
	else if (str_is(name, "LEAD"))
		html_add(out, val_get_str(f->facts, "s"));
	else if (str_is(name, "ICON"))
		add_icon(out, chart);
	else if (str_is(name, "BADGES"))
		site_add_badges(out, f->newest, f->facts);
	else if (str_is(name, "INSTALL"))
		site_add_install(out, f->s, f->newest, f->facts);
	else if (str_is(name, "FACTS"))
		site_add_facts(out, f->newest, f->facts);
	else if (str_is(name, "README"))
		add_readme(out, chart);
	else if (str_is(name, "VALUES"))
		add_values(out, chart);
	else if (str_is(name, "VALUES-COUNT"))
		buf_printf(out, "%zu", chart->nvalues);
	else if (str_is(name, "VERSIONS"))
		for (size_t i = 0; i < chart->n; i++)
			site_add_version(out, f->s, &chart->versions[i]);
	else if (str_is(name, "VERSIONS-COUNT"))
		buf_printf(out, "%zu", chart->n);
	else if (str_is(name, "CHANGES"))
		site_add_changes(out, chart);
	else if (str_is(name, "DEPENDENCIES"))
		site_add_dependencies(out, val_get(f->facts, "p"));
	else if (str_is(name, "DEPENDENCIES-COUNT"))
		buf_printf(out, "%zu", val_list_len(val_get(f->facts, "p")));
}

void site_add_chart(struct site *s, const struct site_chart *chart)
{
	struct filling f = { .s = s, .chart = chart, .newest = &chart->versions[0], .a = ARENA_INIT };
	f.facts = site_facts(&f.a, f.newest->entry);
	add_card(&s->cards, &f);
	fill(&s->charts, site_chart_html, fill_chart, &f);
	struct buf name = BUF_INIT;
	json_add_str(&name, chart->name, JSON_RAW);
	buf_puts(&s->data, chart->number ? ",\n{\"n\":" : "{\"n\":");
	html_add_json(&s->data, buf_str(&name));
	buf_puts(&s->data, ",\"v\":[");
	buf_add(&s->data, buf_str(&chart->data));
	buf_puts(&s->data, "]}");
	buf_release(&name);
	arena_release(&f.a);
}

struct page {
	struct site *s;
	struct buf style;
};

/* 'sha256-...', which lets this style or script in and no other. */
static void add_source(struct buf *out, struct str text)
{
	unsigned char raw[64];
	size_t n = digest_raw(raw, DIGEST_SHA256, text);
	buf_puts(out, "'sha256-");
	b64_add(out, (struct str){ (const char *)raw, n });
	buf_putc(out, '\'');
}

static void add_policy(struct buf *out, const struct page *p)
{
	buf_puts(out, "default-src 'none'; script-src ");
	add_source(out, site_script_js);
	buf_puts(out, "; style-src ");
	add_source(out, buf_str(&p->style));
	buf_puts(out, "; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
		      "trusted-types 'none'");
}

static void add_counts(struct buf *out, const struct site *s)
{
	buf_printf(out, "%zu %s in %zu %s", s->index.len, s->index.len == 1 ? "chart" : "charts", s->versions,
		s->versions == 1 ? "version" : "versions");
}

static void add_data_text(struct buf *out, const char *key, struct str text)
{
	struct buf b = BUF_INIT;
	json_add_str(&b, text, JSON_RAW);
	buf_printf(out, "\"%s\":", key);
	html_add_json(out, buf_str(&b));
	buf_puts(out, ",");
	buf_release(&b);
}

static void add_data(struct buf *out, const struct site *s)
{
	buf_putc(out, '{');
	add_data_text(out, "title", s->title);
	add_data_text(out, "alias", s->alias);
	add_data_text(out, "url", str_from(opts.url));
	add_data_text(out, "oci", str_from(opts.oci));
	buf_puts(out, "\"charts\":[\n");
	buf_add(out, buf_str(&s->data));
	buf_puts(out, "]}");
}

static void add_foot(struct buf *out, const struct site *s)
{
	struct str day = site_day(s->index.generated);
	if (day.len)
		buf_printf(out, "Index of <time>%.*s</time>. ", STR_ARG(day));
	buf_puts(out, "Made by chart-package. This page loads nothing from anywhere.");
}

static void fill_page(void *ctx, struct buf *out, struct str name)
{
	const struct page *p = ctx;
	if (str_is(name, "RELEASE"))
		buf_puts(out, CHART_TOOLS_VERSION);
	else if (str_is(name, "POLICY"))
		add_policy(out, p);
	else if (str_is(name, "TITLE"))
		html_add(out, p->s->title);
	else if (str_is(name, "STYLE"))
		buf_add(out, buf_str(&p->style));
	else if (str_is(name, "SCRIPT"))
		buf_add(out, site_script_js);
	else if (str_is(name, "COUNTS"))
		add_counts(out, p->s);
	else if (str_is(name, "ADD"))
		site_add_repository(out, p->s);
	else if (str_is(name, "CARDS"))
		buf_add(out, buf_str(&p->s->cards));
	else if (str_is(name, "CHARTS"))
		buf_add(out, buf_str(&p->s->charts));
	else if (str_is(name, "FOOT"))
		add_foot(out, p->s);
	else if (str_is(name, "DATA"))
		add_data(out, p->s);
}

void site_add_page(struct buf *out, struct site *s)
{
	struct page p = { .s = s, .style = BUF_INIT };
	buf_add(&p.style, site_style_css);
	buf_add(&p.style, buf_str(&s->styles));
	fill(out, site_page_html, fill_page, &p);
	buf_release(&p.style);
}
