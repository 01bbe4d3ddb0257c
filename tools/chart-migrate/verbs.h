/* SPDX-License-Identifier: Apache-2.0 */
/* verbs: one function per verb, each in the file of its name. */
#pragma once

#include "cli/cli.h"

/* What each command does; the error's kind decides the exit status. */
struct err *mig_verb_plan(struct cli *c) ERR_MUST;
struct err *mig_verb_apply(struct cli *c) ERR_MUST;
struct err *mig_verb_resume(struct cli *c) ERR_MUST;
struct err *mig_verb_rollback(struct cli *c) ERR_MUST;
struct err *mig_verb_status(struct cli *c) ERR_MUST;
struct err *mig_verb_log(struct cli *c) ERR_MUST;
struct err *mig_verb_approve(struct cli *c) ERR_MUST;
struct err *mig_verb_consumers(struct cli *c) ERR_MUST;
struct err *mig_verb_set(struct cli *c) ERR_MUST;
struct err *mig_verb_init(struct cli *c) ERR_MUST;
