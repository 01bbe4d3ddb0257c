/* SPDX-License-Identifier: Apache-2.0 */
#include "vendor.h"

struct vendor_opts vendor_opts = { .context = 3, .access = NET_ACCESS_INIT };

#define TEXT(letter, name, target, arg, help, group, hint) \
	{ \
		letter, name, CLI_TEXT, target, arg, help, group, hint, NULL \
	}
#define FLAG(letter, name, target, help, group) \
	{ \
		letter, name, CLI_FLAG, target, NULL, help, group, NULL, NULL \
	}
#define LIST(name, target, arg, help, hint) \
	{ \
		0, name, CLI_LIST, target, arg, help, NULL, hint, NULL \
	}

const struct cli_opt vendor_tool_opts[] = {
	TEXT('C', "directory", &vendor_opts.dir, "DIR", "run as if started in DIR", "General", "dir"),
	NET_ACCESS_OPTS(vendor_opts.access),
	NET_PATIENCE_OPTS(vendor_opts.access),
	CLI_END,
};

static const struct cli_opt add_opts[] = {
	TEXT(0, "version", &vendor_opts.version, "RANGE", "version to take, and which may come in later", "Add", NULL),
	TEXT(0, "repo", &vendor_opts.repo_url, "URL", "the repository that SOURCE is looked up in", NULL, NULL),
	TEXT(0, "chart-path", &vendor_opts.git_path, "DIR", "the chart's folder in a git source", NULL, NULL),
	TEXT(0, "ref", &vendor_opts.ref, "REF", "tag pattern (x-*), branch or commit of a git source", NULL, NULL),
	LIST("exclude", &vendor_opts.exclude, "GLOB", "upstream files that are not wanted", NULL),
	TEXT(0, "keyring", &vendor_opts.keyring, "FILE", "keys that upstream signs with", NULL, "file"),
	LIST("environment", &vendor_opts.environments, "FILE", "values that show what updates change", "file"),
	FLAG(0, "force", &vendor_opts.force, "replace what is at PATH", NULL),
	FLAG(0, "commit", &vendor_opts.commit, "commit it", NULL),
	CLI_END,
};

static const struct cli_opt adopt_opts[] = {
	{ 0, "from", CLI_LIST, &vendor_opts.from, "SOURCE", "a repository or other source that it may be from", "Adopt",
		NULL, NULL },
	TEXT(0, "ref", &vendor_opts.ref, "REF", "tag pattern of git sources", NULL, NULL),
	FLAG('n', "dry-run", &vendor_opts.dry_run, "name the origin, record nothing", NULL),
	FLAG(0, "commit", &vendor_opts.commit, "commit it", NULL),
	TEXT('o', "output", &vendor_opts.output, "FORMAT", "how it is printed", NULL, "text|json"),
	CLI_END,
};

static const struct cli_opt status_opts[] = {
	FLAG(0, "outdated", &vendor_opts.outdated, "only charts that could be updated", "Status"),
	FLAG(0, "exit-code", &vendor_opts.exit_code, "exit with 1 when there are such", NULL),
	TEXT('o', "output", &vendor_opts.output, "FORMAT", "how it is printed", NULL, "table|json|jsonl|paths"),
	CLI_END,
};

static const struct cli_opt update_opts[] = {
	TEXT(0, "to", &vendor_opts.version, "VERSION", "this version (or range) instead of the manifest's", "Update",
		NULL),
	FLAG('a', "all", &vendor_opts.all, "all charts", NULL),
	FLAG('n', "dry-run", &vendor_opts.dry_run, "show what would come of it, change nothing", NULL),
	FLAG(0, "commit", &vendor_opts.commit, "one git commit per chart", NULL),
	TEXT(0, "branch", &vendor_opts.branch, "NAME", "make a branch for the commits first", NULL, NULL),
	FLAG(0, "no-render", &vendor_opts.no_render, "do not render before and after", NULL),
	LIST("no-rule", &vendor_opts.rules_off, "RULE", "a rule of the merge that shall not apply",
		"mirror|removed|list|fine|chart|bump|lock|json|export|namespace|docs"),
	{ 'U', "context", CLI_INT, &vendor_opts.context, "N", "equal lines around a change (-1: all)", NULL, NULL,
		NULL },
	TEXT('o', "output", &vendor_opts.output, "FORMAT", "how it is printed", NULL, "text|json"),
	CLI_END,
};

static const struct cli_opt diff_opts[] = {
	FLAG(0, "upstream", &vendor_opts.upstream, "what upstream changed, not the local edits", "Diff"),
	TEXT(0, "to", &vendor_opts.version, "VERSION", "up to this version, with --upstream", NULL, NULL),
	FLAG(0, "name-status", &vendor_opts.stat, "names of files only", NULL),
	FLAG(0, "exit-code", &vendor_opts.exit_code, "exit with 1 when there are differences", NULL),
	{ 'U', "context", CLI_INT, &vendor_opts.context, "N", "equal lines around a change", NULL, NULL, NULL },
	CLI_END,
};

static const struct cli_opt list_opts[] = {
	TEXT('o', "output", &vendor_opts.output, "FORMAT", "how it is printed", "List", "table|json|jsonl|paths"),
	CLI_END,
};

static const struct cli_opt graph_opts[] = {
	TEXT('o', "output", &vendor_opts.output, "FORMAT", "how it is drawn", "Graph", "svg|dot|json"),
	FLAG(0, "offline", &vendor_opts.offline, "do not ask upstream what is new", NULL),
	CLI_END,
};

static const struct cli_opt patch_opts[] = {
	TEXT(0, "layout", &vendor_opts.layout, "NAME", "of DIR (import: what it looks like)", "Patch", "quilt|rancher"),
	FLAG(0, "force", &vendor_opts.force, "replace what is in DIR, or other local edits", NULL),
	FLAG(0, "commit", &vendor_opts.commit, "commit what was imported", NULL),
	CLI_END,
};

static const struct cli_opt move_opts[] = {
	FLAG(0, "commit", &vendor_opts.commit, "commit it", "Move"),
	CLI_END,
};

static const struct cli_opt rm_opts[] = {
	{ 0, "keep-files", CLI_FLAG, &vendor_opts.force, NULL, "leave the copy where it is", "Rm", NULL, NULL },
	FLAG(0, "commit", &vendor_opts.commit, "commit it", NULL),
	CLI_END,
};

static const struct cli_opt prune_opts[] = {
	FLAG('n', "dry-run", &vendor_opts.dry_run, "list them only", "Prune"),
	CLI_END,
};

const struct cli_verb vendor_verbs[] = {
	{ "add", "SOURCE PATH", "take a first copy of a chart and record where it is from", add_opts, verb_add },
	{ "adopt", "PATH", "find out where an untracked copy is from, and record it", adopt_opts, verb_adopt },
	{ "status", "[PATH...|-]", "show where every copy stands", status_opts, verb_status },
	{ "update", "[PATH...|-]", "merge upstream's newest version into the copies", update_opts, verb_update },
	{ "continue", "", "go on when conflicts are settled, or after a crash", NULL, verb_continue },
	{ "abort", "", "take the unfinished update back", NULL, verb_abort },
	{ "skip", "", "take it back and go on with the next chart", NULL, verb_skip },
	{ "diff", "[PATH...]", "show the local edits", diff_opts, verb_diff },
	{ "verify", "[PATH...]", "check that manifest, lock, bases and copies agree", NULL, verb_verify },
	{ "list", "", "list the charts", list_opts, verb_list },
	{ "patch", "export|import PATH DIR", "write the local edits to a folder of patches, or take them from it",
		patch_opts, verb_patch },
	{ "graph", "[PATH...]", "draw who vendors what", graph_opts, verb_graph },
	{ "reset", "PATH [FILE...]", "take local edits back", NULL, verb_reset },
	{ "rm", "PATH", "stop vendoring a chart", rm_opts, verb_rm },
	{ "move", "PATH NEW-PATH", "move a copy to another folder", move_opts, verb_move },
	{ "prune", "", "remove pristine trees that no chart is locked to", prune_opts, verb_prune },
	{ NULL, NULL, NULL, NULL, NULL },
};
