/* SPDX-License-Identifier: Apache-2.0 */
/* journal: a durable record of what was begun, done and undone. */
#pragma once

#include "value/value.h"

/*
 * A journal is an append-only file of JSON Lines, one record a line, numbered from 1:
 *
 *	{"seq":3,"time":"2026-01-31T09:15:02Z","step":"1-install","phase":"begin","data":{...},"sum":"9ae0daaf"}
 *
 * `sum` is the CRC-32 of everything in the line before it. A record is on disk (fsync) when journal_add() returns, so what is
 * announced by a record happens after it, and what a record reports has happened before it. Only the last record can be
 * torn by a crash: one that is incomplete or whose sum is wrong is dropped. Any earlier record that is not right is
 * an error (ERR_DIGEST) with its line: a journal is never guessed at. Keeping two writers apart is the caller's
 * work (io/lock.h). Secrets must not be put into a record, and no map of
 * its data may begin with the key "seq", which tells records apart.
 */
struct journal_record {
	uint64_t seq;     /* from 1 */
	struct str time;  /* UTC, RFC 3339 */
	struct str step;  /* which step; empty for the run as a whole */
	struct str phase; /* what happened: "begin", "done", ... */
	struct val data;  /* whatever belongs to it; null when nothing does */
};

/* Where a journal kills its own process, for tests of what follows a crash. */
enum journal_crash {
	JOURNAL_CRASH_BEFORE, /* nothing of the record is written */
	JOURNAL_CRASH_TORN,   /* half of it is written */
	JOURNAL_CRASH_AFTER,  /* all of it is on disk */
};

struct journal_opts {
	unsigned crash_at;            /* SIGKILL at the n-th record that this process adds; 0: never */
	enum journal_crash crash_how; /* where in it */
};

struct journal {
	int fd; /* -1: opened for reading only, or closed */
	const char *path;
	struct arena *arena;            /* of path and records */
	struct journal_record *records; /* all that are whole, those added since included */
	size_t len, cap;
	bool torn;      /* a torn last record was dropped on opening */
	unsigned added; /* records that this process added */
	struct journal_opts opts;
};

/* Opens for adding; makes the file when it is missing. A torn end is cut off on disk. `o` may be NULL. */
struct err *journal_open(struct journal *out, struct arena *a, const char *path, const struct journal_opts *o) ERR_MUST;
/* Reads only, changing nothing; fine while another process adds. A missing file is ERR_NOT_FOUND. */
struct err *journal_load(struct journal *out, struct arena *a, const char *path) ERR_MUST;
/* Adds a record and waits until it is on disk. After an error the journal must not be used further. */
struct err *journal_add(struct journal *j, struct str step, struct str phase, struct val data) ERR_MUST;
/* The last record of a step with that phase, or NULL. */
const struct journal_record *journal_find(const struct journal *j, struct str step, const char *phase);
/* Closes the file; records stay readable for as long as the arena lives. */
void journal_close(struct journal *j);
