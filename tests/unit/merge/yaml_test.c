/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit_merge.h"

#include <string.h>

static void clean(const char *want, const char *base, const char *ours, const char *theirs)
{
	struct str text;
	struct merge_result r = merge_named(&text, "values.yaml", base, ours, theirs, NULL);

	assert_string_equal(arena_text(&arena, text), want);
	assert_int_equal(r.conflicts.len, 0);
}

static struct merge_conflict conflict(
	const char *path, const char *base, const char *ours, const char *theirs, enum merge_kind kind)
{
	struct str text;
	struct merge_result r = merge_named(&text, "values.yaml", base, ours, theirs, NULL);

	assert_int_equal(r.conflicts.len, 1);
	assert_string_equal(arena_text(&arena, r.conflicts.items[0].path), path);
	assert_int_equal(r.conflicts.items[0].kind, kind);
	return r.conflicts.items[0];
}

static void neighbouring_keys_merge(void **state)
{
	(void)state;
	clean("image:\n  repository: mirror/x\n  tag: 2\n  # why\n  pullPolicy: Always\n",
		"image:\n  repository: x\n  tag: 1\n  pullPolicy: IfNotPresent\n",
		"image:\n  repository: mirror/x\n  tag: 1\n  # why\n  pullPolicy: Always\n",
		"image:\n  repository: x\n  tag: 2\n  pullPolicy: IfNotPresent\n");
}

/* Without a newline at the end of the file a block scalar has none at its own end either. */
static void a_block_at_an_open_end_keeps_its_value(void **state)
{
	(void)state;
	/* Untouched: as it was. */
	clean("# c\na: 2\nb: |\n  x", "a: 1\nb: |\n  x", "# c\na: 1\nb: |\n  x", "a: 2\nb: |\n  x");
	/* No longer last: the header says it. */
	clean("c: 2\nb: |\n  y\na: 3", "c: 1\na: 2\n", "c: 1\nb: |\n  y\na: 3", "c: 2\na: 2\n");
	clean("c: 1\na: 5\nb: |-\n  y\nz: 3", "c: 1\na: 2\n", "c: 1\na: 5\nb: |\n  y", "c: 1\na: 2\nz: 3\n");
	/* Upstream's block does not lose its newline to an ending that is missing here. */
	clean("a: 5\nb: |\n  y\n", "a: 2\nb: 1\n", "a: 5\nb: 1", "a: 2\nb: |\n  y\n");
	clean("a: 5\nb: 4", "a: 2\nb: 1\n", "a: 5\nb: 1", "a: 2\nb: 4\n");
}

static void the_same_change_on_both_sides_is_one(void **state)
{
	(void)state;
	clean("# CVE\na: 2\nb: 2\n", "a: 1\nb: 1\n", "# CVE\na: 2\nb: 1\n", "a: 2\nb: 2\n");
}

static void our_order_and_indentation_stay(void **state)
{
	(void)state;
	clean("b:\n    c: 2\n    d: 4\na: 5\n", "a: 1\nb:\n  c: 2\n  d: 3\n", "b:\n    c: 2\n    d: 3\na: 5\n",
		"a: 1\nb:\n  c: 2\n  d: 4\n");
}

static void new_keys_come_in_with_their_comments_at_our_indentation(void **state)
{
	(void)state;
	clean("a:\n    x: 2\n    # about y\n    y:\n      z: 1\nb: 1\n", "a:\n  x: 1\nb: 1\n", "a:\n    x: 2\nb: 1\n",
		"a:\n  x: 1\n  # about y\n  y:\n    z: 1\nb: 1\n");
}

static void comments_reworded_upstream_come_in_and_ours_stay(void **state)
{
	(void)state;
	clean("# new words\n# ours too\na: 2\n", "# old words\na: 1\n", "# old words\n# ours too\na: 2\n",
		"# new words\na: 1\n");
	clean("a: 2  # new\n", "a: 1  # old\n", "a: 2  # old\n", "a: 1  # new\n");
	clean("a: 2  # mine\n", "a: 1  # old\n", "a: 1  # mine\n", "a: 2  # old\n");
}

static void an_example_that_was_uncommented_here_does_not_come_back(void **state)
{
	(void)state;
	clean("a:\n  b: 1\n\nc: 2\n", "a: {}\n  # b: 1\n\nc: 1\n", "a:\n  b: 1\n\nc: 1\n", "a: {}\n# b: 1\n\nc: 2\n");
}

static void a_key_added_here_stays_with_its_parent(void **state)
{
	(void)state;
	clean("sec:\n  user: 1\n  # more\n  ctl: x\n\ncsec:\n  drop: all\n\n# nodes\nnode: {}\n",
		"sec:\n  user: 1\n  # more\n  # ctl: x\n\n# nodes\nnode: {}\n",
		"sec:\n  user: 1\n  # more\n  ctl: x\n\n# nodes\nnode: {}\n",
		"sec:\n  user: 1\n  # more\n  # ctl: x\n\ncsec:\n  drop: all\n\n# nodes\nnode: {}\n");
}

static void moved_blocks_keep_edits(void **state)
{
	(void)state;
	clean("a: 1\nm:\n  on: true\n  n: 2\nz: 1\n", "a: 1\nm:\n  on: false\n  n: 1\nz: 1\n",
		"a: 1\nm:\n  on: true\n  n: 1\nz: 1\n", "a: 1\nz: 1\nm:\n  n: 2\n  on: false\n");
}

static void maps_filled_on_both_sides_are_united(void **state)
{
	(void)state;
	clean("s:\n  user: 1\n  group: 3\n  fs: 2\n", "s: {}\n", "s:\n  user: 1\n  fs: 2\n",
		"s:\n  user: 1\n  group: 3\n  fs: 2\n");
	clean("s: {a: 1, b: 2}\n", "s: {}\n", "s: {a: 1}\n", "s: {b: 2}\n");
}

static void lists_of_named_things_merge_by_name(void **state)
{
	(void)state;
	clean("env:\n  - name: a\n    value: 2\n  - name: b\n    value: 3\n",
		"env:\n  - name: a\n    value: 1\n  - name: b\n    value: 1\n",
		"env:\n  - name: a\n    value: 2\n  - name: b\n    value: 1\n",
		"env:\n- name: a\n  value: 1\n- name: b\n  value: 3\n");
	clean("env:\n  - name: b\n    value: 1\n  - name: t\n    value: 1\n",
		"env:\n  - name: a\n    value: 1\n  - name: b\n    value: 1\n", "env:\n  - name: b\n    value: 1\n",
		"env:\n  - name: a\n    value: 1\n  - name: b\n    value: 1\n  - name: t\n    value: 1\n");
}

static void other_lists_merge_by_item(void **state)
{
	(void)state;
	clean("l:\n  - x\n  - b\n  - c\n  - y\n", "l:\n  - a\n  - b\n  - c\n  - d\n",
		"l:\n  - x\n  - b\n  - c\n  - d\n", "l:\n  - a\n  - b\n  - c\n  - y\n");
	conflict("l", "l:\n  - a\n", "l:\n  - b\n", "l:\n  - c\n", MERGE_BOTH_CHANGED);
}

static void block_scalars_merge_by_line(void **state)
{
	(void)state;
	clean("f: |\n    one\n    2\n    three\n    4\n", "f: |\n  1\n  2\n  three\n  3\n",
		"f: |\n    one\n    2\n    three\n    3\n", "f: |\n  1\n  2\n  three\n  4\n");
	conflict("f", "f: |\n  1\n", "f: |\n  2\n", "f: |\n  3\n", MERGE_BOTH_CHANGED);
}

static void conflicts_name_the_key(void **state)
{
	(void)state;
	struct merge_conflict c = conflict(
		"a.b", "a:\n  b: 1\n  c: 1\n", "a:\n  b: 2\n  c: 1\n", "a:\n  b: 3\n  c: 2\n", MERGE_BOTH_CHANGED);
	assert_int_equal(c.line, 2);
	conflict("a.b", "a:\n  b: 1\nx: 1\n", "a:\n  b: 2\nx: 1\n", "x: 1\n", MERGE_REMOVED_THERE);
	conflict("a", "a: 1\nb: 1\n", "b: 1\n", "a: 2\nb: 1\n", MERGE_REMOVED_HERE);
	conflict("k", "a: 1\nb: 1\n", "k: 1\na: 1\nb: 1\n", "a: 1\nb: 1\nk: 2\n", MERGE_BOTH_ADDED);
	conflict("a", "a: x\n", "a: y\n", "a:\n  b: 1\n", MERGE_TYPE_CHANGED);
	conflict("a\\.b", "a.b: 1\n", "a.b: 2\n", "a.b: 3\n", MERGE_BOTH_CHANGED);
}

static void a_conflict_in_a_flow_map_is_marked_around_its_line(void **state)
{
	(void)state;
	struct str text;

	merge_named(&text, "values.yaml", "a: {b: 1}\nc: 1\n", "a: {b: 2}\nc: 1\n", "a: {b: 3}\nc: 1\n", NULL);
	assert_string_equal(arena_text(&arena, text),
		"<<<<<<< ours\na: {b: 2}\n||||||| base\na: {b: 1}\n=======\na: {b: 3}\n>>>>>>> upstream\nc: 1\n");
}

static void mirrors_stay_while_tags_follow(void **state)
{
	(void)state;
	clean("image: mirror/app:2\n", "image: docker/app:1\n", "image: mirror/app:1\n", "image: docker/app:2\n");
	clean("registry: mirror\n", "registry: docker.io\n", "registry: mirror\n", "registry: quay.io\n");
	conflict("repository", "repository: docker/a/app\n", "repository: mirror/app\n", "repository: new/app\n",
		MERGE_BOTH_CHANGED);
	struct merge_opts o = { .rules_off = 1u << MERGE_RULE_MIRROR };
	struct str text;
	struct merge_result r = merge_named(
		&text, "values.yaml", "registry: docker.io\n", "registry: mirror\n", "registry: quay.io\n", &o);
	assert_int_equal(r.conflicts.len, 1);
}

static void a_local_version_scheme_is_carried_on(void **state)
{
	(void)state;
	struct str text;
	struct merge_result r = merge_named(&text, "Chart.yaml", "name: x\nversion: 1.0.0\n",
		"name: x\nversion: 1.0.0-infra.1\n", "name: x\nversion: 1.1.0\n", NULL);

	assert_int_equal(r.conflicts.len, 0);
	assert_true(str_is(text, "name: x\nversion: 1.1.0-infra.1\n"));
}

static void a_removed_value_that_has_a_new_place_is_pointed_at(void **state)
{
	(void)state;
	struct str text;
	struct merge_result r = merge_named(&text, "values.yaml", "c:\n  min-slaves-max-lag: 5\n",
		"c:\n  min-slaves-max-lag: 10\n", "c:\n  min-replicas-max-lag: 5\n", NULL);

	assert_int_equal(r.conflicts.len, 1);
	assert_int_equal(r.notes.items[0].rule, MERGE_RULE_MOVED);
	assert_true(str_is(r.notes.items[0].text, "upstream may have it as c.min-replicas-max-lag now"));
	r = merge_named(&text, "values.yaml", "a:\n  x: 5\nb: 1\n", "a:\n  x: 6\nb: 1\n", "b: 1\nc:\n  x: 5\n", NULL);
	assert_true(str_is(r.notes.items[0].text, "upstream may have it as c.x now"));
}

static void crlf_here_stays(void **state)
{
	(void)state;
	clean("a: 2\r\nb: 2\r\n", "a: 1\nb: 1\n", "a: 2\r\nb: 1\r\n", "a: 1\nb: 2\n");
}

/* Values files that are variations of each other, to be merged in all combinations. */
static const char *const variants[] = {
	"# head\na: 1\nb:\n  # in b\n  c: x\n  d: [1, 2]\n\n# list\nl:\n  - name: p\n    v: 1\n  - name: q\n    v: "
	"2\nt: |\n  one\n  two\n",
	"# head\na: 2\nb:\n  # in b\n  c: x\n  d: [1, 2]\n\n# list\nl:\n  - name: p\n    v: 1\n  - name: q\n    v: "
	"2\nt: |\n  one\n  two\n",
	"# head\na: 1\nb:\n    # in b, here\n    c: y\n    d: [1, 2]\n    e: {}\n\n# list\nl:\n- name: q\n  v: 2\n- "
	"name: p\n  v: 3\nt: |\n  one\n  two\n",
	"b:\n  c: x\n  d: [1, 2, 3]\nl: []\na: '1'\nt: |\n  one\n  2\nn: null\n",
	"# head\n# more\na: 1 # here\n\nb: {c: x, d: [1, 2]}\n# list\nl:\n  - name: p\n    v: 1\n  - name: q\n    v: "
	"2\n  # last\n  - name: r\nt: |\n  zero\n  one\n  two\n",
	"x:\n  y: 1\n",
};
#define VARIANTS (sizeof(variants) / sizeof(variants[0]))

static bool keeps_comments(const char *text, const char *ours, const char *base)
{
	struct str rest = str_from(ours);

	while (rest.s) {
		struct str line = str_trim(str_cut(&rest, '\n'));
		ptrdiff_t mark = str_find_char(line, '#');
		if (mark < 0)
			continue;
		struct str comment = str_skip(line, (size_t)mark);
		if (!str_has(str_from(base), comment) && !str_has(str_from(text), comment))
			return false;
	}
	return true;
}

static void merging_with_an_unchanged_side_gives_the_other(void **state)
{
	(void)state;
	for (size_t b = 0; b < VARIANTS; b++) {
		for (size_t x = 0; x < VARIANTS; x++) {
			clean(variants[x], variants[b], variants[x], variants[b]);
			clean(variants[x], variants[b], variants[b], variants[x]);
			clean(variants[x], variants[b], variants[x], variants[x]);
		}
	}
}

static void local_comments_survive_any_clean_merge(void **state)
{
	(void)state;
	for (size_t b = 0; b < VARIANTS; b++) {
		for (size_t o = 0; o < VARIANTS; o++) {
			for (size_t t = 0; t < VARIANTS; t++) {
				struct str text;
				struct merge_result r =
					merge_named(&text, "values.yaml", variants[b], variants[o], variants[t], NULL);
				const char *merged = arena_text(&arena, text);
				if (r.conflicts.len)
					continue;
				assert_null(strstr(merged, "<<<<<<<"));
				if (!keeps_comments(merged, variants[o], variants[b]))
					fail_msg("base %zu ours %zu theirs %zu:\n%s", b, o, t, merged);
			}
		}
	}
}

static void both_directions_agree_on_conflicts(void **state)
{
	(void)state;
	for (size_t b = 0; b < VARIANTS; b++) {
		for (size_t o = 0; o < VARIANTS; o++) {
			for (size_t t = 0; t < o; t++) {
				struct str x;
				struct str y;
				struct merge_result there =
					merge_named(&x, "values.yaml", variants[b], variants[o], variants[t], NULL);
				struct merge_result back =
					merge_named(&y, "values.yaml", variants[b], variants[t], variants[o], NULL);
				if (!there.conflicts.len != !back.conflicts.len)
					fail_msg("base %zu, %zu and %zu:\n%s\n---\n%s", b, o, t, arena_text(&arena, x),
						arena_text(&arena, y));
			}
		}
	}
}

static void a_byte_order_mark_belongs_to_no_key(void **state)
{
	(void)state;
	clean("\xef\xbb\xbf"
	      "a: 2\nb: 1\nc: 1\nd: 2\n",
		"a: 1\nb: 1\nc: 1\nd: 1\n",
		"\xef\xbb\xbf"
		"a: 2\nb: 1\nc: 1\nd: 1\n",
		"a: 1\nb: 1\nc: 1\nd: 2\n");
}

static void a_tag_on_the_root_is_not_taken_for_an_entry(void **state)
{
	(void)state;
	struct str there;
	struct str back;
	const char *mine = ":aindent  2a: |\n\n";
	const char *tagged = "!  \n:a 2a: |\n\n";
	struct merge_result x = merge_named(&there, "values.yaml", "a:", mine, tagged, NULL);
	struct merge_result y = merge_named(&back, "values.yaml", "a:", tagged, mine, NULL);

	assert_true(x.conflicts.len);
	assert_true(y.conflicts.len);
	clean("!!map\na: 2\nb: 1\nc: 1\nd: 2\n", "!!map\na: 1\nb: 1\nc: 1\nd: 1\n", "!!map\na: 2\nb: 1\nc: 1\nd: 1\n",
		"!!map\na: 1\nb: 1\nc: 1\nd: 2\n");
}

static void the_higher_of_two_bumps_is_taken(void **state)
{
	(void)state;
	struct str text;
	struct merge_opts off = { .rules_off = 1u << MERGE_RULE_BUMP };

	clean("tag: v1.12.0\n", "tag: v1.9.0\n", "tag: v1.10.2\n", "tag: v1.12.0\n");
	clean("tag: \"1.10\"\n", "tag: \"1.2\"\n", "tag: \"1.10\"\n", "tag: \"1.9\"\n");
	conflict("tag", "tag: v1.9.0\n", "tag: v1.10.2-custom\n", "tag: v1.12.0\n", MERGE_BOTH_CHANGED);
	conflict("tag", "tag: v1.9.0\n", "tag: v1.8.0\n", "tag: v1.12.0\n", MERGE_BOTH_CHANGED);
	clean("tag: 2.9.15-alpine\n", "tag: 2.9.4-alpine\n", "tag: 2.9.15-alpine\n", "tag: 2.9.7-alpine\n");
	conflict("tag", "tag: 2.9.4-alpine\n", "tag: 2.9.15-alpine\n", "tag: 3.0.8-alpine\n", MERGE_BOTH_CHANGED);
	clean("tag: v2.0.1\n", "tag: v1.9.0\n", "tag: v2.0.1\n", "tag: v1.9.3\n");
	clean("tag: v2.1.0\n", "tag: v1.9.0\n", "tag: v2.0.1\n", "tag: v2.1.0\n");
	conflict("image.tag", "image:\n  repository: x\n  tag: 1.0\n", "image:\n  repository: mine/y\n  tag: 1.5\n",
		"image:\n  repository: x\n  tag: 1.7\n", MERGE_BOTH_CHANGED);
	struct merge_result r = merge_named(&text, "values.yaml", "tag: 1.0.0\n", "tag: 1.1.0\n", "tag: 1.2.0\n", &off);
	assert_int_equal(r.conflicts.len, 1);
}

static void a_digest_emptied_here_stays_empty(void **state)
{
	(void)state;
	clean("tag: 2\ndigest: \"\"\n", "tag: 1\ndigest: sha256:aa\n", "tag: 1\ndigest: \"\"\n",
		"tag: 2\ndigest: sha256:bb\n");
}

static void comments_behind_the_last_key_stay_behind_it(void **state)
{
	(void)state;
	clean("a: []\n# - x\n# - y\n# mine\nb: 1\n", "a: []\n# - x\n", "a: []\n# - x\n# mine\nb: 1\n",
		"a: []\n# - x\n# - y\n");
	clean("a: []\n# - x\n# - y\nb: 1\n", "a: []\n# - x\n", "a: []\n# - x\nb: 1\n", "a: []\n# - x\n# - y\n");
}

static void versions_of_more_schemes_are_compared(void **state)
{
	(void)state;
	clean("tag: RELEASE.2020-06-14T18-32-17Z\n", "tag: RELEASE.2020-03-06T22-23-56Z\n",
		"tag: RELEASE.2020-04-10T03-34-42Z\n", "tag: RELEASE.2020-06-14T18-32-17Z\n");
	clean("tag: v1.13.0\n", "tag: v1.12.0-beta.0\n", "tag: v1.12.4\n", "tag: v1.13.0\n");
	conflict("tag", "tag: 1.12.0\n", "tag: 1.12.4-1de56388\n", "tag: 1.13.0\n", MERGE_BOTH_CHANGED);
	conflict("tag", "tag: 1.12.0\n", "tag: v1.12.4\n", "tag: 1.13.0\n", MERGE_BOTH_CHANGED);
	/* A build of one's own of what upstream has come to. */
	clean("tag: 1.8.23-build2\n", "tag: 1.8.21\n", "tag: 1.8.23-build2\n", "tag: 1.8.23\n");
}

static void what_belongs_to_a_version_goes_with_it(void **state)
{
	(void)state;
	clean("repository: m.example.org/x\ntag: 1.3.0\ndigest: sha256:cc\n",
		"repository: x\ntag: 1.1.0\ndigest: sha256:aa\n",
		"repository: m.example.org/x\ntag: 1.2.0\ndigest: sha256:bb\n",
		"repository: x\ntag: 1.3.0\ndigest: sha256:cc\n");
	conflict("digest", "tag: a\ndigest: sha256:aa\n", "tag: a\ndigest: sha256:bb\n", "tag: a\ndigest: sha256:cc\n",
		MERGE_BOTH_CHANGED);
	/* Another image has versions of its own. */
	conflict("tag", "repository: x\ntag: 1.1.0\n", "repository: own/hardened\ntag: 1.2.0\n",
		"repository: x\ntag: 1.3.0\n", MERGE_BOTH_CHANGED);
}

static void chart_is(const char *want, const char *base, const char *ours, const char *theirs)
{
	struct str text;
	struct merge_result r = merge_named(&text, "Chart.yaml", base, ours, theirs, NULL);

	assert_string_equal(arena_text(&arena, text), want);
	assert_int_equal(r.conflicts.len, 0);
	assert_true(r.notes.len > 0);
}

static void facts_of_a_chart_have_rules(void **state)
{
	struct str text;
	struct merge_opts off = { .rules_off = 1u << MERGE_RULE_MIRROR };
	static const char base[] = "dependencies:\n- name: a\n  version: 1.0.0\n  repository: https://x.example.org\n";
	static const char ours[] = "dependencies:\n- name: a\n  version: \"*\"\n  repository: file://charts/a\n";
	static const char theirs[] =
		"dependencies:\n- name: a\n  version: 2.0.0\n  repository: https://y.example.org\n";

	(void)state;
	chart_is("appVersion: v0.38.1\n", "appVersion: 0.34.0\n", "appVersion: v0.35.0\n", "appVersion: 0.38.1\n");
	chart_is("annotations:\n  artifacthub.io/changes: |\n    - b\n",
		"annotations:\n  artifacthub.io/changes: |\n    - a\n",
		"annotations:\n  artifacthub.io/changes: |\n    - mine\n",
		"annotations:\n  artifacthub.io/changes: |\n    - b\n");
	chart_is(ours, base, ours, theirs);
	assert_int_equal(merge_named(&text, "Chart.yaml", base, ours, theirs, &off).conflicts.len, 2);
}

static void items_put_in_at_one_place_are_united(void **state)
{
	struct str text;
	struct merge_opts off = { .rules_off = 1u << MERGE_RULE_LIST };

	(void)state;
	clean("k:\n- a\n- c\n- d\n- b\n", "k:\n- a\n", "k:\n- a\n- c\n- b\n", "k:\n- a\n- c\n- d\n");
	assert_int_equal(
		merge_named(&text, "values.yaml", "k:\n- a\n", "k:\n- a\n- b\n", "k:\n- a\n- c\n", &off).conflicts.len,
		1);
	conflict("k", "k:\n- --a\n", "k:\n- --a\n- --v=1\n", "k:\n- --a\n- --v=2\n", MERGE_BOTH_CHANGED);
	/* An option and its value are two items. */
	conflict("k", "k:\n- --a\n", "k:\n- --a\n- --v\n- \"1\"\n", "k:\n- --a\n- --w\n- \"1\"\n", MERGE_BOTH_CHANGED);
}

static void lines_that_mean_something_else_are_a_conflict(void **state)
{
	struct str text;
	static const char theirs[] = "a:  # c\n\n a:  # c\n\n a: 6\n";
	struct merge_opts favor = { .favor = MERGE_FAVOR_OURS };

	(void)state;
	/* A key twice cannot be taken apart. */
	struct merge_result r = merge_named(&text, "values.yaml", "b: 6\n", "c:  # c\n\n a: 6\n", theirs, NULL);
	assert_int_equal(r.conflicts.len, 1);
	merge_named(&text, "values.yaml", "b: 6\n", "c:  # c\n\n a: 6\n", theirs, &favor);
	assert_string_equal(arena_text(&arena, text), "c:  # c\n\n a: 6\n");
}

static void a_removal_on_record_stays(void **state)
{
	(void)state;
	struct str text;
	struct str_vec removed = { 0 };
	struct merge_opts o = { .removed = &removed };
	struct merge_file base = { STR("values.yaml"), STR("a:\n  b: 1\n  c: 1\nl:\n- name: x\n  v: 1\n"), 0 };
	struct merge_file ours = { STR("values.yaml"), STR("a:\n  b: 1\nl:\n- name: x\n"), 0 };
	struct merge_tree pristine = { &base, 1, 1 };
	struct merge_tree copy = { &ours, 1, 1 };

	merge_find_removed(&removed, &arena, &pristine, &copy);
	assert_int_equal(removed.len, 2);
	assert_true(str_is(removed.items[0], "values.yaml:a.c"));
	assert_true(str_is(removed.items[1], "values.yaml:l[x].v"));
	struct merge_result r = merge_named(
		&text, "values.yaml", base.data.s, ours.data.s, "a:\n  b: 2\n  c: 2\nl:\n- name: x\n  v: 2\n", &o);
	assert_int_equal(r.conflicts.len, 0);
	assert_int_equal(r.notes.len, 2);
	assert_string_equal(arena_text(&arena, text), "a:\n  b: 2\nl:\n- name: x\n");
}

static void fields_for_people_need_no_record(void **state)
{
	(void)state;
	struct str text;
	struct merge_result r = merge_named(&text, "Chart.yaml", "name: x\nmaintainers: [a]\nkubeVersion: 1\n",
		"name: x\n", "name: x\nmaintainers: [b]\nkubeVersion: 2\n", NULL);

	assert_int_equal(r.conflicts.len, 1);
	assert_string_equal(arena_text(&arena, r.conflicts.items[0].path), "kubeVersion");
}

/* Settled line by line, what no structure can be made of must still be YAML; else the favoured side stands whole. */
static void settled_conflicts_can_be_read(void **state)
{
	(void)state;
	static const char *const texts[][3] = {
		{ "a: 2\nb: 6\na:  # c\n\n ", "a:   cc\n\n ", "a:  # c\n\n\n a: | # c\n\nefine  c1b: 2\n" },
		{ "a::   #\n", "a:  # 0a::   #\n", "a:  3 c\n\n\n...\n" },
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		for (enum merge_favor favor = MERGE_FAVOR_OURS; favor <= MERGE_FAVOR_THEIRS; favor++) {
			struct merge_opts o = { .favor = favor };
			struct str text;
			struct merge_result r =
				merge_named(&text, "values.yaml", texts[i][0], texts[i][1], texts[i][2], &o);
			assert_true(r.conflicts.len > 0);
			assert_string_equal(arena_text(&arena, text), texts[i][favor == MERGE_FAVOR_OURS ? 1 : 2]);
		}
	}
}

/* A comment that is put below a block of text would become part of it: then it stands above. */
static void what_is_wrong_in_one_order_is_put_in_the_other(void **state)
{
	(void)state;
	static const char ours[] = "x: |\n : 2\n", theirs[] = "  # c\ny: 1\n";

	clean("  # c\ny: 1\nx: |\n : 2\n", "b: 2\n", ours, theirs);
	clean("  # c\ny: 1\nx: |\n : 2\n", "b: 2\n", theirs, ours);
}

UNIT_MAIN(CASE(neighbouring_keys_merge), CASE(the_same_change_on_both_sides_is_one),
	CASE(a_block_at_an_open_end_keeps_its_value), CASE(versions_of_more_schemes_are_compared),
	CASE(what_belongs_to_a_version_goes_with_it), CASE(facts_of_a_chart_have_rules),
	CASE(items_put_in_at_one_place_are_united), CASE(lines_that_mean_something_else_are_a_conflict),
	CASE(our_order_and_indentation_stay), CASE(new_keys_come_in_with_their_comments_at_our_indentation),
	CASE(comments_reworded_upstream_come_in_and_ours_stay),
	CASE(an_example_that_was_uncommented_here_does_not_come_back), CASE(a_key_added_here_stays_with_its_parent),
	CASE(moved_blocks_keep_edits), CASE(maps_filled_on_both_sides_are_united),
	CASE(lists_of_named_things_merge_by_name), CASE(other_lists_merge_by_item), CASE(block_scalars_merge_by_line),
	CASE(conflicts_name_the_key), CASE(a_conflict_in_a_flow_map_is_marked_around_its_line),
	CASE(mirrors_stay_while_tags_follow), CASE(a_local_version_scheme_is_carried_on), CASE(crlf_here_stays),
	CASE(a_removed_value_that_has_a_new_place_is_pointed_at), CASE(merging_with_an_unchanged_side_gives_the_other),
	CASE(local_comments_survive_any_clean_merge), CASE(both_directions_agree_on_conflicts),
	CASE(a_byte_order_mark_belongs_to_no_key), CASE(a_tag_on_the_root_is_not_taken_for_an_entry),
	CASE(the_higher_of_two_bumps_is_taken), CASE(a_digest_emptied_here_stays_empty),
	CASE(comments_behind_the_last_key_stay_behind_it), CASE(a_removal_on_record_stays),
	CASE(fields_for_people_need_no_record), CASE(settled_conflicts_can_be_read),
	CASE(what_is_wrong_in_one_order_is_put_in_the_other))
