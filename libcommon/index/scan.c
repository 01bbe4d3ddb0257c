/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"
#include "index/internal.h"
#include "yaml/events.h"
#include "yaml/yaml.h"

struct scan {
	struct yml_events *in;
	struct arena *a;
	struct index *out;
	const char *file;
	bool odd; /* needs a full load */
};

static struct err *next(struct yml_event *ev, struct scan *s)
{
	TRY(yml_events_next(ev, s->in));
	bool merge = ev->kind == YML_EV_SCALAR && ev->plain && str_is(ev->text, "<<");
	if (ev->anchored || ev->kind == YML_EV_ALIAS || merge)
		s->odd = true;
	return NULL;
}

static struct err *skip_value(struct scan *s, const struct yml_event *ev)
{
	if (s->odd || (ev->kind != YML_EV_MAP && ev->kind != YML_EV_SEQ))
		return NULL;
	int depth = 1;
	while (depth && !s->odd) {
		struct yml_event inner;
		TRY(next(&inner, s));
		if (inner.kind == YML_EV_MAP || inner.kind == YML_EV_SEQ)
			depth++;
		if (inner.kind == YML_EV_MAP_END || inner.kind == YML_EV_SEQ_END)
			depth--;
	}
	return NULL;
}

static bool is_null(const struct yml_event *ev)
{
	return ev->kind == YML_EV_SCALAR && ev->plain && yml_resolve(NULL, ev->text) == YML_T_NULL;
}

static struct err *wrong(struct scan *s, const struct yml_event *ev, const char *what, const char *want)
{
	return err_at(err_new(ERR_INPUT, "%s is not a %s", what, want), s->file, ev->line, ev->column);
}

/* The text that a Go string field gets from a scalar: numbers went through float32 on their way. */
static struct err *take_text(struct str *out, struct scan *s, const struct yml_event *ev, const char *what)
{
	if (ev->kind != YML_EV_SCALAR)
		return wrong(s, ev, what, "string");
	*out = arena_str(s->a, ev->text);
	struct val v = VAL_NIL;
	if (!ev->plain)
		return NULL;
	enum yml_scalar kind = yml_resolve(&v, *out);
	struct buf b = BUF_INIT;
	if (kind == YML_T_NULL)
		*out = (struct str){ "", 0 };
	else if (kind == YML_T_BOOL)
		*out = v.b ? STR("true") : STR("false");
	else if (kind == YML_T_INT)
		num_add_int(&b, v.i);
	else if (kind == YML_T_UINT)
		num_add_uint(&b, v.u);
	else if (kind == YML_T_FLOAT)
		num_add_float(&b, v.f, 32);
	if (b.len)
		*out = arena_str(s->a, buf_str(&b));
	buf_release(&b);
	return NULL;
}

static struct err *take_urls(struct index_entry *e, struct scan *s, const struct yml_event *ev)
{
	if (is_null(ev))
		return NULL;
	if (ev->kind != YML_EV_SEQ)
		return wrong(s, ev, "urls", "list");
	while (!s->odd) {
		struct yml_event item;
		TRY(next(&item, s));
		if (item.kind == YML_EV_SEQ_END)
			break;
		struct str url;
		TRY(take_text(&url, s, &item, "an item of urls"));
		vec_push_in(s->a, &e->urls, url);
	}
	return NULL;
}

static struct err *take_field(struct index_entry *e, struct scan *s, struct str key)
{
	struct {
		const char *name;
		struct str *to;
	} texts[] = { { "name", &e->name }, { "version", &e->version }, { "appVersion", &e->app_version },
		{ "description", &e->description }, { "created", &e->created }, { "digest", &e->digest } };
	struct yml_event ev;
	/* The key's bytes are gone with the next event. */
	size_t which = 0, n = sizeof(texts) / sizeof(*texts);
	while (which < n && !str_eq_nocase(key, str_from(texts[which].name)))
		which++;
	bool urls = str_eq_nocase(key, STR("urls")), deprecated = str_eq_nocase(key, STR("deprecated"));
	/* Go takes such a key too, unless there is a better one. */
	s->odd |= (which < n && !str_is(key, texts[which].name)) || (urls && !str_is(key, "urls")) ||
		  (deprecated && !str_is(key, "deprecated"));
	TRY(next(&ev, s));
	if (s->odd)
		return NULL;
	if (which < n)
		return take_text(texts[which].to, s, &ev, texts[which].name);
	if (urls)
		return take_urls(e, s, &ev);
	if (deprecated && ev.kind == YML_EV_SCALAR) {
		struct val v = VAL_NIL;
		e->deprecated = yml_resolve(&v, ev.text) == YML_T_BOOL && v.b;
		return NULL;
	}
	return skip_value(s, &ev);
}

static struct err *take_entry(struct scan *s, struct str key)
{
	struct index_entry e = { 0 };
	while (!s->odd) {
		struct yml_event ev;
		TRY(next(&ev, s));
		if (ev.kind == YML_EV_MAP_END) {
			index_add(s->out, s->a, key, &e);
			return NULL;
		}
		if (ev.kind != YML_EV_SCALAR)
			s->odd = true;
		else
			TRY(take_field(&e, s, ev.text));
	}
	return NULL;
}

/* The list of versions of one chart. */
static struct err *take_chart(struct scan *s, struct str key)
{
	struct yml_event ev;
	TRY(next(&ev, s));
	if (ev.kind == YML_EV_SCALAR)
		return is_null(&ev) ? NULL : wrong(s, &ev, "entry", "list");
	if (ev.kind != YML_EV_SEQ)
		return s->odd ? NULL : wrong(s, &ev, "entry", "list");
	while (!s->odd) {
		TRY(next(&ev, s));
		if (ev.kind == YML_EV_SEQ_END)
			break;
		if (ev.kind == YML_EV_SCALAR && is_null(&ev))
			index_add(s->out, s->a, key, &(struct index_entry){ 0 });
		else if (ev.kind == YML_EV_MAP)
			TRY(take_entry(s, key));
		else if (!s->odd)
			return wrong(s, &ev, "version", "map");
	}
	return NULL;
}

static struct err *take_entries(struct scan *s)
{
	struct yml_event ev;
	TRY(next(&ev, s));
	if (is_null(&ev))
		return NULL;
	if (ev.kind != YML_EV_MAP)
		return s->odd ? NULL : wrong(s, &ev, "entries", "map");
	while (!s->odd) {
		TRY(next(&ev, s));
		if (ev.kind == YML_EV_MAP_END)
			break;
		if (ev.kind != YML_EV_SCALAR)
			s->odd = true;
		else
			TRY(take_chart(s, arena_str(s->a, ev.text)));
	}
	return NULL;
}

bool index_is_nearly_root(struct str key)
{
	static const char *const names[] = { "apiVersion", "generated", "entries" };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_eq_nocase(key, str_from(names[i])))
			return !str_is(key, names[i]);
	return false;
}

static struct err *take_root(struct scan *s)
{
	while (!s->odd) {
		struct yml_event ev;
		TRY(next(&ev, s));
		if (ev.kind == YML_EV_MAP_END || ev.kind != YML_EV_SCALAR)
			break;
		if (str_is(ev.text, "entries")) {
			TRY(take_entries(s));
			continue;
		}
		s->odd |= index_is_nearly_root(ev.text);
		bool version = str_is(ev.text, "apiVersion"), generated = str_is(ev.text, "generated");
		TRY(next(&ev, s));
		if (version)
			TRY(take_text(&s->out->api_version, s, &ev, "apiVersion"));
		else if (generated)
			TRY(take_text(&s->out->generated, s, &ev, "generated"));
		else
			TRY(skip_value(s, &ev));
	}
	return NULL;
}

static struct err *scan(struct scan *s)
{
	struct yml_event ev;
	TRY(next(&ev, s));
	if (ev.kind == YML_EV_DOC)
		TRY(next(&ev, s));
	if (s->odd)
		return NULL;
	return ev.kind == YML_EV_MAP ? take_root(s)
				     : err_at(err_new(ERR_INPUT, "not an index"), s->file, ev.line, ev.column);
}

struct err *index_scan(struct index *out, struct arena *a, struct str text, const char *file, bool *odd)
{
	struct scan s = { .a = a, .out = out, .file = file };
	s.in = yml_events_open(text, file);
	struct err *e = scan(&s);
	yml_events_close(s.in);
	*odd = s.odd;
	return e;
}
