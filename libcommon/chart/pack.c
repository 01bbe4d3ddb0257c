/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/pack.h"

#include "yaml/yaml.h"
#include "json/json.h"

/* Subcharts of subcharts: more is no chart but an attack. */
#define MAX_DEPTH 100

struct packing {
	struct tarball *out;
	struct arena *a;
	int64_t mtime;
	const char *stamp;
};

static void add(struct packing *p, struct str base, struct str name, struct str data)
{
	struct buf b = BUF_INIT;
	buf_add(&b, base);
	buf_putc(&b, '/');
	buf_add(&b, name);
	tarball_add(p->out, p->a, arena_str(p->a, buf_str(&b)), data, p->mtime);
	buf_release(&b);
}

static struct err *add_yaml(struct packing *p, struct str base, struct str name, struct val v)
{
	struct buf b = BUF_INIT;
	struct err *e = yml_emit(&b, p->a, v);
	if (!e)
		add(p, base, name, arena_str(p->a, buf_str(&b)));
	buf_release(&b);
	return e;
}

static struct err *add_metadata(struct packing *p, struct str base, const struct chart *c)
{
	struct val v = chart_metadata(p->a, c);
	/* Version 1 has them in requirements.yaml, which is one of the files. */
	if (str_is(c->api_version, "v1"))
		val_map_remove(v, STR("dependencies"));
	return add_yaml(p, base, STR("Chart.yaml"), v);
}

static struct err *add_lock(struct packing *p, struct str base, const struct chart *c)
{
	if (!str_is(c->api_version, "v2") || !val_is_map(c->lock))
		return NULL;
	struct val lock = val_map(p->a);
	val_map_each (entry, c->lock)
		val_map_set(lock, entry->key, entry->value);
	if (p->stamp)
		val_set(lock, "generated", val_text(p->stamp));
	return add_yaml(p, base, STR("Chart.lock"), lock);
}

static struct err *add_schema(struct packing *p, struct str base, const struct chart *c)
{
	if (!c->has_schema)
		return NULL;
	struct arena scratch = ARENA_INIT;
	struct val v;
	struct err *e = json_load(&v, &scratch, c->schema);
	arena_release(&scratch);
	if (e) {
		err_free(e);
		return err_new(ERR_INPUT, "invalid JSON in values.schema.json");
	}
	add(p, base, STR("values.schema.json"), c->schema);
	return NULL;
}

static struct err *pack(struct packing *p, const struct chart *c, struct str parent, int depth)
{
	if (!str_eq(str_base_name(c->name), c->name) || !c->name.len)
		return err_new(ERR_INPUT, "\"%.*s\" is not a valid chart name", STR_ARG(c->name));
	if (depth > MAX_DEPTH)
		return err_new(ERR_LIMIT, "charts are nested deeper than %d levels", MAX_DEPTH);
	struct str base =
		parent.len ? arena_printf(p->a, "%.*s/charts/%.*s", STR_ARG(parent), STR_ARG(c->name)) : c->name;
	TRY(add_metadata(p, base, c));
	TRY(add_lock(p, base, c));
	const struct chart_file *values = chart_find_file(&c->raw, STR("values.yaml"));
	if (values)
		add(p, base, STR("values.yaml"), values->data);
	TRY(add_schema(p, base, c));
	for (size_t i = 0; i < c->templates.len; i++)
		add(p, base, c->templates.items[i].name, c->templates.items[i].data);
	for (size_t i = 0; i < c->files.len; i++)
		add(p, base, c->files.items[i].name, c->files.items[i].data);
	for (size_t i = 0; i < c->nsubcharts; i++)
		TRY(pack(p, c->subcharts[i], base, depth + 1));
	return NULL;
}

struct err *chart_pack(struct tarball *out, struct arena *a, const struct chart *c, int64_t mtime, const char *stamp)
{
	struct packing p = { .out = out, .a = a, .mtime = mtime, .stamp = stamp };
	return pack(&p, c, (struct str){ NULL, 0 }, 0);
}
