/* SPDX-License-Identifier: Apache-2.0 */
/* How a copy stands to its upstream. */
#include "vendor.h"

#include "semver/semver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct str error_text(struct arena *a, struct err *e)
{
	struct buf b = BUF_INIT;

	err_message(&b, e);
	struct str s = arena_str(a, buf_str(&b));
	buf_release(&b);
	err_free(e);
	return s;
}

static bool is_newer(struct str x, struct str y)
{
	struct semver a;
	struct semver b;
	struct err *ea = semver_parse(&a, x);
	struct err *eb = semver_parse(&b, y);
	bool newer = !ea && !eb && semver_cmp(&a, &b) > 0;

	err_free(ea);
	err_free(eb);
	return newer;
}

static void ask_upstream(struct standing *row, struct repo *r)
{
	const struct source *s = &row->entry->source;
	struct candidates list;
	struct err *e = source_list(&list, r, s);

	if (e) {
		row->fault = error_text(r->arena, e);
		source_close(&list, s);
		return;
	}
	const struct candidate *allowed = source_newest(&list, r->arena, row->entry->version);
	const struct candidate *newest = source_newest(&list, r->arena, (struct str){ 0 });
	row->allowed = allowed ? allowed->version : (struct str){ 0 };
	row->newest = newest ? newest->version : (struct str){ 0 };
	row->deprecated = newest && newest->deprecated;
	row->outdated = allowed && is_newer(allowed->version, row->locked.version);
	if (allowed && allowed->commit.len && !row->outdated && str_find_char(s->ref, '*') < 0)
		row->outdated = !str_eq(allowed->commit, row->locked.commit);
	if ((s->kind == SOURCE_PATH || s->kind == SOURCE_URL) && allowed && allowed->digest.len)
		row->outdated = !str_eq(allowed->digest, row->locked.digest);
	for (size_t i = 0; i < list.len; i++) {
		if (str_eq(list.items[i].version, row->locked.version)) {
			source_date(&list.items[i], r, s, &list);
			row->created = list.items[i].created;
			e = source_settle(&list.items[i], r, s);
			if (e)
				row->fault = error_text(r->arena, e);
		}
		row->republished |= source_changed(s, &row->locked, &list.items[i]);
	}
	if (row->republished && str_eq(allowed ? allowed->version : (struct str){ 0 }, row->locked.version))
		row->outdated = false;
	source_close(&list, s);
}

static struct err *look_at_copy(struct standing *row, struct repo *r)
{
	struct merge_tree base;
	struct merge_tree copy;

	TRY(repo_locked(&row->locked, r, row->entry));
	TRY(tree_read(&copy, r->arena, arena_text(r->arena, row->entry->path)));
	row->missing = !copy.len || !row->locked.version.len;
	if (row->missing)
		return NULL;
	struct err *e = tree_base(&base, r->arena, &row->locked);
	if (e)
		row->fault = error_text(r->arena, e);
	else
		tree_edits(&row->edits, &base, &copy);
	return NULL;
}

struct err *standing_get(struct standing *out, struct repo *r, const struct entry *e, bool ask)
{
	*out = (struct standing){ .entry = e };
	TRY(look_at_copy(out, r));
	if (ask)
		ask_upstream(out, r);
	return NULL;
}

/* Days since 1970 of the "YYYY-MM-DD" that a time begins with; -1: none. */
static int64_t days_of(struct str time)
{
	int y = 0;
	int m = 0;
	int d = 0;
	char text[11];

	if (time.len < 10)
		return -1;
	memcpy(text, time.s, 10);
	text[10] = '\0';
	if (sscanf(text, "%4d-%2d-%2d", &y, &m, &d) != 3 || m < 1 || m > 12 || d < 1 || d > 31 || y < 1970)
		return -1;
	/* Years from March on, so that the leap day is the last one. */
	y -= m <= 2;
	int64_t era = y / 400;
	int64_t of_era = y % 400;
	int64_t day = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + day - 719468;
}

int64_t standing_age(struct str when)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	int64_t now = epoch && *epoch ? strtoll(epoch, NULL, 10) : (int64_t)time(NULL);
	int64_t then = days_of(when);

	if (then < 0)
		return -1;
	return now / 86400 > then ? now / 86400 - then : 0;
}

struct str standing_age_text(struct arena *a, int64_t days)
{
	if (days < 0)
		return STR("");
	if (days < 60)
		return arena_printf(a, "%lld day%s", (long long)days, days == 1 ? "" : "s");
	if (days < 730)
		return arena_printf(a, "%lld months", (long long)(days * 10 / 304));
	return arena_printf(a, "%lld years", (long long)(days / 365));
}
