/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/resolve.h"

#include "base/num.h"

#include <math.h>
#include <string.h>

/* Which rule a first character leads to: 0 none, M words, S sign, D digit, '.' float. */
static const char hints[256] = {
	['0'] = 'D',
	['1'] = 'D',
	['2'] = 'D',
	['3'] = 'D',
	['4'] = 'D',
	['5'] = 'D',
	['6'] = 'D',
	['7'] = 'D',
	['8'] = 'D',
	['9'] = 'D',
	['+'] = 'S',
	['-'] = 'S',
	['.'] = '.',
	['y'] = 'M',
	['Y'] = 'M',
	['n'] = 'M',
	['N'] = 'M',
	['t'] = 'M',
	['T'] = 'M',
	['f'] = 'M',
	['F'] = 'M',
	['o'] = 'M',
	['O'] = 'M',
	['~'] = 'M',
};

static char hint_of(struct str s)
{
	return s.len ? hints[(unsigned char)s.s[0]] : 'M';
}

bool yml_begins_special(struct str text)
{
	return hint_of(text);
}

struct word {
	char text[6];
	enum yml_scalar kind;
	bool truth;
};

/* By length. */
static const struct word words[] = {
	{ "y", YML_T_BOOL, true },
	{ "Y", YML_T_BOOL, true },
	{ "n", YML_T_BOOL, false },
	{ "N", YML_T_BOOL, false },
	{ "~", YML_T_NULL, false },
	{ "on", YML_T_BOOL, true },
	{ "On", YML_T_BOOL, true },
	{ "ON", YML_T_BOOL, true },
	{ "no", YML_T_BOOL, false },
	{ "No", YML_T_BOOL, false },
	{ "NO", YML_T_BOOL, false },
	{ "yes", YML_T_BOOL, true },
	{ "Yes", YML_T_BOOL, true },
	{ "YES", YML_T_BOOL, true },
	{ "off", YML_T_BOOL, false },
	{ "Off", YML_T_BOOL, false },
	{ "OFF", YML_T_BOOL, false },
	{ "true", YML_T_BOOL, true },
	{ "True", YML_T_BOOL, true },
	{ "TRUE", YML_T_BOOL, true },
	{ "null", YML_T_NULL, false },
	{ "Null", YML_T_NULL, false },
	{ "NULL", YML_T_NULL, false },
	{ "false", YML_T_BOOL, false },
	{ "False", YML_T_BOOL, false },
	{ "FALSE", YML_T_BOOL, false },
};

static const struct word *find_word(struct str s)
{
	/* Where the words of each length begin. */
	static const uint8_t begin[] = { 0, 0, 5, 11, 17, 23, 26 };
	if (s.len > 5)
		return NULL;
	for (size_t i = begin[s.len]; i < begin[s.len + 1]; i++)
		if (words[i].text[0] == s.s[0] && !memcmp(words[i].text, s.s, s.len))
			return &words[i];
	return NULL;
}

/* .inf and .nan in three spellings each; true with the value when it is one. */
static bool special_float(double *out, struct str s)
{
	bool minus = s.len && s.s[0] == '-';
	bool sign = minus || (s.len && s.s[0] == '+');
	struct str rest = sign ? str_skip(s, 1) : s;
	if (str_is(rest, ".inf") || str_is(rest, ".Inf") || str_is(rest, ".INF")) {
		*out = minus ? -INFINITY : INFINITY;
		return true;
	}
	if (!sign && (str_is(s, ".nan") || str_is(s, ".NaN") || str_is(s, ".NAN"))) {
		*out = NAN;
		return true;
	}
	return false;
}

static bool is_digit(struct str s, size_t i)
{
	return i < s.len && s.s[i] >= '0' && s.s[i] <= '9';
}

static size_t skip_digits(struct str s, size_t i)
{
	while (is_digit(s, i))
		i++;
	return i;
}

/* ^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$ */
static bool is_yaml_float(struct str s)
{
	size_t i = s.len && (s.s[0] == '-' || s.s[0] == '+');
	size_t whole = skip_digits(s, i);
	bool any = whole > i;
	i = whole;
	if (i < s.len && s.s[i] == '.') {
		size_t part = skip_digits(s, i + 1);
		if (!any && part == i + 1)
			return false;
		any = true;
		i = part;
	}
	if (!any)
		return false;
	if (i < s.len && (s.s[i] | 0x20) == 'e') {
		i++;
		if (i < s.len && (s.s[i] == '-' || s.s[i] == '+'))
			i++;
		size_t exp = skip_digits(s, i);
		if (exp == i)
			return false;
		i = exp;
	}
	return i == s.len;
}

static void give(struct val *out, struct val v)
{
	if (out)
		*out = v;
}

/* 0b and -0b once more, in base 2 with a sign behind the prefix, as go-yaml tries last. */
static enum yml_scalar resolve_binary(struct val *out, struct str s)
{
	int64_t i;
	uint64_t u;
	if (str_starts(s, STR("0b"))) {
		struct str digits = str_skip(s, 2);
		if (num_parse_int(&i, digits, 2) == NUM_OK) {
			give(out, val_int(i));
			return YML_T_INT;
		}
		if (num_parse_uint(&u, digits, 2) == NUM_OK) {
			give(out, val_uint(u));
			return YML_T_UINT;
		}
	} else if (str_starts(s, STR("-0b"))) {
		char text[80];
		struct str digits = str_skip(s, 3);
		if (digits.len < sizeof(text) - 1) {
			text[0] = '-';
			memcpy(text + 1, digits.s, digits.len);
			if (num_parse_int(&i, (struct str){ text, digits.len + 1 }, 2) == NUM_OK) {
				give(out, val_int(i));
				return YML_T_INT;
			}
		}
	}
	give(out, val_string(s));
	return YML_T_STRING;
}

static enum yml_scalar resolve_plain_number(struct val *out, struct str plain)
{
	int64_t i;
	uint64_t u;
	double f;
	if (num_parse_int(&i, plain, 0) == NUM_OK) {
		give(out, val_int(i));
		return YML_T_INT;
	}
	if (num_parse_uint(&u, plain, 0) == NUM_OK) {
		give(out, val_uint(u));
		return YML_T_UINT;
	}
	if (is_yaml_float(plain) && num_parse_float(&f, plain) == NUM_OK) {
		give(out, val_float(f));
		return YML_T_FLOAT;
	}
	return resolve_binary(out, plain);
}

static bool is_number_part(char c)
{
	char low = (char)(c | 0x20);
	return (c >= '0' && c <= '9') || (low >= 'a' && low <= 'f') || low == 'x' || low == 'o' || c == '_' ||
	       c == '+' || c == '-' || c == '.';
}

/* A text that begins with a digit or sign. */
static enum yml_scalar resolve_number(struct val *out, struct str s)
{
	/* Nothing in any number but these: most texts, such as 10Mi or 5m, are told apart here. */
	for (size_t i = 0; i < s.len; i++)
		if (!is_number_part(s.s[i]))
			return YML_T_STRING;
	if (!memchr(s.s, '_', s.len))
		return resolve_plain_number(out, s);
	struct buf plain = BUF_INIT;
	for (size_t i = 0; i < s.len; i++)
		if (s.s[i] != '_')
			buf_putc(&plain, s.s[i]);
	enum yml_scalar kind = resolve_plain_number(out, buf_str(&plain));
	buf_release(&plain);
	return kind;
}

enum yml_scalar yml_resolve_value(struct val *out, struct str s)
{
	char hint = hint_of(s);
	double f;
	const struct word *word;
	enum yml_scalar kind = YML_T_STRING;
	if (!s.len) {
		give(out, VAL_NIL);
		return YML_T_NULL;
	}
	switch (hint) {
	case 'M':
		word = find_word(s);
		if (!word)
			break;
		give(out, word->kind == YML_T_NULL ? VAL_NIL : val_bool(word->truth));
		return word->kind;
	case '.':
		if (special_float(&f, s) || num_parse_float(&f, s) == NUM_OK) {
			give(out, val_float(f));
			return YML_T_FLOAT;
		}
		break;
	case 'D':
	case 'S':
		if (special_float(&f, s)) {
			give(out, val_float(f));
			return YML_T_FLOAT;
		}
		kind = resolve_number(out, s);
		break;
	default:
		break;
	}
	if (kind == YML_T_STRING)
		give(out, val_string(s));
	return kind;
}

/* One or two digits within bounds; the number, or -1. */
static int take_number(struct str *s, int low, int high)
{
	if (!is_digit(*s, 0))
		return -1;
	int v = s->s[0] - '0';
	size_t n = 1;
	if (is_digit(*s, 1)) {
		v = v * 10 + s->s[1] - '0';
		n = 2;
	}
	*s = str_skip(*s, n);
	return v < low || v > high ? -1 : v;
}

static bool take_char(struct str *s, char c)
{
	if (!s->len || s->s[0] != c)
		return false;
	*s = str_skip(*s, 1);
	return true;
}

static int days_in(int month, int year)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + (month == 2 && leap);
}

/* hh:mm:ss and a fraction. */
static bool take_clock(struct str *s)
{
	if (take_number(s, 0, 23) < 0 || !take_char(s, ':') || take_number(s, 0, 59) < 0 || !take_char(s, ':') ||
		take_number(s, 0, 59) < 0)
		return false;
	if (s->len >= 2 && (s->s[0] == '.' || s->s[0] == ',') && is_digit(*s, 1))
		*s = str_skip(*s, skip_digits(*s, 1));
	return true;
}

/* Z or +hh:mm. */
static bool take_zone(struct str *s)
{
	if (take_char(s, 'Z'))
		return true;
	if (s->len < 6 || (s->s[0] != '+' && s->s[0] != '-') || s->s[3] != ':')
		return false;
	if (!is_digit(*s, 1) || !is_digit(*s, 2) || !is_digit(*s, 4) || !is_digit(*s, 5))
		return false;
	int hours = (s->s[1] - '0') * 10 + s->s[2] - '0';
	int minutes = (s->s[4] - '0') * 10 + s->s[5] - '0';
	*s = str_skip(*s, 6);
	return hours <= 24 && minutes <= 60;
}

bool yml_is_time(struct str s)
{
	if (skip_digits(s, 0) != 4 || s.len < 5 || s.s[4] != '-')
		return false;
	int year = (s.s[0] - '0') * 1000 + (s.s[1] - '0') * 100 + (s.s[2] - '0') * 10 + s.s[3] - '0';
	s = str_skip(s, 5);
	int month = take_number(&s, 1, 12);
	if (month < 0 || !take_char(&s, '-'))
		return false;
	int day = take_number(&s, 1, 31);
	if (day < 0 || day > days_in(month, year))
		return false;
	if (!s.len)
		return true;
	if (take_char(&s, 'T') || take_char(&s, 't'))
		return take_clock(&s) && take_zone(&s) && !s.len;
	if (s.s[0] != ' ')
		return false;
	while (take_char(&s, ' '))
		;
	return take_clock(&s) && !s.len;
}

enum yml_scalar yml_resolve(struct val *out, struct str text)
{
	if (str_is(text, "<<")) {
		give(out, val_string(text));
		return YML_T_MERGE;
	}
	if (text.len > 4 && text.s[4] == '-' && yml_is_time(text)) {
		give(out, val_string(text));
		return YML_T_TIME;
	}
	return yml_resolve_value(out, text);
}

/* ^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$ */
static bool is_base60(struct str s)
{
	size_t i = s.len && (s.s[0] == '-' || s.s[0] == '+');
	if (!is_digit(s, i) || !memchr(s.s, ':', s.len))
		return false;
	while (is_digit(s, i) || (i < s.len && s.s[i] == '_'))
		i++;
	bool any = false;
	while (i < s.len && s.s[i] == ':' && is_digit(s, i + 1)) {
		bool two = s.s[i + 1] <= '5' && is_digit(s, i + 2);
		i += two ? 3 : 2;
		any = true;
	}
	if (!any)
		return false;
	if (i < s.len && s.s[i] == '.') {
		i++;
		while (is_digit(s, i) || (i < s.len && s.s[i] == '_'))
			i++;
	}
	return i == s.len;
}

/* go-yaml v3 reads 0o17 in base 8, sign and all, where v2 does not. */
static bool is_octal_v3(struct str s)
{
	struct str digits = str_starts(s, STR("-0o"))  ? str_skip(s, 3)
			    : str_starts(s, STR("0o")) ? str_skip(s, 2)
						       : STR("");
	if (!digits.len)
		return false;
	if (digits.len > 1 && (digits.s[0] == '+' || digits.s[0] == '-') && s.s[0] != '-')
		digits = str_skip(digits, 1);
	for (size_t i = 0; i < digits.len; i++)
		if (digits.s[i] != '_' && (digits.s[i] < '0' || digits.s[i] > '7'))
			return false;
	return true;
}

bool yml_reads_as_string(struct str s, bool v3)
{
	char hint = hint_of(s);
	if (!hint)
		return true;
	enum yml_scalar kind = yml_resolve(NULL, s);
	if (kind != YML_T_STRING && kind != YML_T_MERGE)
		return false;
	if (v3 && is_octal_v3(s))
		return false;
	return !is_base60(s);
}

const char *yml_scalar_tag(enum yml_scalar kind)
{
	switch (kind) {
	case YML_T_STRING:
		return "!!str";
	case YML_T_NULL:
		return "!!null";
	case YML_T_BOOL:
		return "!!bool";
	case YML_T_INT:
	case YML_T_UINT:
		return "!!int";
	case YML_T_FLOAT:
		return "!!float";
	case YML_T_TIME:
		return "!!timestamp";
	case YML_T_MERGE:
		return "!!merge";
	}
	return "";
}
