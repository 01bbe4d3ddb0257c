/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "yaml/decode.h"
#include "yaml/quick.h"
#include "json/json.h"

/* Whether the quick reader takes a text; then the full reader has to read the same. */
static bool takes(const char *yaml, const struct yml_opts *o, struct buf *json)
{
	struct arena a = ARENA_INIT;
	struct yml_parse p;
	struct yml_raw *root;
	struct val quick, full;
	bool more;
	yml_parse_init(&p, &a, str_from(yaml), false);
	bool ok = yml_quick_load(&quick, &p.scan, o);
	if (ok) {
		yml_parse_release(&p);
		yml_parse_init(&p, &a, str_from(yaml), false);
	}
	struct err *e = yml_parse_doc(&p, &root, &more);
	if (!e)
		e = yml_decode(&full, &a, root, o);
	if (ok) {
		assert_null(e);
		assert_true((o && o->only) || val_equal(quick, full));
		assert_null(json_add(json, &a, quick, 0));
	}
	err_free(e);
	yml_parse_release(&p);
	arena_release(&a);
	return ok;
}

static void gives(const char *yaml, const char *json, const struct yml_opts *o)
{
	struct buf b = BUF_INIT;
	assert_true(takes(yaml, o, &b));
	assert_string_equal(buf_text(&b), json);
	buf_release(&b);
}

static void leaves(const char *yaml, const struct yml_opts *o)
{
	struct buf b = BUF_INIT;
	assert_false(takes(yaml, o, &b));
	buf_release(&b);
}

static void maps_and_lists_nest_by_columns(void **state)
{
	(void)state;
	gives("", "null", NULL);
	gives("# nothing\n---\n\n", "null", NULL);
	gives("---\na:\n  b: 1\nc:\n", "{\"a\":{\"b\":1},\"c\":null}", NULL);
	gives("a:\n- 1\n-\n- b: 2\n  c:\n  - x\n-\n  - d\nz: 3",
		"{\"a\":[1,null,{\"b\":2,\"c\":[\"x\"]},[\"d\"]],\"z\":3}", NULL);
	gives("- - a\n  - b: c\n-   d\n", "[[\"a\",{\"b\":\"c\"}],\"d\"]", NULL);
	gives("  a: 1 # one\n  # two\n  b:   # three\n     c\n", "{\"a\":1,\"b\":\"c\"}", NULL);
	gives("a:\n  - b\nc: d\n", "{\"a\":[\"b\"],\"c\":\"d\"}", NULL);
}

static void scalars_of_all_styles(void **state)
{
	(void)state;
	gives("a: b:c #d\n", "{\"a\":\"b:c\"}", NULL);
	gives("a: x#y 'z'\nb: -1\nc: -x\nd: ?x\ne: :x\nf: http://x/\n",
		"{\"a\":\"x#y 'z'\",\"b\":-1,\"c\":\"-x\",\"d\":\"?x\",\"e\":\":x\",\"f\":\"http://x/\"}", NULL);
	gives("a: 'it''s'\n\"b\\n\" : \"\\u00e4\" # c\nc: 'x\n  y'\n",
		"{\"a\":\"it's\",\"b\\n\":\"\xC3\xA4\",\"c\":\"x y\"}", NULL);
	gives("a: one\n  two\n\n  three\nb: x\n", "{\"a\":\"one two\\nthree\",\"b\":\"x\"}", NULL);
	gives("a: |\n  x\n\n    y\t\nb: >-\n  c\n  d\nc: |+\n  e\n\nd: |2\n    f",
		"{\"a\":\"x\\n\\n  y\\t\\n\",\"b\":\"c d\",\"c\":"
		"\"e\\n\\n\",\"d\":\"  f\"}",
		NULL);
	gives("a: |\nb:\n- |\n x\n", "{\"a\":\"\",\"b\":[\"x\\n\"]}", NULL);
	gives("1: a\nn1: y\nyesterday: 0x1F\n", "{\"1\":\"a\",\"n1\":true,\"yesterday\":31}", NULL);
}

static void flow_collections(void **state)
{
	(void)state;
	gives("a: {}\nb:\n  []\nc: [x, 'y', \"z\", 1, a b, c:d]\n",
		"{\"a\":{},\"b\":[],\"c\":[\"x\",\"y\",\"z\",1,\"a b\",\"c:d\"]}", NULL);
	gives("- {a: 1, \"b\":2, 'c' : [\n  x, # y\nz\n], d: {}, } # e\n- f\n",
		"[{\"a\":1,\"b\":2,\"c\":[\"x\",\"z\"],\"d\":{}},\"f\"]", NULL);
}

static void what_is_rare_or_wrong_is_left(void **state)
{
	(void)state;
	leaves("a: [:4]", NULL);
	leaves("a: {:b: 1}", NULL);
	static const char *const texts[] = { "a: b: c", "a: &x 1\nb: *x\n", "a: !!str 1", "<<: {a: 1}", "? a\n: b",
		"a:\n\tb: 1", "a: b\n c: d", "a:\n  b: 1\n c: 2", "- a\nb: c", "a: 1\n- b", "a: 'b' c", "a: 'b",
		"a: \"\\q\"", "a: .inf", "a: [-.inf]", "~: 1", "on: 1", "01: 1", "18446744073709551615: 1",
		"a: 1\n---\nb: 2", "a: 1\n...\n", "%YAML 1.1\n---\na: 1", "a: @b", "a: - b", "a: -", "a", "[a]",
		"a: [b", "a: [b]c", "a: [? b]", "a: [b: c]", "a: {b}", "a: {b: }", "a: [,]", "a: ,b", "a\nb: c",
		"'a\n b': c", "a: |x\n b", "a: |\n  b\n c\n", "a: >\n \t\n",
		"\xEF\xBB\xBF"
		"a: 1",
		"a: 1\r\n", "a: \x01", "a: \xC2\x85", "a: x # y\n  z", "a: [\n---\n]" };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		leaves(texts[i], NULL);
}

static void keys_that_nobody_wants_are_only_checked(void **state)
{
	(void)state;
	static const char *const names[] = { "kind", "metadata", NULL };
	struct yml_opts o = { .only = names };
	gives("KIND: a\nspec:\n  x: [1, {b: z}]\n  s: |\n    text\n     more\n\n  t: >\n   u\nmetadata: {name: "
	      "b}\nstatus: 'a'\n",
		"{\"KIND\":\"a\",\"metadata\":{\"name\":\"b\"}}", &o);
	gives("\xC5\xBFpec: 1\nspec: 1\n", "{\"\xC5\xBFpec\":1}", &o);
	leaves("spec: .nan\n", &o);
	leaves("spec: {~: a}\n", &o);
	leaves("spec: |\n   a\n  b\n", &o);
	leaves("spec: |\n   a\n\tb\n", &o);
}

static void options_are_kept(void **state)
{
	(void)state;
	gives("a: 1\na: 2\n", "{\"a\":2}", NULL);
	leaves("a: 1\na: 2\n", &(struct yml_opts){ .strict = true });
	leaves("a: {b: 1, b: 2}\n", &(struct yml_opts){ .strict = true });
	leaves("a: 1\nb: 2\n", &(struct yml_opts){ .max_nodes = 4 });
	gives("a: 9007199254740993\n", "{\"a\":9007199254740993}", &(struct yml_opts){ .integers = true });
}

static void depth_is_bounded(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	for (int i = 0; i < 90; i++)
		buf_puts(&b, "- ");
	buf_puts(&b, "a: {b: [[[[[[c]]]]]]}");
	struct buf json = BUF_INIT;
	assert_true(takes(buf_text(&b), NULL, &json));
	buf_clear(&b);
	for (int i = 0; i < 900; i++)
		buf_puts(&b, "- ");
	leaves(buf_text(&b), NULL);
	buf_release(&b);
	buf_release(&json);
}

static void long_keys_are_left(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	buf_fill(&b, 'k', 900);
	buf_puts(&b, ": 1");
	struct buf json = BUF_INIT;
	assert_true(takes(buf_text(&b), NULL, &json));
	buf_clear(&b);
	buf_fill(&b, 'k', 1025);
	buf_puts(&b, ": 1");
	leaves(buf_text(&b), NULL);
	buf_release(&b);
	buf_release(&json);
}

static void padded_texts_are_read_where_they_are(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "a: b\nc: [d]",
		"\xEF\xBB\xBF"
		"a: b\n",
		"\xFF\xFE"
		"a\0:\0 \0b\0",
		"a: &x b\nc: *x\n", "a: b\n\nc: \x01", "a: b\n- c" };
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct arena a = ARENA_INIT;
		size_t n = i == 3 ? 10 : strlen(texts[i]);
		char *padded = arena_alloc(&a, n + YML_PADDING);
		struct val v, w;
		memset(padded + n, 0, YML_PADDING);
		memcpy(padded, texts[i], n);
		struct err *e = yml_load(&v, &a, (struct str){ texts[i], n }, NULL);
		struct err *f = yml_load(&w, &a, (struct str){ padded, n }, &(struct yml_opts){ .padded = true });
		assert_int_equal(!e, i < 5);
		assert_int_equal(!f, i < 5);
		assert_memory_equal(padded, texts[i], n);
		if (e && f)
			assert_string_equal(e->message, f->message);
		else
			assert_true(val_equal(v, w));
		if (i == 1)
			assert_ptr_equal(val_map_find(w, STR("a"))->value.s, padded + 3);
		err_free(e);
		err_free(f);
		arena_release(&a);
	}
}

UNIT_MAIN(cmocka_unit_test(maps_and_lists_nest_by_columns), cmocka_unit_test(scalars_of_all_styles),
	cmocka_unit_test(flow_collections), cmocka_unit_test(what_is_rare_or_wrong_is_left),
	cmocka_unit_test(keys_that_nobody_wants_are_only_checked), cmocka_unit_test(options_are_kept),
	cmocka_unit_test(depth_is_bounded), cmocka_unit_test(long_keys_are_left),
	cmocka_unit_test(padded_texts_are_read_where_they_are))
