/* SPDX-License-Identifier: Apache-2.0 */
/* merge: two descendants of one text, one YAML file or one chart, brought together. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"

/*
 * "base" is the common ancestor (the pristine upstream tree that was copied), "ours" the local copy, "theirs" the new
 * upstream. The rules, from the outside in:
 *
 *	what one side left as it was      the other side's, byte for byte
 *	the same on both sides            that
 *	a file moved on one side          edits of the other side move along
 *	YAML without templates            by structure: maps by key, lists of named things by name, other lists by
 *	                                  item, block scalars by line, scalars as a whole; comments never conflict
 *	JSON, also in blocks of text      by structure: objects by key, lists by item; strings by word
 *	all else that is text             by line; where lines conflict, finer: neighbouring lines, words of one line
 *	everything that is left           a conflict: marked in the text, and listed
 *
 * The result is ours' text with edits, never printed anew: line ends, indentation and order stay ours. Everything in a
 * result lives in the arena given; names and bytes may point into the inputs, which must live as long. Conflicts and
 * notes are data, not errors; an error is ERR_LIMIT or ERR_INTERNAL only.
 */
struct merge_file {
	struct str name; /* path in the tree, '/' between parts */
	struct str data;
	unsigned mode; /* permission bits; 0 counts as 0644 */
};

struct merge_tree {
	struct merge_file *items; /* bytewise order of names in results; any order in inputs */
	size_t len, cap;
};

/* The file of that name in a sorted tree, or NULL. */
struct merge_file *merge_tree_find(const struct merge_tree *t, struct str name);
/* Orders the files by name. */
void merge_tree_sort(struct merge_tree *t);

enum merge_kind {
	MERGE_TEXT,          /* both sides changed the same lines */
	MERGE_BOTH_CHANGED,  /* both changed a value, differently */
	MERGE_BOTH_ADDED,    /* both added a key or file, with different content */
	MERGE_REMOVED_THERE, /* removed upstream, edited here */
	MERGE_REMOVED_HERE,  /* removed here, edited upstream */
	MERGE_TYPE_CHANGED,  /* scalar, list or map became another of these on one side, the other side edited it */
	MERGE_BINARY,        /* both changed a file that is not text */
	MERGE_RENAMED,       /* both moved a file, to different places; or moved there and removed here */
	MERGE_BROKEN,        /* merged without conflict, but what came out does not parse */
};
/* A kind in words: "both changed", "removed upstream, edited here". */
const char *merge_kind_text(enum merge_kind kind);

struct merge_conflict {
	struct str file;
	struct str path; /* "controller.image.tag"; empty when the conflict is not at a key */
	int line;        /* in the merged file: of the marker, or of the key; 0: the file as a whole */
	enum merge_kind kind;
};

/* Why something was decided that a plain merge would not have decided so. */
enum merge_rule {
	MERGE_RULE_MIRROR,  /* a registry set here stays */
	MERGE_RULE_REMOVED, /* removed here, changed there: stays removed */
	MERGE_RULE_RENAME,  /* an edit followed a file that upstream moved */
	MERGE_RULE_LIST,    /* both added items at one place of a list: both are in, upstream's first */
	MERGE_RULE_FINE,    /* neighbouring lines, insertions at one place, or words of one line, came together */
	MERGE_RULE_CHART,   /* a local name or version of the chart stays */
	MERGE_RULE_BUMP, /* both raised a version: the higher one, unless upstream alone went to another major version */
	MERGE_RULE_LOCK,   /* a lock follows the dependencies that came out */
	MERGE_RULE_JSON,   /* JSON came together by what it says, not by its lines */
	MERGE_RULE_EXPORT, /* a number that every export of a dashboard changes */
	MERGE_RULE_PLACE,  /* a namespace set here stays */
	MERGE_RULE_DOCS,   /* a document written anew here stays; tables and badges follow what came out */
	MERGE_RULE_MOVED,  /* perhaps: a value that upstream removed here has a new place there */
};
/* The name by which a rule is turned off: "mirror", "removed", ... */
const char *merge_rule_name(enum merge_rule rule);

struct merge_note {
	struct str file;
	struct str path; /* may be empty */
	enum merge_rule rule;
	struct str text; /* one line for people */
};

enum merge_favor {
	MERGE_FAVOR_NONE,   /* a conflict is marked */
	MERGE_FAVOR_OURS,   /* a conflict is still listed, but the text takes ours */
	MERGE_FAVOR_THEIRS, /* the same with theirs */
};

/* Whether what a merge made of file `name` is well formed; NULL when it is. Called only for files that merged cleanly. */
typedef struct err *(*merge_check_fn)(void *ctx, struct str name, struct str text);

struct merge_opts {
	const char *ours_name;   /* behind "<<<<<<< "; NULL: "ours" */
	const char *theirs_name; /* behind ">>>>>>> "; NULL: "upstream" */
	enum merge_favor favor;
	/*
	 * Removals that were here before ("file", or "file:key.path"): they stay, where otherwise an edit upstream makes
	 * them a conflict. NULL: none is on record.
	 */
	const struct str_vec *removed;
	unsigned rules_off;   /* bits 1 << enum merge_rule: these do not apply; what they would decide is a conflict */
	merge_check_fn check; /* NULL: none */
	void *check_ctx;
};

struct merge_result {
	struct merge_tree tree;
	struct {
		struct merge_conflict *items;
		size_t len, cap;
	} conflicts;
	struct {
		struct merge_note *items;
		size_t len, cap;
	} notes;
};

/*
 * Lists what a copy lacks of the pristine tree that it was made from, in the form of merge_opts.removed: names of files,
 * and "file:key.path" for keys of YAML files. Both trees must be sorted; what is added lives in `a`.
 */
void merge_find_removed(
	struct str_vec *out, struct arena *a, const struct merge_tree *base, const struct merge_tree *ours);

/* Merges three trees; `o` may be NULL. */
struct err *merge_trees(struct merge_result *out, struct arena *a, const struct merge_tree *base,
	const struct merge_tree *ours, const struct merge_tree *theirs, const struct merge_opts *o) ERR_MUST;

struct merge_facts;

/* Three versions of one file. */
struct merge_input {
	struct str name; /* for conflicts and notes, and to tell YAML */
	struct str base, ours, theirs;
	bool no_base;                    /* both sides added the file */
	const struct merge_facts *facts; /* what documentation is made from; NULL: not known */
};

/* Merges one file by whatever way suits it; conflicts and notes are added to `out`, the tree of which is left alone. */
struct err *merge_file(struct str *text, struct merge_result *out, struct arena *a, const struct merge_input *in,
	const struct merge_opts *o) ERR_MUST;
/* Merges text by line and by word; whether it came out clean. `text` holds markers otherwise. */
bool merge_text(struct str *text, struct merge_result *out, struct arena *a, const struct merge_input *in,
	const struct merge_opts *o);
/*
 * Merges YAML by structure; by line where a side does not parse, has several documents, or uses what edits in place cannot keep.
 * A result that does not hold what either side changed is a conflict, not returned as clean.
 */
void merge_yaml(struct str *text, struct merge_result *out, struct arena *a, const struct merge_input *in,
	const struct merge_opts *o);

/* Whether a text is binary: a NUL in its first 8000 bytes, as git decides it. */
bool merge_is_binary(struct str data);
