/* SPDX-License-Identifier: Apache-2.0 */
/* ignored: options that are taken and change nothing. */
#pragma once

#include "cli/cli.h"

/* Rows of an option table that are neither listed nor written anywhere: what scripts give to another program. */
#define CLI_IGNORED_FLAG(name) \
	{ \
		0, name, CLI_FLAG, NULL, NULL, NULL, NULL, NULL, NULL \
	}
#define CLI_IGNORED_TEXT(letter, name) \
	{ \
		letter, name, CLI_TEXT, NULL, NULL, NULL, NULL, NULL, NULL \
	}
/* The same with a value that may be left out. */
#define CLI_IGNORED_OPTIONAL(name) \
	{ \
		0, name, CLI_TEXT, NULL, NULL, NULL, NULL, NULL, "" \
	}

/* What every command of Helm takes for clusters and for its own files, and what no chart's answer depends on. */
#define CLI_HELM_GLOBALS \
	CLI_IGNORED_TEXT(0, "burst-limit"), CLI_IGNORED_TEXT(0, "colour"), CLI_IGNORED_TEXT(0, "content-cache"), \
		CLI_IGNORED_TEXT(0, "kube-apiserver"), CLI_IGNORED_TEXT(0, "kube-as-group"), \
		CLI_IGNORED_TEXT(0, "kube-as-user"), CLI_IGNORED_TEXT(0, "kube-ca-file"), \
		CLI_IGNORED_TEXT(0, "kube-context"), CLI_IGNORED_FLAG("kube-insecure-skip-tls-verify"), \
		CLI_IGNORED_TEXT(0, "kube-tls-server-name"), CLI_IGNORED_TEXT(0, "kube-token"), \
		CLI_IGNORED_TEXT(0, "kubeconfig"), CLI_IGNORED_TEXT(0, "qps"), CLI_IGNORED_TEXT(0, "registry-config"), \
		CLI_IGNORED_TEXT(0, "repository-cache"), CLI_IGNORED_TEXT(0, "repository-config")
