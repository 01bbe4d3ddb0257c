/* SPDX-License-Identifier: Apache-2.0 */
/* Defaults and choices. Empty is what is false in a template. */
#include "funcs/internal.h"

struct err *fn_default(struct val *out, struct tmpl_call *c)
{
	*out = c->args[c->nargs > 1 && !fn_empty(c->args[1])];
	return NULL;
}

struct err *fn_is_empty(struct val *out, struct tmpl_call *c)
{
	*out = val_bool(fn_empty(c->args[0]));
	return NULL;
}

struct err *fn_coalesce(struct val *out, struct tmpl_call *c)
{
	*out = VAL_NIL;
	for (size_t i = 0; i < c->nargs; i++) {
		if (!fn_empty(c->args[i])) {
			*out = c->args[i];
			break;
		}
	}
	return NULL;
}

struct err *fn_all(struct val *out, struct tmpl_call *c)
{
	size_t i = 0;
	while (i < c->nargs && !fn_empty(c->args[i]))
		i++;
	*out = val_bool(i == c->nargs);
	return NULL;
}

struct err *fn_any(struct val *out, struct tmpl_call *c)
{
	size_t i = 0;
	while (i < c->nargs && fn_empty(c->args[i]))
		i++;
	*out = val_bool(i < c->nargs);
	return NULL;
}

struct err *fn_ternary(struct val *out, struct tmpl_call *c)
{
	*out = c->args[c->args[2].b ? 0 : 1];
	return NULL;
}
