/* SPDX-License-Identifier: Apache-2.0 */
/* The scalars of TOML: what the lexer found, as values. */
#include "base/num.h"
#include "base/utf8.h"
#include "funcs/gotime.h"
#include "funcs/toml.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* "123" with underscores only between digits. */
static bool underscores_ok(struct str s)
{
	bool accept = false;
	if (str_ends(s, STR("nan")) || str_ends(s, STR("inf")))
		return true;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];
		if (c == '_' && !accept)
			return false;
		accept = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
	}
	return accept;
}

static bool has_leading_zero(struct str s)
{
	if (s.len > 1 && s.s[0] == '0' && s.s[1] != 'b' && s.s[1] != 'o' && s.s[1] != 'x')
		return true;
	return s.len > 2 && (s.s[0] == '-' || s.s[0] == '+') && s.s[1] == '0';
}

struct err *toml_integer(struct val *out, struct toml_parser *p, const struct toml_item *it)
{
	int64_t i;
	if (!underscores_ok(it->text))
		return toml_refuse_text(p, it, "Invalid integer ", ": underscores must be surrounded by digits");
	if (has_leading_zero(it->text))
		return toml_refuse_text(p, it, "Invalid integer ", ": cannot have leading zeroes");
	enum num_fault fault = num_parse_int(&i, it->text, 0);
	if (fault == NUM_SYNTAX)
		return err_new(ERR_TEMPLATE, "BUG: Expected integer value, but got '%.*s'.\n\n", STR_ARG(it->text));
	if (fault == NUM_RANGE) {
		struct str s = arena_printf(p->arena, "%.*s is out of range for int64", STR_ARG(it->text));
		return toml_refuse(p, it->line, arena_text(p->arena, s));
	}
	*out = val_int64(i);
	return NULL;
}

static bool periods_ok(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == '.' && (i + 1 == s.len || s.s[i + 1] < '0' || s.s[i + 1] > '9'))
			return false;
	}
	return true;
}

/* The parts of a float between '.', 'e' and 'E': underscores must be right in each, the first may not begin with 0. */
static struct err *check_float(struct toml_parser *p, const struct toml_item *it)
{
	struct str s = it->text, first = STR("");
	for (size_t from = 0, i = 0; i <= s.len; i++) {
		if (i < s.len && s.s[i] != '.' && s.s[i] != 'e' && s.s[i] != 'E')
			continue;
		struct str part = str_slice(s, from, i);
		if (part.len && !first.len)
			first = part;
		if (part.len && !underscores_ok(part))
			return toml_refuse_text(p, it, "Invalid float ", ": underscores must be surrounded by digits");
		from = i + 1;
	}
	if (has_leading_zero(first))
		return toml_refuse_text(p, it, "Invalid float ", ": cannot have leading zeroes");
	if (!periods_ok(s))
		return toml_refuse_text(p, it, "Invalid float ", ": '.' must be followed by one or more digits");
	return NULL;
}

struct err *toml_floating(struct val *out, struct toml_parser *p, const struct toml_item *it)
{
	double f;
	TRY(check_float(p, it));
	if (str_is(it->text, "+nan") || str_is(it->text, "-nan")) {
		*out = val_float(copysign((double)NAN, it->text.s[0] == '-' ? -1.0 : 1.0));
		return NULL;
	}
	enum num_fault fault = num_parse_float(&f, it->text);
	if (fault == NUM_SYNTAX)
		return toml_refuse_text(p, it, "Invalid float value: ", "");
	if (fault == NUM_RANGE) {
		struct str s = arena_printf(p->arena, "%.*s is out of range for float64", STR_ARG(it->text));
		return toml_refuse(p, it->line, arena_text(p->arena, s));
	}
	*out = val_float(f);
	return NULL;
}

/* Go's time reads "1:2" for "15:04"; TOML does not. */
static bool lacks_zero(struct str text, const char *layout)
{
	for (size_t i = 0; layout[i] && layout[i] != '.' && layout[i] != 'Z'; i++) {
		bool digit = layout[i] >= '0' && layout[i] <= '9';
		if (!digit && (i >= text.len || text.s[i] != layout[i]))
			return true;
	}
	return false;
}

struct err *toml_datetime(struct val *out, struct toml_parser *p, const struct toml_item *it)
{
	static const struct {
		const char *layout, *zone;
	} forms[] = {
		{ FN_RFC3339, NULL },
		{ "2006-01-02T15:04:05.999999999", "datetime-local" },
		{ "2006-01-02", "date-local" },
		{ "15:04:05.999999999", "time-local" },
		{ "2006-01-02T15:04Z07:00", NULL },
		{ "2006-01-02T15:04", "datetime-local" },
		{ "15:04", "time-local" },
	};
	struct toml_item upper = *it;
	char *copy = arena_text(p->arena, it->text);
	for (size_t i = 0; i < it->text.len; i++)
		copy[i] = copy[i] == 'z' ? 'Z' : copy[i] == 't' || copy[i] == ' ' ? 'T' : copy[i];
	upper.text.s = copy;
	const struct fn_zone *local = fn_zone_local(p->arena);
	struct fn_time now = fn_time_now(p->arena, 0), t;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct fn_zone *zone = local;
		if (forms[i].zone)
			zone = fn_zone_fixed(p->arena, str_from(forms[i].zone), fn_zone_at(local, now.sec).offset);
		struct err *e = fn_time_parse_in(&t, p->arena, str_from(forms[i].layout), upper.text, zone);
		if (e) {
			err_free(e);
			continue;
		}
		if (lacks_zero(upper.text, forms[i].layout))
			break;
		*out = fn_time_value(p->arena, t);
		return NULL;
	}
	return toml_refuse_text(p, &upper, "invalid datetime: ", "");
}

/* Without the blanks and newlines behind a backslash that ends a line. */
static struct str strip_line_ends(struct arena *a, struct str s)
{
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < s.len;) {
		size_t to = i + 1;
		if (s.s[i] != '\\') {
			buf_putc(&b, s.s[i++]);
			continue;
		}
		if (to < s.len && s.s[to] == '\\') {
			buf_puts(&b, "\\\\");
			i += 2;
			continue;
		}
		while (to < s.len && strchr(" \t\r\n", s.s[to]) && s.s[to])
			to++;
		if (str_find_char(str_slice(s, i, to), '\n') >= 0)
			i = to;
		else
			buf_putc(&b, s.s[i++]);
	}
	struct str out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return out;
}

static struct str strip_first_newline(struct str s)
{
	if (str_starts(s, STR("\r\n")))
		return str_skip(s, 2);
	return str_trim_prefix(s, STR("\n"));
}

static uint32_t hex_number(struct str s)
{
	uint32_t n = 0;
	for (size_t i = 0; i < s.len; i++)
		n = n << 4 | (uint32_t)(s.s[i] <= '9' ? s.s[i] - '0' : (s.s[i] | 0x20) - 'a' + 10);
	return n;
}

/* The escape whose letter stands at `*i`; moves past it. */
static struct err *add_escape(
	struct buf *out, struct toml_parser *p, const struct toml_item *it, struct str s, size_t *i)
{
	static const char letters[] = "btnfre\"\\", values[] = "\b\t\n\f\r\x1b\"\\";
	char c = s.s[(*i)++];
	size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
	if (!digits) {
		const char *at = strchr(letters, c);
		if (!at || !c) {
			char text[32];
			snprintf(text, sizeof(text), "invalid escape: '\\%c'", c);
			return toml_refuse(p, it->line, text);
		}
		buf_putc(out, values[at - letters]);
		return NULL;
	}
	struct str hex = str_slice(s, *i, *i + digits);
	uint32_t r = hex_number(hex);
	*i += digits;
	if (r > 0x10FFFF || (r >= 0xD800 && r <= 0xDFFF)) {
		struct str text =
			arena_printf(p->arena, "Escaped character '\\u%.*s' is not valid UTF-8.", STR_ARG(hex));
		return toml_refuse(p, it->line, arena_text(p->arena, text));
	}
	utf8_add(out, r);
	return NULL;
}

static struct err *unescape(struct str *out, struct toml_parser *p, const struct toml_item *it, struct str s)
{
	struct buf b = BUF_INIT;
	struct err *e = NULL;
	for (size_t i = 0; i < s.len && !e;) {
		if (s.s[i] != '\\' || i + 1 == s.len) {
			buf_putc(&b, s.s[i++]);
			continue;
		}
		i++;
		e = add_escape(&b, p, it, s, &i);
	}
	*out = arena_str(p->arena, buf_str(&b));
	buf_release(&b);
	return e;
}

struct err *toml_text_of(struct str *out, struct toml_parser *p, const struct toml_item *it)
{
	*out = it->text;
	if (it->kind == TOML_RAW_MULTILINE)
		*out = strip_first_newline(it->text);
	else if (it->kind == TOML_ESCAPED)
		return unescape(out, p, it, it->text);
	else if (it->kind == TOML_MULTILINE)
		return unescape(out, p, it, strip_line_ends(p->arena, strip_first_newline(it->text)));
	return NULL;
}
