/* SPDX-License-Identifier: Apache-2.0 */
#include "base/unicode.h"

#include "base/unicode_table.h"
#include "base/utf8.h"

/* The run that holds `r`, or NULL. */
static const struct uni_run *find(const struct uni_table *t, uint32_t r)
{
	unsigned lo = 0, hi = t->len;
	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;
		const struct uni_run *run = &t->runs[mid];
		if (r < run->lo)
			hi = mid;
		else if (r > run->hi)
			lo = mid + 1;
		else
			return (r - run->lo) % (uint32_t)run->step == 0 ? run : NULL;
	}
	return NULL;
}

static bool ascii_upper(uint32_t r)
{
	return r >= 'A' && r <= 'Z';
}

static bool ascii_lower(uint32_t r)
{
	return r >= 'a' && r <= 'z';
}

bool uni_is_letter(uint32_t r)
{
	return r < 0x80 ? ascii_upper(r) || ascii_lower(r) : find(&uni_letters, r) != NULL;
}

bool uni_is_digit(uint32_t r)
{
	return r < 0x80 ? r >= '0' && r <= '9' : find(&uni_digits, r) != NULL;
}

bool uni_is_number(uint32_t r)
{
	return r < 0x80 ? r >= '0' && r <= '9' : find(&uni_numbers, r) != NULL;
}

bool uni_is_upper(uint32_t r)
{
	return r < 0x80 ? ascii_upper(r) : find(&uni_uppers, r) != NULL;
}

bool uni_is_lower(uint32_t r)
{
	return r < 0x80 ? ascii_lower(r) : find(&uni_lowers, r) != NULL;
}

bool uni_is_title(uint32_t r)
{
	return r >= 0x80 && find(&uni_titles, r);
}

bool uni_is_punct(uint32_t r)
{
	if (r >= 0x80)
		return find(&uni_puncts, r) != NULL;
	/* ASCII's symbols (category S) are $ + < = > ^ ` | ~. */
	switch (r) {
	case '$':
	case '+':
	case '<':
	case '=':
	case '>':
	case '^':
	case '`':
	case '|':
	case '~':
		return false;
	}
	return r > ' ' && r < 0x7F && !uni_is_letter(r) && !uni_is_digit(r);
}

bool uni_is_print(uint32_t r)
{
	return r < 0x80 ? r >= ' ' && r < 0x7F : find(&uni_prints, r) != NULL;
}

static uint32_t shift(const struct uni_table *t, uint32_t r)
{
	const struct uni_run *run = find(t, r);
	return run ? r + (uint32_t)run->delta : r;
}

uint32_t uni_upper(uint32_t r)
{
	if (r < 0x80)
		return ascii_lower(r) ? r - 32 : r;
	return shift(&uni_to_upper, r);
}

uint32_t uni_lower(uint32_t r)
{
	if (r < 0x80)
		return ascii_upper(r) ? r + 32 : r;
	return shift(&uni_to_lower, r);
}

uint32_t uni_title(uint32_t r)
{
	if (r < 0x80)
		return ascii_lower(r) ? r - 32 : r;
	return shift(&uni_to_title, r);
}

/* As Go's strings.Map does, bytes that are not UTF-8 become U+FFFD. */
static void add_mapped(struct buf *out, struct str s, uint32_t (*map)(uint32_t))
{
	size_t n;
	buf_reserve(out, s.len);
	for (size_t i = 0; i < s.len; i += n) {
		uint32_t r = (unsigned char)s.s[i];
		n = 1;
		if (r >= 0x80)
			r = utf8_get(str_skip(s, i), &n);
		r = map(r);
		if (r < 0x80)
			buf_putc(out, (char)r);
		else
			utf8_add(out, r);
	}
}

void uni_add_upper(struct buf *out, struct str s)
{
	add_mapped(out, s, uni_upper);
}

void uni_add_lower(struct buf *out, struct str s)
{
	add_mapped(out, s, uni_lower);
}
