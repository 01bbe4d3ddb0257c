/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a merge says twice what each side says once. */
#include "merge/words.h"

#include "base/map.h"

enum { BASE, OURS, THEIRS, MERGED, TEXTS };

/* How often a line is in each text. */
struct counts {
	size_t n[TEXTS];
};

/* Only lines that name a value or a template are so particular that having them twice is no accident. */
static bool is_particular(struct str line)
{
	return str_has(line, STR(".Values.")) || str_has(line, STR("define \""));
}

static void count_lines(struct map *out, struct arena *a, struct str text, int which)
{
	struct merge_lines lines;

	merge_split_lines(&lines, a, text);
	for (size_t i = 0; i < lines.len; i++) {
		struct str line = str_trim(lines.items[i]);
		if (!is_particular(line))
			continue;
		struct counts *c = map_find(out, line);
		if (!c) {
			c = arena_array(a, 1, sizeof(*c));
			map_set(out, a, line, c);
		}
		c->n[which]++;
	}
}

bool merge_is_doubled(struct arena *a, const struct merge_input *in, struct str merged)
{
	struct map lines = { 0 };

	count_lines(&lines, a, in->base, BASE);
	count_lines(&lines, a, in->ours, OURS);
	count_lines(&lines, a, in->theirs, THEIRS);
	count_lines(&lines, a, merged, MERGED);
	for (size_t i = 0; i < lines.len; i++) {
		const size_t *n = ((const struct counts *)lines.entries[i].value)->n;
		size_t most = n[OURS] > n[THEIRS] ? n[OURS] : n[THEIRS];
		if (n[OURS] > n[BASE] && n[THEIRS] > n[BASE] && n[MERGED] > most)
			return true;
	}
	return false;
}
