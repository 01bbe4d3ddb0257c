/* SPDX-License-Identifier: Apache-2.0 */
/* git: fetch, read and commit, over libgit2, which is opened on first use. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

/*
 * A struct vcs is one repository, local or fetched into a bare cache. Revisions are whatever git
 * rev-parse takes ("v1.2", "HEAD~3", an id). Errors: ERR_NOT_FOUND for a repository, revision or path that is not
 * there, ERR_NET and ERR_AUTH for a remote, ERR_INPUT for the rest.
 */
struct vcs;

struct vcs_file {
	struct str name; /* path below the folder that was asked for */
	struct str data; /* content; of a link its target */
	unsigned mode;   /* 0644, 0755; 0120000 for a link */
};

struct vcs_files {
	struct vcs_file *items; /* bytewise order of names */
	size_t len, cap;
};

struct vcs_tag {
	struct str name;   /* without refs/tags/ */
	struct str commit; /* id of the commit it leads to, 40 hex digits */
	struct str object; /* id of the tag object, or the commit's where it has none */
	int64_t time;      /* of that commit */
};

struct vcs_tags {
	struct vcs_tag *items; /* bytewise order of names */
	size_t len, cap;
};

/* Opens the repository that `path` lies in (searching upwards). Close with vcs_close(). */
struct err *vcs_open(struct vcs **out, const char *path) ERR_MUST;
/* Closes it; NULL is fine. */
void vcs_close(struct vcs *v);
/* The top of the work tree, or NULL for a bare repository; valid until closed. */
const char *vcs_top(const struct vcs *v);

struct net_opts;
/* How to reach a repository elsewhere; all may be NULL. */
struct vcs_auth {
	const struct net_opts *net; /* http and https: credentials, certificates, limits of time */
	const char *user;           /* ssh, when the URL names none; NULL: "git" */
	const char *key_file;       /* ssh; NULL: the agent's keys, then ~/.ssh/id_ed25519, id_ecdsa, id_rsa */
};
/* Loads libgit2 and what it stands on: needed once before several threads use git. */
struct err *vcs_start(void) ERR_MUST;
/*
 * Fetches all branches and tags of `url` (file://, a path, a bundle file, https://, ssh://) into the bare repository `cache_dir`, making
 * it when missing, and opens that. Branches are under refs/heads, those gone upstream are dropped.
 */
struct err *vcs_fetch(struct vcs **out, const char *cache_dir, const char *url, const struct vcs_auth *auth) ERR_MUST;

/*
 * A repository elsewhere, of which only what is asked for is fetched. A repository on this machine (file://, a path) is read where
 * it is. Of others the references are listed, and commits are taken one deep, without their history, into the bare repository
 * CACHE_DIR.tips; where that cannot be (a bundle; a server that knows nothing of it; a revision that is neither reference nor
 * id) all is fetched into CACHE_DIR as vcs_fetch() does, and vcs_remote_is_whole() tells.
 */
struct vcs_remote;
/* Prepares; a local repository is opened, with others nothing is connected yet. What is given must outlive it. */
struct err *vcs_remote_open(
	struct vcs_remote **out, const char *cache_dir, const char *url, const struct vcs_auth *auth) ERR_MUST;
/* Ends it; NULL is fine. */
void vcs_remote_close(struct vcs_remote *r);
/* All tags with their commits, without fetching any; `time` is -1 where the commit is not at hand. */
struct err *vcs_remote_tags(struct vcs_tags *out, struct arena *a, struct vcs_remote *r) ERR_MUST;
/* The commit id of a tag, branch, "HEAD" or any revision; ERR_NOT_FOUND. */
struct err *vcs_remote_find(struct str *out, struct arena *a, struct vcs_remote *r, const char *rev) ERR_MUST;
/* Brings commits, or tag objects and what they lead to, at hand that are not, all at once. */
struct err *vcs_remote_take(struct vcs_remote *r, const struct str *ids, size_t n) ERR_MUST;
/* The repository that has what was taken; NULL before vcs_remote_take(). Valid until closed. */
struct vcs *vcs_remote_store(struct vcs_remote *r);
/* Whether all of a repository elsewhere had to be fetched. */
bool vcs_remote_is_whole(const struct vcs_remote *r);
/* What somebody signed: a tag object or a commit. */
struct vcs_signed {
	struct str text, signature; /* what was signed; in armour, empty when nobody did */
	struct str target;          /* id of the commit that a tag is for, or of the commit itself */
	struct str name;            /* of the tag; empty for a commit */
};
/* Takes an object with the given id apart into what is signed and the signature. ERR_INPUT for what is neither tag nor commit. */
struct err *vcs_signature(struct vcs_signed *out, struct arena *a, struct vcs *v, struct str id) ERR_MUST;
/* The same from the object's bytes: of a tag, else of a commit, whose `target` stays empty. For vcs_signature() and its tests. */
void vcs_signature_split(struct vcs_signed *out, struct arena *a, struct str bytes, bool is_tag);
/* Commit time of a commit that is at hand, or -1. */
int64_t vcs_commit_time(struct vcs *v, struct str commit);

/* All tags. */
struct err *vcs_tags(struct vcs_tags *out, struct arena *a, struct vcs *v) ERR_MUST;
/* The commit id of a revision. */
struct err *vcs_resolve(struct str *out, struct arena *a, struct vcs *v, const char *rev) ERR_MUST;
/* The name of the branch HEAD is on, or an empty str. */
struct str vcs_branch(struct arena *a, struct vcs *v);
/*
 * Makes a branch at HEAD and goes on with it; work tree and index stay. Fine when HEAD is on it already, ERR_CONFLICT when it is
 * there otherwise, ERR_USAGE when that is no name.
 */
struct err *vcs_start_branch(struct vcs *v, const char *name) ERR_MUST;
/* Reads the files below folder `path` ("" is the top) of a revision; at most `max_bytes` in all (0: 100 MiB). */
struct err *vcs_tree_at(struct vcs_files *out, struct arena *a, struct vcs *v, const char *rev, const char *path,
	size_t max_bytes) ERR_MUST;
/* The merge base of two revisions; ERR_NOT_FOUND when they have none. */
struct err *vcs_merge_base(struct str *out, struct arena *a, struct vcs *v, const char *x, const char *y) ERR_MUST;
/* Whether anything below `path` differs from HEAD or is untracked (ignored files do not count). */
struct err *vcs_is_dirty(bool *out, struct vcs *v, const char *path) ERR_MUST;
/*
 * Commits what the work tree has below `paths` (relative to the top; files removed there too) on the current branch,
 * leaving all else of the index as it is. Author and committer come from git's configuration or GIT_*_NAME and _EMAIL.
 */
struct err *vcs_commit_paths(struct str *id, struct arena *a, struct vcs *v, const char *const *paths, size_t n,
	const char *message) ERR_MUST;
