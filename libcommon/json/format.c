/* SPDX-License-Identifier: Apache-2.0 */
/* Formats of strings: addresses, times, URIs, pointers. */
#include "base/num.h"
#include "base/quote.h"
#include "base/utf8.h"
#include "json/schema_int.h"
#include "json/url.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static size_t digits_at(struct str s)
{
	size_t n = 0;
	while (n < s.len && is_digit(s.s[n]))
		n++;
	return n;
}

static struct err *bad(const char *words)
{
	return err_new(ERR_INPUT, "%s", words);
}

/* "words 'x' tail" with the rune at the start of `s`. */
static struct err *bad_rune(const char *words, struct str s, const char *tail)
{
	struct buf b = BUF_INIT;
	size_t n;
	buf_puts(&b, words);
	quote_add_rune(&b, utf8_get(s, &n));
	buf_puts(&b, tail);
	struct err *e = err_new(ERR_INPUT, "%s", buf_text(&b));
	buf_release(&b);
	return e;
}

static struct err *check_pointer(struct str s)
{
	if (!s.len)
		return NULL;
	if (s.s[0] != '/')
		return bad("not starting with /");
	for (size_t i = 0; i < s.len; i++)
		if (s.s[i] == '~' && (i + 1 >= s.len || (s.s[i + 1] != '0' && s.s[i + 1] != '1')))
			return bad("~ must be followed by 0 or 1");
	return NULL;
}

static struct err *check_relative_pointer(struct str s)
{
	size_t n = digits_at(s);
	if (!n)
		return bad("must start with non-negative integer");
	if (n > 1 && s.s[0] == '0')
		return bad("starts with zero");
	s = str_skip(s, n);
	return str_is(s, "#") ? NULL : check_pointer(s);
}

static struct err *check_uuid(struct str s)
{
	static const size_t lengths[] = { 8, 4, 4, 4, 12 };
	if (str_count_char(s, '-') != 4)
		return bad("must have 5 elements");
	for (size_t i = 0; i < 5; i++) {
		struct str group = str_cut(&s, '-');
		if (group.len != lengths[i])
			return err_new(ERR_INPUT, "element %zu must be %zu characters long", i + 1, lengths[i]);
		for (size_t k = 0; k < group.len; k++)
			if (!is_digit(group.s[k]) && !((group.s[k] | 0x20) >= 'a' && (group.s[k] | 0x20) <= 'f'))
				return bad_rune("non-hex character ", str_skip(group, k), "");
	}
	return NULL;
}

/* One half of a duration: numbers with units in this order. */
static struct err *check_units(struct str s, const char *all)
{
	const char *left = all;
	while (s.len) {
		size_t n = digits_at(s);
		if (!n)
			return bad("missing number");
		if (n == s.len)
			return bad("missing unit");
		const char *at = s.s[n] ? strchr(left, s.s[n]) : NULL;
		if (!at && s.s[n] && strchr(all, s.s[n]))
			return bad_rune("unit ", str_skip(s, n), " out of order");
		if (!at)
			return bad_rune("invalid unit ", str_skip(s, n), "");
		left = at + 1;
		s = str_skip(s, n + 1);
	}
	return NULL;
}

static struct err *check_duration(struct str s)
{
	if (!str_starts(s, STR("P")))
		return bad("must start with P");
	s = str_skip(s, 1);
	if (!s.len)
		return bad("nothing after P");
	if (str_ends(s, STR("W"))) {
		s.len--;
		if (!s.len)
			return bad("no number in week");
		return digits_at(s) == s.len ? NULL : bad("invalid week");
	}
	struct str time = s, date = str_cut(&time, 'T');
	TRY(check_units(date, "YMD"));
	if (!time.s)
		return NULL;
	if (!time.len)
		return bad("no time elements");
	struct str more = time, first = str_cut(&more, 'T');
	TRY(check_units(first, "HMS"));
	return more.s ? bad(more.len ? "more than one T" : "no time elements") : NULL;
}

static struct err *check_ipv4(struct str s)
{
	if (str_count_char(s, '.') != 3)
		return bad("expected four decimals");
	while (s.s) {
		struct str group = str_cut(&s, '.');
		int64_t n;
		if (group.len > 1 && group.s[0] == '0')
			return bad("leading zeros");
		enum num_fault fault = num_parse_int(&n, group, 10);
		if (fault != NUM_OK) {
			struct buf b = BUF_INIT;
			buf_puts(&b, "strconv.Atoi: parsing ");
			quote_add(&b, group);
			buf_puts(&b, fault == NUM_RANGE ? ": value out of range" : ": invalid syntax");
			struct err *e = bad(buf_text(&b));
			buf_release(&b);
			return e;
		}
		if (n < 0 || n > 255)
			return bad("decimal must be between 0 and 255");
	}
	return NULL;
}

static struct err *check_ipv6(struct str s)
{
	bool zone, v4;
	if (str_find_char(s, ':') < 0)
		return bad("missing colon");
	TRY(json_ip_parse(s, &zone, &v4));
	return zone ? bad("zone id is not a part of ipv6 address") : NULL;
}

static struct err *check_hostname(struct str s)
{
	s = str_trim_suffix(s, STR("."));
	if (s.len > 253)
		return bad("more than 253 characters long");
	while (s.s) {
		struct str label = str_cut(&s, '.');
		if (!label.len || label.len > 63)
			return bad("label must be 1 to 63 characters long");
		if (label.s[0] == '-')
			return bad("label starts with hyphen");
		if (label.s[label.len - 1] == '-')
			return bad("label ends with hyphen");
		for (size_t i = 0; i < label.len; i++)
			if (!is_alnum(label.s[i]) && label.s[i] != '-')
				return bad_rune("invalid character ", str_skip(label, i), "");
		if (!s.s)
			return NULL;
	}
	return bad("label must be 1 to 63 characters long");
}

static struct err *check_mailbox(struct str local)
{
	if (local.len > 64)
		return bad("local part more than 64 characters long");
	if (local.len > 1 && local.s[0] == '"' && local.s[local.len - 1] == '"') {
		local = str_slice(local, 1, local.len - 1);
		if (str_find_char(local, '\\') >= 0 || str_find_char(local, '"') >= 0)
			return bad("backslash and quote are not allowed within quoted local part");
		return NULL;
	}
	if (str_starts(local, STR(".")))
		return bad("starts with dot");
	if (str_ends(local, STR(".")))
		return bad("ends with dot");
	if (str_has(local, STR("..")))
		return bad("consecutive dots");
	for (size_t i = 0; i < local.len; i++)
		if (!is_alnum(local.s[i]) && !(local.s[i] && strchr(".!#$%&'*+-/=?^_`{|}~", local.s[i])))
			return bad_rune("invalid character ", str_skip(local, i), "");
	return NULL;
}

static struct err *wrapped(struct err *e, const char *words)
{
	return e ? err_wrap(e, "%s", words) : NULL;
}

static struct err *check_email(struct str s)
{
	if (s.len > 254)
		return bad("more than 255 characters long");
	ptrdiff_t at = str_rfind_char(s, '@');
	if (at < 0)
		return bad("missing @");
	struct str domain = str_skip(s, (size_t)at + 1);
	TRY(check_mailbox(str_slice(s, 0, (size_t)at)));
	if (domain.len >= 2 && domain.s[0] == '[' && domain.s[domain.len - 1] == ']') {
		domain = str_slice(domain, 1, domain.len - 1);
		if (str_starts(domain, STR("IPv6:")))
			return wrapped(check_ipv6(str_skip(domain, 5)), "invalid ipv6 address");
		return wrapped(check_ipv4(domain), "invalid ipv4 address");
	}
	return wrapped(check_hostname(domain), "invalid domain");
}

/* package time quotes in its own way: bytes beyond ASCII and control characters as \x... */
static void time_quote(struct buf *out, struct str s)
{
	buf_putc(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.s[i];
		if (c >= 0x80 || c < ' ') {
			buf_printf(out, "\\x%02x", c);
			continue;
		}
		if (c == '"' || c == '\\')
			buf_putc(out, '\\');
		buf_putc(out, (char)c);
	}
	buf_putc(out, '"');
}

/* Go's words for a date that does not parse as "2006-01-02". */
static struct err *bad_date(struct str s, struct str rest, const char *part)
{
	struct buf b = BUF_INIT;
	buf_puts(&b, "parsing time ");
	time_quote(&b, s);
	if (part) {
		buf_puts(&b, " as \"2006-01-02\": cannot parse ");
		time_quote(&b, rest);
		buf_printf(&b, " as \"%s\"", part);
	} else if (rest.len) {
		buf_puts(&b, ": extra text: ");
		time_quote(&b, rest);
	}
	struct err *e = bad(buf_text(&b));
	buf_release(&b);
	return e;
}

static struct err *out_of_range(struct str s, const char *what)
{
	struct buf b = BUF_INIT;
	buf_puts(&b, "parsing time ");
	time_quote(&b, s);
	buf_printf(&b, ": %s out of range", what);
	struct err *e = bad(buf_text(&b));
	buf_release(&b);
	return e;
}

static struct err *check_date(struct str s)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	struct str rest = s;
	if (rest.len < 4 || digits_at(str_slice(rest, 0, 4)) != 4)
		return bad_date(s, rest, "2006");
	int year = (rest.s[0] - '0') * 1000 + (rest.s[1] - '0') * 100 + (rest.s[2] - '0') * 10 + rest.s[3] - '0';
	int part[2] = { 0, 0 };
	rest = str_skip(rest, 4);
	for (int i = 0; i < 2; i++) {
		if (!str_starts(rest, STR("-")))
			return bad_date(s, rest, "-");
		rest = str_skip(rest, 1);
		if (rest.len < 2 || !is_digit(rest.s[0]) || !is_digit(rest.s[1]))
			return bad_date(s, rest, i ? "02" : "01");
		part[i] = (rest.s[0] - '0') * 10 + rest.s[1] - '0';
		if (!i && (part[0] < 1 || part[0] > 12))
			return out_of_range(s, "month");
		rest = str_skip(rest, 2);
	}
	if (rest.len)
		return bad_date(s, rest, NULL);
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	if (part[1] < 1 || part[1] > days[part[0] - 1] + (part[0] == 2 && leap))
		return out_of_range(s, "day");
	return NULL;
}

/* Two numbers "dd:dd". */
static bool two_numbers(struct str s, int *x, int *y)
{
	if (s.len != 5 || !is_digit(s.s[0]) || !is_digit(s.s[1]) || !is_digit(s.s[3]) || !is_digit(s.s[4]))
		return false;
	*x = (s.s[0] - '0') * 10 + s.s[1] - '0';
	*y = (s.s[3] - '0') * 10 + s.s[4] - '0';
	return true;
}

/* +hh:mm; moves the time to UTC. */
static struct err *check_offset(struct str s, int *hour, int *minute)
{
	int h, m;
	if (s.len != 6)
		return bad("offset must be 6 characters long");
	if (s.s[0] != '+' && s.s[0] != '-')
		return bad("offset must begin with plus/minus");
	if (s.s[3] != ':')
		return bad("missing colon in offset in correct place");
	if (!two_numbers(str_skip(s, 1), &h, &m))
		return bad("invalid hour/min in offset");
	if (h > 23 || m > 59)
		return bad("hour/min in offset out of range");
	int minutes = *hour * 60 + *minute + (s.s[0] == '+' ? -1 : 1) * (h * 60 + m);
	if (minutes < 0)
		minutes += 24 * 60;
	*hour = minutes / 60;
	*minute = minutes % 60;
	return NULL;
}

static struct err *check_time(struct str s)
{
	int h, m;
	if (s.len < 9)
		return bad("less than 9 characters long");
	if (s.s[2] != ':' || s.s[5] != ':')
		return bad("missing colon in correct place");
	if (!two_numbers(str_slice(s, 0, 5), &h, &m) || !is_digit(s.s[6]) || !is_digit(s.s[7]))
		return bad("invalid hour/min/sec");
	int sec = (s.s[6] - '0') * 10 + s.s[7] - '0';
	if (h > 23 || m > 59 || sec > 60)
		return bad("hour/min/sec out of range");
	s = str_skip(s, 8);
	if (str_starts(s, STR("."))) {
		size_t n = digits_at(str_skip(s, 1));
		if (!n)
			return bad("no digits in second fraction");
		s = str_skip(s, n + 1);
	}
	if (!str_is(s, "z") && !str_is(s, "Z"))
		TRY(check_offset(s, &h, &m));
	return sec >= 60 && (h != 23 || m != 59) ? bad("invalid leap second") : NULL;
}

static struct err *check_date_time(struct str s)
{
	if (s.len < 20)
		return bad("less than 20 characters long");
	if (s.s[10] != 't' && s.s[10] != 'T')
		return bad("11th character must be t or T");
	TRY(wrapped(check_date(str_slice(s, 0, 10)), "invalid date element"));
	return wrapped(check_time(str_skip(s, 11)), "invalid time element");
}

/* Parses with its fragment, and looks at a host that is an IPv6 address. */
static struct err *parse_url(struct json_url *u, struct arena *a, struct str s)
{
	struct str fragment = s, front = str_cut(&fragment, '#'), ignored;
	TRY(json_url_parse(u, a, front));
	if (fragment.s) {
		struct err *e = json_url_unescape(&ignored, a, fragment);
		if (e) {
			struct buf b = BUF_INIT;
			quote_add(&b, s);
			e = err_wrap(e, "parse %s", buf_text(&b));
			buf_release(&b);
			return e;
		}
	}
	struct str host = u->host;
	if (str_starts(host, STR("[")))
		return NULL; /* checked already */
	ptrdiff_t colon = str_rfind_char(host, ':');
	if (colon >= 0 && str_find_char(str_slice(host, 0, (size_t)colon), ':') >= 0)
		return bad("ipv6 address not enclosed in brackets");
	return NULL;
}

static struct err *check_uri(struct str s)
{
	struct arena a = ARENA_INIT;
	struct json_url u;
	struct err *e = parse_url(&u, &a, s);
	if (!e && !u.scheme.len)
		e = bad("relative url");
	arena_release(&a);
	return e;
}

static struct err *check_uri_reference(struct str s)
{
	struct arena a = ARENA_INIT;
	struct json_url u;
	struct err *e = str_find_char(s, '\\') >= 0 ? bad("contains \\") : parse_url(&u, &a, s);
	arena_release(&a);
	return e;
}

static struct err *check_braces(struct str path)
{
	for (bool open = false; path.s;) {
		struct str part = str_cut(&path, '/');
		for (size_t i = 0; i < part.len; i++) {
			if (part.s[i] != '{' && part.s[i] != '}')
				continue;
			if ((part.s[i] == '{') == open)
				return bad("nested curly braces");
			open = !open;
		}
		if (open)
			return bad("no matching closing brace");
	}
	return NULL;
}

static struct err *check_uri_template(struct str s)
{
	struct arena a = ARENA_INIT;
	struct json_url u;
	struct err *e = parse_url(&u, &a, s);
	if (!e)
		e = check_braces(u.path);
	arena_release(&a);
	return e;
}

static struct err *check_period(struct str s)
{
	struct str end = s, start = str_cut(&end, '/');
	if (!end.s)
		return bad("missing slash");
	if (str_starts(start, STR("P"))) {
		TRY(wrapped(check_duration(start), "invalid start duration"));
		return wrapped(check_date_time(end), "invalid end date-time");
	}
	TRY(wrapped(check_date_time(start), "invalid start date-time"));
	if (str_starts(end, STR("P")))
		return wrapped(check_duration(end), "invalid end duration");
	return wrapped(check_date_time(end), "invalid end date-time");
}

/* Identifiers between dots, of a build or a pre-release. */
static struct err *check_identifiers(struct str s, const char *what, bool numeric)
{
	while (s.s) {
		struct str id = str_cut(&s, '.');
		if (!id.len)
			return err_new(ERR_INPUT, "%s identifier is empty", what);
		for (size_t i = 0; i < id.len; i++) {
			if (is_alnum(id.s[i]) || id.s[i] == '-')
				continue;
			char tail[40] = " in ";
			strncat(strncat(tail, what, 15), " identifier", 15);
			return bad_rune("invalid character ", str_skip(id, i), tail);
		}
		if (numeric && digits_at(id) == id.len && id.len > 1 && id.s[0] == '0')
			return bad("pre-release numeric identifier starts with zero");
	}
	return NULL;
}

static struct err *check_semver(struct str s)
{
	static const char *const names[] = { "major", "minor", "patch" };
	struct str build = s;
	s = str_cut(&build, '+');
	if (build.s) {
		if (!build.len)
			return bad("build is empty");
		TRY(check_identifiers(build, "build", false));
	}
	struct str pre = s;
	s = str_cut(&pre, '-');
	if (pre.s)
		TRY(pre.len ? check_identifiers(pre, "pre-release", true) : bad("pre-release identifier is empty"));
	if (str_count_char(s, '.') != 2)
		return bad("versionCore must have 3 numbers separated by dot");
	for (int i = 0; i < 3; i++) {
		struct str n = str_cut(&s, '.');
		if (!n.len)
			return err_new(ERR_INPUT, "%s is empty", names[i]);
		if (n.len > 1 && n.s[0] == '0')
			return err_new(ERR_INPUT, "%s starts with zero", names[i]);
		if (digits_at(n) != n.len)
			return err_new(ERR_INPUT, "%s contains non-digit", names[i]);
	}
	return NULL;
}

static const struct json_format formats[] = {
	{ "json-pointer", check_pointer },
	{ "relative-json-pointer", check_relative_pointer },
	{ "uuid", check_uuid },
	{ "duration", check_duration },
	{ "period", check_period },
	{ "ipv4", check_ipv4 },
	{ "ipv6", check_ipv6 },
	{ "hostname", check_hostname },
	{ "email", check_email },
	{ "date", check_date },
	{ "time", check_time },
	{ "date-time", check_date_time },
	{ "uri", check_uri },
	{ "iri", check_uri },
	{ "uri-reference", check_uri_reference },
	{ "iri-reference", check_uri_reference },
	{ "uri-template", check_uri_template },
	{ "semver", check_semver },
	{ "regex", NULL },
};

const struct json_format *json_format_find(struct str name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (str_is(name, formats[i].name))
			return &formats[i];
	return NULL;
}
