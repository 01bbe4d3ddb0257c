/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/backup.h"

#include "crypto/digest.h"
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Deeper trees than this are no folder of charts or manifests. */
#define DEPTH_MAX 64

struct saver {
	struct arena *a;
	const char *store; /* NULL: only describe */
};

/* One sync of the store's folder at the end makes all new names in it durable. */
static struct err *store_content(const struct saver *s, struct str sha, struct str content)
{
	const char *to = io_path(s->a, s->store, sha.s);
	struct stat st;
	/* Written atomically, so one that is there is whole. */
	if (stat(to, &st) == 0 && st.st_size == (off_t)content.len)
		return NULL;
	return io_write_atomic(to, content, 0600);
}

static struct val mode_text(struct arena *a, mode_t mode)
{
	return val_string(arena_printf(a, "%04o", (unsigned)(mode & 07777)));
}

static struct err *see(struct val *out, const struct saver *s, const char *path, int depth);

static struct err *see_file(struct val out, const struct saver *s, const char *path, mode_t mode)
{
	struct str content;
	TRY(io_read(&content, s->a, path, (size_t)1 << 30));
	struct str sha = digest_hex(s->a, DIGEST_SHA256, content);
	val_set(out, "mode", mode_text(s->a, mode));
	val_set(out, "sha256", val_string(sha));
	return s->store ? store_content(s, sha, content) : NULL;
}

static struct err *see_folder(struct val out, const struct saver *s, const char *path, mode_t mode, int depth)
{
	if (depth > DEPTH_MAX)
		return err_new(ERR_LIMIT, "%s: more than %d folders deep", path, DEPTH_MAX);
	struct io_listing list;
	TRY(io_list(&list, s->a, path));
	struct val entries = val_list(s->a, list.len);
	for (size_t i = 0; i < list.len; i++) {
		struct val one;
		TRY(see(&one, s, list.items[i].path, depth + 1));
		val_set(one, "path", val_text(list.items[i].name));
		val_list_add(entries, one);
	}
	val_set(out, "mode", mode_text(s->a, mode));
	val_set(out, "entries", entries);
	return NULL;
}

static struct err *see_link(struct val out, const struct saver *s, const char *path)
{
	char target[4096];
	ssize_t n = readlink(path, target, sizeof(target));
	if (n < 0 || (size_t)n == sizeof(target))
		return err_errno(n < 0 ? errno : ENAMETOOLONG, "read the link %s", path);
	val_set(out, "target", val_string(arena_str(s->a, (struct str){ target, (size_t)n })));
	return NULL;
}

/* The topmost parent of an absent path that is absent too; empty when its parent is there. */
static struct str topmost_missing(struct arena *a, const char *path)
{
	struct str found = { 0 };
	struct stat st;
	for (struct str dir = str_dir_name(str_from(path)); dir.len; dir = str_dir_name(dir)) {
		if (lstat(arena_text(a, dir), &st) == 0)
			break;
		found = dir;
	}
	return found;
}

static struct err *see(struct val *out, const struct saver *s, const char *path, int depth)
{
	struct stat st;
	*out = val_map(s->a);
	val_set(*out, "path", val_string(arena_str(s->a, str_from(path))));
	if (lstat(path, &st) < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			return err_errno(errno, "stat %s", path);
		val_set(*out, "type", val_text("absent"));
		struct str made = topmost_missing(s->a, path);
		if (made.len)
			val_set(*out, "made", val_string(arena_str(s->a, made)));
		return NULL;
	}
	if (S_ISREG(st.st_mode)) {
		val_set(*out, "type", val_text("file"));
		return see_file(*out, s, path, st.st_mode);
	}
	if (S_ISDIR(st.st_mode)) {
		val_set(*out, "type", val_text("folder"));
		return see_folder(*out, s, path, st.st_mode, depth);
	}
	if (S_ISLNK(st.st_mode)) {
		val_set(*out, "type", val_text("link"));
		return see_link(*out, s, path);
	}
	return err_new(ERR_INPUT, "%s is neither a file nor a folder nor a link", path);
}

struct err *journal_state(struct val *out, struct arena *a, const char *path)
{
	return see(out, &(struct saver){ a, NULL }, path, 0);
}

struct err *journal_save(struct val *out, struct arena *a, const char *store, const char *path)
{
	TRY(io_make_dirs(store));
	TRY(see(out, &(struct saver){ a, store }, path, 0));
	return io_sync_dir(store);
}

bool journal_state_eq(struct val a, struct val b)
{
	/* `made` tells about parents, not about the path. */
	if (str_is(val_get_str(a, "type"), "absent"))
		return str_is(val_get_str(b, "type"), "absent") && val_equal(val_get(a, "path"), val_get(b, "path"));
	return val_equal(a, b);
}

/* Walks a state and makes sure that every content is in the store and right. */
static struct err *check(struct arena *a, const char *store, struct val state, int depth)
{
	struct str type = val_get_str(state, "type");
	if (depth > DEPTH_MAX)
		return err_new(ERR_LIMIT, "a state is more than %d folders deep", DEPTH_MAX);
	if (str_is(type, "folder"))
		val_list_each (one, val_get(state, "entries"))
			TRY(check(a, store, *one, depth + 1));
	if (!str_is(type, "file"))
		return NULL;
	struct arena_mark mark = arena_mark(a);
	struct str sha = val_get_str(state, "sha256");
	struct str content;
	TRY(io_read(&content, a, io_path(a, store, arena_text(a, sha)), (size_t)1 << 30));
	bool fits = str_eq(digest_hex(a, DIGEST_SHA256, content), sha);
	arena_rewind(a, mark);
	if (!fits)
		return err_new(ERR_DIGEST, "backup %.*s in %s is damaged", STR_ARG(sha), store);
	return NULL;
}

static mode_t mode_of(struct val state)
{
	struct str text = val_get_str(state, "mode");
	char digits[8] = "";
	memcpy(digits, text.s ? text.s : "", text.len < 7 ? text.len : 7);
	return (mode_t)strtoul(digits, NULL, 8) & 07777;
}

static struct err *set_mode(const char *path, mode_t mode)
{
	struct stat st;
	if (stat(path, &st) == 0 && (st.st_mode & 07777) == mode)
		return NULL;
	return chmod(path, mode) < 0 ? err_errno(errno, "chmod %s", path) : NULL;
}

/* Removes what is not of that type, so that the right one can take its place. */
static struct err *clear_way(const char *path, mode_t wanted)
{
	struct stat st;
	if (lstat(path, &st) < 0 || (st.st_mode & S_IFMT) == wanted)
		return NULL;
	return io_remove(path);
}

static struct err *put_file(struct arena *a, const char *store, const char *path, struct val state)
{
	TRY(clear_way(path, S_IFREG));
	struct str sha = val_get_str(state, "sha256");
	struct str content, now;
	TRY(io_read(&content, a, io_path(a, store, arena_text(a, sha)), (size_t)1 << 30));
	struct stat st;
	bool same = stat(path, &st) == 0 && st.st_size == (off_t)content.len;
	if (same) {
		TRY(io_read(&now, a, path, (size_t)1 << 30));
		same = str_eq(now, content);
	}
	if (!same)
		TRY(io_write_atomic(path, content, mode_of(state)));
	return set_mode(path, mode_of(state));
}

static struct err *put(struct arena *a, const char *store, const char *path, struct val state);

static bool is_listed(struct val entries, const char *name)
{
	val_list_each (one, entries)
		if (str_is(val_get_str(*one, "path"), name))
			return true;
	return false;
}

static struct err *put_folder(struct arena *a, const char *store, const char *path, struct val state)
{
	TRY(clear_way(path, S_IFDIR));
	TRY(io_make_dirs(path));
	mode_t mode = mode_of(state);
	/* Writable while it is filled; its own mode comes last. */
	TRY(set_mode(path, mode | S_IRWXU));
	struct val entries = val_get(state, "entries");
	struct io_listing list;
	TRY(io_list(&list, a, path));
	for (size_t i = 0; i < list.len; i++)
		if (!is_listed(entries, list.items[i].name))
			TRY(io_remove(list.items[i].path));
	val_list_each (one, entries) {
		const char *name = arena_text(a, val_get_str(*one, "path"));
		TRY(put(a, store, io_path(a, path, name), *one));
	}
	TRY(set_mode(path, mode));
	return io_sync_dir(path);
}

static struct err *put_link(struct arena *a, const char *path, struct val state)
{
	const char *target = arena_text(a, val_get_str(state, "target"));
	char now[4096];
	ssize_t n = readlink(path, now, sizeof(now));
	if (n >= 0 && str_is((struct str){ now, (size_t)n }, target))
		return NULL;
	TRY(io_remove(path));
	return symlink(target, path) < 0 ? err_errno(errno, "link %s", path) : NULL;
}

static struct err *put_absence(struct arena *a, const char *path, struct val state)
{
	TRY(io_remove(path));
	struct str made = val_get_str(state, "made");
	struct str dir = str_dir_name(str_from(path));
	while (made.len && dir.len >= made.len) {
		/* A parent that holds something else by now stays. */
		if (rmdir(arena_text(a, dir)) < 0 && errno != ENOENT)
			break;
		dir = str_dir_name(dir);
	}
	while (dir.len && !io_is_dir(arena_text(a, dir)))
		dir = str_dir_name(dir);
	return io_sync_dir(dir.len ? arena_text(a, dir) : path[0] == '/' ? "/" : ".");
}

static struct err *put(struct arena *a, const char *store, const char *path, struct val state)
{
	struct str type = val_get_str(state, "type");
	if (str_is(type, "absent"))
		return put_absence(a, path, state);
	if (str_is(type, "file"))
		return put_file(a, store, path, state);
	if (str_is(type, "folder"))
		return put_folder(a, store, path, state);
	if (str_is(type, "link"))
		return put_link(a, path, state);
	return err_new(ERR_INPUT, "a state has the unknown type \"%.*s\"", STR_ARG(type));
}

struct err *journal_restore(struct arena *a, const char *store, struct val state)
{
	struct str path = val_get_str(state, "path");
	if (!path.len)
		return err_new(ERR_INPUT, "a state names no path");
	struct err *e = check(a, store, state, 0);
	if (!e && !str_is(val_get_str(state, "type"), "absent")) {
		struct str dir = str_dir_name(path);
		e = io_make_dirs(arena_text(a, dir));
	}
	if (!e)
		e = put(a, store, arena_text(a, path), state);
	return e ? err_wrap(e, "restore %.*s", STR_ARG(path)) : NULL;
}
