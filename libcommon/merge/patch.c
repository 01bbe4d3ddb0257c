/* SPDX-License-Identifier: Apache-2.0 */
#include "merge/patch.h"

#include "merge/diff.h"

#include <string.h>

#define FUZZ_MAX 2

/* One part of a patch: what happens to one file. */
struct part {
	struct str old_name, new_name; /* stripped; empty: /dev/null, or not known yet */
	bool from_nothing, to_nothing;
	bool moved;    /* "rename from/to", or "copy" */
	unsigned mode; /* 0: unchanged */
	bool open;     /* something of it was read */
	bool done;     /* its text was changed */
};

struct hunk {
	size_t old_from, old_len, new_len; /* as its head says */
	struct merge_lines before, after;
	size_t lead, tail; /* equal lines at its ends */
};

struct patching {
	struct arena *a;
	struct merge_patched *out;
	const char *name;
	int strip;
	struct merge_lines lines; /* of the patch */
	size_t at;                /* the next one */
	struct part part;
};

static struct err *wrong(const struct patching *p, const char *what)
{
	return err_at(err_new(ERR_INPUT, "%s", what), p->name, (int)p->at, 0);
}

static struct str line_text(struct str line)
{
	return str_trim_end(line, "\r\n");
}

/* A name in quotes has C's escapes. */
static struct str unquote(struct arena *a, struct str s)
{
	struct buf b = BUF_INIT;

	if (s.len < 2 || s.s[0] != '"')
		return s;
	for (size_t i = 1; i < s.len && s.s[i] != '"'; i++) {
		char c = s.s[i];
		if (c != '\\' || i + 1 == s.len) {
			buf_putc(&b, c);
			continue;
		}
		c = s.s[++i];
		if (c >= '0' && c <= '3' && i + 2 < s.len) {
			buf_putc(&b, (char)((c - '0') * 64 + (s.s[i + 1] - '0') * 8 + (s.s[i + 2] - '0')));
			i += 2;
		} else {
			buf_putc(&b, c == 'n' ? '\n' : c == 't' ? '\t' : c);
		}
	}
	struct str r = arena_str(a, buf_str(&b));
	buf_release(&b);
	return r;
}

/* The name behind "--- ": no time, no first parts. */
static struct err *read_name(struct str *out, bool *nothing, struct patching *p, struct str s, int strip)
{
	s = line_text(s);
	s = s.len && s.s[0] == '"' ? unquote(p->a, s) : str_cut(&s, '\t');
	*nothing = str_is(s, "/dev/null");
	*out = (struct str){ 0 };
	if (*nothing)
		return NULL;
	for (int i = 0; i < strip; i++) {
		ptrdiff_t slash = str_find_char(s, '/');
		if (slash < 0)
			return wrong(p, "a name has too few parts");
		s = str_skip(s, (size_t)slash + 1);
	}
	struct str rest = s;
	while (rest.s) {
		struct str one = str_cut(&rest, '/');
		if (!one.len || str_is(one, ".") || str_is(one, ".."))
			return wrong(p, "a name leads out of the tree");
	}
	*out = s;
	return NULL;
}

static void drop(struct merge_tree *t, struct str name)
{
	struct merge_file *f = merge_tree_find(t, name);

	if (!f)
		return;
	size_t i = (size_t)(f - t->items);
	memmove(f, f + 1, (t->len - i - 1) * sizeof(*f));
	t->len--;
}

static void put(struct patching *p, struct merge_file file)
{
	struct merge_tree *t = &p->out->tree;
	struct merge_file *f = merge_tree_find(t, file.name);

	if (f) {
		*f = file;
		return;
	}
	vec_push_in(p->a, t, file);
	merge_tree_sort(t);
}

/* The file that a part is about; with an empty text when it begins to exist. */
static struct err *find_file(struct merge_file *out, struct patching *p)
{
	struct part *x = &p->part;
	struct str name = x->from_nothing || !x->old_name.len ? x->new_name : x->old_name;
	const struct merge_file *f = merge_tree_find(&p->out->tree, name);

	/* diff -u and quilt name both sides, and the old one may have a suffix (".orig"). */
	if (!f && !x->from_nothing && x->new_name.len)
		f = merge_tree_find(&p->out->tree, x->new_name);
	if ((x->moved || x->from_nothing) && !x->new_name.len)
		return wrong(p, "a file without its new name");
	*out = (struct merge_file){ .name = name, .mode = x->mode ? x->mode : 0644 };
	if (f)
		*out = *f;
	else if (!x->from_nothing)
		return err_at(
			err_new(ERR_CONFLICT, "there is no file \"%.*s\"", STR_ARG(name)), p->name, (int)p->at, 0);
	if (f && x->from_nothing && f->data.len)
		return err_at(
			err_new(ERR_CONFLICT, "\"%.*s\" is there already", STR_ARG(name)), p->name, (int)p->at, 0);
	return NULL;
}

static void store(struct patching *p, struct merge_file file, struct str text)
{
	struct part *x = &p->part;
	struct str old = file.name;

	file.data = text;
	if (x->mode)
		file.mode = x->mode;
	if (x->moved || (x->from_nothing && x->new_name.len))
		file.name = x->new_name;
	if (x->to_nothing || !str_eq(old, file.name))
		drop(&p->out->tree, old);
	if (!x->to_nothing)
		put(p, file);
	x->done = true;
}

/* Ends a part; one without hunks may still make, move or remove a file, or change its mode. */
static struct err *close_part(struct patching *p)
{
	struct part *x = &p->part;
	struct merge_file f;

	if (x->open && !x->done && (x->moved || x->mode || x->to_nothing) && (x->old_name.len || x->new_name.len)) {
		TRY(find_file(&f, p));
		store(p, f, f.data);
	}
	*x = (struct part){ 0 };
	return NULL;
}

static bool cut_prefix(struct str *s, const char *prefix)
{
	if (!str_starts(*s, str_from(prefix)))
		return false;
	*s = str_skip(*s, strlen(prefix));
	return true;
}

static unsigned read_mode(struct str s)
{
	return str_ends(line_text(s), STR("755")) ? 0755 : 0644;
}

/* "diff --git a/x b/x": the names, needed where no others follow. Only equal ones can be told apart for sure. */
static struct err *git_names(struct patching *p, struct str s)
{
	struct part *x = &p->part;
	bool nothing;

	s = line_text(s);
	size_t half = s.len / 2;
	if (s.len && s.len % 2 && s.s[half] == ' ' && s.s[0] != '"') {
		TRY(read_name(&x->old_name, &nothing, p, str_slice(s, 0, half), p->strip));
		TRY(read_name(&x->new_name, &nothing, p, str_skip(s, half + 1), p->strip));
	}
	return NULL;
}

/* A line of a head. */
static struct err *read_head(struct patching *p, struct str line)
{
	struct part *x = &p->part;
	struct str s = line;
	bool nothing;

	if (cut_prefix(&s, "diff --git ")) {
		TRY(close_part(p));
		x->open = true;
		return git_names(p, s);
	}
	if (cut_prefix(&s, "GIT binary patch") || cut_prefix(&s, "Binary files "))
		return wrong(p, "a patch of a file that is not text");
	if (cut_prefix(&s, "new file mode ")) {
		x->from_nothing = true;
		x->mode = read_mode(s);
	} else if (cut_prefix(&s, "deleted file mode ")) {
		x->to_nothing = true;
	} else if (x->open && cut_prefix(&s, "new mode ")) {
		x->mode = read_mode(s);
	} else if (x->open && cut_prefix(&s, "rename from ")) {
		x->moved = true;
		return read_name(&x->old_name, &nothing, p, s, 0);
	} else if (x->open && cut_prefix(&s, "rename to ")) {
		return read_name(&x->new_name, &nothing, p, s, 0);
	} else if (cut_prefix(&s, "--- ") && p->at < p->lines.len && str_starts(p->lines.items[p->at], STR("+++ "))) {
		struct str next = str_skip(p->lines.items[p->at], 4);
		/* Without git's head this is where a part begins. */
		if (!x->open || x->done)
			TRY(close_part(p));
		x->open = true;
		p->at++;
		TRY(read_name(&x->old_name, &nothing, p, s, p->strip));
		x->from_nothing |= nothing;
		TRY(read_name(&x->new_name, &nothing, p, next, p->strip));
		x->to_nothing |= nothing;
	}
	return NULL;
}

static bool read_number(struct str *s, size_t *out)
{
	size_t n = 0;
	size_t i = 0;

	for (; i < s->len && i < 9 && s->s[i] >= '0' && s->s[i] <= '9'; i++)
		n = n * 10 + (size_t)(s->s[i] - '0');
	*out = n;
	*s = str_skip(*s, i);
	return i > 0 && i < 9;
}

/* "12,3": where and how many; only "12" is one line. */
static bool read_range(struct str *s, size_t *from, size_t *len)
{
	*len = 1;
	return read_number(s, from) && (!cut_prefix(s, ",") || read_number(s, len));
}

static bool read_hunk_head(struct hunk *h, struct str line)
{
	size_t new_from;

	*h = (struct hunk){ 0 };
	return cut_prefix(&line, "@@ -") && read_range(&line, &h->old_from, &h->old_len) && cut_prefix(&line, " +") &&
	       read_range(&line, &new_from, &h->new_len) && cut_prefix(&line, " @@");
}

/* "\ No newline at end of file": the line before has none. */
static void no_newline(struct merge_lines *l)
{
	if (l->len)
		l->items[l->len - 1] = str_trim_suffix(l->items[l->len - 1], STR("\n"));
}

static struct err *read_hunk(struct hunk *h, struct patching *p)
{
	char kind = ' ';
	bool changed = false;

	while (p->at < p->lines.len) {
		struct str line = p->lines.items[p->at];
		bool full = h->before.len == h->old_len && h->after.len == h->new_len;
		if (full && line.s[0] != '\\')
			break;
		p->at++;
		if (line.s[0] == '\\') {
			if (kind != '+')
				no_newline(&h->before);
			if (kind != '-')
				no_newline(&h->after);
			continue;
		}
		/* Editors that strip blanks leave nothing of an empty line. */
		bool bare = line.s[0] == '\n' || str_is(line, "\r\n");
		kind = bare ? ' ' : line.s[0];
		struct str text = bare ? line : str_skip(line, 1);
		if (kind != ' ' && kind != '-' && kind != '+')
			return wrong(p, "a hunk ends too early");
		if (kind != '+')
			vec_push_in(p->a, &h->before, text);
		if (kind != '-')
			vec_push_in(p->a, &h->after, text);
		changed |= kind != ' ';
		h->lead += !changed;
		h->tail = kind == ' ' ? h->tail + 1 : 0;
	}
	if (h->before.len != h->old_len || h->after.len != h->new_len)
		return wrong(p, "a hunk has not as many lines as its head says");
	return NULL;
}

static bool matches(const struct merge_lines *text, size_t at, const struct merge_lines *want, size_t skip, size_t end)
{
	if (at + skip + (want->len - skip - end) > text->len)
		return false;
	for (size_t i = skip; i < want->len - end; i++)
		if (!str_eq(text->items[at + i], want->items[i]))
			return false;
	return true;
}

/* Where a hunk fits, from the place it names outwards; -1: nowhere. Not before `from`. */
static ptrdiff_t place_of(
	const struct merge_lines *text, const struct hunk *h, size_t from, ptrdiff_t guess, size_t skip, size_t end)
{
	ptrdiff_t most = (ptrdiff_t)text->len;

	for (ptrdiff_t d = 0; d <= most; d++) {
		if (guess + d >= (ptrdiff_t)from && guess + d <= most &&
			matches(text, (size_t)(guess + d), &h->before, skip, end))
			return guess + d;
		if (d && guess - d >= (ptrdiff_t)from && matches(text, (size_t)(guess - d), &h->before, skip, end))
			return guess - d;
	}
	return -1;
}

static size_t at_most(size_t n, size_t max)
{
	return n < max ? n : max;
}

static void add_lines(struct buf *out, const struct merge_lines *l, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		buf_add(out, l->items[i]);
}

/* The hunks of one file, one after the other. */
struct applying {
	struct merge_lines text;
	struct buf out;
	size_t copied;    /* lines of the text that are in `out` */
	ptrdiff_t offset; /* by how much the last hunk was off */
	int n;
};

static bool apply_hunk(struct applying *x, struct patching *p, const struct hunk *h)
{
	ptrdiff_t named = (ptrdiff_t)h->old_from - (h->old_len > 0);

	for (size_t fuzz = 0; fuzz <= FUZZ_MAX; fuzz++) {
		size_t skip = at_most(h->lead, fuzz);
		size_t end = at_most(h->tail, fuzz);
		if (fuzz && skip < fuzz && end < fuzz)
			return false;
		/* What inserts only must have something that tells its place. */
		if (skip + end >= h->before.len && fuzz)
			return false;
		ptrdiff_t at = h->before.len ? place_of(&x->text, h, x->copied, named + x->offset, skip, end)
			       : (size_t)named <= x->text.len && (size_t)named >= x->copied ? named
											    : -1;
		if (at < 0)
			continue;
		add_lines(&x->out, &x->text, x->copied, (size_t)at + skip);
		add_lines(&x->out, &h->after, skip, h->after.len - end);
		x->copied = (size_t)at + h->before.len - end;
		x->offset = at - named;
		p->out->hunks++;
		p->out->moved += at != named;
		p->out->fuzzy += fuzz > 0;
		return true;
	}
	return false;
}

static struct err *apply_part(struct patching *p)
{
	struct applying x = { .out = BUF_INIT };
	struct merge_file f;
	struct hunk h;

	if (!p->part.old_name.len && !p->part.new_name.len)
		return wrong(p, "a hunk without the name of a file");
	/* Some write no /dev/null for a file that begins or ends. */
	struct err *e = NULL;
	struct str head = p->lines.items[p->at];
	if (read_hunk_head(&h, head) && !h.old_from && !h.old_len && !merge_tree_find(&p->out->tree, p->part.old_name))
		p->part.from_nothing = true;
	TRY(find_file(&f, p));
	merge_split_lines(&x.text, p->a, f.data);
	while (!e && p->at < p->lines.len && read_hunk_head(&h, p->lines.items[p->at])) {
		int line = (int)++p->at;
		x.n++;
		e = read_hunk(&h, p);
		if (!e && !apply_hunk(&x, p, &h))
			e = err_at(err_new(ERR_CONFLICT, "hunk %d of \"%.*s\" does not apply", x.n, STR_ARG(f.name)),
				p->name, line, 0);
	}
	add_lines(&x.out, &x.text, x.copied, x.text.len);
	if (!e && p->part.to_nothing && x.out.len)
		e = err_at(err_new(ERR_CONFLICT, "\"%.*s\" is to be removed, but something is left of it",
				   STR_ARG(f.name)),
			p->name, (int)p->at, 0);
	if (!e)
		store(p, f, arena_str(p->a, buf_str(&x.out)));
	buf_release(&x.out);
	return e;
}

struct err *merge_patch(struct merge_patched *out, struct arena *a, const struct merge_tree *tree, struct str text,
	const char *name, int strip)
{
	struct patching p = { .a = a, .out = out, .name = name, .strip = strip };
	struct hunk h;

	*out = (struct merge_patched){ 0 };
	for (size_t i = 0; i < tree->len; i++)
		vec_push_in(a, &out->tree, tree->items[i]);
	merge_tree_sort(&out->tree);
	merge_split_lines(&p.lines, a, text);
	while (p.at < p.lines.len) {
		struct str line = p.lines.items[p.at];
		if (p.part.open && !p.part.done && read_hunk_head(&h, line)) {
			TRY(apply_part(&p));
			continue;
		}
		p.at++;
		TRY(read_head(&p, line));
	}
	return close_part(&p);
}
