/* SPDX-License-Identifier: Apache-2.0 */
/* vendor: what the files of chart-vendor share. */
#pragma once

#include "cli/cli.h"
#include "journal/backup.h"
#include "journal/journal.h"
#include "merge/merge.h"
#include "net/access.h"
#include "value/value.h"

#define MANIFEST "chart-vendor.yaml"
#define LOCK "chart-vendor.lock"
#define STATE ".chart-vendor/state"
#define BASES ".chart-vendor/base"

enum source_kind { SOURCE_REPO, SOURCE_GIT, SOURCE_URL, SOURCE_PATH };

/* Where a chart comes from, as the manifest says it. */
struct source {
	enum source_kind kind;
	struct str repository, chart; /* SOURCE_REPO: URL or folder of the repository; name */
	struct str git, path, ref;    /* SOURCE_GIT: URL; folder in it; tag pattern, branch or commit */
	struct str url;               /* SOURCE_URL: of an archive */
	struct str local;             /* SOURCE_PATH: folder or archive */
	struct str keyring;           /* keys that upstream signs with; empty: it does not */
};

/* One chart of the manifest. */
struct entry {
	struct str path; /* of the copy, relative to the root */
	struct source source;
	struct str version; /* constraint; empty: any newer */
	struct str_vec exclude, environments;
	struct str keep; /* rules turned off, separated by commas */
	size_t index;    /* among the charts of the manifest */
};

/* What the lock says of a chart; all empty when it is not locked yet. */
struct locked {
	struct str chart, version, url, commit, digest, tree, added, signer;
	struct val files;       /* name -> sha256 of the pristine file */
	struct str_vec removed; /* files that were removed here before */
};

/* The repository that is worked on; the process stands in its top folder. */
struct repo {
	struct cli *cli;
	struct arena *arena;
	const char *prefix;    /* the folder the user stood in, relative to the top; "" or "a/b/" */
	struct str manifest;   /* text of chart-vendor.yaml; empty when there is none */
	struct str lock;       /* text of chart-vendor.lock */
	struct val lock_value; /* it, loaded; a map */
	struct {
		struct entry *items;
		size_t len, cap;
	} charts;
	struct known_index *indexes; /* those that were fetched; of indexes.c */
	struct known_list *lists;    /* what sources were found to have; of ahead.c */
	struct known_repos *known;   /* Helm's repositories; NULL: not read yet */
	bool silent;                 /* a copy for another thread: nothing is shown */
	struct cli_progress progress;
};

/* What a source offers. */
struct candidate {
	struct str version, app_version, created;
	struct str url, digest; /* of the archive */
	struct str commit, ref; /* SOURCE_GIT */
	struct str object;      /* SOURCE_GIT: of the tag, or the commit */
	bool deprecated;
	const void *entry; /* SOURCE_REPO: struct index_entry */
};

struct candidates {
	struct candidate *items; /* highest version first */
	size_t len, cap;
	void *handle; /* the source's own: index or repository */
	bool whole;   /* SOURCE_GIT: all of it had to be fetched */
};

/* A pristine upstream tree. */
struct pristine {
	struct merge_tree tree;
	struct str chart, version, url, commit, digest; /* digest: of the archive, "sha256:..." or empty */
	struct str tree_digest;                         /* of the tree, hex */
	struct str signer;                              /* whose signature was good; empty: none was looked at */
	struct str bytes, provenance;                   /* of the archive; empty for what comes from git or a folder */
	struct str ref;                                 /* SOURCE_GIT: the tag or branch it was found by */
	struct str signed_text, signature; /* SOURCE_GIT: of the tag or the commit, where there is a keyring */
};

/* Options that several verbs have. */
struct vendor_opts {
	const char *dir;     /* -C */
	const char *version; /* --version, --to */
	const char *output;  /* -o */
	const char *repo_url, *git_path, *ref;
	struct cli_list exclude, environments, from;
	bool outdated, exit_code, all, dry_run, commit, no_render, upstream, force, stat;
	struct net_access access;
	struct cli_list rules_off;
	int context;
	const char *branch, *layout;
	const char *keyring;
	bool offline;
};
extern struct vendor_opts vendor_opts;
extern const struct cli_verb vendor_verbs[];
extern const struct cli_opt vendor_tool_opts[];

/* repo.c */
/* Finds the top folder, goes there, reads manifest and lock. Without a manifest: ERR_NOT_FOUND unless `make`. */
struct err *repo_open(struct repo *out, struct cli *c, bool make) ERR_MUST;
/* A path that the user gave, relative to the top folder. */
struct err *repo_path(struct str *out, const struct repo *r, const char *path) ERR_MUST;
/* The chart whose copy is at `path`, or NULL. */
struct entry *repo_find(const struct repo *r, struct str path);
/* A path that the user gave, wherever it is, as it is from the top folder. */
const char *repo_outside(const struct repo *r, const char *path);
/* The charts that the arguments name: all without arguments, "-" reads paths from standard input. */
struct err *repo_select(struct entry ***out, size_t *n, struct repo *r, int nargs, char **args) ERR_MUST;
/* What the lock says of a chart. */
struct err *repo_locked(struct locked *out, const struct repo *r, const struct entry *e) ERR_MUST;
/* The text of the lock with one chart replaced (or removed, with a NULL `p`). */
struct err *repo_new_lock(struct str *out, const struct repo *r, struct str path, const struct pristine *p,
	const struct merge_tree *copy) ERR_MUST;
/* The text of the lock with one chart at another path. */
struct err *repo_moved_lock(struct str *out, const struct repo *r, struct str from, struct str to) ERR_MUST;
/* Refuses to go on while an update is unfinished. */
struct err *repo_must_be_idle(const struct repo *r) ERR_MUST;
/* A string as a YAML scalar that stays on its line. */
struct str yaml_word(struct arena *a, struct str s);

/* tree.c */
/* Reads a folder. A missing one is an empty tree. */
struct err *tree_read(struct merge_tree *out, struct arena *a, const char *dir) ERR_MUST;
/* Reads a chart archive; the folder that all files lie in is dropped. */
struct err *tree_unpack(struct merge_tree *out, struct arena *a, struct str bytes, const char *name) ERR_MUST;
/* Leaves out the files that match one of the patterns. */
void tree_exclude(struct merge_tree *t, struct arena *a, const struct str_vec *patterns);
/* The digest of a tree: over modes, names and contents. */
struct str tree_digest(struct arena *a, const struct merge_tree *t);
/* The digest of one file. */
struct str file_digest(struct arena *a, const struct merge_file *f);
/* The tree as an archive that is the same everywhere. */
struct err *tree_pack(struct str *out, struct arena *a, const struct merge_tree *t) ERR_MUST;
/* Reads the pristine tree that the lock names; ERR_DIGEST when it is not what was locked. */
struct err *tree_base(struct merge_tree *out, struct arena *a, const struct locked *l) ERR_MUST;
/* Name, version and deprecation that a tree's Chart.yaml gives. */
struct err *tree_chart(struct str *name, struct str *version, struct arena *a, const struct merge_tree *t) ERR_MUST;
/* In how many files, and lines of them, a copy differs from its base. */
struct edits {
	size_t files, added, removed; /* lines */
	size_t new_files, gone_files; /* of `files` */
};
/* Counts what a copy changed, in files and lines. */
void tree_edits(struct edits *out, const struct merge_tree *base, const struct merge_tree *copy);

/* add.c */
/* The manifest with one more chart at the end of its list; everything else keeps its bytes. */
struct err *manifest_extend(struct str *out, struct repo *r, const struct entry *e) ERR_MUST;

/* source.c */
/* Reads what `add` was given as SOURCE. */
struct err *source_parse(struct source *out, struct repo *r, const char *text) ERR_MUST;
/* A source in one line, for people. */
struct str source_text(struct arena *a, const struct source *s);
/* Lists what a source offers. */
struct err *source_list(struct candidates *out, struct repo *r, const struct source *s) ERR_MUST;
/* The newest candidate in the range (empty: any; prereleases only where named), or NULL. */
const struct candidate *source_newest(const struct candidates *c, struct arena *a, struct str range);
/* Fetches one. */
struct err *source_fetch(struct pristine *out, struct repo *r, const struct source *s, struct candidates *list,
	const struct candidate *c) ERR_MUST;
/* Fetches the version of a range, or the newest; `what` is named in errors. */
struct err *source_take(struct pristine *out, struct repo *r, const struct source *s, struct str range) ERR_MUST;
/* Fills in what listing left open of a candidate: the digest of an archive in a registry. */
struct err *source_settle(struct candidate *c, struct repo *r, const struct source *s) ERR_MUST;
/* Whether upstream published the locked version again with other content: another archive, or a tag that moved. */
bool source_changed(const struct source *s, const struct locked *l, const struct candidate *c);
/* The names of all charts of a repository. */
struct err *source_charts(struct str_vec *out, struct repo *r, const struct source *s) ERR_MUST;
/* When a version of a git source was made: its commit is fetched when it is not at hand. */
void source_date(struct candidate *c, struct repo *r, const struct source *s, struct candidates *list);
/* Brings all versions of a git source at hand with one request, for who is about to fetch each. */
struct err *source_fetch_all(struct candidates *list, struct repo *r, const struct source *s) ERR_MUST;
/* source_list() without ahead_listed(); `out` may have the handle of another list of the same git repository. */
struct err *source_ask(struct candidates *out, struct repo *r, const struct source *s) ERR_MUST;
/* Brings an archive into the cache. */
struct err *source_cache(struct repo *r, const struct source *s, const struct candidate *c) ERR_MUST;
/* Brings commits of a git source at hand. */
struct err *source_take_commits(
	struct candidates *list, struct repo *r, const struct source *s, const struct str *commits, size_t n) ERR_MUST;
/* Frees what the list holds. */
void source_close(struct candidates *c, const struct source *s);

/* standing.c: how a copy stands to its upstream */
struct standing {
	const struct entry *entry;
	struct locked locked;
	struct str allowed, newest; /* newest that may come in; newest at all */
	struct str created;         /* when the locked version was published; empty: upstream does not say */
	bool deprecated, outdated, republished;
	struct edits edits;
	bool missing;     /* no copy, or not locked */
	struct str fault; /* why upstream could not be asked, or the base not be read */
};
/* Looks at a copy, and with `ask` at its upstream. */
struct err *standing_get(struct standing *out, struct repo *r, const struct entry *e, bool ask) ERR_MUST;
/* Days between a time ("2026-01-31...") and now, which SOURCE_DATE_EPOCH sets; -1 when it is none. */
int64_t standing_age(struct str when);
/* "12 days", "8 months", "3 years"; empty for -1. */
struct str standing_age_text(struct arena *a, int64_t days);

struct index_repo;
struct net_opts;
struct vcs_auth;
struct known_repos;
/* Whether a source is a chart repository with an index, and how to reach that. */
bool source_has_index(const struct source *s);
struct index_repo source_repository(struct repo *r, const struct source *s);

/* reach.c */
/*
 * How to reach a URL: by the options of the command line, else by what Helm knows of a repository there or above (credentials,
 * certificates). Progress and retries are shown.
 */
struct net_opts reach(struct repo *r, struct str url);
/* How to reach an archive (and what belongs to it) of a source: credentials go to the source's own host only. */
struct net_opts reach_archive(struct repo *r, const struct source *s, struct str url);
/* How to reach a git repository. */
const struct vcs_auth *reach_git(struct repo *r, struct str url);
/* The repositories that Helm knows. */
const struct known_repos *reach_known(struct repo *r);

/* crew.c: several things at once */
/* One of them; `run` is called in a thread of its own, and leaves all else alone. */
struct crew_task {
	void (*run)(struct crew_task *t);
};
/* Runs the tasks, so many at once that neither servers nor people mind, and shows how far they are. */
void crew_run(struct cli *c, const char *what, struct crew_task **tasks, size_t n);

/* ahead.c: what several charts need is asked for side by side, whatever kind of source it is from */
/* Lists the sources of the charts; what goes wrong is told when source_list() is called, in the order of the charts. */
void ahead_list(struct repo *r, struct entry **charts, size_t n);
/* Lists them, and fetches into the cache what an update will take; failures show later. */
void ahead_fetch(struct repo *r, struct entry **charts, size_t n);
/* Whether a source was listed by ahead_list(): then what it gave, or the error. */
bool ahead_listed(struct err **e, struct candidates *out, struct repo *r, const struct source *s);

/* signature.c */
/* Checks upstream's signature where the source has a keyring, and sets `signer`; an error says what to do. */
struct err *signature_check(struct pristine *p, struct repo *r, const struct source *s) ERR_MUST;

/* indexes.c */
struct index;
/* Makes tasks that fetch the indexes of the charts' repositories which were not fetched yet; indexes_take() ends them. */
struct crew_task **indexes_tasks(size_t *len, struct repo *r, struct entry **charts, size_t n);
/* Reads what the tasks fetched; what went wrong is told by indexes_get(). */
void indexes_take(struct repo *r, struct crew_task **tasks, size_t n);
/* The index of a source's repository with what it has of the source's chart; fetched unless it was. */
struct err *indexes_get(const struct index **out, struct repo *r, const struct source *s) ERR_MUST;

/* change.c: a change of copy, base, lock and manifest that happens whole or not at all */
struct change {
	const char *verb; /* "update", as people are told of it */
	struct entry *entry;
	const struct pristine *to;         /* NULL: the pristine tree stays, or leaves the lock */
	const struct merge_tree *copy;     /* what the copy becomes; NULL: it is not written */
	bool gone;                         /* the copy is removed */
	struct str moved_to;               /* the copy moves there; empty: it stays */
	struct str from_version;           /* empty: a first copy */
	const struct merge_result *merged; /* NULL: no conflicts */
	struct str manifest;               /* new text; empty: stays */
	struct str lock;                   /* new text; empty: made from `to` and `copy` */
	struct str_vec news;               /* upstream's own words on what is new, for the commit */
	struct str_vec todo;               /* charts to be updated after this one */
	bool commit;                       /* it is committed afterwards: change_committed() ends it */
};
/* What is unfinished. */
struct pending {
	struct str verb, path, from, to, moved_to;
	struct str tree, old_tree; /* digests of the new and the old pristine tree; may be empty */
	struct val conflicts;      /* list of {file, line, path, kind, text} */
	struct val states;         /* how everything was */
	struct str_vec news, todo;
	bool gone;
	bool applied;  /* everything was written; conflicts wait for people */
	bool written;  /* only the commit is missing */
	bool aborting; /* it was being taken back */
	bool commit;
};
/* Writes a change. With conflicts it stays pending: `*done` is false, and lock and base come with change_finish(). */
struct err *change_apply(bool *done, struct repo *r, const struct change *c) ERR_MUST;
/* What is pending; `*is` is false when nothing is. */
struct err *change_pending(bool *is, struct pending *out, struct repo *r) ERR_MUST;
/* Completes an interrupted change, or one whose conflicts are settled. */
struct err *change_finish(struct repo *r) ERR_MUST;
/* Puts everything back as it was before. */
struct err *change_abort(struct repo *r) ERR_MUST;
/* Ends a change that was to be committed, and is. */
struct err *change_committed(struct repo *r) ERR_MUST;

/* diff.c */
/* Adds the difference of one file as a git patch; a NULL side is no file. `prefix` goes before the name. */
void diff_file(struct buf *out, struct arena *a, struct str prefix, const struct merge_file *old,
	const struct merge_file *new, bool color);

/* patch.c, patch_import.c */
/* The copy, its pristine tree and what the lock says. */
struct err *patch_sides(struct locked *l, struct merge_tree *base, struct merge_tree *copy, struct repo *r,
	const struct entry *e) ERR_MUST;
/* Takes the local edits from a folder. */
struct err *patch_import(struct cli *c) ERR_MUST;

/* effect.c */
/* Adds what a change means for the rendered manifests with each environment of a chart. */
struct err *effect_show(struct buf *out, struct repo *r, const struct entry *e, const struct merge_tree *old,
	const struct merge_tree *new, bool color) ERR_MUST;
/* Why a tree does not parse as a chart's file: for the merge. */
struct err *effect_check(void *ctx, struct str name, struct str text) ERR_MUST;

/* commit.c */
/* Whether git's HEAD has all below `path` as it is now; false without git. */
bool commit_holds(const struct repo *r, struct str path);
/* What a commit's message tells; all but the entry may be left out. */
struct telling {
	const char *verb;
	const struct entry *entry;
	struct str chart, from, to, moved_to;
	const struct merge_tree *old_base, *new_base, *copy;
	struct val conflicts; /* that were settled by hand: list of {file, path} */
	struct str_vec news;  /* upstream's own words */
};
/* Commits a chart's copy, base, lock and manifest. */
struct err *commit_change(struct repo *r, const struct telling *t) ERR_MUST;
/* Commits what change_apply() did, and ends it; when that fails the change stays, and the error says so. */
struct err *commit_applied(struct repo *r, const struct change *c, const struct merge_tree *old_base) ERR_MUST;
/* Makes the branch that commits go to, and goes there; fine when it was made before. */
struct err *commit_branch(const char *name) ERR_MUST;
/* Upstream's own words on a version: the annotation artifacthub.io/changes of its Chart.yaml, a line each. */
void commit_news(struct str_vec *out, struct arena *a, const struct merge_tree *t);

/* one per verb */
struct err *verb_add(struct cli *c) ERR_MUST;
struct err *verb_status(struct cli *c) ERR_MUST;
struct err *verb_update(struct cli *c) ERR_MUST;
struct err *verb_continue(struct cli *c) ERR_MUST;
struct err *verb_abort(struct cli *c) ERR_MUST;
struct err *verb_skip(struct cli *c) ERR_MUST;
struct err *verb_diff(struct cli *c) ERR_MUST;
struct err *verb_verify(struct cli *c) ERR_MUST;
struct err *verb_list(struct cli *c) ERR_MUST;
struct err *verb_reset(struct cli *c) ERR_MUST;
struct err *verb_rm(struct cli *c) ERR_MUST;
struct err *verb_prune(struct cli *c) ERR_MUST;
struct err *verb_adopt(struct cli *c) ERR_MUST;
struct err *verb_move(struct cli *c) ERR_MUST;
struct err *verb_graph(struct cli *c) ERR_MUST;
struct err *verb_patch(struct cli *c) ERR_MUST;
/* Updates the charts in order, stopping at the first with conflicts. */
struct err *update_charts(struct repo *r, struct entry **charts, size_t n) ERR_MUST;
