/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a merged JSON text: what is ours as it stands, all else in ours' manner. */
#include "merge/jmerge.h"

static bool has_newline(struct str s)
{
	return str_find_char(s, '\n') >= 0;
}

/* What stands before an entry, behind the comma or bracket. */
static struct str lead_of(const struct merge_jnode *n, size_t i)
{
	return str_slice(n->in->text, n->items[i].sep, n->items[i].from);
}

/* What stands before the closing bracket. */
static struct str close_of(const struct merge_jnode *n)
{
	size_t from = n->len ? n->items[n->len - 1].value->to : n->from + 1;

	return str_slice(n->in->text, from, n->to - 1);
}

/* The blanks a line begins with. */
static struct str indent_at(struct str text, size_t at)
{
	size_t from = at;

	while (from > 0 && text.s[from - 1] != '\n')
		from--;
	size_t to = from;
	while (to < text.len && (text.s[to] == ' ' || text.s[to] == '\t'))
		to++;
	return str_slice(text, from, to);
}

/* Looks for what the layout of the rest would be guessed from. */
static void look(struct merge_jstyle *s, const struct merge_jnode *n, bool *empty_seen, bool *list_seen)
{
	struct str all = str_slice(n->in->text, n->from, n->to);
	bool atoms = n->kind == MERGE_JARRAY && n->len && n->items[0].value->kind == MERGE_JATOM;

	if (n->kind == MERGE_JATOM)
		return;
	if (!n->len && !*empty_seen) {
		*empty_seen = true;
		s->open_empty = str_count_char(all, '\n') > 1;
	}
	if (atoms && !*list_seen) {
		*list_seen = true;
		s->inline_list = !has_newline(all);
	}
	for (size_t i = 0; i < n->len && !(*empty_seen && *list_seen); i++)
		look(s, n->items[i].value, empty_seen, list_seen);
}

void merge_jstyle_of(struct merge_jstyle *out, const struct merge_jnode *root)
{
	bool empty_seen = false;
	bool list_seen = false;

	*out = (struct merge_jstyle){ .colon = STR(":"), .step = STR("  ") };
	if (!root->len)
		return;
	const struct merge_jentry *e = &root->items[0];
	out->lines = has_newline(lead_of(root, 0));
	if (out->lines) {
		struct str outer = indent_at(root->in->text, root->from);
		struct str inner = indent_at(root->in->text, e->from);
		if (str_starts(inner, outer) && inner.len > outer.len)
			out->step = str_skip(inner, outer.len);
		out->blank = STR(" ");
	} else if (root->len > 1) {
		out->blank = lead_of(root, 1);
	}
	if (root->kind == MERGE_JOBJECT) {
		struct str head = str_slice(root->in->text, e->from, e->value->from);
		ptrdiff_t end = str_rfind_char(head, '"');
		out->colon = str_skip(head, (size_t)end + 1);
	} else {
		out->colon = out->lines ? STR(": ") : STR(":");
	}
	look(out, root, &empty_seen, &list_seen);
}

static bool same_style(const struct merge_jstyle *x, const struct merge_jstyle *y)
{
	return x->lines && y->lines && str_eq(x->step, y->step) && str_eq(x->colon, y->colon) &&
	       x->open_empty == y->open_empty && x->inline_list == y->inline_list;
}

bool merge_jhas_lines(const struct merge_jrun *r, const struct merge_jnode *n)
{
	if (!n->len)
		return r->style.lines;
	for (size_t i = 0; i < n->len; i++)
		if (!has_newline(lead_of(n, i)))
			return false;
	return has_newline(close_of(n));
}

struct printer {
	struct buf *out;
	const struct merge_jstyle *style;
};

static void print_break(struct printer *p, struct str indent, size_t depth, bool lines)
{
	if (!lines)
		return;
	buf_putc(p->out, '\n');
	buf_add(p->out, indent);
	for (size_t i = 0; i < depth; i++)
		buf_add(p->out, p->style->step);
}

static struct str key_text(const struct merge_jnode *n, size_t i)
{
	struct str head = str_slice(n->in->text, n->items[i].from, n->items[i].value->from);

	return str_slice(head, 0, (size_t)(str_rfind_char(head, '"') + 1));
}

/* Prints a value anew; `lines`: over several lines. */
static void print(struct printer *p, const struct merge_jnode *n, struct str indent, size_t depth, bool lines)
{
	const char *brackets = n->kind == MERGE_JOBJECT ? "{}" : "[]";
	bool atoms = n->kind == MERGE_JARRAY;

	if (n->kind == MERGE_JATOM) {
		buf_add(p->out, merge_jtext_of(n));
		return;
	}
	buf_putc(p->out, brackets[0]);
	for (size_t i = 0; i < n->len; i++)
		atoms = atoms && n->items[i].value->kind == MERGE_JATOM;
	bool broken = lines && !(atoms && n->len && p->style->inline_list) && (n->len || p->style->open_empty);
	if (!n->len && broken)
		buf_putc(p->out, '\n');
	for (size_t i = 0; i < n->len; i++) {
		if (i)
			buf_putc(p->out, ',');
		if (broken)
			print_break(p, indent, depth + 1, true);
		else if (i)
			buf_add(p->out, p->style->blank);
		if (n->kind == MERGE_JOBJECT) {
			buf_add(p->out, key_text(n, i));
			buf_add(p->out, p->style->colon);
		}
		print(p, n->items[i].value, indent, depth + 1, broken);
	}
	print_break(p, indent, depth, broken);
	buf_putc(p->out, brackets[1]);
}

/* Adds a text whose lines move from one indentation to another. */
static void add_shifted(struct buf *out, struct str text, struct str from, struct str to)
{
	bool first = true;

	while (text.s) {
		struct str line = str_cut(&text, '\n');
		if (!first) {
			buf_putc(out, '\n');
			if (line.len) {
				buf_add(out, to);
				line = str_trim_prefix(line, from);
			}
		}
		buf_add(out, line);
		first = false;
	}
}

struct writer {
	struct merge_jrun *run;
	struct merge_jwriter to;
	struct buf scratch;
	size_t counted; /* bytes of the output whose lines were counted */
	int line;       /* at that place */
};

static int line_now(struct writer *w)
{
	struct str out = buf_str(w->to.out);

	w->line += (int)str_count_char(str_skip(out, w->counted), '\n');
	w->counted = out.len;
	return w->line;
}

static void set_lines(struct writer *w, const struct merge_jplan *p)
{
	int line = p->first < p->last ? line_now(w) : 0;

	for (size_t i = p->first; i < p->last; i++)
		w->run->found.conflicts.items[i].line = line;
}

/* Adds a value of any side to `out`, as it would stand at that indentation of ours. */
static void add_value(
	struct buf *out, const struct merge_jrun *r, const struct merge_jnode *n, struct str indent, bool lines)
{
	struct printer p = { out, &r->style };
	bool own = n->in == &r->text[1];

	if (own || (lines && same_style(&r->style, &r->their_style) && n->in == &r->text[2]))
		add_shifted(out, merge_jtext_of(n), indent_at(n->in->text, n->from), indent);
	else
		print(&p, n, indent, 0, lines && r->style.lines);
}

/* Adds an entry with its key. */
static void add_entry(
	struct buf *out, const struct merge_jrun *r, const struct merge_jentry *e, struct str indent, bool lines)
{
	struct str head = str_slice(e->value->in->text, e->from, e->value->from);

	if (head.len) {
		buf_add(out, str_slice(head, 0, (size_t)(str_rfind_char(head, '"') + 1)));
		buf_add(out, r->style.colon);
	}
	add_value(out, r, e->value, indent, lines);
}

/* Adds one of the three lines blocks of a conflict. */
static void add_version(struct writer *w, const struct merge_jentry *e, struct str indent, bool comma,
	const char *marker, const char *name)
{
	buf_puts(&w->scratch, marker);
	buf_puts(&w->scratch, name);
	buf_putc(&w->scratch, '\n');
	if (!e)
		return;
	buf_add(&w->scratch, indent);
	add_entry(&w->scratch, w->run, e, indent, true);
	buf_puts(&w->scratch, comma ? ",\n" : "\n");
}

static void write_clash(struct writer *w, const struct merge_jplan *p, struct str indent, bool comma)
{
	const struct merge_opts *o = w->run->opts;

	merge_jwrite(&w->to, STR("\n"));
	set_lines(w, p);
	buf_clear(&w->scratch);
	add_version(w, p->k.ours, indent, comma, "<<<<<<< ", o && o->ours_name ? o->ours_name : "ours");
	add_version(w, p->k.base, indent, comma, "||||||| ", "base");
	add_version(w, p->k.theirs, indent, comma, "=======", "");
	buf_printf(&w->scratch, ">>>>>>> %s", o && o->theirs_name ? o->theirs_name : "upstream");
	merge_jwrite(&w->to, buf_str(&w->scratch));
}

static void write_inside(struct writer *w, const struct merge_jplan *p, struct str indent);

/* Writes an entry of ours, with what is changed in it. */
static void write_own(struct writer *w, const struct merge_jplan *p, struct str indent, bool lines)
{
	const struct merge_jentry *e = p->k.ours;

	set_lines(w, p);
	if (p->deed == MERGE_JKEEP) {
		merge_jwrite_own(&w->to, e->from, e->value->to);
		return;
	}
	merge_jwrite_own(&w->to, e->from, e->value->from);
	if (p->deed == MERGE_JINSIDE) {
		write_inside(w, p, indent);
		return;
	}
	buf_clear(&w->scratch);
	if (p->deed == MERGE_JWORDS)
		buf_add(&w->scratch, p->words);
	else
		add_value(&w->scratch, w->run, p->from->value, indent, lines);
	merge_jwrite(&w->to, buf_str(&w->scratch));
}

static void write_new(struct writer *w, const struct merge_jplan *p, struct str indent, bool lines)
{
	set_lines(w, p);
	buf_clear(&w->scratch);
	add_entry(&w->scratch, w->run, p->from, indent, lines);
	merge_jwrite(&w->to, buf_str(&w->scratch));
}

/* Writes the comma and blanks before an entry; `before`: the entry of ours written last, or NULL. */
static void write_lead(struct writer *w, const struct merge_jnode *n, const struct merge_jplan *p, size_t i,
	const struct merge_jentry *before, struct str indent, bool lines)
{
	const struct merge_jentry *own = p->deed == MERGE_JCLASH ? NULL : p->k.ours;
	bool follows = own && (own == n->items ? i == 0 : before == own - 1);

	if (follows) {
		merge_jwrite_own(&w->to, i ? before->value->to : n->from + 1, own->from);
		return;
	}
	if (i)
		merge_jwrite(&w->to, STR(","));
	if (own) {
		merge_jwrite_own(&w->to, own->sep, own->from);
	} else if (lines) {
		merge_jwrite(&w->to, STR("\n"));
		merge_jwrite(&w->to, indent);
	} else if (i) {
		merge_jwrite(&w->to, w->run->style.blank);
	}
}

/* Where the entries of a collection of ours stand. */
static struct str entry_indent(struct writer *w, const struct merge_jnode *n, struct str outer, bool lines)
{
	if (!lines)
		return outer;
	return n->len ? indent_at(n->in->text, n->items[0].from) : arena_join(w->run->arena, outer, w->run->style.step);
}

static void write_close(struct writer *w, const struct merge_jnode *n, const struct merge_jentry *last, bool any,
	struct str outer, bool lines)
{
	if (n->len && last == &n->items[n->len - 1]) {
		merge_jwrite_own(&w->to, last->value->to, n->to);
	} else if (any && n->len) {
		merge_jwrite_own(&w->to, n->items[n->len - 1].value->to, n->to);
	} else if (any) {
		if (lines) {
			merge_jwrite(&w->to, STR("\n"));
			merge_jwrite(&w->to, outer);
		}
		merge_jwrite_own(&w->to, n->to - 1, n->to);
	} else {
		merge_jwrite_own(&w->to, n->to - 1, n->to);
	}
}

/* Writes a collection of ours with its changes. */
static void write_inside(struct writer *w, const struct merge_jplan *p, struct str outer)
{
	const struct merge_jnode *n = p->k.ours->value;
	bool lines = merge_jhas_lines(w->run, n);
	struct str indent = entry_indent(w, n, outer, lines);
	const struct merge_jentry *before = NULL;
	bool clashed = false; /* the entry before ended with a marker, which has the commas above it */

	merge_jwrite_own(&w->to, n->from, n->from + 1);
	for (size_t i = 0; i < p->nparts; i++) {
		const struct merge_jplan *part = &p->parts[i];
		bool more = i + 1 < p->nparts;
		if (part->deed == MERGE_JCLASH) {
			if (i && !clashed)
				merge_jwrite(&w->to, STR(","));
			write_clash(w, part, indent, more);
			clashed = true;
			before = NULL;
			continue;
		}
		if (clashed) {
			merge_jwrite(&w->to, STR("\n"));
			merge_jwrite(&w->to, indent);
		} else {
			write_lead(w, n, part, i, before, indent, lines);
		}
		clashed = false;
		before = part->k.ours;
		if (part->k.ours)
			write_own(w, part, indent, lines);
		else
			write_new(w, part, indent, lines);
	}
	if (clashed) {
		merge_jwrite(&w->to, STR("\n"));
		merge_jwrite(&w->to, indent_at(n->in->text, n->to - 1));
		merge_jwrite_own(&w->to, n->to - 1, n->to);
		return;
	}
	write_close(w, n, before, p->nparts > 0, outer, lines);
}

void merge_jwrite_plan(struct buf *out, struct merge_jrun *r, const struct merge_jplan *plan)
{
	const struct merge_jnode *root = r->root[1];
	struct writer w = { .run = r, .to = { .out = out, .from = &r->text[1] }, .scratch = BUF_INIT, .line = 1 };

	w.counted = out->len;
	merge_jwrite_own(&w.to, 0, root->from);
	if (plan->deed == MERGE_JINSIDE)
		write_inside(&w, plan, indent_at(root->in->text, root->from));
	else
		merge_jwrite_own(&w.to, root->from, root->to);
	merge_jwrite_own(&w.to, root->to, root->in->text.len);
	merge_jwrite_end(&w.to);
	buf_release(&w.scratch);
}
