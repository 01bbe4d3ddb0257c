/* SPDX-License-Identifier: Apache-2.0 */
/* chart: a chart in memory, loaded as Helm loads it. */
#pragma once

#include "base/vec.h"
#include "value/value.h"

/*
 * A chart is a folder, or an archive with such a folder in it:
 *
 *	Chart.yaml           metadata
 *	Chart.lock           what its dependencies were resolved to
 *	values.yaml          default values
 *	values.schema.json   what values may look like
 *	templates/...        templates
 *	charts/NAME[.tgz]    subcharts
 *	everything else      .Files
 *
 * Each file is read once; strings and values point into what was read. All of a chart lives in
 * the arena it was loaded into. Rendering changes the tree (conditions, aliases, import-values), so a
 * chart is loaded anew for each render. Errors are ERR_INPUT, ERR_NOT_FOUND, ERR_LIMIT and ERR_IO with Helm's texts.
 */
struct chart_file {
	struct str name; /* path inside the chart: "templates/a.yaml" */
	struct str data; /* without a byte order mark */
	int64_t mtime;   /* seconds since 1970, 0 when unknown */
	const char *
		pad; /* YML_PADDING zero bytes; where that is not the end of `data`, it was put in later. May be NULL */
	/* Of charts loaded by a function named `_later`: where `data` has to come from first (chart_file_need()), or NULL. */
	struct chart_later *later;
};

struct chart_files {
	struct chart_file *items; /* in Helm's order of loading */
	size_t len, cap;
};

struct chart_dependency {
	struct str name, version, repository, condition, alias;
	struct str_vec tags;
	struct val import_values; /* a list, or null */
	bool enabled;
};

/*
 * The list of dependencies. An alias makes a copy of a chart whose own subcharts still share this with
 * the original, as in Helm; so it is behind a pointer.
 */
struct chart_requirements {
	struct chart_dependency **items;
	size_t len;
	bool present; /* the list is there, if only an empty one */
};

struct chart_maintainer {
	struct str name, email, url;
};

struct chart {
	struct str name; /* metadata name; an alias where one applies */
	struct str version, app_version, api_version, type, kube_version;
	struct str description, icon, home, condition, tags;
	bool deprecated;
	struct str_vec keywords, sources;
	struct chart_maintainer **maintainers;
	size_t nmaintainers;
	struct val annotations;          /* a map of strings, or null */
	struct chart_requirements *deps; /* of Chart.yaml or requirements.yaml; never NULL */
	struct val lock;   /* Chart.lock or requirements.lock: {dependencies, digest, generated}; null when absent */
	struct val values; /* values.yaml; null without that file */
	struct str schema; /* values.schema.json */
	bool has_schema;   /* such a file is there */
	struct chart_files templates; /* templates/ with all below */
	struct chart_files files;     /* everything else: what .Files shows */
	struct chart_files raw;       /* every file as loaded, Chart.yaml, values.yaml and charts/ too */
	struct chart **subcharts;     /* charts/, by name of their folder or archive */
	size_t nsubcharts;
	struct chart *parent; /* NULL for the root */
};

/* What Helm would print on standard error beside the error, a line each without newline: "level=WARN msg=...". */
struct chart_warnings {
	struct arena *arena; /* where lines live; set by whoever makes it */
	struct str_vec lines;
	bool debug; /* what Helm logs with --debug, too */
	bool helm3; /* lines, and what is loaded, as Helm 3 has them: "load.go:120: Warning: ..." */
};

/*
 * Loads a folder or an archive as `helm template` does; `w` may be NULL. A path that is not there: ERR_NOT_FOUND
 * "stat PATH: no such file or directory".
 */
struct err *chart_load(struct chart **out, struct arena *a, const char *path, struct chart_warnings *w) ERR_MUST;
/*
 * The same, but large files that loading does not need (CRDs, READMEs) are read when they are needed: before `data` of one
 * of c->files or c->raw is looked at, chart_file_need() has to be called. Rendering does so for what templates ask of .Files.
 */
struct err *chart_load_later(struct chart **out, struct arena *a, const char *path, struct chart_warnings *w) ERR_MUST;
/* Sees to it that the content of a file is there. Errors: it cannot be read any more or is not what it was. */
struct err *chart_file_need(const struct chart_file *f) ERR_MUST;
/* Loads an archive held in memory; the bytes need not outlive the call. */
struct err *chart_load_archive(
	struct chart **out, struct arena *a, struct str bytes, struct chart_warnings *w) ERR_MUST;
/*
 * Reads the files of a folder in Helm's order, .helmignore applied and links followed, without making a chart of
 * them. `names` are relative.
 */
struct err *chart_read_dir(
	struct chart_files *out, struct arena *a, const char *dir, struct chart_warnings *w) ERR_MUST;
/* The same with large files put off, as in chart_load_later(). */
struct err *chart_read_dir_later(
	struct chart_files *out, struct arena *a, const char *dir, struct chart_warnings *w) ERR_MUST;
/* Reads the files of an archive: the first part of each name is dropped, unsafe names are refused. */
struct err *chart_read_archive(struct chart_files *out, struct arena *a, struct str bytes) ERR_MUST;
/* Brings files from elsewhere (a git tree) into the order of a folder and leaves out what their own .helmignore says. */
struct err *chart_arrange(struct chart_files *files, struct arena *a) ERR_MUST;
/* The path made absolute and clean as Go's filepath.Abs does: Helm's messages have it so. */
const char *chart_absolute(struct arena *a, const char *path);
/* Makes a chart of files; their bytes are shared, not copied. */
struct err *chart_from_files(
	struct chart **out, struct arena *a, const struct chart_files *files, struct chart_warnings *w) ERR_MUST;
/* A copy that can be rendered while the original stays as it is; the bytes of files are shared. */
struct chart *chart_copy(struct arena *a, const struct chart *c);
/* Reads the metadata alone: Chart.yaml's text into a chart without files, sanitised but not validated. */
struct err *chart_metadata_load(struct chart **out, struct arena *a, struct str chart_yaml) ERR_MUST;
/* Checks the metadata; errors are "validation: ...". */
struct err *chart_validate(const struct chart *c) ERR_MUST;
/*
 * The metadata as a map with the names and the order of Helm's JSON (name, home, sources, version, ...), empty ones left
 * out: what an index entry, a packed Chart.yaml and an OCI config hold.
 */
struct val chart_metadata(struct arena *a, const struct chart *c);
/* One dependency the same way. */
struct val chart_dependency_value(struct arena *a, const struct chart_dependency *d);
/* "root/charts/sub": what template names begin with. */
struct str chart_full_path(struct arena *a, const struct chart *c);
/* The file of that name, or NULL. */
const struct chart_file *chart_find_file(const struct chart_files *files, struct str name);

/* Adds a line to `w` unless it is NULL. */
void chart_warn(struct chart_warnings *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
