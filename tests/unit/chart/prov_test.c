/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "chart/prov.h"

static const char digest_of_abc[] = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

static void ok(struct err *e)
{
	assert_null(e);
}

static void the_text_has_metadata_and_digest(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct chart *c;
	struct buf b = BUF_INIT;
	ok(chart_metadata_load(&c, &a, STR("apiVersion: v2\nname: web\nversion: 1.0.0\nkeywords: [k]\n")));
	ok(chart_prov_format(&b, &a, c, STR("web-1.0.0.tgz"), STR("abc")));
	struct str want = arena_printf(&a,
		"apiVersion: v2\nkeywords:\n- k\nname: web\nversion: 1.0.0\n\n...\nfiles:\n  web-1.0.0.tgz: %s\n",
		digest_of_abc);
	assert_string_equal(buf_text(&b), want.s);
	struct str digest;
	ok(chart_prov_check(&digest, &a, buf_str(&b), STR("web-1.0.0.tgz"), STR("abc")));
	assert_string_equal(digest.s, digest_of_abc);
	buf_release(&b);
	arena_release(&a);
}

static void refused(const char *text, enum err_kind kind, const char *why)
{
	struct arena a = ARENA_INIT;
	struct str digest;
	struct buf b = BUF_INIT;
	struct err *e = chart_prov_check(&digest, &a, str_from(text), STR("a.tgz"), STR("abc"));
	assert_non_null(e);
	assert_int_equal(e->kind, kind);
	err_message(&b, e);
	assert_true(str_has(buf_str(&b), str_from(why)));
	buf_release(&b);
	err_free(e);
	arena_release(&a);
}

static void what_does_not_name_the_file_and_its_digest_is_refused(void **state)
{
	(void)state;
	refused("", ERR_INPUT, "at least two parts");
	refused("files:\n  a.tgz: x\n", ERR_INPUT, "at least two parts");
	refused("x\n...\nfiles: 1\n", ERR_INPUT, "does not contain a SHA");
	refused("x\n...\nfiles:\n  b.tgz: x\n", ERR_INPUT, "does not contain a SHA");
	refused("x\n...\nfiles:\n  a.tgz: sha256:00\n", ERR_DIGEST, "does not match");
	/* Only the second part counts. */
	refused("x\n...\nfiles: {}\n...\nfiles:\n  a.tgz: sha256:00\n", ERR_INPUT, "does not contain a SHA");
}

UNIT_MAIN(cmocka_unit_test(the_text_has_metadata_and_digest),
	cmocka_unit_test(what_does_not_name_the_file_and_its_digest_is_refused))
