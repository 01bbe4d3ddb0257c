/* SPDX-License-Identifier: Apache-2.0 */
/* pkt: the lines between git and a server that libgit2 1.5 does not know: fetching one commit deep. For git/ alone. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

/*
 * Git's protocol is made of packets: four hex digits that count themselves and what follows, or "0000", a flush. A client that
 * wants a shallow fetch adds two kinds of packets to its request, and the server puts a list before its answer:
 *
 *	> 0032want ID capabilities   > 0035shallow ID   > 000ddeepen 1   > 0000   > 0032have ID   > 0009done
 *	< 0034shallow ID   < 0000   < 0008NAK   < the pack
 *
 * libgit2 writes the wants, the flush and "done", and reads from NAK on; what is between is put in and taken out here. With
 * libgit2 1.7, whose git_fetch_options have a depth, all of this can go.
 */

/* Whether the references that a server tells of come with a capability, which follows the first of them behind a NUL. */
bool vcs_pkt_has(struct str advertised, const char *capability);
/*
 * Adds a request to `out` with a depth of one asked for. `have`: ids of commits that are at hand one deep, so that their files are
 * not sent again. What is no request for a pack is added as it is; `*asked` tells.
 */
void vcs_pkt_deepen(struct buf *out, bool *asked, struct str request, const struct str_vec *have);

/* An answer as it comes in. The zero value is ready for use. */
struct vcs_pkt_answer {
	struct buf head;    /* a packet that is not whole yet */
	struct str_vec cut; /* ids of the commits whose parents were not sent */
	bool past;          /* the list is over: the rest is libgit2's */
};
/* Takes a piece of an answer, in which `cut` is kept, and adds to `out` what is for libgit2. ERR_LIMIT: a list without an end. */
struct err *vcs_pkt_take(struct vcs_pkt_answer *x, struct arena *a, struct buf *out, struct str piece) ERR_MUST;
/* Frees what is not in the arena. */
void vcs_pkt_release(struct vcs_pkt_answer *x);
