/* SPDX-License-Identifier: Apache-2.0 */
/* objects: what templates see beside .Values. */
#pragma once

#include "chart/render.h"
#include "template/template.h"

/* Makes .Capabilities; an error says what is wrong with the Kubernetes version: "could not parse ... as version". */
struct err *chart_capabilities(struct val *out, struct arena *a, const struct chart_render_opts *o) ERR_MUST;
/* The Kubernetes version that a chart's kubeVersion is held against ("v1.28.3"), and the one as given. */
void chart_kube_version(struct str *normal, struct str *given, struct val capabilities);
/*
 * Makes .Files of a chart's files; their bytes are shared. Files that were put off are read when .Files is looked at; what
 * fails then is left in `*err`.
 */
struct val chart_files_value(struct arena *a, const struct chart_files *files, struct err **err);
/* Makes .Chart. */
struct val chart_metadata_object(struct arena *a, const struct chart *c, bool helm3);
/* The struct of Helm 3 made of Helm 4's map, which it takes over. */
struct val chart_metadata_object3(struct arena *a, struct val metadata);
/* Gives the set the methods of .Files, .Values and .Capabilities.APIVersions. */
void chart_add_methods(struct tmpl_set *set);
