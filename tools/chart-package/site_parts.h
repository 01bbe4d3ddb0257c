/* SPDX-License-Identifier: Apache-2.0 */
/* site_parts: the pieces of a chart's article. */
#pragma once

#include "tools/chart-package/site.h"

/* Each adds HTML; `facts` are those of site_facts(). */
void site_add_badges(struct buf *out, const struct site_version *v, struct val facts);
void site_add_facts(struct buf *out, const struct site_version *v, struct val facts);
/* The commands that install a version; of a library those lines that depend on it. */
void site_add_install(struct buf *out, const struct site *s, const struct site_version *v, struct val facts);
/* A row of the table of versions. */
void site_add_version(struct buf *out, const struct site *s, const struct site_version *v);
/* The panel of what each version says it changes; nothing when none does. */
void site_add_changes(struct buf *out, const struct site_chart *chart);
void site_add_dependencies(struct buf *out, struct val list);
/* How to add the repository. */
void site_add_repository(struct buf *out, const struct site *s);
