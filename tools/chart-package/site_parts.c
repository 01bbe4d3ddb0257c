/* SPDX-License-Identifier: Apache-2.0 */
/* The pieces of a chart's article. */
#include "tools/chart-package/site_parts.h"

#include "base/html.h"
#include "net/url.h"

#include <string.h>

/* Whether a link may lead there. */
static bool is_web(struct str url)
{
	return str_starts(url, STR("https://")) || str_starts(url, STR("http://"));
}

/* Adds a word as a shell reads it. */
static void add_word(struct buf *out, struct str word)
{
	bool plain = word.len > 0;
	for (size_t i = 0; i < word.len && plain; i++) {
		char c = word.s[i];
		plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			(c && strchr("._+/:@%-", c));
	}
	if (plain) {
		buf_add(out, word);
		return;
	}
	buf_putc(out, '\'');
	for (size_t i = 0; i < word.len; i++) {
		if (word.s[i] == '\'')
			buf_puts(out, "'\\'");
		buf_putc(out, word.s[i]);
	}
	buf_putc(out, '\'');
}

struct str site_archive_url(const struct site *s, const struct site_version *v)
{
	const struct str_vec *urls = &v->entry->urls;
	struct str url = urls->len ? urls->items[0] : (struct str){ NULL, 0 };
	if (is_web(url))
		return url;
	/* What could have a scheme or lead out of the folder is no link. */
	if (!url.len || str_find_char(url, ':') >= 0 || str_find_char(url, '\\') >= 0 || str_starts(url, STR("/")) ||
		str_has(url, STR("..")))
		return (struct str){ NULL, 0 };
	if (s->beside)
		return arena_join(s->a, STR("./"), str_trim_prefix(url, STR("./")));
	struct str full = { NULL, 0 };
	if (opts.url && is_web(str_from(opts.url)))
		err_free(net_url_below(&full, s->a, str_from(opts.url), url));
	return full;
}

static void add_web(struct buf *out, struct str url, struct str text)
{
	if (is_web(url)) {
		buf_puts(out, "<a rel=\"noopener noreferrer nofollow\" href=\"");
		html_add(out, url);
		buf_puts(out, "\">");
		html_add(out, text);
		buf_puts(out, "</a>");
	} else {
		html_add(out, text);
	}
}

void site_add_badges(struct buf *out, const struct site_version *v, struct val facts)
{
	static const char *const signatures[] = { "", "<span class=\"badge\">signed, not checked</span>",
		"<span class=\"badge good\">signed</span>", "<span class=\"badge bad\">signature refused</span>" };
	if (v->entry->deprecated)
		buf_puts(out, "<span class=\"badge bad\">deprecated</span>");
	if (str_is(val_get_str(facts, "t"), "library"))
		buf_puts(out, "<span class=\"badge\">library</span>");
	if (val_map_find(facts, STR("e")))
		buf_puts(out, "<span class=\"badge warn\">security fixes</span>");
	buf_puts(out, signatures[v->signature.state]);
}

static void begin_fact(struct buf *out, const char *name)
{
	buf_printf(out, "<div><dt>%s</dt><dd>", name);
}

static void end_fact(struct buf *out)
{
	buf_puts(out, "</dd></div>\n");
}

static void add_fact(struct buf *out, const char *name, struct str text)
{
	if (!text.len)
		return;
	begin_fact(out, name);
	add_web(out, text, text);
	end_fact(out);
}

static void add_signature(struct buf *out, const struct site_signature *s)
{
	static const char *const words[] = { "", "there is a provenance file, which was not checked", "by ",
		"refused: " };
	if (s->state == SITE_UNSIGNED)
		return;
	begin_fact(out, "Signature");
	buf_puts(out, words[s->state]);
	html_add(out, s->who);
	if (s->day.len)
		buf_printf(out, ", <time>%.*s</time>", STR_ARG(s->day));
	if (s->fingerprint.len) {
		buf_puts(out, "<br><code class=\"long\">");
		html_add(out, s->fingerprint);
		buf_puts(out, "</code>");
	}
	end_fact(out);
}

static void add_maintainers(struct buf *out, struct val list)
{
	if (!val_list_len(list))
		return;
	begin_fact(out, "Maintainers");
	val_list_each (m, list) {
		struct str name = val_str(val_list_at(*m, 0)), email = val_str(val_list_at(*m, 1));
		buf_puts(out, m > list.list->items ? "<br>" : "");
		add_web(out, val_str(val_list_at(*m, 2)), name.len ? name : email);
	}
	end_fact(out);
}

static void add_list(struct buf *out, const char *name, struct val list, const char *between)
{
	if (!val_list_len(list))
		return;
	begin_fact(out, name);
	val_list_each (v, list) {
		buf_puts(out, v > list.list->items ? between : "");
		add_web(out, val_str(*v), val_str(*v));
	}
	end_fact(out);
}

void site_add_facts(struct buf *out, const struct site_version *v, struct val facts)
{
	struct str digest = str_trim_prefix(v->entry->digest, STR("sha256:"));
	add_fact(out, "App version", v->entry->app_version);
	add_fact(out, "Kubernetes", val_get_str(facts, "k"));
	add_fact(out, "Published", site_day(v->entry->created));
	add_fact(out, "Licence", val_get_str(facts, "l"));
	add_fact(out, "Home", val_get_str(facts, "h"));
	add_list(out, "Sources", val_get(facts, "o"), "<br>");
	add_maintainers(out, val_get(facts, "m"));
	add_list(out, "Keywords", val_get(facts, "w"), ", ");
	add_signature(out, &v->signature);
	if (digest.len) {
		begin_fact(out, "Digest");
		buf_puts(out, "<code class=\"long\">sha256:");
		html_add(out, digest);
		buf_puts(out, "</code>");
		end_fact(out);
	}
}

static void add_command(struct buf *out, struct str text)
{
	buf_puts(out, "<div class=\"cmd\"><code>");
	html_add(out, text);
	buf_puts(out, "</code></div>\n");
}

/* The URL of the repository; where it is not known, a word that the script replaces. */
static struct str url_of(void)
{
	return opts.url && *opts.url ? str_from(opts.url) : STR("URL-OF-THIS-FOLDER");
}

void site_add_repository(struct buf *out, const struct site *s)
{
	struct buf b = BUF_INIT;
	buf_puts(&b, "helm repo add ");
	add_word(&b, s->alias);
	buf_putc(&b, ' ');
	add_word(&b, url_of());
	buf_puts(out, "<div data-slot=\"repository\">\n");
	add_command(out, buf_str(&b));
	buf_puts(out, "</div>");
	buf_release(&b);
}

static void add_dependency_lines(struct buf *out, const struct index_entry *e)
{
	struct buf b = BUF_INIT;
	buf_printf(&b, "dependencies:\n- name: %.*s\n  version: %.*s\n  repository: %.*s", STR_ARG(e->name),
		STR_ARG(e->version), STR_ARG(url_of()));
	buf_puts(out, "<p>In <code>Chart.yaml</code>:</p>\n");
	add_command(out, buf_str(&b));
	buf_release(&b);
}

static void add_helm_install(struct buf *out, struct str where, const struct index_entry *e)
{
	struct buf name = BUF_INIT, b = BUF_INIT;
	buf_printf(&name, "my-%.*s", STR_ARG(e->name));
	buf_puts(&b, "helm install ");
	add_word(&b, buf_str(&name));
	buf_clear(&name);
	buf_printf(&name, "%.*s/%.*s", STR_ARG(where), STR_ARG(e->name));
	buf_putc(&b, ' ');
	add_word(&b, buf_str(&name));
	buf_puts(&b, " --version ");
	add_word(&b, e->version);
	add_command(out, buf_str(&b));
	buf_release(&name);
	buf_release(&b);
}

void site_add_install(struct buf *out, const struct site *s, const struct site_version *v, struct val facts)
{
	const struct index_entry *e = v->entry;
	struct str oci = str_trim_end(str_from(opts.oci), "/");
	if (str_is(val_get_str(facts, "t"), "library")) {
		add_dependency_lines(out, e);
		return;
	}
	add_helm_install(out, s->alias, e);
	if (oci.len) {
		buf_puts(out, "<p>From the registry:</p>\n");
		add_helm_install(out, oci, e);
	}
}

static void add_counts(struct buf *out, const struct site_counts *c)
{
	if (!c->known)
		return;
	if (!c->added && !c->removed && !c->changed) {
		buf_puts(out, "as before");
		return;
	}
	const char *gap = "";
	if (c->added)
		buf_printf(out, "<span class=\"plus\">+%zu</span>", c->added), gap = " ";
	if (c->removed)
		buf_printf(out, "%s<span class=\"minus\">&minus;%zu</span>", gap, c->removed), gap = " ";
	if (c->changed)
		buf_printf(out, "%s<span class=\"diff\">~%zu</span>", gap, c->changed);
}

static void add_size(struct buf *out, size_t bytes)
{
	if (bytes < 1000000)
		buf_printf(out, "%zu kB", (bytes + 999) / 1000);
	else
		buf_printf(out, "%zu.%zu MB", bytes / 1000000, bytes / 100000 % 10);
}

static void add_archive(struct buf *out, const struct site *s, const struct site_version *v)
{
	struct str url = site_archive_url(s, v);
	struct buf text = BUF_INIT;
	if (v->size)
		add_size(&text, v->size);
	else
		buf_puts(&text, "archive");
	if (url.len) {
		buf_puts(out, "<a rel=\"noopener noreferrer\" href=\"");
		html_add(out, url);
		buf_puts(out, "\">");
		buf_add(out, buf_str(&text));
		buf_puts(out, "</a>");
	} else if (v->size) {
		buf_add(out, buf_str(&text));
	}
	buf_release(&text);
}

void site_add_version(struct buf *out, const struct site *s, const struct site_version *v)
{
	static const char *const words[] = { "", "not checked", "<span class=\"good\">verified</span>",
		"<span class=\"bad\">refused</span>" };
	buf_puts(out, "<tr><th scope=\"row\">");
	html_add(out, v->entry->version);
	buf_puts(out, "</th><td>");
	html_add(out, v->entry->app_version);
	buf_printf(out, "</td><td>%.*s</td><td>", STR_ARG(site_day(v->entry->created)));
	add_counts(out, &v->counts);
	buf_printf(out, "</td><td>%s</td><td>", words[v->signature.state]);
	add_archive(out, s, v);
	buf_puts(out, "</td></tr>\n");
}

static bool is_kind(struct str kind)
{
	static const char *const kinds[] = { "added", "changed", "deprecated", "removed", "fixed", "security" };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_is(kind, kinds[i]))
			return true;
	return false;
}

static void add_change_list(struct buf *out, struct val list)
{
	buf_puts(out, "<ul class=\"changes\">\n");
	val_list_each (c, list) {
		struct str kind = val_str(val_list_at(*c, 0));
		buf_puts(out, "<li>");
		if (is_kind(kind))
			buf_printf(out, "<span class=\"kind %.*s\">%.*s</span> ", STR_ARG(kind), STR_ARG(kind));
		html_add(out, val_str(val_list_at(*c, 1)));
		buf_puts(out, "</li>\n");
	}
	buf_puts(out, "</ul>\n");
}

void site_add_changes(struct buf *out, const struct site_chart *chart)
{
	size_t before = out->len;
	bool any = false;
	buf_puts(out, "<section class=\"panel\" data-tab=\"changes\" aria-label=\"Changes\">\n<h3>Changes</h3>\n");
	for (size_t i = 0; i < chart->n; i++) {
		const struct index_entry *e = chart->versions[i].entry;
		struct arena a = ARENA_INIT;
		struct val list = val_get(site_facts(&a, e), "c");
		if (val_list_len(list)) {
			any = true;
			buf_puts(out, "<h4>");
			html_add(out, e->version);
			buf_printf(out, " <small>%.*s</small></h4>\n", STR_ARG(site_day(e->created)));
			add_change_list(out, list);
		}
		arena_release(&a);
	}
	buf_puts(out, "</section>\n");
	if (!any)
		buf_cut(out, before);
}

void site_add_dependencies(struct buf *out, struct val list)
{
	if (!val_list_len(list)) {
		buf_puts(out, "<p class=\"none\">There are none.</p>\n");
		return;
	}
	buf_puts(out, "<table class=\"stack\"><thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Version</th>"
		      "<th scope=\"col\">Repository</th><th scope=\"col\">Condition</th></tr></thead>\n<tbody>\n");
	val_list_each (d, list) {
		struct str alias = val_str(val_list_at(*d, 4)), repository = val_str(val_list_at(*d, 2));
		buf_puts(out, "<tr><th scope=\"row\">");
		html_add(out, val_str(val_list_at(*d, 0)));
		if (alias.len) {
			buf_puts(out, " as ");
			html_add(out, alias);
		}
		buf_puts(out, "</th><td>");
		html_add(out, val_str(val_list_at(*d, 1)));
		buf_puts(out, "</td><td>");
		add_web(out, repository, repository);
		buf_puts(out, "</td><td>");
		html_add(out, val_str(val_list_at(*d, 3)));
		buf_puts(out, "</td></tr>\n");
	}
	buf_puts(out, "</tbody></table>\n");
}

/* A path, which may break behind its dots. */
static void add_path(struct buf *out, struct str path)
{
	while (path.len) {
		ptrdiff_t dot = str_find_char(path, '.');
		size_t n = dot < 0 ? path.len : (size_t)dot + 1;
		html_add(out, str_slice(path, 0, n));
		path = str_skip(path, n);
		if (path.len)
			buf_puts(out, "<wbr>");
	}
}

/* A description; what stands in backquotes is code. */
static void add_said(struct buf *out, struct str text)
{
	while (text.len) {
		ptrdiff_t from = str_find_char(text, '`');
		struct str rest = from < 0 ? (struct str){ NULL, 0 } : str_skip(text, (size_t)from + 1);
		ptrdiff_t to = str_find_char(rest, '`');
		if (to <= 0)
			break;
		html_add(out, str_slice(text, 0, (size_t)from));
		buf_puts(out, "<code>");
		html_add(out, str_slice(rest, 0, (size_t)to));
		buf_puts(out, "</code>");
		text = str_skip(rest, (size_t)to + 1);
	}
	html_add(out, text);
}

void site_add_values(struct buf *out, const struct chart_value_rows *rows)
{
	struct str section = { NULL, 0 };
	vec_each (const struct chart_value_row, r, rows) {
		if (!str_eq(r->section, section)) {
			section = r->section;
			buf_puts(out, "<tr class=\"group\"><th colspan=\"4\" scope=\"rowgroup\">");
			html_add(out, section);
			buf_puts(out, "</th></tr>\n");
		}
		buf_puts(out, "<tr");
		if (r->branch || r->undeclared || r->required)
			buf_printf(out, " class=\"%s%s%s\"", r->branch ? "branch " : "", r->undeclared ? "schema " : "",
				r->required ? "required" : "");
		buf_puts(out, "><th scope=\"row\"><code>");
		add_path(out, r->path);
		buf_puts(out, "</code></th><td>");
		html_add(out, r->type);
		buf_puts(out, "</td><td>");
		if (r->preset.len) {
			buf_puts(out, "<code>");
			html_add(out, r->preset);
			buf_puts(out, "</code>");
		}
		buf_puts(out, "</td><td>");
		add_said(out, r->text);
		buf_puts(out, "</td></tr>\n");
	}
}
