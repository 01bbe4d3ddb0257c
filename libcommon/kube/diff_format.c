/* SPDX-License-Identifier: Apache-2.0 */
/* Printing a difference of manifests. */
#include "kube/diff.h"
#include "merge/diff.h"
#include "json/json.h"

/* helm diff's colours. */
#define RED "\033[0;31m"
#define GREEN "\033[0;32m"
#define YELLOW "\033[0;33m"
#define RESET "\033[0m"

static const struct {
	const char *color, *full, *simple, *json, *title;
} words[] = {
	[KUBE_CHANGED] = { YELLOW, "has changed:", "to be changed.", "MODIFY", "changed" },
	[KUBE_REMOVED] = { RED, "has been removed:", "to be removed.", "REMOVE", "removed" },
	[KUBE_ADDED] = { GREEN, "has been added:", "to be added.", "ADD", "added" },
};

static void add_colored(struct buf *out, const char *color, bool on, const char *sign, struct str text)
{
	if (on)
		buf_puts(out, color);
	buf_puts(out, sign);
	buf_add(out, text);
	buf_puts(out, on ? RESET "\n" : "\n");
}

static void add_equal(struct buf *out, const struct merge_lines *l, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		struct str text = str_trim_suffix(l->items[i], STR("\n"));
		if (text.len)
			buf_puts(out, "  ");
		buf_add(out, text);
		buf_putc(out, '\n');
	}
}

/* The equal lines between two changes: all of them, or the nearest with "..." for the others. */
static void add_gap(
	struct buf *out, const struct merge_lines *l, size_t from, size_t to, int context, bool first, bool last)
{
	size_t keep = context < 0 ? 0 : (size_t)context;
	size_t head = first ? 0 : keep;
	size_t tail = last ? 0 : keep;

	if (context < 0 || to - from <= head + tail) {
		add_equal(out, l, from, to);
		return;
	}
	add_equal(out, l, from, from + head);
	buf_puts(out, "...\n");
	add_equal(out, l, to - tail, to);
}

/* Texts end without a newline; helm diff compares lines without theirs, so each gets one. */
static struct str with_newline(struct arena *a, struct str s)
{
	return s.len ? arena_join(a, s, STR("\n")) : s;
}

static void add_lines(struct buf *out, const struct kube_change *k, const struct kube_diff_look *look)
{
	struct arena a = ARENA_INIT;
	struct merge_lines old;
	struct merge_lines new;
	struct merge_hunks hunks;
	size_t at = 0;

	merge_split_lines(&old, &a, with_newline(&a, k->old_text));
	merge_split_lines(&new, &a, with_newline(&a, k->new_text));
	merge_diff_lines(&hunks, &a, &old, &new);
	vec_each (struct merge_hunk, h, &hunks) {
		add_gap(out, &old, at, h->old_from, look->context, h == hunks.items, false);
		for (size_t i = h->old_from; i < h->old_from + h->old_len; i++)
			add_colored(out, RED, look->color, "- ", str_trim_suffix(old.items[i], STR("\n")));
		for (size_t i = h->new_from; i < h->new_from + h->new_len; i++)
			add_colored(out, GREEN, look->color, "+ ", str_trim_suffix(new.items[i], STR("\n")));
		at = h->old_from + h->old_len;
	}
	add_gap(out, &old, at, old.len, look->context, !hunks.len, true);
	arena_release(&a);
}

static void add_body(struct buf *out, const struct kube_change *k, const struct kube_diff_look *look)
{
	const struct kube_resource *r = k->old ? k->old : k->new;

	if (!k->suppressed) {
		add_lines(out, k, look);
		return;
	}
	if (look->color)
		buf_puts(out, YELLOW);
	buf_printf(out, "+ Changes suppressed on sensitive content of type %.*s\n", STR_ARG(r->kind));
	if (look->color)
		buf_puts(out, RESET);
}

static void format_lines(struct buf *out, const struct kube_diff *d, const struct kube_diff_look *look)
{
	vec_each (const struct kube_change, k, d) {
		if (look->color)
			buf_puts(out, words[k->kind].color);
		buf_printf(out, "%.*s %s%s\n", STR_ARG(k->key), words[k->kind].full, look->color ? RESET : "");
		add_body(out, k, look);
	}
}

static void format_simple(struct buf *out, const struct kube_diff *d, const struct kube_diff_look *look)
{
	size_t n[3] = { 0 };

	vec_each (const struct kube_change, k, d) {
		if (look->color)
			buf_puts(out, words[k->kind].color);
		buf_printf(out, "%.*s %s%s\n", STR_ARG(k->key), words[k->kind].simple, look->color ? RESET : "");
		n[k->kind]++;
	}
	buf_printf(out, "Plan: %zu to add, %zu to change, %zu to destroy, 0 to change ownership.\n", n[KUBE_ADDED],
		n[KUBE_CHANGED], n[KUBE_REMOVED]);
}

static void add_json_field(struct buf *out, const char *name, struct str value, const char *end)
{
	buf_printf(out, "  \"%s\": ", name);
	json_add_str(out, value, JSON_RAW);
	buf_puts(out, end);
}

static void format_json(struct buf *out, const struct kube_diff *d)
{
	buf_putc(out, '[');
	vec_each (const struct kube_change, k, d) {
		const struct kube_resource *r = k->new ? k->new : k->old;
		struct str group = kube_api_group(r->api_version);
		buf_puts(out, "{\n");
		add_json_field(out, "api", group.len ? group : r->api_version, ",\n");
		add_json_field(out, "kind", r->kind, ",\n");
		add_json_field(out, "namespace", r->namespace, ",\n");
		add_json_field(out, "name", r->name, ",\n");
		add_json_field(out, "change", str_from(words[k->kind].json), "\n}");
		if (k + 1 < k_end)
			buf_putc(out, ',');
	}
	buf_puts(out, "]\n");
}

/* A fence longer than any run of backquotes in the text. */
static size_t fence_length(struct str s)
{
	size_t longest = 2;
	size_t run = 0;

	for (size_t i = 0; i < s.len; i++) {
		run = s.s[i] == '`' ? run + 1 : 0;
		if (run > longest)
			longest = run;
	}
	return longest + 1;
}

/* Text outside of code: what HTML and tables would take for their own is escaped. */
static void add_markdown_text(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == '<')
			buf_puts(out, "&lt;");
		else if (s.s[i] == '&')
			buf_puts(out, "&amp;");
		else
			buf_putc(out, s.s[i]);
	}
}

static void format_markdown(struct buf *out, const struct kube_diff *d, const struct kube_diff_look *look)
{
	size_t n[3] = { 0 };
	struct kube_diff_look plain = { .style = look->style, .context = look->context };

	vec_each (const struct kube_change, k, d)
		n[k->kind]++;
	buf_printf(out, "**%zu added, %zu changed, %zu removed**\n", n[KUBE_ADDED], n[KUBE_CHANGED], n[KUBE_REMOVED]);
	vec_each (const struct kube_change, k, d) {
		struct buf body = BUF_INIT;
		add_body(&body, k, &plain);
		size_t fence = fence_length(buf_str(&body));
		buf_puts(out, "\n<details><summary>");
		add_markdown_text(out, k->key);
		buf_printf(out, " %s", words[k->kind].title);
		if (k->api_changed)
			buf_printf(out, " (%.*s to %.*s)", STR_ARG(k->old->api_version), STR_ARG(k->new->api_version));
		buf_puts(out, "</summary>\n\n");
		buf_fill(out, '`', fence);
		buf_puts(out, "diff\n");
		/* GitHub colours lines by their first character alone, which the two columns of signs give it. */
		buf_add(out, buf_str(&body));
		buf_fill(out, '`', fence);
		buf_puts(out, "\n\n</details>\n");
		buf_release(&body);
	}
}

void kube_diff_format(struct buf *out, const struct kube_diff *d, const struct kube_diff_look *look)
{
	switch (look->style) {
	case KUBE_DIFF_LINES:
		format_lines(out, d, look);
		break;
	case KUBE_DIFF_SIMPLE:
		format_simple(out, d, look);
		break;
	case KUBE_DIFF_JSON:
		format_json(out, d);
		break;
	case KUBE_DIFF_MARKDOWN:
		format_markdown(out, d, look);
		break;
	}
}
