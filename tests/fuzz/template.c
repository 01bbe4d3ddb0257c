/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes are a template: parsing and executing it end with output or an error, within limits. Every other length is executed as lint
 * does, where what nobody refers to is given back.
 */
#include "tests/fuzz/fuzz.h"

#include "funcs/funcs.h"
#include "yaml/yaml.h"

static const char values[] =
	"s: text\ni: 5\nf: 1.5\nt: true\nn: null\nl: [1, a, {b: c}]\nm: {a: 1, b: {c: d}}\ne: ''\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT, work = ARENA_INIT;
	struct buf out = BUF_INIT;
	struct val dot = val_map(&a), user;
	must(!yml_load(&user, &a, STR(values), NULL));
	val_set(dot, "Values", user);
	struct tmpl_set *set = tmpl_set_new(&a, fn_table());
	struct str text = arena_str(&a, (struct str){ (const char *)data, size });
	struct err *e = tmpl_parse(set, STR("fuzz"), text);
	if (!e) {
		struct fn_host host = { .arena = &a };
		struct tmpl_limits limits = { .max_output = 1 << 20, .max_depth = 200, .timeout_ms = 500 };
		limits.sweep = size & 1;
		e = tmpl_execute(&out, limits.sweep ? &work : &a, set, STR("fuzz"), dot, &limits, &host);
		must(e || out.len <= 1 << 20);
	}
	err_free(e);
	buf_release(&out);
	arena_release(&work);
	arena_release(&a);
	return 0;
}
