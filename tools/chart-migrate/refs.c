/* SPDX-License-Identifier: Apache-2.0 */
#include "refs.h"

#include "base/utf8.h"

#include <string.h>

#define DEPTH_MAX 200

/* How a string is to be read. */
struct place {
	bool hosty; /* its key says that it is a host */
	bool image; /* it is a container image: name:tag is no host:port */
};

/* One reference inside a string. */
struct hit {
	const char *form;
	size_t at, len; /* the labels that stand for the name */
	size_t end;     /* behind the whole host */
	size_t port_at, port_len;
};

struct hits {
	struct hit *items;
	size_t len, cap;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_host_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
}

/* A key in lower case without separators: "REDIS_HOST", "redis-host" and "redisHost" are one. */
static struct str squeeze(char *to, size_t size, struct str key)
{
	size_t n = 0;
	for (size_t i = 0; i < key.len && n + 1 < size; i++) {
		char c = key.s[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		if (is_digit(c) || (c >= 'a' && c <= 'z'))
			to[n++] = c;
	}
	to[n] = '\0';
	return (struct str){ to, n };
}

static bool ends_with_one(struct str key, const char *const *words)
{
	char low[128];
	struct str k = squeeze(low, sizeof(low), key);
	for (; *words; words++)
		if (str_ends(k, str_from(*words)))
			return true;
	return false;
}

static bool names_host(struct str key)
{
	static const char *const words[] = { "host", "hosts", "hostname", "hostnames", "addr", "addrs", "address",
		"addresses", "endpoint", "endpoints", "server", "servers", "service", "servicename", "svc", "url",
		"urls", "uri", "uris", "dsn", "fqdn", "target", "targets", "upstream", "upstreams", "backend", "master",
		"primary", "sentinel", "sentinels", "node", "nodes", "broker", "brokers", "seed", "seeds", NULL };
	return ends_with_one(key, words);
}

static bool names_image(struct str key)
{
	static const char *const words[] = { "image", "repository", "tag", "registry", NULL };
	return ends_with_one(key, words);
}

/* The scheme of the URL whose host begins at `at`, or an empty str. */
static struct str url_scheme(struct str s, size_t at)
{
	size_t i = at;
	if (i && s.s[i - 1] == '@')
		while (i && !strchr(" \t\n\"'/,", s.s[i - 1]))
			i--;
	if (i < 4 || s.s[i - 1] != '/' || s.s[i - 2] != '/' || s.s[i - 3] != ':')
		return (struct str){ 0 };
	size_t end = i - 3, from = end;
	while (from && (is_host_char(s.s[from - 1]) || s.s[from - 1] == '+'))
		from--;
	return str_slice(s, from, end);
}

/* Whether the word before `at` is an option or a name that says: what follows is a host. */
static bool follows_host_word(struct str s, size_t at)
{
	size_t i = at;
	while (i && strchr("\"'", s.s[i - 1]))
		i--;
	size_t quotes = i;
	while (i && (s.s[i - 1] == ' ' || s.s[i - 1] == '\t'))
		i--;
	bool blank = i < quotes;
	bool assigned = i && (s.s[i - 1] == '=' || s.s[i - 1] == ':');
	if (assigned)
		i--;
	while (i && strchr("\"' ", s.s[i - 1]))
		i--;
	size_t end = i;
	while (i && is_host_char(s.s[i - 1]))
		i--;
	struct str word = str_slice(s, i, end);
	if (!word.len || (!assigned && !blank))
		return false;
	bool option = word.s[0] == '-';
	if (str_is(word, "-h") || str_is(word, "-H"))
		return true;
	return (assigned || option) && names_host(word);
}

static size_t port_behind(struct str s, size_t end, size_t *at)
{
	*at = 0;
	if (end + 1 >= s.len || s.s[end] != ':')
		return 0;
	size_t n = 0;
	while (end + 1 + n < s.len && is_digit(s.s[end + 1 + n]))
		n++;
	if (!n || n > 5 || (end + 1 + n < s.len && is_host_char(s.s[end + 1 + n])))
		return 0;
	*at = end + 1;
	return n;
}

/* Whether a label is NAME-0: a pod of a StatefulSet. */
static bool is_pod_label(struct str label, struct str name)
{
	if (!str_starts(label, name) || label.len < name.len + 2 || label.s[name.len] != '-')
		return false;
	for (size_t i = name.len + 1; i < label.len; i++)
		if (!is_digit(label.s[i]))
			return false;
	return true;
}

static bool is_known_namespace(const struct mig_query *q, struct str label)
{
	vec_each (struct str, ns, &q->namespaces)
		if (str_eq(*ns, label))
			return true;
	return false;
}

/* Whether the bare name at [b, e) is all there is, or one item of a list separated by commas. */
static bool is_whole(struct str s, size_t b, size_t e)
{
	while (b && strchr(" \t", s.s[b - 1]))
		b--;
	while (e < s.len && strchr(" \t\n", s.s[e]))
		e++;
	return (b == 0 || s.s[b - 1] == ',' || s.s[b - 1] == ';') && (e == s.len || s.s[e] == ',' || s.s[e] == ';');
}

/* Decides about the host-like token [b, e); fills `h` when it is a reference. */
static bool judge(struct hit *h, const struct mig_query *q, struct str s, size_t b, size_t e, struct place p)
{
	struct str token = str_slice(s, b, e), rest = token;
	bool dotted = str_find_char(q->name, '.') >= 0;
	struct str first = dotted ? token : str_cut(&rest, '.');
	if (dotted)
		rest = (struct str){ 0 };
	*h = (struct hit){ .form = "name", .at = b, .len = first.len, .end = e };
	bool pod = !dotted && rest.s && is_pod_label(first, q->name);
	if (pod) {
		struct str second = str_cut(&rest, '.');
		h->len += 1 + second.len;
		first = second;
		h->form = "pod";
	}
	if (!str_eq(first, q->name))
		return false;
	struct str namespace = rest.s ? str_cut(&rest, '.') : (struct str){ 0 };
	bool svc = rest.s && str_is(str_cut(&rest, '.'), "svc");
	if (namespace.len && rest.s && !svc)
		return false;
	struct str scheme = url_scheme(s, b);
	bool url = scheme.len && !str_is(scheme, "oci") && !str_is(scheme, "docker");
	if (scheme.len && !url)
		return false;
	h->port_len = port_behind(s, e, &h->port_at);
	if (svc) {
		h->form = pod ? "pod" : "fqdn";
		return true;
	}
	if (url) {
		h->form = pod ? "pod" : "url";
		return true;
	}
	char before = b ? s.s[b - 1] : ' ';
	char after = e < s.len ? s.s[e] : ' ';
	/* Parts of paths and images, shell variables, mail addresses. */
	if (before == '/' || before == '$' || before == '@' || (before == '{' && b > 1 && s.s[b - 2] == '$'))
		return false;
	bool hosty = p.hosty || follows_host_word(s, b);
	if (h->port_len && !p.image && (hosty || h->port_len > 2)) {
		h->form = pod ? "pod" : "port";
		return true;
	}
	if (after == '/' || after == ':' || p.image)
		return false;
	if (namespace.len && is_known_namespace(q, namespace)) {
		h->form = pod ? "pod" : "namespace";
		return true;
	}
	if (namespace.len && !(hosty && is_whole(s, b, e)))
		return false;
	if (namespace.len)
		h->form = "namespace";
	return (p.hosty && is_whole(s, b, e)) || follows_host_word(s, b);
}

static void scan(struct hits *out, struct arena *a, const struct mig_query *q, struct str s, struct place p)
{
	for (size_t i = 0; i < s.len;) {
		if (!is_host_char(s.s[i])) {
			i++;
			continue;
		}
		size_t b = i;
		while (i < s.len && is_host_char(s.s[i]))
			i++;
		size_t e = i;
		while (e > b && (s.s[e - 1] == '.' || s.s[e - 1] == '-'))
			e--;
		struct hit h;
		if (e - b >= q->name.len && judge(&h, q, s, b, e, p))
			vec_push_in(a, out, h);
	}
}

/* --- YAML --- */
struct walk {
	struct mig_refs *out;
	struct arena *a;
	const struct mig_query *q;
	struct str text;
	const char *file;
};

static struct str key_of(const struct yml_node *n)
{
	const struct yml_node *up = n->parent;
	for (size_t i = 0; up && up->kind == YML_MAP && i < up->len; i++)
		if (up->pairs[i].value == n)
			return up->pairs[i].key->scalar;
	return (struct str){ 0 };
}

static const struct yml_pair *sibling(const struct yml_node *n, const char *name)
{
	const struct yml_node *up = n->parent;
	for (size_t i = 0; up && up->kind == YML_MAP && i < up->len; i++)
		if (str_is(up->pairs[i].key->scalar, name))
			return &up->pairs[i];
	return NULL;
}

/* The key that says what a scalar is: its own, its list's, or the name of the environment variable. */
static struct str telling_key(const struct yml_node *n)
{
	struct str key = key_of(n);
	if (key.len && str_is(key, "value")) {
		const struct yml_pair *name = sibling(n, "name");
		if (name && name->value && name->value->kind == YML_SCALAR)
			return name->value->scalar;
	}
	if (key.len && str_is(key, "name") && n->parent) {
		struct str above = key_of(n->parent);
		if (str_is(above, "service") || str_is(above, "backend"))
			return STR("servicename");
	}
	if (!key.len && n->parent && n->parent->kind == YML_SEQ)
		return key_of(n->parent);
	return key;
}

/* Whether the item before it in a list of arguments is an option that takes a host. */
static bool follows_option(const struct yml_node *n)
{
	const struct yml_node *up = n->parent;
	for (size_t i = 1; up && up->kind == YML_SEQ && i < up->len; i++) {
		const struct yml_node *before = up->items[i - 1].value;
		if (up->items[i].value != n || !before || before->kind != YML_SCALAR)
			continue;
		struct str word = before->scalar;
		return str_is(word, "-h") ||
		       (str_starts(word, STR("-")) && str_find_char(word, '=') < 0 && names_host(word));
	}
	return false;
}

/*
 * Finds where byte `at` of a decoded scalar stands in the text. Where escapes or folding make that unclear, the place of
 * the scalar is all that is known.
 */
static void locate(struct walk *w, struct mig_ref *r, const struct yml_node *n, size_t at)
{
	r->line = n->line;
	r->column = n->column;
	size_t from = n->from;
	if (n->style == YML_SINGLE || n->style == YML_DOUBLE)
		from++;
	if (n->style == YML_LITERAL) {
		struct str before = str_slice(n->scalar, 0, at);
		size_t lines = str_count_char(before, '\n') + 1;
		ptrdiff_t last = str_rfind_char(before, '\n');
		size_t in_line = at - (size_t)(last + 1);
		for (size_t k = 0; k < lines; k++) {
			ptrdiff_t nl = str_find_char(str_skip(w->text, from), '\n');
			if (nl < 0)
				return;
			from += (size_t)nl + 1;
		}
		struct str raw = str_skip(w->text, from);
		struct str line = str_cut(&raw, '\n');
		struct str tail = str_skip(n->scalar, at - in_line);
		struct str wanted = str_cut(&tail, '\n');
		ptrdiff_t indent = str_find(line, wanted);
		if (indent < 0 || line.len != (size_t)indent + wanted.len)
			return;
		r->offset = from + (size_t)indent + in_line;
	} else if (n->style == YML_FOLDED) {
		return;
	} else {
		r->offset = from + at;
	}
	r->exact = str_eq(str_slice(w->text, r->offset, r->offset + r->found.len), r->found) &&
		   r->offset + r->found.len <= n->to;
	if (!r->exact)
		return;
	struct str before = str_slice(w->text, 0, r->offset);
	r->line = (int)str_count_char(before, '\n') + 1;
	r->column = (int)utf8_count(str_skip(before, (size_t)(str_rfind_char(before, '\n') + 1))) + 1;
}

/* Replaces the host word at the end of a key by the port's: host -> port, redisHost -> redisPort, REDIS_HOST -> REDIS_PORT. */
static bool port_key(struct buf *out, struct str key)
{
	static const char *const words[] = { "hostname", "host", "address", "addr", "server", "servicename", "service",
		"endpoint", NULL };
	for (size_t i = 0; words[i]; i++) {
		size_t n = strlen(words[i]);
		if (key.len < n || !str_eq_nocase(str_skip(key, key.len - n), str_from(words[i])))
			continue;
		char c = key.s[key.len - n], d = key.s[key.len - 1];
		buf_add(out, str_slice(key, 0, key.len - n));
		buf_puts(out, c >= 'A' && c <= 'Z' ? (d >= 'A' && d <= 'Z' ? "PORT" : "Port") : "port");
		return true;
	}
	return false;
}

static bool is_number(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_digit(s.s[i]))
			return false;
	return s.len > 0;
}

/* The scalar beside `n` that holds the port: a key of the same map, or an environment variable of the same list. */
static const struct yml_node *port_node(const struct yml_node *n)
{
	struct buf name = BUF_INIT;
	const struct yml_node *found = NULL;
	const struct yml_pair *env = str_is(key_of(n), "value") ? sibling(n, "name") : NULL;
	if (!env && port_key(&name, key_of(n))) {
		const struct yml_pair *p = sibling(n, buf_text(&name));
		found = p ? p->value : NULL;
	} else if (env && env->value && port_key(&name, env->value->scalar) && n->parent->parent &&
		   n->parent->parent->kind == YML_SEQ) {
		const struct yml_node *list = n->parent->parent;
		for (size_t i = 0; i < list->len && !found; i++) {
			const struct yml_node *item = list->items[i].value;
			bool match = false;
			for (size_t k = 0; item && item->kind == YML_MAP && k < item->len; k++)
				match |= str_is(item->pairs[k].key->scalar, "name") && item->pairs[k].value &&
					 str_eq(item->pairs[k].value->scalar, buf_str(&name));
			for (size_t k = 0; match && k < item->len; k++)
				if (str_is(item->pairs[k].key->scalar, "value"))
					found = item->pairs[k].value;
		}
	}
	buf_release(&name);
	return found && found->kind == YML_SCALAR && is_number(found->scalar) ? found : NULL;
}

static struct str path_of(struct arena *a, const struct yml_node *n)
{
	struct buf path = BUF_INIT;
	yml_path(&path, n);
	struct str s = arena_str(a, buf_str(&path));
	buf_release(&path);
	return s;
}

static void add_hosts(struct walk *w, const struct yml_node *n)
{
	struct str key = telling_key(n);
	struct place p = { names_host(key) || follows_option(n), names_image(key) };
	struct hits hits = { 0 };
	scan(&hits, w->a, w->q, n->scalar, p);
	for (size_t i = 0; i < hits.len; i++) {
		struct hit *h = &hits.items[i];
		size_t end = h->port_len ? h->port_at + h->port_len : h->end;
		struct mig_ref r = {
			.file = str_from(w->file),
			.path = path_of(w->a, n),
			.kind = "service",
			.form = h->form,
			.found = str_slice(n->scalar, h->at, end),
			.at = h->at,
			.len = h->len,
			.port_at = h->port_at,
			.port_len = h->port_len,
		};
		locate(w, &r, n, h->at);
		const struct yml_node *port = h->port_len ? NULL : port_node(n);
		if (port) {
			r.port_path = path_of(w->a, port);
			r.port_value = port->scalar;
			r.port_quoted = port->style == YML_SINGLE || port->style == YML_DOUBLE;
		}
		vec_push_in(w->a, w->out, r);
	}
}

/* Whether the place of a scalar says that it names a Secret ('s') or a ConfigMap ('c'); 0 for neither. */
static char object_place(const struct yml_node *n)
{
	static const char *const secret_keys[] = { "existingsecret", "secretname", "secretref", "secret", NULL };
	static const char *const map_keys[] = { "existingconfigmap", "configmapname", "configmapref", "configmap",
		NULL };
	struct str key = key_of(n);
	if (str_is(key, "name") && n->parent) {
		const struct yml_node *up = n->parent;
		struct str above = key_of(up);
		if (!above.len && up->parent && up->parent->kind == YML_SEQ)
			above = key_of(up->parent);
		static const char *const secret_above[] = { "secretkeyref", "secretref", "secret", "imagepullsecrets",
			"existingsecret", NULL };
		static const char *const map_above[] = { "configmapkeyref", "configmapref", "configmap", NULL };
		return above.len && ends_with_one(above, secret_above) ? 's'
		       : above.len && ends_with_one(above, map_above)  ? 'c'
								       : '\0';
	}
	if (!key.len)
		return '\0';
	return ends_with_one(key, secret_keys) ? 's' : ends_with_one(key, map_keys) ? 'c' : '\0';
}

static void add_object(struct walk *w, const struct yml_node *n)
{
	if (!str_eq(n->scalar, w->q->name))
		return;
	char kind = object_place(n);
	if (!(kind == 's' && w->q->secret) && !(kind == 'c' && w->q->configmap))
		return;
	struct mig_ref r = {
		.file = str_from(w->file),
		.path = path_of(w->a, n),
		.kind = kind == 's' ? "secret" : "configmap",
		.form = "name",
		.found = n->scalar,
		.len = n->scalar.len,
	};
	locate(w, &r, n, 0);
	vec_push_in(w->a, w->out, r);
}

static void walk_node(struct walk *w, const struct yml_node *n, int depth)
{
	if (!n || depth > DEPTH_MAX)
		return;
	if (n->kind == YML_SCALAR) {
		if (w->q->host)
			add_hosts(w, n);
		if (w->q->secret || w->q->configmap)
			add_object(w, n);
	}
	for (size_t i = 0; i < n->len; i++) {
		if (n->kind == YML_SEQ)
			walk_node(w, n->items[i].value, depth + 1);
		else if (n->kind == YML_MAP)
			walk_node(w, n->pairs[i].value, depth + 1);
	}
}

struct err *mig_refs_yaml(
	struct mig_refs *out, struct arena *a, const struct mig_query *q, struct str text, const char *file)
{
	struct yml_doc doc;
	TRY(yml_doc_parse(&doc, a, text, file));
	struct walk w = { out, a, q, text, file };
	for (size_t i = 0; i < doc.nroots; i++)
		walk_node(&w, doc.roots[i], 0);
	return NULL;
}

/* --- templates --- */

/* The text in front of the first ": " or "=" of a line: what the rest of it is about. */
static struct str line_key(struct str line)
{
	struct str trimmed = str_trim(line);
	if (str_starts(trimmed, STR("- ")))
		trimmed = str_trim(str_skip(trimmed, 2));
	ptrdiff_t colon = str_find_char(trimmed, ':');
	if (colon <= 0)
		return (struct str){ 0 };
	for (ptrdiff_t i = 0; i < colon; i++)
		if (!is_host_char(trimmed.s[i]))
			return (struct str){ 0 };
	return str_slice(trimmed, 0, (size_t)colon);
}

/* Blanks out {{ }} but for string literals in it, keeping the length. */
static struct str without_actions(struct arena *a, struct str line)
{
	char *s = arena_text(a, line);
	bool in = false, literal = false;
	for (size_t i = 0; i < line.len; i++) {
		if (!in && i + 1 < line.len && s[i] == '{' && s[i + 1] == '{') {
			in = true;
			s[i++] = ' ';
			s[i] = ' ';
		} else if (in && !literal && i + 1 < line.len && s[i] == '}' && s[i + 1] == '}') {
			in = false;
			s[i++] = ' ';
			s[i] = ' ';
		} else if (in) {
			bool quote = s[i] == '"' || s[i] == '`';
			if (quote)
				literal = !literal;
			if (!quote && !literal)
				s[i] = '|';
		}
	}
	return (struct str){ s, line.len };
}

void mig_refs_text(struct mig_refs *out, struct arena *a, const struct mig_query *q, struct str text, const char *file)
{
	int number = 0;
	struct str name_line = { 0 };
	if (!q->host)
		return;
	for (struct str rest = text; rest.len;) {
		struct str line = str_cut(&rest, '\n');
		number++;
		if (str_starts(str_trim(line), STR("#")))
			continue;
		struct str plain = without_actions(a, line);
		struct str key = line_key(plain);
		if (str_is(key, "value") && name_line.len)
			key = name_line;
		if (str_is(key, "name"))
			name_line = str_trim(str_skip(plain, (size_t)str_find_char(plain, ':') + 1));
		struct hits hits = { 0 };
		/* The key itself is no value; what follows it is looked at as a whole. */
		size_t skip = key.len ? (size_t)str_find_char(plain, ':') + 1 : 0;
		struct str value = str_skip(plain, skip);
		char *open = arena_text(a, value);
		for (size_t i = 0; i < value.len; i++)
			if (open[i] == '"' || open[i] == '\'' || open[i] == '`')
				open[i] = ' ';
		struct place p = { key.len && names_host(key), key.len && names_image(key) };
		scan(&hits, a, q, key.len ? (struct str){ open, value.len } : value, p);
		for (size_t i = 0; i < hits.len; i++) {
			struct hit *h = &hits.items[i];
			size_t end = h->port_len ? h->port_at + h->port_len : h->end;
			size_t at = (size_t)(line.s - text.s) + skip + h->at;
			vec_push_in(a, out,
				(struct mig_ref){
					.file = str_from(file),
					.line = number,
					.column = (int)(skip + h->at) + 1,
					.kind = "service",
					.form = h->form,
					.found = str_slice(text, at, at + end - h->at),
					.at = at,
					.len = h->len,
					.port_at = h->port_len ? (size_t)(line.s - text.s) + skip + h->port_at : 0,
					.port_len = h->port_len,
					.offset = at,
					.exact = true,
				});
		}
	}
}
