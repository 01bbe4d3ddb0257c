/* SPDX-License-Identifier: Apache-2.0 */
/* Names of objects. */
#include "kube/names.h"

#define LABEL_RE "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
#define SUBDOMAIN_MAX 253
#define LABEL_MAX 63

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_lower_or_digit(char c)
{
	return is_lower(c) || (c >= '0' && c <= '9');
}

/* [a-z0-9]([-a-z0-9]*[a-z0-9])? */
static bool is_label(struct str s)
{
	if (!s.len || !is_lower_or_digit(s.s[0]) || !is_lower_or_digit(s.s[s.len - 1]))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!is_lower_or_digit(s.s[i]) && s.s[i] != '-')
			return false;
	}
	return true;
}

static bool is_subdomain(struct str s)
{
	struct str rest = s;

	do {
		if (!is_label(str_cut(&rest, '.')))
			return false;
	} while (rest.s);
	return true;
}

static void check_length(struct str_vec *out, struct arena *a, struct str name, int max)
{
	if (name.len > (size_t)max)
		vec_push_in(a, out, arena_printf(a, "must be no more than %d characters", max));
}

static void check_subdomain(struct str_vec *out, struct arena *a, struct str name)
{
	check_length(out, a, name, SUBDOMAIN_MAX);
	if (!is_subdomain(name))
		vec_push_in(a, out,
			STR("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
			    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex "
			    "used for validation is '" LABEL_RE "(\\." LABEL_RE ")*')"));
}

static void check_dns1035(struct str_vec *out, struct arena *a, struct str name)
{
	check_length(out, a, name, LABEL_MAX);
	if (!is_label(name) || !is_lower(name.s[0]))
		vec_push_in(a, out,
			STR("a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
			    "alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or "
			    "'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"));
}

static void check_label(struct str_vec *out, struct arena *a, struct str name)
{
	check_length(out, a, name, LABEL_MAX);
	if (is_label(name))
		return;
	if (is_subdomain(name)) {
		vec_push_in(a, out, STR("must not contain dots"));
		return;
	}
	vec_push_in(a, out,
		STR("a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must "
		    "start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for "
		    "validation is '" LABEL_RE "')"));
}

/* What may be one part of a URL's path. */
static void check_path_segment(struct str_vec *out, struct arena *a, struct str name)
{
	if (str_is(name, ".") || str_is(name, "..")) {
		vec_push_in(a, out, arena_printf(a, "may not be '%.*s'", STR_ARG(name)));
		return;
	}
	if (str_find_char(name, '/') >= 0)
		vec_push_in(a, out, STR("may not contain '/'"));
	if (str_find_char(name, '%') >= 0)
		vec_push_in(a, out, STR("may not contain '%'"));
}

static bool is_one_of(struct str kind, const char *const *kinds)
{
	for (; *kinds; kinds++) {
		if (str_eq_nocase(kind, str_from(*kinds)))
			return true;
	}
	return false;
}

void kube_name_check(struct str_vec *out, struct arena *a, struct str kind, struct str name)
{
	static const char *const rbac[] = { "role", "clusterrole", "rolebinding", "clusterrolebinding", NULL };

	if (str_eq_nocase(kind, STR("service")))
		check_dns1035(out, a, name);
	else if (str_eq_nocase(kind, STR("namespace")))
		check_label(out, a, name);
	else if (is_one_of(kind, rbac))
		check_path_segment(out, a, name);
	else if (!str_eq_nocase(kind, STR("certificatesigningrequest")))
		check_subdomain(out, a, name);
}

bool kube_label_value_is_valid(struct str s)
{
	if (s.len > LABEL_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];
		bool alnum = is_lower_or_digit(c) || (c >= 'A' && c <= 'Z');
		bool inner = i > 0 && i + 1 < s.len && (c == '-' || c == '_' || c == '.');
		if (!alnum && !inner)
			return false;
	}
	return true;
}
