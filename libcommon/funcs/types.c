/* SPDX-License-Identifier: Apache-2.0 */
/* Types and kinds, named as Go names them. */
#include "funcs/internal.h"

struct err *fn_type_of(struct val *out, struct tmpl_call *c)
{
	*out = val_text(val_type_name(c->args[0]));
	return NULL;
}

struct err *fn_type_is(struct val *out, struct tmpl_call *c)
{
	*out = val_bool(str_is(fn_arg(c, 0), val_type_name(c->args[1])));
	return NULL;
}

struct err *fn_type_is_like(struct val *out, struct tmpl_call *c)
{
	const char *name = val_type_name(c->args[1]);
	*out = val_bool(str_is(fn_arg(c, 0), name) || (name[0] == '*' && str_is(fn_arg(c, 0), name + 1)));
	return NULL;
}

struct err *fn_kind_of(struct val *out, struct tmpl_call *c)
{
	*out = val_text(val_kind_name(c->args[0]));
	return NULL;
}

struct err *fn_kind_is(struct val *out, struct tmpl_call *c)
{
	*out = val_bool(str_is(fn_arg(c, 0), val_kind_name(c->args[1])));
	return NULL;
}

struct err *fn_deep_equal(struct val *out, struct tmpl_call *c)
{
	struct val a = c->args[0], b = c->args[1];
	TRY(fn_check_size(c, a));
	*out = val_bool(val_is_null(a) || val_is_null(b) ? val_is_null(a) && val_is_null(b) : val_equal(a, b));
	return NULL;
}
