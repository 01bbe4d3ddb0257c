/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/funcs/eval.h"

static void set_and_unset_change_the_dict(void **state)
{
	(void)state;
	prints("{{ $d := dict \"a\" 1 \"b\" }}{{ set $d \"c\" nil }}{{ unset $d \"a\" }}{{ $d }}{{ hasKey $d \"c\" }}",
		"map[a:1 b: c:<nil>]map[b: c:<nil>]map[b: c:<nil>]true");
	fails("{{ set nil \"a\" 1 }}", "assignment to entry in nil map");
}

static void merge_fills_what_is_empty(void **state)
{
	(void)state;
	prints("{{ merge (dict \"a\" \"\" \"z\" 0 \"l\" (list)) (dict \"a\" \"x\" \"z\" 5 \"l\" (list 1)) }}",
		"map[a:x l:[1] z:5]");
	prints("{{ merge (dict \"m\" (dict \"a\" 1)) (dict \"m\" (dict \"a\" 2 \"b\" 3)) }}", "map[m:map[a:1 b:3]]");
	prints("{{ merge (dict \"m\" 1) (dict \"m\" (dict \"a\" 2)) }}", "map[m:1]");
	prints("{{ $a := dict \"n\" (dict \"x\" 1) }}{{ $b := merge (dict) $a }}{{ $_ := set $b.n \"y\" 2 }}{{ $a }}",
		"map[n:map[x:1 y:2]]");
}

static void merge_overwrite_lets_the_source_win_even_when_empty(void **state)
{
	(void)state;
	prints("{{ mergeOverwrite (dict \"a\" 1 \"c\" 1 \"l\" (list 1)) (dict \"a\" \"\" \"c\" nil \"l\" (list)) }}",
		"map[a: c:<nil> l:[]]");
	prints("{{ mergeOverwrite (dict \"m\" (dict \"a\" 1)) (dict \"m\" (dict)) }}", "map[m:map[a:1]]");
	prints("{{ mergeOverwrite (dict \"m\" (dict \"a\" 1)) (dict \"m\" 2) }}", "map[m:2]");
}

/* Go's own merge never returns from this. */
static void dicts_that_hold_each_other_are_refused(void **state)
{
	(void)state;
	fails("{{ $a := dict }}{{ $b := dict }}{{ $_ := set $a \"k\" $b }}{{ $_ := set $b \"k\" $a }}{{ merge $a $b }}",
		"dicts are nested too deeply to be merged");
}

static void dig_stops_at_what_is_no_dict(void **state)
{
	(void)state;
	prints("{{ dig \"a\" \"b\" \"def\" (dict \"a\" (dict)) }}{{ dig \"x\" \"def\" (dict) }}", "defdef");
	fails("{{ dig \"a\" \"b\" \"def\" (dict \"a\" 1) }}", "interface {} is int, not map[string]interface {}");
	fails("{{ dig \"a\" (dict) }}", "dig needs at least three arguments");
	fails("{{ deepCopy nil }}", "reflect: call of reflect.Value.Type on zero Value");
}

/* Bytes that executing a template keeps in an arena of its own, which is given back what nothing refers to. */
static size_t keeps(const char *text, const char *want)
{
	struct arena a = ARENA_INIT, work = ARENA_INIT;
	struct fn_host host = { .arena = &a };
	struct tmpl_set *set = tmpl_set_share(&a, tmpl_set_new(&a, fn_table()));
	struct tmpl_limits limits = { .sweep = true };
	struct val dot = val_map(&a);
	struct buf out = BUF_INIT;
	val_set(dot, "old", val_map(&a));
	assert_null(tmpl_parse(set, STR("t"), str_from(text)));
	assert_null(tmpl_execute(&out, &work, set, STR("t"), dot, &limits, &host));
	assert_string_equal(buf_text(&out), want);
	size_t kept = work.total;
	buf_release(&out);
	arena_release(&work);
	arena_release(&a);
	return kept;
}

#define LARGE "(repeat 300000 \"x\")"

static void what_nothing_refers_to_is_given_back(void **state)
{
	(void)state;
	const size_t most = 4 << 20;
	assert_true(
		keeps("{{ range until 100 }}{{ " LARGE " | trunc 1 }}{{ end }}{{ with " LARGE " }}{{ len . }}{{ end }}",
			"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
			"xxxxxx"
			"300000") < most);
	/* Inside of an include, and printed as a key. */
	assert_true(keeps("{{ define \"i\" }}{{ $v := " LARGE
			  " }}{{ $d := dict $v 1 (dict \"k\" $v) 2 }}{{ len $d }}{{ end }}"
			  "{{ range until 40 }}{{ include \"i\" . | trim }}{{ end }}",
			    "2222222222222222222222222222222222222222") < most);
}

static void what_is_referred_to_stays(void **state)
{
	(void)state;
	/* In a map of the execution, of the caller, in one inside of it, in a variable, and by merging. */
	keeps("{{ $d := dict }}{{ range until 20 }}{{ set $d (toString .) " LARGE " | len }},{{ end }}"
	      "{{ range $k, $v := $d }}{{ len $v }}{{ end }}",
		"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,"
		"300000300000300000300000300000300000300000300000300000300000"
		"300000300000300000300000300000300000300000300000300000300000");
	keeps("{{ range until 3 }}{{ if set $.old (toString .) (dict \"v\" " LARGE ") }}{{ end }}{{ end }}"
	      "{{ range until 3 }}{{ " LARGE
	      " | len }}{{ end }}{{ trunc 2 (get $.old \"0\").v }}{{ trunc 2 (get $.old \"2\").v }}",
		"300000300000300000xxxx");
	keeps("{{ if mergeOverwrite $.old (dict \"a\" (dict \"b\" " LARGE
	      ")) }}{{ end }}{{ if merge $.old (dict \"a\" (dict "
	      "\"c\" " LARGE ")) }}{{ end }}{{ range until 3 }}{{ " LARGE
	      " | len }}{{ end }}{{ trunc 2 $.old.a.b }}{{ trunc 2 $.old.a.c }}",
		"300000300000300000xxxx");
	keeps("{{ $v := 1 }}{{ $k := 1 }}{{ if true }}{{ $v = " LARGE " }}{{ range $k = list " LARGE
	      " }}{{ end }}{{ end }}"
	      "{{ range until 3 }}{{ " LARGE " | len }}{{ end }}{{ trunc 2 $v }}{{ trunc 2 $k }}",
		"300000300000300000xxxx");
	/* An order that a map notes when it is first asked for, and a text that tpl parses. */
	keeps("{{ $d := dict }}{{ range until 20 }}{{ $_ := set $d (print \"k\" .) . }}{{ end }}{{ if keys $d }}{{ end "
	      "}}"
	      "{{ range until 3 }}{{ " LARGE " | len }}{{ end }}{{ range $k, $v := $d }}{{ $v }}{{ end }}",
		"30000030000030000001101112131415161718192345678"
		"9");
	keeps("{{ range until 3 }}{{ tpl (print \"{{ len .s }}\" (repeat 100000 \" \")) (dict \"s\" " LARGE
	      ") | trim }}{{ end }}",
		"300000300000300000");
}

UNIT_MAIN(cmocka_unit_test(what_nothing_refers_to_is_given_back), cmocka_unit_test(what_is_referred_to_stays),
	cmocka_unit_test(set_and_unset_change_the_dict), cmocka_unit_test(merge_fills_what_is_empty),
	cmocka_unit_test(merge_overwrite_lets_the_source_win_even_when_empty),
	cmocka_unit_test(dicts_that_hold_each_other_are_refused), cmocka_unit_test(dig_stops_at_what_is_no_dict))
