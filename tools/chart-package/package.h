/* SPDX-License-Identifier: Apache-2.0 */
/* package: what the files of chart-package share. */
#pragma once

#include "chart/chart.h"
#include "chart/strict.h"
#include "cli/cli.h"
#include "index/index.h"
#include "index/oci.h"
#include "index/write.h"
#include "net/access.h"
#include "tarball/tarball.h"

/* Everything that can be set on the command line. */
struct options {
	const char *destination;
	const char *output; /* text or json */
	const char *version, *app_version;
	const char *check;
	const char *url, *merge;
	const char *repo;
	const char *untar_dir;
	struct net_access access;
	const char *api;
	const char *key, *keyring, *passphrase_file;
	bool sign, verify;
	const char *since, *base, *newer_than;
	bool changelog;
	struct cli_list change;
	int keep;
	bool major, minor, patch, bump_auto, dry_run;
	struct cli_list value_files, set;
	bool force, json, skip_bad, no_cache, update;
	bool untar, devel;
	struct cli_progress *progress; /* told of what is fetched; or NULL */
	bool prov;
	const char *title, *alias, *oci;
	int readmes;
};

extern struct options opts;
extern const struct cli_tool tool;

/* From options.c: how to reach servers, as the options say. */
struct net_opts net_options(struct cli *c);
/* The same for registries. */
struct oci_opts oci_options(struct cli *c);
/* Reads the password from standard input, and a token from its file, where that was asked for. */
struct err *read_password(struct cli *c) ERR_MUST;
/* Whether -d was given. */
bool has_destination(void);
/* Whether `-o json` was given. */
bool wants_json(void);
/* Prints a value as JSON with a newline. */
struct err *print_json(struct cli *c, struct val v) ERR_MUST;
/* Prints a line. */
struct err *print_line(struct str line) ERR_MUST;

/* From package.c. */
struct err *run_package(struct cli *c) ERR_MUST;

/* From check.c: says on stdout where an archive and the files of a chart differ; `*same` when nowhere. */
struct err *check_archive(bool *same, struct cli *c, struct arena *a, const char *archive, struct str packed) ERR_MUST;

/* From index.c: the files of a published folder, and how long to wait for another publisher, who may read a thousand archives. */
#define INDEX_NAME "index.yaml"
#define LOCK_NAME ".index.yaml.lock"
#define LOCK_WAIT_MS 120000
#define MAX_INDEX ((size_t)512 << 20)
/* The verb. */
struct err *run_index(struct cli *c) ERR_MUST;
/* An entry that was loaded with INDEX_FULL, brought into the form of ours by way of its metadata. */
struct err *index_row_of(struct index_row *out, struct arena *a, const struct index_entry *e, bool json) ERR_MUST;

/* From prune.c: the verb. */
struct err *run_prune(struct cli *c) ERR_MUST;
/* From images.c: adds the images that the chart's manifests use, sorted, each once. The chart is used up. */
struct err *chart_images(struct str_vec *out, struct arena *a, struct chart *chart) ERR_MUST;

/* From reference.c: a chart given as folder, archive, URL or NAME with --repo, as bytes or as a loaded chart. */
struct err *fetch_archive(struct index_pulled *out, struct arena *a, struct cli *c, const char *ref) ERR_MUST;
/* The provenance of an archive that fetch_archive() gave: what came with it, else URL.prov. ERR_NOT_FOUND: there is none. */
struct err *fetch_provenance(struct str *out, struct arena *a, struct cli *c, const struct index_pulled *p) ERR_MUST;
struct err *load_reference(struct chart **out, struct arena *a, struct cli *c, const char *ref) ERR_MUST;

/* From show.c. */
struct err *run_show(struct cli *c) ERR_MUST;
/* From pull.c. */
struct err *run_pull(struct cli *c) ERR_MUST;
/* From push.c. */
struct err *run_push(struct cli *c) ERR_MUST;
