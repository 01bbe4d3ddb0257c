/* SPDX-License-Identifier: Apache-2.0 */
/* Where a copy puts its objects: a namespace that was set here stays, as a registry does. */
#include "merge/internal.h"

/* The value of a line "namespace: x"; false for other lines. */
static bool namespace_of(struct str *value, struct str line)
{
	struct str s = str_trim(line);

	if (!str_starts(s, STR("namespace:")))
		return false;
	*value = str_trim(str_skip(s, sizeof("namespace:") - 1));
	return value->len > 0;
}

/* Whether three versions of a line say where an object goes, and ours is not the same with something added. */
static bool is_place(struct str base, struct str ours, struct str theirs)
{
	struct str b;
	struct str o;
	struct str t;

	return namespace_of(&b, base) && namespace_of(&o, ours) && namespace_of(&t, theirs) && !str_has(o, b);
}

bool merge_places(struct str *text, struct arena *a, struct str base, struct str ours, struct str theirs)
{
	struct merge_lines l[3];
	struct buf out = BUF_INIT;
	size_t places = 0;

	merge_split_lines(&l[0], a, base);
	merge_split_lines(&l[1], a, ours);
	merge_split_lines(&l[2], a, theirs);
	bool fine = l[0].len == l[1].len && l[0].len == l[2].len;
	for (size_t i = 0; fine && i < l[0].len; i++) {
		struct str line;
		bool place = is_place(l[0].items[i], l[1].items[i], l[2].items[i]);
		places += place;
		if (place)
			line = l[1].items[i];
		else if (!merge_choose(&line, l[0].items[i], l[1].items[i], l[2].items[i]))
			fine = false;
		if (fine)
			buf_add(&out, line);
	}
	fine = fine && places > 0;
	if (fine)
		*text = arena_str(a, buf_str(&out));
	buf_release(&out);
	return fine;
}
