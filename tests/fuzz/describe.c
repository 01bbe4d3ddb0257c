/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as values.yaml and as values.schema.json, cut at the first NUL, give a table or an error. */
#include "tests/fuzz/fuzz.h"

#include "chart/describe.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct str all = { (const char *)data, size };
	struct chart_value_rows rows = { 0 };
	struct chart c = { .has_schema = true };
	struct str values = str_cut(&all, '\0');
	c.schema = all;
	vec_push_in(&a, &c.raw, (struct chart_file){ .name = STR("values.yaml"), .data = values });
	struct err *e = chart_describe_values(&rows, &a, &c);
	vec_each (struct chart_value_row, r, &rows)
		must(r->preset.len < 5000);
	err_free(e);
	arena_release(&a);
	return 0;
}
