/* SPDX-License-Identifier: Apache-2.0 */
/* Both ways to read a pipe must give the same: quick_pipe() leaves long actions to parser_pipe(). */
#include "tests/unit/template/helper.h"

#include "template/exec.h"
#include "template/phrase.h"

#include <string.h>

static void add_tree(struct buf *out, const struct tmpl_node *n);

static void add_trees(struct buf *out, const struct tmpl_node *first)
{
	for (const struct tmpl_node *n = first; n; n = n->next)
		add_tree(out, n);
}

/* A node with all that counts: its place, what it holds, and its parts. */
static void add_tree(struct buf *out, const struct tmpl_node *n)
{
	/* What stands behind the action is elsewhere when that is longer. */
	buf_printf(out, "(%d@%u", n->kind, n->kind <= NODE_ACTION ? 0 : n->pos);
	switch ((enum tmpl_node_kind)n->kind) {
	case NODE_LIST:
		add_trees(out, n->list.first);
		break;
	case NODE_TEXT:
		buf_add(out, n->text);
		break;
	case NODE_ACTION:
		add_tree(out, n->pipe);
		break;
	case NODE_IF:
	case NODE_WITH:
	case NODE_RANGE:
		add_tree(out, n->branch.pipe);
		add_tree(out, n->branch.body);
		add_trees(out, n->branch.other);
		break;
	case NODE_PIPE:
		buf_printf(out, "%d", n->flag);
		add_trees(out, n->cmds.decl);
		buf_putc(out, ':');
		add_trees(out, n->cmds.first);
		break;
	case NODE_COMMAND:
		buf_printf(out, "%u", n->words.len);
		add_trees(out, n->words.first);
		break;
	case NODE_CHAIN:
		add_tree(out, n->path.from);
		buf_add(out, ast_path(n));
		break;
	case NODE_VARIABLE:
		buf_printf(out, "%u", n->path.id);
		break;
	case NODE_NUMBER:
		buf_printf(out, "%d%d%d%d %lld %llu %g ", n->number->is_int, n->number->is_uint, n->number->is_float,
			n->number->is_complex, (long long)n->number->i, (unsigned long long)n->number->u, n->number->f);
		ast_add_node(out, n);
		break;
	case NODE_STRING:
		buf_add(out, ast_string(n));
		break;
	default:
		break;
	}
	if (n->kind >= NODE_IDENT && n->kind != NODE_NUMBER)
		ast_add_node(out, n);
	if (n->kind == NODE_IDENT || n->kind == NODE_VARIABLE)
		buf_printf(out, "%d", n->flag);
	buf_printf(out, "%d %d)", n->special, n->fixed);
}

/* What an action is parsed to, or the error. */
static void add_parsed(struct buf *out, struct arena *a, struct str text)
{
	struct tmpl_set *set = tmpl_set_new(a, test_funcs());
	struct err *e = tmpl_parse(set, STR("t"), text);
	if (e)
		err_message(out, e);
	else
		add_tree(out, set_find(set, STR("t"))->root);
	err_free(e);
}

static struct str in_action(struct arena *a, const char *before, struct str inside, size_t blanks, const char *after)
{
	char space[PHRASE_NEAR + 1];
	memset(space, ' ', sizeof(space));
	return arena_printf(a, "%s%.*s%.*s%s", before, STR_ARG(inside), (int)blanks, space, after);
}

static void same_with(const char *before, struct str inside, const char *after)
{
	struct arena a = ARENA_INIT;
	struct buf quick = BUF_INIT, slow = BUF_INIT;
	struct str text = in_action(&a, before, inside, 1, after);
	add_parsed(&quick, &a, text);
	add_parsed(&slow, &a, in_action(&a, before, inside, PHRASE_NEAR + 1, after));
	if (!str_eq(buf_str(&quick), buf_str(&slow)))
		print_message("%.*s\n", STR_ARG(text));
	assert_string_equal(buf_text(&quick), buf_text(&slow));
	buf_release(&quick);
	buf_release(&slow);
	arena_release(&a);
}

/* At the end of the text, and where there is more: then bytes are looked at many at a time. */
static void same_both_ways(const char *before, struct str inside, const char *after)
{
	struct buf more = BUF_INIT;
	buf_puts(&more, after);
	same_with(before, inside, buf_text(&more));
	buf_puts(&more, " and some text that is no action");
	same_with(before, inside, buf_text(&more));
	buf_release(&more);
}

static void everywhere(struct str inside)
{
	same_both_ways("{{ ", inside, "}}");
	same_both_ways("{{- ", inside, "-}} t");
	same_both_ways("{{ $x := 1 }}{{if ", inside, "}}{{$x}}{{end}}");
	same_both_ways("{{ range ", inside, "-}}{{$x}}{{end}}");
	same_both_ways("{{ if 0 }}{{ else if ", inside, "}}{{end}}");
	/* What a block declares ends with it. */
	same_both_ways("{{ with ", inside, "}}{{end}}{{$x}}");
	same_both_ways("{{ range ", inside, "}}{{end}}{{$y}}");
}

static void plain_pipes_are_read_alike(void **state)
{
	static const char *const pipes[] = { ".", ".a", ".a.b.c", ".a.name_of_0more.Than16bytes.and_again_More_than_16",
		"\"sixteen bytes are looked at\"", "\"sixteen bytes \\n are looked at \\x\"",
		"\"sixteen bytes are \xc3\xa9 looked at\"", "\"sixteen bytes are \\\" looked at\"",
		"$x.name_of_0more[Than16bytes", "same.name_of`more`Than16bytes", "$", "$.a.b", "$x.a", "same .a",
		"(.a)", "(same .a).b.c", "same (text \"a\") | same", ".a|same", "\"a\"", "\"a\\n\\\"\"", "\"\xc3\xa9\"",
		"\"\\q\"", "`a`", "`a}}b`", "`{{`", "0", "12", "007", "123456789012345", "1234567890123456789", "1.5",
		"-1", "+1", "0x10", "1i", "'a'", "nil", "true", "false", "$x := 1", "$x = 1", "$x, $y := .l",
		"$x , $y = .l", "$x:=1", "$x=1", "$x,$y:=.l", "(same 1", "same 1)", "same\n1", "same\t1", "1 | same",
		"same | 1", "same || same", "same.a", ".a .b", ".a.", ".a..b", ".1", ".a.1", "$1", "$x$x", "\"a\"\"b\"",
		"(same)(same)", "$y", "nofunc", "and 1 .a", "break", "\"a", "`a", "", "same -", "same - 1", "(same -",
		"\xc3\xa9", ".\xc3\xa9", ".a\xc3\xa9", "((((1))))", "(1).a", "(\"a\").b | same", "(nil)",
		"list 1 2 3 4 5 6 7 8", "$x := $x", "$ := 1" };
	(void)state;
	for (size_t i = 0; i < sizeof(pipes) / sizeof(*pipes); i++)
		everywhere(str_from(pipes[i]));
}

static void any_pipe_is_read_alike(void **state)
{
	static const char *const parts[] = { " ", " ", " ", " ", "  ", "\n", ".", ".a", ".b", "$", "$x", "$y", "(", ")",
		"|", ":=", "=", ",", "same", "list", "\"s\"", "`r`", "\"\\x\"", "1", "0", "-", "nil", "Zz_@[`{/:9",
		"true", "if", "x", "#", "'" };
	struct buf inside = BUF_INIT;
	uint32_t seed = 1;
	(void)state;
	for (int round = 0; round < 20000; round++) {
		buf_clear(&inside);
		for (int n = 0; n < 2 + round % 9; n++) {
			seed = seed * 1664525 + 1013904223;
			buf_puts(&inside, parts[(seed >> 16) % (sizeof(parts) / sizeof(*parts))]);
		}
		same_both_ways(
			round % 2 ? "{{ $x := 1 }}{{ " : "{{range ", buf_str(&inside), round % 2 ? "}}" : "}}{{end}}");
	}
	buf_release(&inside);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_pipes_are_read_alike),
		cmocka_unit_test(any_pipe_is_read_alike),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
