/* SPDX-License-Identifier: Apache-2.0 */
/* path: the name of a value below a root, as --set takes it: "a.b[0].c\.d". */
#pragma once

#include "base/arena.h"

/* "PATH.KEY" in `a`, dots in the key quoted; an empty path gives the key alone. */
struct str val_path_key(struct arena *a, struct str path, struct str key);
/* "PATH[I]" in `a`. */
struct str val_path_index(struct arena *a, struct str path, size_t i);
