/* SPDX-License-Identifier: Apache-2.0 */
/* sums: the digests of locked archives, in a file beside Chart.lock that Helm does not look at. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"

/*
 * Chart.lock names versions; whether a version still has the bytes that it had when it was locked it cannot say. The file has lines
 * as sha256sum(1) writes them: "HEX  charts/NAME-VERSION.tgz", sorted. Archives packed from folders are not in it: those may change.
 */
#define SUMS_NAME "Chart.lock.sha256"

struct sum {
	struct str file; /* "NAME-VERSION.tgz" */
	struct str hex;
};

struct sums {
	struct sum *items;
	size_t len, cap;
};

/* Reads the file of a chart folder; no file is an empty list. */
struct err *sums_load(struct sums *out, struct arena *a, const char *dir) ERR_MUST;
/* The digest of an archive, or empty. */
struct str sums_find(const struct sums *s, struct str file);
/* Adds the digest of an archive. */
void sums_add(struct sums *s, struct arena *a, struct str file, struct str bytes);
/* Writes the file where it differs; an empty list removes it. */
struct err *sums_save(struct sums *s, struct arena *a, const char *dir) ERR_MUST;
