/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about Helm's annotations. */
#include "lint.h"

static const char *const events[] = { "pre-install", "post-install", "pre-delete", "post-delete", "pre-upgrade",
	"post-upgrade", "pre-rollback", "post-rollback", "test", "test-success", NULL };
static const char *const policies[] = { "before-hook-creation", "hook-succeeded", "hook-failed", NULL };
static const char *const keys[] = { "helm.sh/hook", "helm.sh/hook-weight", "helm.sh/hook-delete-policy",
	"helm.sh/hook-output-log-policy", "helm.sh/resource-policy", NULL };

static bool is_one_of(struct str s, const char *const *words)
{
	for (; *words; words++) {
		if (str_is(s, *words))
			return true;
	}
	return false;
}

static const char *nearest(struct str s, const char *const *words)
{
	for (; *words; words++) {
		if (lint_is_near(s, str_from(*words)))
			return *words;
	}
	return NULL;
}

static void found(struct lint *l, const struct lint_resource *x, struct str key, const char *what, struct str word,
	const char *near)
{
	struct buf path = BUF_INIT;
	int line;
	int column;

	buf_puts(&path, "metadata.annotations.");
	for (size_t i = 0; i < key.len; i++) {
		if (key.s[i] == '.')
			buf_putc(&path, '\\');
		buf_putc(&path, key.s[i]);
	}
	lint_locate_field(l, &x->r, x->text, buf_text(&path), &line, &column);
	buf_release(&path);
	if (near)
		lint_add(l, "kube/hook", x->inside, line, column, "%s \"%.*s\"; did you mean \"%s\"?", what,
			STR_ARG(word), near);
	else
		lint_add(l, "kube/hook", x->inside, line, column, "%s \"%.*s\"", what, STR_ARG(word));
}

static void check_list(struct lint *l, const struct lint_resource *x, const struct val_entry *e,
	const char *const *words, const char *what)
{
	struct str rest = val_str(e->value);

	while (val_is_string(e->value) && rest.s) {
		struct str word = str_trim(str_cut(&rest, ','));
		if (str_is(word, "crd-install"))
			found(l, x, e->key, "since Helm 3 CRDs belong into crds/; it skips hooks of the event", word,
				NULL);
		else if (!is_one_of(word, words))
			found(l, x, e->key, what, word, nearest(word, words));
	}
}

static bool is_integer(struct str s)
{
	size_t i = s.len && (s.s[0] == '-' || s.s[0] == '+');

	if (i == s.len)
		return false;
	for (; i < s.len; i++) {
		if (s.s[i] < '0' || s.s[i] > '9')
			return false;
	}
	return true;
}

static void check_key(struct lint *l, const struct lint_resource *x, const struct val_entry *e)
{
	struct str prefix = STR("helm.sh/");

	if (!is_one_of(e->key, keys)) {
		const char *near = str_starts(e->key, prefix) ? nearest(e->key, keys) : NULL;
		if (near)
			found(l, x, e->key, "unknown annotation", e->key, near);
		return;
	}
	if (str_is(e->key, "helm.sh/hook"))
		check_list(l, x, e, events, "Helm skips a hook of the unknown event");
	else if (str_is(e->key, "helm.sh/hook-delete-policy"))
		check_list(l, x, e, policies, "unknown hook delete policy");
	else if (str_is(e->key, "helm.sh/hook-weight") && val_is_string(e->value) && !is_integer(val_str(e->value)))
		found(l, x, e->key, "the weight of a hook is an integer, not", val_str(e->value), NULL);
}

void lint_hooks(struct lint *l)
{
	if (!l->resources)
		return;
	vec_each (const struct lint_resource, x, l->resources) {
		struct val annotations = kube_field(x->r.value, "metadata.annotations");
		if (!x->own || !val_is_map(annotations))
			continue;
		val_map_each (e, annotations)
			check_key(l, x, e);
	}
}
