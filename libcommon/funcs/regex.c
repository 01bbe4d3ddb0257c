/* SPDX-License-Identifier: Apache-2.0 */
/* Compiling and matching with PCRE2, whose header is included here alone. */
#include "funcs/regex.h"

#include "base/utf8.h"
#include "funcs/regex_vm.h"

#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* How hard PCRE2 may try before the machine takes over. */
#define MATCH_LIMIT 1000000
/* KiB of memory for backtracking. */
#define HEAP_LIMIT (64 * 1024)
#define NEST_LIMIT 2000

struct fn_regex {
	struct str pattern;
	struct str translated; /* for PCRE2; in the arena */
	struct arena *arena;
	pcre2_code *code; /* NULL: too large for PCRE2 */
	pcre2_match_data *data;
	pcre2_match_context *context;
	struct regex_vm *vm; /* made when it is needed */
	bool machine;        /* use it at once: PCRE2 would answer otherwise, or ran out of patience before */
	struct str_vec names;
};

static void *take(size_t size, void *arena)
{
	return arena_alloc(arena, size);
}

/* Arenas free as a whole. */
static void drop(void *p, void *arena)
{
	(void)p, (void)arena;
}

static pcre2_code *compile(struct arena *a, struct str translated)
{
	int why;
	PCRE2_SIZE at;
	pcre2_general_context *general = pcre2_general_context_create(take, drop, a);
	pcre2_compile_context *context = pcre2_compile_context_create(general);
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	pcre2_set_parens_nest_limit(context, NEST_LIMIT);
	return pcre2_compile((PCRE2_SPTR)translated.s, translated.len,
		PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_ALT_CIRCUMFLEX | PCRE2_NEVER_BACKSLASH_C, &why, &at, context);
}

static void prepare(struct fn_regex *r)
{
	pcre2_general_context *general = pcre2_general_context_create(take, drop, r->arena);
	r->data = pcre2_match_data_create_from_pattern(r->code, general);
	r->context = pcre2_match_context_create(general);
	pcre2_set_match_limit(r->context, MATCH_LIMIT);
	pcre2_set_heap_limit(r->context, HEAP_LIMIT);
}

/* A set of characters for the machine: a pattern that matches one of them. */
static void *compile_set(void *ctx, struct str set, bool fold)
{
	struct fn_regex *r = ctx;
	struct fn_regex *one = ARENA_NEW(r->arena, struct fn_regex);
	one->arena = r->arena;
	one->code = compile(r->arena, arena_join(r->arena, fold ? STR("(?i)") : STR(""), set));
	if (!one->code)
		return NULL;
	prepare(one);
	return one;
}

static bool set_has(void *ctx, void *set, uint32_t rune)
{
	(void)ctx;
	struct fn_regex *one = set;
	struct buf b = BUF_INIT;
	utf8_add(&b, rune);
	int rc = pcre2_match(one->code, (PCRE2_SPTR)buf_text(&b), b.len, 0, PCRE2_NO_UTF_CHECK | PCRE2_ANCHORED,
		one->data, one->context);
	buf_release(&b);
	return rc > 0;
}

static struct err *make_machine(struct fn_regex *r)
{
	struct regex_set_ops *ops = ARENA_NEW(r->arena, struct regex_set_ops);
	*ops = (struct regex_set_ops){ compile_set, set_has, r };
	if (r->vm)
		return NULL;
	return regex_vm_compile(&r->vm, r->arena, r->translated, ops);
}

/* What PCRE2 refuses since it is too large for it may still do. */
static struct err *compile_plan(struct fn_regex *r)
{
	r->code = compile(r->arena, r->translated);
	if (r->code) {
		prepare(r);
		return NULL;
	}
	struct err *e = make_machine(r);
	if (!e)
		return NULL;
	err_free(e);
	/* A translation has no other fault. */
	return err_new(ERR_LIMIT, "error parsing regexp: expression too large: `%.*s`", STR_ARG(r->pattern));
}

struct err *fn_regex_compile(struct fn_regex **out, struct arena *a, struct str pattern)
{
	struct fn_regex *r = ARENA_NEW(a, struct fn_regex);
	struct fn_regex_plan plan;
	struct err *e = fn_regex_parse(&plan, a, pattern);
	r->arena = a;
	r->pattern = pattern;
	r->names = plan.names;
	r->machine = plan.empty_loop;
	r->translated = arena_str(a, buf_str(&plan.pattern));
	if (!e)
		e = compile_plan(r);
	buf_release(&plan.pattern);
	*out = r;
	return e;
}

size_t fn_regex_groups(const struct fn_regex *r)
{
	return r->names.len;
}

size_t fn_regex_group(const struct fn_regex *r, struct str name, size_t from)
{
	for (size_t i = from ? from : 1; i <= r->names.len; i++) {
		if (str_eq(r->names.items[i - 1], name))
			return i;
	}
	return 0;
}

bool fn_regex_is_empty(const struct fn_regex *r)
{
	return !r->pattern.len;
}

struct fn_regex_text fn_regex_text(struct arena *a, struct str s)
{
	struct fn_regex_text t = { s, s, NULL };
	if (!s.s)
		t.text.s = t.original.s = "";
	if (utf8_is_valid(s))
		return t;
	struct buf b = BUF_INIT;
	size_t *offsets = arena_array(a, 3 * s.len + 1, sizeof(*offsets));
	for (size_t i = 0, n; i < s.len; i += n) {
		uint32_t r = utf8_get(str_skip(s, i), &n);
		size_t from = b.len;
		utf8_add(&b, r);
		for (size_t k = from; k < b.len; k++)
			offsets[k] = i;
	}
	offsets[b.len] = s.len;
	t.text = arena_str(a, buf_str(&b));
	t.offsets = offsets;
	buf_release(&b);
	return t;
}

struct str fn_regex_slice(const struct fn_regex_text *t, size_t from, size_t to)
{
	if (t->offsets) {
		from = t->offsets[from];
		to = t->offsets[to];
	}
	return str_slice(t->original, from, to);
}

/* With the machine. */
static struct err *find_slowly(
	bool *found, struct fn_regex *r, const struct fn_regex_text *t, size_t at, struct fn_span *groups, size_t n)
{
	struct err *e = make_machine(r);
	if (!e)
		e = regex_vm_find(found, r->vm, t->text, at, groups, n);
	if (!e)
		return NULL;
	err_free(e);
	return err_new(ERR_LIMIT, "regexp: matching `%.*s` takes too much work", STR_ARG(r->pattern));
}

struct err *fn_regex_find(
	bool *found, struct fn_regex *r, const struct fn_regex_text *t, size_t at, struct fn_span *groups, size_t n)
{
	if (!r->code || r->machine)
		return find_slowly(found, r, t, at, groups, n);
	int rc = pcre2_match(r->code, (PCRE2_SPTR)t->text.s, t->text.len, at, PCRE2_NO_UTF_CHECK, r->data, r->context);
	*found = rc > 0;
	if (rc == PCRE2_ERROR_NOMATCH)
		return NULL;
	if (rc < 0) {
		r->machine = true;
		return find_slowly(found, r, t, at, groups, n);
	}
	const PCRE2_SIZE *ovector = pcre2_get_ovector_pointer(r->data);
	size_t have = pcre2_get_ovector_count(r->data);
	for (size_t i = 0; i < n; i++) {
		bool set = i < have && ovector[2 * i] != PCRE2_UNSET;
		groups[i].from = set ? ovector[2 * i] : FN_REGEX_NONE;
		groups[i].to = set ? ovector[2 * i + 1] : FN_REGEX_NONE;
	}
	return NULL;
}
