/* SPDX-License-Identifier: Apache-2.0 */
/* errors: template errors as Helm words them. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

/* Takes over Go's error of parsing a file: "parse error at (FILE:LINE): MESSAGE". */
struct err *chart_parse_error(struct str file, struct err *e) ERR_MUST;
/*
 * Takes over Go's error of executing: the message of `fail` and `required` alone, several lines where each link of the chain is a
 * template's (not with helm3), else the error as it is.
 */
struct err *chart_exec_error(struct err *e, bool helm3) ERR_MUST;
