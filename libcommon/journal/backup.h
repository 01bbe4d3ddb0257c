/* SPDX-License-Identifier: Apache-2.0 */
/* backup: how files and folders were, kept so that they can be put back byte for byte. */
#pragma once

#include "value/value.h"

/*
 * A state describes one path: absent, a file (mode, size, digest), a link (target) or a folder (mode, entries). It is
 * a plain value, meant for the "begin" record of a journal:
 *
 *	{"path":"values.yaml","type":"file","mode":"0644","sha256":"..."}
 *	{"path":"clusters/dev/new","type":"absent","made":"clusters/dev"}
 *
 * `made` of an absent path is its topmost parent that is missing too: putting absence back also removes such parents,
 * but only when nothing else is in them. A store is a folder of contents named by their SHA-256, each fsynced; equal
 * contents are kept once. Times and owners are not kept. Sockets, FIFOs and devices are ERR_INPUT.
 */

/* Describes `path` as it is now, without copying anything. */
struct err *journal_state(struct val *out, struct arena *a, const char *path) ERR_MUST;
/* The same, and copies all contents into `store` (made when missing); they are durable when it returns. */
struct err *journal_save(struct val *out, struct arena *a, const char *store, const char *path) ERR_MUST;
/* Whether two states say the same. */
bool journal_state_eq(struct val a, struct val b);
/*
 * Puts a state back: contents, modes, links, and what was not there is removed. All contents are read from `store` and checked
 * before anything is touched (ERR_NOT_FOUND, ERR_DIGEST). Doing it twice changes nothing.
 */
struct err *journal_restore(struct arena *a, const char *store, struct val state) ERR_MUST;
