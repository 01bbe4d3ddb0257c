/* SPDX-License-Identifier: Apache-2.0 */
/* lint: what the parts of chart-lint share: findings, rules, the chart under test. */
#pragma once

#include "base/map.h"
#include "base/vec.h"
#include "chart/glob.h"
#include "chart/render.h"
#include "kube/api.h"
#include "kube/manifest.h"
#include "yaml/doc.h"

enum lint_severity {
	LINT_OFF,
	LINT_INFO,
	LINT_WARNING,
	LINT_ERROR,
};

struct keypool;
struct lint;
struct lint_resources;

/* A rule is a row of the table in rules.c. */
struct lint_rule {
	const char *id;              /* "kube/image-tag" */
	enum lint_severity severity; /* unless configured otherwise */
	bool replaced;               /* of Helm's rules: another rule says it better, so only --format helm shows it */
	const char *help;            /* one line */
	const char *explain;         /* why, and what to do */
};

/* What a rule found, and where. Strings live in the arena of the run. */
struct lint_finding {
	const struct lint_rule *rule;
	enum lint_severity severity; /* as configured */
	bool helm;                   /* one of Helm's own messages */
	struct str helm_path;        /* the path Helm prints: "templates/", "Chart.yaml" */
	struct str message;          /* Helm's text, or ours; may have several lines */
	struct str inside;           /* file inside the chart; empty: another file */
	struct str file;             /* path to show: as given on the command line plus the file inside */
	int line, column;            /* from 1; 0: the file as a whole */
};

struct lint_findings {
	struct lint_finding *items;
	size_t len, cap;
};

/* A configured exception: rules that do not count in files that match. */
struct lint_exception {
	const struct chart_glob *path; /* on the path inside the chart; NULL: everywhere */
	struct str rule;               /* rule id or a prefix such as "helm/"; empty: all */
};

/* How to lint: options and configuration files. */
/*
 * Helm fills tables that the user gave with the defaults of a chart, and lints the next chart with what has become of them: the
 * values that go from chart to chart, and the memory they are in.
 */
struct lint_carry {
	struct val values;
	struct arena *arena;
};

struct lint_opts {
	bool helm_only;        /* --format helm: its rules alone, in its order, stopping where it stops */
	bool helm3;            /* as Helm 3 where it differs */
	bool skip_schema;      /* --skip-schema-validation */
	const char *namespace; /* of the pretended release */
	const char *kube_text; /* --kube-version as given, or NULL */
	struct kube_version kube;
	struct val values;                     /* of the value flags */
	const struct chart_value_flags *flags; /* for positions in values files */
	struct keypool *keys;                  /* what all charts' private keys are taken from; NULL: each is new */
	struct arena *work;                    /* what templates make; cleared by whoever clears the chart's own */
	struct lint_carry *carry;              /* instead of `values`; NULL: each chart is linted by itself */
};

/* Where a chart comes from: a folder on disk or an archive in memory. */
enum lint_type { LINT_NONE, LINT_FILE, LINT_DIR };

struct lint_source {
	const char *path;         /* as shown */
	struct str dir;           /* absolute folder as Helm names it; for an archive that of its copy */
	bool archive;             /* files hold all there is */
	bool later;               /* large files of a folder may be put off (chart_load_later()) */
	struct chart_files files; /* of an archive, before .helmignore */
};

/* One line of a template as rendered, led back to its source. */
struct lint_origin {
	const struct chart_text *text;
	int *lines; /* source line of each rendered line, from 1; index is the rendered line - 1 */
	size_t len;
};

/* A chart being linted. */
struct lint {
	struct arena *arena;
	const struct lint_opts *opts;
	struct lint_source source;
	struct lint_findings *findings;
	struct chart_warnings warnings;   /* what Helm would say on standard error */
	struct str_vec load_said;         /* what loading the chart says, each time */
	struct chart *chart;              /* loaded, dependencies processed; NULL when that failed */
	struct err *load_error;           /* why it could not be loaded */
	struct val user;                  /* opts->values, as this chart makes of them */
	struct val values;                /* coalesced, as templates see them */
	bool has_values;                  /* they could be made */
	struct chart_texts texts;         /* rendered templates */
	bool rendered;                    /* texts are there, at least of some */
	struct lint_resources *resources; /* what they printed, made on demand */
	struct lint_origin *origins;      /* by text, made on demand */
	struct map defines;               /* names of templates that are defined anywhere in the chart */
	struct map parts;                 /* names and aliases of subcharts and dependencies */
	bool incomplete;                  /* a listed dependency is not there: its templates are unknown */
	const struct lint_exception *exceptions;
	size_t nexceptions;
	const enum lint_severity *severities; /* configured, by index of the rule; NULL: the defaults */
};

/* rules.c: the table. */
extern const struct lint_rule lint_rules[];
/* How many rows it has. */
size_t lint_rule_count(void);
/* The rule of that id, or NULL. */
const struct lint_rule *lint_rule_find(struct str id);
/* "error", "warning", "info", "off". */
const char *lint_severity_name(enum lint_severity s);
/* The severity of that name; false when there is none. */
bool lint_severity_parse(enum lint_severity *out, struct str name);

/* source.c */
/* Opens a chart: an archive is read, a folder only named. Errors are those of `helm lint`. */
struct err *lint_source_open(struct lint_source *out, struct arena *a, const char *path) ERR_MUST;
/* What stands under a name in the chart's folder. */
enum lint_type lint_stat(const struct lint_source *s, struct arena *a, const char *name);
/* Reads a file of the chart; errors worded as Go's os.ReadFile. */
struct err *lint_read(struct str *out, struct arena *a, const struct lint_source *s, const char *name) ERR_MUST;
/* Loads the whole chart as Helm's loader does. */
struct err *lint_load(
	struct chart **out, struct arena *a, const struct lint_source *s, struct chart_warnings *w) ERR_MUST;
/* Adds what loading the chart said to the warnings, as Helm does each time that it loads. */
void lint_say_load(struct lint *l);
/* The path to show for a file inside the chart. */
struct str lint_show(const struct lint *l, struct str inside);

/* report.c */
/* Adds one of Helm's messages. `where` is the file inside the chart that it is about. */
void lint_helm(struct lint *l, const char *rule, enum lint_severity severity, struct str helm_path, struct str message,
	struct str where, int line, int column);
/* Adds a finding of our own. */
void lint_add(struct lint *l, const char *rule, struct str inside, int line, int column, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
/* The same for a file that is not in the chart. */
void lint_add_outside(struct lint *l, const char *rule, struct str file, int line, int column, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
/* The line that an error is about, from 1; 0 when it names none. */
int lint_error_line(const struct err *e);
/* An error's text as one message; frees it. */
struct str lint_take_error(struct arena *a, struct err *e);

/* position.c */
/* The place of a key (or of its value) in a YAML file of the chart; line 1 when it is not there. */
void lint_locate(struct lint *l, const char *inside, const char *path, bool value, int *line, int *column);
/* The source line of a rendered line of a template. */
int lint_origin_line(struct lint *l, const struct chart_text *t, int rendered);
/* The place in the source of a field of a rendered document. */
void lint_locate_field(struct lint *l, const struct kube_resource *r, const struct chart_text *t, const char *path,
	int *line, int *column);
/* Line and column of a byte of a text. */
void lint_line_column(struct str text, size_t at, int *line, int *column);

/* The rule groups, in the order in which they run. */
void lint_helm_chartfile(struct lint *l);    /* helm_chartfile.c */
void lint_helm_values(struct lint *l);       /* helm_values.c */
void lint_helm_templates(struct lint *l);    /* helm_templates.c */
void lint_helm_dependencies(struct lint *l); /* helm_tree.c */
void lint_helm_crds(struct lint *l);         /* helm_tree.c */
void lint_templates(struct lint *l);         /* rule_template.c */
void lint_kube(struct lint *l);              /* rule_kube.c */
void lint_apis(struct lint *l);              /* rule_api.c */
void lint_hooks(struct lint *l);             /* rule_hook.c */
void lint_values(struct lint *l);            /* rule_values.c */

/* rule_template.c: notes what templates the chart defines, while all its subcharts are still there. */
void lint_collect_defines(struct lint *l);

/* words.c */
/* How many letters must be changed, added, removed or swapped to make one word of the other; more than `max` gives max + 1. */
size_t lint_distance(struct str a, struct str b, size_t max);
/* Whether `near` may be what somebody meant who wrote `word`. */
bool lint_is_near(struct str word, struct str near);

/* A document of a rendered template. */
struct lint_resource {
	struct kube_resource r;
	const struct chart_text *text;
	struct str inside; /* path of the template inside the chart */
	bool own;          /* of this chart, not of a subchart */
};

struct lint_resources {
	struct lint_resource *items;
	size_t len, cap;
};

/* rule_kube.c: all documents that were rendered and can be read. */
void lint_read_resources(struct lint_resources *out, struct lint *l);

/* Lints one chart: adds to `findings`. An error means it is no chart at all. */
struct err *lint_chart(struct lint_findings *findings, struct arena *a, const char *path, const struct lint_opts *opts,
	struct str_vec *said) ERR_MUST;
