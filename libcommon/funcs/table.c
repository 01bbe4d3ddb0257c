/* SPDX-License-Identifier: Apache-2.0 */
#include "funcs/internal.h"

#define FN(name, params, fn, family, example, result) { name, params, fn_##fn, example, result, family },
#define FN_ALIAS FN
static const struct tmpl_func rows[] = {
#include "funcs/rows.h"
};
#undef FN
#undef FN_ALIAS

static const struct tmpl_funcs table = { .items = rows, .len = sizeof(rows) / sizeof(rows[0]) };

static const char *const since_helm4[] = { "durationDays", "durationHours", "durationMicroseconds",
	"durationMilliseconds", "durationMinutes", "durationNanoseconds", "durationRoundTo", "durationSeconds",
	"durationTruncateTo", "durationWeeks", "mustToDuration", "mustToToml", "mustToYaml", NULL };

static const struct tmpl_funcs table3 = {
	.items = rows, .len = sizeof(rows) / sizeof(rows[0]), .without = since_helm4
};

const struct tmpl_funcs *fn_table_helm3(void)
{
	return &table3;
}

const struct tmpl_funcs *fn_table(void)
{
	return &table;
}
