/* SPDX-License-Identifier: Apache-2.0 */
/* config: .chart-lint.yaml and the comments in sources that switch rules off. */
#pragma once

#include "lint.h"

/*
 * The file nearest above a chart counts:
 *
 *	kube-version: "1.30"
 *	rules:
 *	  kube/image-tag: off         # off, info, warning, error
 *	  helm/chart-icon-presence: warning
 *	  values/: info               # a whole group
 *	ignore:
 *	  - path: "templates/legacy-*" # inside the chart
 *	    rule: kube/removed-api    # or rules: [...]; without it all
 */
struct lint_config {
	const char *file;               /* NULL: there is none */
	enum lint_severity *severities; /* by index of the rule */
	struct lint_exception *items;
	size_t len, cap;
	const char *kube_text;
	struct kube_version kube;
};

/* Finds and reads the configuration for a chart; none is fine. Errors carry file:line:col. */
struct err *lint_config_find(struct lint_config *out, struct arena *a, const struct lint_source *s) ERR_MUST;
/* Sets what the options leave open. */
void lint_config_apply(const struct lint_config *c, struct lint_opts *opts, struct lint *l);
/* Takes out the findings that a comment in the source excepts: "chart-lint: ignore RULE..." on the line or the one above it. */
void lint_apply_comments(struct lint *l);
