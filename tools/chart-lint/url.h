/* SPDX-License-Identifier: Apache-2.0 */
/* url: which texts Helm's lint takes for URLs and mail addresses. */
#pragma once

#include "base/str.h"

/* Whether Go's url.ParseRequestURI reads it and finds a scheme. */
bool lint_is_request_url(struct str s);
/* Whether govalidator's IsURL accepts it: with or without scheme, a host that looks like one. */
bool lint_is_url(struct str s);
/* Whether it is a mail address: dot-atoms or a quoted local part, '@', a domain of several labels. */
bool lint_is_email(struct str s);
