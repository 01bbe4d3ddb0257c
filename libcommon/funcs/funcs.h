/* SPDX-License-Identifier: Apache-2.0 */
/* funcs: the functions that Helm gives to templates (Sprig's and its own). */
#pragma once

#include "template/template.h"

/* All of them, sorted by name; a file per family holds the code (strings.c, lists.c, ...). */
const struct tmpl_funcs *fn_table(void);
