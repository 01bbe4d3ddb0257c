/* SPDX-License-Identifier: Apache-2.0 */
/* funcs: the functions that Helm gives to templates (Sprig's and its own). */
#pragma once

#include "base/map.h"
#include "base/vec.h"
#include "crypto/keypool.h"
#include "template/template.h"

/*
 * What the functions know of whoever renders: the `user` of tmpl_execute(). Without one (NULL) they act as for `helm template`,
 * warnings are lost, and only the depth of the evaluator bounds includes. One render of a whole chart uses one fn_host, as Helm
 * counts over all its files.
 */
struct fn_host {
	bool helm3;               /* words the log as Helm 3 */
	bool lint;                /* required and fail give "" and warn instead of failing */
	bool dns;                 /* getHostByName may ask; else it gives "" */
	struct arena *arena;      /* of log and includes */
	struct str_vec log;       /* lines for standard error, as Helm words them: level=WARN msg="..." */
	struct map includes;      /* open includes by name (int *), for Helm's limit of 1000 */
	struct map regexes;       /* compiled patterns (private) */
	struct keypool_turn keys; /* where private keys come from; without a pool each is new */
	int64_t now;              /* seconds since 1970, for now and its like; 0: the clock */
	/* Finds objects of a cluster for `lookup`: a map, empty when there is none. NULL: always empty. */
	struct err *(*lookup)(void *ctx, struct val *out, struct arena *a, struct str api_version, struct str kind,
		struct str ns, struct str name);
	void *lookup_ctx;
};

/* What stands around the messages of fail and required in errors, as in Helm; chart/ takes it off. */
#define FN_ERR_START "HELM_ERR_START"
#define FN_ERR_END "HELM_ERR_END"

/* All of them, sorted by name; a file per family holds the code (strings.c, lists.c, ...). */
const struct tmpl_funcs *fn_table(void);
/* The same without those that Helm 3 does not have. */
const struct tmpl_funcs *fn_table_helm3(void);
/*
 * Sprig's alone, as Helm gives them to --name-template: nothing of Helm's own, but env, expandenv and a getHostByName that asks. Fills
 * `table`, which must live as long as the set, and gives it back.
 */
const struct tmpl_funcs *fn_table_sprig(struct tmpl_funcs *table);
