/* SPDX-License-Identifier: Apache-2.0 */
/* site: a page for a repository; what its files share. */
#pragma once

#include "chart/describe.h"
#include "crypto/openpgp.h"
#include "tools/chart-package/package.h"

/*
 * The page is one file that loads nothing. All of it is there without scripts: a list of the charts, and an article for each with
 * what its newest version holds. A script shows one article at a time and any version, out of data that are as short as can be:
 * what is said of a version is left out where it is as in the newer one, and of its values there is only the difference.
 */
enum site_signed { SITE_UNSIGNED, SITE_UNCHECKED, SITE_VERIFIED, SITE_REFUSED };

struct site_signature {
	enum site_signed state;
	struct str who;         /* user IDs of a good signature; of a refused one: why */
	struct str fingerprint; /* of the key */
	struct str day;         /* when it was made */
};

/* What differs from the version before, counted in values. */
struct site_counts {
	size_t added, removed, changed;
	bool known; /* both versions have their archives here */
};

struct site_version {
	const struct index_entry *entry;
	const char *file; /* path of the archive; NULL: not in the folder */
	size_t size;      /* of the archive in bytes */
	struct site_signature signature;
	struct site_counts counts;
	int readme; /* which README of the chart it has; -1: none in the page */
};

struct site_chart {
	size_t number; /* of the chart in the page, from 0 */
	struct str name;
	struct site_version *versions; /* highest first */
	size_t n;
	struct buf readmes; /* HTML of the READMEs that are in the page */
	struct buf values;  /* HTML of the rows of the newest version's values */
	size_t nvalues;
	struct buf data; /* JSON of all versions */
	int icon;        /* class "i<icon>" of its picture; -1: none */
};

struct site {
	struct cli *c;
	struct arena *a;
	const char *dir;
	struct str title, alias; /* of the page; of the repository in commands */
	struct index index;
	struct map archives;  /* name as in URLs -> path; names that occur twice -> "" */
	struct map paths;     /* path below the folder as in URLs -> path */
	struct openpgp *keys; /* NULL: signatures are not checked */
	bool beside;          /* the page stands beside the archives */
	struct buf cards, charts, data, styles;
	size_t versions, read, icons, signatures;
};

/* From site_assets.c: the files of site/. */
extern const struct str site_page_html, site_chart_html, site_style_css, site_script_js;

/* From site.c: the verb. */
struct err *run_site(struct cli *c) ERR_MUST;

/* From site_read.c: reads the archives of a chart and fills in what the page says of it. */
struct err *site_read_chart(struct site *s, struct site_chart *chart) ERR_MUST;

/* From site_icon.c: the number of the chart's picture among the styles, -1 when there is none that can be shown. */
int site_icon(struct site *s, const struct chart *chart, struct str icon);

/* From site_data.c: adds the JSON of one version. `newer` is the one before it in the list, or NULL. */
struct err *site_add_data(struct site *s, struct site_chart *chart, size_t i, const struct chart_value_rows *rows,
	const struct chart_value_rows *newer) ERR_MUST;
/* What an entry says beside name, version and digest, checked: maps of known keys with values of known kinds. */
struct val site_facts(struct arena *a, const struct index_entry *e);
/* "2024-05-01" of a time. */
struct str site_day(struct str time);

/* From site_html.c: adds a card and an article of a chart that was read. */
void site_add_chart(struct site *s, const struct site_chart *chart);
/* Writes the whole page. */
void site_add_page(struct buf *out, struct site *s);
/* Adds the rows of a table of values. */
void site_add_values(struct buf *out, const struct chart_value_rows *rows);
/* The URL under which a page may link to an archive; empty when there is none. */
struct str site_archive_url(const struct site *s, const struct site_version *v);
