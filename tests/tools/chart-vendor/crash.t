#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Killed at any record of its journal, the next command says so; abort and continue both lead to a known state.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/tools/chart-vendor/upstream.sh
. "$TOP/tests/tools/chart-vendor/upstream.sh"

publish 1.0.0
publish 1.1.0
mkdir infra
cd infra || exit 1
export SOURCE_DATE_EPOCH=1700000000
chart-vendor add ../www/web charts/web --version 1.0.0 >/dev/null
sed -i 's/version: "1.0.0"/version: ^1/' chart-vendor.yaml
sed -i 's/^  type: ClusterIP/  type: NodePort/' charts/web/values.yaml
cd ..
cp -a infra start
cp -a start whole
(cd whole && chart-vendor update --no-render >/dev/null)
old=$(digest start)
new=$(digest whole)

# crash N HOW: an update that is killed there; true when it was.
crash() {
	rm -rf infra
	cp -a start infra
	{ (cd infra && CHART_TOOLS_CRASH_AT=$1 CHART_TOOLS_CRASH_HOW=$2 chart-vendor update --no-render >/dev/null 2>&1); } 2>/dev/null
	[ $? = 137 ]
}

known() {
	now=$(digest "$1")
	[ "$now" = "$old" ] || [ "$now" = "$new" ] || { echo "neither old nor new:"; echo "$now"; return 1; }
}

after_abort() {
	(cd infra && { chart-vendor abort || chart-vendor verify; }) && [ "$(digest infra)" = "$old" ]
}

after_continue() {
	(cd infra && chart-vendor continue) && [ "$(digest infra)" = "$new" ]
}

n=1
for how in before torn after; do
	n=1
	while crash $n $how; do
		if (cd infra && chart-vendor verify >/dev/null 2>&1); then
			rm -rf infra/.chart-vendor/state
			t "killed $how record $n: nothing has begun, or all is done" known infra
		else
			t "killed $how record $n: the next command exits with 3" sh -c "cd infra; chart-vendor verify 2>&1; test \$? = 3"
			cp -a infra keep
			t "killed $how record $n: abort restores every byte" after_abort
			rm -rf infra
			mv keep infra
			t "killed $how record $n: continue completes it" after_continue
		fi
		n=$((n + 1))
	done
done
t 'records were tried' test "$n" -gt 8

# The abort itself is killed too.
n=1
while :; do
	crash 4 after || break
	{ (cd infra && CHART_TOOLS_CRASH_AT=$n CHART_TOOLS_CRASH_HOW=before chart-vendor abort >/dev/null 2>&1); } 2>/dev/null
	[ $? = 137 ] || break
	t "abort killed at record $n can be run again" after_abort
	n=$((n + 1))
done
t 'abort was killed' test "$n" -gt 1
done_testing
