/* SPDX-License-Identifier: Apache-2.0 */
/* chart-vendor add: the first copy. */
#include "vendor.h"

#include "io/file.h"
#include "yaml/doc.h"
#include "yaml/yaml.h"

#include <string.h>

struct str yaml_word(struct arena *a, struct str s)
{
	struct buf b = BUF_INIT;
	bool plain = s.len > 0;
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+~^=:@%*";

	for (size_t i = 0; i < s.len; i++)
		plain = plain && memchr(safe, s.s[i], sizeof(safe) - 1);
	plain = plain && s.len && memchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/.^~", s.s[0], 56) &&
		!str_ends(s, STR(":"));
	/* "true", "1.20" and the like would not come back as the string they are. */
	struct val v;
	struct err *e = plain ? yml_load(&v, a, s, NULL) : NULL;
	if (plain && (e || !val_is_string(v) || !str_eq(val_str(v), s)))
		plain = false;
	err_free(e);
	if (plain)
		return s;
	buf_putc(&b, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == '"' || s.s[i] == '\\')
			buf_putc(&b, '\\');
		if ((unsigned char)s.s[i] < 0x20)
			buf_printf(&b, "\\x%02x", (unsigned char)s.s[i]);
		else
			buf_putc(&b, s.s[i]);
	}
	buf_putc(&b, '"');
	struct str word = arena_str(a, buf_str(&b));
	buf_release(&b);
	return word;
}

static void add_list(struct buf *out, struct arena *a, const char *key, const struct str_vec *list)
{
	if (!list->len)
		return;
	buf_printf(out, "    %s: [", key);
	for (size_t i = 0; i < list->len; i++)
		buf_printf(out, "%s%.*s", i ? ", " : "", STR_ARG(yaml_word(a, list->items[i])));
	buf_puts(out, "]\n");
}

static void add_source(struct buf *out, struct arena *a, const struct source *s)
{
	switch (s->kind) {
	case SOURCE_REPO:
		buf_printf(out, "{repository: %.*s, chart: %.*s}", STR_ARG(yaml_word(a, s->repository)),
			STR_ARG(yaml_word(a, s->chart)));
		return;
	case SOURCE_GIT:
		buf_printf(out, "{git: %.*s", STR_ARG(yaml_word(a, s->git)));
		if (s->path.len)
			buf_printf(out, ", path: %.*s", STR_ARG(yaml_word(a, s->path)));
		if (s->ref.len)
			buf_printf(out, ", ref: %.*s", STR_ARG(yaml_word(a, s->ref)));
		buf_putc(out, '}');
		return;
	case SOURCE_URL:
		buf_printf(out, "{url: %.*s}", STR_ARG(yaml_word(a, s->url)));
		return;
	case SOURCE_PATH:
		buf_printf(out, "{path: %.*s}", STR_ARG(yaml_word(a, s->local)));
		return;
	}
}

struct err *manifest_extend(struct str *out, struct repo *r, const struct entry *e)
{
	struct arena *a = r->arena;
	struct buf b = BUF_INIT;
	struct yml_doc doc;
	size_t indent = 2;

	if (!str_trim(r->manifest).len)
		buf_puts(&b, "apiVersion: chart-tools/v1\nkind: ChartVendor\ncharts:\n");
	else
		buf_add(&b, r->manifest);
	if (b.data[b.len - 1] != '\n')
		buf_putc(&b, '\n');
	size_t at = b.len;
	if (str_trim(r->manifest).len) {
		TRY(yml_doc_parse(&doc, a, r->manifest, MANIFEST));
		struct yml_pair *charts = doc.nroots ? yml_map_pair(doc.roots[0], STR("charts")) : NULL;
		bool block = charts && charts->value->kind == YML_SEQ && charts->value->style != YML_FLOW;
		if (block && charts->value->len) {
			const struct yml_item *last = &charts->value->items[charts->value->len - 1];
			at = last->to;
			indent = 0;
			while (r->manifest.s[last->dash - indent - 1] == ' ')
				indent++;
		} else if (!charts) {
			buf_puts(&b, "charts:\n");
			at = b.len;
		} else {
			/* `charts: []` or `charts:` alone */
			at = charts->to;
			buf_splice(&b, charts->key->from, at - charts->key->from, STR("charts:\n"));
			at = charts->key->from + strlen("charts:\n");
		}
	}
	struct buf item = BUF_INIT;
	buf_printf(&item, "  - path: %.*s\n    source: ", STR_ARG(yaml_word(a, e->path)));
	add_source(&item, a, &e->source);
	buf_putc(&item, '\n');
	if (e->version.len)
		buf_printf(&item, "    version: %.*s\n", STR_ARG(yaml_word(a, e->version)));
	if (e->source.keyring.len)
		buf_printf(&item, "    keyring: %.*s\n", STR_ARG(yaml_word(a, e->source.keyring)));
	add_list(&item, a, "exclude", &e->exclude);
	add_list(&item, a, "environments", &e->environments);
	struct buf moved = BUF_INIT;
	struct str rest = buf_str(&item);
	while (rest.len) {
		struct str line = str_cut(&rest, '\n');
		buf_fill(&moved, ' ', indent);
		buf_add(&moved, str_skip(line, 2));
		buf_putc(&moved, '\n');
	}
	buf_splice(&b, at, 0, buf_str(&moved));
	*out = arena_str(a, buf_str(&b));
	buf_release(&b);
	buf_release(&item);
	buf_release(&moved);
	/* Read back: what is written must be what was meant. */
	return yml_doc_parse(&doc, a, *out, MANIFEST);
}

static void copy_list(struct str_vec *out, struct arena *a, const struct cli_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		vec_push_in(a, out, str_from(list->items[i]));
}

struct err *verb_add(struct cli *c)
{
	struct repo r;
	struct entry e = { 0 };
	struct pristine p;
	bool done;

	if (c->nargs != 2)
		return err_new(ERR_USAGE, "add takes SOURCE and PATH");
	TRY(repo_open(&r, c, true));
	TRY(repo_must_be_idle(&r));
	TRY(repo_path(&e.path, &r, c->args[1]));
	if (repo_find(&r, e.path))
		return err_new(
			ERR_CONFLICT, "%.*s is in %s already; use `chart-vendor update`", STR_ARG(e.path), MANIFEST);
	struct merge_tree there;
	TRY(tree_read(&there, r.arena, arena_text(r.arena, e.path)));
	if (there.len && !vendor_opts.force)
		return err_new(ERR_CONFLICT,
			"%.*s is not empty; use `chart-vendor adopt` for a copy that is there, or --force to replace "
			"it",
			STR_ARG(e.path));
	TRY(source_parse(&e.source, &r, c->args[0]));
	if (vendor_opts.keyring)
		e.source.keyring = str_from(repo_outside(&r, vendor_opts.keyring));
	if (vendor_opts.version)
		e.version = str_from(vendor_opts.version);
	copy_list(&e.exclude, r.arena, &vendor_opts.exclude);
	copy_list(&e.environments, r.arena, &vendor_opts.environments);
	TRY(source_take(&p, &r, &e.source, e.version));
	tree_exclude(&p.tree, r.arena, &e.exclude);
	p.tree_digest = tree_digest(r.arena, &p.tree);
	struct change change = { .verb = "add", .entry = &e, .to = &p, .copy = &p.tree, .commit = vendor_opts.commit };
	TRY(manifest_extend(&change.manifest, &r, &e));
	TRY(change_apply(&done, &r, &change));
	struct buf said = BUF_INIT;
	buf_printf(&said, "added %.*s: %.*s %.*s from %.*s, %zu files\n", STR_ARG(e.path), STR_ARG(p.chart),
		STR_ARG(p.version), STR_ARG(source_text(r.arena, &e.source)), p.tree.len);
	struct err *err = cli_print(buf_str(&said));
	buf_release(&said);
	if (!err && vendor_opts.commit)
		err = commit_applied(&r, &change, NULL);
	return err;
}
