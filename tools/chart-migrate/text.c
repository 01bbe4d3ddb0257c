/* SPDX-License-Identifier: Apache-2.0 */
/* text: small things about text, time and lists that many parts need. */
#include "migrate.h"

#include "base/vec.h"
#include "chart/glob.h"
#include "crypto/digest.h"
#include "io/file.h"
#include "json/json.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

volatile sig_atomic_t mig_stop;

bool mig_duration(int64_t *ms, struct str text)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = { { "ms", 1 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 } };
	*ms = 0;
	if (!text.len)
		return false;
	while (text.len) {
		int64_t n = 0;
		size_t digits = 0;
		for (; digits < text.len && text.s[digits] >= '0' && text.s[digits] <= '9'; digits++)
			n = n * 10 + (text.s[digits] - '0');
		if (!digits || digits > 9)
			return false;
		text = str_skip(text, digits);
		size_t u = 0;
		while (u < 4 && !str_starts(text, str_from(units[u].unit)))
			u++;
		if (u == 4)
			return false;
		*ms += n * units[u].ms;
		text = str_skip(text, strlen(units[u].unit));
	}
	/* What io_run takes. */
	return *ms <= INT32_MAX;
}

void mig_add_duration(struct buf *out, int64_t ms)
{
	if (ms < 1000)
		buf_printf(out, "%lld ms", (long long)ms);
	else if (ms < 60000)
		buf_printf(out, "%lld.%lld s", (long long)(ms / 1000), (long long)(ms % 1000 / 100));
	else if (ms < 3600000)
		buf_printf(out, "%lld min %lld s", (long long)(ms / 60000), (long long)(ms % 60000 / 1000));
	else
		buf_printf(out, "%lld h %lld min", (long long)(ms / 3600000), (long long)(ms % 3600000 / 60000));
}

bool mig_sounds_secret(struct str key)
{
	static const char *const words[] = { "password", "passwd", "secret", "token", "apikey", "api_key", "private",
		"credential", "pass" };
	char low[64];
	size_t n = 0;
	for (size_t i = 0; i < key.len && n < sizeof(low) - 1; i++)
		low[n++] = (char)(key.s[i] >= 'A' && key.s[i] <= 'Z' ? key.s[i] + 32 : key.s[i]);
	low[n] = '\0';
	/* "existingSecret: name" and "secretName: name" are references. */
	if (strstr(low, "name") || strstr(low, "existing") || strstr(low, "ref"))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strstr(low, words[i]))
			return true;
	return false;
}

/* Masks user information between "://" and '@'. */
static void mask_urls(struct buf *out, struct str line)
{
	ptrdiff_t at;
	while ((at = str_find(line, STR("://"))) >= 0) {
		size_t from = (size_t)at + 3, end = from;
		ptrdiff_t user = -1;
		for (; end < line.len && !strchr(" \t/\"'", line.s[end]); end++)
			if (line.s[end] == '@')
				user = (ptrdiff_t)end;
		buf_add(out, str_slice(line, 0, from));
		if (user >= 0) {
			buf_puts(out, "***");
			from = (size_t)user;
		}
		line = str_skip(line, from);
	}
	buf_add(out, line);
}

void mig_add_masked(struct buf *out, struct str text)
{
	for (struct str rest = text; rest.len;) {
		struct str line = str_cut(&rest, '\n');
		ptrdiff_t colon = str_find(line, STR(": "));
		struct str key = colon > 0 ? str_slice(line, 0, (size_t)colon) : (struct str){ 0 };
		struct str value = colon > 0 ? str_trim(str_skip(line, (size_t)colon + 1)) : (struct str){ 0 };
		bool block =
			value.len && (value.s[0] == '|' || value.s[0] == '>' || value.s[0] == '{' || value.s[0] == '&');
		if (value.len && !block && mig_sounds_secret(key)) {
			buf_add(out, key);
			buf_puts(out, ": ***");
		} else {
			mask_urls(out, line);
		}
		if (rest.s)
			buf_putc(out, '\n');
	}
}

/* Levenshtein's distance, of short words. */
static size_t distance(struct str a, struct str b)
{
	size_t row[65];
	if (a.len > 64 || b.len > 64)
		return 64;
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t best = diagonal + (a.s[i - 1] != b.s[j - 1]);
			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b.len];
}

const char *mig_nearest(struct str word, const char *const *names)
{
	const char *best = NULL;
	size_t least = word.len / 2 + 1;
	if (least > 4)
		least = 4;
	for (; *names; names++) {
		struct str name = str_from(*names);
		size_t d = str_eq_nocase(word, name) ? 0 : distance(word, name);
		if (d < least) {
			least = d;
			best = *names;
		}
	}
	return best;
}

const char **mig_argv(struct arena *a, struct val v)
{
	size_t n = val_list_len(v);
	const char **argv = arena_array(a, n + 1, sizeof(*argv));
	for (size_t i = 0; i < n; i++)
		argv[i] = arena_text(a, val_str(val_list_at(v, i)));
	return argv;
}

struct str mig_digest(struct arena *a, struct str text)
{
	return digest_hex(a, DIGEST_SHA256, text);
}

struct str mig_files_digest(struct arena *a, const struct chart_files *files)
{
	struct buf all = BUF_INIT;
	for (size_t i = 0; i < files->len; i++)
		buf_printf(&all, "%.*s %.*s\n", STR_ARG(mig_digest(a, files->items[i].data)),
			STR_ARG(files->items[i].name));
	struct str sum = mig_digest(a, buf_str(&all));
	buf_release(&all);
	return sum;
}

struct err *mig_json(struct str *out, struct arena *a, struct val v, int flags)
{
	struct buf text = BUF_INIT;
	struct err *e = json_add(&text, a, v, flags);
	*out = arena_str(a, buf_str(&text));
	buf_release(&text);
	return e;
}

const char *mig_text(struct arena *a, struct val map, const char *key, const char *fallback)
{
	struct val v = val_get(map, key);
	return val_is_string(v) ? arena_text(a, val_str(v)) : fallback;
}

int64_t mig_int(struct val map, const char *key, int64_t fallback)
{
	struct val v = val_get(map, key);
	return v.kind == VAL_INT ? v.i : v.kind == VAL_FLOAT ? (int64_t)v.f : fallback;
}

void mig_list_printf(struct arena *a, struct val list, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	val_list_add(list, val_string(arena_vprintf(a, fmt, args)));
	va_end(args);
}

int64_t mig_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void mig_sleep(int64_t ms)
{
	int64_t until = mig_now() + ms;
	while (!mig_stop) {
		int64_t left = until - mig_now();
		if (left <= 0)
			return;
		/* A signal that comes just before the sleep is noticed at the end of the slice. */
		if (left > 200)
			left = 200;
		struct timespec t = { left / 1000, left % 1000 * 1000000 };
		nanosleep(&t, NULL);
	}
}

static struct err *glob_in(struct str_vec *out, struct arena *a, const char *dir, struct str pattern, int depth)
{
	struct str rest = pattern;
	struct str part = str_cut(&rest, '/');
	bool deep = str_is(part, "**");
	if (depth > 40)
		return NULL;
	if (deep && rest.len)
		TRY(glob_in(out, a, dir, rest, depth + 1));
	struct io_listing list;
	if (!io_is_dir(*dir ? dir : "."))
		return NULL;
	TRY(io_list(&list, a, dir));
	for (size_t i = 0; i < list.len; i++) {
		struct io_entry *e = &list.items[i];
		/* As in a shell: what is hidden must be asked for by its dot. */
		if (e->name[0] == '.' && (!part.len || part.s[0] != '.'))
			continue;
		if (!deep && chart_match(part, str_from(e->name)) != 1)
			continue;
		if (deep) {
			if (e->type == IO_DIR)
				TRY(glob_in(out, a, e->path, pattern, depth + 1));
			if (!rest.len)
				vec_push_in(a, out, str_from(e->path));
		} else if (rest.len) {
			TRY(glob_in(out, a, e->path, rest, depth + 1));
		} else {
			vec_push_in(a, out, str_from(e->path));
		}
	}
	return NULL;
}

struct err *mig_glob(struct str_vec *out, struct arena *a, struct str pattern)
{
	pattern = io_clean(a, pattern);
	if (str_count_char(pattern, '*') + str_count_char(pattern, '?') + str_count_char(pattern, '[') == 0) {
		if (io_exists(arena_text(a, pattern)))
			vec_push_in(a, out, pattern);
		return NULL;
	}
	if (pattern.s[0] == '/')
		return glob_in(out, a, "/", str_skip(pattern, 1), 0);
	return glob_in(out, a, "", pattern, 0);
}
