/* SPDX-License-Identifier: Apache-2.0 */
/* wire: how libgit2 reaches a server: http(s) through net/, ssh and git:// through libgit2 itself, one commit deep when asked. For git/ alone. */
#pragma once

#include "git/lib.h"
#include "git/pkt.h"

#include <git2/sys/transport.h>

/* One remote's connections. What they have to say lives in `arena`. */
struct vcs_wire {
	struct arena *arena;
	const struct vcs_auth *auth; /* may be NULL */
	int asked;                   /* for credentials so far */
	bool deepen;                 /* the next request for a pack is to be one commit deep */
	bool deepening;              /* it was, and the list of cut commits is still to be taken out */
	struct str_vec have;         /* commits that are at hand one deep */
	struct buf advertised;       /* the beginning of what the server told of itself */
	struct vcs_pkt_answer answer;
	const char *base;  /* http: where the repository is, after redirects; NULL: not asked yet */
	struct err *fault; /* what failed here, for libgit2 only has texts; NULL: nothing */
};

/* Whether a URL is one that this is for; of others libgit2 thinks by itself. */
bool vcs_wire_is_for(const char *url);
/* Sets the callbacks of a connection: credentials, certificates, and this wire. `w` must live as long as the remote. */
void vcs_wire_callbacks(git_remote_callbacks *out, struct vcs_wire *w);
/* Frees what is not in the arena. */
void vcs_wire_release(struct vcs_wire *w);
/* What failed: the wire's own error, or libgit2's behind the message. */
struct err *vcs_wire_error(struct vcs_wire *w, int code, const char *what, const char *url) ERR_MUST;

/* auth.c: gives credentials for ssh (agent, key files) when libgit2 asks. `payload` is a struct vcs_wire. */
int vcs_give_credentials(
	git_credential **out, const char *url, const char *user_from_url, unsigned allowed, void *payload);
