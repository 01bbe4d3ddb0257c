/* SPDX-License-Identifier: Apache-2.0 */
/* Properties of the merge over many made-up documents and edits; seeds are fixed, so a failure can be had again. */
#include "tests/lib/unit_arena.h"

#include "base/buf.h"
#include "tests/lib/merge_props.h"

#define SECTIONS 5
#define ENTRIES 6
#define ROUNDS 1500

UNIT_ARENA(arena)

struct entry {
	int key, value, comment; /* key 0: not there; comment 0: none */
};

/* A values file: maps of scalars, and a list of named things, with comments above keys. */
struct model {
	struct entry entries[SECTIONS][ENTRIES];
};

struct dice {
	uint64_t state;
};

static int roll(struct dice *d, int sides)
{
	d->state = d->state * 6364136223846793005u + 1442695040888963407u;
	return (int)((d->state >> 33) % (uint64_t)sides);
}

static struct model make(struct dice *d)
{
	struct model m = { 0 };

	for (int s = 0; s < SECTIONS; s++)
		for (int i = 0; i < ENTRIES - 2; i++)
			m.entries[s][i] = (struct entry){ i + 1, roll(d, 50), roll(d, 3) ? 0 : 1000 + s * ENTRIES + i };
	return m;
}

/* Some edits; `side` keeps what one side adds apart from what the other does. */
static struct model edit(const struct model *from, struct dice *d, int side)
{
	struct model m = *from;

	for (int n = roll(d, 5); n > 0; n--) {
		struct entry *e = &m.entries[roll(d, SECTIONS)][roll(d, ENTRIES)];
		switch (roll(d, 4)) {
		case 0:
			e->value = 100 * side + roll(d, 50);
			break;
		case 1:
			e->comment = 2000 * side + roll(d, 1000);
			break;
		case 2:
			e->key = 0;
			break;
		case 3:
			if (!e->key)
				*e = (struct entry){ 10 * side + roll(d, 9), roll(d, 50), 2000 * side + 1 };
			break;
		}
	}
	return m;
}

static struct str text_of(const struct model *m)
{
	struct buf b = BUF_INIT;

	for (int s = 0; s < SECTIONS; s++) {
		bool list = s == SECTIONS - 1;
		bool taken[100] = { false };
		buf_printf(&b, "section%d:\n", s);
		buf_puts(&b, list ? "- name: first\n" : "  first: 1\n");
		for (int i = 0; i < ENTRIES; i++) {
			const struct entry *e = &m->entries[s][i];
			if (!e->key || taken[e->key])
				continue;
			taken[e->key] = true;
			if (e->comment)
				buf_printf(&b, "  # comment %d\n", e->comment);
			if (list)
				buf_printf(&b, "- name: n%d\n  value: %d\n", e->key, e->value);
			else
				buf_printf(&b, "  k%d: %d\n", e->key, e->value);
		}
	}
	struct str s = arena_str(&arena, buf_str(&b));
	buf_release(&b);
	return s;
}

/* Comments are unique by number: a local one that base lacks and whose key is still there must be in a clean result. */
static bool keeps_comments(struct str merged, struct str base, struct str ours)
{
	while (ours.len) {
		struct str line = str_cut(&ours, '\n');
		struct str key = ours;
		if (!str_has(line, STR("# comment ")) || str_has(base, line))
			continue;
		key = str_cut(&key, '\n');
		if (!str_has(merged, line) && str_has(merged, key))
			return false;
	}
	return true;
}

static void properties_hold_for_made_up_edits(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		struct dice d = { seed };
		struct model m = make(&d);
		struct model x = edit(&m, &d, 1);
		struct model y = edit(&m, &d, 2);
		struct str b = text_of(&m);
		struct str o = text_of(&x);
		struct str t = text_of(&y);
		const char *broken = merge_broken(&arena, STR("values.yaml"), b, o, t);
		if (broken)
			fail_msg("seed %llu: %s", (unsigned long long)seed, broken);
		struct merge_once r = merge_once(&arena, STR("values.yaml"), b, o, t, MERGE_FAVOR_NONE);
		if (!r.conflicts && !keeps_comments(r.text, b, o))
			fail_msg("seed %llu lost a comment:\n%s", (unsigned long long)seed, arena_text(&arena, r.text));
		if (!r.conflicts) {
			struct merge_once again =
				merge_once(&arena, STR("values.yaml"), b, r.text, t, MERGE_FAVOR_NONE);
			if (again.conflicts || !str_eq(again.text, r.text))
				fail_msg("seed %llu: merging again changes it", (unsigned long long)seed);
		}
		arena_release(&arena);
	}
}

static void templates_agree_in_both_directions(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		struct dice d = { seed };
		struct model m = make(&d);
		struct model x = edit(&m, &d, 1);
		struct model y = edit(&m, &d, 2);
		const char *broken =
			merge_broken(&arena, STR("templates/a.yaml"), text_of(&m), text_of(&x), text_of(&y));
		if (broken)
			fail_msg("seed %llu: %s", (unsigned long long)seed, broken);
		arena_release(&arena);
	}
}

/* How a JSON text is laid out: two sides hardly ever agree on it. */
struct layout {
	const char *indent; /* NULL: all on one line */
	bool backwards;     /* keys in the other order */
};

static void break_line(struct buf *b, const struct layout *l, int depth)
{
	if (!l->indent)
		return;
	buf_putc(b, '\n');
	for (int i = 0; i < depth; i++)
		buf_puts(b, l->indent);
}

static void add_json_section(struct buf *b, const struct model *m, int s, const struct layout *l)
{
	bool list = s == SECTIONS - 1;
	bool taken[100] = { false };
	bool first = true;

	buf_puts(b, list ? "[" : "{");
	for (int i = 0; i < ENTRIES; i++) {
		const struct entry *e = &m->entries[s][l->backwards && !list ? ENTRIES - 1 - i : i];
		if (!e->key || taken[e->key])
			continue;
		taken[e->key] = true;
		buf_puts(b, first ? "" : ",");
		break_line(b, l, 2);
		if (list)
			buf_printf(b, "{\"name\":\"n%d\",\"value\":%d,\"text\":\"about %d\"}", e->key, e->value,
				e->comment);
		else
			buf_printf(b, "\"k%d\":%d", e->key, e->value);
		first = false;
	}
	if (!first)
		break_line(b, l, 1);
	buf_puts(b, list ? "]" : "}");
}

static struct str json_of(const struct model *m, const struct layout *l)
{
	struct buf b = BUF_INIT;

	buf_putc(&b, '{');
	for (int i = 0; i < SECTIONS; i++) {
		int s = l->backwards ? SECTIONS - 1 - i : i;
		buf_puts(&b, i ? "," : "");
		break_line(&b, l, 1);
		buf_printf(&b, "\"section%d\": ", s);
		add_json_section(&b, m, s, l);
	}
	break_line(&b, l, 0);
	buf_puts(&b, "}\n");
	struct str s = arena_str(&arena, buf_str(&b));
	buf_release(&b);
	return s;
}

static void json_merges_whatever_its_layout(void **state)
{
	(void)state;
	static const struct layout layouts[] = { { NULL, false }, { "  ", false }, { "\t", true }, { NULL, true } };
	int clean = 0;

	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		struct dice d = { seed };
		struct model m = make(&d);
		struct model x = edit(&m, &d, 1);
		struct model y = edit(&m, &d, 2);
		struct str b = json_of(&m, &layouts[roll(&d, 4)]);
		struct str o = json_of(&x, &layouts[roll(&d, 4)]);
		struct str t = json_of(&y, &layouts[roll(&d, 4)]);
		const char *broken = merge_broken_json(&arena, STR("files/a.json"), b, o, t, true);
		if (!broken)
			broken = merge_broken(&arena, STR("files/a.json"), b, o, t);
		if (broken)
			fail_msg("seed %llu: %s", (unsigned long long)seed, broken);
		struct merge_once r = merge_once(&arena, STR("files/a.json"), b, o, t, MERGE_FAVOR_NONE);
		/* Laid out alike, the same comes out. */
		struct merge_once plain = merge_once(&arena, STR("files/a.json"), json_of(&m, &layouts[1]),
			json_of(&x, &layouts[1]), json_of(&y, &layouts[1]), MERGE_FAVOR_NONE);
		struct val v;
		struct val w;
		if (!r.conflicts != !plain.conflicts ||
			(!r.conflicts && !(merge_loads_json(&v, &arena, r.text) &&
						 merge_loads_json(&w, &arena, plain.text) && merge_same(v, w, 0))))
			fail_msg("seed %llu: layout matters", (unsigned long long)seed);
		clean += !r.conflicts;
		arena_release(&arena);
	}
	assert_true(clean > ROUNDS / 3);
}

/* A line of a long file is edited at either end; neither time nor memory may explode. */
static void long_files_merge_in_time(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;

	for (int i = 0; i < 100000; i++)
		buf_printf(&b, "key%d: %d\n", i, i % 7);
	struct str base = buf_str(&b);
	struct str ours = arena_join(&arena, base, STR("mine: 1\n"));
	struct str theirs = arena_join(&arena, STR("theirs: 1\n"), base);
	struct merge_once m = merge_once(&arena, STR("values.yaml"), base, ours, theirs, MERGE_FAVOR_NONE);
	assert_int_equal(m.conflicts, 0);
	assert_true(str_ends(m.text, STR("mine: 1\n")));
	/* Nothing in common, and every line like many others. */
	struct buf x = BUF_INIT;
	struct buf y = BUF_INIT;
	for (int i = 0; i < 50000; i++) {
		buf_printf(&x, "a: %d\n", i % 3);
		buf_printf(&y, "a: %d\n", (i * 7) % 5);
	}
	m = merge_once(&arena, STR("templates/a.yaml"), base, buf_str(&x), buf_str(&y), MERGE_FAVOR_NONE);
	assert_true(m.conflicts > 0);
	m = merge_once(&arena, STR("templates/a.yaml"), buf_str(&x), buf_str(&y), base, MERGE_FAVOR_NONE);
	buf_release(&b);
	buf_release(&x);
	buf_release(&y);
}

UNIT_MAIN(CASE(properties_hold_for_made_up_edits), CASE(templates_agree_in_both_directions),
	CASE(json_merges_whatever_its_layout), CASE(long_files_merge_in_time))
