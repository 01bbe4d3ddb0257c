/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same for an index in JSON: values of other charts are passed over by counting brackets. Outside of strings only what JSON
 * has may stand, so that YAML in flow style is not taken for it: there quotes and brackets can be part of a text.
 */
#include "index/internal.h"

#include <string.h>

#define WINDOW ((size_t)1 << 20)

enum {
	WORD = 1,  /* of numbers and names */
	BLANK = 2, /* between tokens */
	OPEN = 4,
	CLOSE = 8,
	SEPARATOR = 16,
	QUOTE = 32,
};

static const uint8_t classes[256] = {
	[' '] = BLANK,
	['\t'] = BLANK,
	['\n'] = BLANK,
	['\r'] = BLANK,
	['{'] = OPEN,
	['['] = OPEN,
	['}'] = CLOSE,
	[']'] = CLOSE,
	[':'] = SEPARATOR,
	[','] = SEPARATOR,
	['"'] = QUOTE,
	['+'] = WORD,
	['-'] = WORD,
	['.'] = WORD,
	['0'] = WORD,
	['1'] = WORD,
	['2'] = WORD,
	['3'] = WORD,
	['4'] = WORD,
	['5'] = WORD,
	['6'] = WORD,
	['7'] = WORD,
	['8'] = WORD,
	['9'] = WORD,
	['E'] = WORD,
	['a'] = WORD,
	['e'] = WORD,
	['f'] = WORD,
	['l'] = WORD,
	['n'] = WORD,
	['r'] = WORD,
	['s'] = WORD,
	['t'] = WORD,
	['u'] = WORD,
};

struct json_pick {
	const struct index_pick *in;
	struct buf *out, entries;
	const char *at, *end;
	const char *told; /* up to here it was reported as passed */
};

static void pass_blanks(struct json_pick *k)
{
	while (k->at < k->end && classes[(unsigned char)*k->at] == BLANK)
		k->at++;
}

/* Passes `c` and the blanks around it; false when something else is there. */
static bool pass(struct json_pick *k, char c)
{
	pass_blanks(k);
	if (k->at >= k->end || *k->at != c)
		return false;
	k->at++;
	pass_blanks(k);
	return true;
}

/* Passes a string; `*escaped` is set when its bytes are not its text. */
static bool pass_string(struct json_pick *k, bool *escaped)
{
	for (k->at++; k->at < k->end; k->at++) {
		unsigned char c = (unsigned char)*k->at;
		if (c == '"') {
			k->at++;
			return true;
		}
		if (c < ' ')
			return false;
		if (c == '\\') {
			*escaped = true;
			k->at++;
		}
	}
	return false;
}

static void tell(struct json_pick *k)
{
	if ((size_t)(k->at - k->told) < WINDOW)
		return;
	k->told = k->at;
	if (k->in->passed)
		k->in->passed(k->in->ctx, (size_t)(k->at - k->in->text.s));
}

/* Passes a value, up to the ',' or bracket behind it. */
static bool pass_value(struct json_pick *k, struct str *value)
{
	const char *from = k->at;
	int depth = 0;
	uint8_t before = SEPARATOR;
	bool escaped;
	while (k->at < k->end) {
		uint8_t c = classes[(unsigned char)*k->at];
		if (!depth && (*k->at == ',' || c == CLOSE))
			break;
		if (c == QUOTE) {
			/* Behind a word, or behind a string, it is no JSON. */
			if (before == WORD || before == QUOTE || !pass_string(k, &escaped))
				return false;
			before = QUOTE;
			continue;
		}
		if (!c || (c == WORD && before == QUOTE))
			return false;
		depth += c == OPEN;
		depth -= c == CLOSE;
		if (c == CLOSE)
			tell(k);
		if (c != BLANK)
			before = c;
		k->at++;
	}
	*value = str_trim((struct str){ from, (size_t)(k->at - from) });
	return !depth && value->len && k->at < k->end;
}

/* A key and its ':'; false for one that is no plain string of ASCII. */
static bool pass_key(struct json_pick *k, struct str *key)
{
	bool escaped = false;
	const char *from = k->at;
	if (k->at >= k->end || *k->at != '"' || !pass_string(k, &escaped) || escaped)
		return false;
	*key = (struct str){ from + 1, (size_t)(k->at - from) - 2 };
	/* Bytes that are no UTF-8 become other characters in JSON. */
	for (size_t i = 0; i < key->len; i++)
		if ((unsigned char)key->s[i] >= 0x80)
			return false;
	return pass(k, ':');
}

static void add_pair(struct buf *b, struct str key, struct str value)
{
	buf_putc(b, '"');
	buf_add(b, key);
	buf_puts(b, "\": ");
	buf_add(b, value);
}

/* The same as a member of the object that `b` holds the begin of. */
static void add_member(struct buf *b, struct str key, struct str value)
{
	if (!str_ends(buf_str(b), STR("{")))
		buf_puts(b, ",\n");
	add_pair(b, key, value);
}

static bool give_each(struct json_pick *k, struct str key, struct str value)
{
	struct buf lines = BUF_INIT;
	add_pair(&lines, key, value);
	buf_putc(&lines, '\n');
	bool good = k->in->each(k->in->each_ctx, buf_str(&lines));
	buf_release(&lines);
	return good;
}

static bool take_chart(struct json_pick *k)
{
	struct str key, value;
	if (!pass_key(k, &key) || !pass_value(k, &value))
		return false;
	if (k->in->all)
		vec_push_in(k->in->arena, k->in->all, arena_str(k->in->arena, key));
	for (size_t i = 0; i < k->in->len; i++)
		if (str_eq(k->in->names[i], key)) {
			add_member(&k->entries, key, value);
			break;
		}
	return !k->in->each || give_each(k, key, value);
}

/* The pairs of an object, each taken by `take`. */
static bool take_object(struct json_pick *k, bool (*take)(struct json_pick *k))
{
	if (!pass(k, '{'))
		return false;
	if (pass(k, '}'))
		return true;
	do {
		if (!take(k))
			return false;
	} while (pass(k, ','));
	return pass(k, '}');
}

static bool take_member(struct json_pick *k)
{
	struct str key, value;
	if (!pass_key(k, &key) || index_is_nearly_root(key))
		return false;
	if (str_is(key, "entries") && k->at < k->end && *k->at == '{') {
		/* Twice is once too often to be sure. */
		if (k->entries.len)
			return false;
		buf_putc(&k->entries, '{');
		return take_object(k, take_chart);
	}
	if (!pass_value(k, &value))
		return false;
	if (str_is(key, "entries") || str_is(key, "apiVersion") || str_is(key, "generated"))
		add_member(k->out, key, value);
	return true;
}

bool index_pick_json(struct buf *out, const struct index_pick *in)
{
	struct json_pick k = { .in = in, .out = out, .at = in->text.s, .told = in->text.s };
	k.end = in->text.s + in->text.len;
	buf_putc(out, '{');
	bool good = take_object(&k, take_member) && k.at == k.end;
	if (k.entries.len) {
		buf_putc(&k.entries, '}');
		add_member(out, STR("entries"), buf_str(&k.entries));
	}
	buf_puts(out, "}\n");
	buf_release(&k.entries);
	return good;
}
