/* SPDX-License-Identifier: Apache-2.0 */
/* Three-way merge of YAML by structure. */
#include "merge/internal.h"

struct err *merge_yaml(struct str *text, bool *done, struct merge_result *out, struct arena *a,
	const struct merge_input *in, const struct merge_opts *o)
{
	(void)text;
	(void)out;
	(void)a;
	(void)in;
	(void)o;
	*done = false;
	return NULL;
}
