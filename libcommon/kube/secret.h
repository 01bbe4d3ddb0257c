/* SPDX-License-Identifier: Apache-2.0 */
/* secret: Secrets as they may be shown. */
#pragma once

#include "kube/manifest.h"

/*
 * The texts of both sides of a Secret with its values hidden: "REDACTED # (5 bytes)" where both are equal, "--------"
 * and "++++++++" where not. With `decoded` they are decoded instead. Either side may be NULL. The "# Source:" line stays.
 */
struct err *kube_secret_texts(struct str *old_text, struct str *new_text, struct arena *a,
	const struct kube_resource *old, const struct kube_resource *new, bool decoded) ERR_MUST;
