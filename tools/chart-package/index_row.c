/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/chart-package/index.h"

#include <ctype.h>
#include <string.h>

void row_read(struct row *out, struct str record)
{
	uint32_t lengths[ROW_FIELDS];
	memcpy(lengths, record.s, sizeof(lengths));
	const char *at = record.s + sizeof(lengths);
	for (size_t i = 0; i < ROW_FIELDS; i++) {
		out->f[i] = (struct str){ at, lengths[i] };
		at += lengths[i];
	}
}

int row_version_cmp(const struct row *a, const struct row *b)
{
	int c = str_cmp(a->f[ROW_NAME], b->f[ROW_NAME]);
	return c ? c : str_cmp(a->f[ROW_KEY], b->f[ROW_KEY]);
}

int row_cmp(struct str a, struct str b)
{
	struct row x, y;
	row_read(&x, a);
	row_read(&y, b);
	int c = row_version_cmp(&x, &y);
	return c ? c : str_cmp(x.f[ROW_PATH], y.f[ROW_PATH]);
}

void row_add(struct io_sort *to, struct row *r)
{
	struct buf key = BUF_INIT, record = BUF_INIT;
	uint32_t lengths[ROW_FIELDS];
	if (index_version_key(&key, r->f[ROW_VERSION])) {
		r->f[ROW_KEY] = buf_str(&key);
		for (size_t i = 0; i < ROW_FIELDS; i++)
			lengths[i] = (uint32_t)r->f[i].len;
		buf_add(&record, (struct str){ (const char *)lengths, sizeof(lengths) });
		for (size_t i = 0; i < ROW_FIELDS; i++)
			buf_add(&record, r->f[i]);
		io_sort_add(to, buf_str(&record));
		r->f[ROW_KEY] = (struct str){ NULL, 0 };
	}
	buf_release(&key);
	buf_release(&record);
}

/* Whether the text begins as the pattern says, where 0 stands for a digit. */
static bool looks_like(struct str text, const char *pattern)
{
	size_t n = strlen(pattern);
	if (text.len < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (pattern[i] == '0' ? !isdigit((unsigned char)text.s[i]) : text.s[i] != pattern[i])
			return false;
	return true;
}

bool row_is_time(struct str text)
{
	if (!looks_like(text, "0000-00-00T00:00:00") || text.len > 64)
		return false;
	text = str_skip(text, 19);
	if (looks_like(text, ".0"))
		for (text = str_skip(text, 2); text.len && isdigit((unsigned char)text.s[0]);)
			text = str_skip(text, 1);
	return str_is(text, "Z") || (text.len == 6 && (looks_like(text, "+00:00") || looks_like(text, "-00:00")));
}
