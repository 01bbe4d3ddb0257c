/* SPDX-License-Identifier: Apache-2.0 */
/* funcs: the functions that Helm gives to templates (Sprig's and its own). */
#pragma once

#include "base/map.h"
#include "base/vec.h"
#include "template/template.h"

/*
 * What the functions know of whoever renders: the `user` of tmpl_execute(). Without one (NULL) they act as for `helm template` and
 * warnings are lost.
 */
struct fn_host {
	bool lint;           /* required and fail give "" and warn instead of failing */
	bool dns;            /* getHostByName may ask; else it gives "" */
	struct arena *arena; /* of log and includes */
	struct str_vec log;  /* lines for standard error, as Helm words them: level=WARN msg="..." */
	struct map includes; /* open includes by name (int *), for Helm's limit of 1000 */
};

/* All of them, sorted by name; a file per family holds the code (strings.c, lists.c, ...). */
const struct tmpl_funcs *fn_table(void);
