/* SPDX-License-Identifier: Apache-2.0 */
#include "io/file.h"
#include "tools/chart-package/bump.h"
#include "tools/chart-package/deps.h"
#include "tools/chart-package/sign.h"
#include "tools/chart-package/site.h"
#include "json/json.h"

static const char here[] = ".";
struct options opts = { .destination = here, .readmes = 1, .access = NET_ACCESS_INIT };

#define TEXT(letter, name, target, arg, help, group, hint) \
	{ \
		letter, name, CLI_TEXT, target, arg, help, group, hint, NULL \
	}
#define LIST(letter, name, target, arg, help, group, hint) \
	{ \
		letter, name, CLI_LIST, target, arg, help, group, hint, NULL \
	}
#define FLAG(letter, name, target, help, group) \
	{ \
		letter, name, CLI_FLAG, target, NULL, help, group, NULL, NULL \
	}

/* Valid for all verbs: the first group is the default verb's. */
static const struct cli_opt tool_opts[] = {
	TEXT('d', "destination", &opts.destination, "DIR", "where archives are written (.)", "Output", "dir"),
	TEXT('o', "output", &opts.output, "FORMAT", "how results are printed", NULL, "text|json"),
	FLAG(0, "force", &opts.force, "replace a version that was published with other bytes", NULL),
	TEXT(0, "version", &opts.version, "VERSION", "version to pack; constraint for pull and show", "Chart", NULL),
	TEXT(0, "app-version", &opts.app_version, "VERSION", "appVersion to pack", NULL, NULL),
	FLAG('u', "dependency-update", &opts.update, "update the dependencies first", NULL),
	TEXT(0, "check", &opts.check, "ARCHIVE", "compare with an archive instead of writing one", NULL, "file"),
	FLAG(0, "sign", &opts.sign, "write a signed provenance file beside the archive", "Signing"),
	TEXT(0, "key", &opts.key, "NAME", "user ID, or the end of the fingerprint, of the key", NULL, NULL),
	TEXT(0, "keyring", &opts.keyring, "PATH", "GnuPG folder or file of keys (the user's folder)", NULL, "file"),
	TEXT(0, "passphrase-file", &opts.passphrase_file, "FILE", "first line: the key's passphrase; -: stdin", NULL,
		"file"),
	CLI_END,
};

static const struct cli_opt index_opts[] = {
	TEXT(0, "url", &opts.url, "URL", "where the archives are served", "Index", NULL),
	TEXT(0, "merge", &opts.merge, "FILE", "keep what this index has beside the folder", NULL, "file"),
	FLAG(0, "json", &opts.json, "write the index as JSON", NULL),
	FLAG(0, "skip-bad", &opts.skip_bad, "leave out archives that are no charts, with a warning", NULL),
	FLAG(0, "no-cache", &opts.no_cache, "read every archive anew", NULL),
	CLI_END,
};

#define REMOTE_OPTS \
	TEXT(0, "repo", &opts.repo, "URL", "the repository that NAME is looked up in", "Repository", NULL), \
		FLAG(0, "devel", &opts.devel, "prereleases too", NULL), \
		FLAG(0, "no-cache", &opts.no_cache, "neither use nor fill the cache", NULL), \
		NET_ACCESS_OPTS(opts.access), NET_PATIENCE_OPTS(opts.access)

static const struct cli_opt deps_opts[] = {
	REMOTE_OPTS,
	CLI_END,
};

static const struct cli_opt show_opts[] = {
	LIST('f', "values", &opts.value_files, "FILE", "values for the images", "Values", "file"),
	LIST(0, "set", &opts.set, "KEY=VALUE", "the same, one value", NULL, NULL),
	REMOTE_OPTS,
	CLI_END,
};

static const struct cli_opt prune_opts[] = {
	{ 0, "keep", CLI_INT, &opts.keep, "N", "keep the last N versions of each chart", "Prune", NULL, NULL },
	TEXT(0, "newer-than", &opts.newer_than, "DATE", "keep what was published on that day or later", NULL, NULL),
	FLAG(0, "dry-run", &opts.dry_run, "tell it, change nothing", NULL),
	CLI_END,
};

static const struct cli_opt site_opts[] = {
	TEXT(0, "title", &opts.title, "TEXT", "what stands above the page", "Site", NULL),
	TEXT(0, "url", &opts.url, "URL", "where the repository is served", NULL, NULL),
	TEXT(0, "oci", &opts.oci, "REF", "registry that has the charts too: oci://HOST/PATH", NULL, NULL),
	TEXT(0, "repo-name", &opts.alias, "NAME", "its name in the commands shown (from the title)", NULL, NULL),
	{ 0, "readmes", CLI_INT, &opts.readmes, "N", "READMEs of the newest N versions of each chart (1)", NULL, NULL,
		NULL },
	CLI_END,
};

static const struct cli_opt pull_opts[] = {
	FLAG(0, "untar", &opts.untar, "unpack it", "Pull"),
	TEXT(0, "untardir", &opts.untar_dir, "DIR", "where it is unpacked (the destination)", NULL, "dir"),
	FLAG(0, "verify", &opts.verify, "keep it only when a key of the keyring signed it", NULL),
	FLAG(0, "prov", &opts.prov, "fetch the provenance file too", NULL),
	REMOTE_OPTS,
	CLI_END,
};

static const struct cli_opt push_opts[] = {
	TEXT(0, "api", &opts.api, "KIND", "what an http URL is (found out by its index)", "Repository",
		"chartmuseum|put"),
	NET_ACCESS_OPTS(opts.access),
	NET_PATIENCE_OPTS(opts.access),
	FLAG(0, "no-cache", &opts.no_cache, "do not keep where an upload stopped", NULL),
	CLI_END,
};

static const struct cli_opt bump_opts[] = {
	FLAG(0, "major", &opts.major, "1.2.3 becomes 2.0.0", "Bump"),
	FLAG(0, "minor", &opts.minor, "1.2.3 becomes 1.3.0", NULL),
	FLAG(0, "patch", &opts.patch, "1.2.3 becomes 1.2.4", NULL),
	FLAG(0, "auto", &opts.bump_auto, "what the difference to the last release asks for", NULL),
	TEXT(0, "since", &opts.since, "PATH", "last release: archive, chart or folder of archives (a tag)", NULL,
		"file"),
	TEXT(0, "base", &opts.base, "REV", "last release: where HEAD and REV parted", NULL, NULL),
	FLAG(0, "changelog", &opts.changelog, "list the reasons in artifacthub.io/changes", NULL),
	LIST(0, "change", &opts.change, "[KIND:]TEXT", "list this there too (added, fixed, security, ...)", NULL, NULL),
	FLAG(0, "dry-run", &opts.dry_run, "tell it, change nothing", NULL),
	REMOTE_OPTS,
	CLI_END,
};

static const struct cli_verb verbs[] = {
	{ "bump", "CHART...", "raise the version in Chart.yaml", bump_opts, run_bump },
	{ "deps", "list|update|build [CHART]", "the dependencies of a chart folder", deps_opts, run_deps },
	{ "index", "[DIR]", "write the index of a folder of archives", index_opts, run_index },
	{ "show", "chart|values|readme|crds|images|all CHART", "show a part of a chart", show_opts, run_show },
	{ "pull", "NAME|URL|oci://REF...", "fetch archives from a repository", pull_opts, run_pull },
	{ "push", "ARCHIVE... oci://HOST/PATH|URL|@NAME", "store archives in a registry or repository", push_opts,
		run_push },
	{ "prune", "DIR", "remove old versions, archives and index together", prune_opts, run_prune },
	{ "sign", "ARCHIVE...", "write signed provenance files for archives", NULL, run_sign },
	{ "site", "[DIR]", "write a page for a folder of archives and its index", site_opts, run_site },
	{ "verify", "ARCHIVE...", "check archives against their provenance files", NULL, run_verify },
	{ NULL, NULL, NULL, NULL, NULL },
};

const struct cli_tool tool = {
	.name = "chart-package",
	.args = "[CHART...|-]",
	.help = "turn chart folders into archives and a chart repository",
	.opts = tool_opts,
	.verbs = verbs,
	.run = run_package,
};

static void say_note(void *ctx, const char *text)
{
	cli_say(ctx, "%s", text);
}

static void say_progress(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	opts.progress->total = total;
	cli_progress_set(opts.progress, done, NULL);
}

struct net_opts net_options(struct cli *c)
{
	struct net_opts o = net_access_opts(&opts.access);
	o.progress = opts.progress ? say_progress : NULL;
	o.no_cache = opts.no_cache;
	o.note = say_note;
	o.ctx = c;
	return o;
}

struct oci_opts oci_options(struct cli *c)
{
	return (struct oci_opts){ .net = net_options(c), .plain_http = opts.access.plain_http };
}

struct err *read_password(struct cli *c)
{
	return net_access_read(&opts.access, c->arena);
}

bool has_destination(void)
{
	return opts.destination != here;
}

bool wants_json(void)
{
	return opts.output && str_is(str_from(opts.output), "json");
}

struct err *print_json(struct cli *c, struct val v)
{
	struct buf b = BUF_INIT;
	struct err *e = json_add(&b, c->arena, v, JSON_RAW | JSON_PRETTY | JSON_ORDERED);
	buf_putc(&b, '\n');
	if (!e)
		e = cli_print(buf_str(&b));
	buf_release(&b);
	return e;
}

struct err *print_line(struct str line)
{
	struct buf b = BUF_INIT;
	buf_add(&b, line);
	buf_putc(&b, '\n');
	struct err *e = cli_print(buf_str(&b));
	buf_release(&b);
	return e;
}
