/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal.h"

#include "base/vec.h"
#include "io/file.h"
#include "json/json.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* What a journal may grow to before it is refused: far more than any run writes. */
#define JOURNAL_MAX ((size_t)256 << 20)

/* CRC-32 of IEEE 802.3, bit by bit: lines are short. */
static uint32_t crc32_of(struct str s)
{
	uint32_t crc = 0xFFFFFFFFu;
	for (size_t i = 0; i < s.len; i++) {
		crc ^= (unsigned char)s.s[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? 0xEDB88320u : 0);
	}
	return ~crc;
}

#define SUM_KEY ",\"sum\":\""
#define SUM_TAIL_LEN (sizeof(SUM_KEY) - 1 + 8 + 2) /* ,"sum":"xxxxxxxx"} */

static struct err *format_record(struct buf *out, struct arena *scratch, const struct journal_record *r)
{
	size_t from = out->len;
	buf_printf(out, "{\"seq\":%llu,\"time\":", (unsigned long long)r->seq);
	json_add_str(out, r->time, JSON_RAW);
	buf_puts(out, ",\"step\":");
	json_add_str(out, r->step, JSON_RAW);
	buf_puts(out, ",\"phase\":");
	json_add_str(out, r->phase, JSON_RAW);
	if (!val_is_null(r->data)) {
		buf_puts(out, ",\"data\":");
		TRY(json_add(out, scratch, r->data, JSON_RAW | JSON_ORDERED));
	}
	uint32_t sum = crc32_of(str_skip(buf_str(out), from));
	buf_printf(out, SUM_KEY "%08lx\"}\n", (unsigned long)sum);
	return NULL;
}

/* Whether a line (without its newline) carries the right sum. */
static bool sum_fits(struct str line)
{
	if (line.len <= SUM_TAIL_LEN)
		return false;
	struct str body = str_slice(line, 0, line.len - SUM_TAIL_LEN);
	char want[SUM_TAIL_LEN + 1];
	snprintf(want, sizeof(want), SUM_KEY "%08lx\"}", (unsigned long)crc32_of(body));
	return str_is(str_skip(line, body.len), want);
}

static struct err *parse_record(struct journal_record *out, struct arena *a, struct str line)
{
	struct val v;
	TRY(json_load(&v, a, line));
	struct val seq = val_get(v, "seq");
	*out = (struct journal_record){
		.seq = seq.kind == VAL_FLOAT && seq.f > 0 ? (uint64_t)seq.f : 0,
		.time = val_get_str(v, "time"),
		.step = val_get_str(v, "step"),
		.phase = val_get_str(v, "phase"),
		.data = val_get(v, "data"),
	};
	if (out->data.kind == VAL_INVALID)
		out->data = VAL_NIL;
	return NULL;
}

static void keep(struct journal *j, struct journal_record r)
{
	if (j->len == j->cap) {
		j->cap = j->cap ? j->cap * 2 : 32;
		j->records = arena_regrow(j->arena, j->records, j->len, j->cap, sizeof(r));
	}
	j->records[j->len++] = r;
}

/* Reads all records of `text`; `*whole` is how many of its bytes they take. */
static struct err *parse_all(struct journal *j, struct str text, size_t *whole)
{
	*whole = 0;
	int number = 0;
	for (struct str rest = text; rest.len;) {
		struct str line = str_cut(&rest, '\n');
		number++;
		bool last = !rest.len;
		struct journal_record r;
		if ((last && !rest.s) || !sum_fits(line)) {
			/* Two records in one line: it is a newline that was damaged, not an end that was torn. */
			bool merged = line.len && str_has(str_skip(line, 1), STR("{\"seq\":"));
			j->torn = last && !merged;
			if (j->torn)
				return NULL;
			return err_at(err_new(ERR_DIGEST, "record is damaged: its checksum does not fit"), j->path,
				number, 1);
		}
		struct err *e = parse_record(&r, j->arena, line);
		if (!e && r.seq != j->len + 1)
			e = err_new(ERR_DIGEST, "record %llu stands where %zu should be", (unsigned long long)r.seq,
				j->len + 1);
		if (e)
			return err_at(e, j->path, number, 1);
		keep(j, r);
		*whole = (size_t)(line.s + line.len + 1 - text.s);
	}
	return NULL;
}

static struct err *load(struct journal *out, struct arena *a, const char *path, size_t *whole, size_t *size)
{
	*out = (struct journal){ .fd = -1, .arena = a, .path = arena_text(a, str_from(path)) };
	struct str text;
	TRY(io_read(&text, a, path, JOURNAL_MAX));
	*size = text.len;
	return parse_all(out, text, whole);
}

struct err *journal_load(struct journal *out, struct arena *a, const char *path)
{
	size_t whole, size;
	return load(out, a, path, &whole, &size);
}

static struct err *create(const char *path, struct arena *a)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
	if (fd < 0)
		return err_errno(errno, "create %s", path);
	close(fd);
	struct str dir = str_dir_name(str_from(path));
	return io_sync_dir(dir.len ? arena_text(a, dir) : path[0] == '/' ? "/" : ".");
}

static struct err *cut_torn_end(struct journal *j, size_t whole, size_t size)
{
	if (whole == size)
		return NULL;
	if (ftruncate(j->fd, (off_t)whole) < 0 || fsync(j->fd) < 0)
		return err_errno(errno, "cut the torn end off %s", j->path);
	return NULL;
}

struct err *journal_open(struct journal *out, struct arena *a, const char *path, const struct journal_opts *o)
{
	TRY(create(path, a));
	size_t whole, size;
	TRY(load(out, a, path, &whole, &size));
	if (o)
		out->opts = *o;
	out->fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
	if (out->fd < 0)
		return err_errno(errno, "open %s", path);
	struct err *e = cut_torn_end(out, whole, size);
	if (e)
		journal_close(out);
	return e;
}

static struct str timestamp(struct arena *a)
{
	char text[32];
	time_t now = time(NULL);
	struct tm tm;
	gmtime_r(&now, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return arena_str(a, str_from(text));
}

/* Dies here when a test asked for it. */
static void maybe_crash(struct journal *j, enum journal_crash where)
{
	if (j->opts.crash_at && j->added + 1 == j->opts.crash_at && j->opts.crash_how == where)
		raise(SIGKILL);
}

static struct err *write_record(struct journal *j, struct str line)
{
	maybe_crash(j, JOURNAL_CRASH_BEFORE);
	/* One write unless a test wants a torn one. */
	bool tear = j->opts.crash_how == JOURNAL_CRASH_TORN && j->opts.crash_at;
	size_t half = tear ? line.len / 2 : 0;
	TRY(io_write_fd(j->fd, str_slice(line, 0, half), j->path));
	maybe_crash(j, JOURNAL_CRASH_TORN);
	TRY(io_write_fd(j->fd, str_skip(line, half), j->path));
	if (fsync(j->fd) < 0)
		return err_errno(errno, "fsync %s", j->path);
	maybe_crash(j, JOURNAL_CRASH_AFTER);
	return NULL;
}

struct err *journal_add(struct journal *j, struct str step, struct str phase, struct val data)
{
	struct journal_record r = {
		.seq = j->len + 1,
		.time = timestamp(j->arena),
		.step = arena_str(j->arena, step),
		.phase = arena_str(j->arena, phase),
		.data = data.kind == VAL_INVALID ? VAL_NIL : data,
	};
	struct buf line = BUF_INIT;
	struct err *e = format_record(&line, j->arena, &r);
	if (!e)
		e = write_record(j, buf_str(&line));
	buf_release(&line);
	if (e)
		return err_wrap(e, "journal");
	j->added++;
	keep(j, r);
	return NULL;
}

const struct journal_record *journal_find(const struct journal *j, struct str step, const char *phase)
{
	for (size_t i = j->len; i-- > 0;)
		if (str_eq(j->records[i].step, step) && str_is(j->records[i].phase, phase))
			return &j->records[i];
	return NULL;
}

void journal_close(struct journal *j)
{
	if (j->fd >= 0)
		close(j->fd);
	j->fd = -1;
}
