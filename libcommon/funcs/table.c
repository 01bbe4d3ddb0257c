/* SPDX-License-Identifier: Apache-2.0 */
#include "funcs/internal.h"

#define FN(name, params, fn, family, example, result) { name, params, fn_##fn, example, result, family },
#define FN_ALIAS FN
static const struct tmpl_func rows[] = {
#include "funcs/rows.h"
};
#undef FN
#undef FN_ALIAS

static const struct tmpl_funcs table = { rows, sizeof(rows) / sizeof(rows[0]) };

const struct tmpl_funcs *fn_table(void)
{
	return &table;
}
