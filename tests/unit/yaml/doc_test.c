/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "yaml/doc.h"
#include "yaml/yaml.h"

#include <string.h>

static const char text[] = "# licence\n"
			   "\n"
			   "# the image\n"
			   "image:\n"
			   "  name: web   # short\n"
			   "  tag: \"1.0\"\n"
			   "  # digest: none\n"
			   "\n"
			   "replicas: 1\n"
			   "env:   # all of them\n"
			   "- name: A\n"
			   "  value: x\n"
			   "- {name: B, value: 'y'}\n"
			   "base: &b\n"
			   "  k: v\n"
			   "copy: *b\n"
			   "res: {}\n"
			   "script: |\n"
			   "  a\n"
			   "  b\n"
			   "\n"
			   "last: end\n";

static struct yml_doc parse(struct arena *a, const char *yaml)
{
	struct yml_doc doc;
	assert_null(yml_doc_parse(&doc, a, str_from(yaml), "f.yaml"));
	return doc;
}

static void is_text(const struct yml_doc *d, size_t from, size_t to, const char *want)
{
	struct str s = str_slice(d->text, from, to);
	char got[400] = "";
	assert_true(s.len < sizeof(got));
	memcpy(got, s.s, s.len);
	assert_string_equal(got, want);
}

static void nodes_know_their_places(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct yml_doc d = parse(&a, text);
	struct yml_node *n = yml_find(&d, STR("image.tag"));
	assert_non_null(n);
	assert_int_equal(n->line, 6);
	assert_int_equal(n->column, 8);
	assert_int_equal(n->style, YML_DOUBLE);
	is_text(&d, n->from, n->to, "\"1.0\"");
	n = yml_find(&d, STR("env[name=B].value"));
	is_text(&d, n->from, n->to, "'y'");
	n = yml_find(&d, STR("script"));
	is_text(&d, n->from, n->to, "|\n  a\n  b");
	assert_true(yml_find(&d, STR("copy.k")) == yml_find(&d, STR("base.k")));
	assert_null(yml_find(&d, STR("image.none")));
	assert_null(yml_find(&d, STR("env[7]")));
	arena_release(&a);
}

static void comments_belong_to_the_key_below(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct yml_doc d = parse(&a, text);
	struct yml_pair *p = yml_map_pair(d.roots[0], STR("image"));
	is_text(&d, p->lead.from, p->lead.to, "# the image\n");
	is_text(&d, p->from, p->to, "# the image\nimage:\n  name: web   # short\n  tag: \"1.0\"\n  # digest: none\n");
	p = yml_map_pair(p->value, STR("name"));
	is_text(&d, p->note.from, p->note.to, "# short");
	p = yml_map_pair(d.roots[0], STR("env"));
	is_text(&d, p->note.from, p->note.to, "# all of them");
	p = yml_map_pair(d.roots[0], STR("replicas"));
	is_text(&d, p->from, p->to, "\nreplicas: 1\n");
	arena_release(&a);
}

static void paths_lead_back(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct yml_doc d = parse(&a, "a.b:\n- x: 1\n---\nc: {d: 2}\n");
	struct buf b = BUF_INIT;
	struct yml_node *n = yml_find(&d, STR("a\\.b[0].x"));
	yml_path(&b, n);
	assert_string_equal(buf_text(&b), "a\\.b[0].x");
	buf_clear(&b);
	n = yml_find(&d, STR("1#c.d"));
	assert_non_null(n);
	yml_path(&b, n);
	assert_string_equal(buf_text(&b), "1#c.d");
	buf_release(&b);
	arena_release(&a);
}

static void faults_name_the_file(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct yml_doc d;
	struct err *e = yml_doc_parse(&d, &a, STR("a: 1\nb: c: d\n"), "f.yaml");
	struct buf b = BUF_INIT;
	assert_non_null(e);
	err_format(&b, e);
	assert_string_equal(buf_text(&b), "f.yaml:2:5: mapping values are not allowed in this context");
	buf_release(&b);
	err_free(e);
	arena_release(&a);
}

/* The lines in which a text differs from `text`: "-old\n+new\n". */
static void differs(const char *what, struct buf *out, const char *want)
{
	const char *before = text, *after = buf_text(out);
	size_t head = 0, tail = 0, nb = strlen(before), na = strlen(after);
	while (before[head] && before[head] == after[head])
		head++;
	while (head && before[head - 1] != '\n')
		head--;
	while (tail < nb - head && tail < na - head && before[nb - 1 - tail] == after[na - 1 - tail])
		tail++;
	while (tail && !(before[nb - tail - 1] == '\n' && (na - tail == 0 || after[na - tail - 1] == '\n')))
		tail--;
	struct buf b = BUF_INIT;
	buf_puts(&b, "-");
	buf_add(&b, (struct str){ before + head, nb - tail - head });
	buf_puts(&b, "+");
	buf_add(&b, (struct str){ after + head, na - tail - head });
	if (strcmp(buf_text(&b), want))
		fail_msg("%s:\n%s\nwanted\n%s", what, buf_text(&b), want);
	buf_release(&b);
	buf_clear(out);
}

static void set(const char *path, const char *yaml, const char *want)
{
	struct arena a = ARENA_INIT;
	struct buf out = BUF_INIT;
	struct val v;
	assert_null(yml_load(&v, &a, str_from(yaml), NULL));
	struct err *e = yml_set(&out, str_from(text), "f.yaml", str_from(path), v);
	if (e) {
		struct buf b = BUF_INIT;
		err_format(&b, e);
		assert_string_equal(buf_text(&b), want);
		buf_release(&b);
		err_free(e);
	} else {
		differs(path, &out, want);
	}
	buf_release(&out);
	arena_release(&a);
}

static void setting_changes_nothing_else(void **state)
{
	(void)state;
	set("image.name", "api", "-  name: web   # short\n+  name: api   # short\n");
	set("image.tag", "'2'", "-  tag: \"1.0\"\n+  tag: \"2\"\n");
	set("replicas", "3", "-replicas: 1\n+replicas: 3\n");
	set("env[name=B].value", "z", "-- {name: B, value: 'y'}\n+- {name: B, value: 'z'}\n");
	set("script", "one line", "-script: |\n  a\n  b\n+script: one line\n");
	set("base", "5", "-base: &b\n  k: v\n+base: &b 5\n");
	set("image", "x: 1", "-  name: web   # short\n  tag: \"1.0\"\n+  x: 1\n");
}

static void missing_keys_are_made(void **state)
{
	(void)state;
	set("image.pull", "Always", "-+  pull: Always\n");
	set("res.limits.cpu", "100m", "-res: {}\n+res:\n  limits:\n    cpu: 100m\n");
	set("env[2]", "{name: C}", "-+- name: C\n");
	set("a.b", "[1, x]", "-+a:\n  b:\n  - 1\n  - x\n");
	set("replicas.x", "1", "f.yaml:9:11: cannot edit replicas.x: what it would be a part of is a scalar");
	set("copy.k", "1", "f.yaml:16:7: cannot edit copy.k: it comes from an alias, so other places would change too");
}

static void removing_takes_the_comments_along(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "image", "-# the image\nimage:\n  name: web   # short\n  tag: \"1.0\"\n  # digest: none\n+" },
		{ "image.tag", "-  tag: \"1.0\"\n+" },
		{ "env[0].name", "-- name: A\n  value: x\n+- value: x\n" },
		{ "env[1].name", "-- {name: B, value: 'y'}\n+- {value: 'y'}\n" },
		{ "base.k", "-base: &b\n  k: v\n+base: &b {}\n" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF_INIT;
		assert_null(yml_remove(&out, str_from(text), "f.yaml", str_from(cases[i][0])));
		differs(cases[i][0], &out, cases[i][1]);
		buf_release(&out);
	}
	struct buf out = BUF_INIT;
	struct err *e = yml_remove(&out, str_from(text), "f.yaml", STR("nothing"));
	assert_non_null(e);
	assert_int_equal(e->kind, ERR_NOT_FOUND);
	err_free(e);
	buf_release(&out);
}

static void line_ends_stay_what_they_are(void **state)
{
	(void)state;
	struct buf out = BUF_INIT;
	assert_null(yml_set(&out, STR("a: 1\r\nb:\r\n    c: 2\r\n"), NULL, STR("d.e"), val_text("x")));
	assert_string_equal(buf_text(&out), "a: 1\r\nb:\r\n    c: 2\r\nd:\r\n    e: x\r\n");
	buf_release(&out);
}

UNIT_MAIN(cmocka_unit_test(nodes_know_their_places), cmocka_unit_test(comments_belong_to_the_key_below),
	cmocka_unit_test(paths_lead_back), cmocka_unit_test(faults_name_the_file),
	cmocka_unit_test(setting_changes_nothing_else), cmocka_unit_test(missing_keys_are_made),
	cmocka_unit_test(removing_takes_the_comments_along), cmocka_unit_test(line_ends_stay_what_they_are))
