/* SPDX-License-Identifier: Apache-2.0 */
/* cli: one option table per tool gives parsing, --help, man page and completion. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"

/*
 * A tool is a static struct cli_tool; main() is `return cli_main(&tool, argc, argv);`. Options
 * may stand anywhere before "--"; long names may be written --name=value or --name value, flags
 * also --name=false; short ones can be grouped (-qf FILE). Every tool has -h/--help, --version,
 * -q/--quiet, -v/--verbose and --color without listing them. --help=mdoc|bash|zsh|fish prints the
 * option list of the man page or a completion script instead of the help text.
 */
enum cli_kind {
	CLI_FLAG,   /* bool: set to true; --no-NAME or --NAME=false to false */
	CLI_COUNT,  /* int: counts occurrences */
	CLI_TEXT,   /* const char *: the last one given */
	CLI_INT,    /* int: decimal */
	CLI_LIST,   /* struct cli_list: every one given, in order */
	CLI_FIELDS, /* struct cli_list: each argument is a line of CSV, as -f a.yaml,b.yaml */
};

struct cli_list {
	const char **items; /* in the tool's arena */
	size_t len, cap;
};

struct cli_opt {
	char letter;      /* 0: none */
	const char *name; /* long name without dashes */
	enum cli_kind kind;
	void *target;         /* the variable, of the type the kind says; NULL: the option changes nothing */
	const char *arg;      /* name of its argument in help: "FILE"; NULL for flags */
	const char *help;     /* up to 60 characters, no full stop; NULL: the option is not listed */
	const char *group;    /* heading in help; NULL: the one before */
	const char *hint;     /* completion: "file", "dir", "a|b|c" choices (checked when parsing), or NULL */
	const char *optional; /* value when the argument is left out (then only --name=value takes one), or NULL */
};
#define CLI_END \
	{ \
		0, NULL, CLI_FLAG, NULL, NULL, NULL, NULL, NULL, NULL \
	}

struct cli {
	const struct cli_tool *tool;
	const struct cli_verb *verb; /* NULL for a tool without verbs */
	struct arena *arena;         /* lives until the program ends */
	char **args;                 /* positional arguments */
	int nargs;
	int status;                /* exit status of a run without error; starts as 0 */
	bool quiet;                /* -q */
	int verbose;               /* how often -v */
	bool color_out, color_err; /* whether to colour either stream */
};

/* Does the work. Results go to stdout, talk to stderr; `c->status` may be set to 1 or 3. */
typedef struct err *(*cli_run_fn)(struct cli *c);

struct cli_verb {
	const char *name;           /* "package"; NULL ends the table */
	const char *args;           /* usage: "[PATH...]" */
	const char *help;           /* one line */
	const struct cli_opt *opts; /* ended by CLI_END; NULL: none beside the tool's */
	cli_run_fn run;
};

struct cli_tool {
	const char *name;             /* "chart-lint" */
	const char *args;             /* usage of a tool without verbs, or of its default verb */
	const char *help;             /* one line */
	const struct cli_opt *opts;   /* ended by CLI_END; valid for all verbs */
	const struct cli_verb *verbs; /* NULL: none */
	cli_run_fn run;               /* without verbs, or when the first argument is no verb; may be NULL */
	/* Prints an error and gives the exit status; NULL: "NAME: message" and err_status(). */
	int (*fail)(struct cli *c, const struct err *e);
};

/* Parses, runs, prints the error if any; returns the exit status. */
int cli_main(const struct cli_tool *tool, int argc, char **argv);

/* Writes a result to stdout; an error when it cannot be (a closed pipe ends the program silently). */
struct err *cli_print(struct str text) ERR_MUST;
/* The same for a text in pieces, which need not be put together. */
struct err *cli_print_pieces(const struct str_vec *pieces) ERR_MUST;
/* Says something on stderr as "NAME: text", unless -q. */
void cli_say(const struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Warns on stderr as "NAME: warning: text", also with -q. */
void cli_warn(const struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What text may look like. */
enum cli_color { CLI_RESET, CLI_BOLD, CLI_DIM, CLI_RED, CLI_GREEN, CLI_YELLOW, CLI_BLUE, CLI_MAGENTA, CLI_CYAN };
/* The SGR sequence of a colour when `on`, else "". */
const char *cli_color(bool on, enum cli_color color);
/* Columns of the terminal on `fd`, or 80. */
int cli_width(int fd);

/* A line of progress on a terminal's stderr, shown only once half a second has passed. */
struct cli_progress {
	const struct cli *cli;
	const char *what; /* "indexing" */
	uint64_t total;   /* 0: unknown */
	uint64_t done;    /* so far */
	int64_t started;  /* milliseconds */
	int64_t shown;    /* when last drawn; 0: not yet */
};
/* Begins; nothing is shown yet. */
void cli_progress_start(struct cli_progress *p, const struct cli *c, const char *what, uint64_t total);
/* Sets how much is done and what is being done now (may be NULL). */
void cli_progress_set(struct cli_progress *p, uint64_t done, const char *item);
/* Wipes the line. */
void cli_progress_end(struct cli_progress *p);
