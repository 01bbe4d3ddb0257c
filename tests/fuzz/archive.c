/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes are a chart archive or an error. The input is also taken as a bare tar, to reach deeper. */
#include "tests/fuzz/fuzz.h"

#include "chart/chart.h"
#include "tarball/tarball.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct tarball t = { 0 };
	struct tarball_limits limits = { .max_total = 1 << 20, .max_entries = 1000 };
	struct str bytes = { (const char *)data, size };
	limits.as_helm = true;
	err_free(tarball_read(&t, &a, bytes, &limits));
	limits.as_helm = false;
	struct err *e = tarball_read(&t, &a, bytes, &limits);
	if (!e) {
		struct buf out = BUF_INIT;
		struct chart *c;
		struct err *written = tarball_write(&out, &t);
		if (!written) {
			struct chart_warnings w = { 0 };
			written = chart_load_archive(&c, &a, buf_str(&out), &w);
		}
		err_free(written);
		buf_release(&out);
	}
	err_free(e);
	arena_release(&a);
	return 0;
}
