/* SPDX-License-Identifier: Apache-2.0 */
/* migrate: what the parts of chart-migrate share. */
#pragma once

#include "base/map.h"
#include "chart/render.h"
#include "cli/cli.h"
#include "journal/journal.h"
#include "yaml/doc.h"

#include <signal.h>

/*
 * The life of a migration: a plan file (YAML, written by people) is read and checked (planfile.c), resolved against charts and
 * target without touching anything (resolve.c, on a world that is only pretended: world.c) into a plan, which is a
 * plain JSON value (show.c prints it). A run carries a plan out (run.c: folder, lock, journal; engine.c: order of
 * steps, failure, undoing; steps.c: what each kind does). A driver (files.c, helm.c) is where releases live.
 *
 * A plan: {apiVersion, kind, name, env, file, target, vars, steps, inputs, blockers, warnings, digest}. A step of it:
 * {id, kind, at, title, spec, undo, ...}, where spec is what the plan file says with all templates and defaults
 * filled in, so that nothing but the plan is needed to carry it out. Keys that begin with '_' are for printing
 * and never leave the process.
 */

/* --- the options of the tool, set by the parser (options.c) --- */
struct mig_options {
	const char *dir;        /* -C */
	const char *env;        /* --env */
	const char *output;     /* -o */
	const char *until;      /* --until */
	const char *to;         /* --to */
	const char *namespace;  /* -n */
	const char *kind;       /* --kind */
	const char *helm;       /* --helm */
	const char *by;         /* --by */
	const char *new_name;   /* --new */
	const char *context;    /* --context */
	struct cli_list vars;   /* --var */
	struct cli_list remove; /* --remove */
	bool yes, force, dry_run, ignore_window, string, schema;
};
extern struct mig_options mig_opts;
extern const struct cli_opt mig_common_opts[];
extern const struct cli_verb mig_verbs[];

/* --- where releases live --- */
struct mig;

/* One release of the target, real or pretended. */
struct mig_release {
	struct str name;
	struct str chart; /* path of its chart; empty when unknown */
	struct str namespace;
	struct val values;        /* list of values files; null when unknown */
	struct val set;           /* map; null when unknown */
	struct chart_files files; /* its manifests: "templates/x.yaml" and content */
	struct str status;        /* helm: "deployed", "failed", "pending-install", ...; files: "deployed", "kept" */
	struct str marker;        /* helm: description of the last revision */
	struct str head;          /* name and version of its chart, "redis-ha-4.33.0"; empty when unknown */
	int revision;             /* from 1 */
	struct val entry;         /* files: its entry in the index; null when it has none */
};

struct mig_world {
	struct mig_release **items;
	size_t len, cap;
};

/* Where a step stands in the world. */
enum mig_look { MIG_NOT_DONE, MIG_HALF_DONE, MIG_DONE };

/* What a release is to become. */
struct mig_change {
	struct str step; /* id, for the marker */
	struct str release, chart, namespace;
	struct val values, set;   /* list of files; map */
	struct chart_files files; /* the manifests wanted */
	struct str head;          /* name and version of the chart */
	struct val hooks;         /* list of what is noted about hooks */
	struct val crds;          /* list of CRD files */
	int wait_ms;              /* how long it may take to become ready; 0: not waited for */
	int revision;             /* what it was at before; 0: not there */
};

struct mig_driver {
	const char *name;
	/* Checks the target's settings and the tools it needs. */
	struct err *(*check)(struct mig *m);
	/* Reads the releases with their manifests into m->world. */
	struct err *(*load)(struct mig *m);
	/* Whether the change is there. */
	struct err *(*look)(enum mig_look *out, struct mig *m, const struct mig_change *c);
	/* Makes it so; install and upgrade alike. */
	struct err *(*put)(struct mig *m, const struct mig_change *c);
	/* Takes a release away but for what has one of the kinds in `keep`. */
	struct err *(*remove)(struct mig *m, const struct mig_change *c, struct val keep);
	/* Whether it is away. */
	struct err *(*look_removed)(enum mig_look *out, struct mig *m, const struct mig_change *c, struct val keep);
	/* Takes a put or a remove back where files are not all: `before` is the revision, 0 when it was not there. */
	struct err *(*undo)(struct mig *m, const struct mig_change *c, int before);
	/* What a backup of a release holds; NULL: its manifests as they were. */
	struct err *(*backup)(struct chart_files *out, struct mig *m, const struct mig_change *c);
	/* The values that a release was given when it was last installed or upgraded; NULL: those on record. */
	struct err *(*values)(struct val *out, struct mig *m, struct str release);
	/* Whether a release is ready; `why` says why not. */
	struct err *(*ready)(bool *out, struct buf *why, struct mig *m, struct str release, int wait_ms);
	/* Adds the paths that a change of the release touches, its folder first; NULL: none. */
	void (*paths)(struct mig *m, struct str release, struct str_vec *out);
};
extern const struct mig_driver mig_files, mig_helm;

/* --- one invocation --- */
struct mig {
	struct cli *cli;
	struct arena *a;
	struct val plan;   /* resolved */
	struct val target; /* plan.target */
	const char *env, *name;
	const struct mig_driver *driver;
	struct map overlay; /* path -> struct str *: contents that are only pretended */
	struct mig_world world;
	const char *store; /* contents of backups, while a run is on */
	bool pretend;      /* the world is the pretended one: nothing is waited for */
	struct val log;    /* what programs said since the last record, for the journal */
};

/* Set by SIGINT, SIGTERM and SIGHUP while a run is on. */
extern volatile sig_atomic_t mig_stop;

/* --- begin.c --- */
/* Starts an invocation: goes to the folder of -C. */
struct err *mig_begin(struct mig *m, struct cli *c) ERR_MUST;
/* Lets SIGINT, SIGTERM and SIGHUP end a run in an orderly way: the step under way is stopped and noted. */
void mig_catch_signals(void);
/* Asks on the terminal, unless --yes or there is none; ERR_STOPPED when the answer is no. */
struct err *mig_confirm(struct mig *m, const char *question) ERR_MUST;
/* Whether the target's window is open now; ERR_CONFLICT when not. */
struct err *mig_check_window(struct mig *m) ERR_MUST;
/* Whether the plan was approved, where its target asks for it. */
struct err *mig_check_approval(struct mig *m) ERR_MUST;

/* --- planfile.c --- */
/* A plan file that was read and checked, strings expanded but for late ones. */
struct mig_file {
	const char *path;
	struct yml_doc doc;
	struct str name;
	struct val targets, vars;
	struct val steps; /* list of {kind, at, line, column, spec, only} */
};
/* Reads a plan file for `env`. Unknown keys are errors that name the nearest one, with file:line:col. */
struct err *mig_file_load(struct mig_file *out, struct mig *m, const char *path, const char *env) ERR_MUST;
/* Adds the JSON Schema of the format. */
struct err *mig_file_schema(struct buf *out, struct arena *a) ERR_MUST;
/* Expands {{ }} in `text` with the variables and, when not NULL, more of them. */
struct err *mig_expand(struct str *out, struct arena *a, struct val vars, struct str text) ERR_MUST;

/* --- text.c --- */
/* Reads "1h30m", "30s", "500ms"; whether it is one. */
bool mig_duration(int64_t *ms, struct str text);
/* Adds a duration as people write it: "1.2 s", "3 min 20 s". */
void mig_add_duration(struct buf *out, int64_t ms);
/* Adds text with passwords in URLs and values of keys that sound secret masked, line by line. */
void mig_add_masked(struct buf *out, struct str text);
/* Whether a key sounds as if its value were a secret, not the name of one. */
bool mig_sounds_secret(struct str key);
/* The nearest of `names` (NULL-terminated), or NULL when none is near. */
const char *mig_nearest(struct str word, const char *const *names);
/* A list of strings as it is, a string as its words, anything else empty: an argument vector. */
const char **mig_argv(struct arena *a, struct val v);
/* The digest of a list of files: names and contents. */
struct str mig_files_digest(struct arena *a, const struct chart_files *files);
/* The SHA-256 of a text in hex. */
struct str mig_digest(struct arena *a, struct str text);
/* A value as one line of JSON. */
struct err *mig_json(struct str *out, struct arena *a, struct val v, int flags) ERR_MUST;
/* The text under `key` as a C string, or `fallback` when it is absent. */
const char *mig_text(struct arena *a, struct val map, const char *key, const char *fallback);
/* The integer under `key`, or `fallback`. */
int64_t mig_int(struct val map, const char *key, int64_t fallback);
/* Adds a formatted string to a list of them. */
void mig_list_printf(struct arena *a, struct val list, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Milliseconds of a clock that only goes forward. */
int64_t mig_now(void);
/* Sleeps unless asked to stop. */
void mig_sleep(int64_t ms);
/* Folders and files that match a pattern of path parts; '**' stands for any number of them. In bytewise order. */
struct err *mig_glob(struct str_vec *out, struct arena *a, struct str pattern) ERR_MUST;

/* --- world.c --- */
/* A file's content, the pretended one first. */
struct err *mig_read(struct str *out, struct mig *m, const char *path) ERR_MUST;
/* Pretends that a file has this content. */
void mig_pretend(struct mig *m, struct str path, struct str content);
/* Renders what `c` names into c->files, head, hooks and crds. */
struct err *mig_render(struct mig *m, struct mig_change *c, bool is_upgrade) ERR_MUST;
/* The values that a change gives to its chart: files and set, merged. */
struct err *mig_user_values(struct val *out, struct mig *m, const struct mig_change *c) ERR_MUST;
/* The manifests in one stream, as helm template prints them. */
struct str mig_stream(struct arena *a, const struct chart_files *files);
/* The release of that name, or NULL. */
struct mig_release *mig_find_release(const struct mig_world *w, struct str name);
/* Adds a release, or returns the one of that name. */
struct mig_release *mig_world_put(struct mig *m, struct str name);
/* Takes a release out of the pretended world. */
void mig_world_remove(struct mig_world *w, struct str name);
/* Picks the driver of the target; checks it. */
struct err *mig_open_target(struct mig *m) ERR_MUST;
/* The documents of `files` that have one of the kinds in `keep`. */
struct err *mig_kept(
	struct chart_files *out, struct arena *a, const struct chart_files *files, struct val keep) ERR_MUST;

/* --- resolve.c --- */
/* Resolves a plan file into m->plan. */
struct err *mig_resolve(struct mig *m, struct mig_file *f) ERR_MUST;
/* Checks the inputs of a plan against the files as they are; ERR_CONFLICT lists those that differ. */
struct err *mig_check_inputs(struct mig *m) ERR_MUST;
/* Loads a plan (JSON) into m->plan. */
struct err *mig_plan_load(struct mig *m, struct str text, const char *name) ERR_MUST;

/* --- show.c --- */
/* Adds a plan as text, Markdown or JSON. */
struct err *mig_show_text(struct buf *out, struct mig *m, bool color) ERR_MUST;
struct err *mig_show_markdown(struct buf *out, struct mig *m) ERR_MUST;
struct err *mig_show_json(struct buf *out, struct mig *m) ERR_MUST;
/* A copy of a value without the keys that begin with '_'. */
struct val mig_public(struct arena *a, struct val v);

/* --- repoint.c --- */
/* Fills a repoint step: {files: [{file, before, after, edits}], patch}; pretends that the files are edited. */
struct err *mig_resolve_repoint(struct mig *m, struct mig_file *f, struct val step) ERR_MUST;

/* --- edit.c --- */
/* Applies the edits of one file (a list of the plan) to its text. */
struct err *mig_edit(struct str *out, struct arena *a, struct str text, const char *file, struct val edits) ERR_MUST;

/* --- run.c --- */
struct mig_step_state {
	struct val step; /* of the plan */
	struct str id;
	enum { MIG_NEW, MIG_BEGUN, MIG_FAILED, MIG_STEP_DONE, MIG_UNDOING } state;
	const struct journal_record *begin, *done, *last;
};

enum mig_run_state { MIG_RUN_NONE, MIG_RUNNING, MIG_FINISHED, MIG_ROLLING_BACK, MIG_ROLLED_BACK };

struct mig_run {
	const char *dir;   /* .chart-migrate/NAME/ENV */
	const char *store; /* contents of backups */
	struct journal journal;
	enum mig_run_state state;
	struct mig_step_state *steps;
	size_t nsteps;
	int lock; /* an io_lock's descriptor; -1: not held */
};
/* Finds the run folder that NAME, --name and --env mean; ERR_USAGE lists them when it is not clear. */
struct err *mig_run_find(struct mig *m, struct mig_run *r, const char *name) ERR_MUST;
/* Opens the run of m->plan for reading only. */
struct err *mig_run_load(struct mig *m, struct mig_run *r) ERR_MUST;
/* Takes the lock and opens for going on; loads m->plan from the folder. */
struct err *mig_run_open(struct mig *m, struct mig_run *r) ERR_MUST;
/*
 * Begins a new run of m->plan under its lock: checks the inputs and, through `check`, the releases; an earlier run that is
 * over is put aside. After an error the run is to be closed, too.
 */
struct err *mig_run_begin(struct mig *m, struct mig_run *r, struct err *(*check)(struct mig *m)) ERR_MUST;
/* Adds a record and keeps the states in step. */
struct err *mig_record(struct mig *m, struct mig_run *r, struct str step, const char *phase, struct val data) ERR_MUST;
void mig_run_close(struct mig_run *r);
/* The step that `word` names: number, id, kind or name. */
struct err *mig_step_find(struct mig_step_state **out, struct mig_run *r, const char *word) ERR_MUST;
/* The word for a state. */
const char *mig_step_word(const struct mig_step_state *s);
const char *mig_run_word(const struct mig_run *r);

/* --- engine.c --- */
/* Carries out what is left; stops behind `until` when not NULL. */
struct err *mig_go(struct mig *m, struct mig_run *r, const char *until) ERR_MUST;
/* Takes back what can be, down to but without `to`; NULL: everything. */
struct err *mig_undo(struct mig *m, struct mig_run *r, const char *to) ERR_MUST;

/* --- steps.c --- */
/* What one kind of step does. */
struct mig_step_kind {
	const char *name;
	/* Adds the paths that will be touched. */
	struct err *(*paths)(struct mig *m, struct val step, struct str_vec *out);
	/* Looks at the world: done, not, half? NULL: cannot be seen, so it is carried out again. */
	struct err *(*look)(enum mig_look *out, struct mig *m, struct val step, struct val begin);
	/* Carries it out; may be called again after a crash at any point in it. */
	struct err *(*act)(struct mig *m, struct val step, struct val begin);
	/* Undoes what restoring files does not; NULL: nothing. */
	struct err *(*undo)(struct mig *m, struct val step, struct val begin);
};
/* The kind of that name; an unknown one is NULL. */
const struct mig_step_kind *mig_step_kind(struct str name);
/* What goes into the begin record beside the state of files. */
struct err *mig_step_world(struct val *out, struct mig *m, struct val step) ERR_MUST;
/* Copies data from one Redis to another and compares them, as a data step says. */
struct err *mig_data(struct mig *m, struct val spec) ERR_MUST;
/* Looks for references and waits for releases, as a verify step says; adds what is wrong to the list `problems`. */
struct err *mig_verify(struct mig *m, struct val spec, struct val problems) ERR_MUST;
