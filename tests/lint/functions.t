#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The committed reference of functions is what the tables say.
. "$(dirname "$0")/../lib/tap.sh"

"$OUT/mk/functions" >functions.md
t 'docs/functions.md is up to date (make docs)' same "$TOP/docs/functions.md" functions.md
t 'it has a row for each row of the table' sh -c '
	want=$(grep -c "^FN" "$TOP/libcommon/funcs/rows.h")
	got=$(sed "/^## Go/,\$d" functions.md | grep -c "^| \`[a-zA-Z]")
	[ "$want" = "$got" ] || { echo "$got of $want"; exit 1; }'
done_testing
