/* SPDX-License-Identifier: Apache-2.0 */
/* The list of changes that Artifact Hub shows: an annotation whose text is YAML. */
#include "tools/chart-package/bump.h"

#include "yaml/yaml.h"

#include <string.h>

static const char *const kinds[] = { "added", "changed", "deprecated", "removed", "fixed", "security" };

static void add_entry(struct arena *a, struct val list, struct str kind, struct str what)
{
	val_list_each (old, list)
		if (str_eq(val_is_string(*old) ? val_str(*old) : val_get_str(*old, "description"), what))
			return;
	struct val one = val_map(a);
	val_set(one, "kind", val_string(kind));
	val_set(one, "description", val_string(what));
	val_list_add(list, one);
}

/* "fixed: what it was"; what stands before a colon may also be a part of the text. */
static struct err *add_said(struct arena *a, struct val list, struct str text)
{
	struct str rest = text, kind = STR("changed"), first = str_trim(str_cut(&rest, ':'));
	for (size_t i = 0; rest.s && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_is(first, kinds[i])) {
			kind = first;
			text = rest;
		}
	text = str_trim(text);
	if (!text.len)
		return err_new(ERR_USAGE, "--change takes what changed, such as \"fixed: the port of the service\"");
	add_entry(a, list, kind, text);
	return NULL;
}

/* What is there, when it is of this version. */
static struct err *read_old(struct val *out, struct arena *a, const struct chart *chart)
{
	struct val old;
	struct str text = val_is_map(chart->annotations) ? val_get_str(chart->annotations, BUMP_CHANGES) : STR("");
	if (!str_trim(text).len)
		return NULL;
	struct err *e = yml_load(&old, a, text, NULL);
	if (!e && !val_is_list(old))
		e = err_new(ERR_INPUT, "it is no list");
	if (e)
		return err_wrap(e, "annotation " BUMP_CHANGES);
	*out = old;
	return NULL;
}

struct err *bump_changes(struct str *out, struct arena *a, const struct chart *chart, bool raised,
	const struct bump_reasons *reasons, const struct cli_list *said)
{
	struct val list = val_list(a, said->len);
	struct buf b = BUF_INIT;
	*out = (struct str){ NULL, 0 };
	if (!raised)
		TRY(read_old(&list, a, chart));
	for (size_t i = 0; i < said->len; i++)
		TRY(add_said(a, list, str_from(said->items[i])));
	bool any = false;
	for (size_t i = 0; reasons && i < reasons->len; i++) {
		const struct bump_reason *r = &reasons->items[i];
		if (r->kind)
			add_entry(a, list, str_from(r->kind), r->what);
		any = any || r->kind;
	}
	/* Nothing that users set differs: then what they see does. */
	for (size_t i = 0; reasons && !any && i < reasons->len; i++)
		add_entry(a, list, STR("changed"), reasons->items[i].what);
	if (!val_list_len(list))
		return NULL;
	struct err *e = yml_emit(&b, a, list);
	*out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return e;
}
