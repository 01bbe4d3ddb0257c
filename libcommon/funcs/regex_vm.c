/* SPDX-License-Identifier: Apache-2.0 */
#include "funcs/regex_vm.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* Instructions of a program, what its ways hold of groups, and steps of one match (some seconds). */
enum { MAX_PROGRAM = 200000, MAX_SLOTS = 8000000, MAX_STEPS = 500000000 };

enum op { OP_RUNE, OP_SET, OP_SPLIT, OP_SAVE, OP_ASSERT, OP_FAIL, OP_MATCH };

/* A split goes on at the next instruction first, at `to` second, or the other way round. */
struct inst {
	enum op op;
	bool second_first;
	uint32_t to;
	uint32_t arg; /* rune, number of a set or of a slot, or the letter of an assertion */
};

struct set {
	struct str text;
	bool fold;
	void *compiled;
	uint64_t ascii[2];
};

struct regex_vm {
	struct arena *arena;
	const struct regex_set_ops *ops;
	VEC(struct inst) code;
	VEC(struct set) sets;
};

/* ---- translated pattern -> program ---- */

enum node_kind { NODE_RUNE, NODE_SET, NODE_ASSERT, NODE_FAIL, NODE_GROUP, NODE_REPEAT, NODE_CONCAT, NODE_ALT };

struct node {
	enum node_kind kind;
	uint32_t arg;        /* rune, set, assertion, number of the group (0: none) */
	bool lazy;           /* of a repetition */
	int min, max;        /* of it; -1: no end */
	bool nullable;       /* may match the empty text */
	struct node *a;      /* what a group or a repetition holds */
	struct node **items; /* of a concatenation or an alternation */
	size_t len, cap;
};

struct reader {
	struct regex_vm *vm;
	struct str at;
	bool fold;
	uint32_t groups;
	bool bad;
};

static struct node *read_alt(struct reader *r);

static struct node *make(struct reader *r, enum node_kind kind, uint32_t arg)
{
	struct node *n = ARENA_NEW(r->vm->arena, struct node);
	n->kind = kind;
	n->arg = arg;
	n->nullable = kind == NODE_ASSERT;
	return n;
}

static bool take(struct reader *r, const char *text)
{
	struct str s = str_from(text);
	if (!str_starts(r->at, s))
		return false;
	r->at = str_skip(r->at, s.len);
	return true;
}

static bool set_has(const struct regex_vm *vm, const struct set *s, uint32_t rune)
{
	if (rune < 128)
		return s->ascii[rune / 64] >> (rune % 64) & 1;
	return vm->ops->has(vm->ops->ctx, s->compiled, rune);
}

/* The number of a set; equal ones are one. */
static uint32_t add_set(struct reader *r, struct str text)
{
	struct regex_vm *vm = r->vm;
	for (size_t i = 0; i < vm->sets.len; i++)
		if (vm->sets.items[i].fold == r->fold && str_eq(vm->sets.items[i].text, text))
			return (uint32_t)i;
	struct set s = { .text = text, .fold = r->fold, .compiled = vm->ops->compile(vm->ops->ctx, text, r->fold) };
	r->bad |= !s.compiled;
	for (uint32_t c = 0; c < 128 && s.compiled; c++)
		if (vm->ops->has(vm->ops->ctx, s.compiled, c))
			s.ascii[c / 64] |= (uint64_t)1 << (c % 64);
	vec_push_in(vm->arena, &vm->sets, s);
	return (uint32_t)vm->sets.len - 1;
}

/* A class up to its bracket; named classes and escapes stand inside. */
static struct node *read_class(struct reader *r)
{
	size_t end = 1;
	while (end < r->at.len && r->at.s[end] != ']') {
		if (r->at.s[end] == '\\')
			end++;
		else if (str_starts(str_skip(r->at, end), STR("[:")))
			end += (size_t)str_find(str_skip(r->at, end), STR(":]")) + 1;
		end++;
	}
	struct str text = str_slice(r->at, 0, end + 1);
	r->at = str_skip(r->at, end + 1);
	return make(r, NODE_SET, add_set(r, text));
}

/* One character as it stands, or \x{...}. */
static struct node *read_rune(struct reader *r)
{
	struct str from = r->at;
	size_t n;
	uint32_t rune;
	if (take(r, "\\x{")) {
		rune = 0;
		while (r->at.len && r->at.s[0] != '}') {
			char c = r->at.s[0];
			rune = rune * 16 + (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
			r->at = str_skip(r->at, 1);
		}
		take(r, "}");
	} else {
		rune = utf8_get(r->at, &n);
		r->at = str_skip(r->at, n);
	}
	if (r->fold)
		return make(r, NODE_SET, add_set(r, str_slice(from, 0, from.len - r->at.len)));
	return make(r, NODE_RUNE, rune);
}

static struct node *read_group(struct reader *r, bool capture)
{
	struct node *n = make(r, NODE_GROUP, capture ? ++r->groups : 0);
	bool fold = r->fold;
	n->a = read_alt(r);
	n->nullable = n->a->nullable;
	r->bad |= !take(r, ")");
	r->fold = fold;
	return n;
}

static struct node *read_atom(struct reader *r)
{
	static const struct {
		const char *text;
		char letter;
	} assertions[] = { { "(?:\\A)", 'A' }, { "(?:\\z)", 'z' }, { "(?:\\b)", 'b' }, { "(?:\\B)", 'B' },
		{ "(?m:^)", '^' }, { "(?m:$)", '$' } };
	for (size_t i = 0; i < sizeof(assertions) / sizeof(assertions[0]); i++)
		if (take(r, assertions[i].text))
			return make(r, NODE_ASSERT, (uint32_t)assertions[i].letter);
	if (take(r, "(?!)"))
		return make(r, NODE_FAIL, 0);
	if (take(r, "(?s:.)"))
		return make(r, NODE_SET, add_set(r, STR("(?s:.)")));
	bool fold = take(r, "(?i)");
	if (fold || take(r, "(?-i)")) {
		r->fold = fold;
		return NULL;
	}
	if (take(r, "(?:"))
		return read_group(r, false);
	if (take(r, "("))
		return read_group(r, true);
	return r->at.s[0] == '[' ? read_class(r) : read_rune(r);
}

static int read_int(struct reader *r)
{
	int n = 0;
	for (; r->at.len && r->at.s[0] >= '0' && r->at.s[0] <= '9'; r->at = str_skip(r->at, 1))
		n = n * 10 + (r->at.s[0] - '0');
	return n;
}

/* The quantifier behind an atom, if there is one. */
static struct node *read_repeat(struct reader *r, struct node *atom)
{
	int min = 0, max = -1;
	if (take(r, "+")) {
		min = 1;
	} else if (take(r, "?")) {
		max = 1;
	} else if (take(r, "{")) {
		min = read_int(r);
		take(r, ",");
		max = take(r, "}") ? -1 : read_int(r);
		take(r, "}");
	} else if (!take(r, "*")) {
		return atom;
	}
	struct node *n = make(r, NODE_REPEAT, 0);
	n->a = atom;
	n->min = min;
	n->max = max;
	n->lazy = take(r, "?");
	n->nullable = !min || atom->nullable;
	return n;
}

static struct node *read_concat(struct reader *r)
{
	struct node *all = make(r, NODE_CONCAT, 0);
	all->nullable = true;
	while (r->at.len && r->at.s[0] != '|' && r->at.s[0] != ')' && !r->bad) {
		struct node *one = read_atom(r);
		if (!one)
			continue;
		one = read_repeat(r, one);
		all->nullable = all->nullable && one->nullable;
		vec_push_in(r->vm->arena, all, one);
	}
	return all;
}

static struct node *read_alt(struct reader *r)
{
	struct node *first = read_concat(r), *all = NULL;
	while (take(r, "|")) {
		if (!all) {
			all = make(r, NODE_ALT, 0);
			all->nullable = first->nullable;
			vec_push_in(r->vm->arena, all, first);
		}
		struct node *one = read_concat(r);
		all->nullable = all->nullable || one->nullable;
		vec_push_in(r->vm->arena, all, one);
	}
	return all ? all : first;
}

static uint32_t emit(struct regex_vm *vm, enum op op, uint32_t arg)
{
	if (vm->code.len < MAX_PROGRAM)
		vec_push_in(vm->arena, &vm->code, (struct inst){ .op = op, .arg = arg });
	return (uint32_t)vm->code.len - 1;
}

static void emit_node(struct regex_vm *vm, const struct node *n);

/* A split that goes on at `to`, or at the next instruction: which first is said by `lazy`. */
static void aim(struct regex_vm *vm, uint32_t split, uint32_t to, bool to_first)
{
	vm->code.items[split].to = to;
	vm->code.items[split].second_first = to_first;
}

static void emit_plus(struct regex_vm *vm, const struct node *n)
{
	uint32_t start = (uint32_t)vm->code.len;
	emit_node(vm, n->a);
	aim(vm, emit(vm, OP_SPLIT, 0), start, !n->lazy);
}

/* Where the loop may be empty, x* is (x+)?, as in Go: only so does its first round count when it matches nothing. */
static void emit_star(struct regex_vm *vm, const struct node *n)
{
	uint32_t split = emit(vm, OP_SPLIT, 0);
	if (n->a->nullable) {
		emit_plus(vm, n);
	} else {
		emit_node(vm, n->a);
		aim(vm, emit(vm, OP_SPLIT, 0), split, true);
		vm->code.items[vm->code.len - 1].arg = 1; /* a jump: there is no second way */
	}
	aim(vm, split, (uint32_t)vm->code.len, n->lazy);
}

/* x{n,m} is n times x, then (x(x)?)?; x{n,} ends with x+. */
static void emit_repeat(struct regex_vm *vm, const struct node *n)
{
	if (n->max < 0) {
		for (int i = 1; i < n->min; i++)
			emit_node(vm, n->a);
		if (n->min)
			emit_plus(vm, n);
		else
			emit_star(vm, n);
		return;
	}
	VEC(uint32_t) splits = { 0 };
	for (int i = 0; i < n->max && vm->code.len < MAX_PROGRAM; i++) {
		if (i >= n->min)
			vec_push(&splits, emit(vm, OP_SPLIT, 0));
		emit_node(vm, n->a);
	}
	vec_each (uint32_t, s, &splits)
		aim(vm, *s, (uint32_t)vm->code.len, n->lazy);
	vec_release(&splits);
}

/* Before each branch but the last a split to the next one, behind it a jump to the end. */
static void emit_alt(struct regex_vm *vm, const struct node *n)
{
	VEC(uint32_t) jumps = { 0 };
	for (size_t i = 0; i + 1 < n->len; i++) {
		uint32_t split = emit(vm, OP_SPLIT, 0);
		emit_node(vm, n->items[i]);
		vec_push(&jumps, emit(vm, OP_SPLIT, 1));
		aim(vm, split, (uint32_t)vm->code.len, false);
	}
	emit_node(vm, n->items[n->len - 1]);
	vec_each (uint32_t, j, &jumps)
		aim(vm, *j, (uint32_t)vm->code.len, true);
	vec_release(&jumps);
}

static void emit_node(struct regex_vm *vm, const struct node *n)
{
	static const enum op ops[] = {
		[NODE_RUNE] = OP_RUNE, [NODE_SET] = OP_SET, [NODE_ASSERT] = OP_ASSERT, [NODE_FAIL] = OP_FAIL
	};
	switch (n->kind) {
	case NODE_RUNE:
	case NODE_SET:
	case NODE_ASSERT:
	case NODE_FAIL:
		emit(vm, ops[n->kind], n->arg);
		return;
	case NODE_GROUP:
		if (n->arg)
			emit(vm, OP_SAVE, 2 * n->arg);
		emit_node(vm, n->a);
		if (n->arg)
			emit(vm, OP_SAVE, 2 * n->arg + 1);
		return;
	case NODE_REPEAT:
		emit_repeat(vm, n);
		return;
	case NODE_CONCAT:
		for (size_t i = 0; i < n->len; i++)
			emit_node(vm, n->items[i]);
		return;
	case NODE_ALT:
		emit_alt(vm, n);
		return;
	}
}

struct err *regex_vm_compile(
	struct regex_vm **out, struct arena *a, struct str translated, const struct regex_set_ops *ops)
{
	struct regex_vm *vm = ARENA_NEW(a, struct regex_vm);
	vm->arena = a;
	vm->ops = ops;
	struct reader r = { .vm = vm, .at = translated };
	struct node *n = read_alt(&r);
	if (!r.bad && !r.at.len)
		emit_node(vm, n);
	emit(vm, OP_MATCH, 0);
	if (r.bad || r.at.len || vm->code.len >= MAX_PROGRAM)
		return err_new(ERR_LIMIT, "the pattern is too large");
	*out = vm;
	return NULL;
}

/* ---- running ---- */

/* A way to match that waits for a character, with what its groups hold. */
struct list {
	uint32_t *pcs;
	size_t *slots; /* nslots for each */
	uint32_t len;
	uint32_t *seen; /* by instruction: the step in which it was last added */
};

/* What is left to do while the ways from one instruction are followed: an instruction, or a slot to be restored. */
struct todo {
	uint32_t pc, slot;
	size_t old;
};
#define NO_SLOT UINT32_MAX

struct run {
	const struct regex_vm *vm;
	struct str text;
	size_t nslots;
	size_t *now; /* slots while ways are followed */
	uint32_t step;
	uint64_t work;
	VEC(struct todo) todo;
};

static bool is_word(struct str text, size_t at)
{
	unsigned char c = at < text.len ? (unsigned char)text.s[at] : 0;
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool holds(struct str text, size_t at, uint32_t letter)
{
	bool edge = (at > 0 && is_word(text, at - 1)) != is_word(text, at);
	switch (letter) {
	case 'A':
		return at == 0;
	case 'z':
		return at == text.len;
	case 'b':
		return edge;
	case 'B':
		return !edge;
	case '^':
		return at == 0 || text.s[at - 1] == '\n';
	case '$':
		return at == text.len || text.s[at] == '\n';
	}
	return false;
}

static void wait_at(struct run *r, struct list *l, uint32_t pc)
{
	l->pcs[l->len] = pc;
	if (r->nslots)
		memcpy(l->slots + (size_t)l->len * r->nslots, r->now, r->nslots * sizeof(*r->now));
	l->len++;
}

static void later(struct run *r, uint32_t pc)
{
	vec_push(&r->todo, (struct todo){ .pc = pc, .slot = NO_SLOT });
}

/* Follows one instruction as far as it goes without a character. */
static void follow(struct run *r, struct list *l, uint32_t pc, size_t at)
{
	const struct inst *i = &r->vm->code.items[pc];
	if (l->seen[pc] == r->step)
		return;
	l->seen[pc] = r->step;
	r->work++;
	switch (i->op) {
	case OP_SPLIT:
		/* What is pushed last is followed first. */
		if (i->arg != 1)
			later(r, i->second_first ? pc + 1 : i->to);
		later(r, i->second_first ? i->to : pc + 1);
		return;
	case OP_SAVE:
		if (i->arg < r->nslots) {
			vec_push(&r->todo, (struct todo){ .slot = i->arg, .old = r->now[i->arg] });
			r->now[i->arg] = at;
		}
		later(r, pc + 1);
		return;
	case OP_ASSERT:
		if (holds(r->text, at, i->arg))
			later(r, pc + 1);
		return;
	case OP_RUNE:
	case OP_SET:
	case OP_MATCH:
		wait_at(r, l, pc);
		return;
	case OP_FAIL:
		return;
	}
}

/* Adds all that is reached from an instruction, the preferred first. */
static void add(struct run *r, struct list *l, uint32_t pc, size_t at)
{
	later(r, pc);
	while (r->todo.len) {
		struct todo t = r->todo.items[--r->todo.len];
		if (t.slot != NO_SLOT)
			r->now[t.slot] = t.old;
		else
			follow(r, l, t.pc, at);
	}
}

static bool accepts(const struct regex_vm *vm, const struct inst *i, uint32_t rune)
{
	return i->op == OP_RUNE ? i->arg == rune : i->op == OP_SET && set_has(vm, &vm->sets.items[i->arg], rune);
}

/* One character: the ways of `now` that take it go on in `next`. Whoever matches ends those that come behind. */
static bool advance(
	struct run *r, const struct list *now, struct list *next, size_t *best, size_t at, size_t width, uint32_t rune)
{
	bool matched = false;
	next->len = 0;
	r->step++;
	for (uint32_t k = 0; k < now->len && !matched; k++) {
		const struct inst *i = &r->vm->code.items[now->pcs[k]];
		if (r->nslots)
			memcpy(r->now, now->slots + (size_t)k * r->nslots, r->nslots * sizeof(*r->now));
		r->work++;
		if (i->op == OP_MATCH) {
			matched = true;
			if (r->nslots) {
				memcpy(best, r->now, r->nslots * sizeof(*best));
				best[1] = at;
			}
		} else if (width && accepts(r->vm, i, rune)) {
			add(r, next, now->pcs[k] + 1, at + width);
		}
	}
	return matched;
}

static bool run(struct run *r, struct list *lists, size_t *best, size_t at)
{
	struct list *now = &lists[0], *next = &lists[1];
	bool found = false;
	r->step = 1;
	for (;;) {
		size_t width = 0;
		uint32_t rune = at < r->text.len ? utf8_get(str_skip(r->text, at), &width) : 0;
		if (!found) {
			/* A match may begin here, too, with less right than those that began before. */
			for (size_t i = 0; i < r->nslots; i++)
				r->now[i] = FN_REGEX_NONE;
			if (r->nslots)
				r->now[0] = at;
			add(r, now, 0, at);
		}
		if ((!now->len && found) || r->work > MAX_STEPS)
			return found;
		found |= advance(r, now, next, best, at, width, rune);
		if (!width)
			return found;
		struct list *swap = now;
		now = next;
		next = swap;
		at += width;
	}
}

struct err *regex_vm_find(
	bool *found, const struct regex_vm *vm, struct str text, size_t at, struct fn_span *groups, size_t n)
{
	struct run r = { .vm = vm, .text = text, .nslots = 2 * n };
	struct list lists[2];
	if (vm->code.len * r.nslots > MAX_SLOTS)
		return err_new(ERR_LIMIT, "the pattern has too many groups");
	size_t *best = mem_array(2 * r.nslots + 1, sizeof(*best));
	r.now = best + r.nslots;
	for (int i = 0; i < 2; i++) {
		lists[i].len = 0;
		lists[i].pcs = mem_array(vm->code.len, sizeof(*lists[i].pcs));
		lists[i].seen = mem_array(vm->code.len, sizeof(*lists[i].seen));
		lists[i].slots = mem_array(vm->code.len * r.nslots + 1, sizeof(*lists[i].slots));
	}
	*found = run(&r, lists, best, at);
	for (size_t i = 0; i < n && *found; i++)
		groups[i] = (struct fn_span){ best[2 * i], best[2 * i + 1] };
	for (int i = 0; i < 2; i++) {
		free(lists[i].pcs);
		free(lists[i].seen);
		free(lists[i].slots);
	}
	free(best);
	vec_release(&r.todo);
	return r.work > MAX_STEPS ? err_new(ERR_LIMIT, "matching takes too much work") : NULL;
}
