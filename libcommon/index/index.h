/* SPDX-License-Identifier: Apache-2.0 */
/* index: the list of a repository's charts, index.yaml. */
#pragma once

#include "base/map.h"
#include "base/vec.h"
#include "value/value.h"

/*
 *	entries:
 *	  NAME:
 *	  - {name, version, urls, digest, created, and the rest of Chart.yaml}
 *
 * Versions of a chart are sorted highest first, those of equal precedence in the order of the file. Entries without a
 * name or with a version that is none are left out, as Helm does, and counted. Everything lives in the arena given to
 * index_load(); the text need not outlive it.
 */
struct index_entry {
	struct str name, version;
	struct str app_version, description, created, digest; /* empty when absent */
	struct str_vec urls;
	bool deprecated;
	struct val fields; /* all keys of the entry with INDEX_FULL, else null */
};

struct index_chart {
	struct str name;
	struct index_entry *items; /* versions, highest first */
	size_t len, cap;
};

struct index {
	struct index_chart *items; /* in the order of the file */
	size_t len, cap;
	struct map by_name; /* name -> struct index_chart */
	struct str api_version;
	struct str generated;
	size_t skipped;           /* entries left out */
	struct str first_skipped; /* "NAME VERSION: why", of the first of them */
	struct str_vec others;    /* from index_load_some(): the names of all charts, when one was missed */
};

/* The charts of an index that are needed. */
struct index_want {
	const struct str *names; /* of charts; none: only the names of all are wanted, in `others` */
	size_t len;
	/* Called now and then: the first `upto` bytes will not be read soon. May be NULL. */
	void (*passed)(void *ctx, size_t upto);
	void *ctx;
};

enum index_flags {
	INDEX_FULL = 1, /* keep all keys of the entries */
};

/* Reads an index; `file` is for errors. An index without apiVersion is an error, as in Helm. JSON is YAML too. */
struct err *index_load(struct index *out, struct arena *a, struct str text, const char *file, int flags) ERR_MUST;
/*
 * Reads the wanted charts only, many times faster than the whole where the index is written as Helm and most tools write it;
 * memory is that of these charts. What an entry of another chart has wrong may then go unnoticed. An index written
 * otherwise is read whole and may give more charts than were asked for.
 */
struct err *index_load_some(
	struct index *out, struct arena *a, struct str text, const char *file, const struct index_want *want) ERR_MUST;
/* Who gets the charts of an index one after the other. */
struct index_visit {
	struct err *(*chart)(void *ctx, const struct index_chart *c); /* valid until it returns */
	void (*forget)(void *ctx); /* what was given so far counts no more: it begins again */
	void *ctx;
	/* As of struct index_want. */
	void (*passed)(void *ctx, size_t upto);
	void *passed_ctx;
};
/*
 * Reads an index chart by chart, in memory for one of them where the index is written as Helm and most tools write it. Entries
 * that are left out are not told of. `generated` (may be NULL) gets its time, in `a`. `flags` are those of index_load().
 */
struct err *index_each(struct str *generated, struct arena *a, struct str text, const char *file, int flags,
	const struct index_visit *v) ERR_MUST;
/* The versions of a chart, or NULL. */
const struct index_chart *index_find(const struct index *ix, struct str name);
/*
 * The highest version of `name` that satisfies the constraint; an empty one takes the highest that is no prerelease (with
 * `devel` also prereleases); a text that is one of the versions as it stands takes that. ERR_NOT_FOUND lists what there is.
 */
struct err *index_resolve(const struct index_entry **out, const struct index *ix, struct str name,
	struct str constraint, bool devel) ERR_MUST;
