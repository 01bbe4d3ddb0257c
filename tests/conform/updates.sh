#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# updates.sh [ID...]: merges the recorded updates of real charts and compares with the recorded outcome. TAP. Needs
# upstreams/updates in SHARED and python3 with PyYAML; KEEP=DIR keeps the trees.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
exec "$top/tests/lib/python-yaml" "$top/tests/conform/updates.py" "${SHARED:-$top/../shared}/upstreams/updates" \
	"${OUT:-$top/build/debug}/tests/conform/merge_case" "$@"
