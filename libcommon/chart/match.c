/* SPDX-License-Identifier: Apache-2.0 */
/* match: Go's filepath.Match. */
#include "base/utf8.h"
#include "chart/glob.h"

/*
 * Pattern = { '*' | '?' | '[' [ '^' ] { range } ']' | '\' rune | rune }; it is matched chunk by chunk, a chunk being
 * what stands between two stars. As in Go a broken pattern is noticed only where the matching gets to, though a
 * chunk that failed is still read to its end to find it broken.
 */
struct chunk {
	struct str text; /* the chunk without its star */
	bool star;       /* stars came before it */
};

static struct chunk next_chunk(struct str *pattern)
{
	struct chunk c = { .star = false };
	while (pattern->len && pattern->s[0] == '*') {
		*pattern = str_skip(*pattern, 1);
		c.star = true;
	}
	bool in_range = false;
	size_t i = 0;
	for (; i < pattern->len; i++) {
		char ch = pattern->s[i];
		if (ch == '\\' && i + 1 < pattern->len)
			i++;
		else if (ch == '[')
			in_range = true;
		else if (ch == ']')
			in_range = false;
		else if (ch == '*' && !in_range)
			break;
	}
	c.text = str_slice(*pattern, 0, i);
	*pattern = str_skip(*pattern, i);
	return c;
}

/* One end of a range; false when the class is broken. */
static bool class_rune(uint32_t *out, struct str *chunk)
{
	if (!chunk->len || chunk->s[0] == '-' || chunk->s[0] == ']')
		return false;
	if (chunk->s[0] == '\\') {
		*chunk = str_skip(*chunk, 1);
		if (!chunk->len)
			return false;
	}
	size_t n;
	*out = utf8_get(*chunk, &n);
	if (*out == UTF8_BAD && n == 1)
		return false;
	*chunk = str_skip(*chunk, n);
	return chunk->len > 0;
}

/* Reads a class behind its '['; -1 when broken, else whether it has the rune. */
static int match_class(struct str *chunk, uint32_t r)
{
	bool negated = chunk->len && chunk->s[0] == '^';
	if (negated)
		*chunk = str_skip(*chunk, 1);
	bool found = false;
	for (int ranges = 0;; ranges++) {
		if (chunk->len && chunk->s[0] == ']' && ranges > 0) {
			*chunk = str_skip(*chunk, 1);
			break;
		}
		uint32_t lo;
		if (!class_rune(&lo, chunk))
			return -1;
		uint32_t hi = lo;
		if (chunk->s[0] == '-') {
			*chunk = str_skip(*chunk, 1);
			if (!class_rune(&hi, chunk))
				return -1;
		}
		found = found || (lo <= r && r <= hi);
	}
	return found != negated;
}

/* Matches a chunk at the start of `*s` and moves on; 1, 0, or -1 for a broken pattern. */
static int match_chunk(struct str chunk, struct str *s)
{
	bool failed = false;
	while (chunk.len) {
		failed = failed || !s->len;
		char ch = chunk.s[0];
		size_t n = 0;
		if (ch == '[') {
			uint32_t r = 0;
			if (!failed) {
				r = utf8_get(*s, &n);
				*s = str_skip(*s, n);
			}
			chunk = str_skip(chunk, 1);
			int m = match_class(&chunk, r);
			if (m < 0)
				return -1;
			failed = failed || !m;
			continue;
		}
		if (ch == '?') {
			if (!failed) {
				failed = s->s[0] == '/';
				(void)utf8_get(*s, &n);
				*s = str_skip(*s, n);
			}
			chunk = str_skip(chunk, 1);
			continue;
		}
		if (ch == '\\') {
			chunk = str_skip(chunk, 1);
			if (!chunk.len)
				return -1;
		}
		if (!failed) {
			failed = chunk.s[0] != s->s[0];
			*s = str_skip(*s, 1);
		}
		chunk = str_skip(chunk, 1);
	}
	return !failed;
}

/* Looks for the chunk behind a star; 1 when found, 0, or -1. */
static int match_behind_star(struct str chunk, bool last, struct str *name)
{
	for (size_t i = 0; i < name->len && name->s[i] != '/'; i++) {
		struct str t = str_skip(*name, i + 1);
		int m = match_chunk(chunk, &t);
		if (m < 0)
			return -1;
		if (m && !(last && t.len)) {
			*name = t;
			return 1;
		}
	}
	return 0;
}

int chart_match(struct str pattern, struct str name)
{
	while (pattern.len) {
		struct chunk c = next_chunk(&pattern);
		if (c.star && !c.text.len)
			return str_find_char(name, '/') < 0;
		struct str t = name;
		int m = match_chunk(c.text, &t);
		if (m < 0)
			return -1;
		if (m && (!t.len || pattern.len)) {
			name = t;
			continue;
		}
		if (c.star) {
			m = match_behind_star(c.text, !pattern.len, &name);
			if (m < 0)
				return -1;
			if (m)
				continue;
		}
		return 0;
	}
	return name.len == 0;
}
