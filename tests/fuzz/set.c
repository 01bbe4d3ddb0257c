/* SPDX-License-Identifier: Apache-2.0 */
/* Any text is a --set assignment or an error; the first byte chooses the flag. */
#include "tests/fuzz/fuzz.h"

#include "chart/values.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum chart_set_kind kinds[] = { CHART_SET, CHART_SET_STRING, CHART_SET_JSON, CHART_SET_LITERAL };
	if (!size)
		return 0;
	struct arena a = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct val values = val_map(&a);
	struct str line = arena_str(&a, (struct str){ (const char *)data + 1, size - 1 });
	struct err *e = chart_set(values, &a, line, kinds[data[0] % 4]);
	err_free(e);
	e = json_add(&text, &a, values, 0);
	err_free(e);
	buf_release(&text);
	arena_release(&a);
	return 0;
}
