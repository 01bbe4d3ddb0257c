/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "cli/cli.h"

#include <string.h>

static bool flag;
static int count, number;
static const char *text, *form;
static struct cli_list list;
static char seen[256]; /* what run() saw: verb and arguments */

static struct err *run(struct cli *c)
{
	strcpy(seen, c->verb ? c->verb->name : "-");
	for (int i = 0; i < c->nargs; i++)
		strcat(strcat(seen, " "), c->args[i]);
	char items[128] = "";
	for (size_t i = 0; i < list.len; i++)
		strcat(strcat(items, "+"), list.items[i]);
	strcat(seen, items);
	return NULL;
}

static const struct cli_opt opts[] = {
	{ 'f', "flag", CLI_FLAG, &flag, NULL, "a flag", "Options", NULL, NULL },
	{ 'c', "count", CLI_COUNT, &count, NULL, "a count", NULL, NULL, NULL },
	{ 't', "text", CLI_TEXT, &text, "TEXT", "a text", NULL, NULL, NULL },
	{ 'n', "number", CLI_INT, &number, "N", "a number", NULL, NULL, NULL },
	{ 'l', "list", CLI_LIST, &list, "ITEM", "a list", NULL, NULL, NULL },
	{ 0, "form", CLI_TEXT, &form, "FORM", "one of two", NULL, "long|short", "long" },
	CLI_END,
};
static const struct cli_verb verbs[] = {
	{ "go", "[ARG...]", "go there", NULL, run },
	{ NULL, NULL, NULL, NULL, NULL },
};
static const struct cli_tool tool = { "demo", "[ARG...]", "try things", opts, verbs, run, NULL };

/* Runs the tool with words separated by blanks; the exit status. */
static int call(const char *line)
{
	static char words[256];
	char *argv[32] = { (char[]){ "demo" } };
	int argc = 1;
	flag = false;
	count = number = 0;
	text = form = NULL;
	list = (struct cli_list){ 0 };
	seen[0] = '\0';
	strcpy(words, line);
	for (char *w = strtok(words, " "); w; w = strtok(NULL, " "))
		argv[argc++] = w;
	return cli_main(&tool, argc, argv);
}

static void options_are_set_wherever_they_stand(void **state)
{
	(void)state;
	assert_int_equal(call("one -cc --text=x two -n5 --flag -l a --list=b -- -f"), 0);
	assert_string_equal(seen, "- one two -f+a+b");
	assert_true(flag);
	assert_int_equal(count, 2);
	assert_int_equal(number, 5);
	assert_string_equal(text, "x");
}

static void flags_can_be_taken_back(void **state)
{
	(void)state;
	assert_int_equal(call("--flag --no-flag"), 0);
	assert_false(flag);
	assert_int_equal(call("--flag=false"), 0);
	assert_false(flag);
}

static void an_optional_value_needs_the_equals_sign(void **state)
{
	(void)state;
	assert_int_equal(call("--form short"), 0);
	assert_string_equal(form, "long");
	assert_string_equal(seen, "- short");
	assert_int_equal(call("--form=short"), 0);
	assert_string_equal(form, "short");
	assert_int_equal(call("--form=other"), 2);
}

static void the_first_word_may_name_a_verb(void **state)
{
	(void)state;
	assert_int_equal(call("go there"), 0);
	assert_string_equal(seen, "go there");
	assert_int_equal(call("-f go there"), 0);
	assert_string_equal(seen, "go there");
	assert_int_equal(call("-t x --number 5 go there"), 0);
	assert_string_equal(seen, "go there");
	assert_string_equal(text, "x");
	assert_int_equal(call("there go"), 0);
	assert_string_equal(seen, "- there go");
}

static void wrong_words_are_usage_errors(void **state)
{
	(void)state;
	assert_int_equal(call("--nope"), 2);
	assert_int_equal(call("-x"), 2);
	assert_int_equal(call("--number=five"), 2);
	assert_int_equal(call("--text"), 2);
}

UNIT_MAIN(cmocka_unit_test(options_are_set_wherever_they_stand), cmocka_unit_test(flags_can_be_taken_back),
	cmocka_unit_test(an_optional_value_needs_the_equals_sign), cmocka_unit_test(the_first_word_may_name_a_verb),
	cmocka_unit_test(wrong_words_are_usage_errors))
